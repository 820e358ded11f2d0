"""Items as a `<quiz>` of Moodle XML: what is read of it again is the same items."""

from base64 import b64encode
from collections.abc import Callable, Iterable, Mapping
from fractions import Fraction
from pathlib import PurePosixPath
from typing import Any

from lxml import etree
from markupsafe import Markup

from examengine.bank.formats._cloze import cloze_of
from examengine.bank.formats._html_text import html_of, html_of_run
from examengine.bank.formats._item_questions import question_from
from examengine.bank.formats._moodle_questions import STIMULUS, STIMULUS_END
from examengine.bank.formats._question import (
    Answer,
    QuestionRefused,
    SourceQuestion,
    decimal_text,
    percent_of,
)
from examengine.bank.formats._question_files import saying
from examengine.bank.item_types._gaps import gap_ids
from examengine.bank.item_types._stimulus import media_of
from examengine.bank.rules import ItemVersion, MediaFile

_TYPES = {
    "choice": "multichoice",
    "several": "multichoice",
    "all_or_nothing": "multichoiceset",
    "typed": "shortanswer",
    "number": "numerical",
    "pairs": "matching",
    "order": "ordering",
    "gaps": "cloze",
    "words": "ddwtos",
    "essay": "essay",
}
_PLUGIN = "@@PLUGINFILE@@/"


def write_quiz(items: Iterable[ItemVersion], media: Mapping[str, MediaFile]) -> bytes:
    """Return the file of a quiz.

    Args:
        items: The item versions to write; their areas become categories.
        media: The files they show or play, by digest.

    Raises:
        QuestionRefused: No question asks and scores as an item does.
    """
    quiz = etree.Element("quiz")
    area = ""
    for version in sorted(items, key=lambda one: (one.area, one.item_id)):
        if version.area != area:
            area = version.area
            _add_category(quiz, area)
        files = {body["file"]: body["digest"] for _, body in media_of(version.content)}
        attached = {name: media[held].data for name, held in files.items()}
        try:
            _add_question(quiz, question_from(version.content), attached)
        except ValueError as error:
            what = "it holds a character that XML cannot"
            raise QuestionRefused("character", what) from error
    written: bytes = etree.tostring(quiz, encoding="UTF-8", xml_declaration=True, pretty_print=True)
    return written


def category_path(area: str) -> str:
    """Return the category of Moodle that an area is read from again."""
    return f"$course$/top/{area.replace('/', '//')}"


def html_of_stimulus(parts: Iterable[Mapping[str, Any]]) -> str:
    """Return what stands before the words of a question, as HTML.

    Raises:
        QuestionRefused: HTML has no place for it.
    """
    written = [_part_html(name, body) for part in parts for name, body in part.items()]
    return f"{STIMULUS}{''.join(written)}{STIMULUS_END}" if written else ""


def _part_html(name: str, body: Mapping[str, Any]) -> str:
    if name == "table":
        return _table_html(body)
    if name == "passage":
        raise QuestionRefused("passage", "its passage above the question has no place there")
    if name == "formula":
        raise QuestionRefused("formula", "its formula above the question has no place there")
    file = PurePosixPath(body["file"]).name
    if name == "video":
        raise QuestionRefused("video", "its video above the question has no place there")
    if name == "audio":
        return str(Markup('<p><audio controls src="{}"></audio></p>').format(_PLUGIN + file))
    picture = Markup('<p><img src="{}" alt="{}"></p>')
    return str(picture.format(_PLUGIN + file, body.get("alt", "")))


def _table_html(table: Mapping[str, Any]) -> str:
    first = "th" if table.get("row_headers", True) else "td"
    head = "".join(f"<th>{html_of_run(cell)}</th>" for cell in table["columns"])
    rows = [
        "".join(
            f"<{tag}>{html_of_run(cell)}</{tag}>"
            for tag, cell in zip([first, *["td"] * len(row)], row, strict=False)
        )
        for row in table["rows"]
    ]
    body = "".join(f"<tr>{row}</tr>" for row in (head, *rows))
    return f"<table><caption>{html_of_run(table['caption'])}</caption>{body}</table>"


def _add_category(quiz: Any, area: str) -> None:
    question = etree.SubElement(quiz, "question", type="category")
    _text(etree.SubElement(question, "category"), category_path(area))


def _add_question(quiz: Any, asked: SourceQuestion, attached: Mapping[str, bytes]) -> None:
    question = etree.SubElement(quiz, "question", type=_TYPES[asked.kind])
    question.append(etree.Comment(saying(asked.said)))
    _text(etree.SubElement(question, "name"), asked.title or asked.item_id)
    whole = html_of_stimulus(asked.stimulus) + html_of(asked.stem) + _html_with_gaps(asked)
    text = _html(question, "questiontext", whole)
    for name, data in attached.items():
        file = etree.SubElement(
            text, "file", name=PurePosixPath(name).name, path="/", encoding="base64"
        )
        file.text = b64encode(data).decode()
    if asked.rationale:
        _html(question, "generalfeedback", html_of(asked.rationale))
    _plain(question, "defaultgrade", str(_grade_of(asked)))
    _plain(question, "penalty", "0")
    _plain(question, "hidden", "0")
    _plain(question, "idnumber", asked.item_id)
    _WRITERS[asked.kind](question, asked)
    if asked.tags:
        tags = etree.SubElement(question, "tags")
        for tag in asked.tags:
            _text(etree.SubElement(tags, "tag"), tag)


