"""GIFT: questions as people type them for Moodle, for a bank that is there."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict
from fractions import Fraction
from typing import Any, ClassVar

from examengine.bank.formats._format import Destination, Files, Format
from examengine.bank.formats._gift_questions import name_of, question_in
from examengine.bank.formats._gift_text import blocks_of, escaped
from examengine.bank.formats._html_text import Gathered, html_of, html_of_run
from examengine.bank.formats._item_questions import left_out_of, question_from
from examengine.bank.formats._moodle_writing import category_path, html_of_stimulus
from examengine.bank.formats._question import (
    Answer,
    QuestionRefused,
    SourceQuestion,
    decimal_text,
    percent_of,
)
from examengine.bank.formats._question_files import (
    MOST_QUESTIONS,
    QuestionReading,
    label_of,
    saying,
    text_of,
)
from examengine.bank.formats._question_items import TRUE_FALSE
from examengine.bank.rules import Bank, ItemVersion, LoadedBank, MediaFile

GIFT_FILE = "questions.gift"
_ENDINGS = (".gift", ".txt")
_LOOKED_AT = 64 * 1024
_ANSWERS = re.compile(r"\{\s*(?:[=~#}]|%|T\b|F\b|TRUE|FALSE|t\b|f\b)")
_CATEGORY = re.compile(r"\$CATEGORY:[ \t]*(.*)", re.DOTALL)

_EXAMPLE = """\
$CATEGORY: $course$/top/change

// [id:G-1] [tag:trade]
::Umbrellas:: A shop sold 20 umbrellas on Monday and 30 on Tuesday. By how much did sales rise?{
  =By a half # Ten more on a base of twenty.
  ~%50%By ten umbrellas # Right, and no share.
  ~By a third # Divides by Tuesday's sales.
  ####The rise is ten.
}

::Spread:: [html]Which of these are measures of <em>spread</em>? {
  ~%50%Range ~%50%Variance ~%-50%Median ~Mode }

