"""Mixed tests evaluated in batches."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from examengine.psychometrics.batches import batches_of, category_probabilities
from examengine.psychometrics.models import MODELS
from examengine.psychometrics.parameters import ItemParameters

NUMBER = st.floats(-2.0, 2.0)
POSITIVE = st.floats(0.2, 3.0)


@st.composite
def items(draw):
    """Any right/wrong or graded item of ordinary parameters."""
    a, b = draw(POSITIVE), draw(NUMBER)
    kind = draw(st.sampled_from(["rasch", "2pl", "3pl", "gpcm", "grm"]))
    if kind == "rasch":
        return kind, {"b": b}
    if kind in ("2pl", "3pl"):
        return kind, {"a": a, "b": b, **({"c": draw(st.floats(0.0, 0.4))} if kind == "3pl" else {})}
    gaps = draw(st.lists(POSITIVE, min_size=2, max_size=4))
    places = tuple((b + np.cumsum(gaps)).tolist())
    return kind, {"a": a, ("steps" if kind == "gpcm" else "thresholds"): places}


@given(st.lists(items(), min_size=1, max_size=6), NUMBER)
def test_probabilities_sum_to_one_in_any_test(drawn, theta):
    """
    Whatever the items, the scores of each have probabilities that sum to one.
    """
    test = [ItemParameters(f"i{n}", model, values) for n, (model, values) in enumerate(drawn)]

    share = category_probabilities(test, np.array([theta]))

    assert (share >= 0).all()
    np.testing.assert_allclose(share.sum(axis=2), 1.0, atol=1e-12)


@given(st.lists(items(), min_size=2, max_size=6), NUMBER, st.randoms(use_true_random=False))
def test_the_order_of_items_does_not_matter(drawn, theta, random):
    """
    Each item keeps its curve wherever it stands in the test.
    """
    test = [ItemParameters(f"i{n}", model, values) for n, (model, values) in enumerate(drawn)]
    order = list(range(len(test)))
    random.shuffle(order)

    straight = category_probabilities(test, np.array([theta]))
    shuffled = category_probabilities([test[n] for n in order], np.array([theta]))

    np.testing.assert_array_equal(shuffled, straight[:, order])


@given(items(), NUMBER, st.floats(0.5, 2.0), NUMBER)
def test_information_follows_the_scale(drawn, theta, stretch, shift):
    """
    On a scale stretched by A information falls by A², whatever the origin.
    """
    model, values = drawn
    if model == "rasch":
        model, values = "2pl", {"a": 1.0, **values}
    moved = {
        name: tuple(stretch * one + shift for one in value)
        if isinstance(value, tuple)
        else value / stretch
        if name == "a"
        else stretch * value + shift
        if name == "b"
        else value
        for name, value in values.items()
    }
    packed = [MODELS[model].pack(each)[np.newaxis] for each in (values, moved)]

    here = MODELS[model].information(np.array([theta]), packed[0])
    there = MODELS[model].information(np.array([stretch * theta + shift]), packed[1])

    np.testing.assert_allclose(there * stretch**2, here, rtol=1e-7, atol=1e-12)


def test_items_of_a_kind_are_evaluated_together():
    """
    A test falls into one batch per model and number of categories.
    """
    test = [
        ItemParameters("a", "2pl", {"a": 1.0, "b": 0.0}),
        ItemParameters("b", "grm", {"a": 1.0, "thresholds": (0.0, 1.0)}),
        ItemParameters("c", "2pl", {"a": 1.2, "b": 0.5}),
        ItemParameters("d", "grm", {"a": 1.0, "thresholds": (0.0, 1.0, 2.0)}),
    ]

    batches = batches_of(test)

    assert [batch.columns.tolist() for batch in batches] == [[0, 2], [1], [3]]
