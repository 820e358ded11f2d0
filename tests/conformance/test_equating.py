"""Every file in `equating/methods/` keeps the promises of the contract on its own example."""

import numpy as np
import pytest

from examengine.psychometrics import calibrate, simulate
from examengine.psychometrics.equating import (
    METHODS,
    Bootstrap,
    CannotEquate,
    Degrees,
    EquatingMethod,
    EquatingOptions,
    EquatingPlan,
    FormInput,
    IrtMethod,
    ObservedScoreMethod,
    equate_forms,
)
from examengine.psychometrics.linking import METHODS as LINKING_METHODS

LINK = LINKING_METHODS["mean-mean"]


@pytest.fixture(params=sorted(METHODS))
def method(request: pytest.FixtureRequest) -> EquatingMethod:
    """Each method in turn."""
    return METHODS[request.param]


@pytest.fixture(scope="module")
def forms() -> tuple[FormInput, FormInput]:
    """Two forms of six items, four of them common, with responses and a calibration of each."""
    given = []
    for seed, places in ((1, range(1, 7)), (2, range(3, 9))):
        whole = simulate("rasch", 200, 8, rng=seed).responses
        data = whole.with_items([f"Q{place}" for place in places])
        given.append(FormInput(data, calibrate(data, "rasch", progress=False).parameters))
    return given[0], given[1]


def test_the_words_for_people_are_there(method):
    """
    A code for commands, a title for sentences, and forms that are known to the commands.
    """
    assert method.code == method.code.lower()
    assert METHODS[method.code] is method
    assert method.title
    assert isinstance(method, ObservedScoreMethod | IrtMethod)


def test_every_score_of_the_new_form_has_an_equivalent(method):
    """
    One finite number for each score from 0, never falling; what was chosen is said.
    """
    new, old = method.example()

    found = method.equate(new, old, EquatingOptions())

    n_scores = new.highest + 1 if isinstance(method, IrtMethod) else len(new.scores)
    assert found.values.shape == (n_scores,)
    assert np.isfinite(found.values).all()
    assert (np.diff(found.values) >= 0).all()
    assert (found.weight is not None) == method.synthetic
    assert not found.bandwidths or method.curved


def test_a_form_is_its_own_equivalent(method):
    """
    Equated to itself every score keeps its place.
    """
    form, _ = method.example()

    found = method.equate(form, form, EquatingOptions(weight=0.5 if method.synthetic else None))

    np.testing.assert_allclose(found.values, np.arange(found.values.size), atol=1e-6)


def test_settled_options_repeat_the_conversion(method):
    """
    Weight and bandwidths, once chosen, are options that give the same equivalents again.
    """
    new, old = method.example()
    options = EquatingOptions(kernel=method.curved)

    found = method.equate(new, old, options)
    again = method.equate(new, old, found.settled(options))

    np.testing.assert_array_equal(again.values, found.values)
    assert again.weight == found.weight
    assert again.bandwidths == found.bandwidths


def test_options_without_a_part_are_refused(method, forms):
    """
    A weight, a kernel or smoothing that would change nothing is not taken in silence.
    """
    new, old = forms
    idle = [
        *([] if method.synthetic else [EquatingPlan(options=EquatingOptions(weight=0.5))]),
        *([] if method.curved else [EquatingPlan(options=EquatingOptions(kernel=True))]),
        EquatingPlan(options=EquatingOptions(weight=1.5)),
    ]
    if isinstance(method, IrtMethod) or not method.curved:
        idle.append(EquatingPlan(smoothing=(Degrees(2), Degrees(2))))

    for plan in idle:
        with pytest.raises(CannotEquate, match=r"no part|synthetic"):
            equate_forms(new, old, method, plan)


def test_forms_as_they_are_given_become_a_table_with_errors(method, forms):
    """
    Whatever a method works on, it is called alike, and gives the same kind of result.
    """
    new, old = forms

    found = equate_forms(new, old, method, EquatingPlan())

    assert found.method == method.code
    assert [row.score for row in found.conversions] == list(range(7))
    assert found.se_method == "delta"
    # Only the identity has nothing that varies.
    errors = np.array([row.se for row in found.conversions])
    assert np.nanmax(errors) == 0 if method.code == "identity" else np.nanmax(errors) > 0
    assert f'"{method.code}"' in found.to_json()


def test_samples_of_persons_agree_with_the_delta_method(method, forms):
    """
    A bootstrap of 40 samples has errors of the size of the delta method's, in the middle of the
    scale, where there are persons.
    """
    new, old = forms
    linked = isinstance(method, IrtMethod)
    plan = EquatingPlan(link=LINK if linked else None)

    delta = equate_forms(new, old, method, plan)
    drawn = equate_forms(
        new,
        old,
        method,
        EquatingPlan(link=plan.link, bootstrap=Bootstrap(40, np.random.default_rng(1))),
    )

    one, other = (np.array([row.se for row in found.conversions])[2:5] for found in (delta, drawn))
    np.testing.assert_allclose(other, one, rtol=0.6, atol=0.02)
