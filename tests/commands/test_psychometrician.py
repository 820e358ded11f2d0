"""The psychometrician's commands as they are typed: documents, exit statuses, words."""

import csv
import io
import json

import numpy as np
import pytest
from scipy.special import expit
from typed import typed as run

from examengine.psychometrics.classical import item_statistics
from examengine.psychometrics.linking import METHODS as LINKING_METHODS
from examengine.psychometrics.responses import Responses


@pytest.fixture
def exam(tmp_path):
    """A simulated exam in files: chosen options, their key, and the scores."""
    rng = np.random.default_rng(11)
    theta = rng.normal(size=(400, 1))
    a, b = rng.uniform(0.8, 1.6, 10), rng.normal(0, 0.8, 10)
    scores = (rng.uniform(size=(400, 10)) < expit(a * (theta - b))).astype(int)
    names = [f"Q{n}" for n in range(1, 11)]
    options = np.where(scores == 1, "B", rng.choice(["A", "C"], size=scores.shape))
    for name, cells in (("scored", scores), ("raw", options)):
        with (tmp_path / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(["person_id", *names])
            writer.writerows([f"p{n}", *row] for n, row in enumerate(cells.tolist()))
    key = "item_id,key,domain\n" + "".join(f"{name},B,{n % 2}\n" for n, name in enumerate(names))
    (tmp_path / "key.csv").write_text(key, encoding="utf-8")
    return tmp_path


@pytest.fixture
def params(exam):
    """A calibration of the exam."""
    path = exam / "params.json"
    result = run("calibrate", exam / "scored.csv", "--model", "2pl", "--out", path)
    assert result.exit_code == 0
    return path


def scores_of(path):
    """The score matrix of a scored file."""
    with path.open(encoding="utf-8") as file:
        return np.array([row[1:] for row in list(csv.reader(file))[1:]], dtype=int)


def test_analyse_prints_what_the_library_says(exam):
    """
    The figures on stdout are the library's own, and scores and options give the same items.
    """
    scored = json.loads(run("analyse", exam / "scored.csv").stdout)
    raw = json.loads(run("analyse", exam / "raw.csv", "--key", exam / "key.csv").stdout)

    data = Responses.from_matrix(scores_of(exam / "scored.csv"))
    expected = item_statistics(data.scores, data.max_scores)
    assert scored["schema"] == "examengine/analysis/1"
    assert [item["p"] for item in scored["items"]] == [row.p for row in expected]
    assert [item["item_rest_r"] for item in raw["items"]] == [row.item_rest_r for row in expected]
    assert [option["option"] for option in raw["items"][0]["options"]] == ["A", "B", "C"]
    assert raw["items"][0]["options"][1]["is_key"] is True
    assert [domain["domain"] for domain in raw["domains"]] == ["0", "1"]


def test_domains_make_a_weighted_composite(exam):
    """
    Weights for every domain give the composite's reliability; others are refused in words.
    """
    files = (exam / "raw.csv", "--key", exam / "key.csv")

    equal, skewed = (
        json.loads(run("analyse", *files, "--domain-weight", "0=1", "--domain-weight", last).stdout)
        for last in ("1=1", "1=3")
    )

    assert equal["composite_reliability"] == pytest.approx(equal["stratified_alpha"])
    assert skewed["composite_reliability"] != pytest.approx(equal["stratified_alpha"])
    assert [domain["weight"] for domain in skewed["domains"]] == [1, 3]
    assert 0 < skewed["reliability"]["omega_hierarchical"] < 1
    for wrong, words in ((["0=x"], "DOMAIN=WEIGHT"), (["0=1"], "every domain a weight")):
        result = run("analyse", *files, "--domain-weight", *wrong)
        assert (result.exit_code, words in result.stderr) == (2, True)


def test_the_report_stands_alone(exam):
    """
    The page has the figures, a language and no script, and fetches nothing.
    """
    page = exam / "page.html"

    result = run(
        "analyse", exam / "raw.csv", "--key", exam / "key.csv", "--html", page, "--out", exam / "a"
    )

    text = page.read_text(encoding="utf-8")
    alpha = json.loads((exam / "a").read_text(encoding="utf-8"))["reliability"]["alpha"]
    assert result.exit_code == 0
    assert f"{alpha:.3f}" in text
    assert '<html lang="en-GB">' in text
    assert "<script" not in text
    assert "http" not in text


def test_a_report_of_simulated_answers_says_so(exam):
    """
    On the page and in the document; a report of real answers says nothing of the kind.
    """
    page = exam / "page.html"
    words = "These responses were made by a program."

    told = run("analyse", exam / "scored.csv", "--simulated", "--html", page)
    on_page = words in page.read_text(encoding="utf-8")
    real = run("analyse", exam / "scored.csv", "--html", page)

    assert (json.loads(told.stdout)["simulated"], on_page) == (True, True)
    assert json.loads(real.stdout)["simulated"] is False
    assert words not in page.read_text(encoding="utf-8")


def test_groups_that_nobody_named_are_said_by_every_command(exam, params):
    """
    A column `group` never plays a part in silence, nor none.
    """
    rows = (exam / "scored.csv").read_text(encoding="utf-8").splitlines()
    grouped = exam / "grouped.csv"
    labels = ["group", *("ab"[place % 2] for place in range(len(rows) - 1))]
    grouped.write_text(
        "\n".join(f"{one},{two}" for one, two in zip(labels, rows, strict=True)) + "\n"
    )
    given = {"score": ["--params", params], "fit": ["--params", params], "analyse": []}

    for command, options in given.items():
        result = run(command, grouped, *options)
        assert (command, result.exit_code) == (command, 0)
        assert "the column 'group' plays no part" in result.stderr, command


def test_names_in_a_report_are_escaped(exam):
    """
    An item named like a tag is shown as text.
    """
    (exam / "odd.csv").write_text("<b>x</b>,Q2\n1,0\n0,1\n1,1\n", encoding="utf-8")

    run("analyse", exam / "odd.csv", "--html", exam / "page.html")

    assert "&lt;b&gt;x&lt;/b&gt;" in (exam / "page.html").read_text(encoding="utf-8")


def test_calibrate_writes_parameters_of_every_item(params):
    """
    The file has the schema, the metric, every item with its errors, and says that it converged.
    """
    found = json.loads(params.read_text(encoding="utf-8"))

    assert (found["schema"], found["D"]) == ("examengine/item-parameters/1", 1.0)
    assert found["converged"] is True
    assert [item["item_id"] for item in found["items"]] == [f"Q{n}" for n in range(1, 11)]
    assert all(item["se"]["a"] > 0 for item in found["items"])


def test_anchors_stay_where_they_were(exam, params):
    """
    Anchored items keep their parameters and the group's mean and deviation are free.
    """
    result = run("calibrate", exam / "scored.csv", "--model", "2pl", "--anchors", params)

    found = json.loads(result.stdout)
    given = json.loads(params.read_text(encoding="utf-8"))
    assert all(item["anchored"] for item in found["items"])
    assert [i["a"] for i in found["items"]] == [i["a"] for i in given["items"]]
    assert found["groups"][0]["fixed"] is False


def test_models_can_differ_by_item(exam):
    """
    A model file and the key's model column calibrate a mixed test alike.
    """
    lines = [f"Q{n},{'rasch' if n < 3 else '2pl'}" for n in range(1, 11)]
    (exam / "models.csv").write_text("item_id,model\n" + "\n".join(lines) + "\n", encoding="utf-8")

    by_file = run("calibrate", exam / "scored.csv", "--models", exam / "models.csv")

    found = json.loads(by_file.stdout)
    assert [item["model"] for item in found["items"]][:3] == ["rasch", "rasch", "2pl"]


def test_the_nominal_model_of_a_command_points_to_the_key(tmp_path):
    """
    Where the right options come first by name, better answers still have the higher ability.
    """
    rng = np.random.default_rng(2)
    right = rng.random((300, 6)) < expit(1.5 * rng.normal(size=(300, 1)))
    letters = np.where(right, "A", rng.choice(["B", "C", "D"], (300, 6)))
    names = [f"q{n}" for n in range(6)]
    answers, key, fitted = (tmp_path / name for name in ("r.csv", "key.csv", "nrm.json"))
    rows = [[*"AAAAAA"], [*"BBBBBB"], *letters.tolist()]
    answers.write_text("\n".join(",".join(row) for row in [names, *rows]), encoding="utf-8")
    key.write_text("item_id,key\n" + "".join(f"{name},A\n" for name in names), encoding="utf-8")

    run("calibrate", answers, "--key", key, "--model", "nrm", "--out", fitted)
    scored = run("score", answers, "--key", key, "--params", fitted).stdout

    best, worst, *_ = csv.DictReader(io.StringIO(scored))
    assert float(best["theta"]) > 0 > float(worst["theta"])


@pytest.mark.parametrize("method", ["eap", "map", "ml", "wle", "eapsum"])
def test_score_prints_one_row_a_person(exam, params, method):
    """
    Each method gives the columns of the format, in the order of the file.
    """
    result = run("score", exam / "scored.csv", "--params", params, "--method", method)

    rows = list(csv.DictReader(io.StringIO(result.stdout)))
    assert list(rows[0]) == ["person_id", "theta", "se", "n_answered", "raw_score"]
    assert [row["person_id"] for row in rows[:2]] == ["p0", "p1"]
    totals = scores_of(exam / "scored.csv").sum(axis=1)
    assert [int(row["raw_score"]) for row in rows] == totals.tolist()


def test_fit_reports_items_persons_pairs_and_the_model(exam, params):
    """
    The document has S-X², infit, M2, Q3 and person fit, for every item and person.
    """
    found = json.loads(run("fit", exam / "scored.csv", "--params", params).stdout)

    assert found["theta_method"] == "eap"
    assert found["model"]["df"] == 10 + 45 - 20
    assert all(item["s_x2"]["df"] > 0 for item in found["items"])
    assert (len(found["persons"]), len(found["dependence"]["q3"])) == (400, 10)


def test_fit_counts_dimensions_when_asked(exam, params):
    """
    With --dimensionality the document has eigenvalues and their reference; a seed repeats them.
    """
    asked = ("fit", exam / "scored.csv", "--params", params, "--dimensionality", "--seed", "7")

    found = json.loads(run(*asked, "--replications", "5").stdout)["dimensionality"]

    again = json.loads(run(*asked, "--replications", "5").stdout)["dimensionality"]
    assert found == again
    assert (found["n_dimensions"], found["replications"], found["seed"]) == (1, 5, 7)
    assert len(found["eigenvalues"]) == len(found["reference_quantile"]) == 10
    assert "dimensionality" not in json.loads(run(*asked[:4]).stdout)


def test_fit_with_items_missing_by_design_has_an_answer(exam, params):
    """
    Two forms in one file have item fit, model fit and person fit, each on who was presented what.
    """
    lines = (exam / "scored.csv").read_text(encoding="utf-8").splitlines()
    forms = [lines[0]]
    for number, line in enumerate(lines[1:]):
        cells = line.split(",")
        cells[slice(1, 4) if number % 2 else slice(8, 11)] = [""] * 3
        forms.append(",".join(cells))
    (exam / "forms.csv").write_text("\n".join(forms), encoding="utf-8")

    found = json.loads(run("fit", exam / "forms.csv", "--params", params).stdout)

    assert found["items"][0]["s_x2"]["n"] == 200
    assert found["items"][5]["s_x2"]["n"] == 400
    assert found["model"]["statistic"] > 0
    assert found["dependence"]["q3"][0][9] is None


def test_classify_uses_what_it_is_given(exam, params):
    """
    Points and logits, responses, parameters and scores each bring their methods.
    """
    scores = exam / "scores.csv"
    run("score", exam / "scored.csv", "--params", params, "--out", scores)

    raw = json.loads(run("classify", exam / "scored.csv", "--cut", "6").stdout)
    both = json.loads(run("classify", exam / "scored.csv", "--params", params, "--cut", 6).stdout)
    theta = json.loads(run("classify", "--scores", scores, "--cut", 0.2, "--theta").stdout)

    assert raw["livingston_lewis"]["accuracy"] > 0.7
    assert raw["lee"] is None
    assert both["lee"]["kappa"] > 0.3
    assert both["at_cut"]["theta_se"] > 0
    assert theta["rudner"]["consistency"] > 0.6


def test_cut_recommends_with_errors(exam):
    """
    The recommendation of a panel is a document with the cut, its error and both rounds.
    """
    (exam / "ratings.csv").write_text(
        "judge_id,round,Q1,Q2\nA,1,0.5,0.9\nB,1,0.8,1\nA,2,0.6,0.9\nB,2,0.7,1\n", encoding="utf-8"
    )

    found = json.loads(run("cut", "modified-angoff", exam / "ratings.csv").stdout)

    assert found["cut"] == pytest.approx(1.6)
    assert found["se_judges"] == pytest.approx(0.1)
    assert [one["round"] for one in found["rounds"]] == [1, 2]


def test_link_finds_the_constants_and_transforms(exam, params):
    """
    A calibration linked to itself stays; the document has every method's constants and the set.
    """
    result = run("link", "--from", params, "--to", params, "--method", "haebara")

    found = json.loads(result.stdout)
    assert (found["A"], found["B"]) == pytest.approx((1, 0), abs=1e-8)
    assert [one["method"] for one in found["alternatives"]] == list(LINKING_METHODS)
    assert found["transformed"]["schema"] == "examengine/item-parameters/1"
    assert len(found["displacements"]) == 10
    assert found["se"] is None


def test_a_link_has_errors_by_the_responses(exam, params):
    """
    With the responses of both calibrations A and B come with standard errors.
    """
    data = exam / "scored.csv"

    result = run("link", "--from", params, "--to", params, "--responses", data, data)

    found = json.loads(result.stdout)["se"]
    assert 0.02 < found["A"] < 0.5
    assert 0.02 < found["B"] < 0.5


def test_a_robust_link_names_what_it_left_out(exam, params):
    """
    With --robust an item that moved by two logits is left out, and A and B are those without it.
    """
    moved = json.loads(params.read_text(encoding="utf-8"))
    for place, item in enumerate(moved["items"]):
        item["b"] += 2.0 if place == 4 else 0.01 * (place % 3)
        item["intercept"] = -item["a"] * item["b"]
    (exam / "moved.json").write_text(json.dumps(moved), encoding="utf-8")

    result = run("link", "--from", exam / "moved.json", "--to", params, "--robust")

    found = json.loads(result.stdout)
    assert found["left_out"] == ["Q5"]
    assert found["B"] == pytest.approx(-0.01, abs=0.02)
    assert found["displacements"][4]["drifted"] is True


@pytest.mark.parametrize("method", ["mh", "std", "logistic"])
def test_dif_prints_a_row_for_every_item(exam, method):
    """
    Each item has a statistic, a tail probability, an effect size and an ETS class.
    """
    lines = (exam / "scored.csv").read_text(encoding="utf-8").splitlines()
    rows = [f"{line},{'f' if n % 2 else 'm'}" for n, line in enumerate(lines[1:])]
    (exam / "sex.csv").write_text("\n".join([lines[0] + ",sex", *rows]), encoding="utf-8")

    asked = ("dif", exam / "sex.csv", "--group", "sex", "--method", method, "--adjust", "holm")

    document = json.loads(run(*asked, "--test").stdout)

    found = document["items"]
    assert document["adjustment"] == "holm"
    assert [(test["focal"], test["max_score"]) for test in document["tests"]] == [("f", 10)]
    assert len(found) == 10
    assert {row["focal"] for row in found} == {"f"}
    assert all(0 <= row["p"] <= row["p_adjusted"] <= 1 for row in found)
    assert all(row["ets_class"] in "ABC" for row in found)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["analyse", "missing.csv"], "there is no such file"),
        (["analyse", "raw.csv"], "chosen options need a key"),
        (["calibrate", "scored.csv"], "give --model"),
        (["calibrate", "scored.csv", "--model", "5pl"], "a model is one of"),
        (["calibrate", "scored.csv", "--model", "2pl", "--group", "sex"], "no column 'sex'"),
        (["score", "scored.csv", "--params", "key.csv"], "key.csv: row 1"),
        (["score", "scored.csv", "--params", "params.json", "--method", "guess"], "'guess'"),
        (["classify", "scored.csv", "--cut", "99"], "up to 10"),
        (["classify", "--cut", "6"], "needs responses or parameters"),
        (["classify", "--params", "params.json", "--theta", "--cut", "inf"], "a finite number"),
        (["calibrate", "scored.csv", "--model", "2pl", "--reference", "f"], "--group has to name"),
        (["calibrate", "scored.csv", "--model", "2pl", "--range", "6", "-6"], "the lower first"),
        (["calibrate", "scored.csv", "--model", "2pl", "--range", "-inf", "inf"], "two finite"),
        (["analyse", "scored.csv", "--html", "no/such/folder.html"], "No such file"),
        (["dif", "scored.csv", "--group", "Q1", "--method", "sib"], "'sib' is none of"),
        (["link", "--from", "params.json", "--to", "params.json", "--method", "x"], "'x' is none"),
        (["cut", "angoff", "key.csv"], "is none of modified-angoff"),
        (["cut", "modified-angoff", "key.csv"], "no column 'judge_id'"),
    ],
)
def test_bad_input_ends_with_status_2_and_words(exam, params, monkeypatch, arguments, words):
    """
    Whatever cannot be used is said on stderr in one line a fault; stdout stays empty.
    """
    monkeypatch.chdir(exam)

    result = run(*arguments)

    assert result.exit_code == 2
    assert words in result.stderr
    assert result.stdout == ""


