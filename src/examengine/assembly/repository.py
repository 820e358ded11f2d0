"""Reads and writes of exams and forms; no decision is taken here."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import func, insert, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from examengine import ledger
from examengine.assembly.errors import ScoringPolicyMoved
from examengine.assembly.key_corrections import correction_of
from examengine.assembly.rules import Exam, Form, FormItem, exam_of
from examengine.assembly.scoring_policy import (
    ScoringBasis,
    ScoringPolicy,
    ScoringPolicyRecord,
    policy_of,
)
from examengine.assembly.sections import section_of
from examengine.assembly.tables import POLICIES, ExamRow, FormRow, ScoringPolicyRow
from examengine.bank import ItemRef
from examengine.db import organisation_of
from examengine.psychometrics.score_scale import Scale


def exam(session: Session, exam_id: str) -> Exam | None:
    """Return one exam."""
    row = session.get(ExamRow, (organisation_of(session), exam_id))
    return (
        None if row is None else exam_of(row.body, newest_policies(session, exam_id).get(exam_id))
    )


def exams(session: Session) -> list[Exam]:
    """Return all exams, by title."""
    rows, policies = session.exec(select(ExamRow)).all(), newest_policies(session)
    found = (exam_of(row.body, policies.get(row.id)) for row in rows)
    return sorted(found, key=lambda exam: (exam.title, exam.id))


def add_policy(session: Session, row: ScoringPolicyRow) -> None:
    """Insert a policy of scoring, and seal it.

    Raises:
        ScoringPolicyMoved: Somebody said it anew at the same moment.
    """
    try:
        session.execute(insert(ScoringPolicyRow).values(**row.model_dump()))
    except IntegrityError as lost:
        raise ScoringPolicyMoved from lost
    ledger.append(session, POLICIES, [row.model_dump()])


def policy_records(session: Session, exam_id: str) -> list[ScoringPolicyRecord]:
    """Return each record by which the scoring of an exam was said anew, the newest first."""
    query = select(ScoringPolicyRow).where(col(ScoringPolicyRow.exam_id) == exam_id)
    rows = session.exec(query.order_by(col(ScoringPolicyRow.version).desc())).all()
    return [policy_record(row) for row in rows]


def policy_record(row: ScoringPolicyRow) -> ScoringPolicyRecord:
    """Return a record of a policy as a value."""
    return ScoringPolicyRecord(
        id=row.id,
        version=row.version,
        policy=_policy(row.body),
        reason=row.reason,
        adopted_by_name=row.adopted_by_name,
        adopted_at=row.adopted_at,
        digest=row.digest,
    )


def every_policy(session: Session, exam_id: str) -> list[ScoringPolicy]:
    """Return each policy of scoring that an exam ever had: as specified, then said anew."""
    row = session.get(ExamRow, (organisation_of(session), exam_id))
    query = select(ScoringPolicyRow).where(col(ScoringPolicyRow.exam_id) == exam_id)
    later = session.exec(query.order_by(col(ScoringPolicyRow.version))).all()
    specified = [] if row is None else [policy_of(row.body)]
    return specified + [_policy(one.body) for one in later]


def newest_policies(session: Session, exam_id: str | None = None) -> dict[str, ScoringPolicy]:
    """Return the newest policy of scoring of each exam that has one beside its specification."""
    query = select(ScoringPolicyRow).order_by(col(ScoringPolicyRow.version))
    if exam_id is not None:
        query = query.where(col(ScoringPolicyRow.exam_id) == exam_id)
    return {row.exam_id: _policy(row.body) for row in session.exec(query).all()}


def _policy(body: Mapping[str, Any]) -> ScoringPolicy:
    scale = body["scale"]
    return ScoringPolicy(
        ScoringBasis(body["basis"]),
        body["weights"],
        None if scale is None else Scale(**scale),
        tuple(map(correction_of, body.get("corrections", ()))),
    )


def add_exam(session: Session, row: ExamRow) -> None:
    """Insert an exam."""
    session.execute(insert(ExamRow).values(**row.model_dump()))


def change_exam(session: Session, row: ExamRow) -> None:
    """Store another specification of an exam that has no forms yet."""
    values = row.model_dump(exclude={"id"})
    session.execute(update(ExamRow).where(col(ExamRow.id) == row.id).values(**values))


def form(session: Session, form_id: UUID) -> Form | None:
    """Return one form."""
    row = session.get(FormRow, form_id)
    return None if row is None else _form(row)


def form_row(session: Session, form_id: UUID) -> FormRow | None:
    """Return one form with the account of how it was assembled."""
    return session.get(FormRow, form_id)


def forms_of(session: Session, exam_id: str) -> list[Form]:
    """Return the forms of an exam, by code."""
    query = select(FormRow).where(col(FormRow.exam_id) == exam_id).order_by(col(FormRow.code))
    return [_form(row) for row in session.exec(query).all()]


def form_counts(session: Session) -> dict[str, int]:
    """Return how many forms each exam has that has any."""
    query = select(FormRow.exam_id, func.count()).group_by(col(FormRow.exam_id))
    return dict(session.exec(query).all())


def add_forms(session: Session, rows: Sequence[FormRow]) -> None:
    """Insert forms."""
    session.execute(insert(FormRow), [row.model_dump() for row in rows])


def _form(row: FormRow) -> Form:
    items = tuple(
        FormItem(ItemRef(item["item_id"], item["version"], item["digest"]), item["scored"])
        for item in row.items
    )
    return Form(
        row.id,
        row.exam_id,
        row.exam_digest,
        row.code,
        items,
        row.minutes,
        row.digest,
        row.published_at,
        tuple(section_of(body) for body in row.sections or ()),
    )
