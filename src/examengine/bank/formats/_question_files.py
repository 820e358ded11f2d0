"""What the formats of questions have in common: faults, notes, items for a bank that is there."""

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from pathlib import PurePosixPath
from typing import Any

from examengine.bank.formats._encodings import WESTERN, EncodingUnreadable, decoded
from examengine.bank.formats._format import Destination
from examengine.bank.formats._html_text import Gathered
from examengine.bank.formats._media import media_faults, with_digests
from examengine.bank.formats._next_version import with_version
from examengine.bank.formats._question import QuestionRefused, SourceQuestion
from examengine.bank.formats._question_items import content_of
from examengine.bank.item_file import MOST_DIFFERENCES, item_faults
from examengine.bank.media import KINDS, MediaUnusable, ending_of, read_media
from examengine.bank.rules import FileFault, LoadedBank, LoadedItem, MediaFile
from examengine.kernel.digest import digest

MOST_QUESTIONS = 20_000
MOST_FAULTS = 50
"""How many faults of one file are told that belong to no question."""
FAULTS_OF_A_QUESTION = 5
LARGEST_TEXT = 8 * 1024 * 1024
LONGEST_SAID = 20_000
SAID = "examengine "
"""Begins a comment in which our own exports note what a question has no place for."""


@dataclass(slots=True)
class QuestionReading:
    """What is read of a set of files of questions."""

    into: Destination
    media: dict[str, MediaFile] = field(default_factory=dict)
    items: list[LoadedItem] = field(default_factory=list)
    faults: list[FileFault] = field(default_factory=list)
    notes: list[FileFault] = field(default_factory=list)
    _refused: set[str] = field(default_factory=set)
    _seen: dict[str, tuple[str, int]] = field(default_factory=dict)
    _ids: Counter[str] = field(default_factory=Counter)

    def refuse(self, file: str, line: int | None, code: str, what: str, label: str = "") -> None:
        """Note why a question, or a file, does not come in."""
        told = f"{what} [{code}]"
        if label and label in self._refused:
            label = label_of(label, line or 0)
        self._refused.add(label)
        self.faults.append(FileFault(file, line, "", told, label or None))

    def take(self, file: str, line: int, question: SourceQuestion, marks: Gathered) -> None:
        """Take a question as an item, or note why not.

        What is otherwise than it was stands in the item, beside its original, where it keeps one;
        in the notes of the report where it does not.
        """
        label = question.item_id or label_of(question.title, line)
        try:
            content = content_of(question, self.into.bank)
        except QuestionRefused as refused:
            self.refuse(file, line, refused.code, refused.what, label)
            return
        content = self._of_its_own_id(content)
        kept = bool(question.original)
        if kept and marks.notes:
            otherwise = [f"{what} [{code}]" for code, what in marks.notes]
            content["differences"] = otherwise[:MOST_DIFFERENCES]
        known = {**self.into.media, **self.media}
        latest = self.into.latest.get(content["id"])
        wanted = {**content, "version": 1}
        told = (*item_faults(wanted), *media_faults(wanted, known))
        if told:
            faults = (
                FileFault(file, line, one.where, f"{one.what} [not-well-formed]", label)
                for one in islice(told, FAULTS_OF_A_QUESTION)
            )
            self.faults.extend(faults)
            return
        whole = with_version(with_digests(content, known), question.said.get("version"), latest)
        if self._is_there_already(file, line, whole, label):
            return
        self.items.append(LoadedItem(file, whole, dict.fromkeys(("", *whole), line)))
        self.notes.extend(
            FileFault(file, line, "", f"{what} [{code}]", whole["id"])
            for code, what in (() if kept else marks.notes)
        )

    def _of_its_own_id(self, content: dict[str, Any]) -> dict[str, Any]:
        """Return a content whose id, where it is made of the text, is no other question's."""
        made = content["id"]
        if not made.startswith("q-") or len(made) != len("q-") + 12:
            return content
        self._ids[made] += 1
        number = self._ids[made]
        return content if number == 1 else {**content, "id": f"{made}-{number}"}

    def _is_there_already(self, file: str, line: int, content: dict[str, Any], label: str) -> bool:
        own = {"id", "title", "version", "original"}
        bare = {name: content[name] for name in content if name not in own}
        mark = digest(bare)
        first = self._seen.get(mark)
        if first is None or not content["id"].startswith("q-"):
            self._seen[mark] = (file, line)
            return False
        what = f"says what {first[0]}:{first[1]} says; one of the two is enough"
        self.refuse(file, line, "same-question", what, label)
        return True

    def keeper(self, said: Mapping[str, Any]) -> Callable[[str, bytes], str]:
        """Return what takes an attached file, and names it as said, or by what it holds."""
        listed = said.get("files")
        own = listed if isinstance(listed, list) else []

        def keep(name: str, data: bytes) -> str:
            try:
                found = read_media(name, data)
            except MediaUnusable as error:
                raise QuestionRefused(
                    "file-unusable", f"attaches {name[:60]}, which {error}"
                ) from error
            folder = KINDS[ending_of(name)].folder
            mark = found.digest.removeprefix("sha256:")[:8]
            stem = "".join(
                sign if sign.isascii() and sign.isalnum() else "-"
                for sign in PurePosixPath(name).stem
            ).strip("-")[:60]
            named = stem if stem.endswith(mark) else f"{stem}-{mark}".lstrip("-")
            placed = f"{folder}/{named}{ending_of(name)}"
            if f"{folder}/{name}" in own:
                placed = f"{folder}/{name}"
            self.media[placed] = found
            return placed

        return keep

    def loaded(self, names: Iterable[str]) -> LoadedBank:
        """Return everything that was read; files of questions do not say what bank they are."""
        if self.into.bank is None:
            what = "names no bank; say which bank the questions are for, as with --bank"
            self.faults.insert(0, FileFault(min(names), None, "", what))
        if not self.items and not self.faults:
            self.faults.append(FileFault(min(names), None, "", "holds no questions [no-questions]"))
        media = {**self.into.media, **self.media}
        return LoadedBank(
            self.into.bank, tuple(self.items), media, tuple(self.faults), tuple(self.notes)
        )


