"""How the items of a bank have been used: statistics and exposure, gathered for the bank's list.

A job reads what was computed of each administration, computes what is missing, and hands it down to
the bank, which keeps it beside its items. Statistics are of the newest version of an item, for
another version is another question; exposure counts every version, for who saw one knows the item.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from examengine import jobs
from examengine.accounts import Actor, Role, require
from examengine.assembly import forms_of, list_exams
from examengine.bank import (
    ItemRef,
    ItemUsage,
    ItemVersion,
    current_parameters,
    find_bank,
    item_versions,
    keep_usage,
    latest_versions,
)
from examengine.calibration.flags import FLAG_RULES, ItemFigures, flags_of
from examengine.calibration.item_figures import ITEM_FIGURES
from examengine.calibration.item_table import ItemRow, item_rows
from examengine.calibration.kept_analysis import items_named, read_again
from examengine.db import reading
from examengine.delivery import (
    Administration,
    compute_figures,
    figures_of,
    handed_in_by_form,
    list_administrations,
)
from examengine.jobs import Job, JobKind, JobQueue, JobRun
from examengine.kernel.clock import Clock
from examengine.marking import Scope

OF_DISTRACTORS = frozenset({"distractor_over_key", "distractor_draws_strong"})
"""Flags that rest on single answers: raised where one administration raises them."""


@dataclass(slots=True)
class _Gathered:
    """What is known of one item so far."""

    forms: set[UUID] = field(default_factory=set)
    administrations: set[UUID] = field(default_factory=set)
    candidates: int = 0
    last_used_at: datetime | None = None
    rows: list[ItemRow] = field(default_factory=list)
    simulated: bool = False


def ask_usage(session: Session, clock: Clock, queue: JobQueue, actor: Actor, bank_id: str) -> Job:
    """Ask for the use of a bank's items to be gathered, unless somebody has already.

    Raises:
        NotAllowed: The actor is no psychometrician.
        BankUnknown: There is no such bank.
        JobsTooMany: So much waits already that no more is taken.
    """
    require(actor, Role.PSYCHOMETRICIAN)
    title = f"Gather the statistics of {find_bank(session, actor, bank_id).title}"
    return jobs.ask_once(
        session,
        clock,
        queue,
        actor,
        USAGE,
        title=title,
        subject=_subject(bank_id),
        arguments={"bank_id": bank_id},
    )


def usage_job(session: Session, actor: Actor, bank_id: str) -> Job | None:
    """Return the newest job that gathers the use of a bank's items, or None."""
    return next(iter(jobs.jobs_about(session, actor, _subject(bank_id), most=1)), None)


def usage_of(session: Session, actor: Actor, bank_id: str) -> list[ItemUsage]:
    """Return how each item of a bank has been used, from what was computed of administrations.

    Administrations for trying out do not count. Simulated ones have answers, and no candidates.

    Raises:
        NotAllowed: The actor is no psychometrician.
        BankUnknown: There is no such bank.
    """
    require(actor, Role.PSYCHOMETRICIAN)
    find_bank(session, actor, bank_id)
    gathered: defaultdict[str, _Gathered] = defaultdict(_Gathered)
    administrations = administrations_of(session, bank_id)
    _add_exposure(session, gathered, bank_id, administrations)
    newest = {item.item_id: item.ref for item in latest_versions(session, bank_id)}
    for administration in administrations:
        for item, row in rows_of(session, administration.id):
            if item.ref == newest.get(item.item_id):
                gathered[item.item_id].rows.append(row)
                gathered[item.item_id].simulated |= administration.simulated
    slopes = _slopes(session, bank_id)
    return [
        _usage(item_id, gathered[item_id], slopes.get(item_id))
        for item_id in newest
        if item_id in gathered
    ]


