"""Administrations as staff read them: each asks who is asking."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlmodel import Session

from examengine.accounts import Actor, Role, require
from examengine.assembly import Exam, Form, find_exam, form_counts, forms_of, list_exams
from examengine.delivery.administration import Administration
from examengine.delivery.service import (
    FoundAdministrations,
    enrolled_counts,
    find_administration,
    find_administrations,
    list_administrations,
)
from examengine.delivery.submission_repository import record_counts


def administration_for_staff(
    session: Session, actor: Actor, administration_id: UUID
) -> Administration:
    """Return one administration.

    Raises:
        NotAllowed: The actor is neither awarding officer, invigilator nor psychometrician.
        AdministrationUnknown: There is none with this id.
    """
    require(actor, Role.AWARDING_OFFICER, Role.INVIGILATOR, Role.PSYCHOMETRICIAN)
    return find_administration(session, administration_id)


@dataclass(frozen=True, slots=True)
class ListedAdministrations:
    """A page of administrations, with what their list says of each.

    Attributes:
        listed: The administrations that were found.
        exams: All exams, by id.
        published: How many published forms an exam has, by its id.
        enrolled: How many candidates are enrolled, by administration.
        handed_in: How many response records there are, by administration.
    """

    listed: FoundAdministrations[Administration]
    exams: Mapping[str, Exam]
    published: Mapping[str, int]
    enrolled: Mapping[UUID, int]
    handed_in: Mapping[UUID, int]


def administrations_for_staff(
    session: Session, actor: Actor, words: str = "", *, start: int = 0, most: int
) -> ListedAdministrations:
    """Return a page of the administrations that hold every one of these words, the newest first.

    Raises:
        NotAllowed: The actor is neither awarding officer nor psychometrician.
    """
    require(actor, Role.AWARDING_OFFICER, Role.PSYCHOMETRICIAN)
    found = find_administrations(session, words, start=start, most=most)
    ids = [one.id for one in found.lines]
    return ListedAdministrations(
        listed=found,
        exams={exam.id: exam for exam in list_exams(session)},
        published=form_counts(session),
        enrolled=enrolled_counts(session, ids),
        handed_in=record_counts(session, ids),
    )


def administrations_sat_here(session: Session, actor: Actor) -> list[Administration]:
    """Return the administrations that are sat here, the newest first; none that was imported.

    Raises:
        NotAllowed: The actor is neither invigilator nor awarding officer.
    """
    require(actor, Role.INVIGILATOR, Role.AWARDING_OFFICER)
    return [one for one in list_administrations(session) if one.source == "delivered"]


def exam_to_offer(session: Session, actor: Actor, exam_id: str) -> tuple[Exam, list[Form]]:
    """Return an exam of which an administration is to be opened, and its published forms.

    Raises:
        NotAllowed: The actor is no awarding officer.
        ExamUnknown: There is none with this id.
    """
    require(actor, Role.AWARDING_OFFICER)
    return find_exam(session, exam_id), forms_of(session, exam_id)
