"""The writer: many commands, one transaction, on both databases."""

import asyncio
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest
from sqlalchemy import Engine
from sqlmodel import Session

from examengine import accounts, bank, db, delivery
from examengine.accounts import session_repository
from examengine.delivery import batch, log_repository, repository
from examengine.delivery import writer as writer_module
from examengine.delivery.steps import Command
from examengine.kernel.clock import Clock
from tests import event_loop
from tests.clock import SetClock
from tests.delivery.examples import MULTIPLE, NUMBER, ORDER, SINGLE, TYPED, Candidate, sitting

PAGE = "page-number-one"


@pytest.fixture
def candidate(engine: Engine, clock: SetClock) -> Candidate:
    """Somebody who can start."""
    return sitting(engine, clock)[0]


def _start(writer, clock, candidate) -> delivery.Recorded:
    return writer.record(delivery.Start(**candidate.asked(clock), consented=True))


def _save(clock, candidate, seq: int, response="a", **other) -> delivery.Save:
    values = {"item_id": SINGLE, "seen": 1, "client": PAGE, "seq": seq, "response": response}
    return delivery.Save(**candidate.asked(clock), **{**values, **other})


def _memory() -> tuple[delivery.FormsInPlay, delivery.AttemptsInPlay]:
    return delivery.FormsInPlay(), delivery.AttemptsInPlay()


def _log(engine, candidate) -> list[delivery.LoggedEvent]:
    with db.reading(engine) as session:
        return delivery.attempt_log(session, candidate.attempt_id)


def _stored_head(engine, candidate) -> delivery.Head:
    with db.reading(engine) as session:
        return log_repository.headers(session, [candidate.attempt_id])[candidate.attempt_id].head


def test_an_attempt_from_start_to_record(engine, clock, writer, candidate):
    """
    Start, answer each kind of item, flag, hand in: the log and the record agree.
    """
    _start(writer, clock, candidate)
    clock.forward(seconds=10)
    writer.record(delivery.ShowItem(**candidate.asked(clock), place=1))
    clock.forward(seconds=20)
    answers = {SINGLE: "c", TYPED: " median ", NUMBER: "12,5", MULTIPLE: ["c", "a"]}
    for seq, (item_id, response) in enumerate(answers.items(), start=1):
        writer.record(_save(clock, candidate, seq, response, item_id=item_id))
    writer.record(delivery.Flag(**candidate.asked(clock), item_id=TYPED, flagged=True))
    ended = writer.record(delivery.Submit(**candidate.asked(clock)))

    with db.reading(engine) as session:
        record = delivery.response_record_of(session, candidate.attempt_id)
    assert record is not None
    assert record.head == ended.digest == _log(engine, candidate)[-1].digest
    assert record.head_version == ended.version
    assert record.responses[SINGLE] == "c"
    assert record.responses[TYPED] == "median"
    assert record.responses[MULTIPLE] == ["a", "c"]
    assert record.responses[ORDER] is None
    assert record.seconds == {SINGLE: 20.0}
    assert record.reason == "submitted"
    assert delivery.sealed(record).digest == record.digest


def test_the_stored_head_equals_the_fold_of_the_log(engine, clock, writer, candidate):
    """
    The columns that are derived from the log are what the log alone says.
    """
    _start(writer, clock, candidate)
    writer.record(_save(clock, candidate, 1))
    writer.record(
        delivery.Focus(**candidate.asked(clock), item_id=SINGLE, lost=True, client=PAGE, seq=2)
    )
    writer.record(delivery.ShowReview(**candidate.asked(clock)))

    stored = _stored_head(engine, candidate)

    assert stored == delivery.fold(candidate.attempt_id, _log(engine, candidate)).head


def test_a_replay_is_answered_as_the_first_was(engine, clock, writer, candidate):
    """
    The same save sent again, even much later, gets the first answer and adds nothing.
    """
    _start(writer, clock, candidate)
    first = writer.record(_save(clock, candidate, 1, "a"))
    writer.record(_save(clock, candidate, 2, "b"))
    clock.forward(minutes=5)

    again = writer.record(_save(clock, candidate, 1, "a"))

    assert (again.version, again.digest, again.at) == (first.version, first.digest, first.at)
    assert len(_log(engine, candidate)) == 3