@pytest.mark.parametrize(
    "command", ["analyse", "calibrate", "score", "fit", "classify", "dif", "link", "cut"]
)
def test_every_command_shows_an_example(command):
    """
    The help of each command has an example to copy.
    """
    result = run(command, "--help")

    assert result.exit_code == 0
    assert f"examengine {command}" in " ".join(result.stdout.split())


def test_scores_on_a_scale_and_plausible_values(exam, params):
    """
    Reported scores are rounded, halves up, and clipped; draws repeat with the seed.
    """
    asked = ("score", exam / "scored.csv", "--params", params)
    more = ("--scale", "100", "500", "300", "600", "--plausible-values", "3")

    found = list(csv.DictReader(io.StringIO(run(*asked, *more).stdout)))
    again = list(csv.DictReader(io.StringIO(run(*asked, *more).stdout)))
    other = list(csv.DictReader(io.StringIO(run(*asked, *more, "--seed", 2).stdout)))

    for row in found:
        points = np.floor(500 + 100 * float(row["theta"]) + 0.5)
        assert int(row["scale_score"]) == np.clip(points, 300, 600)
        assert float(row["scale_se"]) == pytest.approx(100 * float(row["se"]))
    assert found == again != other
    draws = np.array([[float(row[f"pv{k}"]) for k in (1, 2, 3)] for row in found])
    theta = np.array([float(row["theta"]) for row in found])
    assert np.abs(draws.mean(axis=1) - theta).mean() < 0.6
    assert draws.std() > theta.std()