def _run(run: JobRun) -> None:
    bank_id = run.job.arguments["bank_id"]
    with reading(run.engine) as session:
        administrations = administrations_of(session, bank_id)
    for done, one in enumerate(administrations):
        run.report("Looking at administrations", done, len(administrations))
        compute_figures(run.engine, run.clock, run.actor, ITEM_FIGURES, one.id)
    with run.finishing() as ending:
        gathered = usage_of(ending.session, run.actor, bank_id)
        keep_usage(ending.session, run.clock, run.actor, bank_id, gathered)
        ending.result = {"items": len(gathered)}


USAGE = JobKind("calibration.usage", (Role.PSYCHOMETRICIAN,), _run)
"""Gather statistics and exposure of the items of a bank."""


def _subject(bank_id: str) -> str:
    return f"usage:{bank_id}"


def administrations_of(session: Session, bank_id: str) -> list[Administration]:
    """Return the administrations of a bank's exams, without those for trying out."""
    exams = {exam.id for exam in list_exams(session) if exam.bank_id == bank_id}
    return [one for one in list_administrations(session) if one.exam_id in exams and not one.test]


def _add_exposure(
    session: Session,
    gathered: Mapping[str, _Gathered],
    bank_id: str,
    administrations: Sequence[Administration],
) -> None:
    """Count forms, administrations and candidates of each item, whatever its version."""
    exams = [exam.id for exam in list_exams(session) if exam.bank_id == bank_id]
    forms = {form.id: form for exam_id in exams for form in forms_of(session, exam_id)}
    for form in forms.values():
        for item in form.items:
            gathered[item.ref.item_id].forms.add(form.id)
    sat = handed_in_by_form(session, [one.id for one in administrations if not one.simulated])
    for administration_id, form_id, n_candidates, last in sat:
        for item in forms[form_id].items if form_id in forms else ():
            one = gathered[item.ref.item_id]
            one.administrations.add(administration_id)
            one.candidates += n_candidates
            one.last_used_at = max(filter(None, (one.last_used_at, last)))


def rows_of(session: Session, administration_id: UUID) -> Iterable[tuple[ItemVersion, ItemRow]]:
    """Return the items of an administration with their figures, as they were computed last."""
    body = figures_of(session, ITEM_FIGURES, [administration_id])[administration_id].body
    found = None if body is None else body.get(Scope.ALL.value)
    if found is None or "refused" in found:
        return ()
    refs: list[ItemRef] = items_named(found)
    analysis = read_again(found, item_versions(session, refs))
    items = [item.item for item in analysis.items]
    return zip(items, item_rows(analysis, None), strict=True)


def _slopes(session: Session, bank_id: str) -> dict[str, float | None]:
    adopted = current_parameters(session, bank_id)
    items = () if adopted is None else adopted.body["items"]
    return {entry["item_id"]: entry.get("a") for entry in items}


def _usage(item_id: str, gathered: _Gathered, a: float | None) -> ItemUsage:
    n = sum(row.n for row in gathered.rows)
    p = _weighted([(row.n, row.p) for row in gathered.rows])
    item_rest_r = _weighted([(row.n, row.item_rest_r) for row in gathered.rows])
    raised = {rule.code for row in gathered.rows for rule in row.flags} & OF_DISTRACTORS
    if gathered.rows:
        raised |= {rule.code for rule in flags_of(ItemFigures(n, p, item_rest_r, a=a))}
    return ItemUsage(
        item_id=item_id,
        n=n if gathered.rows else None,
        p=p,
        item_rest_r=item_rest_r,
        flags=tuple(rule.code for rule in FLAG_RULES if rule.code in raised),
        forms=len(gathered.forms),
        administrations=len(gathered.administrations),
        candidates=gathered.candidates,
        simulated=gathered.simulated,
        last_used_at=gathered.last_used_at,
    )


def _weighted(figures: Iterable[tuple[float, float | None]]) -> float | None:
    """Return the mean of figures that are known, each as heavy as its number of answers."""
    known = [(n, value) for n, value in figures if value is not None and n > 0]
    total = sum(n for n, _ in known)
    return sum(n * value for n, value in known) / total if total else None
