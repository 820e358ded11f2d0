"""The rules of an attempt, without a database."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from examengine.delivery import rules
from examengine.delivery.administration import Plan, State, state_of
from examengine.delivery.attempt import Head, advance, fold, read_on
from examengine.delivery.errors import (
    AttemptClosed,
    AttemptMoved,
    AttemptNotOpen,
    AttemptNotStarted,
    ConsentMissing,
    SaveMalformed,
)
from examengine.delivery.events import LoggedEvent, link
from examengine.kernel.errors import ExamError

NINE = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
PLAN = Plan(
    attempt_id=UUID(int=1),
    administration_id=UUID(int=2),
    person_id=UUID(int=3),
    candidate="Ada",
    form_id=UUID(int=4),
    form_digest="sha256:f",
    minutes=60,
    extra_time_percent=0,
    orders={"one": ("b", "a")},
    opens_at=NINE,
    closes_at=NINE + timedelta(hours=4),
)


def _started(plan: Plan = PLAN, now: datetime = NINE) -> tuple[Head, list[LoggedEvent]]:
    event = rules.start(plan, Head(plan.attempt_id), "sha256:c", now)
    assert event is not None
    head, row = advance(Head(plan.attempt_id), event)
    return head, [row]


def _saved(head: Head, response: object, *, seen: int, client: str = "page-one", seq: int = 1):
    return rules.save_response(
        head, "one", response, seen=seen, client=client, seq=seq, now=NINE + timedelta(minutes=1)
    )


def _minutes(count: float) -> datetime:
    return NINE + timedelta(minutes=count)


def test_the_deadline_is_the_time_allowed_with_extra_time():
    """
    A quarter more of sixty minutes ends seventy-five minutes after the start.
    """
    plan = replace(PLAN, extra_time_percent=25)

    head, _ = _started(plan)

    assert head.deadline == _minutes(75)


def test_the_deadline_is_never_later_than_the_end_of_the_administration():
    """
    Whoever starts late ends with everybody else.
    """
    head, _ = _started(now=NINE + timedelta(hours=3, minutes=30))

    assert head.deadline == PLAN.closes_at


def test_nobody_starts_early_or_late_or_without_consent():
    """
    Each refusal says its own reason.
    """
    head = Head(PLAN.attempt_id)

    with pytest.raises(AttemptNotOpen):
        rules.start(PLAN, head, "sha256:c", NINE - timedelta(seconds=1))
    with pytest.raises(AttemptClosed):
        rules.start(PLAN, head, "sha256:c", NINE + timedelta(hours=4))
    with pytest.raises(ConsentMissing):
        rules.start(PLAN, head, None, NINE)


def test_a_second_start_changes_nothing():
    """
    Starting twice is harmless: there is nothing to record, and the deadline stays.
    """
    head, _ = _started()

    assert rules.start(PLAN, head, "sha256:c", _minutes(30)) is None


def test_nothing_is_saved_before_the_start():
    """
    An attempt that has not begun takes no answers.
    """
    with pytest.raises(AttemptNotStarted):
        _saved(Head(PLAN.attempt_id), "a", seen=0)


def test_an_answer_counts_to_the_last_moment_and_not_after():
    """
    At the deadline an answer is taken; a millisecond later it is refused.
    """
    head, _ = _started()
    last = {"seen": 1, "client": "page-one", "seq": 1}

    event = rules.save_response(head, "one", "a", **last, now=_minutes(60))
    late = _minutes(60) + timedelta(milliseconds=1)
    with pytest.raises(AttemptClosed) as refusal:
        rules.save_response(head, "one", "b", **last, now=late)

    assert event.at == _minutes(60)
    assert refusal.value.closed_at == _minutes(60)


def test_a_page_that_was_overtaken_is_refused():
    """
    After another page answered, the older page is refused; the newer one goes on.
    """
    head, _ = _started()
    head, _ = advance(head, _saved(head, "a", seen=1, client="page-one"))
    head, _ = advance(head, _saved(head, "b", seen=2, client="page-two"))

    with pytest.raises(AttemptMoved):
        _saved(head, "c", seen=2, client="page-one", seq=2)

    assert _saved(head, "d", seen=3, client="page-two", seq=2).response == "d"


def test_a_page_may_send_again_what_it_wrote_before_its_last_answer_was_acknowledged():
    """
    Answers that one page made in a row are taken in a row, although it had not heard of the first.
    """
    head, _ = _started()
    head, _ = advance(head, _saved(head, "a", seen=1, seq=1))

    event = _saved(head, "b", seen=1, seq=2)

    assert event.response == "b"


def test_a_form_without_script_is_stale_after_any_newer_answer():
    """
    A plain form has no page of its own to vouch for it, so any newer answer makes it stale.
    """
    head, _ = _started()
    form = {"client": None, "seq": None, "now": NINE}
    head, _ = advance(head, rules.save_response(head, "one", "a", seen=1, **form))

    with pytest.raises(AttemptMoved):
        rules.save_response(head, "one", "b", seen=1, **form)


def test_a_page_cannot_have_seen_the_future():
    """
    A version that does not exist yet is no version a page was drawn from.
    """
    head, _ = _started()

    with pytest.raises(SaveMalformed):
        _saved(head, "a", seen=2)


def test_an_attempt_out_of_time_ends_at_its_deadline_whenever_it_is_noticed():
    """
    The end is dated to the deadline; when it was written down stands beside it.
    """
    head, _ = _started()

    event = rules.close_expired(head, _minutes(90))

    assert event is not None
    assert (event.at, event.by, event.recorded_at) == (_minutes(60), "time", _minutes(90))
    assert rules.close_expired(head, _minutes(60)) is None


def test_handing_in_too_late_is_an_end_by_time():
    """
    Whoever presses the button after the deadline was ended by the time, not by the button.
    """
    head, _ = _started()

    event = rules.submit(head, _minutes(61))

    assert event is not None
    assert (event.at, event.by) == (_minutes(60), "time")


def test_a_log_never_goes_back_in_time():
    """
    A server whose clock is behind writes the moment of the row before, not an earlier one.
    """
    head, _ = _started(now=_minutes(10))

    event = rules.show_item(head, "one", _minutes(9))

    assert event.at == _minutes(10)


def test_seconds_run_from_page_to_page_and_stop_at_the_review():
    """
    Each item gets the time its page was in front; the time of the review belongs to none.
    """
    head, rows = _started()
    for minute, step in ((1, "one"), (3, "two"), (4, "one"), (5, None)):
        now = _minutes(minute)
        event = rules.show_item(head, step, now) if step else rules.show_review(head, now)
        head, row = advance(head, event)
        rows.append(row)
    ending = rules.submit(head, _minutes(9))
    assert ending is not None
    _, row = advance(head, ending)

    attempt = fold(PLAN.attempt_id, [*rows, row])

    assert attempt.seconds == {"one": 180.0, "two": 60.0}


def test_states_are_told_apart():
    """
    Prepared, running, over, submitted and missed are each recognised by the clock and the log.
    """
    known = {"started_at": NINE, "deadline": _minutes(60), "submitted_at": None}
    window = {"closes_at": PLAN.closes_at}
    nothing = dict.fromkeys(known)

    assert state_of(NINE, **nothing, **window) is State.PREPARED
    assert state_of(NINE + timedelta(hours=4), **nothing, **window) is State.MISSED
    assert state_of(_minutes(60), **known, **window) is State.RUNNING
    assert state_of(_minutes(61), **known, **window) is State.TIME_OVER
    handed_in = {**known, "submitted_at": _minutes(5)}
    assert state_of(_minutes(61), **handed_in, **window) is State.SUBMITTED


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["show", "save", "flag", "lost", "back", "review", "submit"]),
        st.sampled_from(["one", "two"]),
        st.sampled_from(["page-one", "page-two", None]),
        st.integers(-2, 2),
        st.integers(0, 8),
        st.sampled_from(["a", "b", None]),
    ),
    max_size=40,
)


def _grown(steps):
    """A log to which every step was put that the rules allow: its head, and its rows."""
    head, rows = _started()
    now = NINE
    for seq, (verb, item, client, drift, minutes, response) in enumerate(steps, start=1):
        now += timedelta(minutes=minutes)
        try:
            event = _asked(head, verb, item, client, head.version + drift, seq, response, now)
        except ExamError:
            continue
        if event is not None:
            head, row = advance(head, event)
            rows.append(row)
    return head, rows


@given(STEPS)
def test_whatever_is_asked_the_log_is_a_gapless_valid_chain(steps):
    """
    Any sequence of requests leaves versions 1, 2, 3 … whose digests chain, in order of time,
    with nothing after the end, and a head that equals the fold of the log.
    """
    head, rows = _grown(steps)

    assert [row.version for row in rows] == list(range(1, len(rows) + 1))
    for before, row in zip([None, *rows], rows, strict=False):
        previous = None if before is None else before.digest
        assert row.previous == previous
        assert row.digest == link(row.attempt_id, row.version, row.at, row.type, row.body, previous)
    assert [row.at for row in rows] == sorted(row.at for row in rows)
    assert all(row.type != "submitted" for row in rows[:-1])
    assert fold(PLAN.attempt_id, rows).head == head


def _asked(head, verb, item, client, seen, seq, response, now):
    page = {"client": client or "page-three", "seq": seq, "now": now}
    match verb:
        case "show":
            return rules.show_item(head, item, now)
        case "review":
            return rules.show_review(head, now)
        case "flag":
            return rules.flag_item(head, item, flagged=response is not None, **page)
        case "lost" | "back":
            return rules.note_focus(head, item, lost=verb == "lost", **page)
        case "submit":
            return rules.submit(head, now)
    number = seq if client else None
    return rules.save_response(
        head, item, response, seen=max(0, seen), client=client, seq=number, now=now
    )


@given(STEPS)
def test_the_last_accepted_answer_is_the_one_that_counts(steps):
    """
    The fold of the log holds, for each item, the response that was accepted last.
    """
    head, rows = _started()
    last: dict[str, object] = {}
    for seq, (verb, item, client, drift, _, response) in enumerate(steps, start=1):
        try:
            event = _asked(head, verb, item, client, head.version + drift, seq, response, NINE)
        except ExamError:
            continue
        if event is None:
            continue
        head, row = advance(head, event)
        rows.append(row)
        if verb == "save":
            last[item] = response

    attempt = fold(PLAN.attempt_id, rows)

    assert attempt.responses == last


@given(STEPS, st.integers(min_value=0, max_value=60))
def test_a_log_read_in_two_parts_is_the_log_read_at_once(steps, first):
    """
    Reading on from wherever an earlier reading ended gives what the whole log gives.
    """
    _, rows = _grown(steps)

    before = fold(PLAN.attempt_id, rows[:first])

    assert read_on(before, rows[first:]) == fold(PLAN.attempt_id, rows)
