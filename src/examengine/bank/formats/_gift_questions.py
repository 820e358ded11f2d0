"""Blocks of GIFT as questions."""

import re
from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

from examengine.bank.formats._cloze import has_cloze
from examengine.bank.formats._gift_text import GiftBlock, lit
from examengine.bank.formats._html_text import (
    Gathered,
    html_of,
    html_of_run,
    marked_aside,
    marked_html,
    marked_lines,
    marked_plain,
)
from examengine.bank.formats._markdown import marked_markdown
from examengine.bank.formats._moodle_gaps import (
    HOLE,
    STEM_ADDED,
    GappedReading,
    parted,
    read_cloze,
)
from examengine.bank.formats._question import (
    Answer,
    QuestionRefused,
    SourceQuestion,
    each_once,
    essay_said,
    number_of,
    title_of,
    weight_of,
)
from examengine.bank.formats._question_files import said_in, texts_said
from examengine.bank.formats._question_items import is_item_id

_FORMAT = re.compile(r"\s*\[(html|moodle|plain|markdown)\]", re.IGNORECASE)
_WEIGHT = re.compile(r"\s*%(-?[0-9]{1,3}(?:[.,][0-9]{0,8})?)%")
_NOTED = re.compile(r"\[(id|tag):([^\[\]]{1,255})\]")
_TRUE, _FALSE = frozenset({"T", "TRUE"}), frozenset({"F", "FALSE"})
_READERS: Mapping[str, Callable[..., str]] = {
    "html": marked_html,
    "moodle": marked_lines,
    "plain": marked_plain,
    "markdown": marked_markdown,
}


class _Texts:
    """Reads the texts of one question, each in its own format or that of the question."""

    def __init__(self, said: Mapping[str, Any], marks: Gathered) -> None:
        self.said = said
        self._said = tuple(texts_said(said))
        self._marks = marks
        self.default = "moodle"

    def whole(self, source: str) -> str:
        """Return a text of several paragraphs."""
        return self._read(source, html_of)

    def aside(self, source: str) -> str:
        """Return a feedback."""
        if not source.strip():
            return ""
        name, text = self._named(source)
        said = self._as_said(name, text, html_of)
        return marked_aside(_READERS[name], text, self._marks) if said is None else said

    def run(self, source: str) -> str:
        """Return the text of an answer or a prompt."""
        return self._read(source, html_of_run)

    def typed(self, source: str) -> str:
        """Return an answer that is typed."""
        return lit(source).strip()

    def asked(self, source: str) -> str:
        """Return the words of the question, whose format is that of all texts without one."""
        found = _FORMAT.match(source)
        if found is not None:
            self.default = found[1].casefold()
        return self.whole(source)

    def left_out(self) -> None:
        """Note that the feedback to every other number has no place."""
        self._marks.note("feedback", "the feedback to every other number was left out")

    def without_key(self) -> None:
        """Note that nothing is said for whoever marks."""
        self._marks.note("no-key", "says nothing for whoever marks; write it into its key")

    def _read(self, source: str, written: Callable[[str], str]) -> str:
        name, text = self._named(source)
        said = self._as_said(name, text, written)
        if said is not None:
            return said
        return _READERS[name](text, self._marks, one_run=written is html_of_run)

    def _named(self, source: str) -> tuple[str, str]:
        """Return the format of a text, and the text without its name."""
        found = _FORMAT.match(source)
        name = self.default if found is None else found[1].casefold()
        return name, lit(source if found is None else source[found.end() :]).strip()

    def _as_said(self, name: str, text: str, written: Callable[[str], str]) -> str | None:
        """Return a text as our own export noted it, where it is the one that was written."""
        if name != "html" or not text:
            return None
        return next((said for said in self._said if written(said).strip() == text), None)


