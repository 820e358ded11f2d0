"""Reads and writes of calibrations from elsewhere; no decision is taken here."""

import gzip
from dataclasses import asdict
from uuid import UUID

from sqlalchemy import insert
from sqlalchemy.orm import defer
from sqlmodel import Session, col, select

from examengine import ledger
from examengine.calibration.elsewhere import (
    CalibrationElsewhere,
    CalibrationSource,
    report_body,
    report_of,
    scale_body,
    scale_of,
)
from examengine.calibration.tables import ELSEWHERE, CalibrationElsewhereRow


def add(session: Session, found: CalibrationElsewhere) -> None:
    """Insert a calibration from elsewhere, and seal it."""
    values = {
        "id": found.id,
        "bank_id": found.bank_id,
        "title": found.title,
        "source": asdict(found.source),
        "scale": scale_body(found.scale),
        "body": dict(found.body),
        "report": report_body(found.items, found.warnings),
        "file": gzip.compress(found.file, mtime=0),
        "brought_by": found.brought_by,
        "brought_at": found.brought_at,
        "digest": found.digest,
    }
    session.execute(insert(CalibrationElsewhereRow).values(**values))
    ledger.append(session, ELSEWHERE, [values])


def one(session: Session, elsewhere_id: UUID) -> CalibrationElsewhere | None:
    """Return one calibration from elsewhere."""
    row = session.get(CalibrationElsewhereRow, elsewhere_id)
    if row is None:
        return None
    items, warnings = report_of(row.report)
    return CalibrationElsewhere(
        id=row.id,
        bank_id=row.bank_id,
        title=row.title,
        source=CalibrationSource(**row.source),
        scale=scale_of(row.scale),
        body=row.body,
        items=items,
        warnings=warnings,
        file=gzip.decompress(row.file),
        brought_by=row.brought_by,
        brought_at=row.brought_at,
        digest=row.digest,
    )


def in_short(session: Session, bank_id: str, *, most: int) -> list[CalibrationElsewhere]:
    """Return the calibrations that were brought for a bank, newest first, without what is large."""
    row = CalibrationElsewhereRow
    large = (row.body, row.report, row.file)
    query = (
        select(row)
        .options(*(defer(one) for one in large))  # type: ignore[arg-type]
        .where(col(row.bank_id) == bank_id)
        .order_by(col(row.brought_at).desc(), col(row.id).desc())
        .limit(most)
    )
    return [
        CalibrationElsewhere(
            id=found.id,
            bank_id=found.bank_id,
            title=found.title,
            source=CalibrationSource(**found.source),
            scale=scale_of(found.scale),
            body={},
            items=(),
            warnings=(),
            file=b"",
            brought_by=found.brought_by,
            brought_at=found.brought_at,
            digest=found.digest,
        )
        for found in session.exec(query).all()
    ]
