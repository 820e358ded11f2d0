"""A text with gaps, such as `Half of the values lie below the [[g1]]`.

Each gap stands once in the text of the item, as its id in double brackets. A page puts a list to
choose from in its place, named by the words around it.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from examengine.bank.inline_text import formulas_in, paragraphs, read_aloud
from examengine.bank.item_types import _fields as check
from examengine.bank.item_types._fault import Content, ItemFault

MOST_GAPS = 20
WORDS_BEFORE, WORDS_BEHIND = 7, 5
"""How much of the text a gap is named by: enough to know the place, short enough to be heard."""
_GAP = re.compile(r"\[\[([A-Za-z0-9_][A-Za-z0-9_.:-]{0,63})\]\]")
_HOLE = "\ufffc"
"""Stands for a gap while the words around it are looked for."""
_BLANK_LINE = re.compile(r"\n[ \t]*\n")


def gap_ids(content: Content) -> tuple[str, ...]:
    """Return the gaps in the order in which they stand in the text, each once."""
    text = content.get("text")
    return tuple(dict.fromkeys(_GAP.findall(text))) if isinstance(text, str) else ()


def gap_marks(text: str) -> list[str]:
    """Return every mark of a gap in a text, in order, as it is written: `[[g1]]`."""
    return parted_at_gaps(text)[1::2]


def parted_at_gaps(text: str) -> list[str]:
    """Return a text in parts: words and marks of gaps in turn, words first and last."""
    parts = _GAP.split(text)
    return [part if place % 2 == 0 else f"[[{part}]]" for place, part in enumerate(parts)]


def text_faults(content: Content) -> Iterator[ItemFault]:
    """Check the text: it has gaps, each of them once, and none in a formula."""
    own = tuple(check.text(content, "text", "write the text, each gap as [[g1]], [[g2]] …"))
    yield from own
    if own:
        return
    text = content["text"]
    counted = Counter(_GAP.findall(text))
    if not 1 <= len(counted) <= MOST_GAPS:
        what = f"has {len(counted)} gaps; 1 to {MOST_GAPS} are allowed, each written as [[g1]]"
        yield ItemFault("text", what)
    for gap, count in counted.items():
        if count > 1:
            yield ItemFault("text", f"has the gap [[{gap}]] {count} times; give each its own id")
    if len({gap.casefold() for gap in counted}) < len(counted):
        yield ItemFault("text", "has gaps whose ids differ by capital letters alone")
    rest = _GAP.sub("", text)
    if "[[" in rest or "]]" in rest:
        yield ItemFault("text", "has double brackets that are no gap; write a gap as [[g1]]")
    if any("[[" in formula for formula in formulas_in(text)):
        yield ItemFault("text", "has a gap in a formula; put the gap beside it")


def presented_text(content: Content) -> list[Mapping[str, Any]]:
    """Return the text in pieces: the HTML before a gap, the gap, and its name; the rest has no gap.

    Put together in their order the pieces are whole paragraphs.
    """
    names = gap_names(content["text"])
    pieces: list[Mapping[str, Any]] = []
    rest = paragraphs(content["text"])
    for gap in gap_ids(content):
        before, _, rest = rest.partition(f"[[{gap}]]")
        pieces.append({"html": before, "gap": gap, "name": names[gap]})
    return [*pieces, {"html": rest, "gap": "", "name": ""}]


def gap_names(text: str) -> dict[str, str]:
    """Return what stands around each gap, as it is heard: "Gap 2: below the … and half above"."""
    names: dict[str, str] = {}
    for block in _BLANK_LINE.split(text.replace(_HOLE, "")):
        words = read_aloud(_GAP.sub(_HOLE, block)).split()
        places = [at for at, word in enumerate(words) for _ in range(word.count(_HOLE))]
        for gap, at in zip(_GAP.findall(block), places, strict=True):
            around = " ".join(words[max(0, at - WORDS_BEFORE) : at + 1 + WORDS_BEHIND])
            names[gap] = f"Gap {len(names) + 1}: {around.replace(_HOLE, '…')}"
    return names


def filled(gaps: Sequence[str], said: Mapping[str, str]) -> str:
    """Say what stands in each gap: "Gap 1: median; gap 2: no answer"."""
    told = "; ".join(f"gap {n}: {said.get(gap, 'no answer')}" for n, gap in enumerate(gaps, 1))
    return f"G{told[1:]}"