@pytest.mark.parametrize(
    ("scale", "words"),
    [
        (("x", "500", "200", "800"), "--scale x: a decimal number"),
        (("nan", "500", "200", "800"), "--scale nan: a decimal number"),
        (("0", "500", "200", "800"), "a slope of 0"),
        (("100", "500", "800", "200"), "the lowest score first"),
    ],
)
def test_scales_that_are_none_are_refused(exam, params, scale, words):
    """
    Status 2 and a sentence that names the option.
    """
    found = run("score", exam / "scored.csv", "--params", params, "--scale", *scale)

    assert (found.exit_code, found.stdout) == (2, "")
    assert words in found.stderr


def test_scoring_several_groups_without_naming_them_is_said(exam):
    """
    Everybody gets the first group's distribution, and a warning says so; wle needs none.
    """
    lines = (exam / "scored.csv").read_text(encoding="utf-8").splitlines()
    rows = [f"{line},{'ab'[n % 2]}" for n, line in enumerate(lines[1:])]
    (exam / "two.csv").write_text("\n".join([lines[0] + ",room", *rows]), encoding="utf-8")
    params = exam / "two.json"
    run("calibrate", exam / "two.csv", "--model", "2pl", "--group", "room", "--out", params)

    silent = run("score", exam / "two.csv", "--params", params, "--group", "room")
    said = run("score", exam / "scored.csv", "--params", params)
    free = run("score", exam / "scored.csv", "--params", params, "--method", "wle")

    assert "warning" not in silent.stderr
    assert "groups a, b, and everybody is scored with the ability distribution of a" in said.stderr
    assert "distribution" not in free.stderr


