"""Standard errors of IRT equating: derivatives, the quadratic form, sampling and the bootstrap."""

from dataclasses import replace

import numpy as np
import pytest
from equating_samples import NEW, OLD, equated, item
from scipy.special import expit

from examengine.psychometrics.equating import (
    METHODS,
    Bootstrap,
    BothForms,
    EquatingOptions,
    FormResponses,
    equate_by_parameters,
    in_metric_of,
    irt_form,
)
from examengine.psychometrics.equating.methods import FormsApart
from examengine.psychometrics.equating.methods.irt_observed import (
    observed_score_equivalents,
    predicted_score_derivatives,
)
from examengine.psychometrics.equating.methods.irt_true import true_score_derivatives
from examengine.psychometrics.estimation import calibrate
from examengine.psychometrics.linking import METHODS as LINKING_METHODS
from examengine.psychometrics.linking import Constants, transform
from examengine.psychometrics.parameters import ParameterSet
from examengine.psychometrics.responses import Responses

TRUE_SCORES = METHODS["irt-true"]
OBSERVED_SCORES = METHODS["irt-observed"]

KNOWN = Constants(1.2, -0.3)
STEP = 1e-5
TOPPED = ParameterSet((*NEW.items, item("h", "4pl", a=1.1, b=0.2, c=0.1, d=0.9)), NEW.groups)
TOPPED_OLD = ParameterSet((*OLD.items, item("k", "4pl", a=0.9, b=0.1, c=0.2, d=0.95)), OLD.groups)
NOMINAL = ParameterSet(
    (*NEW.items, item("m", "nrm", slopes=(0.0, 0.6, 1.4), intercepts=(0.0, 0.5, -0.3))), NEW.groups
)
RASCH = ParameterSet(tuple(item(f"r{k}", "rasch", a=1.0, b=0.3 * k - 0.6) for k in range(5)))


def errors(found):
    """Standard errors of a conversion table."""
    return np.array([row.se for row in found.conversions])


def by_true_scores(new, old, constants):
    """Equivalents and their derivatives, by true scores."""
    moved = transform(new, constants)
    found = equate_by_parameters(irt_form(moved), irt_form(old), TRUE_SCORES)
    forms = FormsApart(irt_form(new), irt_form(old), constants)
    return equated(found), lambda: true_score_derivatives(forms, np.array(found.theta))


def by_totals(kernel):
    """The same by predicted totals, with or without kernels."""
    options = EquatingOptions(0.4, kernel=kernel, bandwidths=(0.7,) if kernel else None)

    def of(new, old, constants):
        moved = transform(new, constants)
        found = observed_score_equivalents(irt_form(moved), irt_form(old), 0.4, options)
        forms = FormsApart(irt_form(new), irt_form(old), constants)
        return found.values, lambda: predicted_score_derivatives(forms, 0.4, found.derivatives())

    return of


def changed(parameters, place, coordinate, step):
    """A calibration with one coordinate of one item moved."""
    items = list(parameters.items)
    params = items[place].coordinates.copy()
    params[coordinate] += step
    items[place] = replace(items[place], values=items[place].item_model.unpack(params))
    return replace(parameters, items=tuple(items))


def regrouped(parameters, mean, log_sd):
    """A calibration with the mean and the log deviation of its group moved."""
    group = parameters.groups[0]
    moved = replace(group, mean=group.mean + mean, sd=group.sd * np.exp(log_sd))
    return replace(parameters, groups=(moved,))


@pytest.mark.parametrize(
    "conversion",
    [by_true_scores, by_totals(False), by_totals(True)],
    ids=["true", "observed", "kernel"],
)
@pytest.mark.parametrize(
    ("new", "old"),
    [(NEW, OLD), (TOPPED, TOPPED_OLD), (NOMINAL, OLD), (RASCH, OLD)],
    ids=["mixed", "upper asymptotes", "nominal", "rasch"],
)
def test_derivatives_are_those_of_small_changes(conversion, new, old):
    """
    Moving a coordinate, a constant of the link or a group a little moves the equivalents as told.
    """
    found = conversion(new, old, KNOWN)[1]()

    def slope(change):
        return (change(STEP) - change(-STEP)) / (2 * STEP)

    def by_items(side):
        parameters = (new, old)[side]
        columns = []
        for place, one in enumerate(parameters.items):
            for coordinate in range(one.coordinates.size):

                def moved(step, place=place, coordinate=coordinate):
                    pair = [new, old]
                    pair[side] = changed(parameters, place, coordinate, step)
                    return conversion(*pair, KNOWN)[0]

                columns.append(slope(moved))
        return np.stack(columns, axis=1)

    constants = [
        slope(lambda h: conversion(new, old, Constants(1.2 + h, -0.3))[0]),
        slope(lambda h: conversion(new, old, Constants(1.2, -0.3 + h))[0]),
    ]
    groups = [
        slope(lambda h: conversion(regrouped(new, h, 0), old, KNOWN)[0]),
        slope(lambda h: conversion(regrouped(new, 0, h), old, KNOWN)[0]),
        slope(lambda h: conversion(new, regrouped(old, h, 0), KNOWN)[0]),
        slope(lambda h: conversion(new, regrouped(old, 0, h), KNOWN)[0]),
    ]
    near = {"rtol": 1e-5, "atol": 1e-6}
    np.testing.assert_allclose(found.new_items, by_items(0), **near)
    np.testing.assert_allclose(found.old_items, by_items(1), **near)
    np.testing.assert_allclose(found.constants, np.stack(constants, axis=1), **near)
    np.testing.assert_allclose(found.new_group, np.stack(groups[:2], axis=1), **near)
    np.testing.assert_allclose(found.old_group, np.stack(groups[2:], axis=1), **near)


