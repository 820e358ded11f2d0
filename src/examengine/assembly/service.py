"""Use cases of assembly: describe an exam, assemble its forms, publish them."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlmodel import Session

from examengine.accounts import Actor, Role, record_act, require
from examengine.assembly import repository
from examengine.assembly.blueprint import AssembledForm, Assembly
from examengine.assembly.errors import (
    AssemblyInfeasible,
    ExamSpecUnusable,
    ExamUnknown,
    FormsPublishedAlready,
    FormUnknown,
    ScoringPolicyMoved,
)
from examengine.assembly.exam_files import blueprint_of, checked_exam, unknown_progression
from examengine.assembly.parallel_forms import assemble
from examengine.assembly.pool import pool_of
from examengine.assembly.rules import Exam, Form, FormItem, exam_of, form_digest
from examengine.assembly.scoring_policy import (
    ScoringPolicy,
    ScoringPolicyRecord,
)
from examengine.assembly.sections import Section, in_sections, sets_kept_whole
from examengine.assembly.tables import ExamRow, FormRow, ScoringPolicyRow
from examengine.bank import (
    ItemRef,
    ItemsNotApproved,
    current_parameters,
    find_bank,
    findings_in,
    item_versions,
    refuse_held,
    refuse_unapproved,
    usable_versions,
)
from examengine.four_eyes import Agreement
from examengine.kernel.clock import Clock
from examengine.kernel.ids import new_id

GIVEN = "given"
"""The solver of a form that was sat elsewhere."""
NO_PROGRESSIONS: Mapping[str, bool] = {}


def find_exam(session: Session, exam_id: str) -> Exam:
    """Return one exam.

    It does not ask who is asking: the use case that calls it does.

    Raises:
        ExamUnknown: There is none with this id.
    """
    found = repository.exam(session, exam_id)
    if found is None:
        raise ExamUnknown(exam_id)
    return found


def list_exams(session: Session) -> list[Exam]:
    """Return all exams, by title.

    It does not ask who is asking: the use case that calls it does.
    """
    return repository.exams(session)


def find_form(session: Session, form_id: UUID) -> Form:
    """Return one form.

    It does not ask who is asking: the use case that calls it does.

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
    """Return the published forms of an exam, by code.

    It does not ask who is asking: the use case that calls it does.
    """
    return repository.forms_of(session, exam_id)


def form_counts(session: Session) -> dict[str, int]:
    """Return how many published forms each exam has that has any.

    It does not ask who is asking: the use case that calls it does.
    """
    return repository.form_counts(session)


def account_of(session: Session, form_id: UUID) -> Mapping[str, Any]:
    """Return how a form came about: what it amounts to, the solver, the gap to the bound.

    Raises:
        FormUnknown: There is none with this id.
    """
    row = repository.form_row(session, form_id)
    if row is None:
        raise FormUnknown(f"no form {form_id}")
    return row.assembly


def save_exam(
    session: Session,
    clock: Clock,
    actor: Actor,
    spec: Mapping[str, Any],
    progressions: Mapping[str, bool] = NO_PROGRESSIONS,
) -> Exam:
    """Store an exam; until its forms are published its specification may be replaced.

    Args:
        session: The transaction.
        clock: Tells when.
        actor: An author.
        spec: What describes it.
        progressions: By what forms can be given here, by name: whether it goes by sections. A
            specification that names another one is refused; one that names none never is.

    Raises:
        NotAllowed: The actor is no author.
        ExamSpecUnusable: The specification has faults.
        BankUnknown: There is no such item bank.
        FormsPublishedAlready: The exam has forms, and this specification is another one.
    """
    require(actor, Role.AUTHOR)
    body = checked_exam(spec)
    if faults := unknown_progression(body, progressions):
        raise ExamSpecUnusable(faults)
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


def scoring_then(session: Session, exam: Exam, policy_digest: str | None) -> ScoringPolicy:
    """Return the scoring of an exam that a digest names, of all that it ever had.

    It does not ask who is asking: the use case that calls it does.

    Returns:
        What the specification says where the digest is None, as in records made before it had
        one; what holds now where no policy has this digest, so that whoever compares sees it.
    """
    policies = repository.every_policy(session, exam.id)
    if policy_digest is None:
        return policies[0]
    return next((one for one in policies if one.digest == policy_digest), exam.scoring)


