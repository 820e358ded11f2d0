"""What a page is told when it turns to another question: the answer is stored, and here it is.

One request and one commit. The question is drawn from what the writer knows a moment after it has
written: no database is asked for what is in memory, and no thread waited for.
"""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from starlette.concurrency import run_in_threadpool

from examengine.db import reading, within
from examengine.delivery import Recorded, Sitting, TurnTaken
from examengine.kernel.clock import iso
from examengine.web.attempt_exchange import SentTurn, acknowledgement
from examengine.web.dependencies import Components
from examengine.web.sittings import sitting_at


async def turned(
    components: Components, sent: SentTurn, attempt_id: UUID, session: str
) -> Mapping[str, object]:
    """Store the answer, note that the question is shown, and return both as the page wants them.

    Where no question comes back, the answer lacks what its candidate is to be told first, or the
    page asks for the whole page instead, which leads where the attempt goes on.

    Args:
        components: What the composition root built.
        sent: What the page asks.
        attempt_id: The attempt.
        session: The digest of the signed-in browser's token.

    Raises:
        ExamError: The answer is refused; where there is none, the question.
    """
    clock = components.clock
    taken = await components.writer.turned(sent.turn(attempt_id, session, clock.now()))
    now = clock.now()
    told: dict[str, object] = {"saved": None, "question": None}
    if taken.saved is not None:
        told["saved"] = acknowledgement(taken.saved, now)
    if isinstance(taken.shown, Recorded):
        told |= acknowledgement(taken.shown, now)
        told["question"] = await _question(components, sent, taken, taken.shown)
    return told


async def _question(
    components: Components, sent: SentTurn, taken: TurnTaken, shown: Recorded
) -> Mapping[str, object]:
    """Return the question that is shown, and where it stands."""
    sitting = sitting_at(components, taken.organisation_id, shown)
    if sitting is None:
        sitting = await run_in_threadpool(
            _read, components, taken.organisation_id, shown.attempt_id
        )
    state, chosen = sitting.state_at(sent.place), sitting.attempt.head.chosen
    return {
        "html": components.questions.drawn(sitting, sent.place, components.clock.now()),
        "item": state.item_id,
        "answered": state.answered,
        "unfinished": state.unfinished,
        "echo": state.echo,
        "flagged": state.flagged,
        "saved_at": None if state.saved_at is None else iso(state.saved_at),
        "list": None if chosen == sent.chosen else _list(components, sitting, sent.place),
    }


def _read(components: Components, organisation_id: UUID, attempt_id: UUID) -> Sitting:
    """Return the attempt as the database has it; the writer has asked whose it is."""
    with reading(within(components.engine, organisation_id)) as session:
        found = components.attempts.of(session, attempt_id)
        form = components.forms.of(session, found.plan.form_id)
    return Sitting(found.plan, form, found.attempt)


def _list(components: Components, sitting: Sitting, place: int) -> str:
    """Return the list of questions, for a page that has an older one."""
    shown: dict[str, Any] = {"items": sitting.items(), "chosen": sitting.attempt.head.chosen}
    return components.templates.get_template("candidate/_list.html").render(place=place, **shown)
