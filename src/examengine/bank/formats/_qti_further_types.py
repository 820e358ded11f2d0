"""Matrices, texts with gaps, scales, pictures and long texts as interactions of QTI."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from types import MappingProxyType
from typing import Any

from examengine.bank.formats._qti_elements import (
    asked,
    choices,
    declared,
    html_nodes,
    right,
    score_with,
)
from examengine.bank.formats._qti_native import TABULAR
from examengine.bank.formats._qti_rules import (
    RESPONSE,
    SCORE,
    becomes,
    by_right,
    mapping_of,
    named,
    processing,
    said,
    table_of,
    when,
)
from examengine.bank.inline_text import paragraphs, plain, read_aloud
from examengine.bank.item_types import ITEM_TYPES
from examengine.bank.item_types._gaps import gap_ids
from examengine.bank.item_types._scoring_rules import declared_rule
from examengine.bank.media import KINDS, ending_of
from examengine.bank.qti.nodes import QtiNode

Content = Mapping[str, Any]
Whole = tuple[tuple[QtiNode, ...], tuple[QtiNode | str, ...], QtiNode, QtiNode]
"""The declarations of responses, what is shown, how it is scored, and the score."""
_MARK = re.compile(r"\[\[([^\[\]]+)\]\]")
_TAKEN = frozenset({SCORE, "completionStatus", "numAttempts", "duration"})


def write_matrix(content: Content) -> tuple[QtiNode, QtiNode, str]:
    """Return a match that is drawn as a table; its columns keep their order."""
    choice, kept = "qti-simple-associable-choice", {}
    if content.get("shuffle", True):
        kept = {"fixed": "true"}
    pairs = (f"{statement} {option}" for statement, option in content["key"].items())
    lines = choices(content, "statements", choice, match_max="1")
    columns = choices(content, "options", choice, match_max="0", **kept)
    sets = [QtiNode("qti-simple-match-set", {}, tuple(one)) for one in (lines, columns)]
    declaration = declared("multiple", "directedPair", right(pairs))
    interaction = asked("match", content, sets, max_associations="0")
    attributes = {**interaction.attributes, "class": TABULAR}
    return declaration, replace(interaction, attributes=attributes), "match_correct"


def write_gap_match(content: Content) -> tuple[QtiNode, QtiNode, str]:
    """Return a text with gaps, below the words that belong in them."""
    pairs = (f"{option} {gap}" for gap, option in content["key"].items())
    most = "0" if content.get("reuse", False) else "1"
    words = choices(content, "options", "qti-gap-text", match_max=most)
    gaps = {gap: QtiNode("qti-gap", {"identifier": gap}) for gap in gap_ids(content)}
    text = _with_gaps(html_nodes(paragraphs(content["text"])), gaps)
    declaration = declared("multiple", "directedPair", right(pairs))
    interaction = asked("gap-match", content, words)
    whole = replace(interaction, children=(*interaction.children, *text))
    return declaration, whole, "match_correct"


def write_hotspot(content: Content) -> tuple[QtiNode, QtiNode, str]:
    """Return a picture with regions, each with its words."""
    several = content.get("several", False)
    declaration = declared(
        "multiple" if several else "single", "identifier", right(sorted(content["key"]))
    )
    regions = [
        QtiNode(
            "qti-hotspot-choice",
            {"identifier": one["id"], **_area(one), "hotspot-label": plain(one["text"])},
        )
        for one in content["regions"]
    ]
    told = {"response-identifier": RESPONSE, "max-choices": "0" if several else "1"}
    interaction = QtiNode("qti-hotspot-interaction", told, (_picture(content), *regions))
    return declaration, interaction, "match_correct"


def _inline_choice(content: Content) -> Whole:
    """Write each gap as a response of its own; an option has an id that no other has."""
    by_id = {gap["id"]: gap["options"] for gap in content["gaps"]}
    gaps = gap_ids(content)
    points = _points_of_gaps(content)
    declarations = tuple(
        declared(
            "single",
            "identifier",
            right([f"{gap}-{content['key'][gap]}"]),
            mapping_of((f"{gap}-{option}", worth) for option, worth in points[gap].items()),
            identifier=_variable(gap),
        )
        for gap in gaps
    )
    lists = {gap: _list_of(content, gap, by_id[gap]) for gap in gaps}
    text = _with_gaps(html_nodes(paragraphs(content["text"])), lists)
    total = QtiNode("qti-sum", {}, tuple(named("map-response", _variable(gap)) for gap in gaps))
    rule = declared_rule(content)
    if rule == "all_or_nothing":
        whole = QtiNode("qti-equal", {"tolerance-mode": "exact"}, (total, said(str(len(gaps)))))
        scored = when(whole, becomes(said("1")), becomes(said("0")))
        return declarations, text, processing(scored), score_with()
    if rule == "by_mistakes":
        table = table_of(by_right(content["scoring"]["points"], len(gaps)))
        found = QtiNode("qti-lookup-outcome-value", {"identifier": SCORE}, (total,))
        return declarations, text, processing(found), score_with(table)
    return declarations, text, processing(becomes(total)), score_with()


def _points_of_gaps(content: Content) -> Mapping[str, Mapping[str, int]]:
    if declared_rule(content) == "graded_gaps":
        given: Mapping[str, Mapping[str, int]] = content["scoring"]["points"]
        return given
    return {gap: {option: 1} for gap, option in content["key"].items()}


def _list_of(content: Content, gap: str, options: Sequence[Content]) -> QtiNode:
    shuffle = "true" if content.get("shuffle", True) else "false"
    told = {"response-identifier": _variable(gap), "shuffle": shuffle}
    listed = tuple(
        QtiNode(
            "qti-inline-choice",
            {"identifier": f"{gap}-{one['id']}"},
            (read_aloud(one["text"]),),
        )
        for one in options
    )
    return QtiNode("qti-inline-choice-interaction", told, listed)


def _variable(gap: str) -> str:
    return f"GAP-{gap}" if gap in _TAKEN else gap


def _with_gaps(
    nodes: Sequence[QtiNode | str], gaps: Mapping[str, QtiNode]
) -> tuple[QtiNode | str, ...]:
    """Return a text in which each mark of a gap has become what is written for it."""
    found: list[QtiNode | str] = []
    for node in nodes:
        if isinstance(node, QtiNode):
            found.append(replace(node, children=_with_gaps(node.children, gaps)))
            continue
        pieces = _MARK.split(node)
        for place, piece in enumerate(pieces):
            if place % 2:
                found.append(gaps[piece])
            elif piece:
                found.append(piece)
    return tuple(found)


def _slider(content: Content) -> Whole:
    """Write a scale; its unit stands before it, for QTI has no other place."""
    scale, key = content["scale"], content["key"]
    whole = all(Fraction(scale[name]).denominator == 1 for name in ("from", "to", "step"))
    base_type = "integer" if whole else "float"
    best = ITEM_TYPES["slider"].key_response(content)
    told = {
        "response-identifier": RESPONSE,
        "lower-bound": scale["from"],
        "upper-bound": scale["to"],
        "step": scale["step"],
    }
    unit = content.get("unit", "")
    prompt = (QtiNode("qti-prompt", {}, (unit,)),) if unit else ()
    stretch = {"from": key["value"], "to": key["value"]} if "value" in key else key
    scoring = content.get("scoring", {})
    most = scoring.get("points", 1)
    graded = [
        (stretch, most),
        *sorted(
            ((band, band["points"]) for band in scoring.get("bands", ())), key=lambda one: -one[1]
        ),
    ]
    rule = becomes(said("0"))
    for ends, points in reversed(graded):
        rule = when(_within(ends), becomes(said(str(points))), rule)
    declaration = declared("single", base_type, right([best]))
    shown = QtiNode("qti-slider-interaction", told, prompt)
    return (declaration,), (shown,), processing(rule), score_with()


def _within(ends: Content) -> QtiNode:
    """Return the condition that a number lies between two ends, these included."""
    return QtiNode(
        "qti-and",
        {},
        (
            QtiNode("qti-gte", {}, (named("variable"), said(ends["from"]))),
            QtiNode("qti-lte", {}, (named("variable"), said(ends["to"]))),
        ),
    )


def _select_point(content: Content) -> Whole:
    """Write areas with their points, the best first: of several that hold a point it counts."""
    scoring = content.get("scoring", {})
    graded = sorted(scoring.get("areas", ()), key=lambda area: -int(area["points"]))
    worths = [
        *((area, scoring.get("points", 1)) for area in content["key"]),
        *((area, area["points"]) for area in graded),
    ]
    entries = tuple(
        QtiNode("qti-area-map-entry", {**_area(area), "mapped-value": str(worth)})
        for area, worth in worths
    )
    mapping = QtiNode("qti-area-mapping", {"default-value": "0"}, entries)
    best = ITEM_TYPES["select_point"].key_response(content).replace(",", " ")
    told = {"response-identifier": RESPONSE, "max-choices": "1"}
    shown = QtiNode("qti-select-point-interaction", told, (_picture(content),))
    declaration = declared("single", "point", right([best]), mapping)
    scored = processing(becomes(named("map-response-point")))
    return (declaration,), (shown,), scored, score_with()


def _extended_text(content: Content) -> Whole:
    """Write a long text, with what scorers go by where only they see it."""
    most = str(ITEM_TYPES["extended_text"].most_points(content))
    words = QtiNode("qti-content-body", {}, html_nodes(paragraphs(content["key"])))
    rubric = QtiNode("qti-rubric-block", {"view": "scorer", "use": "scoring"}, (words,))
    shown = QtiNode("qti-extended-text-interaction", {"response-identifier": RESPONSE})
    score = score_with(normal_maximum=most, external_scored="human")
    return (declared("single", "string"),), (rubric, shown), processing(), score


def _picture(content: Content) -> QtiNode:
    picture = content["picture"]
    told = {
        "data": f"../{picture['file']}",
        "type": KINDS[ending_of(picture["file"])].media_type,
        **{side: str(picture[side]) for side in ("width", "height")},
    }
    return QtiNode("object", told, (picture.get("alt", ""),))


def _area(holder: Content) -> dict[str, str]:
    """Return a shape with its coordinates, as QTI describes areas."""
    if "circle" in holder:
        shape, numbers = "circle", holder["circle"]
    elif "rectangle" in holder:
        x, y, width, height = holder["rectangle"]
        shape, numbers = "rect", [x, y, x + width, y + height]
    else:
        shape, numbers = "poly", holder["polygon"]
    return {"shape": shape, "coords": ",".join(map(str, numbers))}


WHOLE: Mapping[str, Callable[[Content], Whole]] = MappingProxyType(
    {
        "inline_choice": _inline_choice,
        "slider": _slider,
        "select_point": _select_point,
        "extended_text": _extended_text,
    }
)
"""Types of which every scoring rule is written, each with its own rules of processing."""
