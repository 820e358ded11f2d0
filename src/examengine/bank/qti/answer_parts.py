"""What of an item is answered: each response with what may be answered, and what it is worth as.

An answer is kept as texts, as a form sends them: one for a single response, a list for others.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, islice
from typing import Any

from examengine.bank.qti.declarations import VariableDeclaration
from examengine.bank.qti.interactions import interactions_in
from examengine.bank.qti.item import QtiItem
from examengine.bank.qti.nodes import QtiNode
from examengine.bank.qti.refusal import QtiRefused, RefusedBecause
from examengine.bank.qti.showing import in_words
from examengine.bank.qti.values import (
    BaseType,
    Cardinality,
    Nullable,
    QtiValue,
    container,
    number,
    record,
    scalar_of,
    single,
)

LONGEST_ANSWER = 10_000
MOST_ANSWERS = 600
"""How many answers may be offered in one interaction: pairs of many with many grow fast."""
MOST_LINES = 20
_GRAPHIC_SPOTS = ("qti-hotspot-choice", "qti-associable-hotspot")
_NOT_ANSWERED = frozenset(
    [
        "qti-end-attempt-interaction",
        "qti-media-interaction",
        "qti-upload-interaction",
        "qti-drawing-interaction",
    ]
)


@dataclass(frozen=True, slots=True)
class AnswerPart:
    """One response of an item.

    Attributes:
        identifier: The response variable.
        interaction: What it is answered in.
        cardinality: How many scalars it has.
        base_type: What they are.
        offered: What may be chosen, with what it says; empty where something is typed.
        lines: How many fields there are, where each takes one scalar; 0 where boxes are ticked.
    """

    identifier: str
    interaction: str
    cardinality: Cardinality
    base_type: BaseType
    offered: Mapping[str, str]
    lines: int

    @property
    def is_typed(self) -> bool:
        """Tell whether the answer is typed, not chosen."""
        return not self.offered

    @property
    def is_single(self) -> bool:
        """Tell whether there is one scalar at most."""
        return self.cardinality in {Cardinality.SINGLE, Cardinality.RECORD}

    def read(self, raw: object) -> str | list[str] | None:
        """Return an answer in canonical form; None for none.

        Raises:
            ValueError: It can be no answer here.
        """
        listed = [raw] if isinstance(raw, str) else raw
        if not isinstance(listed, Sequence) or not all(isinstance(one, str) for one in listed):
            raise ValueError("the answer to this part is a text, or a list of texts")
        if len(listed) > max(len(self.offered), MOST_LINES):
            raise ValueError("more is answered than this part asks for")
        given = [found for one in listed if (found := self._scalar(one))]
        if self.is_single and len(given) > 1:
            raise ValueError("this part takes one answer")
        if self.is_single:
            return given[0] if given else None
        if self.cardinality is Cardinality.MULTIPLE and self.offered:
            given = [one for one in self.offered if one in set(given)]
        return given or None

    def _scalar(self, text: str) -> str:
        if self.is_typed:
            if len(text) > LONGEST_ANSWER or "\x00" in text:
                raise ValueError(f"an answer has at most {LONGEST_ANSWER} signs")
            return text.replace("\r\n", "\n").strip()
        if not text.strip():
            return ""
        if text not in self.offered:
            raise ValueError("the answer names something that this part does not offer")
        return text

    def value(self, answer: str | list[str] | None) -> Nullable:
        """Return the value of an answer in canonical form; what is no number is NULL."""
        if answer is None:
            return None
        listed = [answer] if isinstance(answer, str) else answer
        if self.cardinality is Cardinality.RECORD:
            return _number_record(listed[0])
        scalars = []
        for text in listed:
            try:
                scalars.append(scalar_of(_as_written(text, self.base_type), self.base_type))
            except ValueError:
                continue
        if not scalars:
            return None
        if self.cardinality is Cardinality.SINGLE:
            return single(self.base_type, scalars[0])
        return container(self.cardinality, self.base_type, scalars)

    def fault(self, answer: str | list[str]) -> str | None:
        """Say what an answer lacks that it could not be scored as meant; None for nothing."""
        listed = [answer] if isinstance(answer, str) else answer
        for text in listed if self.is_typed else ():
            try:
                scalar_of(_as_written(text, self.base_type), self.base_type)
            except ValueError:
                return f"“{text[:40]}” cannot be read as {_KINDS.get(self.base_type, 'asked for')}."
        if self.cardinality is Cardinality.ORDERED and len(set(listed)) < len(listed):
            return "Something stands in two places. Give each a place of its own."
        return None

    def said(self, answer: str | list[str]) -> str:
        """Return an answer as a person would say it."""
        listed = [answer] if isinstance(answer, str) else answer
        between = ", then " if self.cardinality is Cardinality.ORDERED else "; "
        return between.join(self.offered.get(one, one) for one in listed)


_KINDS: Mapping[BaseType, str] = {
    BaseType.INTEGER: "a whole number",
    BaseType.FLOAT: "a number",
    BaseType.POINT: "a place, such as 120 85",
}


def _as_written(text: str, base_type: BaseType) -> str:
    """Return what is read of a typed text: any minus is one, a place may have a comma.

    A comma in a number is not read: nobody could tell 1,000 from 1.000.
    """
    if base_type is BaseType.POINT:
        return text.replace(",", " ")
    if base_type in {BaseType.INTEGER, BaseType.FLOAT}:
        return text.replace("\N{MINUS SIGN}", "-")
    return text


def _number_record(text: str) -> Nullable:
    """Return what QTI makes of a number typed for a record: as a text and as numbers."""
    fields: dict[str, Nullable] = {"stringValue": single(BaseType.STRING, text)}
    try:
        found = scalar_of(_as_written(text, BaseType.FLOAT), BaseType.FLOAT)
    except ValueError:
        return record(fields)
    if isinstance(found, float):
        fields["floatValue"] = number(found)
        mantissa = text.lstrip("+-\N{MINUS SIGN}").lower().partition("e")[0]
        left, _, right = mantissa.partition(".")
        fields["integerValue"] = number(int(found)) if found.is_integer() else None
        fields["leftDigits"] = number(len(left))
        fields["rightDigits"] = number(len(right))
    return record(fields)


def answer_parts(item: QtiItem, body: QtiNode) -> tuple[AnswerPart, ...]:
    """Return what of an item is answered, in the order of the body that is shown.

    Raises:
        QtiRefused: More would be offered than anybody could choose from.
    """
    found: dict[str, AnswerPart] = {}
    for node in interactions_in(body):
        declaration = item.declarations.get(node.get("response-identifier"))
        if declaration is None or node.name in _NOT_ANSWERED:
            continue
        part = _part(node, declaration)
        before = found.get(part.identifier)
        found[part.identifier] = part if before is None else _joined(before, part)
    return tuple(found.values())


def _joined(one: AnswerPart, other: AnswerPart) -> AnswerPart:
    """Return a response that is answered in two places."""
    offered = {**one.offered, **other.offered}
    return AnswerPart(
        one.identifier,
        one.interaction,
        one.cardinality,
        one.base_type,
        offered,
        min(one.lines + other.lines, MOST_LINES),
    )


def _part(node: QtiNode, declaration: VariableDeclaration) -> AnswerPart:
    offered = dict(islice(offered_in(node), MOST_ANSWERS + 1))
    if len(offered) > MOST_ANSWERS:
        what = f"offers more than {MOST_ANSWERS} answers in one interaction, pairs counted"
        raise QtiRefused(RefusedBecause.TOO_LARGE, what, node.line)
    lines = lines_of(node, declaration, offered)
    return AnswerPart(
        declaration.identifier,
        node.name,
        declaration.cardinality,
        declaration.base_type,
        offered,
        lines,
    )


def lines_of(node: QtiNode, declaration: VariableDeclaration, offered: Mapping[str, str]) -> int:
    """Return how many fields an interaction has that each take one scalar; 0 where boxes do."""
    name = node.name
    if name in {"qti-gap-match-interaction", "qti-graphic-gap-match-interaction"}:
        return len(targets(node))
    if declaration.cardinality in {Cardinality.SINGLE, Cardinality.RECORD}:
        return 0 if name in _TICKED else 1
    most = _count(node, "max-choices", "max-associations", "max-strings")
    if name in {"qti-order-interaction", "qti-graphic-order-interaction"}:
        return min(most or len(offered), len(offered), MOST_LINES)
    if name in {"qti-associate-interaction", "qti-graphic-associate-interaction"}:
        return min(most or len(choices(node)), len(offered), MOST_LINES)
    if name in {"qti-match-interaction"} or offered:
        return 0
    return min(most or 3, MOST_LINES)


_TICKED = frozenset(
    ["qti-choice-interaction", "qti-hottext-interaction", "qti-hotspot-interaction"]
)


def _count(node: QtiNode, *names: str) -> int:
    """Return how many an interaction allows; 0 for no limit."""
    for name in names:
        text = node.get(name).strip()
        if text.isascii() and text.isdigit() and len(text) < 5:
            return int(text)
    return 1 if "max-choices" in names and node.name in _TICKED else 0


def choices(node: QtiNode) -> tuple[QtiNode, ...]:
    """Return what is chosen or put somewhere in an interaction."""
    names = _CHOICES.get(node.name, ())
    return tuple(one for one in node.all() if one.name in names)


def targets(node: QtiNode) -> tuple[QtiNode, ...]:
    """Return the places that something is put in, of an interaction that has them."""
    if node.name == "qti-gap-match-interaction":
        return tuple(one for one in node.all() if one.name == "qti-gap")
    if node.name == "qti-graphic-gap-match-interaction":
        return node.named("qti-associable-hotspot")
    return ()


_CHOICES: Mapping[str, tuple[str, ...]] = {
    "qti-choice-interaction": ("qti-simple-choice",),
    "qti-inline-choice-interaction": ("qti-inline-choice",),
    "qti-order-interaction": ("qti-simple-choice",),
    "qti-associate-interaction": ("qti-simple-associable-choice",),
    "qti-hottext-interaction": ("qti-hottext",),
    "qti-hotspot-interaction": _GRAPHIC_SPOTS,
    "qti-graphic-order-interaction": _GRAPHIC_SPOTS,
    "qti-graphic-associate-interaction": _GRAPHIC_SPOTS,
    "qti-gap-match-interaction": ("qti-gap-text", "qti-gap-img"),
    "qti-graphic-gap-match-interaction": ("qti-gap-text", "qti-gap-img"),
}


def match_sets(node: QtiNode) -> tuple[tuple[QtiNode, ...], tuple[QtiNode, ...]]:
    """Return what is matched with what in a match interaction."""
    sets = node.named("qti-simple-match-set")
    first = sets[0].named("qti-simple-associable-choice") if sets else ()
    second = sets[1].named("qti-simple-associable-choice") if len(sets) > 1 else ()
    return first, second


def offered_in(node: QtiNode) -> Iterator[tuple[str, str]]:
    """Yield what may be chosen in an interaction, as QTI writes it, and what it says."""
    named = _labels(choices(node))
    if node.name == "qti-match-interaction":
        first, second = match_sets(node)
        yield from _directed(_labels(first), _labels(second), " → ")
    elif node.name in {"qti-associate-interaction", "qti-graphic-associate-interaction"}:
        for (one, one_says), (other, other_says) in combinations(named, 2):
            yield f"{one} {other}", f"{one_says} – {other_says}"
    elif places := target_labels(node):
        placed = [(place.get("identifier"), label) for place, label in places]
        for target in placed:
            yield from _directed(named, [target], " → ")
    else:
        yield from named


def _labels(nodes: Sequence[QtiNode]) -> list[tuple[str, str]]:
    return [(one.get("identifier"), label) for one, label in named_choices(nodes)]


def _directed(
    sources: Sequence[tuple[str, str]], goals: Sequence[tuple[str, str]], between: str
) -> Iterator[tuple[str, str]]:
    for source, source_says in sources:
        for goal, goal_says in goals:
            yield f"{source} {goal}", f"{source_says}{between}{goal_says}"


def target_labels(node: QtiNode) -> list[tuple[QtiNode, str]]:
    """Return the places of an interaction with what each is called."""
    what = "Gap" if node.name == "qti-gap-match-interaction" else "Area"
    return [
        (one, one.get("hotspot-label") or f"{what} {place}")
        for place, one in enumerate(targets(node), start=1)
    ]


def named_choices(nodes: Sequence[QtiNode]) -> list[tuple[QtiNode, str]]:
    """Return choices with what each is called: what it says, its label, or its number."""
    return [
        (
            one,
            in_words(one) or one.get("hotspot-label") or one.get("aria-label") or _numbered(one, n),
        )
        for n, one in enumerate(nodes, start=1)
    ]


def _numbered(node: QtiNode, place: int) -> str:
    return f"Area {place}" if node.name in _GRAPHIC_SPOTS else f"Choice {place}"


def values_of(
    parts: Sequence[AnswerPart], answers: Mapping[str, Any]
) -> dict[str, QtiValue | None]:
    """Return the response variables that canonical answers stand for."""
    return {part.identifier: part.value(answers.get(part.identifier)) for part in parts}
