"""Use cases of assembly: describe an exam, assemble its forms, publish them."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlmodel import Session

from examengine.accounts import Actor, Role, record_act, require
from examengine.assembly import repository
from examengine.assembly.blueprint import AssembledForm, Assembly
from examengine.assembly.errors import ExamUnknown, FormsPublishedAlready, FormUnknown
from examengine.assembly.exam_files import blueprint_of, checked_exam
from examengine.assembly.pool import pool_of
from examengine.assembly.program import assemble
from examengine.assembly.rules import Exam, Form, FormItem, exam_of, form_digest
from examengine.assembly.tables import ExamRow, FormRow
from examengine.bank import ItemRef, current_parameters, find_bank, latest_versions
from examengine.kernel.clock import Clock
from examengine.kernel.ids import new_id


def find_exam(session: Session, exam_id: str) -> Exam:
    """Return one exam.

    Raises:
        ExamUnknown: There is none with this id.
    """
    found = repository.exam(session, exam_id)
    if found is None:
        raise ExamUnknown(exam_id)
    return found


def list_exams(session: Session) -> list[Exam]:
    """Return all exams, by title."""
    return repository.exams(session)


def find_form(session: Session, form_id: UUID) -> Form:
    """Return one form.

    Raises:
        FormUnknown: There is none with this id.
    """
    found = repository.form(session, form_id)
    if found is None:
        raise FormUnknown(f"no form {form_id}")
    return found


def find_form_by_code(session: Session, exam_id: str, code: str) -> Form:
    """Return the form of an exam that has this code.

    Raises:
        FormUnknown: The exam has none.
    """
    for form in repository.forms_of(session, exam_id):
        if form.code == code:
            return form
    raise FormUnknown(f"{exam_id} has no form {code}")


def forms_of(session: Session, exam_id: str) -> list[Form]:
    """Return the published forms of an exam, by code."""
    return repository.forms_of(session, exam_id)


def account_of(session: Session, form_id: UUID) -> Mapping[str, Any]:
    """Return how a form came about: what it amounts to, the solver, the gap to the bound.

    Raises:
        FormUnknown: There is none with this id.
    """
    row = repository.form_row(session, form_id)
    if row is None:
        raise FormUnknown(f"no form {form_id}")
    return row.assembly


def save_exam(session: Session, clock: Clock, actor: Actor, spec: Mapping[str, Any]) -> Exam:
    """Store an exam; until its forms are published its specification may be replaced.

    Raises:
        NotAllowed: The actor is no author.
        ExamSpecUnusable: The specification has faults.
        BankUnknown: There is no such item bank.
        FormsPublishedAlready: The exam has forms, and this specification is another one.
    """
    require(actor, Role.AUTHOR)
    body = checked_exam(spec)
    exam, now = exam_of(body), clock.now()
    find_bank(session, actor, exam.bank_id)  # an exam over items that are not there is refused
    known = repository.exam(session, exam.id)
    if known is not None and known.digest == exam.digest:
        return known
    row = ExamRow(id=exam.id, bank_id=exam.bank_id, body=body, digest=exam.digest, saved_at=now)
    if known is None:
        repository.add_exam(session, row)
    elif repository.forms_of(session, exam.id):
        raise FormsPublishedAlready(exam.id)
    else:
        repository.change_exam(session, row)
    detail = {"digest": exam.digest}
    record_act(session, now, actor, "assembly.save_exam", f"exam:{exam.id}", detail)
    return exam


def assemble_forms(session: Session, actor: Actor, exam_id: str) -> Assembly:
    """Assemble the forms of an exam from the newest versions of its bank; nothing is stored.

    Raises:
        NotAllowed: The actor is neither author nor psychometrician.
        ExamUnknown: There is no such exam.
        AssemblyInfeasible: The blueprint cannot be met; the clash is named.
        AssemblyUnfinished: The solver ran out of time.
    """
    require(actor, Role.AUTHOR, Role.PSYCHOMETRICIAN)
    exam = find_exam(session, exam_id)
    blueprint = blueprint_of({"blueprint": exam.blueprint})
    parameters = current_parameters(session, exam.bank_id)
    items = latest_versions(session, exam.bank_id)
    return assemble(pool_of(items, parameters, blueprint.thetas), blueprint)


def publish_forms(
    session: Session, clock: Clock, actor: Actor, exam_id: str, assembly: Assembly
) -> list[Form]:
    """Publish assembled forms; from now on they never change.

    Raises:
        NotAllowed: The actor is no author.
        ExamUnknown: There is no such exam.
        FormsPublishedAlready: The exam has forms.
    """
    require(actor, Role.AUTHOR)
    exam = find_exam(session, exam_id)
    if repository.forms_of(session, exam_id):
        raise FormsPublishedAlready(exam_id)
    refs = {item.item_id: item.ref for item in latest_versions(session, exam.bank_id)}
    rows = [
        _form_row(
            clock,
            exam,
            form.code,
            [FormItem(refs[item_id], scored=True) for item_id in form.item_ids],
            _account(assembly, form),
        )
        for form in assembly.forms
    ]
    return _publish(session, clock, actor, rows)


def publish_given_form(
    session: Session,
    clock: Clock,
    actor: Actor,
    exam_id: str,
    code: str,
    items: Sequence[FormItem],
) -> Form:
    """Publish a form that was assembled elsewhere, such as one whose responses are imported.

    Raises:
        NotAllowed: The actor is neither author nor psychometrician.
        ExamUnknown: There is no such exam.
        FormsPublishedAlready: The exam has a form with this code.
    """
    require(actor, Role.AUTHOR, Role.PSYCHOMETRICIAN)
    exam = find_exam(session, exam_id)
    if any(form.code == code for form in repository.forms_of(session, exam_id)):
        raise FormsPublishedAlready(exam_id)
    row = _form_row(clock, exam, code, items, {"solver": "given", "items": len(items)})
    return _publish(session, clock, actor, [row])[0]


def _publish(session: Session, clock: Clock, actor: Actor, rows: list[FormRow]) -> list[Form]:
    repository.add_forms(session, rows)
    for row in rows:
        detail = {"digest": row.digest, "code": row.code}
        subject = f"form:{row.id}"
        record_act(session, clock.now(), actor, "assembly.publish_form", subject, detail)
    return [find_form(session, row.id) for row in rows]


def _form_row(
    clock: Clock, exam: Exam, code: str, items: Sequence[FormItem], account: Mapping[str, Any]
) -> FormRow:
    now = clock.now()
    return FormRow(
        id=new_id(now),
        exam_id=exam.id,
        exam_digest=exam.digest,
        code=code,
        items=[_item_body(item.ref, scored=item.scored) for item in items],
        minutes=exam.minutes,
        assembly=dict(account),
        digest=form_digest(exam.id, exam.digest, code, items, exam.minutes),
        published_at=now,
    )


def _item_body(ref: ItemRef, *, scored: bool) -> dict[str, Any]:
    return {
        "item_id": ref.item_id,
        "version": ref.version,
        "digest": ref.digest,
        "scored": scored,
    }


def _account(assembly: Assembly, form: AssembledForm) -> dict[str, Any]:
    return {
        "solver": assembly.solver,
        "optimal": assembly.optimal,
        "difference": assembly.difference,
        "bound": assembly.bound,
        "seconds": form.seconds,
        "information": list(form.information),
        "common": sorted(form.common),
    }