def test_priors_that_say_nothing_are_said_to(exam):
    """
    A prior on c has no part in the 2PL; c and logit_c together are refused.
    """
    (exam / "c.toml").write_text('[c]\ndistribution = "beta"\nalpha = 5\nbeta = 17\n')
    both = '\n[logit_c]\ndistribution = "normal"\nmean = -1\nsd = 1\n'
    (exam / "both.toml").write_text((exam / "c.toml").read_text() + both)

    idle = run("calibrate", exam / "scored.csv", "--model", "2pl", "--priors", exam / "c.toml")
    twice = run("calibrate", exam / "scored.csv", "--model", "3pl", "--priors", exam / "both.toml")

    assert idle.exit_code == 0
    assert "the prior on c says nothing" in idle.stderr
    assert (twice.exit_code, twice.stdout) == (2, "")
    assert "c and logit_c are one parameter" in twice.stderr


def test_anchors_have_a_model_already(exam, params):
    """
    A file of models need not name anchored items, and what it says otherwise of them is remarked.
    """
    known = json.loads(params.read_text(encoding="utf-8"))
    known["items"] = known["items"][:3]
    (exam / "known.json").write_text(json.dumps(known), encoding="utf-8")
    rest = "".join(f"Q{n},3pl\n" if n == 9 else f"Q{n},2pl\n" for n in range(4, 11))
    (exam / "rest.csv").write_text("item_id,model\n" + rest, encoding="utf-8")
    (exam / "all.csv").write_text("item_id,model\nQ1,3pl\nQ2,2pl\nQ3,2pl\n" + rest)
    asked = ("calibrate", exam / "scored.csv", "--anchors", exam / "known.json", "--models")

    fewer, other = run(*asked, exam / "rest.csv"), run(*asked, exam / "all.csv")

    assert json.loads(fewer.stdout)["items"][0]["model"] == "2pl"
    assert "item 'Q1' is said to be 3pl; it is held at its anchor, which is 2pl" in other.stderr


def test_refusals_name_the_file(exam, params):
    """
    What the library refuses is said of the file it was given, and a CSV is no parameter file.
    """
    lines = (exam / "scored.csv").read_text(encoding="utf-8").splitlines()
    right = [line.rsplit(",", 1)[0] + ",1" for line in lines[1:]]
    (exam / "right.csv").write_text("\n".join([lines[0], *right]), encoding="utf-8")

    everyone = run("calibrate", exam / "right.csv", "--model", "2pl")
    table = run("score", exam / "scored.csv", "--params", exam / "scored.csv")

    assert everyone.stderr.startswith(f"{exam / 'right.csv'}: item 'Q10': everyone was right")
    assert "scored.csv: row 1, column 1: no JSON here" in table.stderr
