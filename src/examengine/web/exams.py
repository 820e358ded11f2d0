"""The author's pages about exams: the blueprint, assembling forms, publishing them."""

from typing import Annotated

from fastapi import APIRouter, Form
from fastapi.responses import Response

from examengine import assembly, bank
from examengine.accounts import Role, require
from examengine.web.dependencies import DepActor, DepClock, DepPage, DepSession

router = APIRouter(prefix="/exams")


@router.get("")
def list_exams(actor: DepActor, session: DepSession, page: DepPage) -> Response:
    """Show all exams with their forms."""
    require(actor, Role.AUTHOR, Role.PSYCHOMETRICIAN)
    exams = [(exam, assembly.forms_of(session, exam.id)) for exam in assembly.list_exams(session)]
    return page("author/exams.html", exams=exams)


@router.get("/{exam_id}")
def show_exam(exam_id: str, actor: DepActor, session: DepSession, page: DepPage) -> Response:
    """Show one exam: what it asks of a form, and its forms."""
    require(actor, Role.AUTHOR, Role.PSYCHOMETRICIAN)
    exam = assembly.find_exam(session, exam_id)
    forms = [
        (form, assembly.account_of(session, form.id))
        for form in assembly.forms_of(session, exam_id)
    ]
    blueprint = assembly.blueprint_of({"blueprint": exam.blueprint})
    return page(
        "author/exam.html",
        exam=exam,
        blueprint=blueprint,
        bank=bank.find_bank(session, actor, exam.bank_id),
        forms=forms,
    )


@router.post("/{exam_id}/forms")
def publish_forms(
    exam_id: str,
    actor: DepActor,
    session: DepSession,
    clock: DepClock,
    page: DepPage,
    confirmed: Annotated[bool, Form()],
) -> Response:
    """Assemble the forms of an exam and publish them."""
    require(actor, Role.AUTHOR)
    if confirmed:
        assembled = assembly.assemble_forms(session, actor, exam_id)
        assembly.publish_forms(session, clock, actor, exam_id, assembled)
    return page("author/exam.html", then=f"/exams/{exam_id}")


@router.get("/{exam_id}/forms/{code}")
def show_form(
    exam_id: str, code: str, actor: DepActor, session: DepSession, page: DepPage
) -> Response:
    """Show one form: its items in order, and what it amounts to."""
    require(actor, Role.AUTHOR, Role.PSYCHOMETRICIAN)
    exam = assembly.find_exam(session, exam_id)
    form = assembly.find_form_by_code(session, exam_id, code)
    items = bank.item_versions(session, [item.ref for item in form.items])
    return page(
        "author/form.html",
        exam=exam,
        form=form,
        items=[(item, items[item.ref]) for item in form.items],
        account=assembly.account_of(session, form.id),
    )
