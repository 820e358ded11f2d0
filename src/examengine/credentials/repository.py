"""Reads and writes of the credential tables; no decision is taken here."""

from collections.abc import Collection, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ScalarSelect, func, insert, update
from sqlalchemy import select as core_select
from sqlalchemy.orm import aliased
from sqlmodel import Session, SQLModel, col, select
from sqlmodel.sql.expression import Select

from examengine import ledger
from examengine.credentials.issued_credential import (
    Ground,
    Held,
    Holding,
    IssuedCredential,
    Replacement,
    Revocation,
)
from examengine.credentials.tables import (
    HOLDINGS,
    REPLACEMENTS,
    REVOCATIONS,
    VERSIONS,
    CredentialReplacementRow,
    CredentialRevocationRow,
    CredentialRow,
    CredentialVersionRow,
)

Found = tuple[
    CredentialRow,
    CredentialVersionRow,
    CredentialRevocationRow | None,
    CredentialReplacementRow | None,
]


def add_holdings(session: Session, holdings: Sequence[Holding]) -> None:
    """Insert what stays the same of credentials, and seal it."""
    rows = [asdict(holding) for holding in holdings]
    if rows:
        named = [{"id": row.pop("credential_id"), **row} for row in rows]
        session.execute(insert(CredentialRow), named)
        ledger.append(session, HOLDINGS, named)


def add_versions(session: Session, versions: Sequence[IssuedCredential]) -> None:
    """Append signed versions, and seal them."""
    rows = [
        {
            "credential_id": credential.id,
            "version": credential.version,
            "decision_id": credential.decision_id,
            "decision_digest": credential.decision_digest,
            "document": credential.document.decode("utf-8"),
            "digest": credential.digest,
            "key_id": credential.key_id,
            "issued_at": credential.issued_at,
        }
        for credential in versions
    ]
    if rows:
        session.execute(insert(CredentialVersionRow), rows)
        ledger.append(session, VERSIONS, rows)


def add_revocations(session: Session, revocations: Sequence[Revocation]) -> None:
    """Append revocations, and seal them."""
    rows = [
        {
            "credential_id": one.credential_id,
            "at": one.at,
            "by": one.by,
            "reason": one.reason,
            "ground": one.ground.value,
        }
        for one in revocations
    ]
    if rows:
        session.execute(insert(CredentialRevocationRow), rows)
        ledger.append(session, REVOCATIONS, rows)


def add_replacement(session: Session, replacement: Replacement) -> None:
    """Append that a new credential may follow a revoked one, and seal it."""
    row = asdict(replacement)
    session.execute(insert(CredentialReplacementRow), [row])
    ledger.append(session, REPLACEMENTS, [row])


def signed_with(session: Session, key_id: str) -> IssuedCredential | None:
    """Return some version that a key signed, for a look at its signature."""
    query = _versions().where(col(CredentialVersionRow.key_id) == key_id).limit(1)
    found = session.exec(query).first()
    return None if found is None else _credential(found)


def set_shown(session: Session, credential_id: UUID, *, public: bool, name_shown: bool) -> None:
    """Change what the holder shows."""
    session.execute(
        update(CredentialRow)
        .where(col(CredentialRow.id) == credential_id)
        .values(public=public, name_shown=name_shown)
    )


def newest(session: Session, credential_id: UUID) -> IssuedCredential | None:
    """Return the newest version of a credential."""
    found = session.exec(_newest().where(col(CredentialRow.id) == credential_id)).one_or_none()
    return None if found is None else _credential(found)


def newest_of(session: Session, credential_ids: Collection[UUID]) -> dict[UUID, IssuedCredential]:
    """Return the newest version of each of these credentials."""
    query = _newest().where(col(CredentialRow.id).in_(credential_ids))
    return {found[0].id: _credential(found) for found in session.exec(query).all()}


def newest_for(session: Session, response_record_id: UUID) -> IssuedCredential | None:
    """Return the newest version of the newest credential for these responses."""
    return newest_among(session, [response_record_id]).get(response_record_id)


def newest_among(
    session: Session, response_record_ids: Collection[UUID]
) -> dict[UUID, IssuedCredential]:
    """Return the newest version of the newest credential for each of these responses."""
    query = (
        _newest()
        .where(col(CredentialRow.response_record_id).in_(response_record_ids))
        .order_by(col(CredentialRow.ordinal))
    )
    return {found[0].response_record_id: _credential(found) for found in session.exec(query).all()}


def newest_marks(
    session: Session, response_record_ids: Collection[UUID]
) -> dict[UUID, tuple[int, int, bool]]:
    """Return, for each of these responses, its newest ordinal, version, and whether it ended."""
    query = (
        _newest()
        .where(col(CredentialRow.response_record_id).in_(response_record_ids))
        .with_only_columns(
            col(CredentialRow.response_record_id),
            col(CredentialRow.ordinal),
            col(CredentialVersionRow.version),
            col(CredentialRevocationRow.credential_id),
        )
        .order_by(col(CredentialRow.ordinal))
    )
    return {
        record: (ordinal, version, ended is not None)
        for record, ordinal, version, ended in session.execute(query).all()
    }


def version_with(session: Session, credential_id: UUID, proof_value: str) -> int | None:
    """Return which version of a credential carries this proof, or None."""
    query = select(CredentialVersionRow.version).where(
        col(CredentialVersionRow.credential_id) == credential_id,
        col(CredentialVersionRow.document).contains(
            f'"proofValue":"{proof_value}"', autoescape=True
        ),
    )
    return session.exec(query).first()


