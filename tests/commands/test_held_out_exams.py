"""Exams of other shapes, put through the commands as a stranger would."""

import csv
import io
import json

import numpy as np
import pytest
from scipy.special import expit
from typer.testing import CliRunner

from examengine.cli import app

# Every name of an item-parameters document that the description of the format promises.
SET_NAMES = {
    "schema", "metric", "D", "model", "n_persons", "n_items", "n_parameters", "log_likelihood",
    "aic", "bic", "iterations", "converged", "seconds", "quadrature", "estimator", "code_version",
    "input_digest", "groups", "items",
}  # fmt: skip
ITEM_NAMES = {"item_id", "model", "se", "anchored", "n"}
LOGISTIC = {"a", "b", "c", "d", "slope", "intercept"}
PARAMETER_NAMES = {
    **dict.fromkeys(("rasch", "2pl", "3pl"), LOGISTIC),
    "grm": {"a", "thresholds"},
    "gpcm": {"a", "steps"},
    "nrm": {"slopes", "intercepts"},
}


def run(*arguments):
    """Run a command that has to succeed."""
    result = CliRunner().invoke(app, [str(argument) for argument in arguments])
    assert result.exit_code == 0, (result.stderr, result.exception)
    return result


def document(*arguments):
    """What a command prints, read as JSON."""
    return json.loads(run(*arguments).stdout)


