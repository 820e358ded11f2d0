"""What the psychometrician's pages draw and list, made of a review: plots, answers, sort links."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite
from urllib.parse import urlencode

from examengine import calibration, standard_setting
from examengine.bank import ITEM_TYPES
from examengine.calibration import ItemReview, Review, Scope
from examengine.psychometrics.classical import OptionStatistics
from examengine.web import plots

MOST_LINES = 6
MOST_ANSWERS = 12
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
class Answer:
    """One answer of an item in words, with its figures."""

    label: str
    text: str
    figures: OptionStatistics


def headings(scope: Scope, sort: str, order: str) -> tuple[Heading, ...]:
    """Return the headings of the item table.

    Args:
        scope: Which items are shown; the links keep it.
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
        address = "?" + urlencode({"scope": scope.value, "sort": name, "order": then})
        found.append(Heading(words, address, now, name not in {"item", "flags"}))
    return tuple(found)


def answers(item: ItemReview) -> tuple[Answer, ...]:
    """Return the answers that were given, the key first, then the most frequent."""
    content = item.item.item.content
    explained = ITEM_TYPES[item.item.item.item_type].explanations(content)
    texts = {one.label: one.text for one in explained}
    ordered = sorted(item.item.options, key=lambda option: (not option.is_key, -option.n))
    return tuple(
        Answer(option.option, texts.get(option.option, ""), option)
        for option in ordered[:MOST_ANSWERS]
    )


def item_plots(item: ItemReview) -> tuple[plots.Figure, ...]:
    """Return the plots of one item: answers by score group, then its curve and information."""
    found = [plots.option_curves(GROUP_LABELS, _lines(answers(item)))]
    curves = item.curves
    if curves is not None:
        observed = [
            plots.ObservedGroup(group.theta, group.n, group.p, group.low, group.high)
            for group in curves.observed
        ]
        found.append(plots.characteristic_curve(curves.theta, curves.expected, observed))
        found.append(plots.item_information(curves.theta, curves.information))
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
        found.append(plots.score_distribution(distribution.counts, _raw_cut(review, cut)))
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


def _raw_cut(review: Review, cut: standard_setting.CutScore | None) -> float | None:
    """Return the raw cut where it means the same on every form that is shown."""
    scored = {frozenset(one.ref for one in form.items if one.scored) for form in review.forms}
    here = cut is not None and cut.form_id in {form.id for form in review.forms}
    return cut.raw_cut if cut is not None and here and len(scored) == 1 else None


def _lines(given: Sequence[Answer]) -> list[plots.OptionShares]:
    return [
        plots.OptionShares(
            label=answer.label if len(answer.label) <= 14 else f"{answer.label[:13]}…",
            is_key=answer.figures.is_key,
            shares=tuple(share if isfinite(share) else 0.0 for share in answer.figures.group_p),
        )
        for answer in given[:MOST_LINES]
    ]
