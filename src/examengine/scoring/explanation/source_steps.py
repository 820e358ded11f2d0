"""The steps of an explanation that lead to the data: calibration, answers, log, form. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any

from examengine.assembly import Form, form_digest
from examengine.bank import AdoptedParameters, ItemRef, ItemVersion
from examengine.calibration import CalibrationElsewhere, CalibrationRun, elsewhere_digest, run_body
from examengine.delivery import Administration, LoggedEvent, ResponseRecord
from examengine.delivery import body as response_body
from examengine.integrity import LogVerdict
from examengine.kernel.clock import from_iso
from examengine.kernel.digest import digest, digest_of_bytes
from examengine.ledger import Seal
from examengine.scoring.explanation.chain import (
    Check,
    ExplanationStep,
    day,
    digest_check,
    facts,
    link_check,
    with_seals,
)
from examengine.scoring.score_record import ScoreRecord

ENDED = {
    "submitted": "The candidate submitted.",
    "time": "The time ran out, and what had been saved was handed in.",
    "staff": "A member of staff ended the attempt, for a reason that stands in the log.",
    "imported": "The answers came from a file of an exam that took place elsewhere.",
}


def calibration_step(
    adopted: AdoptedParameters,
    run: CalibrationRun | None,
    sources: Sequence[Administration | None],
) -> ExplanationStep:
    """Say which calibration the parameters come from, and on whose answers it rests.

    Args:
        adopted: The parameter set that names the run.
        run: The run; None when it is not here any more.
        sources: The administrations whose answers it used; None for one that is missing.
    """
    if run is None:
        return ExplanationStep(
            kind="calibration",
            title="Calibration",
            words=("The parameter set names a calibration run that is not here.",),
            id=str(adopted.run_id),
            digest=adopted.run_digest or "",
            facts=(),
            checks=(Check("The run cannot be found.", agrees=False),),
        )
    known = [source for source in sources if source is not None]
    gone = len(sources) - len(known)
    simulated = any(source.simulated for source in known)
    made_up = " Some of them were simulated by a program, not given by people." if simulated else ""
    titles = ", ".join(source.title for source in known)
    converged = "It converged." if run.converged else "It did not converge."
    return ExplanationStep(
        kind="calibration",
        title="Calibration",
        words=(f"Estimated from the answers of: {titles}.{made_up} {converged}",),
        id=str(run.id),
        digest=run.digest,
        facts=facts(
            (
                ("Run", day(run.ran_at)),
                ("Estimator", run.estimator),
                ("Responses", run.snapshot_digest),
                ("Program", f"examengine {run.code_version}"),
            )
        ),
        checks=(
            digest_check("The run", run.digest, digest(_run_body(run))),
            link_check("The parameter set", adopted.run_digest or "", run.digest),
            link_check("The parameter set, by its values,", digest(adopted.body), digest(run.body)),
            *(
                [Check(f"{gone} of its administrations cannot be found.", agrees=False)]
                * bool(gone)
            ),
        ),
    )


def elsewhere_step(
    adopted: AdoptedParameters, found: CalibrationElsewhere | None
) -> ExplanationStep:
    """Say that the parameters were estimated elsewhere, by whom, and on whose answers.

    Args:
        adopted: The parameter set that names the calibration.
        found: The calibration; None when it is not here any more.
    """
    named = adopted.elsewhere_digest or ""
    if found is None:
        return ExplanationStep(
            kind="calibration",
            title="Calibration",
            words=("The parameter set names a calibration from elsewhere that is not here.",),
            id=str(adopted.elsewhere_id),
            digest=named,
            facts=(),
            checks=(Check("The calibration cannot be found.", agrees=False),),
        )
    source = found.source
    made_up = " The answers were simulated by a program." if source.simulated else ""
    program = " ".join(part for part in (source.program, source.version) if part)
    return ExplanationStep(
        kind="calibration",
        title="Calibration",
        words=(
            f"“{found.title}” took place elsewhere: {program} estimated the parameters from the "
            f"answers of {source.n_persons} people ({source.population}).{made_up} They came as a "
            "table, which is kept; they cannot be computed again here.",
        ),
        id=str(found.id),
        digest=found.digest,
        facts=facts(
            (
                ("Brought in", day(found.brought_at)),
                ("Scale", found.scale.name),
                ("File", source.file),
                ("Digest of the file", source.file_digest),
            )
        ),
        checks=(
            digest_check("The calibration", found.digest, elsewhere_digest(found)),
            link_check("The parameter set", named, found.digest),
            link_check(
                "The parameter set, by its values,", digest(adopted.body), digest(found.body)
            ),
            link_check("The file", source.file_digest, digest_of_bytes(found.file)),
        ),
    )


def _run_body(run: CalibrationRun) -> Mapping[str, Any]:
    return run_body(
        run.id,
        run.snapshot_digest,
        run.model,
        run.estimator,
        run.settings,
        run.body,
        run.result_digest,
        run.code_version,
        run.ran_by,
        run.ran_at,
    )


def response_step(score: ScoreRecord | None, record: ResponseRecord) -> ExplanationStep:
    """Say what was handed in; the score that names it may be missing."""
    named = (
        []
        if score is None
        else [link_check("The score record", score.response_record_digest, record.digest)]
    )
    ended = ENDED.get(record.reason, "How it ended cannot be read.")
    answered = sum(1 for given in record.responses.values() if given is not None)
    return ExplanationStep(
        kind="response_record",
        title="Answers handed in",
        words=(f"{answered} questions were answered. {ended}",),
        id=str(record.id),
        digest=record.digest,
        facts=facts((("Handed in", day(record.submitted_at)), *_sections(record))),
        checks=(
            digest_check("The response record", record.digest, digest(response_body(record))),
            *named,
        ),
    )


def _sections(record: ResponseRecord) -> list[tuple[str, str | None]]:
    """Return when each section was sat, and how it ended."""
    ended = {"candidate": "left", "time": "its time was over", None: "open to the end"}
    return [
        (
            f"Part {one['section']}",
            f"{one['title']}: begun {day(from_iso(one['opened_at']))}, {ended[one['by']]}"
            + (f" {day(from_iso(one['closed_at']))}" if one["closed_at"] else ""),
        )
        for one in record.sections
        if "unreadable" not in one  # the digest says so, and breaks the step
    ]


def log_step(
    record: ResponseRecord,
    log: Sequence[LoggedEvent],
    verdict: LogVerdict | None,
    seals: Sequence[Seal] = (),
) -> ExplanationStep:
    """Say what the log holds, and verify it whole.

    Args:
        record: The response record that was read from it.
        log: The events.
        verdict: What verifying them found; None where there is no log.
        seals: What the ledger says of the administration and the enrolment.
    """
    return with_seals(_log_step(record, log, verdict), seals)


def _log_step(
    record: ResponseRecord, log: Sequence[LoggedEvent], verdict: LogVerdict | None
) -> ExplanationStep:
    if verdict is None:
        return ExplanationStep(
            kind="log",
            title="Source file",
            words=(
                "The answers came from a file. There is no log of the attempt; the digest below "
                "is that of the file they were read from.",
            ),
            id=str(record.administration_id),
            digest=record.head,
            facts=(),
            checks=(),
        )
    checks = tuple(Check(fault.words, agrees=False) for fault in verdict.faults)
    return ExplanationStep(
        kind="log",
        title="Log of the attempt",
        words=(
            f"{len(log)} events: the start, every answer and when it was given, what was shown, "
            "and the end. Each carries the digest of the one before.",
        ),
        id=str(record.attempt_id),
        digest=record.head,
        facts=facts(
            (
                ("First event", day(log[0].at) if log else None),
                ("Last event", day(log[-1].at) if log else None),
            )
        ),
        checks=checks or (Check(f"Verified again now. {verdict.words}", agrees=True),),
    )


def form_step(record: ResponseRecord, form: Form) -> ExplanationStep:
    """Say which form was sat."""
    named = (form.exam_id, form.exam_digest, form.code)
    now = form_digest(*named, form.items, form.minutes, form.sections)
    pretest = sum(1 for item in form.items if not item.scored)
    counted = f"{len(form.items) - pretest} questions that count"
    words = f"Form {form.code}: {counted}" + (
        f" and {pretest} being tried out." if pretest else "."
    )
    return ExplanationStep(
        kind="form",
        title="Form",
        words=(words,),
        id=str(form.id),
        digest=form.digest,
        facts=facts(
            (("Published", day(form.published_at)), ("Time allowed", f"{form.minutes} min"))
        ),
        checks=(
            digest_check("The form", form.digest, now),
            link_check("The response record", record.form_digest, form.digest),
        ),
    )


def items_step(form: Form, versions: Mapping[ItemRef, ItemVersion]) -> ExplanationStep:
    """Say that every item version is the one the form names."""
    other = [
        item.ref.item_id
        for item in form.items
        if item.ref not in versions or digest(versions[item.ref].content) != item.ref.digest
    ]
    check = (
        Check(f"All {len(form.items)} item versions: computed again now, the digests agree.", True)
        if not other
        else Check(f"Not the versions that the form names: {', '.join(other[:5])}.", agrees=False)
    )
    return ExplanationStep(
        kind="items",
        title="Questions",
        words=("Each question is pinned to the version that was shown; a version never changes.",),
        id=f"{len(form.items)} item versions",
        digest=form.digest,
        facts=(),
        checks=(check,),
    )
