"""What reading an item of QTI as one of ours needs: its words, its choices, what answers score.

Each reading says in which ways the item can be answered; a *fit* finds the key and the points that
give every one of these answers what the rules of the item gave it.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import gcd, isfinite, lcm
from typing import Any

from examengine.bank.inline_text import plain
from examengine.bank.item_types._scoring_rules import MOST_POINTS
from examengine.bank.item_types._stimulus import MOST_PARTS
from examengine.bank.qti.item import SCORE
from examengine.bank.qti.nodes import QtiNode
from examengine.bank.qti.values import Nullable

Native = dict[str, Any]
GivenResponses = Mapping[str, Nullable]
ScoredAnswers = Iterator[tuple[Any, float]]
"""Answers as our type has them (None for one that it has not, {} or None for none), and scores."""
_BLOCKS = frozenset({"p", "div"})
KNOWN = frozenset(
    {
        "identifier",
        "response-identifier",
        "shuffle",
        "max-choices",
        "min-choices",
        "max-associations",
        "min-associations",
        "match-max",
        "match-min",
        "fixed",
        "orientation",
        "show-hide",
    }
)
"""Attributes whose meaning is checked, or that only say how something looks."""
LEAST_OPTIONS, MOST_OPTIONS = 2, 26
_FINEST = 10_000
_NEAR = 1e-9


class OtherThanOurs(Exception):
    """Something that no type of ours says."""


@dataclass(frozen=True, slots=True)
class NativeReading:
    """An interaction as a type of ours has it, but what answers are worth.

    Attributes:
        content: The fields, without the key.
        n_answers: How many answers can be given.
        answers: Each of them, as our type has it and as the responses of the item.
        fit: Returns the key, and what else says what answers are worth, or raises `OtherThanOurs`.
    """

    content: Native
    n_answers: int
    answers: Iterable[tuple[Any, GivenResponses]]
    fit: Callable[[ScoredAnswers], Native]


def need(holds: bool) -> None:
    """Give up reading as ours what does not hold.

    Raises:
        OtherThanOurs: It does not.
    """
    if not holds:
        raise OtherThanOurs


def stem_of_body(body: QtiNode, interaction: QtiNode) -> Native:
    """Return the paragraphs before an interaction and its prompt, and the pictures among them.

    A picture that stands alone becomes a figure, by the address it has there; our figures stand
    above the text.
    """
    need(not set(body.attributes) - {"xml:lang"})
    paragraphs: list[str] = []
    figures: list[Native] = []
    ended = False
    for child in body.children:
        if isinstance(child, str):
            need(not child.strip())
        elif child is interaction or _holds_only(child, interaction):
            need(not ended)
            ended = True
        elif not ended and (picture := _picture(child)) is not None:
            figures.append({"figure": picture})
        elif not ended and child.name in _BLOCKS and not child.attributes:
            paragraphs.append(text_of_block(child))
        else:
            raise OtherThanOurs
    need(ended)
    paragraphs += prompt_of(interaction)
    need(any(paragraphs) and len(figures) <= MOST_PARTS)
    stem = "\n\n".join(one for one in paragraphs if one)
    return {"stem": stem, "stimulus": figures} if figures else {"stem": stem}


def _holds_only(node: QtiNode, inner: QtiNode) -> bool:
    if node.name != "div" or node.attributes or inner not in node.elements:
        return False
    return all(one is inner or (isinstance(one, str) and not one.strip()) for one in node.children)


def prompt_of(interaction: QtiNode) -> list[str]:
    """Return the paragraphs of a prompt."""
    prompt = interaction.first("qti-prompt")
    if prompt is None:
        return []
    need(not prompt.attributes)
    inner = [one for one in prompt.elements if one.name in _BLOCKS]
    if inner and len(inner) == len(prompt.elements):
        need(not any(isinstance(one, str) and one.strip() for one in prompt.children))
        return [text_of_block(one) for one in inner]
    return [text_of_block(prompt)]


def _picture(node: QtiNode) -> dict[str, str] | None:
    """Return a picture that stands alone, or alone in a paragraph; None for anything else."""
    if node.name in _BLOCKS and not node.attributes and len(node.elements) == 1:
        alone = not any(isinstance(one, str) and one.strip() for one in node.children)
        return _picture(node.elements[0]) if alone else None
    if node.name == "img":
        return figure_of(node.get("src"), node.get("alt"))
    if node.name == "object" and node.get("type").startswith("image/") and not node.elements:
        return figure_of(node.get("data"), " ".join(node.text.split()))
    return None


def figure_of(address: str, alt: str) -> dict[str, str]:
    """Return a figure by its address in the XML."""
    need(bool(address))
    return {"file": address, "alt": alt} if alt.strip() else {"file": address}


def text_of_block(node: QtiNode) -> str:
    """Return a text with emphasis and code, if it holds nothing else and reads back as it is."""
    parts: list[str] = []
    for child in node.children:
        if isinstance(child, str):
            need(not set(child) & set("*`\\") and not child.lstrip().startswith(("- ", "• ")))
            parts.append(child)
        elif child.name in {"em", "code"} and not child.attributes and not child.elements:
            mark = "*" if child.name == "em" else "`"
            need(child.text == child.text.strip() != "" and mark not in child.text)
            parts.append(f"{mark}{child.text}{mark}")
        else:
            raise OtherThanOurs
    told = " ".join("".join(parts).split())
    need(plain(told) == " ".join(node.text.split()))
    first = told.partition(" ")[0]
    need(not (first.rstrip(".)").isdigit() and first[-1:] in {".", ")"}))
    return told


def options_of(
    nodes: Sequence[QtiNode], most: int = MOST_OPTIONS, *, fixed: bool = False
) -> list[dict[str, str]]:
    """Return choices of which each has words of its own; unless all may, none has a fixed place."""
    need(LEAST_OPTIONS <= len(nodes) <= most)
    found = []
    for node in nodes:
        need(set(node.attributes) <= KNOWN and (fixed or node.get("fixed") not in {"true", "1"}))
        inner = [one for one in node.elements if one.name in _BLOCKS]
        alone = len(inner) == 1 and inner[0].text.strip() == node.text.strip()
        text = text_of_block(inner[0]) if alone and not inner[0].attributes else text_of_block(node)
        need(bool(text))
        found.append({"id": node.get("identifier"), "text": text})
    need(len({one["id"].casefold() for one in found}) == len(found))
    return found


def shuffled(node: QtiNode) -> dict[str, bool]:
    """Return the field that says that an order is not drawn."""
    return {} if node.get("shuffle") in {"true", "1"} else {"shuffle": False}


def count(node: QtiNode, name: str, otherwise: int) -> int:
    """Return a whole number that an attribute says."""
    text = node.get(name).strip() or str(otherwise)
    need(text.isascii() and text.isdigit() and len(text) < 4)
    return int(text)


def only_right(scored: ScoredAnswers) -> Native:
    """Fit an item of which one answer alone scores; all others must score exactly 0."""
    found: list[tuple[Any, float]] = []
    for answer, score in scored:
        if score:
            found.append((answer, score))
            need(len(found) == 1)
    need(len(found) == 1 and found[0][0] is not None and found[0][1] > 0)
    return {"key": found[0][0], **noted(found[0][1])}


def noted(unit: float | Fraction) -> Native:
    """Return the note of an item of which a point is not a SCORE of 1."""
    if unit == 1:
        return {}
    said = f"{unit:g}" if isinstance(unit, float) else str(unit)
    return {"differences": [f"1 point is a {SCORE} of {said}"]}


def by_parts(rule: str, n_parts: int, *, graded: str = "") -> Callable[[ScoredAnswers], Native]:
    """Return the fit of an answer that gives each of some parts an option.

    Args:
        rule: The rule that gives a point for each right part.
        n_parts: How many parts there are.
        graded: The rule that gives each option of each part points of its own; "" for none.
    """

    def fit(scored: ScoredAnswers) -> Native:
        listed = [(answer or {}, score) for answer, score in scored]
        best = max(score for _, score in listed)
        keys = [answer for answer, score in listed if score == best]
        need(best > 0 and all(score == 0 for answer, score in listed if not answer))
        if len(keys) == 1 and len(keys[0]) == n_parts:
            points = _by_mistakes(keys[0], listed)
            if points is not None:
                return {"key": keys[0], **_ruled(points, rule, n_parts)}
        need(bool(graded))
        return _by_part(listed, graded, n_parts)

    return fit


def _by_mistakes(key: Mapping[str, str], listed: Sequence[tuple[Any, float]]) -> list[float] | None:
    """Return what an answer scores by its mistakes; None where it does not rest on these alone."""
    found: dict[int, float] = {}
    for answer, score in listed:
        mistakes = sum(answer.get(part) != option for part, option in key.items())
        if abs(found.setdefault(mistakes, score) - score) > _NEAR:
            return None
    return [found.get(mistakes, 0.0) for mistakes in range(len(key) + 1)]


def _ruled(scores: Sequence[float], rule: str, n_parts: int) -> Native:
    if not any(scores[1:]):
        return noted(scores[0])
    unit, points = whole_points(scores)
    if points == list(range(n_parts, -1, -1)):
        return {"scoring": {"rule": rule}, **noted(unit)}
    need(points == sorted(points, reverse=True) and points[-1] == 0)
    given = [worth for worth in points if worth]
    return {"scoring": {"rule": "by_mistakes", "points": given}, **noted(unit)}


def _by_part(listed: Sequence[tuple[Any, float]], graded: str, n_parts: int) -> Native:
    """Fit an answer whose parts add up, each option of each part with a worth of its own."""
    worth = {next(iter(answer.items())): score for answer, score in listed if len(answer) == 1}
    for answer, score in listed:
        need(abs(sum(worth[pair] for pair in answer.items()) - score) <= _NEAR)
    unit, numbers = whole_points(list(worth.values()))
    points: dict[str, dict[str, int]] = {}
    for (part, option), number in zip(worth, numbers, strict=True):
        if number:
            points.setdefault(part, {})[option] = number
    need(len(points) == n_parts)
    key = {part: max(given, key=lambda one: given[one]) for part, given in points.items()}
    return {"key": key, "scoring": {"rule": graded, "points": points}, **noted(unit)}


def whole_points(scores: Sequence[float]) -> tuple[Fraction, list[int]]:
    """Return the unit of which scores are multiples, and the multiples.

    Raises:
        OtherThanOurs: One is below 0, or they are multiples of no number that points can be.
    """
    need(all(isfinite(score) and score >= 0 for score in scores))
    exact = [Fraction(score).limit_denominator(_FINEST) for score in scores]
    need(all(abs(one - score) <= _NEAR for one, score in zip(exact, scores, strict=True)))
    need(any(exact))
    below = lcm(*(one.denominator for one in exact))
    unit = Fraction(gcd(*(int(one * below) for one in exact)), below)
    points = [int(one / unit) for one in exact]
    need(max(points) <= MOST_POINTS)
    return unit, points
