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

from examengine import ledger
from examengine.calibration.run_models import MODELS, RunModel
from examengine.calibration.runs import CalibrationRun
from examengine.calibration.tables import RUNS, CalibrationRunRow, SnapshotRow
from examengine.db import organisation_of
from examengine.marking import (
    MatrixOutline,
    ResponseMatrix,
    Scope,
    key_csv,
    matrix_body,
    raw_csv,
    scored_csv,
)


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

    @property
    def run_model(self) -> RunModel:
        """Return the model as runs offer it."""
        return MODELS[self.model]

    def made_of(self, matrix: MatrixOutline) -> bool:
        """Tell whether the run was made of these very responses, by their digest or former one."""
        return made_of(self.snapshot_digest, matrix)


def made_of(snapshot_digest: str, matrix: MatrixOutline) -> bool:
    """Tell whether a digest names these very responses: theirs, or the one they had before."""
    return snapshot_digest in {matrix.digest, matrix.former_digest} - {""}


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


def add_snapshot(session: Session, matrix: ResponseMatrix, now: datetime) -> None:
    """Insert a response matrix with its files."""
    session.execute(
        insert(SnapshotRow).values(
            digest=matrix.digest,
            bank_id=matrix.bank_id,
            body=matrix_body(matrix),
            scored=gzip.compress(scored_csv(matrix), mtime=0),
            raw=gzip.compress(raw_csv(matrix), mtime=0),
            key=gzip.compress(key_csv(matrix), mtime=0),
            taken_at=now,
        )
    )


def snapshot_files(session: Session, digest: str) -> SnapshotFiles | None:
    """Return the files of a snapshot."""
    row = session.get(SnapshotRow, (organisation_of(session), digest))
    if row is None:
        return None
    return SnapshotFiles(*(gzip.decompress(part) for part in (row.scored, row.raw, row.key)))


def add_run(session: Session, run: CalibrationRun) -> None:
    """Insert a run, and seal it."""
    values = {
        "id": run.id,
        "snapshot_digest": run.snapshot_digest,
        "administration_ids": [str(one) for one in run.administration_ids],
        "bank_id": run.bank_id,
        "scope": run.scope.value,
        "model": run.model,
        "estimator": run.estimator,
        "settings": dict(run.settings),
        "summary": {
            name: run.body.get(name)
            for name in ("n_persons", "n_items", "log_likelihood", "converged", "gradient_max")
        },
        "body": dict(run.body),
        "statistics": dict(run.statistics),
        "result_digest": run.result_digest,
        "code_version": run.code_version,
        "ran_by": run.ran_by,
        "ran_at": run.ran_at,
        "digest": run.digest,
    }
    session.execute(insert(CalibrationRunRow).values(**values))
    ledger.append(session, RUNS, [values])


def run(session: Session, run_id: UUID) -> CalibrationRun | None:
    """Return one run."""
    row = session.get(CalibrationRunRow, run_id)
    return None if row is None else _run(row)


def sources_of_run(session: Session, run_id: UUID) -> tuple[UUID, ...]:
    """Return the administrations whose answers a run used; none where there is no such run."""
    query = select(CalibrationRunRow.administration_ids).where(col(CalibrationRunRow.id) == run_id)
    return tuple(UUID(one) for one in session.exec(query).one_or_none() or ())


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
