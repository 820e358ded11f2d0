"""An analysis as it is kept with an administration, and read again. Pure.

Item versions never change, so they are kept by name. Of an item that was answered in hundreds of
ways, as short texts are, those answers are kept that a page or a flag could tell of.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from math import nan
from typing import Any
from uuid import UUID

from examengine.bank import ItemRef, ItemVersion
from examengine.calibration.analysis import (
    ItemResponses,
    MatrixAnalysis,
    RawScoreCounts,
    ResponseAnalysis,
)
from examengine.calibration.flags import RARE_OPTION
from examengine.marking import LeftOut, MatrixOutline, Policy, Scope
from examengine.psychometrics.classical import ItemStatistics, OptionStatistics, TotalScore
from examengine.psychometrics.documents import plain
from examengine.psychometrics.reliability import ReliabilitySummary, SplitHalf

MOST_FREQUENT = 20
"""Answers to an item that are kept however rare they are."""

Body = Mapping[str, Any]


def kept(analysis: MatrixAnalysis) -> dict[str, Any]:
    """Return an analysis of the plain policy of a scope as JSON."""
    matrix = analysis.matrix
    return {
        "matrix": {
            "administrations": [str(one) for one in matrix.administration_ids],
            "bank_id": matrix.bank_id,
            "scope": matrix.scope.value,
            "left_out": plain(matrix.left_out),
            "n_persons": matrix.n_persons,
            "most_points": list(matrix.most_points),
            "digest": matrix.digest,
            "former_digest": matrix.former_digest,
        },
        "items": [_kept_item(item) for item in analysis.items],
        "reliability": plain(analysis.reliability),
        "distribution": plain(analysis.distribution),
    }


def items_named(body: Body) -> list[ItemRef]:
    """Return the item versions that an analysis is of, in its order."""
    return [ItemRef(*item["ref"]) for item in body["items"]]


def read_again(body: Body, versions: Mapping[ItemRef, ItemVersion]) -> ResponseAnalysis:
    """Return an analysis that was kept.

    Args:
        body: As `kept` returned it.
        versions: The item versions that it names.
    """
    matrix = body["matrix"]
    items = [versions[ref] for ref in items_named(body)]
    outline = MatrixOutline(
        administration_ids=tuple(map(UUID, matrix["administrations"])),
        bank_id=matrix["bank_id"],
        policy=Policy(Scope(matrix["scope"])),
        left_out=LeftOut(**matrix["left_out"]),
        n_persons=matrix["n_persons"],
        items=tuple(items),
        most_points=tuple(matrix["most_points"]),
        scored=tuple(item["scored"] for item in body["items"]),
        digest=matrix["digest"],
        former_digest=matrix["former_digest"],
    )
    return ResponseAnalysis(
        matrix=outline,
        items=tuple(map(_read_item, items, body["items"])),
        reliability=tuple(map(_read_reliability, body["reliability"])),
        distribution=_read_distribution(body["distribution"]),
    )


def _kept_item(item: ItemResponses) -> dict[str, Any]:
    version = item.item
    return {
        "ref": [version.item_id, version.version, version.digest],
        "scored": item.scored,
        "figures": plain(item.figures),
        "omitted": plain(item.omitted),
        "options": [plain(option) for option in _told(item)],
        "points": {option.option: item.points[option.option] for option in _told(item)}
        if item.points
        else {},
    }


def _told(item: ItemResponses) -> Iterable[OptionStatistics]:
    """Return the answers that are keys, that earn points, that are not rare, or the least so."""
    frequent = sorted(item.options, key=lambda option: -option.n)[:MOST_FREQUENT]
    names = {option.option for option in frequent}
    return [
        option
        for option in item.options
        if option.is_key
        or option.option in names
        or option.p >= RARE_OPTION
        or item.points.get(option.option, 0.0) > 0
    ]


def _read_item(version: ItemVersion, body: Body) -> ItemResponses:
    return ItemResponses(
        item=version,
        scored=body["scored"],
        figures=ItemStatistics(**_figures(body["figures"])),
        omitted=_figure(body["omitted"]),
        options=tuple(
            replace(OptionStatistics(**_figures(one)), group_p=tuple(map(_figure, one["group_p"])))
            for one in body["options"]
        ),
        points=body["points"],
    )


def _read_reliability(body: Body) -> ReliabilitySummary:
    low, high = map(_figure, body["alpha_interval"])
    halves = body["split_half"]
    return ReliabilitySummary(
        item_ids=tuple(body["item_ids"]),
        total=TotalScore(**_figures(body["total"])),
        alpha=_figure(body["alpha"]),
        alpha_interval=(low, high),
        alpha_if_dropped=tuple(map(_figure, body["alpha_if_dropped"])),
        sem=_figure(body["sem"]),
        kr_20=body["kr_20"],
        kr_21=body["kr_21"],
        split_half=None if halves is None else SplitHalf(**_figures(halves)),
        guttman=None,
        omega_total=body["omega_total"],
        omega_hierarchical=body["omega_hierarchical"],
        omega_notes=tuple(body["omega_notes"]),
    )


def _read_distribution(body: Body | None) -> RawScoreCounts | None:
    if body is None:
        return None
    counts = tuple((score, count) for score, count in body["counts"])
    return RawScoreCounts(body["max_score"], counts)


def _figures(body: Body) -> dict[str, Any]:
    return {name: _figure(value) for name, value in body.items()}


def _figure(value: Any) -> Any:
    """Return a figure; JSON has no word for one that does not exist."""
    return nan if value is None else value
