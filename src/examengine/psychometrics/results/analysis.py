"""The classical analysis of an administration: items, options, totals, reliability.

One function makes all figures; the command prints them and a page shows them, so they agree.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from examengine.psychometrics.classical import (
    ItemStatistics,
    Omission,
    OptionStatistics,
    Totals,
    item_statistics,
    omissions,
    option_statistics,
    pairwise_covariance,
    totals,
)
from examengine.psychometrics.item_keys import ItemKey
from examengine.psychometrics.reliability import (
    ReliabilitySummary,
    lord_binomial,
    lord_keats,
    reliability_by_form,
    reliability_summary,
)
from examengine.psychometrics.response_files import ResponseData
from examengine.psychometrics.responses import Responses
from examengine.psychometrics.results.domains import (
    DomainReliability,
    DomainsReliability,
    domains_reliability,
)
from examengine.psychometrics.shown import Result, Table, table_of

EASY, HARD, WEAK = 0.95, 0.20, 0.10


@dataclass(frozen=True, slots=True)
class ItemAnalysis:
    """Everything classical about one item.

    Attributes:
        item_id: The item.
        statistics: Difficulty and discrimination.
        alpha_if_dropped: Alpha of the reliability's basis without it; None outside the basis.
        omission: Left out and not reached; None when no code for that was given.
        options: Option table; empty for scored files.
        attention: Why somebody should look at the item, a sentence each; empty when nobody need.
    """

    item_id: str
    statistics: ItemStatistics
    alpha_if_dropped: float | None
    omission: Omission | None
    options: tuple[OptionStatistics, ...]
    attention: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ScoreRow:
    """One total score: how many had it, and how sure it is.

    Attributes:
        score: Points.
        n: Persons, as a sum of weights.
        lord_binomial: Lord's conditional standard error; None unless items are right/wrong.
        lord_keats: With Keats's correction; None likewise.
    """

    score: int
    n: float
    lord_binomial: float | None
    lord_keats: float | None


@dataclass(frozen=True, slots=True, repr=False)
class Analysis(Result):
    """A whole classical analysis.

    Attributes:
        n_rows: Rows of the file.
        n_persons: Persons, as a sum of weights.
        n_items: Items.
        share_presented: Share of cells that hold a response.
        n_forms: Different sets of items presented together.
        reliability: Of the total over its basis, which it names; None when there is none.
        stratified_alpha: Over domains; None without domains.
        composite_reliability: Of the domains' points, each times its weight; None without weights.
        domains: Alpha of each domain.
        scores: Distribution of the total over the basis.
        forms: Reliability of each form given to at least 30 persons; empty for one form.
        items: Every item.
        notes: Why there is no total score or no omega hierarchical, a sentence each.
    """

    n_rows: int
    n_persons: float
    n_items: int
    share_presented: float
    n_forms: int
    reliability: ReliabilitySummary | None
    stratified_alpha: float | None
    composite_reliability: float | None
    domains: tuple[DomainReliability, ...]
    scores: tuple[ScoreRow, ...]
    forms: tuple[ReliabilitySummary, ...]
    items: tuple[ItemAnalysis, ...]
    notes: tuple[str, ...]

    def headline(self) -> str:
        """Size and alpha."""
        alpha = "" if self.reliability is None else f", alpha {self.reliability.alpha:.3f}"
        return f"Item analysis: {self.n_items} items, {self.n_persons:g} persons{alpha}"

    def table(self) -> Table:
        """One row for each item."""
        return Table(
            {
                "item_id": item.item_id,
                **row,
                "alpha_if_dropped": item.alpha_if_dropped,
                "attention": "; ".join(item.attention),
            }
            for item, row in zip(
                self.items, table_of(item.statistics for item in self.items), strict=True
            )
        )


def analyse(
    data: ResponseData,
    *,
    omitted: Collection[str] = (),
    domain_weights: Mapping[str, float] | None = None,
) -> Analysis:
    """Analyse an administration classically.

    Args:
        data: Responses, with the chosen options where there are keys.
        omitted: Option ids that mean "left out".
        domain_weights: Weight of each domain's points in a composite score.

    Returns:
        Every figure; what does not exist is None or nan.

    Raises:
        CannotWeigh: The weights do not fit the domains of the key.
    """
    responses = data.responses
    reliability = reliability_summary(responses)
    n_forms = np.unique(responses.presented, axis=0).shape[0]
    forms = reliability_by_form(responses) if n_forms > 1 else ()
    by_domain = _domains(responses, reliability, data.keys, domain_weights)
    return Analysis(
        n_rows=responses.n_persons,
        n_persons=float(responses.weights.sum()),
        n_items=responses.n_items,
        share_presented=float(responses.presented.mean()),
        n_forms=n_forms,
        reliability=reliability,
        stratified_alpha=by_domain.stratified_alpha,
        composite_reliability=by_domain.composite,
        domains=by_domain.domains,
        scores=_scores(responses, reliability),
        forms=forms,
        items=_items(data, reliability, omitted),
        notes=tuple(_notes(reliability, forms)),
    )


def _notes(
    reliability: ReliabilitySummary | None, forms: Sequence[ReliabilitySummary]
) -> Iterator[str]:
    """Why there is no total score, or no omega of it or of a form."""
    if reliability is None:
        yield (
            "there is no total score: fewer than two items were presented to nearly everybody, or "
            "their total does not vary"
        )
    else:
        yield from reliability.omega_notes
    for number, form in enumerate(forms, 1):
        yield from (f"form {number}: {note}" for note in form.omega_notes)


def _items(
    data: ResponseData, reliability: ReliabilitySummary | None, omitted: Collection[str]
) -> tuple[ItemAnalysis, ...]:
    responses = data.responses
    rows = item_statistics(responses.scores, responses.max_scores, responses.weights)
    everything = totals(responses.scores, responses.max_scores)
    dropped: dict[str, float] = {}
    if reliability is not None:
        dropped = dict(zip(reliability.item_ids, reliability.alpha_if_dropped, strict=True))
    left_out = _omissions(data, omitted)
    found = []
    for column, (item_id, row) in enumerate(zip(responses.item_ids, rows, strict=True)):
        options = _options(data, column, everything)
        found.append(
            ItemAnalysis(
                item_id=item_id,
                statistics=row,
                alpha_if_dropped=dropped.get(item_id),
                omission=left_out.get(item_id),
                options=options,
                attention=attention(row, options),
            )
        )
    return tuple(found)


def attention(statistics: ItemStatistics, options: tuple[OptionStatistics, ...]) -> tuple[str, ...]:
    """Why somebody should look at an item.

    Args:
        statistics: Its figures.
        options: Its option table, possibly empty.

    Returns:
        A sentence for each rule that speaks, with the figure and the rule.
    """
    words = []
    if statistics.item_rest_r < 0:
        words.append(f"item-rest correlation {statistics.item_rest_r:.2f} is below 0")
    elif statistics.item_rest_r < WEAK:
        words.append(f"item-rest correlation {statistics.item_rest_r:.2f} is below {WEAK:.2f}")
    if statistics.p > EASY:
        words.append(f"p {statistics.p:.2f} is above {EASY:.2f}")
    elif statistics.p < HARD:
        words.append(f"p {statistics.p:.2f} is below {HARD:.2f}")
    keys = [option.rest_r for option in options if option.is_key and np.isfinite(option.rest_r)]
    words += (
        f"option {option.option} goes with the rest score ({option.rest_r:.2f}) more than the key "
        f"({max(keys):.2f}): check the key"
        for option in options
        if keys and not option.is_key and option.rest_r > max(keys)
    )
    return tuple(words)


def _options(data: ResponseData, column: int, everything: Totals) -> tuple[OptionStatistics, ...]:
    responses = data.responses
    item_id = responses.item_ids[column]
    if item_id not in data.chosen:
        return ()
    rest = everything.rest_shares(responses.scores[:, column], responses.max_scores[column])
    return option_statistics(
        data.chosen[item_id],
        data.keys[item_id].options,
        everything.shares(),
        rest,
        responses.weights,
    )


def _omissions(data: ResponseData, omitted: Collection[str]) -> dict[str, Omission]:
    names = [name for name in data.responses.item_ids if name in data.chosen]
    if not (omitted and names):
        return {}
    chosen = np.array([data.chosen[name] for name in names], dtype=np.str_).T
    return dict(zip(names, omissions(chosen, omitted, data.responses.weights), strict=True))


def _basis(responses: Responses, reliability: ReliabilitySummary) -> Responses:
    part = responses.with_items(reliability.item_ids)
    return part.with_persons(np.asarray(part.presented.all(axis=1)))


def _scores(responses: Responses, reliability: ReliabilitySummary | None) -> tuple[ScoreRow, ...]:
    if reliability is None:
        return ()
    basis = _basis(responses, reliability)
    counts = np.bincount(
        basis.raw_scores, weights=basis.weights, minlength=reliability.total.max_score + 1
    )
    binomial: list[float | None] = [None] * counts.size
    keats = binomial
    if reliability.kr_20 is not None and reliability.kr_21 is not None:
        binomial = lord_binomial(len(reliability.item_ids)).tolist()
        if reliability.kr_20 < 1 and reliability.kr_21 < 1:
            keats = lord_keats(
                len(reliability.item_ids), reliability.kr_20, reliability.kr_21
            ).tolist()
    return tuple(
        ScoreRow(score, float(count), binomial[score], keats[score])
        for score, count in enumerate(counts)
    )


def _domains(
    responses: Responses,
    reliability: ReliabilitySummary | None,
    keys: Mapping[str, ItemKey],
    weights: Mapping[str, float] | None,
) -> DomainsReliability:
    """Reliability by domain over the basis."""
    if reliability is None:
        return DomainsReliability()
    named = [keys[name].domain if name in keys else None for name in reliability.item_ids]
    basis = _basis(responses, reliability)
    covariance = pairwise_covariance(basis.scores, basis.weights).covariance
    return domains_reliability(covariance, named, weights)
