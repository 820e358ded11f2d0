"""Scoring rules of our types as QTI writes them: mappings, a table where mistakes count, steps."""

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Any

from examengine.bank.qti.nodes import QtiNode

RESPONSE, SCORE = "RESPONSE", "SCORE"
Worths = Iterable[tuple[str, int]]


def mapping_of(worths: Worths, *, floor: bool = False, case_sensitive: bool = False) -> QtiNode:
    """Return a mapping of values to points; with a floor the sum is never below 0."""
    sensitive = "true" if case_sensitive else "false"
    entries = tuple(
        QtiNode(
            "qti-map-entry",
            {"map-key": key, "mapped-value": str(worth), "case-sensitive": sensitive},
        )
        for key, worth in worths
    )
    bounds = {"lower-bound": "0"} if floor else {}
    return QtiNode("qti-mapping", {"default-value": "0", **bounds}, entries)


def table_of(worths: Mapping[int, int]) -> QtiNode:
    """Return a table from what is right less what is wrong to points; nothing else gives any."""
    entries = tuple(
        QtiNode("qti-match-table-entry", {"source-value": str(source), "target-value": str(worth)})
        for source, worth in worths.items()
    )
    return QtiNode("qti-match-table", {"default-value": "0"}, entries)


def named(kind: str, identifier: str = RESPONSE) -> QtiNode:
    """Return an expression that names a variable, as `variable` and `map-response` do."""
    return QtiNode(f"qti-{kind}", {"identifier": identifier})


def becomes(expression: QtiNode) -> QtiNode:
    """Return the rule that makes an expression the score."""
    return QtiNode("qti-set-outcome-value", {"identifier": SCORE}, (expression,))


def said(text: str, base_type: str = "float") -> QtiNode:
    """Return a value that is written in the file."""
    return QtiNode("qti-base-value", {"base-type": base_type}, (text,))


def when(condition: QtiNode, then: QtiNode, otherwise: QtiNode | None = None) -> QtiNode:
    """Return a condition with what is to be done."""
    branches = [QtiNode("qti-response-if", {}, (condition, then))]
    if otherwise is not None:
        branches.append(QtiNode("qti-response-else", {}, (otherwise,)))
    return QtiNode("qti-response-condition", {}, tuple(branches))


def processing(*rules: QtiNode) -> QtiNode:
    """Return a response processing of rules."""
    return QtiNode("qti-response-processing", {}, rules)


def looked_up() -> QtiNode:
    """Return the processing that looks the mapped sum up in the table of the score."""
    rule = QtiNode("qti-lookup-outcome-value", {"identifier": SCORE}, (named("map-response"),))
    return processing(rule)


def at_most(number: int) -> QtiNode:
    """Return the processing that maps up to so many choices, and gives nothing for more."""
    size = QtiNode("qti-container-size", {}, (named("variable"),))
    more = QtiNode("qti-gt", {}, (size, said(str(number), "integer")))
    return processing(when(more, becomes(said("0")), becomes(named("map-response"))))


def by_place(key: Iterable[str]) -> QtiNode:
    """Return the processing that gives a point for each thing at its place."""
    rules = []
    for n, one in enumerate(key, start=1):
        held = QtiNode("qti-index", {"n": str(n)}, (named("variable"),))
        right = QtiNode("qti-match", {}, (held, said(one, "identifier")))
        more = QtiNode("qti-sum", {}, (named("variable", SCORE), said("1")))
        rules.append(when(right, becomes(more)))
    return processing(*rules)


Ruled = tuple[QtiNode | None, QtiNode | None, str | QtiNode]
"""A mapping of the response, a table of the score, and the processing or its template's name."""


def _graded_options(content: Mapping[str, Any]) -> Ruled:
    return mapping_of(content["scoring"]["points"].items()), None, "map_response"


def _per_right_option(content: Mapping[str, Any]) -> Ruled:
    key = content["key"]
    if not content["scoring"].get("deduction", False):
        return mapping_of((one, 1) for one in key), None, at_most(len(key))
    return mapping_of(_right_less_wrong(content), floor=True), None, "map_response"


def _right_less_wrong(content: Mapping[str, Any]) -> Worths:
    listed = content["regions"] if "regions" in content else content["options"]
    ids = (one["id"] for one in listed)
    return ((one, 1 if one in content["key"] else -1) for one in ids)


def _by_mistakes_in_choices(content: Mapping[str, Any]) -> Ruled:
    table = table_of(by_right(content["scoring"]["points"], len(content["key"])))
    return mapping_of(_right_less_wrong(content)), table, looked_up()


def by_right(points: list[int], n_right: int) -> dict[int, int]:
    """Return points by what is right less what is wrong: all of it, one less, and so on."""
    return {n_right - mistakes: worth for mistakes, worth in enumerate(points)}


def _pairs(content: Mapping[str, Any]) -> Worths:
    """Return the right pairs; QTI names what is put into a gap before the gap."""
    is_gap = content["type"] == "gap_match"
    return (
        (f"{option} {part}" if is_gap else f"{part} {option}", 1)
        for part, option in content["key"].items()
    )


def _per_right_pair(content: Mapping[str, Any]) -> Ruled:
    return mapping_of(_pairs(content)), None, "map_response"


def _by_mistakes_in_pairs(content: Mapping[str, Any]) -> Ruled:
    table = table_of(by_right(content["scoring"]["points"], len(content["key"])))
    return mapping_of(_pairs(content)), table, looked_up()


def _per_right_place(content: Mapping[str, Any]) -> Ruled:
    return None, None, by_place(content["key"])


def _graded_answers(content: Mapping[str, Any]) -> Ruled:
    scoring, key = content["scoring"], content["key"]
    worths = [(answer, scoring["points"]) for answer in key["accept"]]
    for graded in scoring["answers"]:
        worths += [(answer, graded["points"]) for answer in graded["accept"]]
    sensitive = key.get("case_sensitive", False)
    return mapping_of(worths, case_sensitive=sensitive), None, "map_response"


RULES: Mapping[tuple[str, str], Callable[[Mapping[str, Any]], Ruled]] = MappingProxyType(
    {
        ("single_choice", "graded_options"): _graded_options,
        ("multiple_response", "per_right_option"): _per_right_option,
        ("multiple_response", "by_mistakes"): _by_mistakes_in_choices,
        ("matching", "per_right_pair"): _per_right_pair,
        ("matching", "by_mistakes"): _by_mistakes_in_pairs,
        ("matrix", "per_right_statement"): _per_right_pair,
        ("matrix", "by_mistakes"): _by_mistakes_in_pairs,
        ("gap_match", "per_right_gap"): _per_right_pair,
        ("gap_match", "by_mistakes"): _by_mistakes_in_pairs,
        ("hotspot", "per_right_option"): _per_right_option,
        ("hotspot", "by_mistakes"): _by_mistakes_in_choices,
        ("ordering", "per_right_place"): _per_right_place,
        ("short_text", "graded_answers"): _graded_answers,
    }
)
"""How an item of a type is scored by a rule that it declares, where QTI can say it in short."""
