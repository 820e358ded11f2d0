"""Reads and writes of score records and decisions; no decision is taken here."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, TypeVar, cast
from uuid import UUID

from sqlalchemy import func, insert, tuple_
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, SQLModel, col, select

from examengine import ledger
from examengine.scoring.decisions.decision import Basis, DecidedClearance, Decision
from examengine.scoring.errors import ScoringMoved
from examengine.scoring.score_record import AbilityPrior, Inputs, Scored, ScoreRecord
from examengine.scoring.tables import DECISIONS, SCORES, DecisionRow, ScoreRecordRow

AT_ONCE = 500
"""Rows asked for by id in one statement."""

Row = TypeVar("Row", ScoreRecordRow, DecisionRow)


def add_scores(session: Session, records: Sequence[ScoreRecord]) -> None:
    """Insert score records, and seal them.

    Raises:
        ScoringMoved: Somebody scored the same responses at the same moment.
    """
    _insert(session, ScoreRecordRow, SCORES, (_score_values(record) for record in records))


def add_decisions(session: Session, decisions: Sequence[Decision]) -> None:
    """Insert decisions, and seal them.

    Raises:
        ScoringMoved: Somebody decided about the same responses at the same moment.
    """
    _insert(session, DecisionRow, DECISIONS, (_decision_values(one) for one in decisions))


def parameters_of_scores(session: Session, score_record_ids: Sequence[UUID]) -> dict[UUID, UUID]:
    """Return the parameter set of each score that was computed with one, by score record."""
    found: dict[UUID, UUID] = {}
    for start in range(0, len(score_record_ids), AT_ONCE):
        wanted = col(ScoreRecordRow.id).in_(score_record_ids[start : start + AT_ONCE])
        query = select(ScoreRecordRow.id, ScoreRecordRow.parameters_id).where(wanted)
        rows = session.exec(query).all()
        found.update((record, used) for record, used in rows if used is not None)
    return found


def most_points_of_scores(
    session: Session, score_record_ids: Sequence[UUID]
) -> list[tuple[UUID, str | None, str | None]]:
    """Return id, most points and digest of the scoring policy of each of these score records."""
    found: list[tuple[UUID, str | None, str | None]] = []
    for start in range(0, len(score_record_ids), AT_ONCE):
        wanted = col(ScoreRecordRow.id).in_(score_record_ids[start : start + AT_ONCE])
        query = select(
            ScoreRecordRow.id, ScoreRecordRow.most_points, ScoreRecordRow.scoring_digest
        ).where(wanted)
        found += session.exec(query).all()
    return found


def score(session: Session, score_record_id: UUID) -> ScoreRecord | None:
    """Return one score record."""
    row = session.get(ScoreRecordRow, score_record_id)
    return None if row is None else _score(row)


def scored_ids(session: Session, administration_id: UUID) -> list[UUID]:
    """Return the response records of an administration that have a score."""
    query = (
        select(ScoreRecordRow.response_record_id)
        .where(col(ScoreRecordRow.administration_id) == administration_id)
        .distinct()
        .order_by(col(ScoreRecordRow.response_record_id))
    )
    return list(session.exec(query).all())


def newest_scores(
    session: Session, response_record_ids: Collection[UUID]
) -> dict[UUID, ScoreRecord]:
    """Return the newest score of each of these response records."""
    found = _newest_among(session, ScoreRecordRow, response_record_ids)
    return {row.response_record_id: _score(row) for row in found}


def newest_score(session: Session, response_record_id: UUID) -> ScoreRecord | None:
    """Return the newest score of one response record."""
    found = _newest(session, ScoreRecordRow, response_record_id=response_record_id)
    return next(map(_score, found), None)


def decision(session: Session, decision_id: UUID) -> Decision | None:
    """Return one decision."""
    row = session.get(DecisionRow, decision_id)
    return None if row is None else _decision(row)


def newest_decisions_of(session: Session, administration_id: UUID) -> dict[UUID, Decision]:
    """Return the newest decision about each response record of an administration."""
    found = _newest(session, DecisionRow, administration_id=administration_id)
    return {row.response_record_id: _decision(row) for row in found}


def newest_decisions(
    session: Session, response_record_ids: Collection[UUID]
) -> dict[UUID, Decision]:
    """Return the newest decision about each of these response records."""
    found = _newest_among(session, DecisionRow, response_record_ids)
    return {row.response_record_id: _decision(row) for row in found}


def newest_decision(session: Session, response_record_id: UUID) -> Decision | None:
    """Return the newest decision about one response record."""
    found = _newest(session, DecisionRow, response_record_id=response_record_id)
    return next(map(_decision, found), None)


def decisions(session: Session, decision_ids: Collection[UUID]) -> dict[UUID, Decision]:
    """Return decisions by id."""
    query = select(DecisionRow).where(col(DecisionRow.id).in_(decision_ids))
    return {row.id: _decision(row) for row in session.exec(query).all()}


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


def _how_many(
    session: Session, table: Any, administration_ids: Collection[UUID]
) -> dict[UUID, int]:
    """Return how many response records of each administration have rows in a table."""
    query = (
        select(table.administration_id, func.count(func.distinct(table.response_record_id)))
        .where(table.administration_id.in_(administration_ids))
        .group_by(table.administration_id)
    )
    return dict(session.exec(query).all())


def scored_and_decided(
    session: Session, administration_ids: Collection[UUID]
) -> dict[UUID, tuple[int, int]]:
    """Return how many are scored and how many decided in each of these that has any scored."""
    scored = _how_many(session, ScoreRecordRow, administration_ids)
    decided = _how_many(session, DecisionRow, administration_ids)
    return {found: (scored[found], decided.get(found, 0)) for found in scored}


def stored_counts(
    session: Session, administration_ids: Collection[UUID]
) -> dict[UUID, tuple[int, int]]:
    """Return how many versions of scores and of decisions each of these administrations has."""
    scores = _stored(session, ScoreRecordRow, administration_ids)
    decided = _stored(session, DecisionRow, administration_ids)
    return {one: (scores.get(one, 0), decided.get(one, 0)) for one in administration_ids}


def _stored(session: Session, table: Any, administration_ids: Collection[UUID]) -> dict[UUID, int]:
    query = (
        select(table.administration_id, func.count())
        .where(table.administration_id.in_(administration_ids))
        .group_by(table.administration_id)
    )
    return dict(session.exec(query).all())


def decided_at_other_cuts(
    session: Session, exam_id: str, cut_score_ids: Collection[UUID]
) -> dict[UUID, int]:
    """Return how many newest decisions of each administration rest on other cuts of the exam.

    Voided attempts are no matter of a cut.
    """
    newest = (
        select(DecisionRow.response_record_id, func.max(DecisionRow.version))
        .where(col(DecisionRow.exam_id) == exam_id)
        .group_by(col(DecisionRow.response_record_id))
    )
    query = (
        select(DecisionRow.administration_id, func.count())
        .where(
            col(DecisionRow.exam_id) == exam_id,
            tuple_(col(DecisionRow.response_record_id), col(DecisionRow.version)).in_(newest),
            col(DecisionRow.cut_score_id).not_in(cut_score_ids),
            col(DecisionRow.clearance) == "cleared",
        )
        .group_by(col(DecisionRow.administration_id))
    )
    return dict(session.exec(query).all())


def _insert(
    session: Session,
    table: type[SQLModel],
    sealing: ledger.Sealing,
    values: Iterable[dict[str, Any]],
) -> None:
    for some in _blocks(values):
        try:
            session.execute(insert(table), some)
        except IntegrityError as lost:
            raise ScoringMoved from lost
        ledger.append(session, sealing, some)


def _blocks(values: Iterable[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    rows = iter(values)
    while some := list(islice(rows, AT_ONCE)):
        yield some


def _newest(session: Session, table: type[Row], **which: UUID) -> Sequence[Row]:
    """Return the newest version of each response record's rows where columns hold these ids."""
    columns: Any = table
    return _newest_where(
        session, table, [getattr(columns, name) == value for name, value in which.items()]
    )


