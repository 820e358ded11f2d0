"""Between which scores a reported score lies, as the exam was scored when it was made."""

from collections.abc import Iterable
from uuid import UUID

from sqlmodel import Session

from examengine.assembly import Exam, scoring_then
from examengine.scoring import repository
from examengine.scoring.decisions.decision import Decision


def score_ranges(
    session: Session, exam: Exam, decisions: Iterable[Decision]
) -> dict[UUID, tuple[str, str]]:
    """Return the least and the greatest reported score there is, by score record.

    It does not ask who is asking: the use case that calls it does.

    Args:
        session: The transaction.
        exam: The exam of all the decisions.
        decisions: Whose scores.
    """
    ids = [one.score_record_id for one in decisions]
    found: dict[UUID, tuple[str, str]] = {}
    scales: dict[str | None, tuple[str, str]] = {}
    for record_id, most_points, policy in repository.most_points_of_scores(session, ids):
        if most_points is not None:
            found[record_id] = ("0", most_points)
            continue
        if policy not in scales:
            scale = scoring_then(session, exam, policy).scale or exam.scale
            scales[policy] = (str(scale.minimum), str(scale.maximum))
        found[record_id] = scales[policy]
    return found
