"""Reads and writes of the bank's tables; no decision is taken here."""

import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, Subquery, Table, func, insert, update
from sqlmodel import Session, col, select

from examengine import ledger
from examengine.bank.rules import (
    AdoptedParameters,
    AdoptionInShort,
    Area,
    Bank,
    ItemVersion,
    Level,
    Making,
    MediaFile,
    MediaOutline,
    stored_version,
)
from examengine.bank.tables import (
    ADOPTIONS,
    AdoptedParametersRow,
    BankRow,
    ItemDraftRow,
    ItemVersionRow,
    MediaFileRow,
)
from examengine.db import BulkWrite, organisation_of

T = TypeVar("T")

_VERSION: Table = ItemVersionRow.__table__  # type: ignore[attr-defined]
_VERSION_COLUMNS = (
    *("organisation_id", "item_id", "version", "bank_id", "digest", "content", "imported_at"),
    *("made_by", "made_by_name", "reason"),
)
_ADD_VERSIONS = BulkWrite(
    columns=[_VERSION.c[name] for name in _VERSION_COLUMNS],
    statement=lambda sent: _VERSION.insert().from_select(_VERSION_COLUMNS, select(*sent.c)),
)

_AT_ONCE = 500
"""How many ids one query names; SQLite and PostgreSQL both have a limit far above it."""


def bank(session: Session, bank_id: str, *, lock: bool = False) -> Bank | None:
    """Return one bank; with `lock`, no other import changes it before this transaction ends."""
    query = select(BankRow).where(col(BankRow.id) == bank_id)
    if lock:  # and as it stands now, whatever this transaction has read of it before
        query = query.with_for_update().execution_options(populate_existing=True)
    row = session.exec(query).one_or_none()
    return None if row is None else _bank_of(row)


def banks(session: Session) -> list[Bank]:
    """Return all banks, by title."""
    query = select(BankRow).order_by(col(BankRow.title), col(BankRow.id))
    return [_bank_of(row) for row in session.exec(query).all()]


def save_bank(session: Session, saved: Bank, now: datetime, *, is_new: bool) -> None:
    """Insert a bank, or write its words anew."""
    values = {
        **{name: getattr(saved, name) for name in ("title", "description", "language")},
        "licence": saved.licence,
        "provenance": saved.provenance,
        "areas": [asdict(area) for area in saved.areas],
        "levels": [asdict(level) for level in saved.levels],
        "imported_at": now,
    }
    if is_new:
        session.execute(insert(BankRow).values(id=saved.id, **values))
    else:
        session.execute(update(BankRow).where(col(BankRow.id) == saved.id).values(**values))


def derived_at(session: Session, bank_id: str) -> tuple[datetime | None, datetime | None]:
    """Return when the use of a bank's items was gathered, and when the bank was linted."""
    query = select(BankRow.usage_at, BankRow.linted_at).where(col(BankRow.id) == bank_id)
    found = session.exec(query).one()
    return found[0], found[1]


def latest_in(session: Session, bank_id: str) -> list[ItemVersion]:
    """Return the latest version of each item of a bank, by id."""
    newest = _newest(bank_id)
    query = select(ItemVersionRow).join(newest, _is(newest)).order_by(col(ItemVersionRow.item_id))
    return [version_of(row) for row in session.exec(query).all()]


def latest_among(session: Session, bank_id: str, item_ids: Collection[str]) -> list[ItemVersion]:
    """Return the latest version of the items of a bank that are named, by id."""
    found: list[ItemVersion] = []
    newest = _newest(bank_id)
    for some in in_parts(sorted(set(item_ids))):
        query = (
            select(ItemVersionRow)
            .join(newest, _is(newest))
            .where(col(ItemVersionRow.item_id).in_(some))
            .order_by(col(ItemVersionRow.item_id))
        )
        found.extend(version_of(row) for row in session.exec(query).all())
    return found


def n_versions(session: Session, bank_id: str) -> int:
    """Return how many versions the items of a bank have."""
    query = (
        select(func.count())
        .select_from(ItemVersionRow)
        .where(col(ItemVersionRow.bank_id) == bank_id)
    )
    return session.exec(query).one()