def record_scoring_policy(
    session: Session,
    clock: Clock,
    stands: Agreement,
    exam: Exam,
    policy: ScoringPolicy,
    reason: str,
) -> ScoringPolicyRecord:
    """Record by what an exam is scored from now on; what was scored before stays as it is.

    It does not ask who is asking: the use case that calls it does.

    Args:
        session: The transaction.
        clock: Tells when.
        stands: Who stands for it.
        exam: The exam.
        policy: The checked policy.
        reason: The checked reason; kept for good.

    Raises:
        ScoringPolicyMoved: Somebody else said it anew since the exam was read.
    """
    newest = next(iter(repository.policy_records(session, exam.id)), None)
    # One read gives both the number and what it follows: nobody takes the place after a policy
    # that they have not seen.
    if newest is not None and newest.digest != exam.scoring.digest:
        raise ScoringPolicyMoved(f"{exam.id} is scored by {newest.digest}")
    now, by = clock.now(), stands.by
    row = ScoringPolicyRow(
        id=new_id(now),
        exam_id=exam.id,
        version=1 if newest is None else newest.version + 1,
        body=policy.body(),
        reason=reason,
        adopted_by=by.person_id,
        adopted_by_name=stands.names,
        adopted_at=now,
        digest=policy.digest,
    )
    repository.add_policy(session, row)
    detail: dict[str, Any] = {
        "basis": policy.basis.value,
        "digest": policy.digest,
        "reason": reason,
    }
    if policy.corrections:
        detail["corrections"] = [one.body() for one in policy.corrections]
    subject = f"exam:{exam.id}"
    record_act(session, now, by, "assembly.change_scoring", subject, {**detail, **stands.told()})
    return repository.policy_record(row)


def scoring_policies(session: Session, exam_id: str) -> list[ScoringPolicyRecord]:
    """Return each record by which the scoring of an exam was said anew, the newest first.

    It does not ask who is asking: the use case that calls it does.
    """
    return repository.policy_records(session, exam_id)


def assemble_forms(session: Session, actor: Actor, exam_id: str) -> Assembly:
    """Assemble the forms of an exam from the newest versions of its bank; nothing is stored.

    Items with a finding that is an error in their bank are not in the pool, nor is a version that
    the workflow of the bank does not let pass.

    Raises:
        NotAllowed: The actor is neither author nor psychometrician.
        ExamUnknown: There is no such exam.
        AssemblyInfeasible: The blueprint cannot be met; the clash is named.
        AssemblyUnfinished: Nothing was found within the work allowed.
    """
    require(actor, Role.AUTHOR, Role.PSYCHOMETRICIAN)
    exam = find_exam(session, exam_id)
    blueprint = blueprint_of({"blueprint": exam.blueprint})
    parameters = current_parameters(session, exam.bank_id)
    held = findings_in(session, exam.bank_id).held
    usable = usable_versions(session, exam.bank_id)
    items = [item for item in usable if item.item_id not in held]
    try:
        pool = pool_of(items, parameters, blueprint.thetas)
        return assemble(sets_kept_whole(exam.sections, pool), blueprint)
    except AssemblyInfeasible as clash:
        raise AssemblyInfeasible(clash.clash, n_held=len(held)) from clash