def test_a_replay_is_answered_although_the_exam_has_ended(engine, clock, writer, candidate):
    """
    An answer that was saved in time is acknowledged when its page asks again after the end.
    """
    _start(writer, clock, candidate)
    first = writer.record(_save(clock, candidate, 1, "a"))
    writer.record(delivery.Submit(**candidate.asked(clock)))

    again = writer.record(_save(clock, candidate, 1, "a"))

    assert again.version == first.version


def test_a_number_is_never_acknowledged_for_another_answer(engine, clock, writer, candidate):
    """
    A different answer under a used number is refused, not taken for the first one.
    """
    _start(writer, clock, candidate)
    writer.record(_save(clock, candidate, 1, "a"))

    with pytest.raises(delivery.SequenceReused):
        writer.record(_save(clock, candidate, 1, "b"))


def test_the_same_save_twice_in_one_batch_is_written_once(engine, clock, writer, candidate):
    """
    A save that overtakes its own replay in the queue is still one event.
    """
    _start(writer, clock, candidate)
    save = _save(clock, candidate, 1)

    with db.writing(engine) as session:
        outcomes = batch.apply(session, clock, *_memory(), [save, save, save]).outcomes

    assert len({outcome.version for outcome in outcomes}) == 1
    assert len(_log(engine, candidate)) == 2


def _from(clock, candidate, client: str, seq: int, seen: int, item_id: str, response: object):
    sent = {"item_id": item_id, "response": response, "client": client, "seq": seq, "seen": seen}
    return delivery.Save(**candidate.asked(clock), **sent)


def test_two_devices_that_answer_different_questions_both_count(engine, clock, writer, candidate):
    """
    An answer that was given without a network counts, although another question was answered since.
    """
    _start(writer, clock, candidate)
    writer.record(_from(clock, candidate, "device-two", 1, 1, SINGLE, "a"))

    writer.record(_from(clock, candidate, "device-one", 1, 1, NUMBER, "5"))

    found = delivery.fold(candidate.attempt_id, _log(engine, candidate))
    assert found.responses == {SINGLE: "a", NUMBER: "5"}


def test_of_two_answers_to_one_question_the_uninformed_one_is_kept_and_asked_about(
    engine, clock, writer, candidate
):
    """
    It stands in the log, does not count, is refused again when sent again, and counts once the
    candidate has said so.
    """
    _start(writer, clock, candidate)
    writer.record(_from(clock, candidate, "device-two", 1, 1, SINGLE, "a"))
    uninformed = _from(clock, candidate, "device-one", 1, 1, SINGLE, "b")

    with pytest.raises(delivery.AnswerMoved) as first:
        writer.record(uninformed)
    with pytest.raises(delivery.AnswerMoved) as again:
        writer.record(uninformed)

    log = _log(engine, candidate)
    assert [row.type for row in log] == ["started", "saved", "set_aside"]
    assert log[-1].body["response"] == "b"
    assert (first.value.newer, first.value.recorded) == (2, 3)
    assert again.value.recorded == 3
    assert delivery.fold(candidate.attempt_id, log).responses == {SINGLE: "a"}
    writer.record(_from(clock, candidate, "device-one", 2, 3, SINGLE, "b"))
    assert delivery.fold(candidate.attempt_id, _log(engine, candidate)).responses == {SINGLE: "b"}


def test_a_page_hears_of_its_own_answers_only(engine, clock, writer, candidate):
    """
    That a page answered one question does not make it know what another page answered to a second.
    """
    _start(writer, clock, candidate)
    writer.record(_from(clock, candidate, "device-two", 1, 1, SINGLE, "a"))
    writer.record(_from(clock, candidate, "device-one", 1, 1, NUMBER, "5"))

    with pytest.raises(delivery.AnswerMoved):
        writer.record(_from(clock, candidate, "device-one", 2, 1, SINGLE, "b"))


@pytest.mark.parametrize(
    ("item_id", "fields"),
    [
        (TYPED, {"response": ("many words " * 60,)}),
        (NUMBER, {"response": ("1" * 300,)}),
        (SINGLE, {"response": ("no-such-option",)}),
    ],
)
def test_what_was_typed_and_cannot_be_read_stays_in_the_log(
    engine, clock, writer, candidate, item_id, fields
):
    """
    It takes the place of the answer before as a draft, and counts as no answer.
    """
    _start(writer, clock, candidate)
    sent = {"item_id": item_id, "fields": fields, "client": PAGE, "seq": 1, "seen": 1}

    writer.record(delivery.Save(**candidate.asked(clock), **sent))
    again = writer.record(delivery.Save(**candidate.asked(clock), **sent))

    found = delivery.fold(candidate.attempt_id, _log(engine, candidate))
    kept = {name: list(values) for name, values in fields.items()}
    assert (found.drafts, found.responses) == ({item_id: kept}, {item_id: None})
    assert again.version == 2


