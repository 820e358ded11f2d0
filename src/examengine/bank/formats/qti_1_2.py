"""QTI 1.2: packages of Canvas and Blackboard, and files of ExamView, Respondus and others; in only.

What an item is worth is tried, and it comes in where an item of ours is worth the same. Beside it
it keeps the XML that it came as, and what is otherwise.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from html import unescape
from pathlib import PurePosixPath
from typing import ClassVar

from examengine.bank import media
from examengine.bank.formats._format import Destination, Files, Format
from examengine.bank.formats._html_text import Gathered
from examengine.bank.formats._qti_1_documents import (
    DOCUMENTS,
    QtiOneItem,
    is_document,
    is_later,
    is_qti_1,
    is_settings,
    items_in,
    read_document,
    shuffles_options,
)
from examengine.bank.formats._qti_1_elements import metadata_of, question_parts
from examengine.bank.formats._qti_1_questions import UNTITLED, QtiElement, question_of
from examengine.bank.formats._qti_1_texts import PackageFiles, html_of_material
from examengine.bank.formats._qti_package import PACKAGES, is_media, opened_packages
from examengine.bank.formats._question import QuestionRefused
from examengine.bank.formats._question_files import (
    MOST_FAULTS,
    MOST_QUESTIONS,
    QuestionReading,
    label_of,
    note_encoding,
)
from examengine.bank.formats._question_items import area_of
from examengine.bank.formats._xml import XmlUnreadable
from examengine.bank.rules import Bank, FileFault, ItemVersion, LoadedBank, MediaFile
from examengine.kernel.digest import digest

_TAG = re.compile(r"<[^<>]{0,500}>")
_MANIFEST = "imsmanifest.xml"
_ABOVE_GAPS = {
    "en": "Complete the text.",
    "de": "Ergänzen Sie den Text.",
    "es": "Complete el texto.",
    "fr": "Complétez le texte.",
    "it": "Completi il testo.",
    "nl": "Vul de tekst aan.",
    "pt": "Complete o texto.",
}
_EXAMPLE = """\
<?xml version="1.0" encoding="UTF-8"?>
<questestinterop xmlns="http://www.imsglobal.org/xsd/ims_qtiasiv1p2">
  <assessment ident="quiz" title="Averages"><section ident="root_section">
    <item ident="g4a1" title="Spread">
      <itemmetadata><qtimetadata>
        <qtimetadatafield><fieldlabel>question_type</fieldlabel>
          <fieldentry>multiple_choice_question</fieldentry></qtimetadatafield>
        <qtimetadatafield><fieldlabel>points_possible</fieldlabel>
          <fieldentry>1.0</fieldentry></qtimetadatafield>
      </qtimetadata></itemmetadata>
      <presentation>
        <material><mattext texttype="text/html">&lt;p&gt;Which of these is a measure of
          &lt;em&gt;spread&lt;/em&gt;?&lt;/p&gt;</mattext></material>
        <response_lid ident="response1" rcardinality="Single"><render_choice>
          <response_label ident="6711"><material>
            <mattext texttype="text/plain">The median</mattext></material></response_label>
          <response_label ident="2840"><material>
            <mattext texttype="text/plain">The range</mattext></material></response_label>
        </render_choice></response_lid>
      </presentation>
      <resprocessing>
        <outcomes><decvar maxvalue="100" minvalue="0" varname="SCORE"/></outcomes>
        <respcondition continue="No">
          <conditionvar><varequal respident="response1">2840</varequal></conditionvar>
          <setvar action="Set" varname="SCORE">100</setvar>
        </respcondition>
      </resprocessing>
      <itemfeedback ident="6711_fb"><flow_mat><material>
        <mattext texttype="text/plain">It says where the middle is.</mattext>
      </material></flow_mat></itemfeedback>
    </item>
  </section></assessment>
