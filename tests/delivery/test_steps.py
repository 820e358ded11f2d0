"""The rules of the steps, without a database."""

import json
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from examengine.delivery.administration import AttemptState, state_of
from examengine.delivery.attempt import Answered, Attempt, Head
from examengine.delivery.errors import (
    AdministrationWithdrawn,
    AttemptClosed,
    AttemptNotOpen,
    AttemptNotStarted,
    ConsentMissing,
    LogFull,
    SaveMalformed,
)
from examengine.delivery.log import chain_event
from examengine.delivery.reading import advance, fold, read_on
from examengine.delivery.steps import _running as limits
from examengine.delivery.steps.close_expired import CloseExpired
from examengine.delivery.steps.flag import Flag
from examengine.delivery.steps.note_focus import Focus
from examengine.delivery.steps.save import ResponseSaved, ResponseSetAside, Save
from examengine.delivery.steps.show_item import ShowItem
from examengine.delivery.steps.show_review import ShowReview
from examengine.delivery.steps.start import Start
from examengine.delivery.steps.submit import Submit
from examengine.delivery.stored_attempts import _restored, as_kept
from examengine.kernel.errors import ExamError
from tests.delivery.situations import NINE, PLAN, asked, decided, happened, minutes, started


def _saved(
    head: Head,
    response: object,
    *,
    seen: int,
    client: str | None = "page-one",
    seq: int | None = 1,
    newest: Answered | None = None,
    now: datetime = NINE + timedelta(minutes=1),
):
    sent = {"item_id": "I-1", "response": response, "seen": seen, "client": client, "seq": seq}
    # The head says that some answer was given after `seen`, so that the newest is looked for.
    moved = head if newest is None else replace(head, answered_version=newest.version)
    known = Attempt(head, answers={} if newest is None else {"I-1": newest})
    return decided(Save(**asked(now), **sent), moved, known)


def test_the_deadline_is_the_time_allowed_with_extra_time():
    """
    A quarter more of sixty minutes ends seventy-five minutes after the start.
    """
    plan = replace(PLAN, extra_time_percent=25)

    head, _ = started(plan)

    assert head.deadline == minutes(75)


def test_the_deadline_is_never_later_than_the_end_of_the_administration():
    """
    Whoever starts late ends with everybody else.
    """
    head, _ = started(now=NINE + timedelta(hours=3, minutes=30))

    assert head.deadline == PLAN.closes_at


def test_nobody_starts_early_or_late_or_without_consent():
    """
    Each refusal says its own reason.
    """
    head = Head(PLAN.attempt_id)

    with pytest.raises(AttemptNotOpen):
        decided(Start(**asked(NINE - timedelta(seconds=1)), consented=True), head)
    with pytest.raises(AttemptClosed):
        decided(Start(**asked(NINE + timedelta(hours=4)), consented=True), head)
    with pytest.raises(ConsentMissing):
        decided(Start(**asked(NINE), consented=False), head)


def test_a_second_start_changes_nothing():
    """
    Starting twice is harmless: there is nothing to record, and the deadline stays.
    """
    head, _ = started()

    assert decided(Start(**asked(minutes(30)), consented=True), head) is None


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
    head, _ = started()

    event = _saved(head, "a", seen=1, now=minutes(60))
    late = minutes(60) + timedelta(milliseconds=1)
    with pytest.raises(AttemptClosed) as refusal:
        _saved(head, "b", seen=1, now=late)

    assert event.at == minutes(60)
    assert refusal.value.closed_at == minutes(60)


def test_an_answer_of_a_page_that_was_overtaken_is_set_aside():
    """
    After another page answered the same item, the older page's answer is kept and does not count.
    """
    head, _ = started()
    newest = Answered(minutes(1), 3, "page-two")

    event = _saved(replace(head, version=3), "c", seen=2, client="page-one", newest=newest)

    assert isinstance(event, ResponseSetAside)
    assert (event.response, event.newer) == ("c", 3)
    assert isinstance(
        _saved(replace(head, version=3), "d", seen=3, client="page-one", newest=newest),
        ResponseSaved,
    )


def test_a_page_may_send_again_what_it_wrote_before_its_last_answer_was_acknowledged():
    """
    Answers that one page made in a row are taken in a row, although it had not heard of the first.
    """
    head, _ = started()
    newest = Answered(minutes(1), 2, "page-one")

    event = _saved(replace(head, version=2), "b", seen=1, seq=2, newest=newest)

    assert isinstance(event, ResponseSaved)


