"""The ledger: appended last, without gaps, by whoever commits; what was sealed stays sealed."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

from sqlalchemy import Column, MetaData, String, Table, event, select
from sqlmodel import Session

from examengine import accounts, db, delivery, ledger
from examengine.ledger.sealing import Sealing
from tests.delivery.examples import SINGLE, sitting
from tests.integrity.tampering import table

NOW = datetime(2026, 11, 28, 9, tzinfo=UTC)


def entries(engine):
    """The whole ledger, and what is wrong with its chain."""
    with db.reading(engine) as session:
        found = list(ledger.entries(session))
    chain = ledger.Chain()
    return found, [fault for entry in found for fault in chain.follow(entry)]


def act(session, subject="thing:1"):
    """Put an act into the trail."""
    accounts.record_act(session, NOW, accounts.system_actor(), "test.act", subject)


def test_what_is_appended_is_chained_at_the_commit(engine):
    """
    Two transactions, three acts: positions without gaps, each linked to the one before.
    """
    for count in (1, 2):
        with db.writing(engine) as session:
            for _ in range(count):
                act(session)

    found, faults = entries(engine)

    assert [entry.position for entry in found] == [1, 2, 3]
    assert faults == []


def test_what_is_rolled_back_leaves_no_entry(engine):
    """
    An act that did not happen is not sealed, and the next transaction begins with nothing waiting.
    """
    with Session(engine) as session:
        act(session)
        session.rollback()
        act(session, "thing:2")
        session.commit()

    found, faults = entries(engine)

    assert [entry.position for entry in found] == [1]
    assert faults == []


def test_a_savepoint_takes_nothing_with_it(engine):
    """
    What waited before a savepoint is sealed although the savepoint was rolled back.
    """
    with db.writing(engine) as session:
        act(session)
        session.begin_nested().rollback()
        session.begin_nested().commit()

    assert len(entries(engine)[0]) == 1


def test_many_at_once_make_one_chain(engine):
    """
    Eight threads, each with ten transactions: one chain, every act in it once.
    """

    def work(number):
        for place in range(10):
            with db.writing(engine) as session:
                act(session, f"thing:{number}-{place}")

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(8)))

    found, faults = entries(engine)
    assert faults == []
    assert len({entry.draft.subject for entry in found}) == len(found) == 80


def test_starts_and_acts_do_not_wait_for_each_other_for_ever(engine, clock):
    """
    Candidates start while an officer touches their attempts and acts: nobody is in a deadlock.
    """
    candidates = sitting(engine, clock, 12)
    writers = [delivery.AttemptWriter(engine, clock, delivery.FormsInPlay()) for _ in range(2)]
    for writer in writers:
        writer.start()

    def officer(candidate):
        with db.writing(engine) as session:
            act(session)
            attempt = table("attempt")
            wanted = select(attempt.c.id).where(attempt.c.id == candidate.attempt_id)
            session.execute(wanted.with_for_update())

    with ThreadPoolExecutor(8) as pool:
        acts = [pool.submit(officer, candidate) for candidate in candidates]
        starts = [
            pool.submit(
                writers[place % 2].record, delivery.Start(**one.asked(clock), consented=True)
            )
            for place, one in enumerate(candidates)
        ]
        assert all(start.result().version == 1 for start in starts)
        assert [done.result() for done in acts] == [None] * len(candidates)
    for writer in writers:
        writer.stop()

    found, faults = entries(engine)
    assert faults == []
    assert sum(entry.draft.kind == ledger.LOG for entry in found) == len(candidates)


def test_a_save_costs_the_ledger_nothing(engine, clock):
    """
    Between start and hand-in no entry is appended, and the ledger is not even read.
    """
    (candidate,) = sitting(engine, clock)
    writer = delivery.AttemptWriter(engine, clock, delivery.FormsInPlay())
    writer.start()
    writer.record(delivery.Start(**candidate.asked(clock), consented=True))
    asked = []
    event.listen(engine, "before_cursor_execute", lambda *given: asked.append(given[2]))

    for seq in range(1, 4):
        save = delivery.Save(
            **candidate.asked(clock), item_id=SINGLE, response="a", seen=seq, client="p", seq=seq
        )
        writer.record(save)
    writer.stop()

    assert asked
    assert not [statement for statement in asked if "ledger_entry" in statement]


def test_a_column_that_is_added_later_breaks_no_seal():
    """
    A table gains a column; rows that were there before have nothing in it.
    """
    before = Table("thing", MetaData(), Column("id", String), Column("words", String))
    after = Table("thing", MetaData(), *(Column(name, String) for name in ("id", "words", "more")))
    old, new = (
        Sealing("thing", one, "all", None, "at", frozenset(), ("id",)) for one in (before, after)
    )
    row = {"id": "1", "words": "so"}

    assert ledger.body_of(old, row) == ledger.body_of(new, {**row, "more": None})
    assert ledger.body_of(new, {**row, "more": "x"}) != ledger.body_of(new, {**row, "more": None})


def test_what_is_sealed_twice_is_what_was_sealed_last(engine):
    """
    The program may change a record; it seals it again, and the newest entry counts.
    """
    acts, now = table("staff_act"), {"action": "test.other"}
    with db.writing(engine) as session:
        act(session)
    with db.writing(engine) as session:
        session.execute(acts.update().values(**now))
        (row,) = [dict(one) for one in session.execute(select(acts)).mappings()]
        broken = ledger.check(session, "staff_act", row["id"])
        ledger.append_again(session, ledger.SEALINGS["staff_act"], row["id"])
        ledger.write(session)
        mended = ledger.check(session, "staff_act", row["id"])

    assert (broken.intact, mended.intact) == (False, True)
    assert "changed since" in broken.words
    assert "entry 2 of the ledger" in mended.words


def test_the_ledger_says_what_is_wrong_with_a_record(engine):
    """
    Missing, never sealed, or sealed by an entry that was itself changed: each in its own words.
    """
    with db.writing(engine) as session:
        act(session)
        act(session)
    with db.writing(engine) as session:
        acts, book = table("staff_act"), table("ledger_entry")
        first, second = session.execute(select(acts.c.id).order_by(acts.c.id)).scalars()
        subjects = dict(session.execute(select(book.c.subject, book.c.position)).all())
        session.execute(acts.delete().where(acts.c.id == first))
        session.execute(
            book.update()
            .where(book.c.position == subjects[str(second)])
            .values(at=datetime(2020, 1, 1, tzinfo=UTC))
        )
        gone, changed = (ledger.check(session, "staff_act", one) for one in (first, second))
        session.execute(book.delete())
        unsealed = ledger.check(session, "staff_act", second)

    assert "and is missing" in gone.words
    assert "The ledger was changed" in changed.words
    assert "past the ledger" in unsealed.words
    assert not any(seal.intact for seal in (gone, changed, unsealed))
