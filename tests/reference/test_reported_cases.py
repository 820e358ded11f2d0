"""Files that people reported about other packages: what the commands say of them."""

import json

import pytest
from tests.shared_folder import shared
from typer.testing import CliRunner

from examengine.cli import app

pytestmark = pytest.mark.references


def said(case, *words):
    """Run a command; words that begin with @ are files of the case."""
    folder = shared("cases", "psychometrics", case)
    given = [str(folder / word[1:]) if word.startswith("@") else word for word in words]
    return CliRunner().invoke(app, given)


def dif_of(case, file, *options):
    """Rows by item."""
    done = said(case, "dif", file, "--group", "grp", *options)
    return {row["item_id"]: row for row in json.loads(done.stdout)["items"]}


@pytest.mark.parametrize("method", ["mh", "std", "logistic"])
def test_all_right_in_one_group(method):
    """
    Item i3 is C and the nine others are A.
    """
    rows = dif_of("dif-mh-all-right-in-one-group", "@d.csv", "--method", method, "--purify")

    assert {name for name, row in rows.items() if row["ets_class"] == "C"} == {"i3"}
    assert {row["ets_class"] for name, row in rows.items() if name != "i3"} == {"A"}


def test_scattered_blanks():
    """
    The item with a difference of .8 logits is C, by nearly all of the persons.
    """
    row = dif_of("dif-mh-scattered-blanks", "@na.csv", "--method", "mh")["i4"]

    assert (row["ets_class"], row["n_compared"] > 1700) == ("C", True)
    assert row["statistic"] > 60


def test_two_forms():
    """
    None of ten common items is significant by logistic regression.
    """
    rows = dif_of("dif-logistic-two-forms", "@forms.csv", "--method", "logistic")

    assert sum(rows[f"i{n}"]["p"] < 0.05 for n in range(1, 11)) <= 1


def test_weights_in_a_parallel_analysis(tmp_path):
    """
    Weighted patterns have the one dimension of the persons written out.
    """
    case, params = "parallel-analysis-weights", str(tmp_path / "p.json")
    said(case, "calibrate", "@expanded.csv", "--model", "2pl", "--out", params)

    done = said(case, "fit", "@weighted.csv", "--params", params, "--dimensionality")

    assert json.loads(done.stdout)["dimensionality"]["n_dimensions"] == 1


@pytest.mark.parametrize(
    ("case", "words", "code", "sentence"),
    [
        ("classify-groups-silent", "classify @ng.csv --params @mg.json --cut 12.5", 0,
         "everybody is judged with the ability distribution of A"),
        ("codes-1-2-and-missing-9", "analyse @c12.csv", 0, "nobody scored 0 on i1"),
        ("codes-1-2-and-missing-9", "analyse @m9.csv", 0, "leap from 1 to 9"),
        ("id-column-taken-for-item", "analyse @id.csv", 2, "call it person_id"),
        ("key-never-matches", "analyse @raw.csv --key @key.csv", 2,
         "nobody chose the key 1.0 of q1; options seen: 1, 2, 3, 4"),
        ("total-column-and-omega-above-1", "analyse @t.csv", 0, "total is the sum of the other"),
        ("excel-files", "calibrate @semi.csv --model 2pl", 2, "separated by semicolons"),
        ("excel-files", "calibrate @utf16.csv --model 2pl", 2, "UTF-16"),
        ("dif-nothing-compared-class-A", "dif @d.csv --group grp", 0, "F against R, i3: no class"),
        ("dif-lr-purify-no-anchor-left", "dif @d.csv --group grp --method lr --purify", 0,
         "purification stopped"),
    ],
)  # fmt: skip
def test_what_is_doubtful_is_one_sentence(case, words, code, sentence):
    """
    The command says it once, without control characters, and ends as it should.
    """
    done = said(case, *words.split())

    assert done.exit_code == code
    assert len(done.stderr.splitlines()) == 1
    assert sentence in done.stderr
    assert done.stderr.strip().isprintable()


def test_a_smoothing_warns_of_nothing():
    """
    Nothing goes to stderr.
    """
    words = "equate @x.csv @y.csv --method equipercentile --smooth 10"

    done = said("smooth-runtime-warning", *words.split())

    assert (done.exit_code, done.stderr) == (0, "")


def test_a_robust_link_settles():
    """
    The drifted item is out, and the constants are those of the others.
    """
    done = said(
        "link-robust-oscillates", "link", "--from", "@f.json", "--to", "@t.json", "--robust"
    )

    found = json.loads(done.stdout)
    assert found["left_out"] == ["i0"]
    assert (found["A"], found["B"]) == (pytest.approx(1.2), pytest.approx(0.5))


@pytest.mark.parametrize(
    ("case", "file"),
    [("omega-total-heywood", "@h.csv"), ("total-column-and-omega-above-1", "@t.csv")],
)
def test_a_heywood_case_has_no_omega(case, file):
    """
    Omega total is null, and a note says why.
    """
    found = json.loads(said(case, "analyse", file).stdout)

    assert found["reliability"]["omega_total"] is None
    assert any("Heywood" in note for note in found["notes"])