</questestinterop>
"""


class QtiOneFormat(Format):
    """Documents with a root `questestinterop`, alone, in a package, or in a Common Cartridge."""

    name = "qti_1_2"
    title = "QTI 1.2 (Canvas, Blackboard)"
    endings = (*DOCUMENTS, *PACKAGES, *media.KINDS)
    example: ClassVar[Files] = {"averages.xml": _EXAMPLE.encode()}

    def takes(self, name: str) -> bool:
        """Take documents, packages, and pictures and recordings wherever they stand."""
        return name.lower().endswith(self.endings)

    def recognises(self, files: Files) -> bool:
        """Tell by the first element of a document, also of those in a package."""
        return is_qti_1(files)

    def read(self, files: Files, into: Destination) -> LoadedBank:
        """Read questions for a bank that is there."""
        faults: list[FileFault] = []
        opened = opened_packages(files, faults)
        reading = _Reading(QuestionReading(into, faults=faults), opened)
        reading.read_all()
        return reading.questions.loaded(files)

    def left_out(self, version: ItemVersion) -> str | None:  # noqa: ARG002
        """Say that nothing is written in this format."""
        return "QTI 1.2 is only read; export it as qti or qti_2_2"

    def write(
        self,
        bank: Bank,  # noqa: ARG002
        items: Iterable[ItemVersion],  # noqa: ARG002 - `left_out` says something of every item
        media: Mapping[str, MediaFile],  # noqa: ARG002
    ) -> dict[str, bytes]:
        """Return no file: nothing is written in this format."""
        return {}


@dataclass(slots=True)
class _Reading:
    """What is read of a set of files."""

    questions: QuestionReading
    files: Files
    _idents: dict[str, str] = field(default_factory=dict)
    _shuffling: dict[str, bool] = field(default_factory=dict)

    def read_all(self) -> None:
        """Read every document, then every item once, however many documents hold it."""
        documents = [name for name in sorted(self.files) if self._is_document(name)]
        found: list[QtiOneItem] = []
        for name in documents:
            found += self._items_of(name)
            if len(found) > MOST_QUESTIONS:
                what = f"and others hold more than {MOST_QUESTIONS} questions; send fewer at a time"
                self.questions.refuse(name, None, "too-many", what)
                found = found[:MOST_QUESTIONS]
                break
        self._note_the_rest()
        for item in self._each_once(found):
            self._read(item)
        if not documents and not self.questions.faults:
            name = min(self.files, default="these files")
            what = "holds no questions of QTI 1.2; send the package as it was exported"
            self.questions.refuse(name, None, "no-questions", what)

    def _is_document(self, name: str) -> bool:
        return name.lower().endswith(DOCUMENTS) and is_document(self.files[name])

    def _items_of(self, name: str) -> list[QtiOneItem]:
        try:
            root, encoding = read_document(self.files[name])
        except XmlUnreadable as error:
            self.questions.refuse(name, error.line, error.code, error.what)
            return []
        note_encoding(self.questions, name, encoding)
        items = list(items_in(name, root))
        drawn = sum(1 for _ in root.iter("selection_ordering", "sourcebank_ref"))
        if drawn:
            what = "draws questions from a bank; how many of which an exam says [drawn-questions]"
            self._note(name, what)
        here = {item.ident for item in items}
        named = [one.get("linkrefid") or "" for one in root.iter("itemref")]
        missing = [one for one in named if one not in here]
        if missing:
            what = f"names {len(missing)} questions of other files, such as {missing[0][:60]}"
            self._note(name, f"{what}; they come with those files [named-questions]")
        return items

    def _note_the_rest(self) -> None:
        """Tell what the files say beside questions, and is not taken."""
        for name in sorted(self.files):
            if is_settings(name):
                self._note(name, "says how a quiz is given, which an exam says itself [settings]")
            elif name.lower().endswith(DOCUMENTS) and is_later(self.files[name]):
                what = "is an item of a later QTI; send such items without those of QTI 1.2"
                self.questions.refuse(name, None, "later-version", what)
            elif not self._is_document(name) and self._is_stranger(name):
                self._note(name, "holds no questions of QTI 1.2, and was not read [no-questions]")

    def _is_stranger(self, name: str) -> bool:
        """Tell whether a file that was sent by itself is of no use here."""
        packed = any(part.lower().endswith(PACKAGES) for part in PurePosixPath(name).parts)
        return not packed and not is_media(name) and PurePosixPath(name).name != _MANIFEST

    def _note(self, name: str, what: str) -> None:
        if len(self.questions.notes) < MOST_FAULTS:
            self.questions.notes.append(FileFault(name, None, "", what))

    def _each_once(self, found: Iterable[QtiOneItem]) -> list[QtiOneItem]:
        """Return items without those that stand in another document as well.

        A cartridge of Canvas holds a quiz twice: as any program reads it, and as Canvas does, which
        says more. Banks and quizzes of Blackboard may hold the very same question.
        """
        best: dict[str, QtiOneItem] = {}
        for item in found:
            key = item.ident or item.original
            before = best.get(key)
            if before is None or (_says_more(item) and not _says_more(before)):
                best[key] = item
        kept = {id(item) for item in best.values()}
        left: Counter[str] = Counter()
        once = []
        for item in found:
            first = best[item.ident or item.original]
            same = item.original == first.original or _says_more(item) != _says_more(first)
            if id(item) in kept or not same:
                once.append(item)
            else:
                left[item.document] += 1
        for name, number in left.items():
            what = f"holds {number} questions that stand in another file too, and were read there"
            self._note(name, f"{what} [same-question]")
        return once

    def _shuffles(self, document: str) -> bool:
        if document not in self._shuffling:
            self._shuffling[document] = shuffles_options(document, self.files)
        return self._shuffling[document]

    def _read(self, item: QtiOneItem) -> None:
        marks = Gathered(
            keep=self.questions.keeper({}),
            found=PackageFiles(item.document, self.files).found,
        )
        label = _label_of(item)
        bank = self.questions.into.bank
        try:
            asked = QtiElement(
                item.element,
                marks,
                original=item.original,
                shuffle=self._shuffles(item.document),
                words=_words_above_gaps("" if bank is None else bank.language),
            )
            category, tags = _placed(item, bank)
            question = question_of(asked, category, tags)
        except QuestionRefused as refused:
            self.questions.refuse(item.document, item.line, refused.code, refused.what, label)
            return
        before = self._idents.setdefault(question.item_id.casefold(), item.original)
        if question.item_id and before != item.original:
            short = digest(item.original).removeprefix("sha256:")[:8]
            marks.note("same-ident", f"its identifier {item.ident[:60]} is another item's as well")
            question = replace(question, item_id=f"{question.item_id[:110]}-{short}")
        self.questions.take(item.document, item.line, question, marks)


def _label_of(item: QtiOneItem) -> str:
    """Return how a report calls an item that does not come in: identifiers alone say little."""
    title = " ".join((item.element.get("title") or "").split())
    if not title or title.casefold() in UNTITLED:
        said = " ".join(_TAG.sub(" ", html_of_material(question_parts(item.element))).split())
        title = unescape(said)
    if not item.ident:
        return label_of(title, item.line)
    return f"{item.ident[:60]} ({title[:60]})" if title else item.ident[:60]


def _says_more(item: QtiOneItem) -> bool:
    return "question_type" in metadata_of(item.element)


def _placed(item: QtiOneItem, bank: Bank | None) -> tuple[str, tuple[str, ...]]:
    """Return the category of an item, where a title around it is an area of the bank, and tags."""
    areas = set() if bank is None else {area.id for area in bank.areas}
    for title in item.titles:
        if area_of(title, bank) in areas:
            return title, ()
    return "", item.titles[:1]


def _words_above_gaps(language: str) -> str:
    return _ABOVE_GAPS.get(language.partition("-")[0].casefold(), _ABOVE_GAPS["en"])


FORMAT = QtiOneFormat()
