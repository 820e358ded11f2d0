"""`examengine similarity` as it is typed: documents, exit statuses, words."""

import csv
import json
from functools import partial

import numpy as np
import pytest
from typed import typed

from examengine.psychometrics.batches import category_probabilities
from examengine.psychometrics.parameters import ItemParameters, ParameterSet

run = partial(typed, "similarity")


@pytest.fixture
def room(tmp_path):
    """Fifty candidates in two rooms, the second of whom copied 25 of 30 answers from the first."""
    rng = np.random.default_rng(4)
    slopes = np.sort(rng.normal(0, 0.8, (30, 4)), axis=1)
    intercepts = rng.normal(0, 0.5, (30, 4))
    items = tuple(
        ItemParameters(
            f"Q{j}",
            "nrm",
            {
                "slopes": tuple(slopes[j] - slopes[j, 0]),
                "intercepts": tuple(intercepts[j] - intercepts[j, 0]),
            },
        )
        for j in range(30)
    )
    share = category_probabilities(items, rng.normal(size=50))
    chosen = (share.cumsum(axis=2) < rng.uniform(size=(50, 30, 1))).sum(axis=2).clip(0, 3)
    chosen[1, :25] = chosen[0, :25]
    with (tmp_path / "answers.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["person_id", "room", *(item.item_id for item in items)])
        writer.writerows([f"p{n}", "AB"[n // 25], *row] for n, row in enumerate(chosen.tolist()))
    key = "item_id,key\n" + "".join(f"{item.item_id},3\n" for item in items)
    (tmp_path / "key.csv").write_text(key, encoding="utf-8")
    text = json.dumps(ParameterSet(items).to_dict())
    (tmp_path / "nrm.json").write_text(text, encoding="utf-8")
    (tmp_path / "pairs.csv").write_text("first,second\np1,p0\np3,p4\n", encoding="utf-8")
    return tmp_path


def options(room, *more):
    """What every run with a model takes."""
    files = ("--params", room / "nrm.json", "--key", room / "key.csv", "--group", "room")
    return (room / "answers.csv", *files, *more)


@pytest.mark.parametrize("method", ["gbt", "omega", "m4"])
def test_the_copier_is_flagged(room, method):
    """
    The document names the pair that copied, the control for all pairs, and that it is a signal.
    """
    found = json.loads(run(*options(room, "--method", method, "--level", "0.01")).stdout)

    assert found["schema"] == "examengine/similarity/1"
    assert "never a verdict" in found["note"]
    assert {frozenset((row["first"], row["second"])) for row in found["pairs"]} == {
        frozenset(("p0", "p1"))
    }
    assert found["n_compared"] == (1200 if found["directed"] else 600)
    assert found["adjustment"] == "holm"


def test_chosen_pairs_are_all_listed(room):
    """
    With --pairs every pair is in the document, flagged or not, adjusted for just these.
    """
    found = json.loads(run(*options(room, "--pairs", room / "pairs.csv")).stdout)

    assert [(row["first"], row["flagged"]) for row in found["pairs"]] == [
        ("p1", True),
        ("p3", False),
    ]
    assert found["pairs"][0]["p_adjusted"] == pytest.approx(2 * found["pairs"][0]["p"])


def test_the_k_index_needs_no_parameters(room):
    """
    K works from answers and key alone.
    """
    result = run(
        room / "answers.csv", "--key", room / "key.csv", "--group", "room", "--method", "k"
    )

    assert result.exit_code == 0
    assert json.loads(result.stdout)["ability_method"] is None


@pytest.mark.parametrize(
    ("more", "words"),
    [
        (["--method", "eye"], "method 'eye' is none of"),
        (["--adjust", "eye"], "'eye' is none of"),
        (["--ability", "eye"], "method 'eye' is none of"),
        (["--pairs", "nowhere.csv"], "there is no such file"),
    ],
)
def test_what_cannot_be_used_is_said_in_a_line(room, more, words):
    """
    An unknown method, adjustment or estimator, or a missing file, ends with status 2 and words.
    """
    result = run(*options(room, *more))

    assert result.exit_code == 2
    assert words in result.stderr


def test_a_file_of_pairs_has_two_columns(room):
    """
    A file without the columns first and second is refused by the name of the column.
    """
    (room / "odd.csv").write_text("a,b\np1,p0\n", encoding="utf-8")

    result = run(*options(room, "--pairs", room / "odd.csv"))

    assert result.exit_code == 2
    assert "no column 'first'" in result.stderr


def test_a_method_with_a_model_asks_for_parameters(room):
    """
    The binomial test without parameters says what is missing.
    """
    result = run(room / "answers.csv", "--key", room / "key.csv", "--group", "room")

    assert result.exit_code == 2
    assert "needs item parameters" in result.stderr


def test_letters_and_a_key_are_enough_from_calibration_to_similarity(room):
    """
    Lettered options are the categories of the nominal model, raw scores those of the key, and the
    copier is found.
    """
    table = [row.split(",") for row in (room / "answers.csv").read_text().split()]
    rows = [[*row[:2], *("abcd"[int(cell)] for cell in row[2:])] for row in table[1:]]
    text = "\n".join(",".join(row) for row in (table[0], *rows))
    (room / "letters.csv").write_text(text, encoding="utf-8")
    key = "item_id,key\n" + "".join(f"{name},d\n" for name in table[0][2:])
    (room / "letters_key.csv").write_text(key, encoding="utf-8")
    data = (room / "letters.csv", "--key", room / "letters_key.csv", "--group", "room")
    fitted = room / "letters.json"

    typed("calibrate", *data, "--model", "nrm", "--out", fitted)
    scores = list(csv.DictReader(typed("score", *data, "--params", fitted).stdout.splitlines()))
    found = json.loads(typed("similarity", *data, "--params", fitted, "--method", "omega").stdout)

    items = json.loads(fitted.read_text())["items"]
    assert all(set(item["options"]) <= set("abcd") for item in items)
    assert [int(row["raw_score"]) for row in scores] == [row.count("d") for row in rows]
    assert {frozenset((row["first"], row["second"])) for row in found["pairs"]} == {
        frozenset(("p0", "p1"))
    }
