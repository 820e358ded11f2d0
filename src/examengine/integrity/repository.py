"""Reads and writes of clearance rulings; no decision is taken here."""

from collections.abc import Collection, Sequence
from uuid import UUID

import sqlalchemy
from sqlalchemy import func, insert, tuple_
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from examengine import ledger
from examengine.integrity.errors import ClearanceMoved
from examengine.integrity.rules import Clearance, ListedRuling
from examengine.integrity.tables import CLEARANCES, ClearanceRow


def rulings_on(session: Session, subject_id: UUID) -> list[Clearance]:
    """Return every ruling about one attempt, the oldest first."""
    query = (
        select(ClearanceRow)
        .where(col(ClearanceRow.subject_id) == subject_id)
        .order_by(col(ClearanceRow.version))
    )
    return [clearance_of(row) for row in session.exec(query).all()]


def rulings_on_each(session: Session, subject_ids: Sequence[UUID]) -> dict[UUID, list[Clearance]]:
    """Return every ruling about each of these attempts, the oldest first, in one query."""
    found: dict[UUID, list[Clearance]] = {subject_id: [] for subject_id in subject_ids}
    query = (
        select(ClearanceRow)
        .where(col(ClearanceRow.subject_id).in_(subject_ids))
        .order_by(col(ClearanceRow.version))
    )
    for row in session.exec(query).all():
        found[row.subject_id].append(clearance_of(row))
    return found


def ruling(session: Session, clearance_id: UUID) -> Clearance | None:
    """Return one ruling."""
    query = select(ClearanceRow).where(col(ClearanceRow.id) == clearance_id)
    row = session.exec(query).one_or_none()
    return None if row is None else clearance_of(row)


def newest_of(session: Session, administration_id: UUID) -> dict[UUID, Clearance]:
    """Return the newest ruling about each attempt of an administration, by subject."""
    newest = (
        select(ClearanceRow.subject_id, func.max(ClearanceRow.version))
        .where(col(ClearanceRow.administration_id) == administration_id)
        .group_by(col(ClearanceRow.subject_id))
    )
    key = tuple_(col(ClearanceRow.subject_id), col(ClearanceRow.version))
    query = select(ClearanceRow).where(key.in_(newest))
    return {row.subject_id: clearance_of(row) for row in session.exec(query).all()}


def listed(session: Session, administration_id: UUID) -> dict[UUID, ListedRuling]:
    """Return the newest ruling about each attempt as lists show it, by subject."""
    newest = (
        select(ClearanceRow.subject_id, func.max(ClearanceRow.version).label("version"))
        .where(col(ClearanceRow.administration_id) == administration_id)
        .group_by(col(ClearanceRow.subject_id))
        .subquery()
    )
    query = sqlalchemy.select(
        col(ClearanceRow.subject_id),
        col(ClearanceRow.state),
        col(ClearanceRow.by),
        col(ClearanceRow.by_id).is_(None),
        col(ClearanceRow.digest),
    ).join(
        newest,
        (newest.c.subject_id == col(ClearanceRow.subject_id))
        & (newest.c.version == col(ClearanceRow.version)),
    )
    return {row[0]: ListedRuling(*row[1:]) for row in session.execute(query)}


def voided(session: Session, administration_ids: Collection[UUID]) -> dict[UUID, frozenset[UUID]]:
    """Return the subjects whose newest ruling declares them void, by administration."""
    among = col(ClearanceRow.administration_id).in_(administration_ids)
    newest = (
        select(ClearanceRow.subject_id, func.max(ClearanceRow.version))
        .where(among)
        .group_by(col(ClearanceRow.subject_id))
    )
    key = tuple_(col(ClearanceRow.subject_id), col(ClearanceRow.version))
    query = select(ClearanceRow.administration_id, ClearanceRow.subject_id).where(
        among, col(ClearanceRow.state) == "voided", key.in_(newest)
    )
    found: dict[UUID, set[UUID]] = {one: set() for one in administration_ids}
    for administration_id, subject_id in session.exec(query):
        found[administration_id].add(subject_id)
    return {one: frozenset(subjects) for one, subjects in found.items()}


def ruling_counts(session: Session, administration_ids: Collection[UUID]) -> dict[UUID, int]:
    """Return how many rulings there are of each of these administrations that has any."""
    query = (
        select(ClearanceRow.administration_id, func.count())
        .where(col(ClearanceRow.administration_id).in_(administration_ids))
        .group_by(col(ClearanceRow.administration_id))
    )
    return dict(session.exec(query).all())


def newest_digests(
    session: Session, administration_id: UUID, among: Collection[UUID] | None
) -> dict[UUID, str]:
    """Return the digest of the newest ruling about each attempt, by subject."""
    newest = select(ClearanceRow.subject_id, func.max(ClearanceRow.version).label("version")).where(
        col(ClearanceRow.administration_id) == administration_id
    )
    if among is not None:
        newest = newest.where(col(ClearanceRow.subject_id).in_(among))
    versions = newest.group_by(col(ClearanceRow.subject_id)).subquery()
    query = select(ClearanceRow.subject_id, ClearanceRow.digest).join(
        versions,
        (versions.c.subject_id == col(ClearanceRow.subject_id))
        & (versions.c.version == col(ClearanceRow.version)),
    )
    return dict(session.exec(query).all())


def append(session: Session, rulings: Sequence[Clearance]) -> None:
    """Insert rulings, and seal them.

    Raises:
        ClearanceMoved: Somebody ruled on one of the attempts at the same moment.
    """
    if not rulings:
        return
    # The columns of the row are the fields of the value.
    rows = [{name: getattr(one, name) for name in one.__slots__} for one in rulings]
    try:
        session.execute(insert(ClearanceRow), rows)
    except IntegrityError as lost:
        raise ClearanceMoved from lost
    ledger.append(session, CLEARANCES, rows)


def clearance_of(row: ClearanceRow) -> Clearance:
    """Return a row as the rest of the program sees it."""
    return Clearance(
        id=row.id,
        administration_id=row.administration_id,
        subject_id=row.subject_id,
        version=row.version,
        response_record_id=row.response_record_id,
        response_record_digest=row.response_record_digest,
        state=row.state,  # type: ignore[arg-type]  # written from `State` only
        reason=row.reason,
        by=row.by,
        by_id=row.by_id,
        at=row.at,
        log_intact=row.log_intact,
        signals=row.signals,
        digest=row.digest,
    )
