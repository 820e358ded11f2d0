"""`examengine equate` as it is typed: conversion tables, formats, warnings, and every refusal."""

import csv
import io
import json
from functools import partial

import numpy as np
import pytest
from scipy.special import expit
from typed import typed

from examengine.psychometrics.equating import (
    METHODS,
    Degrees,
    EquatingOptions,
    ObservedScoreMethod,
    ScoreFrequencies,
    equate,
)
from examengine.psychometrics.equating.degrees import smooth

OBSERVED = sorted(
    code for code, method in METHODS.items() if isinstance(method, ObservedScoreMethod)
)
ANCHORED = [code for code in OBSERVED if METHODS[code].anchored]
COMMON, OWN = 6, 8

run = partial(typed, "equate")


def write(path, scores, ids):
    """A response file."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["person_id", *ids])
        writer.writerows([f"p{n}", *row] for n, row in enumerate(scores.tolist()))


@pytest.fixture
def forms(tmp_path):
    """Two forms with six common items, taken by 300 persons each."""
    rng = np.random.default_rng(31)
    for name, ability, shift in (("new", -0.2, 0.3), ("old", 0.2, 0.0)):
        b = np.concatenate([np.linspace(-1, 1, COMMON), np.linspace(-1.2, 1.2, OWN) + shift])
        theta = rng.normal(ability, 1, (300, 1))
        scores = (rng.uniform(size=(300, COMMON + OWN)) < expit(1.2 * (theta - b))).astype(int)
        ids = [*(f"C{k}" for k in range(COMMON)), *(f"{name}{k}" for k in range(OWN))]
        write(tmp_path / f"{name}.csv", scores, ids)
    return tmp_path


@pytest.fixture
def params(forms):
    """Calibrations of both forms, each on its own."""
    for name in ("new", "old"):
        words = ["calibrate", forms / f"{name}.csv", "--model", "2pl", "--points", "21", "--out"]
        words.append(forms / f"{name}.json")
        assert typed(*words).exit_code == 0
    return forms


def table(path, kind):
    """Score table of a file, counted by hand."""
    with path.open(encoding="utf-8") as file:
        rows = np.array([row[1:] for row in list(csv.reader(file))[1:]], dtype=int)
    common, own = rows[:, :COMMON].sum(axis=1), rows[:, COMMON:].sum(axis=1)
    total = own if kind == "external" else own + common
    counts = np.zeros((OWN + 1 if kind == "external" else COMMON + OWN + 1, COMMON + 1))
    np.add.at(counts, (total, common), 1)
    return (
        ScoreFrequencies(counts, kind)
        if kind
        else ScoreFrequencies(counts.sum(axis=1)[:, np.newaxis])
    )


def both(forms):
    """Paths of the two response files."""
    return forms / "new.csv", forms / "old.csv"


def equated(text):
    """The equivalents in a printed document."""
    return [row["equated"] for row in json.loads(text)["table"]]


@pytest.mark.parametrize(
    ("method", "anchor"),
    [*((code, "internal") for code in OBSERVED), *((code, "external") for code in ANCHORED)],
)
def test_every_method_prints_what_the_library_says(forms, method, anchor):
    """
    The document has the schema, and its table is the library's on the same counts.
    """
    kind = anchor if method in ANCHORED else None
    expected = equate(*(table(path, kind) for path in both(forms)), METHODS[method])

    found = run(*both(forms), "--method", method, "--anchor", anchor)

    document = json.loads(found.stdout)
    assert found.exit_code == 0
    assert (document["schema"], document["method"]) == ("examengine/equating/1", method)
    assert document["anchor"] == kind
    for row, wanted in zip(document["table"], expected.conversions, strict=True):
        assert (row["equated"], row["rounded"]) == (pytest.approx(wanted.equated), wanted.rounded)
        error = None if np.isnan(wanted.se) else pytest.approx(wanted.se, rel=1e-9)
        assert row["se"] == error


def test_a_name_that_ends_in_csv_gets_a_table(forms):
    """
    --out F.csv has one row a score; any other ending the whole document.
    """
    run(*both(forms), "--method", "tucker", "--weight", "1", "--out", forms / "table.csv")
    run(*both(forms), "--method", "tucker", "--weight", "1", "--out", forms / "table.json")

    rows = list(csv.DictReader(io.StringIO((forms / "table.csv").read_text(encoding="utf-8"))))
    document = json.loads((forms / "table.json").read_text(encoding="utf-8"))
    assert list(rows[0]) == ["score", "equated", "rounded", "se"]
    assert [float(row["equated"]) for row in rows] == [row["equated"] for row in document["table"]]
    assert document["weights"] == {"new": 1.0, "old": 0.0}
    assert document["slope"] == pytest.approx(float(rows[1]["equated"]) - float(rows[0]["equated"]))


def test_smoothing_is_reported_with_its_fit(forms):
    """
    Degrees given once hold for both forms, twice for each; the fit stands in the document.
    """
    words = [*both(forms), "--method", "frequency-estimation"]

    once = json.loads(run(*words, "--smooth", "3,3,1").stdout)
    twice = json.loads(run(*words, "--smooth", "3,3,1", "--smooth", "4,3,2").stdout)

    expected = smooth(table(forms / "new.csv", "internal"), Degrees(3, 3, 1))
    assert [row["form"] for row in once["smoothing"]] == ["new", "old"]
    assert once["smoothing"][0]["aic"] == pytest.approx(expected.aic)
    assert [row["total_degree"] for row in twice["smoothing"]] == [3, 4]
    assert twice["smoothing"][1]["cross_degree"] == 2


def test_a_criterion_chooses_the_degree(forms):
    """
    BIC's choice for the new form's totals is the library's.
    """
    document = json.loads(run(*both(forms), "--method", "kernel", "--smooth", "bic").stdout)

    expected = smooth(table(forms / "new.csv", None), "bic").degrees.total
    assert document["smoothing"][0]["total_degree"] == expected
    assert len(document["bandwidths"]) == 2


def test_a_bandwidth_asks_for_kernels(forms):
    """
    One bandwidth holds for every distribution of the method.
    """
    words = [*both(forms), "--method", "chained-equipercentile", "--bandwidth", "0.8"]

    document = json.loads(run(*words).stdout)

    expected = equate(
        *(table(path, "internal") for path in both(forms)),
        METHODS["chained-equipercentile"],
        EquatingOptions(kernel=True, bandwidths=(0.8,)),
    )
    assert document["bandwidths"] == [0.8] * 4
    assert document["table"][5]["equated"] == pytest.approx(expected.conversions[5].equated)


def test_the_bootstrap_repeats_with_its_seed(forms):
    """
    The same seed prints the same errors, and the document says how they were found.
    """
    words = [*both(forms), "--method", "levine", "--bootstrap", "20", "--seed"]

    first, again, other = (run(*words, seed).stdout for seed in (4, 4, 5))

    document = json.loads(first)
    said = [document[name] for name in ("se_method", "replications", "seed")]
    assert said == ["bootstrap", 20, 4]
    assert first == again
    assert equated(first) == equated(other)
    assert first != other


def test_one_group_on_both_forms(forms):
    """
    Persons are matched by id; those in one file only are left out, and that is said.
    """
    lines = (forms / "old.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    (forms / "fewer.csv").write_text("".join(lines[:-10]), encoding="utf-8")

    found = run(forms / "new.csv", forms / "fewer.csv", "--method", "linear", "--single-group")

    document = json.loads(found.stdout)
    assert document["design"] == "single group"
    assert document["n_new"] == document["n_old"] == 290
    assert "persons in one file only are left out: 10" in found.stderr


@pytest.mark.parametrize("unnamed", [("new",), ("old",), ("new", "old")])
def test_one_group_is_not_matched_by_row(forms, unnamed):
    """
    Without person_id nobody knows whose the rows are: the files are named, with status 2.
    """
    for name in unnamed:
        path = forms / f"{name}.csv"
        lines = path.read_text(encoding="utf-8").splitlines()
        path.write_text("\n".join(line.partition(",")[2] for line in lines), encoding="utf-8")

    found = run(*both(forms), "--method", "linear", "--single-group")

    assert (found.exit_code, found.stdout) == (2, "")
    assert ", ".join(str(forms / f"{name}.csv") for name in unnamed) + ": no column" in found.stderr
    assert "--single-group needs a person_id column in both files" in found.stderr
    assert run(*both(forms), "--method", "linear").exit_code == 0


def test_scores_with_rough_errors_are_warned_of(forms):
    """
    What the notes of the document say goes to stderr, until distributions are smoothed.
    """
    words = [*both(forms), "--method", "frequency-estimation"]

    found, smooth = run(*words), run(*words, "--smooth", "3,3,1")

    notes = json.loads(found.stdout)["notes"]
    assert [note.split(" at ")[0] for note in notes][-1] == "rough standard errors"
    assert found.stderr.splitlines() == [f"warning: {note}" for note in notes]
    assert (json.loads(smooth.stdout)["notes"], smooth.stderr) == ([], "")


def test_the_document_says_which_moments_it_prints(forms):
    """
    Deviation and kurtosis are those of the formulas that the convention names.
    """
    with (forms / "new.csv").open(encoding="utf-8") as file:
        totals = np.array([row[1:] for row in list(csv.reader(file))[1:]], dtype=int).sum(axis=1)

    document = json.loads(run(*both(forms), "--method", "linear").stdout)

    z = (totals - totals.mean()) / totals.std()
    said = document["moments"]["new"]
    assert said["sd"] == pytest.approx(np.sqrt(((totals - totals.mean()) ** 2).sum() / totals.size))
    assert said["skewness"] == pytest.approx((z**3).mean())
    assert said["kurtosis"] == pytest.approx((z**4).mean())
    assert "divisor n and kurtosis is 3 for the normal" in document["moments_convention"]


def test_persons_without_a_total_are_left_out_aloud(forms):
    """
    A candidate who was not presented an item has no total; the count goes to stderr.
    """
    text = (forms / "new.csv").read_text(encoding="utf-8").splitlines()
    text[3] = text[3].rsplit(",", 1)[0] + ","
    (forms / "new.csv").write_text("\n".join(text) + "\n", encoding="utf-8")

    found = run(*both(forms), "--method", "mean")

    assert json.loads(found.stdout)["n_new"] == 299
    assert "not presented every item are left out: 1 of 300" in found.stderr


@pytest.mark.parametrize("method", ["irt-true", "irt-observed"])
def test_irt_methods_work_on_parameters(params, method):
    """
    Linked calibrations give a table without errors; that of the unlinked ones comes with a warning.
    """
    words = ["--method", method, "--from", params / "new.json", "--to", params / "old.json"]

    linked, plain = run(*words, "--link", "stocking-lord"), run(*words)

    document = json.loads(linked.stdout)
    assert document["design"] == "irt"
    assert len(document["table"]) == COMMON + OWN + 1
    assert all(row["se"] is None for row in document["table"])
    assert "6 common items have different parameters" in plain.stderr
    assert equated(linked.stdout) != equated(plain.stdout)


@pytest.mark.parametrize("method", ["irt-true", "irt-observed"])
def test_irt_errors_come_from_the_responses(params, method):
    """
    With the responses that the files were calibrated from, errors are by the delta method.
    """
    words = ["--method", method, "--from", params / "new.json", "--to", params / "old.json"]

    found = run(*both(params), *words, "--link", "stocking-lord")

    document = json.loads(found.stdout)
    assert (document["se_method"], document["replications"]) == ("delta", 0)
    assert all(0.05 < row["se"] < 1.5 for row in document["table"][3:-3])
    assert found.stderr == ""


def test_other_responses_are_remarked_upon(params):
    """
    Responses of a part of the persons give errors, and a warning that the files are not theirs.
    """
    words = ["--method", "irt-true", "--from", params / "new.json", "--to", params / "old.json"]
    lines = (params / "new.csv").read_text(encoding="utf-8").splitlines()
    (params / "new.csv").write_text("\n".join(lines[:201]) + "\n", encoding="utf-8")

    found = run(*both(params), *words, "--link", "stocking-lord")

    assert "not the estimates of these responses" in found.stderr
    assert json.loads(found.stdout)["se_method"] == "delta"


def test_irt_errors_by_bootstrap(params):
    """
    With a number of samples every one is calibrated and linked again.
    """
    words = ["--method", "irt-true", "--from", params / "new.json", "--to", params / "old.json"]

    more = ["--link", "mean-mean", "--anchor", "external", "--bootstrap", "3"]
    found = run(*both(params), *words, *more)

    document = json.loads(found.stdout)
    assert (document["se_method"], document["replications"]) == ("bootstrap", 3)
    assert len(document["table"]) == OWN + 1
    assert all(row["se"] >= 0 for row in document["table"])
    assert document["theta"][0] is None


def test_groups_of_one_calibration_can_be_named(params):
    """
    The synthetic population is made of the groups that took the forms.
    """
    whole = json.loads((params / "new.json").read_text(encoding="utf-8"))
    whole["groups"].append({"group": "strong", "mean": 1.0, "sd": 0.8, "fixed": False})
    (params / "new.json").write_text(json.dumps(whole), encoding="utf-8")
    words = ["--method", "irt-observed", "--from", params / "new.json", "--to", params / "old.json"]

    first = json.loads(run(*words, "--groups", "all", "all").stdout)
    strong = json.loads(run(*words, "--groups", "strong", "all").stdout)
    nobody = run(*words, "--groups", "weak", "all")

    assert strong["moments"]["new"]["mean"] > first["moments"]["new"]["mean"] + 1
    assert nobody.exit_code == 2
    assert "group 'weak' is none of all, strong" in nobody.stderr


TRUE = ["--method", "irt-true", "--from", "P", "--to", "Q"]
REFUSALS = [
    (["NEW", "OLD", "--method", "magic"], "'magic' is none of"),
    (["NEW", "--method", "linear"], "needs two files"),
    (["NEW", "NOWHERE", "--method", "linear"], "no such file"),
    (["NEW", "OLD", "--method", "tucker", "--anchor", "sideways"], "internal or external"),
    (["NEW", "OLD", "--method", "linear", "--anchor", "external"], "no part in --method linear"),
    (["NEW", "OLD", "--method", "linear", "--smooth", "4"], "--smooth: no part"),
    (["NEW", "OLD", "--method", "linear", "--weight", "0.5"], "--weight: no part"),
    (["NEW", "OLD", "--method", "tucker", "--weight", "1.5"], "from 0 to 1"),
    (["NEW", "OLD", "--method", "kernel", "--bandwidth", "0"], "above 0"),
    (["NEW", "OLD", "--method", "kernel", "--smooth", "4,4,1"], "a number such as 4, aic"),
    (["NEW", "OLD", "--method", "kernel", "--smooth", "40"], "a degree from 1 to"),
    (["NEW", "OLD", "--method", "kernel", *["--smooth", "3"] * 3], "once, or twice"),
    (["NEW", "OLD", "--method", "tucker", "--single-group"], "needs two groups"),
    (["NEW", "OLD", "--method", "linear", "--from", "P"], "--from: no part"),
    (["NEW", "APART", "--method", "tucker"], "no item id is in both files"),
    (["--method", "irt-true"], "needs --from and --to"),
    ([*TRUE, "--weight", "0.5"], "--weight: no part"),
    ([*TRUE, "--link", "magic"], "--link magic"),
    ([*TRUE, "--bootstrap", "9"], "draws persons"),
    (["NEW", "OLD", *TRUE, "--bootstrap", "9"], "choose a link, one of haebara"),
]


@pytest.mark.parametrize(("words", "said"), REFUSALS, ids=[said for _, said in REFUSALS])
def test_what_cannot_be_used_is_said(params, words, said):
    """
    Status 2, one line a fault, and nothing on stdout.
    """
    apart = (params / "old.csv").read_text(encoding="utf-8").replace("C", "D")
    (params / "apart.csv").write_text(apart, encoding="utf-8")
    files = {name.upper(): f"{name}.csv" for name in ("new", "old", "nowhere", "apart")}
    names = {**files, "P": "new.json", "Q": "old.json"}

    found = run(*(params / names[word] if word in names else word for word in words))

    assert found.exit_code == 2
    assert found.stdout == ""
    assert said in found.stderr
    assert found.stderr.count("\n") == 1
