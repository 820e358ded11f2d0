"""The states that item versions go through before candidates see them: pure functions and values.

A bank has a workflow, or none: then every version is used as it arrives. With one, a version begins
in the first state, and nothing that is not in a *usable* state reaches a form. Which states there
are, who may move an item from one to the next, and how many have to agree, is said in a few lines:

    draft: Draft, in work
    review: In review, in work
    approved: Approved, usable

    draft -> review: author
    review -> approved: reviewer, 2 people
"""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeVar

from examengine.accounts import Role
from examengine.bank.errors import WorkflowUnusable

MOST_STATES, MOST_MOVES, MOST_PEOPLE = 20, 60, 5
LONGEST_TITLE, LONGEST_LINE, LONGEST_CHECK, MOST_CHECKS = 60, 300, 200, 20
MOVERS = (Role.AUTHOR, Role.REVIEWER, Role.PSYCHOMETRICIAN, Role.AWARDING_OFFICER)
"""Roles that may be given a move: who may see items with their keys."""

_STATE_ID = re.compile(r"[a-z][a-z0-9-]{0,29}")
_PEOPLE = re.compile(r"([1-9]\d?) (?:person|people)")
_Keyed = TypeVar("_Keyed")


class Standing(StrEnum):
    """What a state means for forms."""

    IN_WORK = "in work"
    """Not for candidates; an older version that is usable goes on being used."""
    USABLE = "usable"
    """May be put into forms."""
    RETIRED = "retired"
    """Not for candidates any more, and no older version either."""


@dataclass(frozen=True, slots=True)
class State:
    """One state of a workflow."""

    id: str
    title: str
    standing: Standing


@dataclass(frozen=True, slots=True)
class Move:
    """That an item may go from one state to another, and by whom."""

    source: str
    target: str
    roles: tuple[Role, ...]
    people: int = 1
    """How many different people have to agree before the item moves."""


@dataclass(frozen=True, slots=True)
class Workflow:
    """The states of a bank, the moves between them, and what is looked at before a version passes.

    The first state is the one that new versions begin in.
    """

    states: tuple[State, ...]
    moves: tuple[Move, ...]
    checklist: tuple[str, ...] = ()
    """What whoever lets a version pass into use has looked at, each in a sentence."""

    @property
    def first(self) -> State:
        """Return the state that new versions begin in."""
        return self.states[0]

    def state(self, state_id: str | None) -> State:
        """Return a state; the first one for a version that never moved, or whose state is gone."""
        return next((state for state in self.states if state.id == state_id), self.first)

    def moves_from(self, state: State) -> tuple[Move, ...]:
        """Return the moves that lead out of a state."""
        return tuple(move for move in self.moves if move.source == state.id)

    def move(self, source: State, target_id: str) -> Move | None:
        """Return the move from one state to another, or None when there is none."""
        found = (move for move in self.moves_from(source) if move.target == target_id)
        return next(found, None)

    def lets_pass(self, move: Move) -> bool:
        """Tell whether a move brings a version into use: nobody does that with their own."""
        from_, to = self.state(move.source).standing, self.state(move.target).standing
        return to is Standing.USABLE and from_ is not Standing.USABLE


def usable_version(workflow: Workflow, states: Mapping[int, str]) -> int | None:
    """Return the version of an item that may be put into forms, or None.

    It is the newest that is usable; what is newer and still in work does not take its place, and
    what is retired takes all that is older with it.

    Args:
        workflow: The workflow of the bank.
        states: The state of each version that ever moved.
    """
    for version in sorted(states, reverse=True):
        standing = workflow.state(states[version]).standing
        if standing is not Standing.IN_WORK:
            return version if standing is Standing.USABLE else None
    return None


def read_workflow(states: str, moves: str, checklist: str) -> Workflow:
    """Return the workflow that lines of text say, as on the page where it is set.

    Raises:
        WorkflowUnusable: Lines cannot be read, or do not fit together; each is named.
    """
    faults: list[str] = []
    found = _unique(_each("state", states, _state, faults), lambda state: state.id, "state", faults)
    ids = {state.id for state in found}
    moving = _unique(
        _each("move", moves, _move, faults),
        lambda move: f"{move.source} -> {move.target}",
        "move",
        faults,
    )
    checks = tuple(line.strip() for line in checklist.splitlines() if line.strip())
    faults.extend(_misfits(found, moving, ids))
    if len(checks) > MOST_CHECKS or any(len(check) > LONGEST_CHECK for check in checks):
        faults.append(
            f"checklist: at most {MOST_CHECKS} lines of {LONGEST_CHECK} characters are taken"
        )
    if faults:
        raise WorkflowUnusable(faults)
    return Workflow(tuple(found), tuple(moving), checks)


def as_lines(workflow: Workflow) -> tuple[str, str, str]:
    """Return states, moves and checklist as the text that `read_workflow` reads."""
    states = [f"{one.id}: {one.title}, {one.standing}" for one in workflow.states]
    return (
        "\n".join(states),
        "\n".join(map(_line_of, workflow.moves)),
        "\n".join(workflow.checklist),
    )


