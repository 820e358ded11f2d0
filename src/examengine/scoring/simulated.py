"""What a result rests on that a program made up: answers, item parameters, judges' ratings.

Whoever shows a result, or says where it comes from, asks here and nowhere else.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from uuid import UUID

from sqlmodel import Session

from examengine.accounts import Actor, Role, require
from examengine.assembly import find_exam
from examengine.bank import current_parameters, find_parameters
from examengine.calibration import sources_of_run
from examengine.delivery import Administration, find_administration
from examengine.kernel.errors import ExamError
from examengine.scoring import repository
from examengine.scoring.decisions.decision import Decision
from examengine.standard_setting import CutScore, current_cut, find_cut, is_simulated


@dataclass(frozen=True, slots=True)
class SimulatedSource:
    """One thing that a program made up."""

    sentence: str
    """What is said beside a result."""
    reason: str
    """Why what comes of it is no qualification: the end of a sentence with `because`."""


ANSWERS = SimulatedSource("The answers were given by a program.", "its responses were simulated")
PARAMETERS = SimulatedSource(
    "The item parameters rest on simulated answers.",
    "its item parameters rest on simulated answers",
)
RATINGS = SimulatedSource(
    "The judges’ ratings behind the pass mark were simulated.",
    "the judges’ ratings behind its pass mark were simulated",
)


def simulated_sources(
    session: Session,
    administration: Administration | None,
    parameters_ids: Collection[UUID],
    cut: CutScore | None,
) -> tuple[SimulatedSource, ...]:
    """Return what was simulated of all that results rest on. It does not ask who is asking.

    Args:
        session: The transaction.
        administration: Where the answers come from; None for a cut alone.
        parameters_ids: The parameter sets that the scores were computed with.
        cut: The cut score; its place on the scale rests on parameters too. None without one.
    """
    at_cut = None if cut is None else cut.parameters_id
    sets = {*parameters_ids, *(() if at_cut is None else (at_cut,))}
    found = (
        (ANSWERS, administration is not None and administration.simulated),
        (PARAMETERS, any(_rests_on_simulated(session, one) for one in sets)),
        (RATINGS, cut is not None and is_simulated(session, cut)),
    )
    return tuple(what for what, holds in found if holds)


def simulated_behind_cut(
    session: Session, actor: Actor, cut: CutScore
) -> tuple[SimulatedSource, ...]:
    """Return what was simulated of all that a cut score rests on.

    Raises:
        NotAllowed: The actor is neither awarding officer nor psychometrician.
    """
    require(actor, Role.AWARDING_OFFICER, Role.PSYCHOMETRICIAN)
    return simulated_sources(session, None, (), cut)


def simulated_now(session: Session, administration: Administration) -> tuple[SimulatedSource, ...]:
    """Return what was simulated of that by which an administration would be decided now.

    It does not ask who is asking: the use case that calls it does.
    """
    return simulated_now_of_each(session, [administration])[administration.id]


def simulated_now_of_each(
    session: Session, administrations: Iterable[Administration]
) -> dict[UUID, tuple[SimulatedSource, ...]]:
    """Return the same for several administrations; what their exams rest on is read once.

    It does not ask who is asking: the use case that calls it does.
    """
    of_exams: dict[str, tuple[SimulatedSource, ...]] = {}
    found = {}
    for one in administrations:
        if one.exam_id not in of_exams:
            of_exams[one.exam_id] = _simulated_in_exam(session, one.exam_id)
        found[one.id] = (*([ANSWERS] if one.simulated else ()), *of_exams[one.exam_id])
    return found


def _simulated_in_exam(session: Session, exam_id: str) -> tuple[SimulatedSource, ...]:
    exam = find_exam(session, exam_id)
    adopted = None if exam.scoring.by_points else current_parameters(session, exam.bank_id)
    parameters = () if adopted is None else (adopted.id,)
    return simulated_sources(session, None, parameters, current_cut(session, exam_id))


def simulated_behind(
    session: Session, decisions: Iterable[Decision]
) -> dict[UUID, tuple[SimulatedSource, ...]]:
    """Return what was simulated behind each decision, by its id, as it rests on it.

    It does not ask who is asking: the use case that calls it does.
    """
    decided = list(decisions)
    parameters = repository.parameters_of_scores(session, [one.score_record_id for one in decided])
    known: dict[tuple[UUID, UUID | None, UUID], tuple[SimulatedSource, ...]] = {}
    behind = {}
    for one in decided:
        used = parameters.get(one.score_record_id)
        rests_on = (one.administration_id, used, one.cut_score_id)
        if rests_on not in known:
            known[rests_on] = simulated_sources(
                session,
                find_administration(session, one.administration_id),
                () if used is None else (used,),
                find_cut(session, one.cut_score_id),
            )
        behind[one.id] = known[rests_on]
    return behind


def _rests_on_simulated(session: Session, parameters_id: UUID) -> bool:
    try:
        adopted = find_parameters(session, parameters_id)
        run_id = adopted.run_id
        if run_id is None:
            return bool(adopted.body.get("simulated"))
        sources = [find_administration(session, one) for one in sources_of_run(session, run_id)]
    except ExamError:
        return False  # the explanation names the record that is missing
    return any(source.simulated for source in sources)
