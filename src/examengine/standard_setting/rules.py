"""The rules of a panel: who may judge, what a rating is, when a round may be closed. All pure."""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from examengine.psychometrics.cut_scores import METHODS, CannotRecommend, CutScoreMethod
from examengine.standard_setting.errors import (
    ExpectedPointsOutOfRange,
    ItemNotOnPanel,
    JudgeUnknown,
    PanelUnusable,
    RatingOutOfRange,
    RatingsMissing,
    RoundMoved,
    RoundNotReady,
)
from examengine.standard_setting.panel import ClosedRound, Judge, Panel, Rating, matrix

METHOD = "modified_angoff"
FEWEST_JUDGES, MOST_JUDGES = 2, 40
MOST_ROUNDS = 3
LONGEST_DEFINITION = 4000

# A label stands in CSV files: one that began with = + - or @ would be a formula to a spreadsheet.
_LABEL = re.compile(r"[^\W_][^\x00-\x1f\",;|]{0,79}")


def named_judges(people: Sequence[tuple[UUID, str]], names: Sequence[str]) -> tuple[Judge, ...]:
    """Return the judges of a new panel, each under a name of their own.

    People who share a name, or whose name cannot stand in a file, are told apart by a number.

    Args:
        people: Id and name of each judge who rates in the browser.
        names: Names of the judges whose ratings come from a file.
    """
    judges = [Judge(name.strip(), None) for name in names if name.strip()]
    taken = {judge.judge_id for judge in judges}
    found = []
    for place, (person_id, name) in enumerate(people, start=1):
        plain = name if _LABEL.fullmatch(name) else f"Judge {place}"
        label = plain if plain not in taken else f"{plain[:70]} ({place})"
        taken.add(label)
        found.append(Judge(label, person_id))
    return (*found, *judges)


def panel_faults(
    definition: str, rounds: int, judges: Sequence[Judge], most_points: Mapping[str, int]
) -> Iterator[str]:
    """Return one sentence for each reason why a panel cannot be set up like this.

    Args:
        definition: Who the candidate is who is just good enough.
        rounds: How many are planned.
        judges: Who rates.
        most_points: What each item that is rated is worth at most, by its id.
    """
    if not 1 <= len(definition.strip()) <= LONGEST_DEFINITION:
        yield (
            "describe the candidate who is just good enough, in 1 to "
            f"{LONGEST_DEFINITION} characters"
        )
    if not 1 <= rounds <= MOST_ROUNDS:
        yield f"{rounds} rounds; plan 1 to {MOST_ROUNDS}"
    if not FEWEST_JUDGES <= len(judges) <= MOST_JUDGES:
        yield f"{len(judges)} judges; modified Angoff needs {FEWEST_JUDGES} to {MOST_JUDGES}"
    labels = [judge.judge_id for judge in judges]
    for label in sorted({label for label in labels if labels.count(label) > 1}):
        yield f"two judges are called “{label}”; give each a name of their own"
    for label in labels:
        if not _LABEL.fullmatch(label):
            yield (
                f"“{label[:80]}” cannot be a judge's name; begin with a letter or digit, use at "
                "most 80 characters and no comma, semicolon, bar or quotation mark"
            )
    if not most_points:
        yield "this form has no scored items, so there is nothing to rate"
    yield from _items_beyond(METHODS[METHOD.replace("_", "-")], most_points)


def _items_beyond(method: CutScoreMethod, most_points: Mapping[str, int]) -> Iterator[str]:
    """Say that a method knows right and wrong alone, where items are worth several points."""
    several = [item_id for item_id, most in most_points.items() if most > 1]
    if several and not method.several_points:
        yield (
            f"{method.title} asks for right and wrong alone, and items are worth several points "
            f"({', '.join(several[:5])}); choose another method, or set the cut elsewhere"
        )


def checked_panel(
    definition: str, rounds: int, judges: Sequence[Judge], most_points: Mapping[str, int]
) -> None:
    """Refuse a panel that could not do its work.

    Raises:
        PanelUnusable: Every fault is named.
    """
    faults = list(panel_faults(definition, rounds, judges, most_points))
    if faults:
        raise PanelUnusable(faults)


