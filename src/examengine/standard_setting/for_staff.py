"""The cuts of exams as staff read them: each asks who is asking."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from sqlmodel import Session

from examengine.accounts import Actor, Role, require
from examengine.assembly import Exam, Form, find_exam, forms_of, list_exams
from examengine.standard_setting import repository
from examengine.standard_setting.adoption import current_cut
from examengine.standard_setting.cut_score import CutScore
from examengine.standard_setting.form_points import form_points
from examengine.standard_setting.panel import Panel
from examengine.standard_setting.service import panels_of_exam

READERS = (Role.AWARDING_OFFICER, Role.PSYCHOMETRICIAN)


@dataclass(frozen=True, slots=True)
class FormsToCut:
    """What a cut that was set elsewhere can be set on."""

    exam: Exam
    forms: list[Form]
    most: Mapping[UUID, Decimal]
    """The highest raw score of each form."""
    current: CutScore | None


def exams_with_cuts(
    session: Session, actor: Actor
) -> list[tuple[Exam, CutScore | None, list[Panel]]]:
    """Return every exam, with the cut that holds for it and its panels.

    Raises:
        NotAllowed: The actor is neither awarding officer nor psychometrician.
    """
    require(actor, *READERS)
    return [
        (exam, current_cut(session, exam.id), panels_of_exam(session, actor, exam.id))
        for exam in list_exams(session)
    ]


def cut_for_staff(session: Session, actor: Actor, exam_id: str) -> CutScore | None:
    """Return the cut that holds for an exam now, or None before any was adopted.

    Raises:
        NotAllowed: The actor is neither awarding officer nor psychometrician.
    """
    require(actor, *READERS)
    return current_cut(session, exam_id)


def cut_history(session: Session, actor: Actor, exam_id: str) -> list[CutScore]:
    """Return every cut an exam ever had, the newest first.

    Raises:
        NotAllowed: The actor is neither awarding officer nor psychometrician.
    """
    require(actor, *READERS)
    return repository.cut_scores(session, exam_id)


def forms_to_cut(session: Session, actor: Actor, exam_id: str) -> FormsToCut:
    """Return the forms on which a cut that was set elsewhere can be adopted.

    Raises:
        NotAllowed: The actor is no awarding officer.
        ExamUnknown: There is no such exam.
    """
    require(actor, Role.AWARDING_OFFICER)
    exam, forms = find_exam(session, exam_id), forms_of(session, exam_id)
    most = {form.id: sum(form_points(session, exam, form), Decimal(0)) for form in forms}
    return FormsToCut(exam, forms, most, current_cut(session, exam_id))
