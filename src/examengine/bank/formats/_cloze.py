r"""Cloze as Moodle writes it in the middle of a text: `{2:MULTICHOICE:=mean#Yes.~%50%mode~range}`.

Every sign is looked at once; a backslash or the name of a character (`&#126;`) keeps a sign from
being a mark.
"""

import html
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction

from examengine.bank.formats._question import Answer, Gap, QuestionRefused, percent_of, weight_of

_MOST_READ = 100
"""Subquestions of one text that are read at all; an item has far fewer."""
_OPENING = re.compile(r"\{([0-9]{0,4}):([A-Za-z][A-Za-z_]{0,30}):")
_WEIGHT = re.compile(r"%(-?[0-9]{1,3}(?:[.,][0-9]{0,8})?)%")
_KEPT = re.compile(r"&#[0-9]{1,7};|[#~{}\\]")
_MARKED = re.compile(r"\\([#~{}\"/\\])")
_LISTS = ("MULTICHOICE", "MC", "MULTICHOICE_S", "MCS")
_BUTTONS = (
    *("MULTICHOICE_V", "MCV", "MULTICHOICE_VS", "MCVS"),
    *("MULTICHOICE_H", "MCH", "MULTICHOICE_HS", "MCHS"),
)
_BOXES = (
    *("MULTIRESPONSE", "MR", "MULTIRESPONSE_S", "MRS"),
    *("MULTIRESPONSE_H", "MRH", "MULTIRESPONSE_HS", "MRHS"),
)
_KINDS = {
    **dict.fromkeys(_LISTS, "list"),
    **dict.fromkeys(_BUTTONS, "buttons"),
    **dict.fromkeys(_BOXES, "boxes"),
    **dict.fromkeys(("SHORTANSWER", "SA", "MW"), "typed"),
    **dict.fromkeys(("SHORTANSWER_C", "SAC", "MWC"), "typed_exactly"),
    **dict.fromkeys(("NUMERICAL", "NM"), "number"),
}


@dataclass(frozen=True, slots=True)
class Subquestion:
    """One `{…}` of a cloze text.

    Attributes:
        name: How Moodle calls it: `MULTICHOICE`.
        kind: `list`, `buttons`, `boxes`, `typed`, `typed_exactly` or `number`.
        answers: Their texts and feedback as they are written, HTML or not.
    """

    name: str
    kind: str
    weight: Fraction
    answers: tuple[Answer, ...]

    @property
    def shuffle(self) -> bool:
        """Tell whether the order of its answers is drawn."""
        return self.name.endswith("S") and self.kind in {"list", "buttons", "boxes"}


def taken_apart(source: str, mark: Callable[[int], str]) -> tuple[str, tuple[Subquestion, ...]]:
    """Return a text with marks for its subquestions, and these.

    Args:
        source: The text.
        mark: What stands for the subquestion of a number, counted from 1.

    Raises:
        QuestionRefused: One does not end, or is of a type that is none of Moodle's.
    """
    pieces: list[str] = []
    found: list[Subquestion] = []
    place = 0
    while (opening := _OPENING.search(source, place)) is not None:
        end = next(_unescaped(source, "}", opening.end()), -1)
        number = len(found) + 1
        if number > _MOST_READ:
            what = f"has more than {_MOST_READ} gaps; part it into several questions"
            raise QuestionRefused("too-many-gaps", what)
        if end < 0:
            what = f"gap {number} opens a brace that it does not close; write \\}} for the sign"
            raise QuestionRefused("braces", what)
        inner = source[opening.end() : end]
        if _opens_braces(inner):
            what = f"gap {number} holds a brace that ends it too soon; write \\}} for the sign"
            raise QuestionRefused("braces", what)
        name = opening[2]
        if name not in _KINDS:
            what = f"gap {number} is of the type {name}, which is none of Moodle's own"
            raise QuestionRefused("gap-type", what)
        weight = Fraction(int(opening[1] or "1"))
        answers = tuple(_answers(inner))
        found.append(Subquestion(name, _KINDS[name], weight, answers))
        pieces += (source[place : opening.start()], mark(number))
        place = end + 1
    return "".join((*pieces, source[place:])), tuple(found)


def _opens_braces(inner: str) -> bool:
    r"""Tell whether answers open a brace without its end, as of a formula: `\(u^{1`.

    The brace that was taken for the end of the gap is then that of the formula.
    """
    opened = inner.count("{") - inner.count("\\{")
    return opened > inner.count("\\}") + inner.count("&#125;")


def has_cloze(source: str) -> bool:
    """Tell whether a text has subquestions in it."""
    return _OPENING.search(source) is not None


def literal(text: str) -> str:
    """Return the words of an answer that is typed: no HTML, and no sign kept from being a mark."""
    return html.unescape(_MARKED.sub(r"\1", text)).strip()


def unmarked(text: str) -> str:
    """Return the HTML of an answer without what kept its signs from being marks."""
    return _MARKED.sub(r"\1", text).strip()


def cloze_of(
    gap: Gap, written: Callable[[str], str], why: Callable[[str], str], *, shuffle: bool
) -> str:
    """Return a gap with a list of choices as Moodle writes it.

    Args:
        gap: The gap; its weight is whole.
        written: Makes HTML of the text of an answer.
        why: Makes HTML of a feedback.
        shuffle: Whether the order of its choices is drawn.
    """
    answers = "~".join(
        f"{_part(answer.weight)}{kept(written(answer.text))}"
        f"{'#' + kept(why(answer.feedback)) if answer.feedback else ''}"
        for answer in gap.answers
    )
    return f"{{{gap.weight}:MULTICHOICE{'_S' if shuffle else ''}:{answers}}}"


def kept(source: str) -> str:
    """Return HTML in which no sign is a mark of cloze."""
    told = _KEPT.sub(lambda found: found[0] if len(found[0]) > 1 else f"&#{ord(found[0])};", source)
    return f"&#{ord(told[0])};{told[1:]}" if told[:1] in {"=", "%"} else told


def _part(weight: Fraction) -> str:
    if weight == 1:
        return "="
    return f"%{percent_of(weight)}%" if weight else ""


def _answers(source: str) -> Iterator[Answer]:
    for part in _split(source, "~"):
        weight, rest = Fraction(0), part.strip()
        found = _WEIGHT.match(rest)
        if rest.startswith("="):
            weight, rest = Fraction(1), rest[1:]
        elif found is not None:
            weight, rest = weight_of(found[1]), rest[found.end() :]
        text, *why = _split(rest, "#", at_most=1)
        if text.strip():
            yield Answer(text, weight, "".join(why).strip())


def _split(source: str, mark: str, at_most: int = 1_000) -> list[str]:
    parts: list[str] = []
    begin = 0
    for place in _unescaped(source, mark, 0):
        if len(parts) == at_most:
            break
        parts.append(source[begin:place])
        begin = place + 1
    return [*parts, source[begin:]]


def _unescaped(source: str, mark: str, begin: int) -> Iterator[int]:
    """Yield where a mark stands, from a place on: not behind a backslash, nor in `&#126;`."""
    place = begin
    while place < len(source):
        if source[place] == "\\":
            place += 1
        elif source[place] == mark and not source.endswith(("&", "&amp;"), 0, place):
            yield place
        place += 1
