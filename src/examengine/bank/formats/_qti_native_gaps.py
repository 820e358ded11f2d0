"""Texts with gaps, and long texts, of QTI as items of ours."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import product
from math import prod
from typing import Any

from examengine.bank.formats._qti_native_parts import (
    GivenResponses,
    Native,
    NativeReading,
    by_parts,
    count,
    need,
    options_of,
    shuffled,
    stem_of_body,
    text_of_block,
)
from examengine.bank.formats._question_items import NO_KEY, NO_KEY_NOTED
from examengine.bank.item_types._gaps import gap_ids
from examengine.bank.item_types._scoring_rules import MOST_POINTS
from examengine.bank.item_types.inline_choice import MOST_CHOICES
from examengine.bank.qti.declarations import VariableDeclaration
from examengine.bank.qti.item import SCORE, QtiItem
from examengine.bank.qti.nodes import QtiNode
from examengine.bank.qti.values import BaseType, Cardinality, container, single, text_of

INLINE = "qti-inline-choice-interaction"
_GAP_MATCH_PARTS = frozenset({"qti-prompt", "qti-gap-text"})
_TEXT_KNOWN = frozenset(
    {"response-identifier", "expected-length", "expected-lines", "format", "class"}
)
_SIZES = ("qti-height-lines-", "qti-input-width-")
"""Classes that only say how large a field is drawn."""
_BLOCKS = frozenset({"p", "div"})


def inline_stem(body: QtiNode) -> Native:
    """Return the paragraphs before the first with a list in it; there must be one."""
    before, _ = _before_and_with_gaps(body)
    told = [text_of_block(block) for block in before]
    need(bool(told) and all(told))
    return {"stem": "\n\n".join(told)}


def read_inline_choices(item: QtiItem) -> NativeReading:
    """Read a text with lists in it, each a response of its own."""
    asked = [node for node in item.body.all() if node.name == INLINE]
    for node in asked:
        declaration = item.declarations[node.get("response-identifier")]
        need(set(node.attributes) <= {"response-identifier", "shuffle", "required"})
        need(node.get("required", "false") in {"false", "0"})
        need(all(one.name == "qti-inline-choice" for one in node.elements))
        need(declaration.cardinality is Cardinality.SINGLE)
        need(declaration.base_type is BaseType.IDENTIFIER)
    need(len({bool(shuffled(node)) for node in asked}) == 1)
    names = [node.get("response-identifier") for node in asked]
    text = _text_with_gaps(_before_and_with_gaps(item.body)[1], INLINE, names)
    options = [options_of(node.named("qti-inline-choice"), MOST_CHOICES) for node in asked]
    content = {
        "type": "inline_choice",
        "text": text,
        "gaps": [
            {"id": name, "options": listed} for name, listed in zip(names, options, strict=True)
        ],
        **shuffled(asked[0]),
    }
    goals = [[None, *(one["id"] for one in listed)] for listed in options]
    answers = (_in_lists(names, chosen) for chosen in product(*goals))
    fit = by_parts("per_right_gap", len(names), graded="graded_gaps")
    return NativeReading(content, prod(map(len, goals)), answers, fit)


def read_gap_match(node: QtiNode, declaration: VariableDeclaration) -> NativeReading:
    """Read a text with gaps that are filled from one list of words."""
    need(declaration.cardinality is Cardinality.MULTIPLE)
    need(declaration.base_type is BaseType.DIRECTED_PAIR)
    words = node.named("qti-gap-text")
    gaps = [one for one in node.all() if one.name == "qti-gap"]
    need(all(set(one.attributes) == {"identifier"} for one in gaps))
    need(not any(count(node, f"{end}-associations", 0) for end in ("max", "min")))
    need(not any(count(one, "match-min", 0) for one in words))
    limits = {count(one, "match-max", 1) for one in words}
    reuse = limits != {1}
    need(not reuse or all(limit == 0 or limit >= len(gaps) for limit in limits))
    names = [one.get("identifier") for one in gaps]
    blocks = [one for one in node.elements if one.name not in _GAP_MATCH_PARTS]
    options = options_of(words)
    content = {
        "type": "gap_match",
        "text": _text_with_gaps(blocks, "qti-gap", names),
        "options": options,
        **({"reuse": True} if reuse else {}),
        **shuffled(node),
    }
    goals = [None, *(one["id"] for one in options)]
    answers = (
        _in_gaps(declaration.identifier, names, chosen)
        for chosen in product(goals, repeat=len(names))
        if reuse or _each_once(chosen)
    )
    fit = by_parts("per_right_gap", len(names))
    return NativeReading(content, len(goals) ** len(names), answers, fit)


def extended_text_of(item: QtiItem, asked: QtiNode) -> Native:
    """Return a question for a text that nothing but a person scores.

    What whoever marks goes by is the text for scorers, or else the correct response.
    """
    declaration = item.declarations[asked.get("response-identifier")]
    need(item.response_processing is None and set(asked.attributes) <= _TEXT_KNOWN)
    need(asked.get("format", "plain") == "plain" and not asked.named("qti-rubric-block"))
    need(all(one.startswith(_SIZES) for one in asked.get("class").split()))
    need(declaration.cardinality is Cardinality.SINGLE and declaration.mapping is None)
    need(declaration.base_type is BaseType.STRING)
    body, key = _without_rubric(item.body)
    if not key and declaration.correct is not None:
        key = " ".join(text_of(declaration.correct.scalars[0]).split())
        need(not set(key) & set("*`\\"))
    return {
        **stem_of_body(body, asked),
        "type": "extended_text",
        "key": key or NO_KEY,
        **_points_by_person(item),
        **({} if key else {"differences": [NO_KEY_NOTED]}),
    }


def _points_by_person(item: QtiItem) -> Native:
    """Return the points that a person can give, where the item says how many."""
    score = item.declarations.get(SCORE)
    most = None if score is None else score.normal_maximum
    if most is None or most == 1:
        return {}
    need(1 <= most <= MOST_POINTS and most == int(most))
    return {"scoring": {"rule": "by_person", "points": int(most)}}


def _without_rubric(body: QtiNode) -> tuple[QtiNode, str]:
    """Return a body without what is for scorers alone, and that."""
    rubrics = [one for one in body.named("qti-rubric-block") if one.get("view") == "scorer"]
    told: list[str] = []
    for rubric in rubrics:
        need(not set(rubric.attributes) - {"view", "use"})
        wrapped = rubric.first("qti-content-body")
        holder = rubric if wrapped is None or len(rubric.elements) > 1 else wrapped
        inner = [one for one in holder.elements if one.name in _BLOCKS and not one.attributes]
        need(len(inner) == len(holder.elements))
        told += [text_of_block(one) for one in inner] or [text_of_block(holder)]
    children = tuple(one for one in body.children if one not in rubrics)
    return replace(body, children=children), "\n\n".join(one for one in told if one)


def _before_and_with_gaps(body: QtiNode) -> tuple[list[QtiNode], list[QtiNode]]:
    """Return the paragraphs before the first with a list in it, and the others."""
    blocks = _blocks(body)
    first = next(
        place
        for place, block in enumerate(blocks)
        if any(one.name == INLINE for one in block.all())
    )
    return blocks[:first], blocks[first:]


def _blocks(node: QtiNode) -> list[QtiNode]:
    """Return the paragraphs inside, each by itself, whatever they are gathered in."""
    need(not set(node.attributes) - {"xml:lang"})
    found: list[QtiNode] = []
    for child in node.children:
        if isinstance(child, str):
            need(not child.strip())
        elif child.name == "div" and {one.name for one in child.elements} & _BLOCKS:
            found += _blocks(child)
        else:
            need(child.name in _BLOCKS and not child.attributes)
            found.append(child)
    return found


def _text_with_gaps(blocks: Sequence[QtiNode], name: str, names: Sequence[str]) -> str:
    """Return paragraphs in which gaps are their ids in double brackets, each once."""
    need(all(one.name in _BLOCKS and not one.attributes for one in blocks))
    need(not any("[[" in one.text or "]]" in one.text for one in blocks))
    text = "\n\n".join(text_of_block(_with_marks(block, name)) for block in blocks)
    need(list(gap_ids({"text": text})) == list(names) and len(set(names)) == len(names))
    return text


def _with_marks(node: QtiNode, name: str) -> QtiNode:
    children: list[QtiNode | str] = []
    for child in node.children:
        if isinstance(child, str):
            children.append(child)
        elif child.name == name:
            children.append(f"[[{child.get('response-identifier') or child.get('identifier')}]]")
        else:
            children.append(_with_marks(child, name))
    return replace(node, children=tuple(children))


def _in_lists(
    names: Sequence[str], chosen: Sequence[str | None]
) -> tuple[Mapping[str, str], GivenResponses]:
    given = _given(names, chosen)
    return given, {name: single(BaseType.IDENTIFIER, one) for name, one in given.items()}


def _in_gaps(
    identifier: str, names: Sequence[str], chosen: Sequence[str | None]
) -> tuple[Any, GivenResponses]:
    given = _given(names, chosen)
    pairs = [(one, name) for name, one in given.items()]
    return given, {identifier: container(Cardinality.MULTIPLE, BaseType.DIRECTED_PAIR, pairs)}


def _given(names: Sequence[str], chosen: Sequence[str | None]) -> dict[str, str]:
    return {name: one for name, one in zip(names, chosen, strict=True) if one}


def _each_once(chosen: Sequence[str | None]) -> bool:
    used = [one for one in chosen if one]
    return len(used) == len(set(used))
