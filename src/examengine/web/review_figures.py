"""What the psychometrician's pages draw and list, made of a review: plots, answers, sort links."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isfinite
from urllib.parse import urlencode
from uuid import UUID

from examengine import calibration, standard_setting
from examengine.bank import ITEM_TYPES
from examengine.calibration import ItemReview, Review
from examengine.marking import Scope
from examengine.psychometrics.classical import FEWEST_IN_GROUP, OptionStatistics
from examengine.psychometrics.models import MODELS
from examengine.web import plots

MOST_LINES = 6
MOST_ANSWERS = 12
FEWEST_GROUPS = 2
"""Score groups between which a line can be drawn."""
GROUP_LABELS = ("lowest fifth", "2nd", "3rd", "4th", "highest fifth")

COLUMNS = (
    ("item", "Item", "asc"),
    ("n", "n", "asc"),
    ("p", "p", "asc"),
    ("rest", "Item-rest", "asc"),
    ("a", "a (SE)", "asc"),
    ("b", "b (SE)", "asc"),
    ("fit", "S-X² p", "asc"),
    ("infit", "Infit", "desc"),
    ("outfit", "Outfit", "desc"),
    ("flags", "Flags", "desc"),
)
"""What each heading sorts by, what it says, and in which order the first click sorts."""


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of the item table: a link that sorts by it, and how it is sorted now."""

    words: str
    address: str
    sorted_now: str
    """`ascending`, `descending` or `none`, as `aria-sort` says it."""
    numeric: bool


@dataclass(frozen=True, slots=True)
class AnswerFigures:
    """One answer of an item in words, with its figures."""

    label: str
    text: str
    figures: OptionStatistics
    points: float | None = None
    """What it was worth, on average; None where the item is all or nothing."""


def headings(scope: Scope, run: UUID | None, sort: str, order: str) -> tuple[Heading, ...]:
    """Return the headings of the item table.

    Args:
        scope: Which items are shown; the links keep it.
        run: The run that was asked for, if one was; the links keep it.
        sort: What the table is sorted by now.
        order: `asc` or `desc`.
    """
    found = []
    for name, words, first in COLUMNS:
        now = "none"
        then = first
        if name == sort:
            now = "descending" if order == "desc" else "ascending"
            then = "asc" if order == "desc" else "desc"
        asked = {} if run is None else {"run": str(run)}
        address = "?" + urlencode({"scope": scope.value, **asked, "sort": name, "order": then})
        found.append(Heading(words, address, now, name not in {"item", "flags"}))
    return tuple(found)


def answers(item: ItemReview) -> tuple[AnswerFigures, ...]:
    """Return the answers that were given, the key first, then the most frequent."""
    content = item.item.item.content
    explained = ITEM_TYPES[item.item.item.item_type].explanations(content)
    texts = {one.label: one.text for one in explained}
    ordered = sorted(item.item.options, key=lambda option: (not option.is_key, -option.n))
    points = item.item.points
    return tuple(
        AnswerFigures(
            option.option, texts.get(option.option, ""), option, points.get(option.option)
        )
        for option in ordered[:MOST_ANSWERS]
    )


def points_of_items(review: Review) -> Mapping[str, int]:
    """Return what each item of an administration is worth; {} before anybody has submitted."""
    if review.analysis is None:
        return {}
    matrix = review.analysis.matrix
    return dict(zip(matrix.item_ids, matrix.most_points, strict=True))


def item_models(run: calibration.CalibrationRun) -> tuple[tuple[str, int], ...]:
    """Return the models that the items of a run have, as pages call them, and of how many items."""
    counts = Counter(item["model"] for item in run.items.values())
    return tuple((MODELS[code].title, n) for code, n in counts.items())


