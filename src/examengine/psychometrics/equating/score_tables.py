"""What was observed on a form: how many persons reached each total, and each anchor score.

Every method that needs no item response model works on these tables alone. Scores are whole and
one point apart, from 0 to the highest that the form allows.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from examengine.psychometrics.arrays import BoolArray, FloatArray
from examengine.psychometrics.refusals import Refusal, refuse
from examengine.psychometrics.responses import Responses

AnchorKind = Literal["internal", "external"]


class CannotEquate(Refusal):
    """Two forms cannot be brought to one score scale; one sentence per fault."""


@dataclass(frozen=True, slots=True, eq=False)
class ScoreFrequencies:
    """Frequencies of the scores of one group on one form.

    Attributes:
        counts: Persons by total score (rows, from 0) and anchor score (columns, from 0), shape
            (n_scores, n_anchor_scores); one column when there is no anchor.
        anchor: Whether the anchor counts towards the total; None when there is no anchor.

    Raises:
        CannotEquate: No matrix, a frequency below 0, nobody at all, or persons at a pair of
            scores that cannot be.
    """

    counts: FloatArray
    anchor: AnchorKind | None = None

    def __post_init__(self) -> None:
        refuse(CannotEquate, _table_faults(self))

    @property
    def n(self) -> float:
        """Number of persons, as a sum of weights."""
        return float(self.counts.sum())

    @property
    def totals(self) -> FloatArray:
        """Persons by total score, shape (n_scores,)."""
        margin: FloatArray = self.counts.sum(axis=1)
        return margin

    @property
    def possible(self) -> BoolArray:
        """Which pairs of scores can be, shape of `counts`.

        With an anchor inside the form, 0 ≤ x − v ≤ highest x − highest v.
        """
        if self.anchor != "internal":
            return np.ones(self.counts.shape, dtype=np.bool_)
        total, anchor = np.indices(self.counts.shape)
        rest = self.counts.shape[0] - self.counts.shape[1]
        can_be: BoolArray = (total >= anchor) & (total - anchor <= rest)
        return can_be


def _table_faults(table: ScoreFrequencies) -> Iterator[str]:
    counts = table.counts
    if counts.ndim != 2 or min(counts.shape) < 1 or counts.shape[0] < 2:
        yield f"frequencies of shape {counts.shape}; totals by anchor scores are needed"
        return
    if table.anchor is None and counts.shape[1] != 1:
        yield f"{counts.shape[1]} anchor scores, but no word on whether the anchor is internal"
    if not (np.isfinite(counts).all() and (counts >= 0).all()):
        yield "a frequency is negative or no number"
    elif not counts.sum() > 0:
        yield "nobody has a score on the form"
    elif (counts[~table.possible] > 0).any():
        yield "somebody's anchor score does not fit into the total; is the anchor external?"


def common_item_ids(new: Responses, old: Responses) -> tuple[str, ...]:
    """The items that both forms have, in the order of the old form."""
    known = set(new.item_ids)
    return tuple(item_id for item_id in old.item_ids if item_id in known)


def with_common_maxima(new: Responses, old: Responses) -> tuple[Responses, Responses]:
    """Both forms with one highest score for each item they share, the higher of the two.

    A file without a key knows only the highest score that somebody reached.
    """
    highest = dict(zip(new.item_ids, new.max_scores.tolist(), strict=True))
    for name, most in zip(old.item_ids, old.max_scores.tolist(), strict=True):
        highest[name] = max(most, highest.get(name, most))
    here, there = (
        replace(form, max_scores=np.array([highest[name] for name in form.item_ids]))
        for form in (new, old)
    )
    return here, there


def answered_all(responses: Responses) -> Responses:
    """The persons who were presented every item: only they have a total.

    Raises:
        CannotEquate: There is nobody.
    """
    complete: BoolArray = np.all(responses.presented, axis=1)
    if not complete.any():
        raise CannotEquate(["nobody was presented every item of the form"])
    return responses if complete.all() else responses.with_persons(complete)


def score_table(
    responses: Responses,
    anchor_items: Sequence[str] = (),
    *,
    anchor: AnchorKind | None = None,
) -> ScoreFrequencies:
    """Count totals and anchor scores.

    Args:
        responses: Persons who were presented every item.
        anchor_items: Items of the anchor; none for equivalent groups.
        anchor: "internal" when these items count towards the total, "external" when they do not.

    Returns:
        The table, weights counted.

    Raises:
        CannotEquate: No item is left for the total.
        UnusableResponses: An anchor item is not in the responses.
    """
    common = set(anchor_items)
    counted = [name for name in responses.item_ids if anchor != "external" or name not in common]
    if not counted:
        raise CannotEquate(["all items are in the external anchor; the form needs its own items"])
    form = responses.with_items(counted)
    highest = int(form.max_scores.sum())
    if not anchor_items or anchor is None:
        totals = np.zeros((highest + 1, 1))
        np.add.at(totals[:, 0], form.raw_scores, form.weights)
        return ScoreFrequencies(totals)
    common_part = responses.with_items(anchor_items)
    counts = np.zeros((highest + 1, int(common_part.max_scores.sum()) + 1))
    np.add.at(counts, (form.raw_scores, common_part.raw_scores), form.weights)
    return ScoreFrequencies(counts, anchor)


def joint_table(new: Responses, old: Responses) -> FloatArray:
    """Frequencies of the totals of one group on both forms.

    Args:
        new: Persons by the items of the new form.
        old: Persons by the items of the old form; persons are matched by id.

    Returns:
        Shape (n_new_scores, n_old_scores), over the persons in both. The weights are `new`'s.

    Raises:
        CannotEquate: No person is in both.
    """
    place = {person_id: row for row, person_id in enumerate(old.person_ids)}
    both = [(row, place[name]) for row, name in enumerate(new.person_ids) if name in place]
    if not both:
        raise CannotEquate(["no person_id is in both files; one group needs both forms"])
    here, there = np.array(both).T
    counts = np.zeros((int(new.max_scores.sum()) + 1, int(old.max_scores.sum()) + 1))
    np.add.at(counts, (new.raw_scores[here], old.raw_scores[there]), new.weights[here])
    return counts