def latest_numbers(session: Session, bank_id: str) -> dict[str, int]:
    """Return the number of the latest version of each item of a bank, by id."""
    newest = _newest(bank_id)
    found = session.execute(select(newest.c.item_id, newest.c.version).order_by(newest.c.item_id))
    return {row[0]: row[1] for row in found}


def _newest(bank_id: str) -> Subquery:
    return (
        select(ItemVersionRow.item_id, func.max(ItemVersionRow.version).label("version"))
        .where(col(ItemVersionRow.bank_id) == bank_id)
        .group_by(col(ItemVersionRow.item_id))
        .subquery()
    )


def _is(newest: Subquery) -> ColumnElement[bool]:
    return (col(ItemVersionRow.item_id) == newest.c.item_id) & (
        col(ItemVersionRow.version) == newest.c.version
    )


def counts(session: Session) -> dict[str, int]:
    """Return how many items each bank has."""
    query = select(
        ItemVersionRow.bank_id, func.count(func.distinct(ItemVersionRow.item_id))
    ).group_by(col(ItemVersionRow.bank_id))
    return dict(session.exec(query).all())


def versions(session: Session, item_ids: Collection[str]) -> list[ItemVersion]:
    """Return every version of the items named, oldest first."""
    found: list[ItemVersion] = []
    for some in in_parts(sorted(set(item_ids))):
        query = (
            select(ItemVersionRow, BankRow.language)
            .join(BankRow, col(BankRow.id) == col(ItemVersionRow.bank_id))
            .where(col(ItemVersionRow.item_id).in_(some))
            .order_by(col(ItemVersionRow.item_id), col(ItemVersionRow.version))
        )
        found.extend(version_of(*row) for row in session.exec(query).all())
    return found


def add_versions(session: Session, added: Sequence[ItemVersion], now: datetime) -> None:
    """Insert item versions, all of them together."""
    owner = organisation_of(session)
    rows = [
        (
            owner,
            version.item_id,
            version.version,
            version.bank_id,
            version.digest,
            json.dumps(dict(version.content)),
            now,
            *((None, None, None) if version.made is None else _made(version.made)),
        )
        for version in added
    ]
    if rows:
        _ADD_VERSIONS.run(session.connection(), rows)


def _made(made: Making) -> tuple[UUID, str, str]:
    return made.by, made.by_name, made.reason


def media_outline(session: Session, digest: str) -> MediaOutline | None:
    """Return what a file that items show or play is, and how long; it is not read."""
    row = session.execute(
        select(
            col(MediaFileRow.media_type), func.length(col(MediaFileRow.data)).label("n_bytes")
        ).where(col(MediaFileRow.digest) == digest)
    ).one_or_none()
    return None if row is None else MediaOutline(digest, row.media_type, row.n_bytes)


def media_piece(session: Session, digest: str, piece: range) -> bytes:
    """Return a piece of a file; the database reads no more than it has to."""
    cut = func.substr(col(MediaFileRow.data), piece.start + 1, len(piece))
    query = select(cut).where(col(MediaFileRow.digest) == digest)
    return bytes(session.execute(query).scalar_one())


def known_digests(session: Session, digests: Collection[str]) -> set[str]:
    """Return which of these pictures and recordings there are."""
    found: set[str] = set()
    for some in in_parts(sorted(set(digests))):
        query = select(MediaFileRow.digest).where(col(MediaFileRow.digest).in_(some))
        found.update(session.exec(query).all())
    return found


def twin_of(session: Session, item_id: str) -> str | None:
    """Return an id of an item or a draft that differs at most in capital letters; None if none."""
    for row in (ItemVersionRow, ItemDraftRow):
        query = select(row.item_id).where(func.lower(row.item_id) == item_id.lower()).limit(1)
        found = session.exec(query).first()
        if found is not None:
            return found
    return None


