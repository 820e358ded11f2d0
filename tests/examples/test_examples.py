"""The programs in `examples` run, and find what was put into the answers they draw."""

import runpy
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parents[2] / "examples"


@pytest.fixture
def run(capsys):
    """Run an example; return what it leaves and what it prints."""

    def ran(name):
        left = runpy.run_path(str(EXAMPLES / f"{name}.py"))
        return left, capsys.readouterr().out

    return ran


def test_every_example_is_run_here():
    """
    A new example gets a test of its own.
    """
    tested = {name.removeprefix("test_the_example_") for name in globals()}

    assert {path.stem for path in EXAMPLES.glob("*.py")} <= tested


def test_the_example_calibrate_and_score(run):
    """
    Slopes differ, the model fits, and abilities go with those that were drawn.
    """
    left, said = run("calibrate_and_score")

    assert left["recovered"] > 0.85
    assert left["twopl"].parameters.converged
    assert left["drawing"].svg.startswith("<svg")
    assert "alpha_if_dropped" in said


def test_the_example_dif_and_linking(run):
    """
    The item that was made harder is flagged, and left out of the robust link.
    """
    left, _ = run("dif_and_linking")

    assert "Q5" in left["flagged"]
    assert "Q5" in left["robust"].left_out
    assert left["robust"].slope == pytest.approx(1.1, abs=0.15)
    assert left["robust"].intercept == pytest.approx(0.3, abs=0.15)


def test_the_example_equate_a_form(run):
    """
    The new form is harder, so a score of it is worth more by every method.
    """
    left, said = run("equate_a_form")

    for name in ("chained", "frequency", "tucker", "irt"):
        assert left[name].conversions[15].equated > 15
    assert left["cut"] <= 18
    assert "A cut of 18" in said


def test_the_example_study_by_simulation(run):
    """
    Errors shrink with the number of persons, and intervals hold the truth about as often as said.
    """
    left, _ = run("study_by_simulation")
    few, many = left["study"]

    assert many["rmse_b"] < few["rmse_b"]
    assert min(few["coverage_b"], many["coverage_b"]) > 0.85
