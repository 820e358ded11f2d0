"""Reads and writes of counts, known browsers and entry codes; no decision is taken here.

What every sign-in asks is a statement that is made once: to make and compile it took longer than
the answer.
"""

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

import sqlalchemy
from sqlalchemy import (
    BindParameter,
    CompoundSelect,
    Executable,
    String,
    bindparam,
    case,
    delete,
    func,
    literal_column,
    select,
    true,
    union_all,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, SQLModel, col

from examengine.accounts.sign_in_limits import Count
from examengine.accounts.tables import EntryCodeRow, KnownBrowserRow, TallyRow
from examengine.db import UtcDateTime

_TALLY = SQLModel.metadata.tables["sign_in_tally"]
_BROWSER = SQLModel.metadata.tables["known_browser"]
_CODE = SQLModel.metadata.tables["entry_code"]
_NOW = bindparam("now", type_=UtcDateTime)
_KEYS: BindParameter[str] = bindparam("keys", expanding=True)
_OF_PERSON = _BROWSER.c.person_id == bindparam("of_person")

_STANDING = select(_TALLY.c.key, _TALLY.c.count, _TALLY.c.expires_at).where(
    _TALLY.c.key.in_(_KEYS), _TALLY.c.expires_at > _NOW
)
_GIVE_BACK = (
    update(_TALLY)
    .where(_TALLY.c.key.in_(_KEYS), _TALLY.c.count > 0)
    .values(count=_TALLY.c.count - 1)
)
_FORGET = delete(_TALLY).where(_TALLY.c.key == bindparam("of_key"))
_KNOWN = select(_BROWSER.c.expires_at).where(
    _BROWSER.c.token_digest == bindparam("digest"), _OF_PERSON
)
_RENAME = (
    update(_BROWSER)
    .where(_BROWSER.c.token_digest == bindparam("before"))
    .values(token_digest=bindparam("after"))
)
_OLDER = (
    select(_BROWSER.c.token_digest)
    .where(_OF_PERSON)
    .order_by(_BROWSER.c.last_used_at.desc(), _BROWSER.c.token_digest)
    .offset(bindparam("most"))
)
_FORGET_OLDER = delete(_BROWSER).where(
    _OF_PERSON, _BROWSER.c.token_digest.in_(bindparam("digests", expanding=True))
)
_HAS_CODE = select(func.count()).where(
    _CODE.c.person_id == bindparam("of_person"),
    _CODE.c.code_digest == bindparam("digest"),
    _CODE.c.expires_at > _NOW,
)

SWEPT_AT_ONCE = 500


def standing(
    session: Session, counts: Sequence[Count], now: datetime
) -> dict[str, tuple[int, datetime]]:
    """Return how far each count has come in its window, and when that ends; no new ones."""
    asked = {"keys": [one.key for one in counts], "now": now}
    found = session.connection().execute(_STANDING, asked)
    return {key: (count, expires_at) for key, count, expires_at in found}


def count(
    session: Session, counts: Sequence[Count], now: datetime
) -> dict[str, tuple[int, datetime]]:
    """Count one more of each, in a single statement; return what that makes, and when it ends.

    Two at once get two different numbers, on both databases. A transaction that counts is as
    short as it can be: whoever saves an answer waits for it.
    """
    given: dict[str, object] = {"now": now}
    for place, one in enumerate(counts):
        given |= {f"key_{place}": one.key, f"until_{place}": now + one.budget.window}
    connection = session.connection()
    counted = connection.execute(_one_more_of(len(counts), connection.dialect.name), given)
    return {key: (count, expires_at) for key, count, expires_at in counted}


@cache
def _one_more_of(number: int, dialect: str) -> Executable:
    """Return the statement that counts so many; kept, for most of its cost is to compile it."""
    new: CompoundSelect[Any] = union_all(
        *(
            select(
                bindparam(f"key_{place}", type_=String),
                literal_column("1"),
                bindparam(f"until_{place}", type_=UtcDateTime),
            ).where(true())  # without it SQLite reads ON CONFLICT as the condition of a join
            for place in range(number)
        )
    )
    insert = sqlite.insert(_TALLY) if dialect == "sqlite" else postgresql.insert(_TALLY)
    made = insert.from_select(["key", "count", "expires_at"], new)
    over = _TALLY.c.expires_at <= bindparam("now", type_=UtcDateTime)
    return made.on_conflict_do_update(
        index_elements=[_TALLY.c.key],
        set_={
            "count": case((over, 1), else_=_TALLY.c.count + 1),
            "expires_at": case((over, made.excluded.expires_at), else_=_TALLY.c.expires_at),
        },
    ).returning(_TALLY.c.key, _TALLY.c.count, _TALLY.c.expires_at)


def give_back(session: Session, keys: Sequence[str]) -> None:
    """Take one try off each count: it was no guess."""
    if keys:
        session.connection().execute(_GIVE_BACK, {"keys": list(keys)})


def forget_count(session: Session, key: str) -> None:
    """Begin a count anew."""
    session.connection().execute(_FORGET, {"of_key": key})


def has_something_over(session: Session, now: datetime) -> bool:
    """Tell whether there is a count that can be forgotten."""
    query = select(col(TallyRow.key)).where(_TALLY.c.expires_at <= now).limit(1)
    return session.scalar(query) is not None


def sweep(session: Session, now: datetime) -> None:
    """Forget what is over, so many at once; rows that somebody else has in hand are left alone."""
    over = select(col(TallyRow.key)).where(_TALLY.c.expires_at <= now).limit(SWEPT_AT_ONCE)
    found = over.with_for_update(skip_locked=True)
    session.execute(delete(TallyRow).where(col(TallyRow.key).in_(found)))
    session.execute(delete(KnownBrowserRow).where(col(KnownBrowserRow.expires_at) <= now))
    session.execute(delete(EntryCodeRow).where(col(EntryCodeRow.expires_at) <= now))


def knows_browser(session: Session, token_digest: str, person_id: UUID, now: datetime) -> bool:
    """Tell whether somebody has signed in with this browser before."""
    asked = {"digest": token_digest, "of_person": person_id}
    expires_at = session.connection().execute(_KNOWN, asked).scalar_one_or_none()
    return expires_at is not None and expires_at > now


def rename_browser(session: Session, before: str, after: str) -> None:
    """Give a browser another token; whoever signed in with it before is still known there."""
    session.connection().execute(_RENAME, {"before": before, "after": after})


def remember_browser(session: Session, row: KnownBrowserRow, most: int) -> None:
    """Note that somebody signed in with a browser; of their browsers the newest ones are kept."""
    connection = session.connection()
    connection.execute(_remember(connection.dialect.name), row.model_dump())
    asked = {"of_person": row.person_id}
    older = list(connection.scalars(_OLDER, {**asked, "most": most}))
    if older:
        connection.execute(_FORGET_OLDER, {**asked, "digests": older})


@cache
def _remember(dialect: str) -> Executable:
    """Return the statement that inserts a browser, or renews one that is known by its new name."""
    insert = sqlite.insert(_BROWSER) if dialect == "sqlite" else postgresql.insert(_BROWSER)
    new = insert.excluded
    return insert.on_conflict_do_update(
        index_elements=list(_BROWSER.primary_key),
        set_={"last_used_at": new.last_used_at, "expires_at": new.expires_at},
    )


def forget_browsers(session: Session, person_id: UUID) -> None:
    """Let no browser be known as this person's any more."""
    session.execute(delete(KnownBrowserRow).where(col(KnownBrowserRow.person_id) == person_id))


def set_entry_code(session: Session, rows: Sequence[EntryCodeRow]) -> None:
    """Give each of these people a code, in place of the one they had."""
    people = [row.person_id for row in rows]
    session.execute(delete(EntryCodeRow).where(col(EntryCodeRow.person_id).in_(people)))
    session.execute(sqlalchemy.insert(EntryCodeRow), [row.model_dump() for row in rows])


def has_entry_code(session: Session, person_id: UUID, code_digest: str, now: datetime) -> bool:
    """Tell whether this is the code somebody was given, and still holds."""
    asked = {"of_person": person_id, "digest": code_digest, "now": now}
    return session.connection().scalar(_HAS_CODE, asked) == 1


def use_entry_code(session: Session, person_id: UUID) -> None:
    """Forget the code of somebody who is in."""
    session.execute(delete(EntryCodeRow).where(col(EntryCodeRow.person_id) == person_id))