def _newest_among(
    session: Session, table: type[Row], response_record_ids: Collection[UUID]
) -> Sequence[Row]:
    columns: Any = table
    among = columns.response_record_id.in_(response_record_ids)
    return _newest_where(session, table, [among])


def _newest_where(session: Session, table: type[Row], conditions: list[Any]) -> Sequence[Row]:
    columns: Any = table
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
        "prior": None if inputs.prior is None else inputs.prior.body(),
        "marks_digest": inputs.marks_digest,
        "scoring_digest": inputs.scoring_digest,
        "item_scores": dict(scored.item_scores),
        "raw_score": scored.raw_score,
        "max_raw_score": scored.max_raw_score,
        "theta": scored.theta,
        "se": scored.se,
        "scale_score": scored.scale_score,
        "points": scored.points,
        "most_points": scored.most_points,
        "code_version": record.code_version,
        "scored_at": record.scored_at,
        "digest": record.digest,
    }


def _score(row: ScoreRecordRow) -> ScoreRecord:
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
        prior=None if row.prior is None else _prior(row.prior),
        marks_digest=row.marks_digest,
        scoring_digest=row.scoring_digest,
    )
    scored = Scored(
        row.item_scores,
        row.raw_score,
        row.max_raw_score,
        row.theta,
        row.se,
        row.scale_score,
        row.points,
        row.most_points,
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


def _prior(body: Mapping[str, Any]) -> AbilityPrior:
    low, high = body["range"]
    return AbilityPrior(body["mean"], body["sd"], body["points"], low, high)


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
        "points": value.points,
        "points_cut": value.points_cut,
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
        clearance=cast(DecidedClearance, row.clearance),
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
        points=row.points,
        points_cut=row.points_cut,
        passed=row.passed,
        decided_by=row.decided_by,
        decided_at=row.decided_at,
        digest=row.digest,
    )