def media_files(session: Session, digests: Collection[str]) -> dict[str, MediaFile]:
    """Return the files named that items show or play, by digest."""
    found: dict[str, MediaFile] = {}
    for some in in_parts(sorted(set(digests))):
        query = select(MediaFileRow).where(col(MediaFileRow.digest).in_(some))
        found.update(
            {
                row.digest: MediaFile(row.digest, row.media_type, row.data, row.seconds)
                for row in session.exec(query).all()
            }
        )
    return found


def media_seconds(session: Session, digests: Collection[str]) -> dict[str, float | None]:
    """Return how long files take as it is stored, by digest; they are not read."""
    found: dict[str, float | None] = {}
    for some in in_parts(sorted(set(digests))):
        query = select(MediaFileRow.digest, MediaFileRow.seconds)
        found.update(session.exec(query.where(col(MediaFileRow.digest).in_(some))).all())
    return found


def add_media_files(session: Session, added: Iterable[MediaFile]) -> None:
    """Insert the pictures and recordings that are not there yet."""
    by_digest = {one.digest: one for one in added}
    known = known_digests(session, by_digest)
    rows = [asdict(one) for digest, one in by_digest.items() if digest not in known]
    if rows:
        session.execute(insert(MediaFileRow), rows)


def add_parameters(session: Session, adopted: AdoptedParameters) -> None:
    """Insert adopted parameters, and seal them."""
    values = {**asdict(adopted), "body": dict(adopted.body)}
    session.execute(insert(AdoptedParametersRow).values(**values))
    ledger.append(session, ADOPTIONS, [values])


def parameters(session: Session, parameters_id: UUID) -> AdoptedParameters | None:
    """Return one set of adopted parameters."""
    row = session.get(AdoptedParametersRow, parameters_id)
    return None if row is None else AdoptedParameters(**row.model_dump())


def adoptions_in(session: Session, bank_id: str, *, most: int) -> list[AdoptionInShort]:
    """Return the parameters adopted for a bank in short, newest first; the database counts."""
    row = AdoptedParametersRow
    items = col(row.body)["items"]
    counted = (
        func.json_array_length(items)
        if session.get_bind().dialect.name == "sqlite"
        else func.jsonb_array_length(items)
    )
    query = (
        select(  # type: ignore[call-overload]
            row.id,
            row.digest,
            row.adopted_at,
            row.reason,
            col(row.body)["model"].as_string(),
            counted,
            col(row.body)["n_persons"].as_integer(),
            row.elsewhere_id,
            col(row.body)["simulated"].as_boolean(),
        )
        .where(col(row.bank_id) == bank_id)
        .order_by(col(row.adopted_at).desc(), col(row.id).desc())
        .limit(most)
    )
    return [AdoptionInShort(*one) for one in session.exec(query).all()]


def parameters_in(
    session: Session, bank_id: str, *, most: int | None = None
) -> list[AdoptedParameters]:
    """Return the parameters adopted for a bank, newest first; at most so many."""
    query = (
        select(AdoptedParametersRow)
        .where(col(AdoptedParametersRow.bank_id) == bank_id)
        .order_by(col(AdoptedParametersRow.adopted_at).desc(), col(AdoptedParametersRow.id).desc())
        .limit(most)
    )
    return [AdoptedParameters(**row.model_dump()) for row in session.exec(query).all()]


def in_parts(ids: Sequence[T]) -> Iterable[Sequence[T]]:
    """Return parts of a list, each short enough for one query."""
    return (ids[start : start + _AT_ONCE] for start in range(0, len(ids), _AT_ONCE))


def _bank_of(row: BankRow) -> Bank:
    return Bank(
        id=row.id,
        title=row.title,
        description=row.description,
        language=row.language,
        licence=row.licence,
        provenance=row.provenance,
        areas=tuple(Area(**area) for area in row.areas),
        levels=tuple(Level(**level) for level in row.levels),
    )


def version_of(row: ItemVersionRow, language: str = "") -> ItemVersion:
    """Return the item version that a row holds."""
    made = None
    if row.made_by is not None:
        made = Making(row.made_by, row.made_by_name or "", row.reason or "")
    return stored_version(row.bank_id, row.content, row.digest, row.imported_at, language, made)
