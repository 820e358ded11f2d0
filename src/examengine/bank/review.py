"""What is known of an item under review: its state, what was said of it, and who may do what next.

Pure functions and frozen values.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from examengine.accounts import Actor
from examengine.bank.errors import MoveRefused, RemarkRefused
from examengine.bank.workflow import Move, State, Workflow

LONGEST_REMARK, LONGEST_FIELD = 4_000, 200


class Vote(StrEnum):
    """What somebody of a content panel says: is what the item asks essential to the field?

    Lawshe, C. H. (1975). A quantitative approach to content validity. Personnel Psychology, 28.
    """

    ESSENTIAL = "essential"
    USEFUL = "useful"
    NOT_NECESSARY = "not necessary"


@dataclass(frozen=True, slots=True)
class ItemMove:
    """That somebody moved an item version, or agreed that it may."""

    id: UUID
    bank_id: str
    item_id: str
    version: int
    source: str
    target: str
    moved: bool
    """False where more people had to agree."""
    person_id: UUID
    at: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class ItemComment:
    """A remark about a field of an item version."""

    id: UUID
    bank_id: str
    item_id: str
    version: int
    field: str
    """What it is about, such as `options[2].text`; empty for the whole item."""
    text: str
    person_id: UUID
    at: datetime
    resolved_by: UUID | None = None
    resolved_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ItemAssignment:
    """That somebody was asked to look at an item."""

    id: UUID
    bank_id: str
    item_id: str
    person_id: UUID
    due: date | None
    asked_by: UUID
    asked_at: datetime
    done_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ItemVote:
    """What one person says of an item version."""

    bank_id: str
    item_id: str
    version: int
    person_id: UUID
    vote: Vote
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True)
class PanelFigures:
    """How a content panel voted."""

    counts: Mapping[Vote, int]
    ratio: float | None
    """Lawshe's content validity ratio, −1 to 1; None for a panel too small to mean anything."""

    @property
    def n(self) -> int:
        """Return how many people voted."""
        return sum(self.counts.values())


FEWEST_ON_PANEL = 5
"""Of fewer people Lawshe's table gives no least ratio."""


def panel_figures(votes: Sequence[ItemVote]) -> PanelFigures:
    """Count votes, and return the content validity ratio: (nₑ − n/2) / (n/2)."""
    counts = Counter(one.vote for one in votes)
    n, essential = len(votes), counts[Vote.ESSENTIAL]
    ratio = None if n < FEWEST_ON_PANEL else (essential - n / 2) / (n / 2)
    return PanelFigures({vote: counts[vote] for vote in Vote}, ratio)


@dataclass(frozen=True, slots=True)
class PossibleMove:
    """A move that leads out of the state of an item, and what keeps somebody from it."""

    move: Move
    target: State
    agreed: tuple[UUID, ...]
    """Who has agreed since the item came into its state."""
    why_not: str | None
    """None where the person who asks may do it."""
    checklist: tuple[str, ...]

    @property
    def still_needed(self) -> int:
        """Return how many more people have to agree, whoever asks among them."""
        return max(1, self.move.people - len(self.agreed))


def possible_moves(
    workflow: Workflow,
    state: State,
    actor: Actor,
    agreed: Sequence[ItemMove],
    made_by: UUID | None,
) -> tuple[PossibleMove, ...]:
    """Return each move out of a state, with what keeps the actor from it.

    Args:
        workflow: Of the bank.
        state: In which the version is.
        actor: Who asks.
        agreed: Who agreed to which move since the version came into its state.
        made_by: Who made the version; None where that is not known.
    """
    return tuple(
        PossibleMove(
            move,
            workflow.state(move.target),
            tuple(one.person_id for one in agreed if one.target == move.target),
            _why_not(workflow, move, actor, agreed, made_by),
            workflow.checklist if workflow.lets_pass(move) else (),
        )
        for move in workflow.moves_from(state)
    )


def _why_not(
    workflow: Workflow,
    move: Move,
    actor: Actor,
    agreed: Sequence[ItemMove],
    made_by: UUID | None,
) -> str | None:
    if not actor.may(*move.roles):
        return f"it is for {_or([role.value.replace('_', ' ') for role in move.roles])} to do"
    if workflow.lets_pass(move) and made_by == actor.person_id:
        return "you made this version, and nobody approves their own"
    if any(one.person_id == actor.person_id and one.target == move.target for one in agreed):
        return "you have agreed already; somebody else has to"
    return None


@dataclass(frozen=True, slots=True)
class ItemUnderReview:
    """Where the newest version of an item stands, and who has agreed to move it on."""

    item_id: str
    version: int
    digest: str
    made_by: UUID | None
    """Who made or imported it; None where that is not known."""
    state: State
    agreed: tuple[ItemMove, ...]
    """Agreements since it came into its state."""
    open_comments: int
    """Comments that nobody has dealt with."""

    def moves(self, workflow: Workflow, actor: Actor) -> tuple[PossibleMove, ...]:
        """Return each move out of its state, with what keeps the actor from it."""
        return possible_moves(workflow, self.state, actor, self.agreed, self.made_by)


def agreed_since(
    history: Sequence[ItemMove], version: int, state: State, since: datetime | None
) -> tuple[ItemMove, ...]:
    """Return who agreed to move a version out of its state since it came there.

    Args:
        history: What was moved or agreed to of an item.
        version: The version.
        state: In which it is.
        since: When it came into it; None if it never moved.
    """
    return tuple(
        one
        for one in history
        if one.version == version
        and not one.moved
        and one.source == state.id
        and (since is None or one.at >= since)
    )


def open_move(moves: Sequence[PossibleMove], target: str) -> PossibleMove:
    """Return the move to a state that somebody asks for, whatever is to be ticked for it.

    Raises:
        MoveRefused: There is none from here, or it is not theirs.
    """
    found = next((one for one in moves if one.move.target == target), None)
    if found is None:
        raise MoveRefused("no move leads there from the state that the item is in by now")
    if found.why_not is not None:
        raise MoveRefused(found.why_not)
    return found


def allowed_move(
    moves: Sequence[PossibleMove], target: str, ticked: Collection[int]
) -> PossibleMove:
    """Return the move to a state that somebody asks for.

    Raises:
        MoveRefused: There is none from here, it is not theirs, or the checklist is not done.
    """
    found = open_move(moves, target)
    check_ticked(found.checklist, ticked)
    return found


def check_ticked(checklist: Sequence[str], ticked: Collection[int]) -> None:
    """Refuse a move whose checklist is not done.

    Raises:
        MoveRefused: Some points are not ticked.
    """
    left = len(checklist) - len(set(ticked) & set(range(len(checklist))))
    if left:
        raise MoveRefused(f"{left} of {len(checklist)} points of the checklist are not ticked")


def checked_remark(text: str, what: str, *, least: int = 1) -> str:
    """Return what somebody wrote, as it is stored.

    Raises:
        RemarkRefused: It says nothing, or too much.
    """
    said = text.strip()
    if not least <= len(said) <= LONGEST_REMARK:
        raise RemarkRefused(f"{what} of {least} to {LONGEST_REMARK} characters is needed")
    return said


def _or(words: Sequence[str]) -> str:
    return f"{', '.join(words[:-1])} or {words[-1]}" if len(words) > 1 else words[0]
