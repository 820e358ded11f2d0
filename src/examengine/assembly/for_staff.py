"""Exams and forms as staff read them: each asks who is asking."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlmodel import Session

from examengine.accounts import Actor, Role, require
from examengine.assembly.rules import Exam, Form
from examengine.assembly.service import (
    account_of,
    find_exam,
    find_form,
    find_form_by_code,
    forms_of,
    list_exams,
)

AUTHORS = (Role.AUTHOR, Role.PSYCHOMETRICIAN)
READERS = (*AUTHORS, Role.AWARDING_OFFICER, Role.PANELIST)
"""Who may know what an exam is called, and what its forms are made of; no keys stand in them."""


def exam_for_staff(session: Session, actor: Actor, exam_id: str) -> Exam:
    """Return one exam.

    Raises:
        NotAllowed: The actor is neither author, psychometrician, awarding officer nor panelist.
        ExamUnknown: There is none with this id.
    """
    require(actor, *READERS)
    return find_exam(session, exam_id)


def form_for_staff(session: Session, actor: Actor, form_id: UUID) -> Form:
    """Return one form.

    Raises:
        NotAllowed: The actor is neither author, psychometrician, awarding officer nor panelist.
        FormUnknown: There is none with this id.
    """
    require(actor, *READERS)
    return find_form(session, form_id)


def forms_for_staff(session: Session, actor: Actor, exam_id: str) -> list[Form]:
    """Return the published forms of an exam, by code.

    Raises:
        NotAllowed: The actor is neither author, psychometrician, awarding officer nor panelist.
    """
    require(actor, *READERS)
    return forms_of(session, exam_id)


def exams_for_authors(session: Session, actor: Actor) -> list[tuple[Exam, list[Form]]]:
    """Return all exams, by title, each with its published forms.

    Raises:
        NotAllowed: The actor is neither author nor psychometrician.
    """
    require(actor, *AUTHORS)
    return [(exam, forms_of(session, exam.id)) for exam in list_exams(session)]


def exam_for_authors(
    session: Session, actor: Actor, exam_id: str
) -> tuple[Exam, list[tuple[Form, Mapping[str, Any]]]]:
    """Return an exam, and its published forms with how each came about.

    Raises:
        NotAllowed: The actor is neither author nor psychometrician.
        ExamUnknown: There is none with this id.
    """
    require(actor, *AUTHORS)
    exam = find_exam(session, exam_id)
    return exam, [(form, account_of(session, form.id)) for form in forms_of(session, exam_id)]


def form_for_authors(
    session: Session, actor: Actor, exam_id: str, code: str
) -> tuple[Form, Mapping[str, Any]]:
    """Return the form of an exam that has this code, and how it came about.

    Raises:
        NotAllowed: The actor is neither author nor psychometrician.
        FormUnknown: The exam has none.
    """
    require(actor, *AUTHORS)
    form = find_form_by_code(session, exam_id, code)
    return form, account_of(session, form.id)
