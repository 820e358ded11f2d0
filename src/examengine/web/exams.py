"""The author's pages about exams: the blueprint, assembling forms, publishing them."""

from typing import Annotated

from fastapi import APIRouter, Form
from fastapi.responses import RedirectResponse, Response

from examengine import assembly, bank, delivery
from examengine.web.dependencies import DepActor, DepClock, DepComponents, DepPage, DepSession

router = APIRouter(prefix="/exams")


@router.get("")
def list_exams(actor: DepActor, session: DepSession, page: DepPage) -> Response:
    """Show all exams with their forms."""
    return page("author/exams.html", exams=assembly.exams_for_authors(session, actor))


@router.get("/{exam_id}")
def show_exam(exam_id: str, actor: DepActor, session: DepSession, page: DepPage) -> Response:
    """Show one exam: what it asks of a form, and its forms."""
    exam, forms = assembly.exam_for_authors(session, actor, exam_id)
    blueprint = assembly.blueprint_of({"blueprint": exam.blueprint})
    return page(
        "author/exam.html",
        exam=exam,
        blueprint=blueprint,
        bank=bank.find_bank(session, actor, exam.bank_id),
        forms=forms,
        goes=delivery.progression_named(exam.progression, in_sections=bool(exam.sections)).words,
    )


@router.post("/{exam_id}/forms")
def publish_forms(
    exam_id: str,
    actor: DepActor,
    session: DepSession,
    components: DepComponents,
    confirmed: Annotated[bool, Form()],
) -> Response:
    """Ask for the forms of an exam to be assembled and published; a worker does it."""
    if not confirmed:
        assembly.exam_for_authors(session, actor, exam_id)  # refused to strangers, asked or not
        return RedirectResponse(f"/exams/{exam_id}", status_code=303)
    job_id = assembly.ask_forms(session, components.clock, components.queue, actor, exam_id)
    return RedirectResponse(f"/jobs/{job_id}", status_code=303)


@router.get("/{exam_id}/forms/{code}")
def show_form(
    exam_id: str,
    code: str,
    actor: DepActor,
    session: DepSession,
    clock: DepClock,
    page: DepPage,
) -> Response:
    """Show one form: its items in order, and what it amounts to."""
    exam, _ = assembly.exam_for_authors(session, actor, exam_id)
    delivery.keep_sitters_from_keys(session, clock, actor, exam.bank_id)
    form, account = assembly.form_for_authors(session, actor, exam_id, code)
    items = bank.versions_for_authors(session, actor, [item.ref for item in form.items])
    return page(
        "author/form.html",
        exam=exam,
        form=form,
        items=[(item, items[item.ref]) for item in form.items],
        points=[_most_points(items[item.ref]) for item in form.items],
        account=account,
    )


def _most_points(version: bank.ItemVersion) -> int:
    return bank.ITEM_TYPES[version.item_type].most_points(version.content)