A price rises from 80 to 90 euros. By what percentage? {#=12.5:0.05 =%50%12..13}

The {=median =%50%middle value =%0%*mean*#Divides the sum.} divides ordered values into halves.

The range is a measure of spread. {TRUE}

Match each question with its answer. {=Sold most often? -> The mode =Divides the staff into halves?
-> The median = -> The range}
"""


class Gift(Format):
    """One text file of questions; it holds no pictures and no lines to be put in order."""

    name = "gift"
    title = "GIFT"
    endings = _ENDINGS
    example: ClassVar[Files] = {GIFT_FILE: _EXAMPLE.encode()}

    def takes(self, name: str) -> bool:
        """Take the text files of the folder itself."""
        return "/" not in name and name.endswith(self.endings)

    def recognises(self, files: Files) -> bool:
        """Tell by the ending, or by answers in braces."""
        return any(_is_gift(name, data) for name, data in files.items())

    def read(self, files: Files, into: Destination) -> LoadedBank:
        """Read questions for a bank that is there."""
        reading = QuestionReading(into)
        for name in sorted(files):
            _read_file(name, files[name], reading)
        return reading.loaded(files)

    def left_out(self, version: ItemVersion) -> str | None:
        """Say what of an item GIFT has no place for; found by reading it again."""
        return left_out_of(version, self, files=False)

    def write(
        self,
        bank: Bank,  # noqa: ARG002 - GIFT does not say what bank it is
        items: Iterable[ItemVersion],
        media: Mapping[str, MediaFile],  # noqa: ARG002 - nor holds any
    ) -> dict[str, bytes]:
        """Return one file of questions."""
        lines: list[str] = []
        area = ""
        for version in sorted(items, key=lambda one: (one.area, one.item_id)):
            if version.area != area:
                area = version.area
                lines += [f"$CATEGORY: {category_path(area)}", ""]
            lines += [_written(question_from(version.content)), ""]
        return {GIFT_FILE: "\n".join(lines).encode()}


def _is_gift(name: str, data: bytes) -> bool:
    if name.lower().endswith(".gift"):
        return True
    head = data[:_LOOKED_AT].replace(b"\x00", b"").decode("latin-1")
    return name.lower().endswith(".txt") and _ANSWERS.search(head) is not None


def _read_file(name: str, data: bytes, reading: QuestionReading) -> None:
    text = text_of(reading, name, data)
    if text is None:
        return
    category, n_questions = "", 0
    for block in blocks_of(text):
        named = _CATEGORY.match(block.text)
        if named is not None:
            category = named[1].strip()
            continue
        n_questions += 1
        if n_questions > MOST_QUESTIONS:
            what = f"holds more than {MOST_QUESTIONS} questions; part it into several files"
            reading.refuse(name, block.line, "too-many", what)
            return
        marks = Gathered()
        try:
            question = question_in(block, category, marks)
        except QuestionRefused as refused:
            label = label_of(name_of(block), block.line)
            reading.refuse(name, block.line, refused.code, refused.what, label)
            continue
        reading.take(name, block.line, question, marks)
    if not n_questions:
        reading.refuse(name, None, "no-questions", "holds no questions; write answers in { }")


def _written(asked: SourceQuestion) -> str:
    texts = tuple(answer.text for answer in asked.answers)
    is_true_false = texts in TRUE_FALSE.values() and not asked.shuffle
    writer = _true_false if is_true_false else _WRITERS.get(asked.kind)
    if writer is None:
        what = "GIFT has no gaps to choose for, no order, and no choice that is all or nothing"
        raise QuestionRefused("question-type", what)
    if asked.case_sensitive:
        raise QuestionRefused("case", "GIFT has no answers whose case counts")
    if not asked.shuffle and not is_true_false:
        raise QuestionRefused("shuffle", "GIFT has no answers that keep their order")
    tags = "".join(f" [tag:{tag}]" for tag in asked.tags)
    if any(set("[]") & set(tag) for tag in asked.tags):
        raise QuestionRefused("tag", "a tag holds [ or ], which mark it in GIFT")
    feedback = f"####{_html(html_of(asked.rationale))}\n" if asked.rationale else ""
    stem = _html(html_of_stimulus(asked.stimulus) + html_of(asked.stem))
    return (
        f"// {saying(_noted(asked))}\n// [id:{asked.item_id}]{tags}\n"
        f"::{escaped(asked.title or asked.item_id)}::{stem}{{{writer(asked)}\n{feedback}}}"
    )


def _noted(asked: SourceQuestion) -> Mapping[str, Any]:
    """Return what stands beside a question; of a long text all that is asked of it."""
    if asked.kind != "essay":
        return asked.said
    return {**asked.said, "essay": asdict(asked.essay)}


def _html(source: str) -> str:
    return f"[html]{escaped(source)}"


def _why(answer: Answer) -> str:
    return f"#{_html(html_of(answer.feedback))}" if answer.feedback else ""


def _choice(asked: SourceQuestion) -> str:
    single = asked.kind == "choice"
    return "".join(
        f"\n{_mark(answer.weight, single=single)}{_html(html_of_run(answer.text))}{_why(answer)}"
        for answer in asked.answers
    )


def _mark(weight: Fraction, *, single: bool) -> str:
    if single and weight == 1:
        return "="
    return f"~%{percent_of(weight)}%" if weight else "~"


def _true_false(asked: SourceQuestion) -> str:
    right, wrong = sorted(asked.answers, key=lambda answer: -answer.weight)
    whys = [f"#{_html(html_of(one.feedback)) if one.feedback else ''}" for one in (wrong, right)]
    return ("TRUE" if right is asked.answers[0] else "FALSE") + "".join(whys)


def _typed(asked: SourceQuestion) -> str:
    return "".join(
        f"\n=%{percent_of(answer.weight)}%{escaped(answer.text)}{_why(answer)}"
        for answer in asked.answers
    )


def _number(asked: SourceQuestion) -> str:
    if asked.unit:
        raise QuestionRefused("unit", "GIFT has no units")
    numbers = [
        f"\n=%{percent_of(one.weight)}%{decimal_text(Fraction(one.text))}:"
        f"{decimal_text(one.tolerance)}{_why(one)}"
        for one in asked.answers
    ]
    return "#" + "".join(numbers)


def _pairs(asked: SourceQuestion) -> str:
    if any("->" in text for pair in asked.pairs for text in pair):
        raise QuestionRefused("arrow", "a line holds ->, which parts it in GIFT")
    return "".join(
        f"\n={_html(html_of_run(prompt)) if prompt else ''} -> {_html(html_of_run(option))}"
        for prompt, option in asked.pairs
    )


def _essay(_asked: SourceQuestion) -> str:
    """Write nothing: that a text is wanted is all that GIFT can say."""
    return ""


_WRITERS: Mapping[str, Callable[[SourceQuestion], str]] = {
    "essay": _essay,
    "choice": _choice,
    "several": _choice,
    "typed": _typed,
    "number": _number,
    "pairs": _pairs,
}

FORMAT = Gift()
