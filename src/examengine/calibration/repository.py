"""Reads and writes of snapshots and runs; no decision is taken here."""

import gzip
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import insert
from sqlalchemy.orm import load_only
from sqlmodel import Session, col, select

from examengine.calibration.runs import CalibrationRun
from examengine.calibration.snapshot import (
    Scope,
    Snapshot,
    key_csv,
    raw_csv,
    scored_csv,
    snapshot_body,
)
from examengine.calibration.tables import CalibrationRunRow, SnapshotRow


@dataclass(frozen=True, slots=True)
class RunSummary:
    """What a list shows of a run."""

    id: UUID
    administration_ids: tuple[UUID, ...]
    scope: Scope
    model: str
    estimator: str
    snapshot_digest: str
    figures: Mapping[str, Any]
    """n_persons, n_items, log_likelihood, converged, gradient_max."""
    ran_at: datetime


@dataclass(frozen=True, slots=True)
class SnapshotFiles:
    """The files of a snapshot, as the commands read them."""

    scored: bytes
    raw: bytes
    key: bytes


def has_snapshot(session: Session, digest: str) -> bool:
    """Tell whether a snapshot is stored."""
    query = select(SnapshotRow.digest).where(col(SnapshotRow.digest) == digest)
    return session.exec(query).first() is not None


def add_snapshot(session: Session, snapshot: Snapshot, now: datetime) -> None:
    """Insert a snapshot with its files."""
    session.execute(
        insert(SnapshotRow).values(
            digest=snapshot.digest,
            bank_id=snapshot.bank_id,
            body=snapshot_body(snapshot),
            scored=gzip.compress(scored_csv(snapshot), mtime=0),
            raw=gzip.compress(raw_csv(snapshot), mtime=0),
            key=gzip.compress(key_csv(snapshot), mtime=0),
            taken_at=now,
        )
    )


def snapshot_files(session: Session, digest: str) -> SnapshotFiles | None:
    """Return the files of a snapshot."""
    row = session.get(SnapshotRow, digest)
    if row is None:
        return None
    return SnapshotFiles(*(gzip.decompress(part) for part in (row.scored, row.raw, row.key)))


def add_run(session: Session, run: CalibrationRun) -> None:
    """Insert a run."""
    session.execute(
        insert(CalibrationRunRow).values(
            id=run.id,
            snapshot_digest=run.snapshot_digest,
            administration_ids=[str(one) for one in run.administration_ids],
            bank_id=run.bank_id,
            scope=run.scope.value,
            model=run.model,
            estimator=run.estimator,
            settings=dict(run.settings),
            summary={
                name: run.body.get(name)
                for name in ("n_persons", "n_items", "log_likelihood", "converged", "gradient_max")
            },
            body=dict(run.body),
            statistics=dict(run.statistics),
            result_digest=run.result_digest,
            code_version=run.code_version,
            ran_by=run.ran_by,
            ran_at=run.ran_at,
            digest=run.digest,
        )
    )


def run(session: Session, run_id: UUID) -> CalibrationRun | None:
    """Return one run."""
    row = session.get(CalibrationRunRow, run_id)
    return None if row is None else _run(row)


def run_summaries(session: Session) -> list[RunSummary]:
    """Return all runs, the newest first, without what is large."""
    row = CalibrationRunRow
    newest = (col(row.ran_at).desc(), col(row.id).desc())
    small = (row.id, row.administration_ids, row.scope, row.model, row.estimator)
    rest = (row.snapshot_digest, row.summary, row.ran_at)
    query = select(row).options(load_only(*small, *rest)).order_by(*newest)  # type: ignore[arg-type]
    return [
        RunSummary(
            id=one.id,
            administration_ids=tuple(UUID(each) for each in one.administration_ids),
            scope=Scope(one.scope),
            model=one.model,
            estimator=one.estimator,
            snapshot_digest=one.snapshot_digest,
            figures=one.summary,
            ran_at=one.ran_at,
        )
        for one in session.exec(query).all()
    ]


def _run(row: CalibrationRunRow) -> CalibrationRun:
    return CalibrationRun(
        id=row.id,
        administration_ids=tuple(UUID(one) for one in row.administration_ids),
        bank_id=row.bank_id,
        scope=Scope(row.scope),
        snapshot_digest=row.snapshot_digest,
        model=row.model,
        estimator=row.estimator,
        settings=row.settings,
        body=row.body,
        statistics=row.statistics,
        result_digest=row.result_digest,
        code_version=row.code_version,
        ran_by=row.ran_by,
        ran_at=row.ran_at,
        digest=row.digest,
    )