def write(path, header, rows):
    """Write a CSV file."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerows([header, *rows])
    return path


def draw(rng, steps):
    """Draw a category for each row of cumulative chances to reach a category or more."""
    return (rng.random((len(steps), 1)) < steps).sum(axis=1)


def right_wrong(rng, theta, a, b):
    """Scores of right/wrong items."""
    return (rng.random((len(theta), len(a))) < expit(a * (theta[:, np.newaxis] - b))).astype(int)


@pytest.fixture
def mixed(tmp_path):
    """A test with items of five models, and what is true of it."""
    rng = np.random.default_rng(5)
    theta = rng.normal(size=2000)
    a, b = np.array([0.8, 1.2, 1.6, 1.0]), np.array([-1.0, 0.0, 0.7, 0.4])
    logits = np.cumsum(np.column_stack([0 * theta, *(theta - d for d in (-0.8, 0.1, 0.9))]), 1)
    shares = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    columns = [
        *right_wrong(rng, theta, a, b).T,
        draw(rng, expit(1.3 * (theta[:, np.newaxis] - np.array([-0.9, 0.2, 1.1])))),
        draw(rng, 1 - np.cumsum(shares, axis=1)[:, :-1]),
        draw(rng, 1 - np.cumsum(shares, axis=1)[:, :-1]),
    ]
    names = [f"I{n}" for n in range(1, 8)]
    models = ["2pl", "2pl", "3pl", "rasch", "grm", "gpcm", "nrm"]
    write(tmp_path / "mixed.csv", names, np.column_stack(columns).tolist())
    write(tmp_path / "models.csv", ["item_id", "model"], zip(names, models, strict=True))
    (tmp_path / "priors.toml").write_text(
        '[items."I3".c]\ndistribution = "beta"\nalpha = 2\nbeta = 40\n', encoding="utf-8"
    )
    return tmp_path


@pytest.fixture
def groups(tmp_path):
    """Two groups of different ability; item Q3 is 0.8 logits harder for the second."""
    rng = np.random.default_rng(7)
    sex = np.where(np.arange(1200) % 2, "f", "m")
    theta = rng.normal(size=1200) - 0.4 * (sex == "f")
    a, b = rng.uniform(0.8, 1.6, 10), rng.normal(0, 0.8, 10)
    shifted = np.tile(b, (1200, 1)) + 0.8 * np.outer(sex == "f", np.arange(10) == 2)
    scores = right_wrong(rng, theta, a, shifted)
    names = [f"Q{n}" for n in range(1, 11)]
    rows = [[label, *row] for label, row in zip(sex, scores.tolist(), strict=True)]
    return write(tmp_path / "groups.csv", ["sex", *names], rows)


def test_a_mixed_test_is_recovered_and_named_as_the_format_says(mixed):
    """
    Items of six models in one file come near the truth, under the names of the format.
    """
    found = document(
        "calibrate", mixed / "mixed.csv", "--models", mixed / "models.csv",
        "--priors", mixed / "priors.toml",
    )  # fmt: skip

    assert found.keys() >= SET_NAMES
    assert (found["model"], found["converged"]) == ("mixed", True)
    for item in found["items"]:
        named = PARAMETER_NAMES[item["model"]]
        assert item.keys() == ITEM_NAMES | named
        assert item["se"].keys() <= named
    items = {item["item_id"]: item for item in found["items"]}
    assert items["I5"]["thresholds"] == pytest.approx([-0.9, 0.2, 1.1], abs=0.25)
    assert items["I6"]["steps"] == pytest.approx([-0.8, 0.1, 0.9], abs=0.35)
    assert items["I7"]["slopes"] == pytest.approx([0, 1, 2, 3], abs=0.6)


@pytest.mark.parametrize("method", ["eap", "map", "ml", "wle", "eapsum"])
def test_a_mixed_test_scores_everybody(mixed, method):
    """
    Every method ranks persons much as the raw score does, with a standard error for each person.
    """
    params = mixed / "params.json"
    run("calibrate", mixed / "mixed.csv", "--models", mixed / "models.csv", "--out", params,
        "--priors", mixed / "priors.toml")  # fmt: skip
    small = mixed / "small.csv"
    lines = (mixed / "mixed.csv").read_text(encoding="utf-8").splitlines()[:200]
    small.write_text("\n".join(lines), encoding="utf-8")

    result = run("score", small, "--params", params, "--method", method)

    rows = list(csv.DictReader(io.StringIO(result.stdout)))
    theta, raw, se = (
        np.array([float(row[c]) for row in rows]) for c in ("theta", "raw_score", "se")
    )
    assert np.corrcoef(theta.argsort().argsort(), raw.argsort().argsort())[0, 1] > 0.9
    assert (se > 0).all()


def test_a_group_has_its_own_mean_and_a_reference_can_be_chosen(groups):
    """
    The second group is less able; turned round, the difference is seen from the other side.
    """
    first = document("calibrate", groups, "--model", "2pl", "--group", "sex")["groups"]
    other = document("calibrate", groups, "--model", "2pl", "--group", "sex", "--reference", "f")

    assert [group["group"] for group in first] == ["m", "f"]
    assert first[1]["mean"] < -0.3
    turned = other["groups"]
    assert [group["group"] for group in turned] == ["f", "m"]
    assert turned[1]["mean"] == pytest.approx(-first[1]["mean"] / first[1]["sd"], abs=1e-3)


@pytest.mark.parametrize("method", ["mh", "logistic", "lr", "wald"])
def test_planted_dif_is_found_by_every_method(groups, method):
    """
    The item that was made harder for one group has the smallest tail probability of all.
    """
    rows = document("dif", groups, "--group", "sex", "--method", method)["items"]

    worst = min(rows, key=lambda row: row["p"])
    assert worst["item_id"] == "Q3"
    assert worst["p_adjusted"] < 0.01


def test_weights_count_as_repeated_rows(tmp_path):
    """
    A row of weight three gives what three equal rows give: items, fit, decisions.
    """
    rng = np.random.default_rng(8)
    scores = right_wrong(rng, rng.normal(size=300), np.full(8, 1.2), np.linspace(-1, 1, 8))
    cells = np.where(rng.random(scores.shape) < 0.1, "", scores.astype(str)).tolist()
    weight = rng.integers(1, 4, 300).tolist()
    names = [f"Q{n}" for n in range(8)]
    short = write(
        tmp_path / "short.csv", ["weight", *names],
        [[w, *row] for w, row in zip(weight, cells, strict=True)],
    )  # fmt: skip
    long = write(
        tmp_path / "long.csv", names,
        [row for w, row in zip(weight, cells, strict=True) for _ in range(w)],
    )  # fmt: skip
    params = tmp_path / "params.json"
    run("calibrate", short, "--model", "2pl", "--out", params)

    by_weight = document("fit", short, "--params", params)
    by_row = document("fit", long, "--params", params)
    again = document("calibrate", long, "--model", "2pl")

    expected = json.loads(params.read_text(encoding="utf-8"))
    assert again["log_likelihood"] == pytest.approx(expected["log_likelihood"], rel=1e-9)
    assert again["n_persons"] == expected["n_persons"] == sum(weight)
    assert by_weight["model"] == pytest.approx(by_row["model"], rel=1e-6)
    assert [i["s_x2"]["statistic"] for i in by_weight["items"]] == pytest.approx(
        [i["s_x2"]["statistic"] for i in by_row["items"]], rel=1e-6
    )


def test_two_forms_with_common_items_are_one_scale(tmp_path):
    """
    Items missing by design are calibrated on those who saw them and come near the truth.
    """
    rng = np.random.default_rng(9)
    a, b = rng.uniform(0.9, 1.6, 15), np.linspace(-1.5, 1.5, 15)
    scores = right_wrong(rng, rng.normal(size=3000), a, b).astype(object)
    scores[:1500, 10:], scores[1500:, :5] = "NA", ""
    path = write(tmp_path / "forms.csv", [f"Q{n}" for n in range(15)], scores.tolist())

    items = document("calibrate", path, "--model", "2pl")["items"]

    assert [item["n"] for item in items] == [1500] * 5 + [3000] * 5 + [1500] * 5
    error = np.array(
        [(item["b"] - truth) / item["se"]["b"] for item, truth in zip(items, b, strict=True)]
    )
    assert np.abs(error).max() < 4


def test_a_file_from_a_spreadsheet_gives_the_same_as_a_plain_one(tmp_path, groups):
    """
    A byte order mark, Windows line ends, quotes and blank lines change no figure.
    """
    lines = groups.read_text(encoding="utf-8").splitlines()
    quoted = [",".join(f'"{cell}"' for cell in line.split(",")) for line in lines]
    odd = tmp_path / "odd.csv"
    odd.write_bytes(("\ufeff" + "\r\n\r\n".join(quoted) + "\r\n").encode())

    plain, spreadsheet = (
        document("calibrate", path, "--model", "rasch", "--group", "sex") for path in (groups, odd)
    )

    assert spreadsheet["input_digest"] == plain["input_digest"]
    assert spreadsheet["items"] == plain["items"]


def test_several_accepted_options_score_alike(tmp_path):
    """
    With B|C as the key both options are right, and both are keys in the option table.
    """
    rng = np.random.default_rng(10)
    options = rng.choice(["A", "B", "C", "D, E"], size=(60, 3)).tolist()
    raw = write(tmp_path / "raw.csv", ["Q1", "Q2", "Q3"], options)
    key = tmp_path / "key.csv"
    key.write_text("item_id,key\nQ1,B | C\nQ2,A\nQ3,D, E\n".replace("D, E", '"D, E"'), "utf-8")

    items = document("analyse", raw, "--key", key)["items"]

    share = sum(row[0] in {"B", "C"} for row in options) / 60
    assert items[0]["p"] == pytest.approx(share)
    assert [one["option"] for one in items[0]["options"] if one["is_key"]] == ["B", "C"]
    assert [one["option"] for one in items[2]["options"] if one["is_key"]] == ["D, E"]


def test_priors_for_items_that_are_not_there_are_pointed_out(groups, tmp_path):
    """
    A slip in the id of a prior's item is a warning, and the calibration goes on.
    """
    priors = tmp_path / "priors.toml"
    priors.write_text(
        '[items."Q99".a]\ndistribution = "lognormal"\nmean = 0\nsd = 0.5\n', encoding="utf-8"
    )

    result = run("calibrate", groups, "--model", "2pl", "--group", "sex", "--priors", priors)

    assert "priors for Q99: no such item" in result.stderr
