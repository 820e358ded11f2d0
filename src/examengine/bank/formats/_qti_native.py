"""Items of QTI that mean exactly what a type of our own means; all others stay as they are.

Exactly: the same answers can be given, in the same words, and score the same. Text with markup that
our texts cannot say, a limit of choices that no type of ours has, a fixed choice among shuffled
ones: any of these leaves the item of type `qti`. So do typed answers, which our types read more
generously than QTI does.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain, combinations, permutations, product
from math import perm
from types import MappingProxyType
from typing import Any

from examengine.bank.formats._qti_native_gaps import (
    INLINE,
    extended_text_of,
    inline_stem,
    read_gap_match,
    read_inline_choices,
)
from examengine.bank.formats._qti_native_parts import (
    KNOWN,
    GivenResponses,
    Native,
    NativeReading,
    OtherThanOurs,
    by_parts,
    count,
    need,
    only_right,
    options_of,
    shuffled,
    stem_of_body,
)
from examengine.bank.formats._qti_native_pictures import read_hotspot, read_select_point
from examengine.bank.formats._qti_native_slider import read_slider
from examengine.bank.qti.declarations import VariableDeclaration, VariableKind, built_in
from examengine.bank.qti.interactions import interactions_in
from examengine.bank.qti.item import SCORE, QtiItem
from examengine.bank.qti.nodes import QtiNode
from examengine.bank.qti.randomness import NoDraws
from examengine.bank.qti.refusal import QtiRefused
from examengine.bank.qti.sitting import attempt, given
from examengine.bank.qti.values import BaseType, Cardinality, Nullable, container, single
from examengine.bank.qti.worth import MOST_WORK

_PARTS = frozenset(
    {
        "qti-response-declaration",
        "qti-outcome-declaration",
        "qti-item-body",
        "qti-response-processing",
    }
)
MOST_PROMPTS = 20
TABULAR = "qti-match-tabular"
"""The class of a match that is drawn as rows and columns."""
_EXTENDED = "qti-extended-text-interaction"
_MOST_ANSWERS = 2_000
"""So many answers are scored to see what each is worth; where there are more, none is sure."""


def native_content(item: QtiItem) -> Native | None:
    """Return the content of an item as one of our own types has it; None where none is the same.

    What its rules say is tried, not read: every answer is scored, and the points of our type must
    be what they give. A figure is named by its address in the XML.
    """
    try:
        found = _interactions(item)
        if found[0].name == _EXTENDED:
            return extended_text_of(item, found[0])
        stem, reading = _read(item, found)
        need(reading.n_answers <= _MOST_ANSWERS)
        fitted = reading.fit(_scored(item, reading.answers))
    except (OtherThanOurs, KeyError, ValueError, QtiRefused):
        return None
    return {**stem, **reading.content, **fitted}


def _read(item: QtiItem, found: Sequence[QtiNode]) -> tuple[Native, NativeReading]:
    """Return what stands before the interactions, and these as a type of ours has them."""
    _need_plain(item)
    if found[0].name == INLINE:
        return inline_stem(item.body), read_inline_choices(item)
    [only] = found
    need(set(only.attributes) <= KNOWN | _ALSO_KNOWN.get(only.name, frozenset()))
    declaration = item.declarations[only.get("response-identifier")]
    return stem_of_body(item.body, only), _READERS[only.name](only, declaration)


def _scored(
    item: QtiItem, answers: Iterable[tuple[Any, GivenResponses]]
) -> Iterator[tuple[Any, float]]:
    """Yield each answer with what the rules of the item give it."""
    sitting, work = given(item, {}, {}), 0
    for ours, responses in answers:
        ended = attempt(item, sitting, responses, NoDraws())
        work += ended.work
        need(work <= MOST_WORK)
        found = ended.outcomes.get(SCORE)
        score = found.scalar if found is not None else 0
        if isinstance(score, bool) or not isinstance(score, int | float):
            raise OtherThanOurs
        yield ours, float(score)


def _interactions(item: QtiItem) -> list[QtiNode]:
    """Return the interactions of an item without feedback, drawing, or several attempts."""
    responses = [one for one in _own(item) if one.kind is VariableKind.RESPONSE]
    found = list(interactions_in(item.body))
    need({node.name for node in item.root.elements} <= _PARTS and not item.adaptive)
    need({one.name for one in found} == {INLINE} or len(found) == 1)
    named = {one.get("response-identifier") for one in found}
    need(len(found) == len(named) and named == {one.identifier for one in responses})
    need(all(one.default is None for one in responses))
    return found


def _own(item: QtiItem) -> list[VariableDeclaration]:
    return [one for one in item.declarations.values() if one not in built_in()]


def _need_plain(item: QtiItem) -> None:
    need(SCORE in item.declarations and not any(one.external for one in _own(item)))


def _choice(node: QtiNode, declaration: VariableDeclaration) -> NativeReading:
    options = options_of(node.named("qti-simple-choice"))
    ids = [one["id"] for one in options]
    need(declaration.base_type is BaseType.IDENTIFIER and count(node, "min-choices", 0) <= 1)
    if declaration.cardinality is Cardinality.SINGLE:
        need(count(node, "max-choices", 1) == 1)
        content = {"type": "single_choice", "options": options, **shuffled(node)}
        singles = ((one, single(BaseType.IDENTIFIER, one)) for one in ids)
        answers = chain(_NO_ANSWER, singles)
        return NativeReading(content, len(ids) + 1, _to(declaration, answers), only_right)
    need(declaration.cardinality is Cardinality.MULTIPLE)
    need(count(node, "max-choices", 1) in {0, len(ids)})
    content = {"type": "multiple_response", "options": options, **shuffled(node)}
    chosen = (some for size in range(1, len(ids) + 1) for some in combinations(ids, size))
    sets = ((list(some), _several(Cardinality.MULTIPLE, some)) for some in chosen)
    answers = chain(_NO_ANSWER, sets)
    return NativeReading(content, 2 ** len(ids), _to(declaration, answers), only_right)


def _to(
    declaration: VariableDeclaration, answers: Iterable[tuple[Any, Nullable]]
) -> Iterator[tuple[Any, GivenResponses]]:
    """Yield answers as the responses of an item that has one."""
    return ((ours, {declaration.identifier: value}) for ours, value in answers)


_NO_ANSWER: tuple[tuple[Any, Nullable], ...] = ((None, None),)


def _several(cardinality: Cardinality, ids: Iterable[str]) -> Nullable:
    return container(cardinality, BaseType.IDENTIFIER, ids)


def _order(node: QtiNode, declaration: VariableDeclaration) -> NativeReading:
    options = options_of(node.named("qti-simple-choice"))
    ids = [one["id"] for one in options]
    need(declaration.cardinality is Cardinality.ORDERED)
    need(declaration.base_type is BaseType.IDENTIFIER)
    need({"max-choices", "min-choices"}.isdisjoint(node.attributes))
    content = {"type": "ordering", "options": options, **shuffled(node)}
    orders = (some for size in range(1, len(ids) + 1) for some in permutations(ids, size))
    answers = (
        (list(some) if len(some) == len(ids) else None, _several(Cardinality.ORDERED, some))
        for some in orders
    )
    n_answers = sum(perm(len(ids), size) for size in range(len(ids) + 1))
    return NativeReading(
        content, n_answers, _to(declaration, chain(_NO_ANSWER, answers)), only_right
    )


def _match(node: QtiNode, declaration: VariableDeclaration) -> NativeReading:
    """Read a match in which each line on the left has one of those on the right.

    One that is drawn as a table of rows and columns is a matrix, whose columns keep their order.
    """
    sets = node.named("qti-simple-match-set")
    need(len(sets) == 2 and declaration.base_type is BaseType.DIRECTED_PAIR)
    need(declaration.cardinality is Cardinality.MULTIPLE)
    left, right = (one.named("qti-simple-associable-choice") for one in sets)
    n_left, tabular = len(left), set(node.get("class").split()) == {TABULAR}
    need(tabular or not node.get("class"))
    need(n_left > 1 and all(count(one, "match-max", 1) == 1 for one in left))
    need(all(_is_open(count(one, "match-max", 1), n_left) for one in right))
    need(_is_open(count(node, "max-associations", 1), n_left))
    need(all(not count(one, "match-min", 0) for one in (*left, *right)))
    lines = options_of(left, MOST_PROMPTS)
    if tabular:
        fixed = all(one.get("fixed") in {"true", "1"} for one in right)
        need(fixed or node.get("shuffle") not in {"true", "1"})
        columns = options_of(right, fixed=fixed)
        content: Native = {"type": "matrix", "statements": lines, "options": columns}
    else:
        columns = options_of(right)
        content = {"type": "matching", "prompts": lines, "options": columns}
    rule = "per_right_statement" if tabular else "per_right_pair"
    goals = [None, *(one["id"] for one in columns)]
    matches = (_matched(lines, goal) for goal in product(goals, repeat=n_left))
    return NativeReading(
        {**content, **shuffled(node)},
        len(goals) ** n_left,
        _to(declaration, matches),
        by_parts(rule, n_left),
    )


def _matched(
    lines: Sequence[Mapping[str, str]], goals: Sequence[str | None]
) -> tuple[Any, Nullable]:
    """Return a match as our types have it, and as pairs."""
    given = {one["id"]: goal for one, goal in zip(lines, goals, strict=True) if goal}
    return given, container(Cardinality.MULTIPLE, BaseType.DIRECTED_PAIR, given.items())


def _is_open(most: int, needed: int) -> bool:
    return most == 0 or most >= needed


_READERS: Mapping[str, Callable[[QtiNode, VariableDeclaration], NativeReading]] = MappingProxyType(
    {
        "qti-choice-interaction": _choice,
        "qti-order-interaction": _order,
        "qti-match-interaction": _match,
        "qti-gap-match-interaction": read_gap_match,
        "qti-slider-interaction": read_slider,
        "qti-hotspot-interaction": read_hotspot,
        "qti-select-point-interaction": read_select_point,
    }
)
_ALSO_KNOWN: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "qti-match-interaction": frozenset({"class"}),
        "qti-slider-interaction": frozenset(
            {"lower-bound", "upper-bound", "step", "step-label", "reverse"}
        ),
    }
)
"""What the reader of an interaction checks beside the attributes that all have."""