def _html_with_gaps(asked: SourceQuestion) -> str:
    """Return the text of a question with gaps, each as Moodle writes it; "" where there is none."""
    if not asked.text:
        return ""
    if asked.kind == "gaps":
        written = [cloze_of(gap, html_of_run, html_of, shuffle=asked.shuffle) for gap in asked.gaps]
    else:
        written = [f"[[{place + 1}]]" for place in asked.right]
    source = html_of(asked.text)
    for name, gap in zip(gap_ids({"text": asked.text}), written, strict=True):
        source = source.replace(f"[[{name}]]", gap, 1)
    return source


def _grade_of(asked: SourceQuestion) -> Fraction:
    """Return the marks of a question: of a cloze what its gaps add up to, as Moodle has it."""
    if asked.kind == "essay":
        return Fraction(asked.essay.points)
    return Fraction(1) if not asked.gaps else sum((gap.weight for gap in asked.gaps), Fraction(0))


def _add_gaps(question: Any, asked: SourceQuestion) -> None:
    """Add nothing: all that a cloze question says stands in its text."""


def _add_words(question: Any, asked: SourceQuestion) -> None:
    _plain(question, "shuffleanswers", "1" if asked.shuffle else "0")
    for answer in asked.answers:
        box = etree.SubElement(question, "dragbox")
        _text(box, html_of_run(answer.text))
        _plain(box, "group", "1")
        if asked.reuse:
            etree.SubElement(box, "infinite")


def _add_essay(question: Any, asked: SourceQuestion) -> None:
    _plain(question, "responseformat", "plain")
    _plain(question, "responserequired", "1")
    _plain(question, "responsefieldlines", "15")
    _plain(question, "maxwordlimit", str(asked.essay.limit) if asked.essay.limit else "")
    _plain(question, "attachments", "0")
    _plain(question, "attachmentsrequired", "0")
    _html(question, "graderinfo", html_of(asked.essay.key))
    _html(question, "responsetemplate", "")


def _add_choice(question: Any, asked: SourceQuestion) -> None:
    _plain(question, "single", "true" if asked.kind == "choice" else "false")
    _plain(question, "shuffleanswers", "true" if asked.shuffle else "false")
    _plain(question, "answernumbering", "abc")
    for answer in asked.answers:
        _add_answer(question, answer, html_of_run(answer.text), "html")


def _add_typed(question: Any, asked: SourceQuestion) -> None:
    _plain(question, "usecase", "1" if asked.case_sensitive else "0")
    for answer in asked.answers:
        _add_answer(question, answer, answer.text, "moodle_auto_format")


def _add_number(question: Any, asked: SourceQuestion) -> None:
    for answer in asked.answers:
        number = decimal_text(Fraction(answer.text))
        element = _add_answer(question, answer, number, "moodle_auto_format")
        _plain(element, "tolerance", decimal_text(answer.tolerance))
    if asked.unit:
        unit = etree.SubElement(etree.SubElement(question, "units"), "unit")
        _plain(unit, "multiplier", "1")
        _plain(unit, "unit_name", asked.unit)
    _plain(question, "unitgradingtype", "0")
    _plain(question, "showunits", "0" if asked.unit else "3")


def _add_pairs(question: Any, asked: SourceQuestion) -> None:
    _plain(question, "shuffleanswers", "true")
    for prompt, option in asked.pairs:
        element = _html(question, "subquestion", html_of_run(prompt) if prompt else "")
        _text(etree.SubElement(element, "answer"), html_of_run(option))


def _add_order(question: Any, asked: SourceQuestion) -> None:
    _plain(question, "layouttype", "VERTICAL")
    _plain(question, "selecttype", "ALL")
    _plain(question, "selectcount", "0")
    _plain(question, "gradingtype", asked.order_rule)
    _plain(question, "showgrading", "SHOW")
    for place, answer in enumerate(asked.answers, start=1):
        element = etree.SubElement(question, "answer", fraction=str(place), format="html")
        _text(element, html_of_run(answer.text))


_WRITERS: Mapping[str, Callable[[Any, SourceQuestion], None]] = {
    "choice": _add_choice,
    "several": _add_choice,
    "all_or_nothing": _add_choice,
    "typed": _add_typed,
    "number": _add_number,
    "pairs": _add_pairs,
    "order": _add_order,
    "gaps": _add_gaps,
    "words": _add_words,
    "essay": _add_essay,
}


def _add_answer(question: Any, answer: Answer, text: str, text_format: str) -> Any:
    element = etree.SubElement(
        question, "answer", fraction=percent_of(answer.weight), format=text_format
    )
    _text(element, text)
    if answer.feedback:
        _html(element, "feedback", html_of(answer.feedback))
    return element


def _html(parent: Any, name: str, source: str) -> Any:
    element = etree.SubElement(parent, name, format="html")
    _text(element, source)
    return element


def _text(parent: Any, words: str) -> None:
    etree.SubElement(parent, "text").text = words


def _plain(parent: Any, name: str, words: str) -> None:
    etree.SubElement(parent, name).text = words
