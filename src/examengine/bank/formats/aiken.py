"""Aiken: single choice as plain lines, for a bank that is there.

What is 2 + 2?
A. 3
B. 4
ANSWER: B
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from string import ascii_uppercase
from typing import ClassVar

from examengine.bank.formats._format import Destination, Files, Format
from examengine.bank.formats._html_text import Gathered, marked_plain
from examengine.bank.formats._item_questions import left_out_of, question_from
from examengine.bank.formats._question import Answer, QuestionRefused, SourceQuestion
from examengine.bank.formats._question_files import (
    MOST_QUESTIONS,
    QuestionReading,
    label_of,
    text_of,
)
from examengine.bank.rules import Bank, ItemVersion, LoadedBank, MediaFile

AIKEN_FILE = "questions.txt"
_OPTION = re.compile(r"[ \t]{0,8}([A-Za-z])[.)][ \t]*(\S.*)?")
_ANSWER = re.compile(r"[ \t]{0,8}ANSWER[ \t]{0,4}:[ \t]{0,8}([A-Za-z])[ \t.)]{0,8}", re.IGNORECASE)
_ANY_ANSWER = re.compile(r"^[ \t]{0,8}ANSWER[ \t]{0,4}:", re.IGNORECASE | re.MULTILINE)
_LOOKED_AT = 64 * 1024

_EXAMPLE = """\
A shop sold 20 umbrellas on Monday and 30 on Tuesday. By what share of Monday's sales did they rise?
A. By a third
B. By a half
C. By a fifth
ANSWER: B

Which value divides ordered values into halves?
A) The mean
B) The median
ANSWER: B
"""


@dataclass(slots=True)
class _Asked:
    """What is read of one question."""

    line: int
    stem: list[str] = field(default_factory=list)
    options: list[tuple[str, str]] = field(default_factory=list)
    answer: str = ""


class Aiken(Format):
    """One text file; nothing in it but questions, lettered options and the right letter."""

    name = "aiken"
    title = "Aiken"
    endings = (".txt",)
    example: ClassVar[Files] = {AIKEN_FILE: _EXAMPLE.encode()}

    def takes(self, name: str) -> bool:
        """Take the text files of the folder itself."""
        return "/" not in name and name.endswith(self.endings)

    def recognises(self, files: Files) -> bool:
        """Tell by a line that begins with ANSWER:."""
        return any(_is_aiken(name, data) for name, data in files.items())

    def read(self, files: Files, into: Destination) -> LoadedBank:
        """Read questions for a bank that is there."""
        reading = QuestionReading(into)
        for name in sorted(files):
            _read_file(name, files[name], reading)
        return reading.loaded(files)

    def left_out(self, version: ItemVersion) -> str | None:
        """Say what of an item Aiken has no place for; found by reading it again."""
        return left_out_of(version, self, files=False)

    def write(
        self,
        bank: Bank,  # noqa: ARG002 - Aiken does not say what bank it is
        items: Iterable[ItemVersion],
        media: Mapping[str, MediaFile],  # noqa: ARG002 - nor holds any
    ) -> dict[str, bytes]:
        """Return one file of questions."""
        written = [_written(question_from(version.content)) for version in items]
        return {AIKEN_FILE: "\n".join(written).encode()}


def _is_aiken(name: str, data: bytes) -> bool:
    head = data[:_LOOKED_AT].replace(b"\x00", b"").decode("latin-1")
    return name.lower().endswith(".txt") and _ANY_ANSWER.search(head) is not None


def _read_file(name: str, data: bytes, reading: QuestionReading) -> None:
    text = text_of(reading, name, data)
    if text is None:
        return
    n_questions = 0
    for asked in _asked_in(text.split("\n")):
        n_questions += 1
        if n_questions > MOST_QUESTIONS:
            what = f"holds more than {MOST_QUESTIONS} questions; part it into several files"
            reading.refuse(name, asked.line, "too-many", what)
            return
        marks = Gathered()
        try:
            question = _question_of(asked, marks)
        except QuestionRefused as refused:
            label = label_of("".join(asked.stem[:1]), asked.line)
            reading.refuse(name, asked.line, refused.code, refused.what, label)
            continue
        reading.take(name, asked.line, question, marks)
    if not n_questions:
        reading.refuse(name, None, "no-questions", "holds no questions; end each with ANSWER: A")


def _asked_in(lines: Sequence[str]) -> Iterator[_Asked]:
    """Yield each question: lines, then options, then the line that ends it."""
    asked: _Asked | None = None
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        answer, option = _ANSWER.fullmatch(line), _OPTION.fullmatch(line)
        starts_anew = asked is not None and asked.options and not (answer or option)
        if asked is None or starts_anew:
            if asked is not None:
                yield asked
            asked = _Asked(number)
        if answer:
            asked.answer = answer[1].upper()
            yield asked
            asked = None
        elif option and (asked.stem or asked.options):
            asked.options.append((option[1].upper(), (option[2] or "").strip()))
        else:
            asked.stem.append(line.strip())
    if asked is not None:
        yield asked


def _question_of(asked: _Asked, marks: Gathered) -> SourceQuestion:
    letters = [letter for letter, _ in asked.options]
    if letters != list(ascii_uppercase[: len(letters)]):
        what = f"its options are {', '.join(letters)}; letter them A, B, C … without a gap"
        raise QuestionRefused("letters", what)
    if not asked.answer:
        raise QuestionRefused("no-answers", "does not end in ANSWER: and a letter, or breaks off")
    if asked.answer not in letters:
        what = f"its answer is {asked.answer}, and its options are {', '.join(letters) or 'none'}"
        raise QuestionRefused("no-answers", what)
    answers = tuple(
        Answer(marked_plain(text, marks, one_run=True), Fraction(letter == asked.answer))
        for letter, text in asked.options
    )
    stem = marked_plain("\n".join(asked.stem), marks)
    return SourceQuestion(kind="choice", stem=stem, answers=answers)


def _written(asked: SourceQuestion) -> str:
    weights = [answer.weight for answer in asked.answers]
    if asked.kind != "choice" or sorted(weights)[:-1] != [0] * (len(weights) - 1):
        raise QuestionRefused("question-type", "Aiken has nothing but one right option of several")
    if asked.stimulus:
        raise QuestionRefused("stimulus", "Aiken has nothing but words")
    lines = asked.stem.split("\n\n")
    lines += [
        f"{letter}. {answer.text}"
        for letter, answer in zip(ascii_uppercase, asked.answers, strict=False)
    ]
    return "\n".join((*lines, f"ANSWER: {ascii_uppercase[weights.index(Fraction(1))]}", ""))


FORMAT = Aiken()
