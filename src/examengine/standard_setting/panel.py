"""A panel as a value: its judges, its rounds, its ratings, and what its digest covers. All pure.

A judge says for each scored item of the form how many of a hundred candidates who are just good
enough would answer it right; of an item worth several points, what per cent of them they would get.
The number is kept as a share, 0 to 1. A round that was closed never changes; only closed rounds
count. What they amount to is worked out in `psychometrics.cut_scores`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from statistics import median
from typing import Any
from uuid import UUID

import numpy as np

from examengine.assembly import Form
from examengine.kernel.clock import iso
from examengine.kernel.digest import digest
from examengine.psychometrics.cut_scores import Ratings


@dataclass(frozen=True, slots=True)
class Judge:
    """A member of a panel. `judge_id` is the name used in files and tables.

    Attributes:
        judge_id: Unique within the panel.
        person_id: Who rates in the browser; None for a judge whose ratings come from a file.
        left_at: When the judge left the panel; such a judge's ratings do not count.
        left_because: Why.
    """

    judge_id: str
    person_id: UUID | None
    left_at: datetime | None = None
    left_because: str = ""


@dataclass(frozen=True, slots=True)
class ClosedRound:
    """A round whose ratings stand for ever. After the last one the panel is over."""

    number: int
    closed_at: datetime
    last: bool


@dataclass(frozen=True, slots=True)
class Panel:
    """A standard-setting panel as it stands now.

    Attributes:
        id: The panel.
        exam_id: The exam it sets a standard for.
        exam_digest: Digest of that exam.
        form_id: The form whose scored items are rated.
        form_digest: Digest of that form.
        method: Name of the method.
        definition: Who the just-qualified candidate is, in the words the panel was given.
        rounds: How many rounds were planned.
        item_ids: The scored items, in the order of the form.
        judges: In the order they were named, those who left included.
        closed: The closed rounds, in order.
        finished: Which judge has said of which round that it is done: (round, judge_id).
        set_up_at: When it was set up.
        set_up_by: Name of the officer who did.
        points: What each of the items counts at most, weighted as the exam says; None for panels
            that were set up when every item counted 1.
        simulated: Whether a program makes the ratings. The trail keeps it, and the digest does
            not cover it: panels that cuts already name got the mark after they were closed.
    """

    id: UUID
    exam_id: str
    exam_digest: str
    form_id: UUID
    form_digest: str
    method: str
    definition: str
    rounds: int
    item_ids: tuple[str, ...]
    judges: tuple[Judge, ...]
    closed: tuple[ClosedRound, ...]
    finished: frozenset[tuple[int, str]]
    set_up_at: datetime
    set_up_by: str
    simulated: bool = False
    points: tuple[float, ...] | None = None

    @property
    def most_points(self) -> tuple[float, ...]:
        """What each of the items counts at most."""
        return self.points or (1.0,) * len(self.item_ids)

    @property
    def over(self) -> bool:
        """Whether the last round is closed."""
        return bool(self.closed) and self.closed[-1].last

    @property
    def open_round(self) -> int | None:
        """The round that takes ratings, or None once the panel is over."""
        return None if self.over else len(self.closed) + 1

    @property
    def active(self) -> tuple[Judge, ...]:
        """The judges who have not left."""
        return tuple(judge for judge in self.judges if judge.left_at is None)

    def judge_of(self, person_id: UUID) -> Judge | None:
        """Return the active judge this person is, or None."""
        return next((judge for judge in self.active if judge.person_id == person_id), None)


@dataclass(frozen=True, slots=True)
class Rating:
    """What a judge said of an item in a round; `share` is between 0 and 1."""

    round: int
    judge_id: str
    item_id: str
    share: float
    at: datetime


@dataclass(frozen=True, slots=True)
class Feedback:
    """What a judge is shown before rating an item again.

    Attributes:
        round: The closed round this tells of.
        own: The judge's own rating in it, or None.
        median: The panel's median.
        lowest: The panel's lowest rating.
        highest: The panel's highest rating.
        n_judges: How many rated the item.
    """

    round: int
    own: float | None
    median: float
    lowest: float
    highest: float
    n_judges: int


def scored_items(form: Form) -> tuple[str, ...]:
    """Return the items of a form that count, in its order; a pretest item has no cut."""
    return tuple(item.ref.item_id for item in form.items if item.scored)


def matrix(panel: Panel, ratings: Sequence[Rating], rounds: int) -> Ratings:
    """Return the ratings of rounds 1 to `rounds` as the method takes them.

    Returns:
        Shape (rounds, active judges, items), nan where nothing was said.

    Raises:
        CannotRecommend: Fewer than two judges, a judge without ratings, an item nobody rated.
    """
    judges = [judge.judge_id for judge in panel.active]
    values = np.full((rounds, len(judges), len(panel.item_ids)), np.nan)
    rows = {judge: row for row, judge in enumerate(judges)}
    columns = {item: column for column, item in enumerate(panel.item_ids)}
    for rating in ratings:
        if rating.round <= rounds and rating.judge_id in rows:
            values[rating.round - 1, rows[rating.judge_id], columns[rating.item_id]] = rating.share
    return Ratings(tuple(judges), panel.item_ids, values, np.array(panel.most_points))


def feedback(panel: Panel, before: Sequence[Rating], judge_id: str) -> dict[str, Feedback]:
    """Return for each item what the panel said in the round before the open one.

    Nobody's ratings are shown by name: a judge sees their own and how the panel lies around it.

    Args:
        panel: The panel.
        before: The ratings of the round that was closed last.
        judge_id: Who is going to see it.
    """
    active = {judge.judge_id for judge in panel.active}
    by_item: dict[str, dict[str, float]] = {}
    for rating in before:
        if rating.judge_id in active:
            by_item.setdefault(rating.item_id, {})[rating.judge_id] = rating.share
    return {
        item_id: Feedback(
            round=len(panel.closed),
            own=shares.get(judge_id),
            median=median(shares.values()),
            lowest=min(shares.values()),
            highest=max(shares.values()),
            n_judges=len(shares),
        )
        for item_id, shares in by_item.items()
    }


def panel_body(panel: Panel, ratings: Sequence[Rating]) -> dict[str, Any]:
    """Return what the digest of a panel covers: who judged what, and each rating that counts."""
    counted = {judge.judge_id for judge in panel.active}
    return {
        "schema": "examengine/panel/1",
        "id": str(panel.id),
        "exam": {"id": panel.exam_id, "digest": panel.exam_digest},
        "form": {"id": str(panel.form_id), "digest": panel.form_digest},
        "method": panel.method,
        "definition": panel.definition,
        "set_up_at": iso(panel.set_up_at),
        "item_ids": list(panel.item_ids),
        **({} if panel.points is None else {"points": list(panel.points)}),
        **({"simulated": True} if panel.simulated else {}),
        "judges": [_judge_body(judge) for judge in panel.judges],
        "rounds": [
            {"round": one.number, "closed_at": iso(one.closed_at), "last": one.last}
            for one in panel.closed
        ],
        "ratings": sorted(
            [rating.round, rating.judge_id, rating.item_id, rating.share]
            for rating in ratings
            if rating.round <= len(panel.closed) and rating.judge_id in counted
        ),
    }


def panel_digest(panel: Panel, ratings: Sequence[Rating]) -> str:
    """Return the digest of a panel as it stands."""
    return digest(panel_body(panel, ratings))


def former_panel_digest(panel: Panel, ratings: Sequence[Rating]) -> str:
    """Return what the digest of a panel was before it covered that its ratings were simulated."""
    return panel_digest(replace(panel, simulated=False), ratings)


def _judge_body(judge: Judge) -> Mapping[str, str | None]:
    return {
        "judge_id": judge.judge_id,
        "person_id": None if judge.person_id is None else str(judge.person_id),
        "left_at": None if judge.left_at is None else iso(judge.left_at),
        "left_because": judge.left_because,
    }