def label_of(name: str, line: int) -> str:
    """Return how a report calls a question that does not come in."""
    words = " ".join(name.split())[:60]
    return f"{words or 'question'} (line {line})"


def note_encoding(reading: QuestionReading, name: str, encoding: str) -> None:
    """Note that a file was not in UTF-8, and what it was taken for."""
    if encoding in {WESTERN, "iso-8859-15"}:
        what = f"is not UTF-8; it was read as {encoding}. Look at letters with accents [encoding]"
        reading.notes.append(FileFault(name, None, "", what))


def text_of(reading: QuestionReading, name: str, data: bytes) -> str | None:
    """Return the text of a file, its encoding noted; None, and why, for one that is not read."""
    if len(data) > LARGEST_TEXT:
        what = f"is larger than {LARGEST_TEXT // 1024 // 1024} MB; part it into several files"
        reading.refuse(name, None, "too-large", what)
        return None
    try:
        text, encoding = decoded(data)
    except EncodingUnreadable as error:
        reading.refuse(name, None, "encoding", str(error))
        return None
    note_encoding(reading, name, encoding)
    return text


def said_in(comment: str) -> Mapping[str, Any]:
    """Return what a comment of our own exports notes; nothing where it is another's."""
    bare = comment.strip()
    if not bare.startswith(SAID) or len(bare) > LONGEST_SAID:
        return {}
    try:
        found = json.loads(bare.removeprefix(SAID))
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def saying(said: Mapping[str, Any]) -> str:
    """Return a comment that `said_in` reads; no `--` is in it, which would end one of XML."""
    text = json.dumps(said, ensure_ascii=False, sort_keys=True)
    return SAID + text.replace("--", "-\\u002d")


def texts_said(said: Mapping[str, Any]) -> Iterator[str]:
    """Yield the texts that our own export noted as they stand in the bank."""
    listed = said.get("texts")
    yield from (one for one in (listed if isinstance(listed, list) else ()) if isinstance(one, str))