def workflow_body(workflow: Workflow) -> dict[str, Any]:
    """Return a workflow as it is stored."""
    states, moves, checklist = as_lines(workflow)
    return {"states": states, "moves": moves, "checklist": checklist}


def _line_of(move: Move) -> str:
    people = "" if move.people == 1 else f", {move.people} people"
    return f"{move.source} -> {move.target}: {', '.join(role.value for role in move.roles)}{people}"


def _each(what: str, text: str, read: Any, faults: list[str]) -> list[Any]:
    found = []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        try:
            found.append(read(line.strip()[:LONGEST_LINE]))
        except ValueError as fault:
            faults.append(f"{what}s, line {number}: {fault}")
    return found


def _state(line: str) -> State:
    state_id, _, said = line.partition(":")
    title, _, standing = said.rpartition(",")
    if not _STATE_ID.fullmatch(state_id.strip()):
        raise ValueError(f"{state_id.strip()[:40]!r} is no name of a state, such as review")
    if not 0 < len(title.strip()) <= LONGEST_TITLE or standing.strip() not in set(Standing):
        raise ValueError(
            "write a title and what it means, as in `approved: Approved, usable`; "
            f"a state is {', '.join(Standing)}"
        )
    return State(state_id.strip(), title.strip(), Standing(standing.strip()))


def _move(line: str) -> Move:
    path, _, said = line.partition(":")
    source, arrow, target = (part.strip() for part in path.partition("->"))
    words = [word.strip() for word in said.split(",") if word.strip()]
    counted = [found for word in words if (found := _PEOPLE.fullmatch(word))]
    roles = [word for word in words if not _PEOPLE.fullmatch(word)]
    if not arrow or not source or not target or len(counted) > 1:
        raise ValueError("write two states, as in `draft -> review: author`")
    strange = [role for role in roles if role not in MOVERS]
    if strange or not roles:
        raise ValueError(
            f"say who may do it: {', '.join(role.value for role in MOVERS)}"
            + (f"; {strange[0][:40]!r} is none of them" if strange else "")
        )
    people = int(counted[0][1]) if counted else 1
    if people > MOST_PEOPLE:
        raise ValueError(f"{people} people have to agree; {MOST_PEOPLE} are the most")
    return Move(source, target, tuple(dict.fromkeys(map(Role, roles))), people)


def _unique(found: list[_Keyed], key: Any, what: str, faults: list[str]) -> list[_Keyed]:
    seen: dict[str, _Keyed] = {}
    for one in found:
        if key(one) in seen:
            faults.append(f"the {what} {key(one)} is given twice; keep one")
        seen.setdefault(key(one), one)
    return list(seen.values())


def _misfits(states: list[State], moves: list[Move], ids: Collection[str]) -> Iterator[str]:
    if len(states) > MOST_STATES or len(moves) > MOST_MOVES:
        yield f"at most {MOST_STATES} states and {MOST_MOVES} moves are taken"
    if states and states[0].standing is not Standing.IN_WORK:
        yield f"the first state, {states[0].id}, is where versions begin; it has to be in work"
    if not any(state.standing is Standing.USABLE for state in states):
        yield "no state is usable, so nothing could ever reach a form"
    for move in moves:
        yield from _astray(move, ids)
    targets = {move.target for move in moves}
    for state in states[1:]:
        if state.id not in targets:
            yield f"no move leads to the state {state.id}"


def _astray(move: Move, ids: Collection[str]) -> Iterator[str]:
    named = f"the move {move.source[:40]} -> {move.target[:40]}"
    for end in (move.source, move.target):
        if end not in ids:
            yield f"{named} names {end[:40]!r}, which is no state"
    if move.source == move.target:
        yield f"{named} leads nowhere"


DEFAULT = read_workflow(
    states="""
        draft: Draft, in work
        review: In review, in work
        editing: Being edited, in work
        approved: Approved, usable
        pilot: In pilot, usable
        live: Live, usable
        retired: Retired, retired
    """,
    moves="""
        draft -> review: author
        review -> approved: reviewer, 2 people
        review -> editing: author, reviewer
        editing -> review: author
        approved -> pilot: psychometrician
        approved -> live: psychometrician
        pilot -> live: psychometrician
        approved -> editing: author, reviewer, psychometrician
        pilot -> editing: psychometrician
        approved -> retired: psychometrician
        pilot -> retired: psychometrician
        live -> retired: psychometrician
        retired -> review: psychometrician
    """,
    checklist="""
        The key is right, and no other answer can be defended.
        The stem asks one thing, in words that candidates know.
        Each distractor is wrong for a reason that somebody could fall for.
        Nothing in it favours or offends a group of candidates.
        Figures and tables have an alternative that gives as much.
    """,
)
"""What a bank is offered that has no workflow yet."""