N_COMMON, N_OWN = 6, 8
ABILITIES = {"new": -0.3, "old": 0.2}


def answers(rng, form, n=500):
    """Responses of one group to one form, right or wrong, with items in common."""
    b = np.concatenate(
        [np.linspace(-1, 1, N_COMMON), np.linspace(-1.3, 1.3, N_OWN) + 0.2 * (form == "new")]
    )
    a = np.resize([0.9, 1.3, 1.1, 1.5], b.size)
    theta = rng.normal(ABILITIES[form], 1, n)
    scores = rng.uniform(size=(n, b.size)) < expit(a * (theta[:, None] - b))
    ids = [*(f"c{k}" for k in range(N_COMMON)), *(f"{form}{k}" for k in range(N_OWN))]
    return Responses.from_matrix(scores.astype(int), item_ids=ids)


def linked(code):
    """Two calibrations that a link brings to one metric."""

    def both(new, old):
        calibrations = [calibrate(one, "2pl", points=31).parameters for one in (new, old)]
        return forms(new, old, *calibrations, LINKING_METHODS[code])

    return both


def anchored(new, old):
    """The old form calibrated first, the new one with its common items."""
    first = calibrate(old, "2pl", points=31).parameters
    second = calibrate(new, "2pl", points=31, anchors=first.items[:N_COMMON]).parameters
    return forms(new, old, second, first, None)


def together(new, old):
    """Both forms in one calibration with two groups."""
    n_new, n_old = new.n_persons, old.n_persons
    scores = np.full((n_new + n_old, N_COMMON + 2 * N_OWN), -1)
    scores[:n_old, : N_COMMON + N_OWN] = old.scores
    scores[n_old:, :N_COMMON] = new.scores[:, :N_COMMON]
    scores[n_old:, N_COMMON + N_OWN :] = new.scores[:, N_COMMON:]
    whole = Responses.from_matrix(
        scores,
        item_ids=[*old.item_ids, *new.item_ids[N_COMMON:]],
        group=["old"] * n_old + ["new"] * n_new,
    )
    found = calibrate(whole, "2pl", points=31, by_group=True, reference="old").parameters
    return forms(new, old, found, found, None, ("new", "old"))


def forms(new, old, new_calibration, old_calibration, link, groups=(None, None)):
    """What both forms were calibrated from."""
    return BothForms(
        FormResponses(new, new_calibration, new.item_ids, groups[0]),
        FormResponses(old, old_calibration, old.item_ids, groups[1]),
        link,
    )


def true_scores(both, bootstrap=None, *, errors=True):
    """The true-score equating of two calibrated forms."""
    return equate_by_parameters(
        *in_one_metric(both), TRUE_SCORES, taken=both if errors else None, bootstrap=bootstrap
    )


def predicted_scores(both, bootstrap=None, *, errors=True):
    """The observed-score equating of two calibrated forms."""
    taken = both if errors else None
    return equate_by_parameters(
        *in_one_metric(both),
        OBSERVED_SCORES,
        EquatingOptions(0.5),
        taken=taken,
        bootstrap=bootstrap,
    )


def in_one_metric(both):
    """Both forms in the metric of the old one."""
    moved = in_metric_of(both.new.calibration, both.old.calibration, both.link)
    return (
        irt_form(moved, both.new.counted, group=both.new.group),
        irt_form(both.old.calibration, both.old.counted, group=both.old.group),
    )


DESIGNS = {
    "stocking-lord": linked("stocking-lord"),
    "anchored": anchored,
    "together": together,
}


@pytest.mark.parametrize("design", DESIGNS)
def test_errors_are_the_spread_over_samples_of_persons(design):
    """
    Over 80 new samples of persons equivalents vary as the delta method says of one of them.
    """
    calibrated = DESIGNS[design]
    rng = np.random.default_rng(31)
    samples, said = {"true": [], "observed": []}, {"true": [], "observed": []}
    for sample in range(80):
        both = calibrated(answers(rng, "new"), answers(rng, "old"))
        for name, equate in (("true", true_scores), ("observed", predicted_scores)):
            found = equate(both, errors=sample < 8)
            samples[name].append(equated(found))
            if sample < 8:
                said[name].append(errors(found))
                assert found.se_method == "delta"
                assert found.notes == ()

    for name in samples:
        spread = np.std(samples[name], axis=0, ddof=1)[2:13]
        ratio = np.mean(said[name], axis=0)[2:13] / spread
        assert 0.85 < ratio.mean() < 1.15, name
        assert (ratio > 0.75).all(), name
        assert (ratio < 1.3).all(), name