def test_a_form_without_script_is_stale_after_any_newer_answer_to_its_item():
    """
    A plain form has no page of its own to vouch for it, so a newer answer makes it stale.
    """
    head, _ = started()
    newest = Answered(minutes(1), 2, None)

    event = _saved(replace(head, version=2), "b", seen=1, client=None, seq=None, newest=newest)

    assert isinstance(event, ResponseSetAside)


def test_what_cannot_be_read_is_a_draft():
    """
    Fields that are no answer become a draft with all that stood in them.
    """
    head, _ = started()
    fields = {"response": ("1", "1")}

    event = decided(
        Save(**asked(NINE), item_id="I-1", fields=fields, seen=1, client="page-one", seq=1), head
    )
    attempt = fold(PLAN.attempt_id, [started()[1][0], advance(head, event)[1]])

    assert attempt.drafts == {"I-1": {"response": ["1", "1"]}}
    assert not attempt.answered("I-1")


def test_a_log_grows_to_a_limit_and_answers_are_given_up_last():
    """
    Signals stop first, then pages and flags, then answers; handing in is always possible.
    """
    head, _ = started()
    page = {**asked(NINE), "item_id": "I-1", "client": "page-one", "seq": 1}

    def lost(at: int):
        return decided(Focus(**page, lost=True), replace(head, version=at))

    assert lost(limits.MOST_WITH_SIGNALS - 1) is not None
    assert lost(limits.MOST_WITH_SIGNALS) is None
    pages = replace(head, version=limits.MOST_WITH_PAGES)
    assert decided(ShowItem(**asked(NINE), place=1, client="page-one"), pages) is None
    with pytest.raises(LogFull):
        decided(Flag(**page, flagged=True), pages)
    assert _saved(pages, "a", seen=1).response == "a"
    full = replace(head, version=limits.MOST_EVENTS)
    with pytest.raises(LogFull):
        _saved(full, "a", seen=1)
    assert decided(Submit(**asked(NINE)), full) is not None


def test_extra_time_is_never_cut_by_the_end_of_the_window():
    """
    Half as much again of thirty minutes in a window of thirty ends after forty-five.
    """
    plan = replace(PLAN, minutes=30, extra_time_percent=50, closes_at=minutes(30))

    head, _ = started(plan)

    assert head.deadline == minutes(45)
    assert not plan.is_cut_short(NINE)
    assert plan.is_cut_short(minutes(1))


def test_nobody_starts_an_administration_that_was_withdrawn():
    """
    Between enrolment and the bell an administration can be withdrawn.
    """
    plan = replace(PLAN, withdrawn_at=NINE)

    with pytest.raises(AdministrationWithdrawn):
        decided(Start(**asked(NINE), consented=True), Head(PLAN.attempt_id), plan=plan)


def test_a_page_cannot_have_seen_the_future():
    """
    A version that does not exist yet is no version a page was drawn from.
    """
    head, _ = started()

    with pytest.raises(SaveMalformed):
        _saved(head, "a", seen=2)


def test_an_attempt_out_of_time_ends_at_its_deadline_whenever_it_is_noticed():
    """
    The end is dated to the deadline; when it was written down stands beside it.
    """
    head, _ = started()

    event = decided(CloseExpired(attempt_id=PLAN.attempt_id, received_at=minutes(90)), head)

    assert event is not None
    assert (event.at, event.by, event.recorded_at) == (minutes(60), "time", minutes(90))
    assert decided(CloseExpired(attempt_id=PLAN.attempt_id, received_at=minutes(60)), head) is None


def test_handing_in_too_late_is_an_end_by_time():
    """
    Whoever presses the button after the deadline was ended by the time, not by the button.
    """
    head, _ = started()

    event = decided(Submit(**asked(minutes(61))), head)

    assert event is not None
    assert (event.at, event.by) == (minutes(60), "time")


def test_a_log_never_goes_back_in_time():
    """
    A server whose clock is behind writes the moment of the row before, not an earlier one.
    """
    head, _ = started(now=minutes(10))

    event = decided(ShowItem(**asked(minutes(9)), place=1, client="page-one"), head)

    assert event.at == minutes(10)