@pytest.mark.parametrize("text", ["\x00", "\ud800", "x" * 13_000])
def test_a_draft_holds_what_a_database_can_keep(engine, clock, writer, candidate, text):
    """
    Signs that are no text, and more text than any answer has, are refused and stay on the device.
    """
    _start(writer, clock, candidate)
    sent = {"item_id": TYPED, "fields": {"response": (text,)}, "seen": 1}

    with pytest.raises(bank.ResponseMalformed):
        writer.record(delivery.Save(**candidate.asked(clock), **sent))

    assert len(_log(engine, candidate)) == 1


def test_commands_of_one_attempt_are_applied_in_order(engine, clock, writer, candidate):
    """
    In one batch each command sees what the one before it did.
    """
    commands = [
        delivery.Start(**candidate.asked(clock), consented=True),
        _save(clock, candidate, 1, "a"),
        _save(clock, candidate, 2, "b"),
        delivery.Submit(**candidate.asked(clock)),
        _save(clock, candidate, 3, "c"),
    ]

    with db.writing(engine) as session:
        outcomes = batch.apply(session, clock, *_memory(), commands).outcomes

    assert [outcome.version for outcome in outcomes[:4]] == [1, 2, 3, 4]
    assert isinstance(outcomes[4], delivery.AttemptClosed)
    with db.reading(engine) as session:
        record = delivery.response_record_of(session, candidate.attempt_id)
    assert record.responses[SINGLE] == "b"


def test_another_candidates_attempt_does_not_exist(engine, clock, writer):
    """
    Whoever asks for somebody else's attempt hears what they would hear of none.
    """
    ada, bob = sitting(engine, clock, 2)
    _start(writer, clock, ada)
    stranger = {**ada.asked(clock), "session": bob.session}
    nowhere = {**bob.asked(clock), "attempt_id": uuid4()}

    with pytest.raises(delivery.AttemptUnknown):
        writer.record(delivery.Submit(**stranger))
    with pytest.raises(delivery.AttemptUnknown):
        writer.record(delivery.Submit(**nowhere))
    with pytest.raises(accounts.NotSignedIn):
        writer.record(delivery.Submit(**{**ada.asked(clock), "session": "0" * 64}))

    assert len(_log(engine, ada)) == 1


def test_nobody_at_all_keeps_no_answer_waiting(engine, clock):
    """
    Who was never signed in is sent away by a look; who has signed out by the writer, as ever.
    """
    [candidate] = sitting(engine, clock)
    written: list[Command] = []

    def watched(session, clock, forms, attempts, asked):
        written.extend(asked)
        return batch.apply(session, clock, forms, attempts, asked)

    writer = delivery.AttemptWriter(engine, clock, delivery.FormsInPlay(), applied=watched)
    writer.start()
    stranger = {**candidate.asked(clock), "session": "0" * 64}
    strange = [delivery.Submit(**stranger), delivery.Submit(**{**stranger, "attempt_id": uuid4()})]
    outcomes = writer.record_all([*strange, _save(clock, candidate, 1)])
    before = len(written)
    with db.writing(engine) as session:
        session_repository.end_others(session, candidate.person_id, [], clock.now())
    start = delivery.Start(**candidate.asked(clock), consented=True)
    ended = writer.record_all([start])
    writer.stop()

    assert [type(one) for one in outcomes[:2]] == [accounts.NotSignedIn] * 2
    assert before == 1
    assert [type(one) for one in ended] == [accounts.NotSignedIn]
    assert len(written) == 2


def test_an_item_of_another_form_and_a_broken_answer_are_refused(engine, clock, writer, candidate):
    """
    Only answers that can be answers to an item of this form are stored.
    """
    _start(writer, clock, candidate)

    with pytest.raises(delivery.ItemNotInForm):
        writer.record(_save(clock, candidate, 1, item_id="DL-XXX-999"))
    for response in ("z", ["a"], {"a": "b"}, 3, "a\x00", "\ud800"):
        with pytest.raises(Exception, match="answer"):
            writer.record(_save(clock, candidate, 2, response))

    assert len(_log(engine, candidate)) == 1


