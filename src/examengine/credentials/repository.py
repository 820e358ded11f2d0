"""Reads and writes of the credential tables; no decision is taken here."""

from dataclasses import asdict
from uuid import UUID

from sqlalchemy import ScalarSelect, func, insert, update
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import Select

from examengine.credentials.awards import Holding, IssuedCredential, Revocation
from examengine.credentials.tables import (
    CredentialRevocationRow,
    CredentialRow,
    CredentialVersionRow,
)

Found = tuple[CredentialRow, CredentialVersionRow, CredentialRevocationRow | None]


def add_holding(session: Session, holding: Holding) -> None:
    """Insert what stays the same of a credential."""
    values = asdict(holding)
    session.execute(insert(CredentialRow).values(id=values.pop("credential_id"), **values))


def add_version(session: Session, credential: IssuedCredential) -> None:
    """Append a signed version."""
    session.execute(
        insert(CredentialVersionRow).values(
            credential_id=credential.id,
            version=credential.version,
            decision_id=credential.decision_id,
            decision_digest=credential.decision_digest,
            document=credential.document.decode("utf-8"),
            digest=credential.digest,
            key_id=credential.key_id,
            issued_at=credential.issued_at,
        )
    )


def add_revocation(session: Session, revocation: Revocation) -> None:
    """Append a revocation."""
    session.execute(insert(CredentialRevocationRow).values(**asdict(revocation)))


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


def newest_for(session: Session, response_record_id: UUID) -> IssuedCredential | None:
    """Return the newest version of the credential for these responses."""
    wanted = col(CredentialRow.response_record_id) == response_record_id
    found = session.exec(_newest().where(wanted)).one_or_none()
    return None if found is None else _credential(found)


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


def standings(session: Session, administration_id: UUID) -> dict[UUID, tuple[UUID, bool]]:
    """Return, by response record, which decision its credential states and whether it ended."""
    query = (
        _newest()
        .where(col(CredentialRow.administration_id) == administration_id)
        .with_only_columns(
            col(CredentialRow.response_record_id),
            col(CredentialVersionRow.decision_id),
            col(CredentialRevocationRow.credential_id),
        )
    )
    return {
        record_id: (decision_id, revoked is not None)
        for record_id, decision_id, revoked in session.execute(query).all()
    }


def newest_list(session: Session) -> int:
    """Return the number of the newest status list, at least 1."""
    return session.exec(select(func.max(CredentialRow.list_number))).one() or 1


def count_in_list(session: Session, list_number: int) -> int:
    """Return how many places of a status list are taken."""
    query = select(func.count()).select_from(CredentialRow)
    return session.exec(query.where(col(CredentialRow.list_number) == list_number)).one()


def is_taken(session: Session, list_number: int, index: int) -> bool:
    """Tell whether a place of a status list is taken."""
    query = select(CredentialRow.id).where(
        col(CredentialRow.list_number) == list_number, col(CredentialRow.list_index) == index
    )
    return session.exec(query).first() is not None


def revoked_indexes(session: Session, list_number: int) -> list[int]:
    """Return the places of a status list whose credentials are revoked."""
    query = (
        select(CredentialRow.list_index)
        .join(
            CredentialRevocationRow,
            col(CredentialRevocationRow.credential_id) == col(CredentialRow.id),
        )
        .where(col(CredentialRow.list_number) == list_number)
    )
    return list(session.exec(query).all())


def _newest() -> Select[CredentialRow, CredentialVersionRow, CredentialRevocationRow]:
    newest_version = _newest_version()
    return (
        select(CredentialRow, CredentialVersionRow, CredentialRevocationRow)
        .join(
            CredentialVersionRow,
            (col(CredentialVersionRow.credential_id) == col(CredentialRow.id))
            & (col(CredentialVersionRow.version) == newest_version),
        )
        .join(
            CredentialRevocationRow,
            col(CredentialRevocationRow.credential_id) == col(CredentialRow.id),
            isouter=True,
        )
    )


def _newest_version() -> ScalarSelect[int]:
    return (
        select(func.max(CredentialVersionRow.version))
        .where(col(CredentialVersionRow.credential_id) == col(CredentialRow.id))
        .correlate(CredentialRow)
        .scalar_subquery()
    )


def _credential(found: Found) -> IssuedCredential:
    row, version, revocation = found
    return IssuedCredential(
        holding=Holding(credential_id=row.id, **row.model_dump(exclude={"id"})),
        version=version.version,
        decision_id=version.decision_id,
        decision_digest=version.decision_digest,
        document=version.document.encode("utf-8"),
        digest=version.digest,
        key_id=version.key_id,
        issued_at=version.issued_at,
        revocation=_revocation(revocation),
    )


def _revocation(row: CredentialRevocationRow | None) -> Revocation | None:
    return None if row is None else Revocation(row.credential_id, row.at, row.by, row.reason)
