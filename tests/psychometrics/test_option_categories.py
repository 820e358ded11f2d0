"""The nominal model over chosen options: categories that know what they are called."""

import numpy as np
import pytest

from examengine.psychometrics.csv_tables import UnusableFile
from examengine.psychometrics.estimation import calibrate
from examengine.psychometrics.item_keys import ItemKey
from examengine.psychometrics.option_categories import (
    by_option,
    options_of,
    options_to_calibrate,
    right_categories,
)
from examengine.psychometrics.parameters import ItemParameters
from examengine.psychometrics.refusals import UnusableParameters
from examengine.psychometrics.response_files import ResponseData, read_responses

KEYS = {"one": ItemKey("one", ("b",)), "two": ItemKey("two", ("2",))}


def answers(text: str = "one,two,three\na,10,1\nb,2,0\n,2,1\nc,NA,0\n") -> ResponseData:
    """Two keyed items, one of letters and one of numbers, and a scored one."""
    return read_responses("r.csv", text.encode(), keys={**KEYS, "three": ItemKey("three", ())})


def nominal(item_id: str, options: tuple[str, ...]) -> ItemParameters:
    """A nominal item of three options."""
    values = {"slopes": (0.0, 0.5, 1.0), "intercepts": (0.0, 0.2, -0.1)}
    return ItemParameters(item_id, "nrm", values, options=options)


def test_options_stand_in_their_order_numbers_by_value():
    """
    Options are those that anybody chose: 2 before 10, and letters by the alphabet.
    """
    found = options_to_calibrate(answers(), "nrm", ())

    assert found == {"one": ("a", "b", "c"), "two": ("2", "10")}


def test_only_nominal_items_take_their_options():
    """
    In a mixed test the other items keep the scores of the key.
    """
    models = {"one": "nrm", "two": "2pl", "three": "2pl"}

    assert options_to_calibrate(answers(), models, ()) == {"one": ("a", "b", "c")}


def test_an_anchored_item_keeps_the_options_it_was_calibrated_with():
    """
    An option that nobody chose this time still has its category.
    """
    anchor = nominal("one", ("d", "a", "b"))

    assert options_to_calibrate(answers(), "nrm", [anchor])["one"] == ("d", "a", "b")


def test_the_score_becomes_the_place_of_the_option():
    """
    Absent stays absent, other items stay as they are, and the highest score follows.
    """
    found = by_option(answers(), {"one": ("a", "b", "c")}).responses

    assert found.scores.tolist() == [[0, 0, 1], [1, 1, 0], [-1, 1, 1], [2, -1, 0]]
    assert found.max_scores.tolist() == [2, 1, 1]


def test_an_option_that_was_not_calibrated_is_refused():
    """
    The sentence names the file, the item, the option and those that are known.
    """
    with pytest.raises(UnusableFile) as refusal:
        by_option(answers(), {"one": ("a", "b")})

    assert str(refusal.value) == (
        "r.csv: item 'one': option 'c' is none of those it was calibrated with (a, b)"
    )


def test_scores_are_not_taken_for_options():
    """
    Without a key a column holds scores, and an item that was calibrated from options asks for one.
    """
    data = read_responses("r.csv", b"one\n0\n1\n")

    with pytest.raises(UnusableFile, match="give a key with this item"):
        by_option(data, {"one": ("a", "b")})


def test_options_go_through_the_parameter_file():
    """
    They stand beside the model, and only where there are any.
    """
    item = nominal("one", ("a", "b", "c"))
    plain = nominal("two", ())

    assert ItemParameters.from_dict(item.to_dict()) == item
    assert "options" not in plain.to_dict()
    assert options_of([item, plain]) == {"one": ("a", "b", "c")}


def test_as_many_options_as_categories():
    """
    Two options for three categories are refused, with both numbers.
    """
    with pytest.raises(UnusableParameters, match="2 options for 3 categories"):
        nominal("one", ("a", "b"))


def test_numbering_options_by_hand_gives_the_same_scores():
    """
    Letters with a key, and the same answers written as 0, 1, 2, are one and the same data.
    """
    rng = np.random.default_rng(3)
    drawn = rng.integers(3, size=(40, 2))
    header = "one,two\n"
    letters = header + "\n".join(",".join("abc"[k] for k in row) for row in drawn)
    numbers = header + "\n".join(",".join(str(k) for k in row) for row in drawn)
    keys = {name: ItemKey(name, ("b",)) for name in ("one", "two")}

    named = read_responses("l.csv", letters.encode(), keys=keys)
    found = by_option(named, options_to_calibrate(named, "nrm", ())).responses

    assert np.array_equal(found.scores, read_responses("n.csv", numbers.encode()).responses.scores)


def test_models_know_right_and_wrong_whatever_an_item_is_worth():
    """
    An item worth two points is wrong or right, 0 or 1, to a model; its points stay in the scores.
    """
    keys = {"one": ItemKey("one", ("b",), max_score=2), "three": ItemKey("three", (), max_score=3)}
    data = read_responses("r.csv", b"one,three\na,1\nb,3\n,2\n", keys=keys)

    found = by_option(data, {}).responses

    assert data.responses.scores[:, 0].tolist() == [0, 2, -1]
    assert found.scores[:, 0].tolist() == [0, 1, -1]
    assert found.scores[:, 1].tolist() == [1, 3, 2]
    assert found.max_scores.tolist() == [1, 3]


def chosen(letters: str, seed: int = 5) -> str:
    """Answers to six items: `letters` are the right option and three wrong ones, from near to far.

    The abler choose the first, and of those who are wrong the weakest choose the last.
    """
    rng = np.random.default_rng(seed)
    theta = rng.normal(size=(400, 1))
    right = rng.random((400, 6)) < 1 / (1 + np.exp(-1.5 * theta))
    lean = theta + rng.normal(size=(400, 6))
    place = np.where(right, 0, np.digitize(-lean, [-0.3, 0.5]) + 1)
    rows = "\n".join(",".join(letters[k] for k in row) for row in place)
    return "q1,q2,q3,q4,q5,q6\n" + rows


@pytest.mark.parametrize("letters", ["ABCD", "BADC", "CDBA", "DCBA"])
def test_ability_points_to_the_key_wherever_it_stands(letters):
    """
    The nominal model fits as well with everything turned round; the right option rises with
    ability whether its name comes first or last, and the likelihood is the same.
    """
    keys = {f"q{n}": ItemKey(f"q{n}", (letters[0],)) for n in range(1, 7)}
    data = read_responses("r.csv", chosen(letters).encode(), keys=keys)
    options = options_to_calibrate(data, "nrm", ())
    place = options["q1"].index(letters[0])

    found = calibrate(
        by_option(data, options).responses, "nrm", right=right_categories(data, options)
    ).parameters

    assert found.converged
    assert all(int(np.argmax(item.values["slopes"])) == place for item in found.items)
    first = read_responses("r.csv", chosen("DCBA").encode(), keys={
        name: ItemKey(name, ("D",)) for name in keys
    })  # fmt: skip
    last = calibrate(by_option(first, options_to_calibrate(first, "nrm", ())).responses, "nrm")
    assert found.log_likelihood == pytest.approx(last.parameters.log_likelihood, abs=1e-6)