def test_the_next_touch_closes_an_attempt_that_ran_out_of_time(engine, clock, writer, candidate):
    """
    A save after the deadline is refused, and the attempt is handed in as of the deadline.
    """
    _start(writer, clock, candidate)
    writer.record(_save(clock, candidate, 1, "b"))
    clock.forward(minutes=61)

    with pytest.raises(delivery.AttemptClosed):
        writer.record(_save(clock, candidate, 2, "c"))

    with db.reading(engine) as session:
        record = delivery.response_record_of(session, candidate.attempt_id)
    assert (record.reason, record.responses[SINGLE]) == ("time", "b")
    assert record.submitted_at == _stored_head(engine, candidate).deadline


def test_a_save_that_waited_in_the_queue_counts_from_when_it_arrived(
    engine, clock, writer, candidate
):
    """
    The server's own delay never costs a candidate an answer given in time.
    """
    _start(writer, clock, candidate)
    clock.forward(minutes=60)
    save = _save(clock, candidate, 1, "b")
    clock.forward(seconds=5)

    recorded = writer.record(save)

    assert recorded.version == 2


def test_the_sweep_closes_what_nobody_visits(engine, clock, writer):
    """
    Attempts out of time get their records without anybody coming by; the others go on.
    """
    gone, here = sitting(engine, clock, 2)
    _start(writer, clock, gone)
    clock.forward(minutes=30)
    _start(writer, clock, here)
    clock.forward(minutes=31)

    swept = delivery.sweep(engine, clock, writer)

    assert swept == 1
    with db.reading(engine) as session:
        assert delivery.response_record_of(session, gone.attempt_id).reason == "time"
        assert delivery.response_record_of(session, here.attempt_id) is None


def test_staff_end_an_attempt_for_a_reason(engine, clock, writer, candidate, hasher):
    """
    The end, who did it and why stand in the log and in the staff trail.
    """
    console = accounts.system_actor()
    _start(writer, clock, candidate)

    delivery.end_attempt(writer, clock, console, candidate.attempt_id, "Fire alarm")

    last = _log(engine, candidate)[-1]
    assert (last.body["by"], last.body["reason"]) == ("staff", "Fire alarm")
    with db.reading(engine) as session:
        acts = accounts.staff_acts(session, console, subject=f"attempt:{candidate.attempt_id}")
    assert [act.action for act in acts] == ["delivery.end_attempt"]


def test_many_threads_and_an_event_loop_at_once(engine, clock, writer):
    """
    Twenty candidates saving at the same time lose nothing, and each log stays a chain.
    """
    people = sitting(engine, clock, 20)

    def sit(candidate: Candidate) -> None:
        _start(writer, clock, candidate)
        for seq in range(1, 11):
            writer.record(_save(clock, candidate, seq, "abcd"[seq % 4]))

    async def save_more() -> None:
        more = [writer.recorded(_save(clock, person, 11, "d")) for person in people]
        await asyncio.gather(*more)

    with ThreadPoolExecutor(20) as pool:
        list(pool.map(sit, people))
    event_loop.run(save_more())

    for person in people:
        log = _log(engine, person)
        assert [row.version for row in log] == list(range(1, 13))
        assert delivery.fold(person.attempt_id, log).responses[SINGLE] == "d"
        assert _stored_head(engine, person).version == 12


class _Obstacle:
    """A batch that breaks whenever a certain command is in it."""

    def __init__(self, poison: Command) -> None:
        self.poison, self.batches = poison, 0

    def __call__(
        self,
        session: Session,
        clock: Clock,
        forms: delivery.FormsInPlay,
        attempts: delivery.AttemptsInPlay,
        asked: Sequence[batch.Asked],
    ) -> batch.Applied:
        """Write the batch, and break when the poison is in it: nothing of it may stay."""
        self.batches += 1
        applied = batch.apply(session, clock, forms, attempts, asked)
        if self.poison in asked:
            raise ValueError("this row cannot be stored")
        return applied