@pytest.mark.parametrize("equate", [true_scores, predicted_scores])
def test_the_bootstrap_agrees_with_the_delta_method(equate):
    """
    Samples of persons calibrated and linked anew give errors of the same size, and repeat with the
    seed.
    """
    rng = np.random.default_rng(12)
    both = linked("stocking-lord")(answers(rng, "new"), answers(rng, "old"))

    def drawn(replications, seed):
        return equate(both, Bootstrap(replications, np.random.default_rng(seed)))

    found = drawn(60, 1)

    assert (found.se_method, found.replications) == ("bootstrap", 60)
    ratio = errors(equate(both))[2:13] / errors(found)[2:13]
    assert 0.85 < ratio.mean() < 1.15
    assert errors(drawn(3, 2)).tolist() == errors(drawn(3, 2)).tolist()
    assert errors(drawn(3, 2)).tolist() != errors(drawn(3, 3)).tolist()


def test_ten_times_the_persons_have_a_tenth_of_the_variance():
    """
    Errors fall with the square root of the number of persons, estimates being the same.
    """
    rng = np.random.default_rng(4)
    new, old = answers(rng, "new"), answers(rng, "old")
    both = linked("haebara")(new, old)
    many = BothForms(
        *(
            replace(form, responses=replace(form.responses, weight=np.full(500, 10.0)))
            for form in (both.new, both.old)
        ),
        both.link,
    )

    for equate in (true_scores, predicted_scores):
        np.testing.assert_allclose(
            errors(equate(many)), errors(equate(both)) / np.sqrt(10), rtol=1e-6, atol=1e-12
        )


def test_ends_without_guessing_have_no_error():
    """
    Nothing is nothing and everything is everything: true scores are tied at both ends.
    """
    rng = np.random.default_rng(5)
    found = true_scores(linked("mean-mean")(answers(rng, "new"), answers(rng, "old")))

    assert (found.conversions[0].se, found.conversions[-1].se) == (0.0, 0.0)
    assert min(row.se for row in found.conversions[1:-1]) > 0


def test_estimates_of_others_are_remarked_upon():
    """
    Parameters that are not the estimates of these responses get errors and a sentence.
    """
    rng = np.random.default_rng(6)
    both = linked("stocking-lord")(answers(rng, "new"), answers(rng, "old"))
    other = replace(both, new=replace(both.new, responses=answers(rng, "new")))

    found = true_scores(other)

    assert "not the estimates of these responses" in found.notes[0]
    assert (errors(found)[1:-1] > 0).all()


def test_errors_that_cannot_be_known_are_left_out_with_the_reason():
    """
    Another estimator, a histogram, a metric that was moved, and common items without responses.
    """
    rng = np.random.default_rng(7)
    new, old = answers(rng, "new"), answers(rng, "old")
    both = linked("stocking-lord")(new, old)

    def without(**changes):
        found = true_scores(replace(both, new=replace(both.new, **changes)))
        assert found.se_method is None
        assert np.isnan(errors(found)).all()
        return found.notes[0]

    calibration = both.new.calibration
    assert "left out: the calibration is by cml" in without(
        calibration=replace(calibration, estimator="cml")
    )
    assert "another metric" in without(calibration=transform(calibration, KNOWN))
    assert "histogram" in without(
        calibration=calibrate(new, "2pl", points=31, latent="histogram").parameters
    )
    fewer = new.with_items(new.item_ids[1:])
    assert "no responses to c0" in without(responses=fewer, counted=fewer.item_ids)
    held = anchored(new, old)
    part = old.with_items(old.item_ids[1:])
    short = replace(held, old=replace(held.old, responses=part, counted=part.item_ids))
    assert "no responses to c0" in true_scores(short).notes[0]


def test_anchors_from_elsewhere_are_taken_as_given():
    """
    Where anchors are estimates of the old form both forms err alike; where they are not, the
    errors do not cancel, and a sentence says so.
    """
    rng = np.random.default_rng(8)
    new, old = answers(rng, "new"), answers(rng, "old")
    own = anchored(new, old)
    shifted = ParameterSet(own.old.calibration.items[:N_COMMON])
    shifted = transform(shifted, Constants(1.0, 0.01)).items
    foreign = calibrate(new, "2pl", points=31, anchors=shifted).parameters

    given = true_scores(replace(own, new=replace(own.new, calibration=foreign)))
    followed = true_scores(own)

    assert "anchored items as given: c0, c1" in given.notes[0]
    assert followed.notes == ()
    assert errors(given).mean() > 1.1 * errors(followed).mean()
