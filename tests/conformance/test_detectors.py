"""Every detector, found in its folder, is held to the same rules on its own examples."""

import dataclasses

import pytest

from examengine.integrity.detectors import DETECTORS, ObservedAttempt, signals_of

VERDICTS = ("cheat", "fraud", "guilty", "dishonest", "misconduct", "suspect")


@pytest.fixture(params=sorted(DETECTORS), ids=str)
def detector(request):
    """One detector after another."""
    return DETECTORS[request.param]


def test_the_example_raises_the_signal(detector):
    """
    The example of a detector raises its signal, under its own name.
    """
    signal = detector.detect(detector.example)

    assert signal is not None
    assert (signal.code, signal.title) == (detector.code, detector.title)
    assert signal.holds or signal.threshold is None


def test_the_quiet_example_holds_nobody(detector):
    """
    An ordinary sitting is not held, even when a little of the same was seen in it.
    """
    signal = detector.detect(detector.quiet_example)

    assert signal is None or not signal.holds


def test_nothing_seen_is_nothing_said(detector):
    """
    A sitting of which nothing is known raises nothing.
    """
    assert detector.detect(ObservedAttempt()) is None


def test_a_signal_is_evidence_and_never_a_verdict(detector):
    """
    Neither the rule nor the words of a signal say that somebody cheated.
    """
    said = f"{detector.title} {detector.rule} {detector.detect(detector.example).words}".lower()

    assert not [word for word in VERDICTS if word in said]


def test_the_rule_says_from_where_on_it_holds(detector):
    """
    The threshold at which an attempt is held can be read in the words of the rule.
    """
    signal = detector.detect(detector.example)

    stated = "never holds" if signal.threshold is None else "before a decision"

    assert stated in detector.rule


def test_detecting_changes_nothing(detector):
    """
    A detector gives the same answer when it is asked again.
    """
    before = dataclasses.replace(detector.example)

    once, again = detector.detect(detector.example), detector.detect(detector.example)

    assert once == again
    assert detector.example == before


def test_signals_that_hold_stand_first(detector):
    """
    Whoever reads the list meets what has to be looked at first.
    """
    found = signals_of(detector.example)

    assert [signal.holds for signal in found] == sorted(
        (signal.holds for signal in found), reverse=True
    )