def publish_forms(
    session: Session, clock: Clock, actor: Actor, exam_id: str, assembly: Assembly
) -> list[Form]:
    """Publish assembled forms; from now on they never change.

    Raises:
        NotAllowed: The actor is no author.
        ExamUnknown: There is no such exam.
        FormsPublishedAlready: The exam has forms.
        ItemsHeld: An item has a finding by now that is an error in its bank.
        ItemsNotApproved: An item is in no state by now in which it may be shown.
        SectionsUnmet: The items of a form do not fall into the sections of the exam.
    """
    require(actor, Role.AUTHOR)
    exam = find_exam(session, exam_id)
    if repository.forms_of(session, exam_id):
        raise FormsPublishedAlready(exam_id)
    chosen = {item_id for form in assembly.forms for item_id in form.item_ids}
    refuse_held(session, exam.bank_id, chosen)
    refs = {item.item_id: item.ref for item in usable_versions(session, exam.bank_id)}
    if not chosen <= refs.keys():
        raise ItemsNotApproved(exam.bank_id, sorted(chosen - refs.keys()))
    rows = [
        _form_row(
            session,
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
    """Publish a form that was sat elsewhere, whose responses are imported.

    It records what candidates were shown, so that nothing the lint finds in it can be refused now.

    Raises:
        NotAllowed: The actor is neither author nor psychometrician.
        ExamUnknown: There is no such exam.
        FormsPublishedAlready: The exam has a form with this code.
        SectionsUnmet: Its items do not fall into the sections of the exam.
    """
    require(actor, Role.AUTHOR, Role.PSYCHOMETRICIAN)
    exam = find_exam(session, exam_id)
    if any(form.code == code for form in repository.forms_of(session, exam_id)):
        raise FormsPublishedAlready(exam_id)
    row = _form_row(session, clock, exam, code, items, {"solver": GIVEN, "items": len(items)})
    return _publish(session, clock, actor, [row])[0]


def refuse_unapproved_form(session: Session, exam: Exam, form: Form) -> None:
    """Refuse to offer a form that came from elsewhere and holds what nobody approved here.

    It does not ask who is asking: the use case that calls it does. A form that was assembled here
    was made of approved versions, and stays as it was published.

    Raises:
        ItemsNotApproved: It holds such versions.
    """
    if account_of(session, form.id).get("solver") == GIVEN:
        refuse_unapproved(session, exam.bank_id, [item.ref for item in form.items])


def exams_with_corrections(session: Session) -> dict[str, ScoringPolicy]:
    """Return how exams are scored, by id, in which a key was found wrong.

    It does not ask who is asking: the use case that calls it does.
    """
    return {
        exam_id: policy
        for exam_id, policy in repository.newest_policies(session).items()
        if policy.corrections
    }


def _publish(session: Session, clock: Clock, actor: Actor, rows: list[FormRow]) -> list[Form]:
    repository.add_forms(session, rows)
    for row in rows:
        detail = {"digest": row.digest, "code": row.code}
        subject = f"form:{row.id}"
        record_act(session, clock.now(), actor, "assembly.publish_form", subject, detail)
    return [find_form(session, row.id) for row in rows]


def _form_row(
    session: Session,
    clock: Clock,
    exam: Exam,
    code: str,
    items: Sequence[FormItem],
    account: Mapping[str, Any],
) -> FormRow:
    now = clock.now()
    items, sections = _in_sections(session, exam, items)
    return FormRow(
        id=new_id(now),
        exam_id=exam.id,
        exam_digest=exam.digest,
        code=code,
        items=[_item_body(item.ref, scored=item.scored) for item in items],
        minutes=exam.minutes,
        assembly=dict(account),
        digest=form_digest(exam.id, exam.digest, code, items, exam.minutes, sections),
        published_at=now,
        sections=[section.body() for section in sections] or None,
    )


def _in_sections(
    session: Session, exam: Exam, items: Sequence[FormItem]
) -> tuple[Sequence[FormItem], tuple[Section, ...]]:
    """Return the items of a form in the order of its sections, and the sections.

    Raises:
        SectionsUnmet: The items do not fall into the sections of the exam.
    """
    if not exam.sections:
        return items, ()
    versions = item_versions(session, [item.ref for item in items])
    ordered, sections = in_sections(exam.sections, [versions[item.ref] for item in items])
    by_id = {item.ref.item_id: item for item in items}
    return [by_id[version.item_id] for version in ordered], sections


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
        "seed": assembly.seed,
        "optimal": assembly.optimal,
        "difference": assembly.difference,
        "bound": assembly.bound,
        "seconds": form.seconds,
        "information": list(form.information),
        "common": sorted(form.common),
    }
