"""The answers behind an explanation, question by question, with the item versions."""

from collections.abc import Sequence

from examengine.assembly import Form
from examengine.delivery import (
    FileAttached,
    LoggedEvent,
    ResponseEdited,
    ResponseRecord,
    ResponseSaved,
)
from examengine.scoring.explanation.chain import ItemLine, item_line
from examengine.scoring.pinned_versions import Versions
from examengine.scoring.score_record import ScoreRecord

_GIVING = frozenset({ResponseSaved.type, ResponseEdited.type, FileAttached.type})
"""The events by which an answer is given."""


def item_lines(
    score: ScoreRecord | None,
    record: ResponseRecord | None,
    form: Form | None,
    versions: Versions,
    log: Sequence[LoggedEvent],
) -> tuple[ItemLine, ...]:
    """Return each item with the candidate's answer; nothing where a part of it is missing."""
    if score is None or record is None or form is None:
        return ()
    given_at = {event.body["item_id"]: event.at for event in log if event.type in _GIVING}
    return tuple(
        item_line(
            versions[item.ref],
            record.responses.get(item.ref.item_id),
            given_at.get(item.ref.item_id),
            scored=item.scored,
            recorded_score=score.item_scores.get(item.ref.item_id),
        )
        for item in form.items
        if item.ref in versions
    )