def versions_of(session: Session, credential_id: UUID, limit: int) -> list[tuple[int, datetime]]:
    """Return number and moment of the newest versions of a credential, the newest first."""
    query = (
        select(CredentialVersionRow.version, CredentialVersionRow.issued_at)
        .where(col(CredentialVersionRow.credential_id) == credential_id)
        .order_by(col(CredentialVersionRow.version).desc())
        .limit(limit)
    )
    return list(session.exec(query).all())


def of_person(session: Session, person_id: UUID) -> list[IssuedCredential]:
    """Return a person's credentials, newest first."""
    query = (
        _newest()
        .where(col(CredentialRow.person_id) == person_id)
        .order_by(col(CredentialRow.awarded_at).desc(), col(CredentialRow.id).desc())
    )
    return [_credential(found) for found in session.exec(query).all()]


def of_administration(
    session: Session, administration_id: UUID, *, limit: int, offset: int
) -> list[IssuedCredential]:
    """Return an administration's credentials, newest first."""
    query = (
        _newest()
        .where(col(CredentialRow.administration_id) == administration_id)
        .order_by(col(CredentialRow.awarded_at).desc(), col(CredentialRow.id).desc())
        .limit(limit)
        .offset(offset)
    )
    return [_credential(found) for found in session.exec(query).all()]


def held(session: Session, administration_id: UUID) -> list[Held]:
    """Return how each credential of an administration stands, the oldest of each record first."""
    query = (
        _newest()
        .where(col(CredentialRow.administration_id) == administration_id)
        .with_only_columns(
            col(CredentialRow.id),
            col(CredentialRow.response_record_id),
            col(CredentialRow.ordinal),
            col(CredentialVersionRow.version),
            col(CredentialVersionRow.decision_id),
            CredentialRevocationRow,
            CredentialReplacementRow,
        )
        .order_by(col(CredentialRow.ordinal))
    )
    found = session.execute(query).all()
    return [
        Held(credential_id, record_id, ordinal, version, decision_id, _revocation(ended, replaced))
        for credential_id, record_id, ordinal, version, decision_id, ended, replaced in found
    ]


def organisation_of(session: Session, credential_id: UUID) -> UUID | None:
    """Return the organisation that issued a credential, of all of the installation, or None."""
    issued = SQLModel.metadata.tables["credential"].c
    query = core_select(issued.organisation_id).where(issued.id == credential_id)
    found: UUID | None = session.connection().execute(query).scalar_one_or_none()
    return found


def stored_counts(
    session: Session, administration_ids: Collection[UUID]
) -> dict[UUID, tuple[int, ...]]:
    """Return how much is stored of the credentials of each of these administrations.

    That is: credentials with their versions, revocations, and leaves to replace one.
    """
    tables = CredentialVersionRow, CredentialRevocationRow, CredentialReplacementRow
    each = [_stored(session, table, administration_ids) for table in tables]
    return {one: tuple(found.get(one, 0) for found in each) for one in administration_ids}


def _stored(session: Session, table: Any, administration_ids: Collection[UUID]) -> dict[UUID, int]:
    query = (
        select(CredentialRow.administration_id, func.count())
        .join(table, table.credential_id == col(CredentialRow.id))
        .where(col(CredentialRow.administration_id).in_(administration_ids))
        .group_by(col(CredentialRow.administration_id))
    )
    return dict(session.exec(query).all())


def in_pages(
    session: Session, key_id: str, after: UUID | None, limit: int
) -> list[IssuedCredential]:
    """Return credentials in force whose newest version a key signed, by id, after one of them."""
    query = (
        _newest()
        .where(
            col(CredentialVersionRow.key_id) == key_id,
            col(CredentialRevocationRow.credential_id).is_(None),
        )
        .order_by(col(CredentialRow.id))
        .limit(limit)
    )
    if after is not None:
        query = query.where(col(CredentialRow.id) > after)
    return [_credential(found) for found in session.exec(query).all()]


def _newest() -> Select[
    CredentialRow, CredentialVersionRow, CredentialRevocationRow, CredentialReplacementRow
]:
    return _versions().where(col(CredentialVersionRow.version) == _newest_version())


def _versions() -> Select[
    CredentialRow, CredentialVersionRow, CredentialRevocationRow, CredentialReplacementRow
]:
    ended = col(CredentialRevocationRow.credential_id) == col(CredentialRow.id)
    replaced = col(CredentialReplacementRow.credential_id) == col(CredentialRow.id)
    return (
        select(
            CredentialRow, CredentialVersionRow, CredentialRevocationRow, CredentialReplacementRow
        )
        .join(
            CredentialVersionRow, col(CredentialVersionRow.credential_id) == col(CredentialRow.id)
        )
        .join(CredentialRevocationRow, ended, isouter=True)
        .join(CredentialReplacementRow, replaced, isouter=True)
    )


def _newest_version() -> ScalarSelect[int]:
    newest = aliased(CredentialVersionRow)
    return (
        select(func.max(newest.version))
        .where(col(newest.credential_id) == col(CredentialRow.id))
        .correlate(CredentialRow)
        .scalar_subquery()
    )


def _credential(found: Found) -> IssuedCredential:
    row, version, revocation, replacement = found
    return IssuedCredential(
        holding=Holding(credential_id=row.id, **row.model_dump(exclude={"id"})),
        version=version.version,
        decision_id=version.decision_id,
        decision_digest=version.decision_digest,
        document=version.document.encode("utf-8"),
        digest=version.digest,
        key_id=version.key_id,
        issued_at=version.issued_at,
        revocation=_revocation(revocation, replacement),
    )


def _revocation(
    row: CredentialRevocationRow | None, replacement: CredentialReplacementRow | None
) -> Revocation | None:
    if row is None:
        return None
    return Revocation(
        row.credential_id, row.at, row.by, row.reason, Ground(row.ground), replacement is not None
    )
