"""A transaction belongs to one organisation: it sees, changes and writes that one's rows alone."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import delete, func, update
from sqlmodel import Session, col, select

from examengine import db
from examengine.accounts.tables import OrganisationRow
from examengine.bank.tables import BankRow, MediaFileRow
from examengine.kernel.ids import new_id

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
WORDS = {
    "description": "",
    "language": "en",
    "licence": "",
    "provenance": "",
    "areas": [],
    "levels": [],
    "imported_at": NOON,
}


@pytest.fixture
def second(engine):
    """The engine of a second organisation, in which a bank has the code of one in the first."""
    row = OrganisationRow(
        id=new_id(NOON), code="second", language="en", time_zone="UTC", created_at=NOON
    )
    with db.writing(engine) as session:
        session.add(row)
        session.flush()
        session.add(BankRow(id="maths", title="Of the first", **WORDS))
    second = db.within(engine, row.id)
    with db.writing(second) as session:
        session.add(BankRow(id="maths", title="Of the second", **WORDS))
    return second


def titles(engine) -> list[str]:
    """Return the titles of all banks that can be seen."""
    with db.reading(engine) as session:
        return list(session.exec(select(BankRow.title)))


def test_a_code_is_anothers_in_another_organisation(engine, second):
    """
    The same code names two banks, each found where it belongs, by query and by key.
    """
    with db.reading(second) as session:
        found = session.get(BankRow, (db.organisation_of(session), "maths"))
        foreign = session.get(BankRow, (db.FIRST_ORGANISATION, "maths"))

    assert titles(engine) == ["Of the first"]
    assert titles(second) == ["Of the second"]
    assert found.title == "Of the second"
    assert foreign is None


def test_what_is_counted_joined_or_asked_within_is_limited_too(second):
    """
    Aggregates, subqueries and joins see one organisation, wherever the table stands.
    """
    newest = select(func.max(BankRow.title).label("title")).subquery()
    with db.reading(second) as session:
        n_banks = session.exec(select(func.count()).select_from(BankRow)).one()
        joined = session.exec(select(BankRow).join(newest, newest.c.title == BankRow.title)).all()
        among = session.exec(select(func.count()).where(col(BankRow.id).in_(select(BankRow.id))))

        assert n_banks == 1
        assert [row.title for row in joined] == ["Of the second"]
        assert among.one() == 1


def test_what_is_changed_or_deleted_is_ones_own(engine, second):
    """
    A statement that names no organisation changes and deletes nothing of another.
    """
    with db.writing(second) as session:
        session.execute(update(BankRow).values(title="Changed"))
    changed = titles(engine), titles(second)
    with db.writing(second) as session:
        session.execute(delete(BankRow))

    assert changed == (["Of the first"], ["Changed"])
    assert (titles(engine), titles(second)) == (["Of the first"], [])


def test_rows_named_by_their_content_may_stand_in_both(engine, second):
    """
    The same figure belongs to each organisation that imported it.
    """
    for one in (engine, second):
        with db.writing(one) as session:
            session.add(MediaFileRow(digest="sha256:1", media_type="image/svg+xml", data=b"<svg/>"))

    with db.reading(second) as session:
        assert len(session.exec(select(MediaFileRow)).all()) == 1


def test_without_an_organisation_nothing_of_any_can_be_read_or_written(sqlite_url):
    """
    A transaction that was opened for nobody fails loudly; it never sees everybody's rows.
    """
    engine = db.make_engine(sqlite_url)
    with Session(engine) as session:
        with pytest.raises(db.OrganisationMissing):
            session.exec(select(BankRow)).all()
        with pytest.raises(db.OrganisationMissing):
            db.organisation_of(session)
    engine.dispose()
