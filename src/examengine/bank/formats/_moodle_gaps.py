"""Questions of Moodle whose text has gaps: cloze, missing words, words that are dragged.

Each is read in two steps: its text with marks for the gaps, then what can stand in them.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from examengine.bank.formats._cloze import Subquestion, taken_apart, unmarked
from examengine.bank.formats._gap_items import refuse_many_gaps
from examengine.bank.formats._html_text import Gathered
from examengine.bank.formats._question import Answer, Gap, QuestionRefused, number_of
from examengine.bank.item_types.inline_choice import MOST_CHOICES

HOLE = "_____"
"""What stands in a stem for the only gap of a text."""
STEM_ADDED = "begins with its text; “Complete the text.” was put before it"
_MOST_ANSWERS = 200
_PLACE = re.compile(r"\[\[([0-9]{1,3})\]\]")
Read = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class GappedReading:
    """What reading a text with gaps needs to know.

    Attributes:
        source: Its text, as it is written.
        marks: Takes notes.
        run: Reads an answer that is chosen.
        typed: Reads an answer that is typed, whose signs count.
        aside: Reads a feedback.
        element: The `<question>`; None where there is none, as in GIFT.
        named: The ids of gaps that our own export noted, in the order of the text.
    """

    source: str
    marks: Gathered
    run: Read
    typed: Read
    aside: Read
    element: Any = None
    named: Sequence[str] = ()

    def mark(self, number: int) -> str:
        """Return what stands for a gap in the text, counted from 1."""
        name = self.named[number - 1] if number <= len(self.named) else f"g{number}"
        return f"[[{name}]]"


@dataclass(frozen=True, slots=True)
class Gapped:
    """A text with marks for its gaps, and the fields of the question that it is."""

    source: str
    fields: Mapping[str, Any]
    alone: bool = False
    """Whether its only gap became a question that is asked below the text."""


def read_cloze(reading: GappedReading) -> Gapped:
    """Read a text with subquestions in braces.

    Raises:
        QuestionRefused: It has none, or several of which one is no list of choices.
    """
    source, found = taken_apart(reading.source, reading.mark)
    for number, one in enumerate(found, start=1):
        _refuse_many_answers(len(one.answers), f"gap {number}")
    if not found:
        what = "has no gap; write one as {1:MULTICHOICE:=right~wrong}"
        raise QuestionRefused("no-answers", what)
    if len(found) == 1 and found[0].kind != "list":
        alone, _ = taken_apart(reading.source, lambda _: HOLE)
        return Gapped(alone, _ALONE[found[0].kind](reading, found[0]), alone=True)
    refuse_many_gaps(len(found))
    for number, one in enumerate(found, start=1):
        _refuse_typed(number, one)
    if any(one.kind == "buttons" for one in found):
        what = "some of its gaps were buttons below each other; here they are lists in the text"
        reading.marks.note("gap-layout", what)
    shuffled = {one.shuffle for one in found}
    if len(shuffled) > 1:
        reading.marks.note("shuffle", "some of its gaps drew the order of choices; here none does")
    gaps = tuple(Gap(_chosen(reading, one), one.weight) for one in found)
    return Gapped(source, {"kind": "gaps", "gaps": gaps, "shuffle": shuffled == {True}})


def _refuse_many_answers(n_answers: int, where: str) -> None:
    """Refuse more answers than any item has, before each of them is read."""
    if n_answers > _MOST_ANSWERS:
        what = f"{where} has {n_answers} answers; {_MOST_ANSWERS} are the most that are read"
        raise QuestionRefused("too-many-answers", what)


def _refuse_typed(number: int, one: Subquestion) -> None:
    if one.kind == "boxes":
        what = f"gap {number} is of the type {one.name}: several of its answers can be right"
        raise QuestionRefused("gap-of-several", f"{what}; ask for it in a question of its own")
    if one.kind not in {"list", "buttons"}:
        what = f"gap {number} is of the type {one.name}: it is typed into, beside other gaps"
        raise QuestionRefused("gap-typed", f"{what}; ask for it in a question of its own")


def _chosen(reading: GappedReading, one: Subquestion) -> tuple[Answer, ...]:
    return tuple(
        Answer(reading.run(unmarked(answer.text)), answer.weight, _why(reading, answer))
        for answer in one.answers
    )


def _why(reading: GappedReading, answer: Answer) -> str:
    return reading.aside(unmarked(answer.feedback)) if answer.feedback else ""


def _alone_chosen(reading: GappedReading, one: Subquestion) -> dict[str, Any]:
    kind = "choice" if one.kind == "buttons" else "several"
    return {"kind": kind, "answers": _chosen(reading, one), "shuffle": one.shuffle}


def _alone_typed(reading: GappedReading, one: Subquestion) -> dict[str, Any]:
    answers = tuple(
        Answer(reading.typed(answer.text), answer.weight, _why(reading, answer))
        for answer in one.answers
    )
    exact = one.kind == "typed_exactly"
    return {"kind": "typed", "answers": answers, "case_sensitive": exact}


def _alone_number(reading: GappedReading, one: Subquestion) -> dict[str, Any]:
    found = []
    for answer in one.answers:
        value, _, tolerance = reading.typed(answer.text).partition(":")
        if value.strip() == "*":
            if answer.weight:
                raise QuestionRefused("catch-all-points", "gives points for every number there is")
            reading.marks.note("feedback", "the feedback to every other number was left out")
            continue
        within = abs(number_of(tolerance or "0"))
        number = str(number_of(value))
        found.append(Answer(number, answer.weight, _why(reading, answer), within))
    return {"kind": "number", "answers": tuple(found)}


_ALONE: Mapping[str, Callable[[GappedReading, Subquestion], dict[str, Any]]] = {
    "buttons": _alone_chosen,
    "boxes": _alone_chosen,
    "typed": _alone_typed,
    "typed_exactly": _alone_typed,
    "number": _alone_number,
}


@dataclass(frozen=True, slots=True)
class _Choice:
    """One word that can stand in a gap; those of a group can stand in its gaps."""

    text: str
    group: str
    endless: bool
    """Whether it can stand in several gaps at once."""


def read_missing_words(reading: GappedReading) -> Gapped:
    """Read a text whose gaps are lists: in each the words of one group.

    Raises:
        QuestionRefused: It has no gaps, or one that names no word.
    """
    return _from_lists(reading, _choices(reading, "selectoption"))


def read_dragged_words(reading: GappedReading) -> Gapped:
    """Read a text into which words are dragged; those of one group into gaps of that group.

    Raises:
        QuestionRefused: It has no gaps, or one that names no word.
    """
    choices = _choices(reading, "dragbox")
    source, places = _places(reading, choices)
    if len({choices[place].group for place in places}) > 1:
        what = "its words were in groups and dragged; here each gap lists the words of its group"
        reading.marks.note("gap-layout", what)
        return _from_lists(reading, choices)
    used = [choice for choice in choices if choice.group == choices[places[0]].group]
    endless = {choice.endless for choice in used}
    if len(endless) > 1:
        what = "some of its words could be used several times; here all of them can"
        reading.marks.note("reuse", what)
    return _from_one_list(reading, source, choices, places, reuse=True in endless)


def _choices(reading: GappedReading, name: str) -> list[_Choice]:
    listed = reading.element.findall(name)
    _refuse_many_answers(len(listed), "it")
    return [
        _Choice(
            reading.run(_inner(one)),
            (one.findtext("group") or "1").strip(),
            one.find("infinite") is not None,
        )
        for one in listed
    ]


def _inner(element: Any) -> str:
    return (element.findtext("text") or "").strip()


def _places(reading: GappedReading, choices: Sequence[_Choice]) -> tuple[str, list[int]]:
    """Return the text with marks for its gaps, and which of the words belongs in each."""
    places = [int(found) - 1 for found in _PLACE.findall(reading.source)]
    if not places:
        raise QuestionRefused("no-answers", "has no gap; write one as [[1]], for its first word")
    for number, place in enumerate(places, start=1):
        if not 0 <= place < len(choices) or not choices[place].text:
            what = f"gap {number} wants the word {place + 1}, and there is none of that number"
            raise QuestionRefused("gap-without-answer", what)
    numbers = iter(range(1, len(places) + 1))
    source = _PLACE.sub(lambda _: reading.mark(next(numbers)), reading.source)
    groups = {choices[place].group for place in places}
    idle = next((one.text for one in choices if one.text and one.group not in groups), "")
    if idle:
        reading.marks.note("choice-unused", f"{idle[:40]!r} belongs to no gap, and was left out")
    return source, places


def _from_lists(reading: GappedReading, choices: Sequence[_Choice]) -> Gapped:
    source, places = _places(reading, choices)
    groups = {choices[place].group for place in places}
    if len(groups) == 1 and sum(one.group in groups for one in choices) > MOST_CHOICES:
        return _from_one_list(reading, source, choices, places, reuse=True)
    gaps = tuple(
        Gap(
            tuple(
                Answer(one.text, Fraction(at == place))
                for at, one in enumerate(choices)
                if one.group == choices[place].group and one.text
            )
        )
        for place in places
    )
    return Gapped(source, {"kind": "gaps", "gaps": gaps, "shuffle": _shuffles(reading)})


def _from_one_list(
    reading: GappedReading,
    source: str,
    choices: Sequence[_Choice],
    places: Sequence[int],
    *,
    reuse: bool,
) -> Gapped:
    group = choices[places[0]].group
    kept = [at for at, one in enumerate(choices) if one.group == group and one.text]
    if not reuse and len(set(places)) < len(places):
        what = "wants one word in several gaps, and lets it be used once"
        raise QuestionRefused("gap-without-answer", f"{what}; let it be used several times")
    fields = {
        "kind": "words",
        "answers": tuple(Answer(choices[at].text, Fraction(0)) for at in kept),
        "right": tuple(kept.index(place) for place in places),
        "reuse": reuse,
        "shuffle": _shuffles(reading),
    }
    return Gapped(source, fields)


def _shuffles(reading: GappedReading) -> bool:
    return (reading.element.findtext("shuffleanswers") or "").strip() in {"1", "true"}


GAPPED: Mapping[str, Callable[[GappedReading], Gapped]] = {
    "cloze": read_cloze,
    "multianswer": read_cloze,
    "gapselect": read_missing_words,
    "ddwtos": read_dragged_words,
}


def parted(whole: str) -> tuple[str, str]:
    """Return what stands before the first paragraph with a gap, and the rest, from it on."""
    blocks: list[str] = []
    fenced = False
    for piece in whole.split("\n\n"):
        if fenced:
            blocks[-1] = f"{blocks[-1]}\n\n{piece}"
        else:
            blocks.append(piece)
        fenced ^= sum(line == "```" for line in piece.split("\n")) % 2 == 1
    first = next((at for at, block in enumerate(blocks) if "[[" in block), 0)
    return "\n\n".join(blocks[:first]), "\n\n".join(blocks[first:])
