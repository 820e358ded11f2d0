"""Moodle XML: questions of Moodle and of what exports for it, for a bank that is there."""

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from lxml import etree

from examengine.bank.formats._format import Destination, Files, Format
from examengine.bank.formats._html_text import Gathered
from examengine.bank.formats._item_questions import left_out_of
from examengine.bank.formats._moodle_questions import MoodleElement, question_of, text_in_child
from examengine.bank.formats._moodle_writing import write_quiz
from examengine.bank.formats._question import QuestionRefused
from examengine.bank.formats._question_files import (
    MOST_FAULTS,
    MOST_QUESTIONS,
    QuestionReading,
    label_of,
    note_encoding,
    said_in,
)
from examengine.bank.formats._question_items import is_item_id
from examengine.bank.formats._xml import XmlUnreadable, read_xml
from examengine.bank.rules import Bank, FileFault, ItemVersion, LoadedBank, MediaFile

QUIZ_FILE = "questions.xml"
_LOOKED_AT = 64 * 1024

_EXAMPLE = """\
<?xml version="1.0" encoding="UTF-8"?>
<quiz>
  <question type="category"><category><text>$course$/top/change</text></category></question>
  <question type="multichoice">
    <name><text>Umbrellas</text></name>
    <questiontext format="html"><text><![CDATA[<p>A shop sold 20 umbrellas on Monday and 30 on
      Tuesday.</p><p>By how much did sales rise, as a share of <em>Monday's</em> sales?</p>
      <p><img src="@@PLUGINFILE@@/sales.svg" alt="Two bars, of 20 and of 30."></p>]]></text>
      <file name="sales.svg" encoding="base64">PHN2ZyB4bWxucz0iaHR0cDovL3d3dy53My5vcmcvMjAw\
MC9zdmciIHZpZXdCb3g9IjAgMCAzMCAzMCI+PHJlY3QgeD0iMiIgeT0iMTAiIHdpZHRoPSIxMCIgaGVpZ2h0PSIyMCIvPjxyZWN\
0IHg9IjE4IiB3aWR0aD0iMTAiIGhlaWdodD0iMzAiLz48L3N2Zz4=</file>
    </questiontext>
    <generalfeedback format="html"><text>The rise is ten.</text></generalfeedback>
    <single>true</single><shuffleanswers>1</shuffleanswers>
    <answer fraction="0" format="html"><text>By a third</text>
      <feedback format="html"><text>Divides by Tuesday's sales.</text></feedback></answer>
    <answer fraction="100" format="html"><text>By a half</text></answer>
    <answer fraction="50" format="html"><text>By \\(\\frac{5}{10}\\)</text></answer>
    <idnumber>UMB-1</idnumber>
    <tags><tag><text>trade</text></tag></tags>
  </question>
  <question type="shortanswer">
    <name><text>Middle</text></name>
    <questiontext format="html"><text>Which value stands in the middle?</text></questiontext>
    <usecase>0</usecase>
    <answer fraction="100" format="moodle_auto_format"><text>*median*</text></answer>
    <answer fraction="50" format="moodle_auto_format"><text>middle value</text></answer>
    <answer fraction="0" format="moodle_auto_format"><text>*</text>
      <feedback format="html"><text>Put the values in order first.</text></feedback></answer>
  </question>
</quiz>
"""


class MoodleXml(Format):
    """One `<quiz>` of `<question>`s; the files they show are in it, in base64."""

    name = "moodle_xml"
    title = "Moodle XML"
    endings = (".xml",)
    example: ClassVar[Files] = {QUIZ_FILE: _EXAMPLE.encode()}

    def takes(self, name: str) -> bool:
        """Take the XML files of the folder itself; a manifest of a package is another's."""
        return "/" not in name and name.endswith(self.endings) and name != "imsmanifest.xml"

    def recognises(self, files: Files) -> bool:
        """Tell by a root that is called quiz."""
        return any(_is_quiz(data) for name, data in files.items() if name.lower().endswith(".xml"))

    def read(self, files: Files, into: Destination) -> LoadedBank:
        """Read questions for a bank that is there."""
        reading = QuestionReading(into)
        for name in sorted(files):
            if name.lower().endswith(self.endings):
                _read_quiz(name, files[name], reading)
            else:
                reading.refuse(
                    name, None, "file-kind", "is no XML; pictures are inside the questions"
                )
        return reading.loaded(files)

    def left_out(self, version: ItemVersion) -> str | None:
        """Say what of an item Moodle has no place for; found by reading it again."""
        return left_out_of(version, self)

    def write(
        self,
        bank: Bank,  # noqa: ARG002 - a quiz does not say what bank it is
        items: Iterable[ItemVersion],
        media: Mapping[str, MediaFile],
    ) -> dict[str, bytes]:
        """Return one file of questions, with what they show."""
        return {QUIZ_FILE: write_quiz(items, media)}


def _is_quiz(data: bytes) -> bool:
    head = data[:_LOOKED_AT].replace(b"\x00", b"")
    return b"<quiz" in head and b"<" in head[:100].lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")[:1]


def _read_quiz(name: str, data: bytes, reading: QuestionReading) -> None:
    try:
        root, encoding = read_xml(data)
    except XmlUnreadable as error:
        reading.refuse(name, error.line, error.code, error.what)
        return
    if root.tag != "quiz":
        reading.refuse(name, 1, "no-quiz", "holds no <quiz>; export it from Moodle as Moodle XML")
        return
    note_encoding(reading, name, encoding)
    category = ""
    for number, child in enumerate(root.iterchildren()):
        if number > 2 * MOST_QUESTIONS or len(reading.faults) > MOST_FAULTS + MOST_QUESTIONS:
            what = f"holds more than {MOST_QUESTIONS} questions; part it into several files"
            reading.refuse(name, child.sourceline, "too-many", what)
            return
        if not isinstance(child.tag, str):
            continue
        if child.tag != "question":
            what = f"holds <{child.tag[:40]}>, which is no question; take it out"
            reading.refuse(name, child.sourceline, "no-question", what)
        elif child.get("type") == "category":
            category = _category(name, child, reading)
        else:
            _read_question(name, child, category, reading)


def _category(name: str, element: Any, reading: QuestionReading) -> str:
    if text_in_child(element, "info"):
        what = "describes a category; areas of a bank are described in the bank [category]"
        reading.notes.append(FileFault(name, element.sourceline, "", what))
    return text_in_child(element, "category")


def _read_question(name: str, element: Any, category: str, reading: QuestionReading) -> None:
    comments = [one.text or "" for one in element.iterchildren(etree.Comment)]
    said = next((found for found in map(said_in, comments) if found), {})
    line = element.sourceline or 1
    marks = Gathered(keep=reading.keeper(said))
    try:
        question = question_of(MoodleElement(element, said, marks), category)
    except QuestionRefused as refused:
        number = text_in_child(element, "idnumber")
        label = number if is_item_id(number) else label_of(text_in_child(element, "name"), line)
        reading.refuse(name, line, refused.code, refused.what, label)
        return
    reading.take(name, line, question, marks)


FORMAT = MoodleXml()
