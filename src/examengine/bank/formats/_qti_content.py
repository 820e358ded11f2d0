"""The XML of an item of QTI as the content of an item of type `qti`, and what is not as it was."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any

from examengine.bank.item_file import MOST_DIFFERENCES
from examengine.bank.item_types.qti import (
    LONGEST_XML,
    MOST_MISSING,
    instance_of,
    presenting_of,
    score_of,
    worked_item,
)
from examengine.bank.qti.checking import item_refusals, undeclared
from examengine.bank.qti.declarations import VariableKind
from examengine.bank.qti.interactions import is_interaction
from examengine.bank.qti.item import SCORE, QtiItem
from examengine.bank.qti.media_elements import addresses_of, media_elements
from examengine.bank.qti.nodes import QtiNode
from examengine.bank.qti.randomness import SeededDraws
from examengine.bank.qti.refusal import QtiRefused, RefusedBecause
from examengine.bank.qti.showing import in_words
from examengine.bank.qti.sitting import begin
from examengine.bank.qti.worth import Worth, worth_of
from examengine.kernel.digest import digest_of_bytes

LONGEST_STEM = 1_000
_IN_A_LINE = frozenset({"qti-text-entry-interaction", "qti-inline-choice-interaction", "qti-gap"})


def refuse_unreadable(item: QtiItem) -> None:
    """Refuse an item that cannot be shown or scored.

    Raises:
        QtiRefused: The first reason.
    """
    for refusal in item_refusals(item):
        raise refusal


def qti_content(
    item: QtiItem, xml: str, media: Sequence[Mapping[str, str]], shared: Sequence[str]
) -> dict[str, Any]:
    """Return the fields of an item of type `qti`, but its id.

    Args:
        item: The item, which `refuse_unreadable` takes.
        xml: The text it was read from.
        media: The files it shows or plays: `href` in the XML, `file` in the bank.
        shared: The XML of the stimuli it shares with others.

    Raises:
        QtiRefused: It is too long, draws nothing that its constraints allow, or offers too much.
    """
    if len(xml) > LONGEST_XML:
        what = f"has {len(xml)} signs; {LONGEST_XML} are the most"
        raise QtiRefused(RefusedBecause.TOO_LARGE, what)
    content: dict[str, Any] = {"type": "qti", "qti": xml}
    if shared:
        content["shared"] = list(shared)
    if media:
        content["media"] = [dict(one) for one in media]
    if item.template_processing is not None:
        sitting = begin(item, SeededDraws(digest_of_bytes(xml.encode())))
        content["instance"] = instance_of(sitting)
    worked = worked_item(content)
    worth = worth_of(item, worked.parts, worked.sitting, lambda said: score_of(worked, said))
    content.update(_worth_content(worth))
    content["stem"] = stem_of(item, worked.body)
    presenting = presenting_of(content, worked)
    drawn = list(presenting.pieces(worked.body))
    missing = _missing(worked.body, media)
    notes = [*_notes(item, worth, drawn=bool(drawn)), *presenting.left_out]
    content["differences"] = [note for note in notes if note not in missing][:MOST_DIFFERENCES]
    if missing:
        content["missing"] = missing[:MOST_MISSING]
    return {name: value for name, value in content.items() if value not in ([], {})}


def _worth_content(worth: Worth) -> dict[str, Any]:
    if not worth.most:
        return {"points": {"most": 1, "unit": "1"}}
    unit = worth.unit or Fraction(worth.best).limit_denominator(10_000)
    points: dict[str, Any] = {"most": worth.most, "unit": str(unit)}
    if worth.unit is None:
        points["whole"] = False
    return {"points": points, "key": dict(worth.key)}


def stem_of(item: QtiItem, body: QtiNode) -> str:
    """Return the question in words, as lists of items show it: without what is chosen from."""
    words = in_words(_without_choices(body)) or item.title or item.identifier or "Question"
    for mark in ("\\(", "\\)", "`", "*"):
        words = words.replace(mark, mark[-1] if mark[0] == "\\" else " ")
    short = " ".join(words.split())
    return short if len(short) <= LONGEST_STEM else f"{short[:LONGEST_STEM]} …"


def _without_choices(node: QtiNode) -> QtiNode:
    inner: list[QtiNode | str] = []
    for child in node.children:
        if isinstance(child, str):
            inner.append(child)
        elif child.name in _IN_A_LINE:
            inner.append(" … ")
        elif is_interaction(child) and child.name not in _TEXTS:
            inner.extend(child.named("qti-prompt"))
        elif child.name not in _CHOSEN:
            inner.append(_without_choices(child))
    return replace(node, children=tuple(inner))


_FEEDBACK = frozenset({"qti-feedback-block", "qti-feedback-inline"})
_TEXTS = frozenset({"qti-gap-match-interaction", "qti-hottext-interaction"})
_CHOSEN = frozenset({"qti-gap-text", "qti-gap-img"})


def _missing(body: QtiNode, media: Sequence[Mapping[str, str]]) -> list[str]:
    """Return what is shown as words alone, because none of the files it offers is there."""
    known = {one["href"] for one in media}
    offers = (addresses_of(one) for one in media_elements(body))
    lost = (addresses[0] for addresses in offers if addresses and known.isdisjoint(addresses))
    return [f"{address[:80]} is not shown; only its words are" for address in dict.fromkeys(lost)]


def _notes(item: QtiItem, worth: Worth, *, drawn: bool) -> Iterator[str]:
    """Yield what a reader of the import should know: how the item is otherwise than it was."""
    if not drawn:
        yield "its body shows nothing"
    if item.adaptive:
        yield "is adaptive: in an exam there is one attempt, which is scored"
    if item.template_processing is not None:
        yield "draws values: those drawn at the import are kept, the same for every candidate"
    inside = any(node.name in _FEEDBACK for node in item.body.all())
    if inside or item.feedback:
        yield "has feedback: in an exam none is shown"
    for name, line in undeclared(item):
        yield f"line {line}: {name[:60]} is not declared, and taken as NULL"
    yield from _worth_notes(item, worth)
    catalogues = sum(1 for node in item.root.all() if node.name == "qti-catalog")
    if catalogues:
        yield f"has {catalogues} catalogue entries for other ways of access: kept, and not shown"


def _worth_notes(item: QtiItem, worth: Worth) -> Iterator[str]:
    external = any(
        one.external for one in item.declarations.values() if one.kind is VariableKind.OUTCOME
    )
    if not worth.most:
        why = "people score it" if external else f"no answer that was tried raises {SCORE}"
        yield f"{RefusedBecause.KEY_UNKNOWN}: {why}, so no answer gives points"
    elif worth.unit is None:
        yield (
            f"{RefusedBecause.NO_WHOLE_POINTS}: its scores are no multiples of one number, so a "
            f"{SCORE} of {worth.best:g} gives 1 point and less gives none"
        )
    elif worth.unit != 1:
        yield f"1 point is a {SCORE} of {worth.unit}"
    if worth.least < 0:
        yield f"a {SCORE} below 0 gives 0 points"