def question_in(block: GiftBlock, category: str, marks: Gathered) -> SourceQuestion:
    """Return the question that a block asks.

    Raises:
        QuestionRefused: It is none, or no item can be what it is.
    """
    said = next((found for found in map(said_in, block.comments) if found), {})
    name, text = _name_apart(block.text.strip())
    texts = _Texts(said, marks)
    if has_cloze(text):
        stem, own, feedback = *_with_gaps(text, texts, marks), ""
    else:
        before, answers, after = _parted(text)
        rest, feedback = _general_feedback(answers.strip())
        stem = texts.asked(f"{before}{HOLE}{after}" if after.strip() else before)
        own = _KINDS[_kind_of(rest)](rest, texts)
    noted = [found for line in block.comments for found in _NOTED.findall(line)]
    numbers = [value.strip() for kind, value in noted if kind == "id"]
    number = numbers[0] if numbers else ""
    tags = [" ".join(value.split()) for kind, value in noted if kind == "tag"]
    if number and not is_item_id(number):
        tags.append(number)
    return SourceQuestion(
        kind=own.pop("kind"),
        stem=stem,
        stimulus=tuple(marks.stimulus),
        title=title_of(lit(name), stem, number),
        item_id=number if is_item_id(number) else "",
        category=category,
        tags=each_once(tags),
        rationale=texts.aside(feedback),
        said=said,
        **own,
    )


def _with_gaps(text: str, texts: _Texts, marks: Gathered) -> tuple[str, dict[str, Any]]:
    """Return what stands before a text with gaps, and the fields of its question.

    Moodle reads such gaps from other files than these; people write them here all the same.
    """
    marks.note("cloze", "holds gaps as cloze writes them, which GIFT itself does not know")
    found = read_cloze(GappedReading(text, marks, texts.run, texts.typed, texts.aside))
    whole = texts.asked(found.source)
    if found.alone:
        return whole, dict(found.fields)
    stem, rest = parted(whole)
    if not stem:
        marks.note("stem-added", STEM_ADDED)
    return stem, {**found.fields, "text": rest}


def name_of(block: GiftBlock) -> str:
    """Return how a block calls its question."""
    return " ".join(lit(_name_apart(block.text.strip())[0]).split())


def _name_apart(text: str) -> tuple[str, str]:
    if not text.startswith("::"):
        return "", text
    name, found, rest = text[2:].partition("::")
    return (name.strip(), rest.strip()) if found else ("", text)


def _parted(text: str) -> tuple[str, str, str]:
    """Return what stands before the answers, the answers, and what stands after them."""
    before, opened, rest = text.partition("{")
    if not opened:
        if "}" in text:
            raise QuestionRefused(
                "braces", r"closes a brace that it does not open; write \} for the sign"
            )
        what = "asks nothing: it has no answers in { }; put its words into a question"
        raise QuestionRefused("not-a-question", what)
    answers, closed, after = rest.partition("}")
    if not closed:
        raise QuestionRefused(
            "braces", r"opens a brace that it does not close; write \{ for the sign"
        )
    if "{" in answers:
        raise QuestionRefused("braces", r"opens a brace among its answers; write \{ for the sign")
    if "{" in after:
        what = "has several gaps, and GIFT has one; write a cloze question in Moodle XML"
        raise QuestionRefused("several-gaps", what)
    return before, answers, "" if after.strip() in {";", '";'} else after


def _general_feedback(answers: str) -> tuple[str, str]:
    rest, found, feedback = answers.rpartition("####")
    return (rest.strip(), feedback) if found else (answers, "")


def _kind_of(answers: str) -> str:
    if not answers:
        return "essay"
    if answers.startswith("#"):
        return "number"
    if "~" in answers:
        return "choice"
    if "=" in answers and "->" in answers:
        return "pairs"
    word = answers.partition("#")[0].strip().upper()
    return "true_false" if word in _TRUE | _FALSE else "typed"


def _split(answers: str, mark: str) -> list[str]:
    return [part.strip() for part in answers.split(mark) if part.strip()]


def _weighed(part: str, otherwise: int) -> tuple[Fraction, str]:
    found = _WEIGHT.match(part)
    if found is None:
        return Fraction(otherwise), part
    return weight_of(found[1]), part[found.end() :]


