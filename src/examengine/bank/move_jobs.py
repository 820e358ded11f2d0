"""Moving many items as a job: a few at a time, so that no saved answer waits for them."""

import json
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlmodel import Session

from examengine import jobs
from examengine.accounts import Actor, require
from examengine.bank.errors import MoveRefused
from examengine.bank.moving import (
    ItemToMove,
    MovedItems,
    checked_choice,
    foresee_moves,
    move_items,
)
from examengine.bank.review import check_ticked, checked_remark
from examengine.bank.reviewing import REVIEWERS
from examengine.bank.service import find_bank
from examengine.db import writing_late
from examengine.jobs import JobKind, JobQueue, JobRun
from examengine.kernel.clock import Clock

MOST_AT_A_TIME = 50
"""Items that are moved in one transaction; a page moves so many itself."""
_FILE = "items.json"


def ask_moves(
    session: Session,
    clock: Clock,
    queue: JobQueue,
    actor: Actor,
    bank_id: str,
    chosen: Sequence[ItemToMove],
    *,
    target: str,
    reason: str,
    ticked: Sequence[int] = (),
    commented_too: bool = False,
) -> UUID:
    """Ask for many items to be moved; return the id of the job.

    Raises:
        NotAllowed: The actor neither writes nor reviews items, nor analyses them.
        NoWorkflow: The bank has no workflow.
        RemarkRefused: The reason is too long, or there are too many items, or none.
        MoveRefused: None of them can go there, or the checklist is not done.
        JobsTooMany: So much waits already that no more is taken.
    """
    require(actor, *REVIEWERS)
    said = checked_remark(reason, "a reason", least=0)
    checked_choice(chosen)
    bank = find_bank(session, actor, bank_id)
    foreseen = foresee_moves(session, actor, bank_id, [one.item_id for one in chosen], target)
    if foreseen.target is None:
        raise MoveRefused("there is no move of yours to that state from where the items are by now")
    check_ticked(foreseen.checklist, ticked)
    return jobs.ask(
        session,
        clock,
        queue,
        actor,
        MOVE,
        title=f"Move {len(chosen)} items of {bank.title} to “{foreseen.target.title}”",
        subject=f"bank:{bank_id}",
        arguments={
            "bank_id": bank_id,
            "target": target,
            "reason": said,
            "ticked": list(ticked),
            "commented_too": commented_too,
        },
        files={_FILE: json.dumps([[one.item_id, one.version] for one in chosen]).encode()},
        apart=f"bank:{bank_id}",
    )


def find_moves(session: Session, actor: Actor, bank_id: str, job_id: UUID) -> jobs.Job:
    """Return the job that moves items.

    Raises:
        NotAllowed: The actor neither writes nor reviews items, nor analyses them.
        JobUnknown: The bank has none with this id that the actor may look at.
    """
    require(actor, *REVIEWERS)
    found = jobs.find_job(session, actor, job_id)
    if found.kind != MOVE.name or found.arguments["bank_id"] != bank_id:
        raise jobs.JobUnknown(f"job {job_id} moves no items of {bank_id}")
    return found


def moved_by_job(session: Session, actor: Actor, bank_id: str, job_id: UUID) -> MovedItems:
    """Return what became of the items of a job.

    Raises:
        NotAllowed: The actor neither writes nor reviews items, nor analyses them.
        JobUnknown: There is no such job that the actor may look at.
        ResultUnknown: It is not done.
    """
    find_moves(session, actor, bank_id, job_id)
    return _moved(jobs.result_of(session, actor, job_id))


def _run(run: JobRun) -> None:
    """Move the items a few at a time; done again, what was moved already counts as moved."""
    asked = dict(run.job.arguments)
    bank_id = asked.pop("bank_id")
    chosen = [ItemToMove(*one) for one in json.loads(run.files()[_FILE])]
    parts: list[MovedItems] = []
    for done in range(0, len(chosen), MOST_AT_A_TIME):
        some = chosen[done : done + MOST_AT_A_TIME]
        run.report("Moving items", done, len(chosen))
        with writing_late(run.engine) as session:
            at = run.job.asked_at
            parts.append(
                move_items(session, run.clock, run.actor, bank_id, some, **asked, asked_at=at)
            )
    with run.finishing() as ending:
        ending.result = _body(asked["target"], parts)


MOVE = JobKind("bank.move", REVIEWERS, _run)
"""Move many items to another state of their workflow."""


def _body(target: str, parts: Sequence[MovedItems]) -> dict[str, Any]:
    return {
        "target": target,
        "moved": [item_id for part in parts for item_id in part.moved],
        "agreed": [item_id for part in parts for item_id in part.agreed],
        "kept": [list(one) for part in parts for one in part.kept],
    }


def _moved(body: Mapping[str, Any]) -> MovedItems:
    kept = tuple((item_id, why) for item_id, why in body["kept"])
    return MovedItems(body["target"], tuple(body["moved"]), tuple(body["agreed"]), kept)
