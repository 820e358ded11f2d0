"""Reads and writes of score records and decisions; no decision is taken here."""

from collections.abc import Iterable, Sequence
from typing import Any, TypeVar, cast
from uuid import UUID

from sqlalchemy import func, insert, tuple_
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, SQLModel, col, select

from examengine.scoring.decision import Basis, Decision, Standing
from examengine.scoring.errors import ScoringMoved
from examengine.scoring.score_record import Inputs, Prior, Scored, ScoreRecord
from examengine.scoring.tables import DecisionRow, ScoreRecordRow

Row = TypeVar("Row", ScoreRecordRow, DecisionRow)


def add_scores(session: Session, records: Sequence[ScoreRecord]) -> None:
    """Insert score records.

    Raises:
        ScoringMoved: Somebody scored the same responses at the same moment.
    """
    _insert(session, ScoreRecordRow, (_score_values(record) for record in records))


def add_decisions(session: Session, decisions: Sequence[Decision]) -> None:
    """Insert decisions.

    Raises:
        ScoringMoved: Somebody decided about the same responses at the same moment.
    """
    _insert(session, DecisionRow, (_decision_values(decision) for decision in decisions))


def score(session: Session, score_record_id: UUID) -> ScoreRecord | None:
    """Return one score record."""
    row = session.get(ScoreRecordRow, score_record_id)
    return None if row is None else _score(row)


def newest_scores(session: Session, administration_id: UUID) -> dict[UUID, ScoreRecord]:
    """Return the newest score of each response record of an administration."""
    found = _newest(session, ScoreRecordRow, administration_id=administration_id)
    return {row.response_record_id: _score(row) for row in found}


def newest_score(session: Session, response_record_id: UUID) -> ScoreRecord | None:
    """Return the newest score of one response record."""
    found = _newest(session, ScoreRecordRow, response_record_id=response_record_id)
    return next(map(_score, found), None)


def decision(session: Session, decision_id: UUID) -> Decision | None:
    """Return one decision."""
    row = session.get(DecisionRow, decision_id)
    return None if row is None else _decision(row)


def newest_decisions(session: Session, administration_id: UUID) -> dict[UUID, Decision]:
    """Return the newest decision about each response record of an administration."""
    found = _newest(session, DecisionRow, administration_id=administration_id)
    return {row.response_record_id: _decision(row) for row in found}


def newest_decision(session: Session, response_record_id: UUID) -> Decision | None:
    """Return the newest decision about one response record."""
    found = _newest(session, DecisionRow, response_record_id=response_record_id)
    return next(map(_decision, found), None)


def decision_on_score(session: Session, score_record_id: UUID) -> Decision | None:
    """Return the newest decision that rests on one score record."""
    query = (
        select(DecisionRow)
        .where(col(DecisionRow.score_record_id) == score_record_id)
        .order_by(col(DecisionRow.version).desc())
        .limit(1)
    )
    row = session.exec(query).one_or_none()
    return None if row is None else _decision(row)


def _how_many(session: Session, table: Any) -> dict[UUID, int]:
    """Return how many response records of each administration have rows in a table."""
    query = select(
        table.administration_id, func.count(func.distinct(table.response_record_id))
    ).group_by(table.administration_id)
    return dict(session.exec(query).all())


def scored_and_decided(session: Session) -> dict[UUID, tuple[int, int]]:
    """Return, for each administration, how many are scored and how many decided."""
    scored, decided = _how_many(session, ScoreRecordRow), _how_many(session, DecisionRow)
    return {found: (scored[found], decided.get(found, 0)) for found in scored}


def _insert(session: Session, table: type[SQLModel], values: Iterable[dict[str, Any]]) -> None:
    rows = list(values)
    if not rows:
        return
    try:
        session.execute(insert(table), rows)
    except IntegrityError as lost:
        raise ScoringMoved from lost


def _newest(session: Session, table: type[Row], **which: UUID) -> Sequence[Row]:
    """Return the newest version of each response record's rows where columns hold these ids."""
    columns: Any = table
    conditions = [getattr(columns, name) == value for name, value in which.items()]
    newest = (
        select(columns.response_record_id, func.max(columns.version))
        .where(*conditions)
        .group_by(columns.response_record_id)
    )
    versions = tuple_(columns.response_record_id, columns.version)
    return session.exec(select(table).where(versions.in_(newest))).all()