def _essay(_answers: str, texts: _Texts) -> dict[str, Any]:
    """Read an empty pair of braces; what else an essay has stands beside it, if anywhere."""
    essay = essay_said(texts.said.get("essay"))
    if not essay.key:
        texts.without_key()
    return {"kind": "essay", "essay": essay}


def _choice(answers: str, texts: _Texts) -> dict[str, Any]:
    parts = _split(answers.replace("=", "~="), "~")
    found = []
    for part in parts:
        weight, rest = (Fraction(1), part[1:]) if part[0] == "=" else _weighed(part, 0)
        if part[0] == "=":
            given, rest = _weighed(rest, 1)
            weight = given
        text, why = _commented(rest, texts)
        found.append(Answer(texts.run(text), weight, why))
    single = "=" in answers
    return {"kind": "choice" if single else "several", "answers": tuple(found)}


def _commented(part: str, texts: _Texts) -> tuple[str, str]:
    text, _, why = part.partition("#")
    return text.strip(), texts.aside(why)


def _true_false(answers: str, texts: _Texts) -> dict[str, Any]:
    """Read T or F, then the feedback to the wrong answer, then to the right one."""
    word, *whys = answers.split("#", 2)
    wrong, right = ([texts.aside(why) for why in whys] + ["", ""])[:2]
    true = word.strip().upper() in _TRUE
    listed = (
        Answer("true", Fraction(true), right if true else wrong),
        Answer("false", Fraction(not true), wrong if true else right),
    )
    return {"kind": "true_false", "answers": listed, "shuffle": False}


def _typed(answers: str, texts: _Texts) -> dict[str, Any]:
    found = []
    for part in _split(answers, "="):
        weight, rest = _weighed(part, 1)
        text, why = _commented(rest, texts)
        named = _FORMAT.match(text)
        found.append(
            Answer(lit(text if named is None else text[named.end() :]).strip(), weight, why)
        )
    if not found:
        raise QuestionRefused("no-answers", "has no answer; write it behind =")
    return {"kind": "typed", "answers": tuple(found)}


def _number(answers: str, texts: _Texts) -> dict[str, Any]:
    listed, _, wrong = answers[1:].partition("~")
    found = []
    for part in _split(listed, "="):
        weight, rest = _weighed(part, 1)
        text, why = _commented(rest, texts)
        if lit(text).strip() == "*":
            if weight:
                raise QuestionRefused("catch-all-points", "gives points for every number there is")
            texts.left_out()
            continue
        value, tolerance = _range(text)
        found.append(Answer(str(value), weight, why, tolerance))
    if wrong.strip(" #\n"):
        texts.left_out()
    if not found:
        raise QuestionRefused("no-answers", "has no number; write it behind #")
    return {"kind": "number", "answers": tuple(found)}


def _range(text: str) -> tuple[Fraction, Fraction]:
    """Return the middle and the tolerance of `1..5`, `3:2` or `3`."""
    least, found, greatest = text.partition("..")
    if found:
        ends = sorted((number_of(lit(least)), number_of(lit(greatest))))
        return (ends[0] + ends[1]) / 2, (ends[1] - ends[0]) / 2
    value, _, tolerance = text.partition(":")
    return number_of(lit(value)), abs(number_of(lit(tolerance) or "0"))


def _pairs(answers: str, texts: _Texts) -> dict[str, Any]:
    found = []
    for part in _split(answers, "="):
        prompt, arrow, option = part.partition("->")
        if not arrow or not option.strip():
            raise QuestionRefused("pairs", f"{lit(part)[:40]!r} gives no option behind ->")
        found.append((texts.run(prompt) if prompt.strip() else "", texts.run(option)))
    return {"kind": "pairs", "pairs": tuple(found)}


_KINDS: Mapping[str, Callable[[str, _Texts], dict[str, Any]]] = {
    "essay": _essay,
    "choice": _choice,
    "true_false": _true_false,
    "typed": _typed,
    "number": _number,
    "pairs": _pairs,
}
