"""Use cases of review: which workflow a bank has, and what people say and decide of its items.

Costly things are read before the turn at an item is taken; two who decide at once do so in turn.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from itertools import chain
from typing import Any
from uuid import UUID

from sqlmodel import Session

from examengine.accounts import (
    Actor,
    Person,
    Role,
    people_among,
    people_in_roles,
    record_act,
    require,
)
from examengine.bank import repository, review_repository
from examengine.bank.errors import (
    BankUnknown,
    ItemsNotApproved,
    ItemUnknown,
    NoWorkflow,
    RemarkRefused,
)
from examengine.bank.review import (
    LONGEST_FIELD,
    ItemAssignment,
    ItemComment,
    ItemMove,
    ItemVote,
    PanelFigures,
    PossibleMove,
    Vote,
    agreed_since,
    checked_remark,
    panel_figures,
    possible_moves,
)
from examengine.bank.rules import ItemRef, ItemVersion
from examengine.bank.state_index import index_states
from examengine.bank.workflow import (
    Standing,
    State,
    Workflow,
    read_workflow,
    usable_version,
)
from examengine.bank.workflow import workflow_body as body_of
from examengine.db import take_turn
from examengine.kernel.clock import Clock
from examengine.kernel.ids import new_id

REVIEWERS = (Role.AUTHOR, Role.REVIEWER, Role.PSYCHOMETRICIAN)
"""Who sees items with their keys and says what they think of them."""
MOST_AT_ONCE = 5_000
"""Items that are moved, or that people are asked to look at, at once."""


@dataclass(frozen=True, slots=True)
class ReviewedItem:
    """An item version under review, as whoever asks sees it."""

    version: ItemVersion
    workflow: Workflow
    state: State
    usable: int | None
    """The version that forms may take; None where none may."""
    moves: tuple[PossibleMove, ...]
    history: tuple[ItemMove, ...]
    comments: tuple[ItemComment, ...]
    assignments: tuple[ItemAssignment, ...]
    votes: tuple[ItemVote, ...]
    panel: PanelFigures
    names: Mapping[UUID, str]
    """Of everybody who is named in it."""
    reviewers: tuple[Person, ...]
    """Who can be asked to look at it."""

    @property
    def open_comments(self) -> tuple[ItemComment, ...]:
        """Return the comments that nobody has dealt with."""
        return tuple(one for one in self.comments if one.resolved_at is None)

    def vote_of(self, person_id: UUID) -> ItemVote | None:
        """Return what somebody voted on this version."""
        return next((one for one in self.votes if one.person_id == person_id), None)


@dataclass(frozen=True, slots=True)
class InQueue:
    """An item that waits for somebody, and why."""

    bank_id: str
    item_id: str
    version: int
    state: State
    targets: tuple[State, ...]
    """Where whoever asks may move it."""
    assignment: ItemAssignment | None
    open_comments: int


def workflow_of(session: Session, actor: Actor, bank_id: str) -> Workflow | None:
    """Return the workflow of a bank; None where versions are used as they arrive.

    Raises:
        NotAllowed: The actor neither writes nor reviews items, nor analyses them.
        BankUnknown: There is no such bank.
    """
    require(actor, *REVIEWERS)
    _exists(session, bank_id)
    return review_repository.workflow_of(session, bank_id)


def set_workflow(
    session: Session,
    clock: Clock,
    actor: Actor,
    bank_id: str,
    *,
    states: str,
    moves: str,
    checklist: str,
    reason: str,
    present: str,
) -> Workflow:
    """Say which states the items of a bank go through; versions that are there get a state.

    A bank that has no workflow yet has versions that were used: they begin in the state that is
    named, because whoever sets it says that they have been looked at, or have not.

    Args:
        session: The transaction.
        clock: The clock.
        actor: Who sets it.
        bank_id: The bank.
        states: A line for each state, as `read_workflow` takes them.
        moves: A line for each move.
        checklist: A line for each point to be looked at.
        reason: Why; it stands in the trail.
        present: The state in which the newest versions begin that never had one.

    Raises:
        NotAllowed: The actor is no psychometrician: who writes items does not rule on the way.
        BankUnknown: There is no such bank.
        WorkflowUnusable: The lines cannot be read, or do not fit together.
        RemarkRefused: There is no reason, or no such state.
    """
    require(actor, Role.PSYCHOMETRICIAN)
    workflow = read_workflow(states, moves, checklist)
    said = checked_remark(reason, "a reason", least=10)
    if present not in {state.id for state in workflow.states}:
        raise RemarkRefused("say in which state the items begin that are there")
    take_turn(session, f"workflow of {bank_id}")
    _exists(session, bank_id)
    before = review_repository.workflow_of(session, bank_id)
    latest = repository.latest_numbers(session, bank_id)
    known = review_repository.states_in(session, bank_id)
    now = clock.now()
    body = body_of(workflow)
    _put(session, now, actor, bank_id, body, said)
    begin = {} if before else {one: n for one, n in latest.items() if n not in known.get(one, {})}
    review_repository.put_in_state(session, bank_id, begin.items(), present, now)
    index_states(session, bank_id, workflow)
    detail = {"workflow": body, "reason": said, "begin": {"state": present, "items": len(begin)}}
    record_act(session, now, actor, "bank.set_workflow", f"bank:{bank_id}", detail)
    return workflow


def end_workflow(session: Session, clock: Clock, actor: Actor, bank_id: str, reason: str) -> None:
    """Use versions as they arrive again; what was said and decided stays.

    Raises:
        NotAllowed: The actor is no psychometrician.
        NoWorkflow: The bank has none.
        RemarkRefused: There is no reason.
    """
    require(actor, Role.PSYCHOMETRICIAN)
    said = checked_remark(reason, "a reason", least=10)
    take_turn(session, f"workflow of {bank_id}")
    workflow_in_force(session, bank_id)
    now = clock.now()
    _put(session, now, actor, bank_id, None, said)
    record_act(session, now, actor, "bank.end_workflow", f"bank:{bank_id}", {"reason": said})


def _put(
    session: Session,
    now: datetime,
    actor: Actor,
    bank_id: str,
    body: Mapping[str, Any] | None,
    reason: str,
) -> None:
    """Write what workflow a bank has from now on; None for none any more."""
    values = {"id": new_id(now), "bank_id": bank_id, "body": body, "reason": reason}
    review_repository.add_workflow(session, {**values, "set_by": actor.person_id, "set_at": now})


def reviewed_item(
    session: Session, actor: Actor, bank_id: str, item_id: str, version: int | None = None
) -> ReviewedItem:
    """Return an item version under review; without a number, the newest.

    Raises:
        NotAllowed: The actor neither writes nor reviews items, nor analyses them.
        ItemUnknown: The bank has no such item, or not in this version.
        NoWorkflow: The bank has no workflow.
    """
    require(actor, *REVIEWERS)
    found = _version(session, bank_id, item_id, version)
    workflow = workflow_in_force(session, bank_id)
    states = review_repository.states_among(session, [item_id]).get(item_id, {})
    state_id, since = states.get(found.version, (None, None))
    state = workflow.state(state_id)
    history = review_repository.moves_of(session, item_id)
    agreed = agreed_since(history, found.version, state, since)
    made_by = None if found.made is None else found.made.by
    votes = review_repository.votes_of(session, item_id, found.version)
    comments = review_repository.comments_of(session, item_id)
    asked = review_repository.assignments(session, item_id=item_id)
    named = people_among(session, _named(history, comments, asked, votes))
    return ReviewedItem(
        version=found,
        workflow=workflow,
        state=state,
        usable=usable_version(workflow, {n: one for n, (one, _) in states.items()}),
        moves=possible_moves(workflow, state, actor, agreed, made_by),
        history=tuple(history),
        comments=tuple(comments),
        assignments=tuple(asked),
        votes=tuple(votes),
        panel=panel_figures(votes),
        names={person_id: person.name for person_id, person in named.items()},
        reviewers=tuple(people_in_roles(session, REVIEWERS)),
    )


def reviewers(session: Session, actor: Actor) -> list[Person]:
    """Return who can be asked to look at items.

    Raises:
        NotAllowed: The actor neither writes nor reviews items, nor analyses them.
    """
    require(actor, *REVIEWERS)
    return people_in_roles(session, REVIEWERS)


def comment_item(
    session: Session,
    clock: Clock,
    actor: Actor,
    bank_id: str,
    item_id: str,
    *,
    version: int,
    field: str,
    text: str,
) -> ItemComment:
    """Say something about a field of an item version, or about all of it.

    Raises:
        NotAllowed: The actor neither writes nor reviews items, nor analyses them.
        ItemUnknown: The bank has no such item in this version.
        RemarkRefused: Nothing is said, or too much.
    """
    require(actor, *REVIEWERS)
    _version(session, bank_id, item_id, version)
    said = checked_remark(text, "a comment")
    if len(field) > LONGEST_FIELD:
        raise RemarkRefused("there is no such field")
    now = clock.now()
    made = ItemComment(new_id(now), bank_id, item_id, version, field, said, actor.person_id, now)
    review_repository.add_comment(session, made)
    detail = {"version": version, "field": field, "comment": str(made.id)}
    record_act(session, now, actor, "bank.comment_item", f"item:{item_id}", detail)
    return made


def resolve_comment(
    session: Session, clock: Clock, actor: Actor, bank_id: str, comment_id: UUID, *, resolved: bool
) -> ItemComment:
    """Say that a comment has been dealt with, or that it has not after all.

    Raises:
        NotAllowed: The actor neither writes nor reviews items, nor analyses them.
        ItemUnknown: The bank has no such comment.
    """
    require(actor, *REVIEWERS)
    found = review_repository.comment(session, comment_id)
    if found is None or found.bank_id != bank_id:
        raise ItemUnknown(str(comment_id))
    now = clock.now()
    who, when = (actor.person_id, now) if resolved else (None, None)
    review_repository.resolve(session, comment_id, who, when)
    action = "bank.resolve_comment" if resolved else "bank.reopen_comment"
    detail = {"comment": str(comment_id)}
    record_act(session, now, actor, action, f"item:{found.item_id}", detail)
    return found


def assign_review(
    session: Session,
    clock: Clock,
    actor: Actor,
    bank_id: str,
    item_ids: Iterable[str],
    *,
    person_ids: Collection[UUID],
    due: date | None,
) -> int:
    """Ask people to look at items; who was asked already is not asked again. Return how many were.

    Raises:
        NotAllowed: The actor is neither author nor psychometrician.
        ItemUnknown: The bank has no such item.
        RemarkRefused: Nobody is named, or somebody who reviews nothing; too many items; a day
            that has gone by.
    """
    require(actor, Role.AUTHOR, Role.PSYCHOMETRICIAN)
    asked = list(dict.fromkeys(item_ids))
    own = repository.latest_numbers(session, bank_id)
    strange = [item_id for item_id in asked if item_id not in own]
    if strange:
        raise ItemUnknown(strange[0])
    if not person_ids or not 1 <= len(asked) <= MOST_AT_ONCE:
        raise RemarkRefused(f"choose people, and 1 to {MOST_AT_ONCE} items")
    reviewers = {person.id for person in people_in_roles(session, REVIEWERS)}
    if not reviewers.issuperset(person_ids):
        raise RemarkRefused("somebody who is named does not review items here")
    now = clock.now()
    if due is not None and due < now.date():
        raise RemarkRefused(f"{due.isoformat()} has gone by; name a day to come")
    take_turn(session, f"assignments of {bank_id}")  # or two who ask at once both do
    open_now = {
        (one.item_id, one.person_id)
        for one in review_repository.assignments(session, bank_id=bank_id, open_only=True)
    }
    made = [
        ItemAssignment(new_id(now), bank_id, item_id, person_id, due, actor.person_id, now)
        for item_id in asked
        for person_id in dict.fromkeys(person_ids)
        if (item_id, person_id) not in open_now
    ]
    review_repository.add_assignments(session, made)
    detail = {
        "items": asked,
        "people": sorted(str(one) for one in person_ids),
        "due": None if due is None else due.isoformat(),
    }
    record_act(session, now, actor, "bank.assign_review", f"bank:{bank_id}", detail)
    return len(made)


def vote_on_item(
    session: Session,
    clock: Clock,
    actor: Actor,
    bank_id: str,
    item_id: str,
    *,
    version: int,
    vote: str,
    reason: str,
) -> None:
    """Say whether what an item asks is essential to its field; said again, it counts anew.

    Raises:
        NotAllowed: The actor neither writes nor reviews items, nor analyses them.
        ItemUnknown: The bank has no such item in this version.
        RemarkRefused: There is no such vote, or the reason is too long.
    """
    require(actor, *REVIEWERS)
    _version(session, bank_id, item_id, version)
    if vote not in set(Vote):
        raise RemarkRefused(f"a vote is {', '.join(Vote)}")
    said = checked_remark(reason, "a reason", least=0)
    take_turn(session, f"review of {item_id}")
    now = clock.now()
    cast = ItemVote(bank_id, item_id, version, actor.person_id, Vote(vote), said, now)
    review_repository.cast_vote(session, cast)
    detail = {"version": version, "vote": vote}
    record_act(session, now, actor, "bank.vote_on_item", f"item:{item_id}", detail)


def review_queue(session: Session, actor: Actor) -> list[InQueue]:
    """Return what waits for somebody: what they were asked, then what they may move and is new.

    Items whose next move is only back or out of use wait for nobody, unless somebody was asked.

    Raises:
        NotAllowed: The actor neither writes nor reviews items, nor analyses them.
    """
    require(actor, *REVIEWERS)
    asked = {
        (one.bank_id, one.item_id): one
        for one in reversed(
            review_repository.assignments(session, person_id=actor.person_id, open_only=True)
        )
    }
    each = (_queue_of(session, actor, bank.id, asked) for bank in repository.banks(session))
    return sorted(chain.from_iterable(each), key=_urgency)


def _urgency(entry: InQueue) -> tuple[bool, bool, str, str]:
    due = None if entry.assignment is None else entry.assignment.due
    return (
        entry.assignment is None,
        due is None,
        "" if due is None else due.isoformat(),
        f"{entry.bank_id} {entry.item_id}",
    )


def _queue_of(
    session: Session,
    actor: Actor,
    bank_id: str,
    asked: Mapping[tuple[str, str], ItemAssignment],
) -> list[InQueue]:
    workflow = review_repository.workflow_of(session, bank_id)
    if workflow is None:
        return []
    states = review_repository.states_in(session, bank_id)
    comments = review_repository.open_comments(session, bank_id)
    found = []
    for item_id, version in repository.latest_numbers(session, bank_id).items():
        state = _state_in(workflow, states, item_id, version)
        targets = tuple(
            workflow.state(move.target)
            for move in workflow.moves_from(state)
            if actor.may(*move.roles)
        )
        assignment = asked.get((bank_id, item_id))
        if assignment is not None or (targets and state.standing is Standing.IN_WORK):
            said = comments.get(item_id, 0)
            found.append(InQueue(bank_id, item_id, version, state, targets, assignment, said))
    return found


def usable_versions(session: Session, bank_id: str) -> list[ItemVersion]:
    """Return the version of each item that may be put into forms, for the contexts above.

    It does not ask who is asking: the use case that calls it does. Without a workflow that is the
    newest one.
    """
    workflow = review_repository.workflow_of(session, bank_id)
    if workflow is None:
        return repository.latest_in(session, bank_id)
    numbers = {
        item_id: version
        for item_id, states in review_repository.states_in(session, bank_id).items()
        if (version := usable_version(workflow, states)) is not None
    }
    return review_repository.versions_at(session, numbers)


def refuse_unapproved(session: Session, bank_id: str, refs: Iterable[ItemRef]) -> None:
    """Refuse item versions that are in no state to be shown to candidates, for the contexts above.

    It does not ask who is asking: the use case that calls it does.

    Raises:
        ItemsNotApproved: Some of them are not; without a workflow, all may.
    """
    workflow = review_repository.workflow_of(session, bank_id)
    if workflow is None:
        return
    states = review_repository.states_in(session, bank_id)
    refused = sorted(
        ref.item_id
        for ref in refs
        if _state_in(workflow, states, ref.item_id, ref.version).standing is not Standing.USABLE
    )
    if refused:
        raise ItemsNotApproved(bank_id, refused)


def state_of_item(session: Session, actor: Actor, version: ItemVersion) -> State | None:
    """Return the state of an item version; None where its bank has no workflow.

    Raises:
        NotAllowed: The actor neither writes nor reviews items, nor analyses them.
    """
    require(actor, *REVIEWERS)
    workflow = review_repository.workflow_of(session, version.bank_id)
    if workflow is None:
        return None
    states = review_repository.states_among(session, [version.item_id]).get(version.item_id, {})
    state, _ = states.get(version.version, (None, None))
    return workflow.state(state)


def _named(
    history: Iterable[ItemMove],
    comments: Iterable[ItemComment],
    asked: Iterable[ItemAssignment],
    votes: Iterable[ItemVote],
) -> set[UUID]:
    """Return everybody who did or said something, or was asked."""
    return {
        *(move.person_id for move in history),
        *(person for one in comments for person in (one.person_id, one.resolved_by) if person),
        *(person for one in asked for person in (one.person_id, one.asked_by)),
        *(vote.person_id for vote in votes),
    }


def _state_in(
    workflow: Workflow, states: Mapping[str, Mapping[int, str]], item_id: str, version: int
) -> State:
    return workflow.state(states.get(item_id, {}).get(version))


def _version(session: Session, bank_id: str, item_id: str, number: int | None) -> ItemVersion:
    found = [one for one in repository.versions(session, [item_id]) if one.bank_id == bank_id]
    chosen = [one for one in found if number in {None, one.version}]
    if not chosen:
        raise ItemUnknown(item_id, number)
    return chosen[-1]


def workflow_in_force(session: Session, bank_id: str) -> Workflow:
    """Return the workflow of a bank.

    It does not ask who is asking: the use case that calls it does.

    Raises:
        BankUnknown: There is no such bank.
        NoWorkflow: It has none.
    """
    _exists(session, bank_id)
    found = review_repository.workflow_of(session, bank_id)
    if found is None:
        raise NoWorkflow(bank_id)
    return found


def _exists(session: Session, bank_id: str) -> None:
    if repository.bank(session, bank_id) is None:
        raise BankUnknown(bank_id)
