"""The face of the library: what a newcomer types works, and a slip is answered once."""

import doctest
import importlib
import subprocess
import sys

import numpy as np
import pytest

import examengine.psychometrics as face
from examengine.psychometrics import (
    Refusal,
    Responses,
    calibrate,
    compare_models,
    dif,
    equate,
    item_analysis,
    plots,
    read_responses,
    score,
    similarity,
    simulate,
)
from examengine.psychometrics.estimation import calibrate as estimate

ANSWERS = simulate("2pl", 300, 6, rng=5)
WITH_EXAMPLES = sorted(set(face.__all__) - {"plots"})


def _examples(thing, name):
    """Run the examples in a docstring, those of its methods included."""
    module = importlib.import_module(getattr(thing, "__module__", name))
    finder = doctest.DocTestFinder(recurse=False)
    runner = doctest.DocTestRunner()
    tests = finder.find(thing, name, module=module, globs=dict(vars(module)))
    for test in tests:
        runner.run(test)
    return runner.summarize()


@pytest.mark.parametrize("name", WITH_EXAMPLES)
def test_the_example_of_every_name_runs(name):
    """
    Every public name has a docstring with an example, and the example does what it says.
    """
    failed, attempted = _examples(getattr(face, name), name)

    assert attempted > 0
    assert failed == 0


@pytest.mark.parametrize("name", plots.__all__)
def test_the_example_of_every_plot_runs(name):
    """
    Each plot has an example too.
    """
    failed, attempted = _examples(getattr(plots, name), name)

    assert attempted > 0
    assert failed == 0


def test_the_names_fit_on_a_screen():
    """
    `dir` lists the names people need and no room of the house.
    """
    assert dir(face) == sorted(face.__all__)
    assert len(face.__all__) <= 40


def test_a_function_is_not_hidden_by_the_room_of_its_name():
    """
    `dif` stays the function after the folder `dif` was imported, and the folder can be had.
    """
    words = (
        "import examengine.psychometrics.dif, examengine.psychometrics.information;"
        "from examengine.psychometrics import dif, information;"
        "from examengine.psychometrics.dif import METHODS;"
        "assert callable(dif) and callable(information) and METHODS"
    )

    subprocess.run([sys.executable, "-c", words], check=True)


def test_the_face_alone_costs_no_import():
    """
    numpy, scipy and the rooms are loaded by the first name that needs them.
    """
    words = "import sys, examengine.psychometrics as p; dir(p); assert 'numpy' not in sys.modules"

    subprocess.run([sys.executable, "-c", words], check=True)


def test_what_the_face_gives_is_what_the_library_gives():
    """
    The same estimates to the last bit: the face works out no figure.
    """
    ours = calibrate(ANSWERS.responses, "2PL", progress=False)

    assert ours.parameters.items == estimate(ANSWERS.responses, "2pl").parameters.items


MATRIX = [[1, 0, 1], [0, 0, 1], [1, 1, 0], [1, 0, 0]]


class Frame:
    """What pandas and polars have in common: named columns."""

    def __init__(self, columns):
        self.cells = columns
        self.columns = list(columns)

    def __getitem__(self, name):
        return self.cells[name]


class NAType:
    """pandas' missing value: no comparison with it is true or false."""

    def __ne__(self, other):
        return self

    def __bool__(self):
        raise TypeError("boolean value of NA is ambiguous")

    __hash__ = None


@pytest.mark.parametrize("missing", [None, float("nan"), -1, NAType()])
def test_a_missing_cell_may_be_written_in_any_way(missing):
    """
    NaN, None, −1 and pandas' NA all mean that an item was not presented.
    """
    found = read_responses([[1, 0], [missing, 1]]).responses

    assert found.scores.tolist() == [[1, 0], [-1, 1]]


def test_a_data_frame_brings_names_groups_and_weights():
    """
    Columns are items but for persons, groups and weights.
    """
    frame = Frame(
        {
            "person_id": ["a", "b"],
            "country": ["NG", "IT"],
            "weight": [2.0, 1.0],
            "Q1": np.array([1, 0]),
            "Q2": [None, 1.0],
        }
    )

    found = read_responses(frame, group="country").responses

    assert found.person_ids == ("a", "b")
    assert found.item_ids == ("Q1", "Q2")
    assert found.group == ("NG", "IT")
    assert found.weights.tolist() == [2.0, 1.0]
    assert found.scores.tolist() == [[1, -1], [0, 1]]


@pytest.mark.parametrize(
    "key", ["AC", ["A", "C"], {"item1": "A", "item2": "C"}, {"item1": ("A",), "item2": "C|D"}]
)
def test_a_key_may_be_written_in_any_way(key):
    """
    One text, a sequence, or a mapping with one or several right options.
    """
    found = read_responses([["A", "C"], ["B", "C"], [None, "B"]], key=key)

    assert found.responses.scores.tolist() == [[1, 1], [0, 1], [-1, 0]]
    assert found.chosen["item1"] == ("A", "B", "")


def test_options_can_be_calibrated_and_scored():
    """
    With a key the nominal model takes the options themselves, and scores fresh answers by them.
    """
    rng = np.random.default_rng(3)
    theta = rng.standard_normal(400)
    right = rng.random((400, 4)) < 1 / (1 + np.exp(-1.5 * theta[:, None]))
    answers = np.where(right, "A", rng.choice(["B", "C"], (400, 4)))

    calibration = calibrate(answers, "nrm", key="AAAA", progress=False)

    assert calibration.parameters.items[0].options == ("A", "B", "C")
    best, worst = score(calibration, [["A"] * 4, ["B"] * 4], key="AAAA").theta
    assert best > worst


