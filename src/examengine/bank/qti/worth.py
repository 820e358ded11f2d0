"""What an item is worth: answers are tried, and what they score becomes whole points.

SCORE may be any number. Where all that can be reached are multiples of one unit, so many units are
so many points; the answer that scores most is the key.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations, islice, permutations, product
from math import gcd, lcm
from random import Random
from typing import Any

from examengine.bank.qti.answer_parts import AnswerPart
from examengine.bank.qti.declarations import VariableDeclaration
from examengine.bank.qti.item import QtiItem
from examengine.bank.qti.nodes import QtiNode
from examengine.bank.qti.sitting import ItemSitting
from examengine.bank.qti.values import BaseType, Nullable, text_of

TriedAnswers = Mapping[str, Any]
MOST_TRIED = 1_500
MOST_POINTS = 20
MOST_WORK = 500_000
"""How many steps trying answers may take: some seconds."""
_WHOLE_SETS = 7
_SAMPLED = 400


@dataclass(frozen=True, slots=True)
class Worth:
    """What an item is worth.

    Attributes:
        unit: The SCORE that is one point; None where what was reached has no unit in common.
        most: The most points; 0 where nothing scores anything.
        key: The answers that score most.
        best: The SCORE of the key.
        least: The least SCORE that was reached.
    """

    unit: Fraction | None
    most: int
    key: TriedAnswers
    best: float
    least: float


def worth_of(
    item: QtiItem,
    parts: Sequence[AnswerPart],
    sitting: ItemSitting,
    score: Callable[[TriedAnswers], tuple[float, int]],
) -> Worth:
    """Return what an item is worth by the answers that can be thought of.

    Args:
        item: The item.
        parts: What of it is answered.
        sitting: What was drawn of it.
        score: Returns the SCORE of answers in canonical form, and the steps that it took.
    """
    reached: dict[Fraction, TriedAnswers] = {}
    work = 0
    for answers in islice(tried_answers(item, parts, sitting), MOST_TRIED):
        found, steps = score(answers)
        reached.setdefault(Fraction(found).limit_denominator(10_000), answers)
        work += steps
        if work > MOST_WORK:
            break
    best = max(reached, default=Fraction(0))
    least = float(min(reached, default=Fraction(0)))
    if best <= 0:
        return Worth(None, 0, {}, float(best), least)
    unit = _unit([one for one in reached if one > 0])
    most = best / unit
    if most > MOST_POINTS:
        return Worth(None, 1, reached[best], float(best), least)
    return Worth(unit, int(most), reached[best], float(best), least)


def _unit(scores: Sequence[Fraction]) -> Fraction:
    """Return the largest number that all scores are multiples of."""
    above = gcd(*(one.numerator * lcm(*_below(scores)) // one.denominator for one in scores))
    return Fraction(above, lcm(*_below(scores)))


def _below(scores: Sequence[Fraction]) -> list[int]:
    return [one.denominator for one in scores]


def tried_answers(
    item: QtiItem, parts: Sequence[AnswerPart], sitting: ItemSitting
) -> Iterator[TriedAnswers]:
    """Yield answers that are worth trying, what is declared to be right first, each once."""
    listed = [_tries(item, part, sitting) for part in parts]
    names = [part.identifier for part in parts]
    seen: set[str] = set()
    for chosen in _combined(listed):
        answers = {name: one for name, one in zip(names, chosen, strict=True) if one is not None}
        told = repr(answers)
        if told not in seen:
            seen.add(told)
            yield answers


def _combined(listed: Sequence[Sequence[Any]]) -> Iterator[tuple[Any, ...]]:
    """Yield combinations of tries: all where they are few, else one changed at a time and some."""
    n_all = 1
    for tries in listed:
        n_all *= len(tries)
    if n_all <= MOST_TRIED:
        yield from product(*listed)
        return
    right, nothing = [tries[0] for tries in listed], [None] * len(listed)
    yield tuple(right)
    yield tuple(nothing)
    for base in (right, nothing):
        for place, tries in enumerate(listed):
            for one in tries:
                yield (*base[:place], one, *base[place + 1 :])
    random = Random("tried")
    for _ in range(_SAMPLED):
        yield tuple(random.choice(tries) for tries in listed)


def _tries(item: QtiItem, part: AnswerPart, sitting: ItemSitting) -> list[Any]:
    """Return the answers of one part that are tried: what is right first, no answer the last."""
    declaration = item.declarations[part.identifier]
    right = _texts(sitting.corrects.get(part.identifier))
    if part.is_typed:
        found = _typed(item, part, declaration, right)
        found += [one if part.is_single else [one] for one in _drawn(sitting)]
    elif part.is_single:
        found = [*right[:1], *_keys(declaration), *part.offered]
    elif part.cardinality.value == "ordered":
        found = _orders(part, right)
    else:
        found = _sets(part, declaration, right)
    read = []
    for one in (*found, None):
        try:
            canonical = None if one is None else part.read(one)
        except ValueError:
            continue
        if canonical not in read:
            read.append(canonical)
    return read


def _texts(value: Nullable) -> list[str]:
    return [] if value is None else [text_of(one) for one in value.scalars]


def _keys(declaration: VariableDeclaration) -> list[str]:
    if declaration.mapping is None:
        return []
    ordered = sorted(declaration.mapping.entries, key=lambda entry: -entry.worth)
    return [text_of(entry.key) for entry in ordered]


def _sets(part: AnswerPart, declaration: VariableDeclaration, right: list[str]) -> list[list[str]]:
    """Return sets of choices: the right one and its neighbours, all of few, singles of many."""
    offered = list(part.offered)
    listed = [_offered(part, one) for one in right]
    good = [
        _offered(part, text_of(entry.key))
        for entry in (declaration.mapping.entries if declaration.mapping else ())
        if entry.worth > 0
    ]
    found = [listed, good]
    if len(offered) <= _WHOLE_SETS:
        sizes = range(1, len(offered) + 1)
        found += [list(some) for size in sizes for some in combinations(offered, size)]
    for base in (listed, good):
        found += [base[:n] for n in range(1, len(base))]
        found += [[one for one in base if one != gone] for gone in base]
        found += [[*base, one] for one in offered[:60] if one not in base]
    found += [[one] for one in offered[:60]]
    found.append(offered)
    return [one for one in found if one]


def _offered(part: AnswerPart, text: str) -> str:
    """Return a scalar as it is offered; a pair may be declared the other way round."""
    if text in part.offered or part.base_type is not BaseType.PAIR:
        return text
    return " ".join(reversed(text.split()))


def _orders(part: AnswerPart, right: list[str]) -> list[list[str]]:
    offered = list(part.offered)
    found = [right] if right else []
    if len(offered) <= 5:
        found += [list(order) for order in permutations(offered)]
    found += [right[:n] for n in range(1, len(right))]
    for n in range(len(right) - 1):
        found.append([*right[:n], right[n + 1], right[n], *right[n + 2 :]])
    return [*found, offered, offered[::-1]]


def _typed(
    item: QtiItem, part: AnswerPart, declaration: VariableDeclaration, right: list[str]
) -> list[Any]:
    """Return what could be typed: what is declared, what the rules compare with, and nonsense."""
    scalars = [*right, *_keys(declaration)]
    if part.base_type is BaseType.POINT:
        scalars += list(_points(item, declaration))
        found = [scalars[:n] for n in range(1, len(scalars) + 1)] if not part.is_single else []
        return [right, *found, *([one] for one in scalars), ["-9999 -9999"]]
    written = _written(item.response_processing)
    scalars += [text for text in written if text not in scalars][:40]
    numeric = part.base_type in {BaseType.INTEGER, BaseType.FLOAT}
    scalars += ["987654"] if numeric else ["~"]
    if part.is_single:
        return [one for one in scalars if one]
    return [right, scalars, *([one] for one in scalars)]


def _drawn(sitting: ItemSitting) -> list[str]:
    """Return the single values that were drawn: rules may compare an answer with any of them."""
    drawn = sitting.templates.values()
    return [text_of(one.scalar) for one in drawn if one is not None and not one.is_container]


def _points(item: QtiItem, declaration: VariableDeclaration) -> Iterator[str]:
    entries = declaration.areas.entries if declaration.areas is not None else ()
    for area, _ in sorted(entries, key=lambda entry: -entry[1]):
        yield text_of(area.middle)
    processing = item.response_processing
    for node in processing.all() if processing is not None else ():
        if node.name == "qti-inside":
            parts = node.get("coords").replace(",", " ").split()
            yield " ".join(parts[:2])


def _written(processing: QtiNode | None) -> Iterator[str]:
    for node in processing.all() if processing is not None else ():
        if node.name == "qti-base-value" and node.text.strip():
            yield node.text.strip()
