"""Use cases of calibration: look at responses, calibrate them, adopt what came of it."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from uuid import UUID

from sqlalchemy import Engine
from sqlmodel import Session

from examengine.accounts import Actor, Role, record_act, require
from examengine.assembly import list_exams
from examengine.bank import AdoptedParameters, adopt_parameters, current_parameters
from examengine.calibration import repository
from examengine.calibration.analysis import MatrixAnalysis, analyse
from examengine.calibration.analysis_cache import AnalysisCache
from examengine.calibration.errors import (
    RunNotAdoptable,
    RunUnknown,
    SnapshotUnknown,
)
from examengine.calibration.estimation import RunResult, RunSettings, estimate
from examengine.calibration.repository import RunSummary, SnapshotFiles
from examengine.calibration.runs import CalibrationRun, result_digest, run_body
from examengine.db import reading, writing
from examengine.delivery import find_administration, keep_candidates_apart
from examengine.kernel.clock import Clock
from examengine.kernel.digest import digest
from examengine.kernel.ids import new_id
from examengine.marking import MatrixOutline, Policy, ResponseMatrix, counting, response_matrix

PLAIN = Policy()
"""Operational items, unanswered ones worth 0 points."""


def analysis_of(
    session: Session,
    actor: Actor,
    cache: AnalysisCache,
    administration_ids: Iterable[UUID],
    policy: Policy = PLAIN,
) -> MatrixAnalysis:
    """Return the classical analysis of the responses of one or more administrations.

    Args:
        session: A transaction; nothing is written.
        actor: A psychometrician.
        cache: Where analyses are kept.
        administration_ids: Whose responses; all of one bank.
        policy: Who and what counts.

    Raises:
        NotAllowed: The actor is no psychometrician.
        AdministrationUnknown: There is no such administration.
        NobodyCounts: Nobody has submitted, or all of it is voided.
        MatrixRefused: The administrations do not go together.
    """
    require(actor, Role.PSYCHOMETRICIAN)
    wanted = tuple(sorted(set(administration_ids)))
    key = counting(session, wanted, policy)
    return cache.get(key, lambda: analyse(response_matrix(session, wanted, policy)))


def responses_of(
    session: Session, actor: Actor, administration_id: UUID, policy: Policy = PLAIN
) -> ResponseMatrix:
    """Return the responses of an administration as they stand.

    Raises:
        NotAllowed: The actor is no psychometrician.
        AdministrationUnknown: There is no such administration.
        NobodyCounts: Nobody has submitted, or all of it is voided.
        MatrixRefused: Its forms do not go together.
    """
    require(actor, Role.PSYCHOMETRICIAN)
    return response_matrix(session, [administration_id], policy)


def run_calibration(
    engine: Engine,
    clock: Clock,
    actor: Actor,
    cache: AnalysisCache,
    administration_ids: Iterable[UUID],
    policy: Policy,
    settings: RunSettings,
) -> CalibrationRun:
    """Calibrate responses and store the run with the responses it was made of.

    This use case opens its own short transactions: a calibration takes seconds, and on SQLite
    nobody could save an answer while one transaction stayed open for so long.

    Raises:
        NotAllowed: The actor is no psychometrician.
        AdministrationUnknown: There is no such administration.
        MatrixRefused: There are no responses, or they do not go together.
        CalibrationRefused: The responses do not determine the parameters.
    """
    found = calibrated(engine, clock, actor, cache, administration_ids, policy, settings)
    with writing(engine) as session:
        store_run(session, actor, found)
    return found.run


@dataclass(frozen=True, slots=True)
class UnsavedRun:
    """A calibration that is not stored yet, with the responses it was made of."""

    analysis: MatrixAnalysis
    run: CalibrationRun


def calibrated(
    engine: Engine,
    clock: Clock,
    actor: Actor,
    cache: AnalysisCache,
    administration_ids: Iterable[UUID],
    policy: Policy,
    settings: RunSettings,
    *,
    run_id: UUID | None = None,
) -> UnsavedRun:
    """Calibrate responses; nothing is written.

    Args:
        engine: For a short transaction that reads the responses.
        clock: Tells when.
        actor: A psychometrician.
        cache: Where analyses are kept.
        administration_ids: Whose responses; all of one bank.
        policy: Who and what counts.
        settings: Model and options.
        run_id: The id the run is to have; a new one unless it was named before.

    Raises:
        As `run_calibration` does.
    """
    require(actor, Role.PSYCHOMETRICIAN)
    with reading(engine) as session:
        analysis = analysis_of(session, actor, cache, administration_ids, policy)
        sources = [find_administration(session, one) for one in analysis.matrix.administration_ids]
    result = estimate(analysis, settings)
    if any(source.simulated for source in sources):
        result = replace(result, body={**result.body, "simulated": True})
    run = _run(clock, actor, analysis, settings, result, run_id or new_id(clock.now()))
    return UnsavedRun(analysis, run)


def store_run(session: Session, actor: Actor, found: UnsavedRun) -> None:
    """Store a run with the responses it was made of, and note it in the trail.

    Raises:
        NotAllowed: The actor is no psychometrician.
    """
    require(actor, Role.PSYCHOMETRICIAN)
    run = found.run
    if not repository.has_snapshot(session, run.snapshot_digest):
        repository.add_snapshot(session, found.analysis.matrix, run.ran_at)
    repository.add_run(session, run)
    detail = {"model": run.model, "snapshot": run.snapshot_digest, "digest": run.digest}
    subject = f"calibration_run:{run.id}"
    record_act(session, run.ran_at, actor, "calibration.run", subject, detail)


def sources_of_run(session: Session, run_id: UUID) -> tuple[UUID, ...]:
    """Return the administrations whose answers a run used; none where there is no such run.

    It does not ask who is asking: the use case that calls it does.
    """
    return repository.sources_of_run(session, run_id)


def find_run(session: Session, actor: Actor, run_id: UUID) -> CalibrationRun:
    """Return one run.

    Raises:
        NotAllowed: The actor is neither psychometrician nor awarding officer.
        RunUnknown: There is none with this id.
    """
    require(actor, Role.PSYCHOMETRICIAN, Role.AWARDING_OFFICER)
    return run_behind(session, run_id)


def run_behind(session: Session, run_id: UUID) -> CalibrationRun:
    """Return the run that parameters rest on, for the contexts above.

    It does not ask who is asking: the use case that calls it does.

    Raises:
        RunUnknown: There is none with this id.
    """
    found = repository.run(session, run_id)
    if found is None:
        raise RunUnknown(run_id)
    return found


def list_runs(
    session: Session, actor: Actor, administration_id: UUID | None = None
) -> list[RunSummary]:
    """Return the runs of an administration, or all, the newest first.

    Raises:
        NotAllowed: The actor is no psychometrician.
    """
    require(actor, Role.PSYCHOMETRICIAN)
    return [
        run
        for run in repository.run_summaries(session)
        if administration_id is None or administration_id in run.administration_ids
    ]


def run_to_show(
    session: Session, actor: Actor, matrix: MatrixOutline, asked: UUID | None = None
) -> CalibrationRun | None:
    """Return the run whose parameters are shown beside these responses, or None.

    It is the one that was asked for; else the adopted run, by which scores are computed, where it
    has calibrated every item that counts; else the newest run of these very responses.

    Raises:
        NotAllowed: The actor is no psychometrician.
        RunUnknown: There is no run as asked for.
    """
    require(actor, Role.PSYCHOMETRICIAN)
    if asked is not None:
        return find_run(session, actor, asked)
    adopted = current_parameters(session, matrix.bank_id)
    run = None
    if adopted is not None and adopted.run_id is not None:
        run = repository.run(session, adopted.run_id)
    counting_items = {
        item_id for item_id, counts in zip(matrix.item_ids, matrix.scored, strict=True) if counts
    }
    if run is not None and counting_items <= run.items.keys():
        return run
    same = [one for one in repository.run_summaries(session) if one.made_of(matrix)]
    return find_run(session, actor, same[0].id) if same else None


def snapshot_files(session: Session, actor: Actor, snapshot_digest: str) -> SnapshotFiles:
    """Return the files of a snapshot, as the commands read them.

    Raises:
        NotAllowed: The actor is no psychometrician.
        SnapshotUnknown: No run was made of such a snapshot.
    """
    require(actor, Role.PSYCHOMETRICIAN)
    found = repository.snapshot_files(session, snapshot_digest)
    if found is None:
        raise SnapshotUnknown(f"no snapshot {snapshot_digest}")
    return found


def adopt_run(
    session: Session, clock: Clock, actor: Actor, run_id: UUID, reason: str
) -> AdoptedParameters:
    """Make the parameters of a run the ones this bank's scores are computed with.

    Raises:
        NotAllowed: The actor is no psychometrician.
        RunUnknown: There is no such run.
        OwnMatter: They are enrolled in an exam whose scores these parameters would change.
        RunNotAdoptable: It did not converge.
        ParametersRefused: No reason is given, or the bank lacks one of the items.
    """
    require(actor, Role.PSYCHOMETRICIAN)
    run = find_run(session, actor, run_id)
    exams = [exam.id for exam in list_exams(session) if exam.bank_id == run.bank_id]
    keep_candidates_apart(session, actor, *exams)
    if not run.converged:
        raise RunNotAdoptable(f"run {run_id} did not converge")
    return adopt_parameters(
        session,
        clock,
        actor,
        run.bank_id,
        body=run.body,
        run_id=run.id,
        run_digest=run.digest,
        reason=reason,
    )


def _run(
    clock: Clock,
    actor: Actor,
    analysis: MatrixAnalysis,
    settings: RunSettings,
    result: RunResult,
    run_id: UUID,
) -> CalibrationRun:
    now, matrix = clock.now(), analysis.matrix
    options = asdict(settings)
    estimator, code_version = result.body["estimator"], result.body["code_version"]
    results = result_digest(result.body, result.statistics)
    covered = run_body(
        run_id,
        matrix.digest,
        settings.model,
        estimator,
        options,
        result.body,
        results,
        code_version,
        actor.person_id,
        now,
    )
    return CalibrationRun(
        id=run_id,
        administration_ids=matrix.administration_ids,
        bank_id=matrix.bank_id,
        scope=matrix.scope,
        snapshot_digest=matrix.digest,
        model=settings.model,
        estimator=estimator,
        settings=options,
        body=result.body,
        statistics=result.statistics,
        result_digest=results,
        code_version=code_version,
        ran_by=actor.person_id,
        ran_at=now,
        digest=digest(covered),
    )