def test_groups_and_weights_are_arrays():
    """
    A group for each person makes a calibration of groups; a weight counts a person so often.
    """
    twice = calibrate(MATRIX * 40, "rasch", progress=False).parameters
    weighted = calibrate(MATRIX * 20, "rasch", weight=[2.0] * 80, progress=False).parameters
    groups = calibrate(
        ANSWERS.responses, "rasch", group=["a", "b"] * 150, reference="b", progress=False
    ).parameters

    assert weighted.log_likelihood == pytest.approx(twice.log_likelihood)
    assert [group.group for group in groups.groups] == ["b", "a"]


def test_a_result_is_a_line_and_a_table():
    """
    `repr` never dumps the numbers; a notebook shows the headline and the table.
    """
    calibration = calibrate(ANSWERS.responses, "2pl", progress=False)
    results = [
        calibration,
        score(calibration),
        item_analysis(ANSWERS.responses),
        dif(ANSWERS.responses, ["a", "b"] * 150),
        equate(ANSWERS.responses, ANSWERS.responses, method="Mean"),
        similarity(ANSWERS.responses, calibration),
        compare_models(calibration, calibration),
        ANSWERS,
        ANSWERS.responses,
        read_responses(ANSWERS.responses),
    ]

    for result in results:
        assert "\n" not in repr(result)
        assert len(repr(result)) < 200
        assert "<table>" in result._repr_html_()
        assert result.table().columns or not result.table()


def test_every_method_of_equating_is_reached_by_name():
    """
    Observed-score and IRT methods are asked for alike; a calibration brings its responses.
    """
    new, old = (
        calibrate(simulate("2pl", 400, 6, rng=seed).responses, "2pl", progress=False)
        for seed in (1, 2)
    )

    found = equate(new, old, method="IRT true", link="Stocking-Lord")

    assert found.method == "irt-true"
    assert found.se_method == "delta"


@pytest.mark.parametrize("model", ["4pl", "rsm"])
def test_every_model_is_simulated_by_its_name(model):
    """
    The responses, and the parameters they were drawn by, are of the model that was named.
    """
    drawn = simulate(model, 50, 4, rng=3)

    assert drawn.parameters.model == model
    assert drawn.responses.scores.shape == (50, 4)
    assert {item.model for item in drawn.parameters.items} == {model}


def test_a_long_fit_says_how_far_it_is(monkeypatch, capsys):
    """
    After two seconds a line on stderr follows the passes; a quick fit is silent.
    """
    calibrate(ANSWERS.responses)
    assert capsys.readouterr().err == ""
    monkeypatch.setattr("examengine.psychometrics.face.calibrating.LONG", 0.0)

    calibrate(ANSWERS.responses)

    said = capsys.readouterr().err
    assert said.startswith("\rcycle 2: log-likelihood -")
    assert said.endswith("\n")


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (lambda: calibrate(MATRIX, "5pl"), "model '5pl' is none of 1pl, 2pl"),
        (lambda: calibrate(MATRIX, priors="vague"), "priors 'vague'"),
        (lambda: read_responses([["A", "B"]]), "row 1, column 'item1'"),
        (lambda: read_responses([["A", "B"]], key="A"), "the key has 1 options for 2 items"),
        (lambda: read_responses([1, 0, 1]), "1 dimensions"),
        (lambda: read_responses([[1, 0]], item_ids=["Q1", "Q1"]), "1 different item_ids"),
        (lambda: read_responses(ANSWERS.responses, item_ids=["Q1"]), "leave item_ids out"),
        (lambda: read_responses([[1, 0], [1]]), "rows of different length"),
        (lambda: read_responses(ANSWERS.responses, key="A" * 6), "scored already"),
        (lambda: score(ANSWERS.responses), "Responses in place of item parameters"),
        (lambda: score(ANSWERS.parameters), "give the responses as well"),
        (lambda: score(ANSWERS.parameters, ANSWERS.responses, method="best"), "method 'best'"),
        (lambda: dif(ANSWERS.responses), "fewer than two groups"),
        (lambda: equate(MATRIX, MATRIX, method="mean", bootstrap=10), "give rng="),
        (lambda: simulate("2pl", 10, rng=1), "give n_items"),
        (lambda: simulate("2pl", n_items=10, rng=1), "give n_persons"),
        (lambda: plots.item_curves(ANSWERS.parameters, ["Q9"]), "item 'Q9' is none of"),
    ],
)
def test_a_slip_is_answered_with_what_would_be_right(wrong, says):
    """
    One refusal, which says what is wrong and what would do.
    """
    with pytest.raises(Refusal, match=says):
        wrong()


def test_a_plot_is_a_whole_drawing(tmp_path):
    """
    Names of items are escaped, and the drawing stands alone.
    """
    renamed = Responses.from_matrix(MATRIX * 20, item_ids=["<b>", "Q2", "Q3"])
    drawing = plots.item_curves(calibrate(renamed, "rasch", progress=False))

    drawing.save(tmp_path / "curves.svg")

    text = (tmp_path / "curves.svg").read_text(encoding="utf-8")
    assert "&lt;b&gt;" in text
    assert "<b>" not in text
    assert drawing._repr_svg_() == text