def test_seconds_run_from_page_to_page_and_stop_at_the_review():
    """
    Each item gets the time its page was in front; the time of the review belongs to none.
    """
    head, rows = started()
    for minute, place in ((1, 1), (3, 2), (4, 1), (5, None)):
        page = {**asked(minutes(minute)), "client": "page-one"}
        event = decided(ShowItem(**page, place=place) if place else ShowReview(**page), head)
        head, row = advance(head, event)
        rows.append(row)
    ending = decided(Submit(**asked(minutes(9))), head)
    assert ending is not None
    _, row = advance(head, ending)

    attempt = fold(PLAN.attempt_id, [*rows, row])

    assert attempt.seconds == {"I-1": 180.0, "I-2": 60.0}


def test_states_are_told_apart():
    """
    Prepared, running, over, submitted and missed are each recognised by the clock and the log.
    """
    known = {"started_at": NINE, "deadline": minutes(60), "submitted_at": None}
    window = {"closes_at": PLAN.closes_at}
    nothing = dict.fromkeys(known)

    assert state_of(NINE, **nothing, **window) is AttemptState.PREPARED
    assert state_of(NINE + timedelta(hours=4), **nothing, **window) is AttemptState.MISSED
    assert state_of(minutes(60), **known, **window) is AttemptState.RUNNING
    assert state_of(minutes(61), **known, **window) is AttemptState.TIME_OVER
    handed_in = {**known, "submitted_at": minutes(5)}
    assert state_of(minutes(61), **handed_in, **window) is AttemptState.SUBMITTED


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["show", "save", "flag", "lost", "back", "review", "submit"]),
        st.sampled_from(["I-1", "I-2"]),
        st.sampled_from(["page-one", "page-two", None]),
        st.integers(-2, 2),
        st.integers(0, 8),
        st.sampled_from(["a", "b", None]),
    ),
    max_size=40,
)


def _grown(steps):
    """A log to which every step was put that the rules allow: its head, and its rows."""
    head, rows = started()
    now = NINE
    for seq, (verb, item, client, drift, later, response) in enumerate(steps, start=1):
        now += timedelta(minutes=later)
        try:
            events = _asked(head, verb, item, client, head.version + drift, seq, response, now)
        except ExamError:
            continue
        for event in events:
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
        assert row.digest == chain_event(
            row.attempt_id, row.version, row.at, row.type, row.body, previous
        )
    assert [row.at for row in rows] == sorted(row.at for row in rows)
    assert all(row.type != "submitted" for row in rows[:-1])
    assert fold(PLAN.attempt_id, rows).head == head


def _asked(head, verb, item, client, seen, seq, response, now):
    who, sent = asked(now), {"client": client or "page-three", "seq": seq, "item_id": item}
    match verb:
        case "show":
            command = ShowItem(**who, place=int(item[-1]), client=client)
        case "review":
            command = ShowReview(**who, client=client)
        case "flag":
            command = Flag(**who, **sent, flagged=response is not None)
        case "lost" | "back":
            command = Focus(**who, **sent, lost=verb == "lost", ago=0.5)
        case "submit":
            command = Submit(**who)
        case _:
            own = {**sent, "client": client, "seq": seq if client else None}
            command = Save(**who, **own, response=response, seen=max(0, seen))
    return happened(command, head)


@given(STEPS)
def test_the_last_accepted_answer_is_the_one_that_counts(steps):
    """
    The fold of the log holds, for each item, the response that was accepted last.
    """
    head, rows = started()
    last: dict[str, object] = {}
    for seq, (verb, item, client, drift, _, response) in enumerate(steps, start=1):
        try:
            events = _asked(head, verb, item, client, head.version + drift, seq, response, NINE)
        except ExamError:
            continue
        for event in events:
            head, row = advance(head, event)
            rows.append(row)
            if isinstance(event, ResponseSaved):
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


@given(STEPS)
def test_an_attempt_that_was_kept_is_the_attempt(steps):
    """
    What is kept of an attempt says all that its log says, and a changed letter of it is noticed.
    """
    _, rows = _grown(steps)
    attempt = fold(PLAN.attempt_id, rows)
    kept = as_kept(attempt)
    stored = replace(kept, body=json.loads(json.dumps(kept.body)))

    assert _restored(PLAN.attempt_id, stored) == attempt
    assert (
        _restored(PLAN.attempt_id, replace(stored, body={**stored.body, "flagged": ["x"]})) is None
    )
