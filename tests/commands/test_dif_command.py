"""`examengine dif` as it is typed: which model items are compared under, and refusals."""

import csv
import json
from functools import partial

import numpy as np
import pytest
from scipy.special import expit
from typed import typed

from examengine.psychometrics.dif import METHODS, compare_groups
from examengine.psychometrics.responses import Responses

ITEMS = ["d1", "d2", "d3", "g1"]

run = partial(typed, "dif")


@pytest.fixture
def exam(tmp_path):
    """Three right/wrong items and one of two points, taken by two groups."""
    rng = np.random.default_rng(4)
    theta = rng.normal(size=(400, 1))
    right = rng.uniform(size=(400, 5)) < expit(1.2 * (theta - [-0.5, 0.0, 0.5, -0.4, 0.4]))
    scores = np.column_stack([right[:, :3], right[:, 3:].sum(axis=1)]).astype(int)
    groups = ["f" if n % 2 else "m" for n in range(400)]
    with (tmp_path / "scored.csv").open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["sex", *ITEMS])
        rows.writerows([label, *row] for label, row in zip(groups, scores.tolist(), strict=True))
    return tmp_path, Responses.from_matrix(scores, item_ids=ITEMS, group=groups)


def named(folder, *models):
    """A file with a model for each item."""
    path = folder / "models.csv"
    rows = [f"{item},{model}" for item, model in zip(ITEMS, models, strict=False)]
    path.write_text("\n".join(["item_id,model", *rows]), encoding="utf-8")
    return path


@pytest.mark.parametrize("method", ["lr", "wald"])
def test_the_model_stands_beside_each_item(exam, method):
    """
    Without --models it is 2pl and grm, with it the models of the file, and χ² is the library's.
    """
    folder, data = exam
    chosen = ["rasch", "2pl", "2pl", "gpcm"]
    words = [folder / "scored.csv", "--group", "sex", "--method", method]

    usual = json.loads(run(*words).stdout)["items"]
    other = json.loads(run(*words, "--models", named(folder, *chosen)).stdout)["items"]

    expected = compare_groups(data, METHODS[method], models=dict(zip(ITEMS, chosen, strict=True)))
    assert [row["model"] for row in usual] == ["2pl", "2pl", "2pl", "grm"]
    assert [row["model"] for row in other] == chosen
    assert [row["df"] for row in other] == [1, 2, 2, 3]
    assert [row["statistic"] for row in other] == pytest.approx([row.statistic for row in expected])


def test_methods_without_a_model_name_none(exam):
    """
    Mantel–Haenszel has no model; with --test the models play a part all the same.
    """
    folder, _ = exam
    words = [folder / "scored.csv", "--group", "sex", "--method", "mh"]
    models = ["--models", named(folder, "2pl", "2pl", "2pl", "pcm")]

    rows = json.loads(run(*words, "--test", *models).stdout)["items"]
    idle = run(*words, *models)

    assert {row["model"] for row in rows} == {None}
    assert (idle.exit_code, idle.stdout) == (2, "")
    assert "--models: no part in --method mh without --test" in idle.stderr


@pytest.mark.parametrize(
    ("models", "said"),
    [
        (["2pl", "3pl", "2pl", "grm"], "item 'd2': the asymptotes of 3pl cannot be estimated"),
        (["2pl", "2pl", "2pl", "2pl"], "item 'g1': scores go up to 2, but 2pl is for right"),
        (["2pl", "2pl", "2pl"], "item 'g1' has no model"),
        (["2pl", "2pl", "2pl", "magic"], "a model is one of"),
    ],
)
def test_models_that_cannot_be_used_are_said(exam, models, said):
    """
    Status 2, one line a fault, and nothing on stdout.
    """
    folder, _ = exam
    words = [folder / "scored.csv", "--group", "sex", "--method", "wald"]

    found = run(*words, "--models", named(folder, *models))

    assert (found.exit_code, found.stdout) == (2, "")
    assert said in found.stderr
    assert found.stderr.count("\n") == 1


def test_chosen_options_are_not_compared(exam):
    """
    The nominal model of a keyed item is that of its options, while groups are compared by scores.
    """
    folder, _ = exam
    (folder / "key.csv").write_text("item_id,key\nd1,1\nd2,1\nd3,1\ng1,2\n", encoding="utf-8")
    words = [folder / "scored.csv", "--group", "sex", "--method", "lr", "--key", folder / "key.csv"]

    found = run(*words, "--models", named(folder, "2pl", "nrm", "2pl", "2pl"))

    assert (found.exit_code, found.stdout) == (2, "")
    assert "d2: nrm is the model of chosen options" in found.stderr


def test_an_item_worth_two_points_is_right_or_wrong_to_a_model(tmp_path):
    """
    By likelihood ratio a keyed item of two points gives what it gives as one point.
    """
    rng = np.random.default_rng(2)
    right = rng.uniform(size=(300, 6)) < 1 / (1 + np.exp(-rng.normal(size=(300, 1))))
    names = [f"q{k}" for k in range(6)]
    lines = [",".join([*names, "group"])]
    for place, row in enumerate(right):
        lines.append(",".join([*("a" if one else "b" for one in row), "xy"[place % 2]]))
    (tmp_path / "r.csv").write_text("\n".join(lines), encoding="utf-8")
    found = []
    for points in (1, 2):
        key = tmp_path / f"key{points}.csv"
        rows = "".join(f"{name},a,{points}\n" for name in names)
        key.write_text("item_id,key,max_score\n" + rows, encoding="utf-8")
        asked = [tmp_path / "r.csv", "--key", key, "--group", "group", "--method", "lr"]
        found.append(json.loads(run(*asked).stdout)["items"])

    assert found[0] == found[1]
