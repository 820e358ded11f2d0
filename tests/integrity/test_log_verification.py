"""Whatever is done to a log, verification names it."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from examengine.integrity import WitnessedHead, verify_log
from tests.integrity.logs import START, a_log, as_stored, relinked, rewritten


def head_of(log):
    """The head as the response record holds it."""
    return WitnessedHead(log[-1].digest, log[-1].version)


def codes(log, head):
    """What was found, by code and event."""
    return [(fault.code, fault.version) for fault in verify_log(log, head).faults]


@pytest.fixture(params=[list, as_stored], ids=["file", "table"])
def read_back(request):
    """A log from a file repeats what came before; one from the table does not."""
    return request.param


def test_an_untouched_log_verifies():
    """
    Every link of a log that nobody touched agrees, and the head is compared.
    """
    log = a_log()

    verdict = verify_log(log, head_of(log))

    assert verdict.intact
    assert (verdict.n_events, verdict.head, verdict.head_compared) == (10, log[-1].digest, True)


def test_a_flipped_byte_names_its_event(read_back):
    """
    An answer that was changed in its place is named, and nothing else is.
    """
    log = a_log()
    log[4] = replace(log[4], body={**log[4].body, "response": "d"})

    assert codes(read_back(log), head_of(log)) == [("changed", 5)]


def test_a_change_with_a_new_digest_is_named(read_back):
    """
    Computing the digest of the changed event again only moves the break to the next link.
    """
    log = a_log()
    head = head_of(log)
    log[4] = relinked(log[4], body={**log[4].body, "response": "d"})

    found = codes(read_back(log), head)

    assert found
    assert {code for code, _ in found} == {"changed"}


def test_a_dropped_event_is_named(read_back):
    """
    An event that is gone leaves a gap in the numbers.
    """
    log = a_log()
    head = head_of(log)
    del log[4]

    assert codes(read_back(log), head) == [("dropped", 5)]


def test_a_dropped_event_is_named_when_the_rest_is_renumbered(read_back):
    """
    Closing the gap by new numbers does not hide it: the digests tell where each event stood.
    """
    log = a_log()
    head = head_of(log)
    del log[4]
    log = [replace(event, version=place) for place, event in enumerate(log, start=1)]

    assert ("dropped", 5) in codes(read_back(log), head)


def test_an_inserted_event_is_named(read_back):
    """
    An event put between two others is told from them by the chain that passes it by.
    """
    log = a_log()
    extra = relinked(log[4], version=5, previous=log[3].digest, at=log[3].at)
    log.insert(4, replace(extra, body={**extra.body, "response": "d"}))

    found = codes(read_back(log), head_of(log))

    assert ("inserted", 5) in found
    assert {code for code, _ in found} == {"inserted"}


def test_events_in_another_order_are_named(read_back):
    """
    Two events that changed places are seen, with their numbers or without.
    """
    log = a_log()
    log[4], log[5] = log[5], log[4]
    swapped = [replace(event, version=place) for place, event in enumerate(log, start=1)]

    assert [code for code, _ in codes(read_back(log), head_of(log))] == ["reordered"]
    assert "reordered" in [code for code, _ in codes(list(swapped), head_of(log))]


def test_a_truncated_log_is_named():
    """
    A log that lost its end follows on perfectly; only the head somebody else holds can tell.
    """
    log = a_log()

    cut = log[:-2]

    assert verify_log(cut).intact
    assert not verify_log(cut).head_compared
    assert codes(cut, head_of(log)) == [("truncated", 10)]


def test_a_rewritten_history_is_named():
    """
    A history written again from the changed event on, every digest in order, has another head.
    """
    log = a_log()
    changed = list(log)
    changed[4] = replace(log[4], body={**log[4].body, "response": "d"})

    forged = rewritten(changed)

    assert verify_log(forged).intact
    assert codes(forged, head_of(log)) == [("rewritten", 10)]


def test_a_history_that_goes_on_after_its_end_is_named():
    """
    Events appended after the head was handed over are inserted, however well they fit.
    """
    log = a_log()
    longer = rewritten([*log, replace(log[4], version=11)])

    assert codes(longer, head_of(log)) == [("inserted", 11)]


def test_an_answer_after_the_deadline_is_named():
    """
    The deadline stands in the start, and an answer dated later is named although it is chained.
    """
    log = a_log()
    log[-2] = replace(log[-2], at=START + timedelta(minutes=31))
    late = rewritten([*log[:-1], replace(log[-1], at=START + timedelta(minutes=32))])

    assert codes(late, head_of(late)) == [("late", 9)]


def test_time_that_goes_backwards_is_named():
    """
    A chained event dated before the one it follows is named.
    """
    log = a_log()
    log[5] = replace(log[5], at=START)
    odd = rewritten(log)

    assert codes(odd, head_of(odd)) == [("time", 6)]


def test_an_attempt_that_starts_in_the_middle_is_named():
    """
    A log that begins with anything but a start is none that this program wrote.
    """
    odd = rewritten(a_log()[1:])

    assert ("misplaced", 1) in codes(odd, head_of(odd))


def test_an_empty_log_is_no_log():
    """
    Where a head was handed over, nothing at all is too little.
    """
    log = a_log()

    assert codes([], head_of(log)) == [("truncated", 10)]
    assert codes([], WitnessedHead(log[-1].digest, None)) == [("truncated", 1)]


@given(
    place=st.integers(0, 9),
    kind=st.sampled_from(["flip", "drop", "repeat", "swap", "cut", "renumber"]),
)
def test_nothing_passes_unnoticed(place, kind):
    """
    Whatever is done to whichever event, a log compared with its head does not verify.
    """
    log = a_log()
    head = head_of(log)
    other = (place + 1) % len(log)
    if kind == "flip":
        log[place] = replace(log[place], body={**log[place].body, "extra": 1})
    elif kind == "drop":
        del log[place]
    elif kind == "repeat":
        log.insert(place, log[other])
    elif kind == "swap":
        log[place], log[other] = log[other], log[place]
    elif kind == "cut":
        log = log[:place]
    else:
        log[place] = replace(log[place], version=place + 100)

    assert not verify_log(log, head).intact
