"""What a corrected key would do, as a job: worked out by a worker for as many as handed in.

The result is kept with the name of the state it was worked out in. Once others have handed in, or
anything that scores rest on is another one, it is no longer shown, and can be asked for anew.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session

from examengine import jobs
from examengine.accounts import Actor
from examengine.assembly import Exam, KeyCorrection, checked_correction, correction_of, forms_of
from examengine.bank import current_parameters
from examengine.db import reading
from examengine.delivery import administrations_of, record_counts
from examengine.integrity import ruling_counts
from examengine.jobs import Job, JobKind, JobQueue, JobRun, JobState
from examengine.kernel.clock import Clock
from examengine.kernel.digest import digest
from examengine.psychometrics.documents import plain
from examengine.scoring.correction_impact import CorrectionImpact, Turned, impact_of_correction
from examengine.scoring.keys_in_question import READERS, KeyReview, review_key
from examengine.standard_setting import cut_for_form

MOST_AT_ONCE = 200
"""Candidates of all administrations for whom a page works the effect out itself."""


@dataclass(frozen=True, slots=True)
class ShownImpact:
    """What is known of the effect of a correction.

    Attributes:
        impacts: By administration; None where it has to be worked out first.
        worked_out_at: When a job did that; None where the page has.
        job: The newest job that works it out, where that is not done.
    """

    impacts: tuple[CorrectionImpact, ...] | None
    worked_out_at: datetime | None = None
    job: Job | None = None


def shown_impact(
    session: Session,
    clock: Clock,
    actor: Actor,
    found: KeyReview,
    correction: KeyCorrection | None,
) -> ShownImpact:
    """Return what a correction would do: worked out here for a few, by a job for many.

    Args:
        session: A transaction; nothing is written.
        clock: Tells when.
        actor: Who asks.
        found: The key in question.
        correction: How the item would count; None as its key says.

    Raises:
        As `impact_of_correction` does.
    """
    ref = found.key.version.ref
    if found.n_handed_in <= MOST_AT_ONCE:
        impacts = impact_of_correction(
            session, clock, actor, found.exam.id, ref.item_id, ref.version, correction
        )
        return ShownImpact(tuple(impacts))
    _check(session, found, correction)
    about = jobs.jobs_about(session, actor, _subject(found, correction), most=1)
    if not about:
        return ShownImpact(None)
    (newest,) = about
    if newest.state is not JobState.DONE:
        return ShownImpact(None, job=newest)
    result = jobs.result_of(session, actor, newest.id)
    if result["state"] != _state(session, actor, found.exam):
        return ShownImpact(None)
    return ShownImpact(tuple(map(_impact, result["impacts"])), newest.ended_at)


def ask_impact(
    session: Session,
    clock: Clock,
    queue: JobQueue,
    actor: Actor,
    found: KeyReview,
    correction: KeyCorrection | None,
) -> Job:
    """Ask for the effect of a correction to be worked out, unless somebody has already.

    Args:
        session: The transaction.
        clock: Tells when.
        queue: How workers hear of it.
        actor: Who asks.
        found: The key in question.
        correction: How the item would count; None as its key says.

    Raises:
        NotAllowed: The actor is neither awarding officer nor psychometrician.
        ScoringPolicyRefused: The item cannot count like this; every fault is named.
        JobsTooMany: So much waits already that no more is taken.
    """
    _check(session, found, correction)
    ref = found.key.version.ref
    return jobs.ask_once(
        session,
        clock,
        queue,
        actor,
        IMPACT,
        title=f"Work out what another key of {ref.item_id} would do in {found.exam.title}",
        subject=_subject(found, correction),
        arguments={
            "exam_id": found.exam.id,
            "item_id": ref.item_id,
            "version": ref.version,
            "correction": None if correction is None else correction.body(),
        },
    )


def _check(session: Session, found: KeyReview, correction: KeyCorrection | None) -> None:
    """Refuse what the item cannot count like, before anything is worked out."""
    forms = forms_of(session, found.exam.id)
    reason = "Nothing is stored."
    checked_correction(found.exam, forms, found.key.version, correction, reason=reason)


def _subject(found: KeyReview, correction: KeyCorrection | None) -> str:
    ref = found.key.version.ref
    asked = {
        "exam_id": found.exam.id,
        "item_id": ref.item_id,
        "version": ref.version,
        "correction": None if correction is None else correction.body(),
    }
    return f"impact:{digest(asked)}"


def _state(session: Session, actor: Actor, exam: Exam) -> str:
    """Name what the effect depends on: who has handed in, rulings, parameters, scoring and cuts."""
    ids = [one.id for one in administrations_of(session, actor, exam.id)]
    adopted = current_parameters(session, exam.bank_id)
    cuts = [cut_for_form(session, exam.id, form) for form in forms_of(session, exam.id)]
    return digest(
        {
            "handed_in": {str(one): n for one, n in record_counts(session, ids).items()},
            "rulings": {str(one): n for one, n in ruling_counts(session, ids).items()},
            "parameters": None if adopted is None else adopted.digest,
            "scoring": exam.scoring.digest,
            "cuts": sorted({cut.digest for cut in cuts if cut is not None}),
        }
    )


def _run(run: JobRun) -> None:
    asked = run.job.arguments
    body = asked["correction"]
    run.report("Reading what was answered")
    with reading(run.engine) as session:
        named = (asked["exam_id"], asked["item_id"], asked["version"])
        exam = review_key(session, run.clock, run.actor, *named).exam
        # Before the effect: whatever comes in between makes it out of date, never wrong.
        state = _state(session, run.actor, exam)
        impacts = impact_of_correction(
            session,
            run.clock,
            run.actor,
            *named,
            None if body is None else correction_of(body),
            told=lambda done, of: run.report(f"Scoring both ways: {done} of {of}", done, of),
        )
    with run.finishing() as ending:
        ending.result = {"state": state, "impacts": plain(impacts)}


def _impact(body: Mapping[str, Any]) -> CorrectionImpact:
    turned = tuple(Turned(**one) for one in body["turned"])
    return CorrectionImpact(**{**body, "turned": turned})


IMPACT = JobKind("scoring.impact", READERS, _run)
"""Work out what a corrected key would do to everybody who has handed in."""
