"""IRT equating: enumeration, identities and the rule below guessing."""

from itertools import product

import numpy as np
import pytest
from equating_samples import NEW, OLD, equated, item

from examengine.psychometrics.batches import category_probabilities
from examengine.psychometrics.equating import (
    METHODS,
    CannotEquate,
    EquatingOptions,
    IrtForm,
    ScoreDistribution,
    equate_by_parameters,
    in_metric_of,
    irt_form,
)
from examengine.psychometrics.equating.methods.irt_observed import predicted_totals
from examengine.psychometrics.information import characteristic_curve
from examengine.psychometrics.linking import METHODS as LINKING_METHODS
from examengine.psychometrics.linking import Constants, transform
from examengine.psychometrics.parameters import ParameterSet
from examengine.psychometrics.population import Population

TRUE_SCORES = METHODS["irt-true"]
OBSERVED_SCORES = METHODS["irt-observed"]


def test_predicted_totals_are_the_sum_over_all_answers():
    """
    The distribution of the total in a synthetic population equals a sum over every pattern.
    """
    new, old = irt_form(NEW), irt_form(OLD)
    w = 0.4
    expected = np.zeros(8)
    for group, share in ((new.population, w), (old.population, 1 - w)):
        chance = category_probabilities(NEW.items, group.theta)
        for pattern in product(range(2), range(2), range(3), range(4)):
            likelihood = np.prod([chance[:, j, k] for j, k in enumerate(pattern)], axis=0)
            expected[sum(pattern)] += share * (group.weights @ likelihood)

    found = predicted_totals(new, new, old, w)

    np.testing.assert_allclose(found, expected, atol=1e-14)


def test_observed_scores_are_equated_by_percentile_ranks():
    """
    The equivalents are those of equipercentile equating of the two predicted distributions.
    """
    new, old = irt_form(NEW), irt_form(OLD)
    totals = [predicted_totals(form, new, old, 0.4)[:, None] for form in (new, old)]
    expected = METHODS["equipercentile"].equate(
        *(ScoreDistribution(one, 1) for one in totals), EquatingOptions()
    )

    found = equate_by_parameters(new, old, OBSERVED_SCORES, EquatingOptions(weight=0.4))

    np.testing.assert_allclose(equated(found), expected.values)
    assert (found.weights.new, found.weights.old) == (0.4, pytest.approx(0.6))
    assert found.se_method is None


def test_weights_follow_the_numbers_unless_given():
    """
    The synthetic population is composed by persons; half and half when numbers are unknown.
    """
    new, old = irt_form(NEW), irt_form(OLD)
    unknown = IrtForm(new.items, new.population)

    assert equate_by_parameters(new, old, OBSERVED_SCORES).weights.new == pytest.approx(300 / 800)
    assert equate_by_parameters(unknown, old, OBSERVED_SCORES).weights.new == 0.5
    with pytest.raises(CannotEquate, match="from 0 to 1"):
        equate_by_parameters(new, old, OBSERVED_SCORES, EquatingOptions(weight=1.5))


def test_true_scores_lie_on_both_characteristic_curves():
    """
    Above guessing the ability found has the score on the new form and its equivalent on the old.
    """
    found = equate_by_parameters(irt_form(NEW), irt_form(OLD), TRUE_SCORES)

    theta = np.array(found.theta)
    inside = np.isfinite(theta)
    scores = np.arange(8.0)
    assert inside.tolist() == [False, *[True] * 6, False]
    np.testing.assert_allclose(
        characteristic_curve(NEW.items, theta[inside]), scores[inside], atol=1e-9
    )
    np.testing.assert_allclose(
        characteristic_curve(OLD.items, theta[inside]), equated(found)[inside], atol=1e-9
    )


def test_below_guessing_scores_lie_on_a_line():
    """
    From nothing right to the sum of guessing parameters of both forms, and at the upper end from
    the upper asymptotes to full marks.
    """
    new = ParameterSet(tuple(item(f"n{k}", "4pl", a=1.0, b=0.0, c=0.3, d=0.9) for k in range(10)))
    old = ParameterSet(tuple(item(f"o{k}", "4pl", a=1.0, b=0.2, c=0.2, d=0.95) for k in range(10)))

    found = equated(equate_by_parameters(irt_form(new), irt_form(old), TRUE_SCORES))

    np.testing.assert_allclose(found[:4], np.arange(4) * 2.0 / 3.0, atol=1e-9)
    assert found[9] == pytest.approx(9.5)
    assert found[10] == pytest.approx(10)
    assert (np.diff(found) > 0).all()


def test_a_form_without_guessing_starts_at_nothing():
    """
    Zero points stay zero points, whatever the other form's guessing.
    """
    new = ParameterSet(tuple(item(f"n{k}", "2pl", a=1.0, b=0.1 * k) for k in range(4)))
    old = ParameterSet(tuple(item(f"o{k}", "3pl", a=1.0, b=0.1 * k, c=0.2) for k in range(4)))

    found = equated(equate_by_parameters(irt_form(new), irt_form(old), TRUE_SCORES))

    assert found[0] == 0
    assert found[-1] == pytest.approx(4)


def test_a_form_is_equated_to_itself_by_identity():
    """
    Both IRT methods leave every score where it is.
    """
    form = irt_form(NEW)

    np.testing.assert_allclose(
        equated(equate_by_parameters(form, form, TRUE_SCORES)), np.arange(8), atol=1e-8
    )
    for options in (EquatingOptions(), EquatingOptions(kernel=True)):
        found = equate_by_parameters(form, form, OBSERVED_SCORES, options)
        np.testing.assert_allclose(equated(found), np.arange(8), atol=1e-8)


def test_linking_makes_the_metric_irrelevant():
    """
    A new form calibrated in another metric gives the same conversion once it is linked.
    """
    shared = (
        item("a", "3pl", a=1.2, b=-0.3, c=0.2),
        item("z", "2pl", a=0.8, b=0.6),
    )
    new = ParameterSet((*NEW.items[1:], *shared), groups=NEW.groups, n_persons=300)
    old = ParameterSet((*OLD.items[1:], *shared), groups=OLD.groups, n_persons=500)
    elsewhere = transform(new, Constants(1.3, -0.5))

    linked = in_metric_of(elsewhere, old, LINKING_METHODS["stocking-lord"])

    for method in (TRUE_SCORES, OBSERVED_SCORES):
        expected = equated(equate_by_parameters(irt_form(new), irt_form(old), method))
        found = equate_by_parameters(irt_form(linked), irt_form(old), method)
        np.testing.assert_allclose(equated(found), expected, atol=1e-6)


def test_items_and_groups_that_are_not_there_are_named():
    """
    A form of unknown items, of none, or of an unknown group is refused.
    """
    with pytest.raises(CannotEquate, match="'x' has no parameters"):
        irt_form(NEW, ["a", "x"])
    with pytest.raises(CannotEquate, match="no item is left"):
        irt_form(NEW, [])
    with pytest.raises(CannotEquate, match="'south' is none of weaker"):
        irt_form(NEW, group="south")
    assert Population.of(NEW, NEW.group("weaker")).theta[30] == pytest.approx(-0.2)


def test_a_form_that_falls_with_ability_is_refused():
    """
    True scores need a curve that rises.
    """
    falling = ParameterSet((item("a", "2pl", a=-1.0, b=0.0),))

    with pytest.raises(CannotEquate, match="does not rise"):
        equate_by_parameters(irt_form(falling), irt_form(OLD), TRUE_SCORES)