def test_a_bad_row_never_fails_its_neighbours(engine, clock):
    """
    When the database refuses a batch, each command is tried alone: only the bad one is sent back.
    """
    people = sitting(engine, clock, 5)
    starts = [delivery.Start(**person.asked(clock), consented=True) for person in people]
    writer = delivery.AttemptWriter(
        engine, clock, delivery.FormsInPlay(), applied=_Obstacle(starts[2])
    )

    answers = _recorded_together(writer, starts)

    assert [isinstance(answer, delivery.Recorded) for answer in answers] == [
        True, True, False, True, True,
    ]  # fmt: skip
    assert isinstance(answers[2], delivery.NotStored)
    assert _log(engine, people[2]) == []
    assert all(len(_log(engine, person)) == 1 for person in (*people[:2], *people[3:]))


def _recorded_together(writer, commands) -> list[object]:
    """Put commands into the queue before the writer begins, so that they make one batch."""
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(writer.record_all, commands)
        time.sleep(0.2)
        writer.start()
        found = waiting.result()
    writer.stop()
    return found


def test_nobody_waits_for_ever(engine, clock, candidate, monkeypatch):
    """
    Where no answer comes, whoever waits hears that the writer is busy: in a thread or in a loop.
    """
    monkeypatch.setattr(writer_module, "PATIENCE_S", 0.01)
    still = delivery.AttemptWriter(engine, clock, delivery.FormsInPlay())
    command = delivery.Start(**candidate.asked(clock), consented=True)

    with pytest.raises(delivery.WriterBusy):
        still.record(command)
    with pytest.raises(delivery.WriterBusy):
        event_loop.run(still.recorded(command))


def test_a_full_queue_says_so_and_recovers(engine, clock, candidate):
    """
    When too many wait, the next is told to try again; nobody who waits loses anything.
    """
    writer = delivery.AttemptWriter(engine, clock, delivery.FormsInPlay(), most_waiting=1)
    start = delivery.Start(**candidate.asked(clock), consented=True)
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(writer.record, start)
        time.sleep(0.1)

        with pytest.raises(delivery.WriterBusy) as refusal:
            writer.record(start)
        writer.start()

        assert waiting.result().version == 1
    assert refusal.value.retry_after == 1
    writer.stop()


def test_a_waiting_save_that_nobody_waits_for_any_more_is_written_all_the_same(
    engine, clock, writer, candidate
):
    """
    A browser that went away does not take its answer with it.
    """
    _start(writer, clock, candidate)

    async def hurry() -> None:
        asked = asyncio.ensure_future(writer.recorded(_save(clock, candidate, 1)))
        await asyncio.sleep(0)
        asked.cancel()

    event_loop.run(hurry())
    writer.stop()

    assert len(_log(engine, candidate)) == 2


@pytest.mark.postgres
def test_two_writers_on_postgresql_keep_one_chain(postgresql_url, clock):
    """
    Two server processes that write the same attempt at once leave one log without a gap.
    """
    engine = db.within(db.make_engine(postgresql_url), db.FIRST_ORGANISATION)
    candidate = sitting(engine, clock)[0]
    writers = [delivery.AttemptWriter(engine, clock, delivery.FormsInPlay()) for _ in range(2)]
    for writer in writers:
        writer.start()
    _start(writers[0], clock, candidate)

    def flag(writer: delivery.AttemptWriter, page: str) -> None:
        for seq in range(1, 51):
            asked = candidate.asked(clock)
            writer.record(
                delivery.Flag(**asked, item_id=SINGLE, flagged=True, client=page, seq=seq)
            )

    threads = [
        threading.Thread(target=flag, args=(writer, f"page-of-writer-{number}"))
        for number, writer in enumerate(writers)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for writer in writers:
        writer.stop()

    assert [row.version for row in _log(engine, candidate)] == list(range(1, 102))
    engine.dispose()


def test_the_record_can_be_found_by_all_who_need_it(engine, clock, writer, candidate):
    """
    A record is found by its id, by its attempt and by its administration.
    """
    _start(writer, clock, candidate)
    writer.record(delivery.Submit(**candidate.asked(clock)))

    with db.reading(engine) as session:
        record = delivery.response_record_of(session, candidate.attempt_id)
        by_id = delivery.find_response_record(session, record.id)
        listed = delivery.response_records(session, record.administration_id)
        assert repository.enrolled(session, record.administration_id)
        with pytest.raises(delivery.ResponseRecordUnknown):
            delivery.find_response_record(session, uuid4())

    assert record == by_id == listed[0]
