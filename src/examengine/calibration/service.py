"""Use cases of calibration: look at responses, calibrate them, adopt what came of it."""

from collections.abc import Collection, Iterable
from dataclasses import asdict, dataclass
from uuid import UUID

from sqlalchemy import Engine
from sqlmodel import Session

from examengine.accounts import Actor, Role, record_act, require
from examengine.assembly import Exam, find_exam, find_form
from examengine.bank import AdoptedParameters, adopt_parameters, item_versions
from examengine.calibration import repository
from examengine.calibration.analysis import Analysis, analyse
from examengine.calibration.errors import (
    RunNotAdoptable,
    RunUnknown,
    SnapshotRefused,
    SnapshotUnknown,
)
from examengine.calibration.estimation import RunResult, RunSettings, estimate
from examengine.calibration.repository import RunSummary, SnapshotFiles
from examengine.calibration.runs import CalibrationRun, result_digest, run_body
from examengine.calibration.shelf import Shelf
from examengine.calibration.snapshot import Scope, take_snapshot
from examengine.db import reading, writing
from examengine.delivery import (
    Administration,
    find_administration,
    list_administrations,
    record_counts,
    response_records,
)
from examengine.kernel.clock import Clock
from examengine.kernel.digest import digest
from examengine.kernel.ids import new_id

NOBODY: frozenset[UUID] = frozenset()


@dataclass(frozen=True, slots=True)
class Overview:
    """One line of the list of administrations."""

    administration: Administration
    exam: Exam
    n_persons: int
    alpha: float | None
    """Of the form that most candidates had."""


def overview(session: Session, actor: Actor, shelf: Shelf) -> list[Overview]:
    """Return every administration with its size and reliability, the newest first.

    Raises:
        NotAllowed: The actor is no psychometrician.
    """
    require(actor, Role.PSYCHOMETRICIAN)
    counts = record_counts(session)
    exams = {one.exam_id: one for one in list_administrations(session)}
    found = {exam_id: find_exam(session, exam_id) for exam_id in exams}
    lines = []
    for administration in list_administrations(session):
        n_persons = counts.get(administration.id, 0)
        alpha = None
        if n_persons:
            forms = analysis_of(session, actor, shelf, [administration.id]).reliability
            alpha = forms[0].alpha if forms else None
        lines.append(Overview(administration, found[administration.exam_id], n_persons, alpha))
    return lines


def analysis_of(
    session: Session,
    actor: Actor,
    shelf: Shelf,
    administration_ids: Iterable[UUID],
    scope: Scope = Scope.OPERATIONAL,
    *,
    without: Collection[UUID] = NOBODY,
) -> Analysis:
    """Return the classical analysis of the responses of one or more administrations.

    Args:
        session: A transaction; nothing is written.
        actor: A psychometrician.
        shelf: Where analyses are kept.
        administration_ids: Whose responses; all of one bank.
        scope: Operational items only, or pretest items too.
        without: Response records or attempts to leave out, such as voided ones.

    Raises:
        NotAllowed: The actor is no psychometrician.
        AdministrationUnknown: There is no such administration.
        SnapshotRefused: Nobody has submitted, or the administrations do not go together.
    """
    require(actor, Role.PSYCHOMETRICIAN)
    wanted = tuple(sorted(set(administration_ids)))
    counts = record_counts(session)
    key = (wanted, scope, tuple(counts.get(one, 0) for one in wanted), frozenset(without))
    return shelf.get(key, lambda: _analysed(session, wanted, scope, frozenset(without)))


def run_calibration(
    engine: Engine,
    clock: Clock,
    actor: Actor,
    shelf: Shelf,
    administration_ids: Iterable[UUID],
    scope: Scope,
    settings: RunSettings,
    *,
    without: Collection[UUID] = NOBODY,
) -> CalibrationRun:
    """Calibrate responses and store the run with the responses it was made of.

    This use case opens its own short transactions: a calibration takes seconds, and on SQLite
    nobody could save an answer while one transaction stayed open for so long.

    Raises:
        NotAllowed: The actor is no psychometrician.
        AdministrationUnknown: There is no such administration.
        SnapshotRefused: There are no responses, or they do not go together.
        CalibrationRefused: The responses do not determine the parameters.
    """
    require(actor, Role.PSYCHOMETRICIAN)
    with reading(engine) as session:
        analysis = analysis_of(session, actor, shelf, administration_ids, scope, without=without)
    result = estimate(analysis, settings)
    run = _run(clock, actor, analysis, settings, result)
    with writing(engine) as session:
        if not repository.has_snapshot(session, run.snapshot_digest):
            repository.add_snapshot(session, analysis.snapshot, run.ran_at)
        repository.add_run(session, run)
        detail = {"model": run.model, "snapshot": run.snapshot_digest, "digest": run.digest}
        subject = f"calibration_run:{run.id}"
        record_act(session, run.ran_at, actor, "calibration.run", subject, detail)
    return run


def find_run(session: Session, actor: Actor, run_id: UUID) -> CalibrationRun:
    """Return one run.

    Raises:
        NotAllowed: The actor is neither psychometrician nor awarding officer.
        RunUnknown: There is none with this id.
    """
    require(actor, Role.PSYCHOMETRICIAN, Role.AWARDING_OFFICER)
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


def latest_run(session: Session, actor: Actor, snapshot_digest: str) -> CalibrationRun | None:
    """Return the newest run of these very responses; a two-parameter one where there is one.

    Raises:
        NotAllowed: The actor is no psychometrician.
    """
    require(actor, Role.PSYCHOMETRICIAN)
    same = [
        run for run in repository.run_summaries(session) if run.snapshot_digest == snapshot_digest
    ]
    preferred = [run for run in same if run.model == "2pl"] or same
    return find_run(session, actor, preferred[0].id) if preferred else None


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
        RunNotAdoptable: It did not converge.
        ParametersRefused: No reason is given, or the bank lacks one of the items.
    """
    require(actor, Role.PSYCHOMETRICIAN)
    run = find_run(session, actor, run_id)
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


def _analysed(
    session: Session, administration_ids: tuple[UUID, ...], scope: Scope, without: frozenset[UUID]
) -> Analysis:
    banks = set()
    records = []
    for administration_id in administration_ids:
        administration = find_administration(session, administration_id)
        banks.add(find_exam(session, administration.exam_id).bank_id)
        records += [
            record
            for record in response_records(session, administration_id)
            if without.isdisjoint({record.id, record.attempt_id or record.id})
        ]
    if len(banks) != 1:
        raise SnapshotRefused(
            f"these administrations draw on {len(banks)} banks; calibrate one bank at a time"
        )
    forms = {one: find_form(session, one) for one in dict.fromkeys(r.form_id for r in records)}
    refs = [item.ref for form in forms.values() for item in form.items]
    versions = item_versions(session, refs)
    return analyse(take_snapshot(administration_ids, banks.pop(), forms, versions, records, scope))


def _run(
    clock: Clock, actor: Actor, analysis: Analysis, settings: RunSettings, result: RunResult
) -> CalibrationRun:
    now, snapshot = clock.now(), analysis.snapshot
    run_id, options = new_id(now), asdict(settings)
    estimator, code_version = result.body["estimator"], result.body["code_version"]
    results = result_digest(result.body, result.statistics)
    covered = run_body(
        run_id,
        snapshot.digest,
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
        administration_ids=snapshot.administration_ids,
        bank_id=snapshot.bank_id,
        scope=snapshot.scope,
        snapshot_digest=snapshot.digest,
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