def item_plots(item: ItemReview) -> tuple[plots.Figure, ...]:
    """Return the plots of one item: answers by score group, then its curve and information."""
    found = _option_plots(_lines(answers(item)))
    curves = item.curves
    if curves is not None:
        drawn = [group for group in curves.observed if group.n >= FEWEST_IN_GROUP]
        worth = max(len(curves.categories) - 1, 1)
        found.append(
            plots.characteristic_curve(curves.theta, curves.expected, drawn, most_points=worth)
        )
        found += _category_plots(curves)
        found.append(plots.item_information(curves.theta, curves.information))
    return tuple(found)


def _category_plots(curves: calibration.PlottedItemCurves) -> list[plots.Figure]:
    """Return how likely each score is, and how often it was reached; none of right/wrong items."""
    if not curves.categories:
        return []
    found = [plots.category_curves(curves.theta, curves.categories)]
    observed = [one for one in curves.observed_categories if one.n >= FEWEST_IN_GROUP]
    if len(observed) >= FEWEST_GROUPS:
        found.append(plots.observed_category_shares(observed, curves.theta))
    return found


def left_out(item: ItemReview) -> tuple[str, ...]:
    """Return why something is not drawn of an item, one sentence each; none when all is."""
    found = []
    if not _option_plots(_lines(answers(item))):
        found.append(
            f"Answers by score group are drawn from {FEWEST_GROUPS} groups of "
            f"{FEWEST_IN_GROUP} candidates on."
        )
    observed = () if item.curves is None else item.curves.observed
    n_small = sum(group.n < FEWEST_IN_GROUP for group in observed)
    if n_small:
        found.append(
            f"{n_small} of {len(observed)} groups beside the characteristic curve have fewer than "
            f"{FEWEST_IN_GROUP} candidates and are not drawn."
        )
    return tuple(found)


def form_plots(review: Review, cut: standard_setting.CutScore | None) -> tuple[plots.Figure, ...]:
    """Return the plots of an administration: scores, then information and error against the cut.

    Args:
        review: The administration.
        cut: The cut of its exam, or None before one was adopted.
    """
    found = []
    distribution = None if review.analysis is None else review.analysis.distribution
    if distribution is not None:
        raw_cut = None if cut is None else cut.raw_cut_on(review.forms)
        found.append(plots.score_distribution(distribution.counts, raw_cut))
    curves = review.form_curves()
    if curves:
        theta_cut = None if cut is None else cut.theta_cut
        theta = curves[0].theta
        names = [f"Form {one.code}" for one in curves]
        information = [one.information for one in curves]
        errors = [one.sem for one in curves]
        if len(set(information)) == 1:  # the same operational items on every form
            names, information, errors = names[:1], information[:1], errors[:1]
        found.append(
            plots.test_information(theta, list(zip(names, information, strict=True)), theta_cut)
        )
        found.append(
            plots.conditional_error(theta, list(zip(names, errors, strict=True)), theta_cut)
        )
    return tuple(found)


def shown_rows(review: Review, sort: str, order: str) -> tuple[calibration.ItemRow, ...]:
    """Return the item table in the order asked for; none before anybody has submitted."""
    if review.analysis is None:
        return ()
    rows = calibration.item_rows(review.analysis, review.run)
    return calibration.sorted_rows(rows, sort, descending=order == "desc")


def _option_plots(lines: Sequence[plots.OptionShares]) -> list[plots.Figure]:
    """Return the answers by score group, over the groups that are large enough to have shares."""
    drawn = [
        group
        for group in range(len(GROUP_LABELS))
        if lines and all(isfinite(line.shares[group]) for line in lines)
    ]
    if len(drawn) < FEWEST_GROUPS:
        return []
    labels = [GROUP_LABELS[group] for group in drawn]
    kept = [
        plots.OptionShares(line.label, line.is_key, tuple(line.shares[group] for group in drawn))
        for line in lines
    ]
    return [plots.option_curves(labels, kept)]


def _lines(given: Sequence[AnswerFigures]) -> list[plots.OptionShares]:
    return [
        plots.OptionShares(
            label=answer.label if len(answer.label) <= 14 else f"{answer.label[:13]}…",
            is_key=answer.figures.is_key,
            shares=tuple(answer.figures.group_p),
        )
        for answer in given[:MOST_LINES]
    ]
