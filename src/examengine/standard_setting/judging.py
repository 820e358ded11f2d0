"""Use cases of a judge: read the panel, rate its items, call a round done.

Whoever is no judge of a panel is told that there is none, so that nobody learns who sits where.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from uuid import UUID

from sqlmodel import Session

from examengine.accounts import Actor, Role, require
from examengine.assembly import find_form
from examengine.bank import ItemVersion, current_parameters, item_versions
from examengine.delivery import keep_candidates_apart
from examengine.kernel.clock import Clock
from examengine.standard_setting import repository, rules
from examengine.standard_setting.difficulty import share_right
from examengine.standard_setting.errors import ItemNotOnPanel, PanelUnknown
from examengine.standard_setting.form_points import most_points_of
from examengine.standard_setting.panel import Feedback, Judge, Panel, Rating, feedback


@dataclass(frozen=True, slots=True)
class Judging:
    """A panel as one of its judges sees it: nobody else's ratings by name.

    Attributes:
        panel: The panel.
        judge: Who is asking.
        own: Their ratings in the open round, by item.
        feedback: What the panel said in the round before, by item.
        finished: Whether they have called the open round done.
        most_points: What each item is worth at most, unweighted.
    """

    panel: Panel
    judge: Judge
    own: Mapping[str, Rating]
    feedback: Mapping[str, Feedback]
    finished: bool
    most_points: Mapping[str, int]

    @property
    def several_points(self) -> bool:
        """Tell whether some item is worth several points, of which judges say how many."""
        return any(most > 1 for most in self.most_points.values())

    def rating(self, item_id: str) -> Rating | None:
        """Return their rating of an item in the open round, or None."""
        return self.own.get(item_id)

    def after(self, item_id: str) -> str | None:
        """Return the item that follows this one, or None after the last."""
        place = self.panel.item_ids.index(item_id) + 1
        return self.panel.item_ids[place] if place < len(self.panel.item_ids) else None

    def before(self, item_id: str) -> str | None:
        """Return the item before this one, or None."""
        place = self.panel.item_ids.index(item_id)
        return self.panel.item_ids[place - 1] if place else None

    @property
    def missing(self) -> int:
        """How many items have no rating of theirs yet."""
        return len(self.panel.item_ids) - len(self.own)


@dataclass(frozen=True, slots=True)
class JudgedItem:
    """An item with its key, as one of the judges sees it.

    Attributes:
        judging: The judge's panel.
        version: The item in the version that the form shows.
        share_right: How many answer it right among those it was calibrated on; None in the first
            round, which judges rate unswayed, and for an item that was not calibrated.
    """

    judging: Judging
    version: ItemVersion
    share_right: float | None


def my_panels(session: Session, actor: Actor) -> list[Judging]:
    """Return the panels the actor judges in, the newest first.

    Raises:
        NotAllowed: The actor is no panelist.
    """
    require(actor, Role.PANELIST)
    return [
        _judging(session, panel, judge)
        for panel in repository.panels_of_judge(session, actor.person_id)
        if (judge := panel.judge_of(actor.person_id)) is not None
    ]


def my_panel(session: Session, actor: Actor, panel_id: UUID) -> Judging:
    """Return a panel as the actor, one of its judges, may see it.

    Raises:
        NotAllowed: The actor is no panelist.
        PanelUnknown: There is no such panel, or the actor is not among its judges.
    """
    require(actor, Role.PANELIST)
    panel = repository.panel(session, panel_id)
    judge = None if panel is None else panel.judge_of(actor.person_id)
    if panel is None or judge is None:
        raise PanelUnknown(f"no panel {panel_id} of this person")
    return _judging(session, panel, judge)


def judged_item(session: Session, actor: Actor, panel_id: UUID, item_id: str) -> JudgedItem:
    """Return an item, with its key, for one of the judges who rate it.

    Raises:
        NotAllowed, PanelUnknown: The actor is not among the judges.
        ItemNotOnPanel: The form has no such scored item.
    """
    judging = my_panel(session, actor, panel_id)
    form = find_form(session, judging.panel.form_id)
    item = form.item(item_id)
    if item is None or not item.scored:
        raise ItemNotOnPanel(f"panel {panel_id} rates no item {item_id[:80]!r}")
    version = item_versions(session, [item.ref])[item.ref]
    adopted = current_parameters(session, version.bank_id) if judging.panel.closed else None
    told = None if adopted is None else share_right(item_id, adopted.body)
    return JudgedItem(judging, version, told)


def save_rating(
    session: Session,
    clock: Clock,
    actor: Actor,
    panel_id: UUID,
    item_id: str,
    *,
    seen: int,
    typed: str,
) -> Judging:
    """Rate an item, or rate it again. The same rating twice is stored once.

    Args:
        session: The transaction.
        clock: Tells when.
        actor: The judge.
        panel_id: The panel.
        item_id: What is rated.
        seen: The round the judge's page was drawn for.
        typed: What stands in the field: of 100 candidates, or points.

    Raises:
        NotAllowed, PanelUnknown: The actor is not among the judges.
        RoundMoved: That round is not open any more.
        ItemNotOnPanel: The form has no such scored item.
        RatingOutOfRange, ExpectedPointsOutOfRange: It is no rating of this item.
    """
    judging = _locked_judging(session, actor, panel_id)
    judge_id = judging.judge.judge_id
    rating = rules.rate(
        judging.panel,
        judge_id,
        item_id,
        typed,
        seen,
        clock.now(),
        most_points=judging.most_points,
    )
    before = judging.own.get(item_id)
    if before is None or before.share != rating.share:
        repository.add_ratings(session, panel_id, [rating])
        return replace(judging, own={**judging.own, item_id: rating})
    return judging


def finish_round(
    session: Session, clock: Clock, actor: Actor, panel_id: UUID, *, seen: int
) -> Judging:
    """Say that the open round is done; until it is closed, ratings may still be changed.

    Raises:
        NotAllowed, PanelUnknown: The actor is not among the judges.
        RoundMoved: That round is not open any more.
        RatingsMissing: Some items are not rated yet.
    """
    judging = _locked_judging(session, actor, panel_id)
    number = rules.finish(judging.panel, list(judging.own.values()), seen)
    if not judging.finished:
        judge_id = judging.judge.judge_id
        repository.add_finished(session, panel_id, number, judge_id, clock.now())
    return replace(judging, finished=True)


def _locked_judging(session: Session, actor: Actor, panel_id: UUID) -> Judging:
    """Return the panel its judge is about to change; a round is not closed in the meantime.

    Raises:
        NotAllowed, PanelUnknown: The actor is not among the judges.
        OwnMatter: They are enrolled in the exam.
    """
    repository.lock_panel(session, panel_id)
    judging = my_panel(session, actor, panel_id)
    keep_candidates_apart(session, actor, judging.panel.exam_id)
    return judging


def _judging(session: Session, panel: Panel, judge: Judge) -> Judging:
    number = panel.open_round or len(panel.closed)
    own = repository.ratings(session, panel.id, judge_id=judge.judge_id, number=number)
    before = []
    if panel.closed and not panel.over:
        before = repository.ratings(session, panel.id, number=len(panel.closed))
    return Judging(
        panel=panel,
        judge=judge,
        own={one.item_id: one for one in own},
        feedback=feedback(panel, before, judge.judge_id),
        finished=(number, judge.judge_id) in panel.finished,
        most_points=most_points_of(session, find_form(session, panel.form_id)),
    )