def share_of(typed: str, most_points: int) -> float:
    """Return the share of an item's points that was typed.

    Of an item worth 1 point a judge says how many of a hundred candidates would answer it right; of
    one worth several, how many points they would get on average, with up to two decimals.

    Raises:
        RatingOutOfRange: It is no whole number from 0 to 100.
        ExpectedPointsOutOfRange: It is no number from 0 to the item's most.

    References:
        Hambleton & Plake (1995), Applied Measurement in Education 8, 41–55: the extended Angoff
        procedure, for items worth several points.
    """
    return _of_a_hundred(typed) if most_points == 1 else _of_points(typed, most_points)


def _of_points(typed: str, most_points: int) -> float:
    text = typed.strip().replace(",", ".")
    if not re.fullmatch(r"\d{1,3}(\.\d{1,2})?", text, re.ASCII) or float(text) > most_points:
        raise ExpectedPointsOutOfRange(typed, most_points)
    return float(text) / most_points


def _of_a_hundred(typed: str) -> float:
    """Return the share that was typed as a number of candidates out of a hundred.

    Only whole numbers are taken: whoever types 0.65 means 65, and must not be recorded as saying
    that fewer than one in a hundred would answer right.

    Raises:
        RatingOutOfRange: It is no whole number from 0 to 100.
    """
    text = typed.strip().removesuffix("%").rstrip()
    if not re.fullmatch(r"\d{1,3}", text, re.ASCII) or int(text) > 100:
        raise RatingOutOfRange(typed)
    return int(text) / 100


def rate(
    panel: Panel,
    judge_id: str,
    item_id: str,
    typed: str,
    seen: int,
    now: datetime,
    *,
    most_points: Mapping[str, int],
) -> Rating:
    """Rate an item, or rate it again while the round is open.

    Args:
        panel: The panel.
        judge_id: Who rates.
        item_id: What is rated.
        typed: What stands in the field: of 100 candidates, or points.
        seen: The round the judge's page was drawn for.
        now: The present moment.
        most_points: What each item is worth at most, by its id.

    Raises:
        RoundMoved: The round on the page is not open.
        ItemNotOnPanel: The form has no such scored item.
        RatingOutOfRange, ExpectedPointsOutOfRange: It is no rating of this item.
    """
    if seen != panel.open_round:
        raise RoundMoved(seen)
    if item_id not in panel.item_ids:
        raise ItemNotOnPanel(f"panel {panel.id} rates no item {item_id[:80]!r}")
    return Rating(seen, judge_id, item_id, share_of(typed, most_points[item_id]), now)


def finish(panel: Panel, own: Sequence[Rating], seen: int) -> int:
    """Return the round a judge may call done.

    Raises:
        RoundMoved: The round on the page is not open.
        RatingsMissing: Some item has no rating of this judge yet.
    """
    if seen != panel.open_round:
        raise RoundMoved(seen)
    rated = {rating.item_id for rating in own if rating.round == seen}
    missing = len(set(panel.item_ids) - rated)
    if missing:
        raise RatingsMissing(missing)
    return seen


def leave(panel: Panel, judge_id: str) -> Judge:
    """Return the judge who may leave: one who is active, while the panel is not over.

    Raises:
        JudgeUnknown: There is no such active judge.
        RoundMoved: The panel is over; its ratings stand.
    """
    if panel.over:
        raise RoundMoved(len(panel.closed))
    judge = next((judge for judge in panel.active if judge.judge_id == judge_id), None)
    if judge is None:
        raise JudgeUnknown(f"panel {panel.id} has no judge {judge_id[:80]!r}")
    return judge


def close(
    panel: Panel, ratings: Sequence[Rating], seen: int, now: datetime, *, last: bool
) -> ClosedRound:
    """Close the open round.

    Ratings may be missing here and there, and are then filled in by the rule of the method; but
    every judge must have rated something and every item must have been rated by somebody.

    Raises:
        RoundMoved: The round on the page is not open.
        RoundNotReady: The ratings would not give a cut score; every reason is named.
    """
    if seen != panel.open_round:
        raise RoundMoved(seen)
    try:
        matrix(panel, ratings, seen)
    except CannotRecommend as refusal:
        raise RoundNotReady(refusal.faults) from refusal
    return ClosedRound(seen, now, last or seen == panel.rounds)
