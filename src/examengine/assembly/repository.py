"""Reads and writes of exams and forms; no decision is taken here."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import insert, update
from sqlmodel import Session, col, select

from examengine.assembly.rules import Exam, Form, FormItem, exam_of
from examengine.assembly.tables import ExamRow, FormRow
from examengine.bank import ItemRef


def exam(session: Session, exam_id: str) -> Exam | None:
    """Return one exam."""
    row = session.get(ExamRow, exam_id)
    return None if row is None else exam_of(row.body)


def exams(session: Session) -> list[Exam]:
    """Return all exams, by title."""
    rows = session.exec(select(ExamRow)).all()
    return sorted((exam_of(row.body) for row in rows), key=lambda exam: (exam.title, exam.id))


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
    )
