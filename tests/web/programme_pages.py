"""What was decided in a programme, and decided otherwise."""

from examengine import db, integrity, scoring
from tests.scoring.world import with_records

REASON = "The invigilator's report and the log were read; nothing speaks against it."


def result_of(world, name) -> scoring.CandidateResult:
    """Return somebody's line of the results."""
    with db.reading(world.engine) as session:
        found = scoring.results_of(session, world.staff, world.administration.id)
        whole = with_records(session, found.results)
    return next(result for result in whole if result.candidate == name)


def void(world, name) -> None:
    """Declare somebody's attempt void, and decide again."""
    subject_id = world.candidates[name].attempt_id
    with db.writing(world.engine) as session:
        case = integrity.find_case(session, world.clock, world.staff, subject_id)
        integrity.void(session, world.clock, world.staff, subject_id, REASON, seen=case.version)
        scoring.decide(session, world.clock, world.staff, world.administration.id)