def _score_values(record: ScoreRecord) -> dict[str, Any]:
    inputs, scored = record.inputs, record.scored
    return {
        "id": record.id,
        "version": record.version,
        "administration_id": record.administration_id,
        "attempt_id": record.attempt_id,
        "person_id": record.person_id,
        "candidate": record.candidate,
        "response_record_id": inputs.response_record_id,
        "response_record_digest": inputs.response_record_digest,
        "form_id": inputs.form_id,
        "form_digest": inputs.form_digest,
        "exam_id": inputs.exam_id,
        "exam_digest": inputs.exam_digest,
        "parameters_id": inputs.parameters_id,
        "parameters_digest": inputs.parameters_digest,
        "model": inputs.model,
        "estimator": inputs.estimator,
        "prior": inputs.prior.body(),
        "item_scores": dict(scored.item_scores),
        "raw_score": scored.raw_score,
        "max_raw_score": scored.max_raw_score,
        "theta": scored.theta,
        "se": scored.se,
        "scale_score": scored.scale_score,
        "code_version": record.code_version,
        "scored_at": record.scored_at,
        "digest": record.digest,
    }


def _score(row: ScoreRecordRow) -> ScoreRecord:
    low, high = row.prior["range"]
    prior = Prior(row.prior["mean"], row.prior["sd"], row.prior["points"], low, high)
    inputs = Inputs(
        response_record_id=row.response_record_id,
        response_record_digest=row.response_record_digest,
        form_id=row.form_id,
        form_digest=row.form_digest,
        exam_id=row.exam_id,
        exam_digest=row.exam_digest,
        parameters_id=row.parameters_id,
        parameters_digest=row.parameters_digest,
        model=row.model,
        estimator=row.estimator,
        prior=prior,
    )
    scored = Scored(
        row.item_scores, row.raw_score, row.max_raw_score, row.theta, row.se, row.scale_score
    )
    return ScoreRecord(
        id=row.id,
        version=row.version,
        administration_id=row.administration_id,
        attempt_id=row.attempt_id,
        person_id=row.person_id,
        candidate=row.candidate,
        inputs=inputs,
        scored=scored,
        code_version=row.code_version,
        scored_at=row.scored_at,
        digest=row.digest,
    )


def _decision_values(value: Decision) -> dict[str, Any]:
    basis = value.basis
    return {
        "id": value.id,
        "version": value.version,
        "administration_id": value.administration_id,
        "response_record_id": value.response_record_id,
        "attempt_id": value.attempt_id,
        "person_id": value.person_id,
        "exam_id": value.exam_id,
        "score_record_id": basis.score_record_id,
        "score_record_digest": basis.score_record_digest,
        "cut_score_id": basis.cut_score_id,
        "cut_score_digest": basis.cut_score_digest,
        "clearance": basis.clearance,
        "clearance_id": basis.clearance_id,
        "clearance_digest": basis.clearance_digest,
        "scale_score": value.scale_score,
        "scale_cut": value.scale_cut,
        "passed": value.passed,
        "decided_by": value.decided_by,
        "decided_at": value.decided_at,
        "digest": value.digest,
    }


def _decision(row: DecisionRow) -> Decision:
    basis = Basis(
        score_record_id=row.score_record_id,
        score_record_digest=row.score_record_digest,
        cut_score_id=row.cut_score_id,
        cut_score_digest=row.cut_score_digest,
        clearance=cast(Standing, row.clearance),
        clearance_id=row.clearance_id,
        clearance_digest=row.clearance_digest,
    )
    return Decision(
        id=row.id,
        version=row.version,
        administration_id=row.administration_id,
        response_record_id=row.response_record_id,
        attempt_id=row.attempt_id,
        person_id=row.person_id,
        exam_id=row.exam_id,
        basis=basis,
        scale_score=row.scale_score,
        scale_cut=row.scale_cut,
        passed=row.passed,
        decided_by=row.decided_by,
        decided_at=row.decided_at,
        digest=row.digest,
    )
