"""File upload: one or several files, which a person marks."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, ClassVar

from examengine.bank.errors import ResponseMalformed
from examengine.bank.file_kinds import FILE_KINDS, FileKind, endings_of
from examengine.bank.file_names import cleaned_file_name
from examengine.bank.inline_text import plain
from examengine.bank.item_types import _fields as check
from examengine.bank.item_types._by_person import ByPerson
from examengine.bank.item_types._fault import Content, ItemFault
from examengine.bank.item_types._form_fields import (
    FormField,
    GroupField,
    LinesField,
    NumberField,
    TextField,
)
from examengine.bank.item_types._item_type import Fields, ItemType, Rationale
from examengine.bank.item_types._scoring_rules import ScoringRule, counted

MOST_FILES = 10
LARGEST_MB = 25
LARGEST_ANSWER_MB = 100
"""What all files of one answer may come to."""
MB = 1024 * 1024
_DEFAULTS: Mapping[str, int] = {"least": 1, "most": 1, "largest_mb": 10}
_KINDS_BY_DEFAULT = ("pdf",)
_PARTS = ("name", "size", "digest", "media_type")
_DIGEST = re.compile("sha256:[0-9a-f]{64}")
_FIELD = "response."
_WITHOUT = "response.without"


class FileUpload(ItemType):
    """Files. Response: of each its name, its size in bytes, its digest and its media type.

    The bytes are no part of it: they are stored by whoever takes the answer, under the digest. An
    answer lists the files in the order in which they were sent.
    """

    name = "file_upload"
    title = "File upload"
    kind = "files"
    by_person = True
    fields = frozenset({"files", "key", "scoring"})
    form_fields: ClassVar[tuple[FormField, ...]] = (
        GroupField(
            "files",
            "Files",
            fields=(
                NumberField("least", "At least", "So many make a whole answer; 1 if left empty."),
                NumberField("most", "At most", "1 if left empty."),
                NumberField("largest_mb", "Largest file, in MB", "10 if left empty."),
                LinesField(
                    "kinds",
                    "Kinds of files",
                    f"One a line, of {', '.join(FILE_KINDS)}; pdf if left empty.",
                ),
            ),
        ),
        TextField("key", "What a full answer holds", "For whoever marks it.", size="words"),
    )
    scoring_rules = (ByPerson(),)
    example: ClassVar[Content] = {
        "stem": "Draw the ground floor of the shop to scale, and work out in a spreadsheet what "
        "new shelves along two of its walls would cost. Send the drawing and the spreadsheet.",
        "files": {"least": 2, "most": 3, "largest_mb": 10, "kinds": ["pdf", "png", "xlsx"]},
        "key": "The drawing names its scale and agrees with the measures; the spreadsheet works "
        "out lengths and prices by formulas.",
        "rationale": "Whoever changes one measure should see what it costs without typing more.",
    }
    unfinished_example: ClassVar[object] = [
        {
            "name": "ground floor.pdf",
            "size": 52_100,
            "digest": "sha256:" + "5" * 64,
            "media_type": "application/pdf",
        }
    ]

    def faults(self, content: Content) -> Iterator[ItemFault]:
        """Check which files are taken, and what whoever marks goes by."""
        yield from check.text(content, "key", "say what a full answer holds, for whoever marks it")
        files = content.get("files", {})
        if not isinstance(files, Mapping):
            yield ItemFault("files", "must say which are taken: {most: 3, kinds: [pdf, xlsx]}")
            return
        yield from check.known(files, (*_DEFAULTS, "kinds"), at="files")
        yield from _kind_faults(files.get("kinds", list(_KINDS_BY_DEFAULT)))
        bounds = {"least": MOST_FILES, "most": MOST_FILES, "largest_mb": LARGEST_MB}
        limits = {name: files.get(name, default) for name, default in _DEFAULTS.items()}
        wrong = [name for name in bounds if not _is_count(limits[name], bounds[name])]
        for name in wrong:
            what = f"must be a whole number from 1 to {bounds[name]}, without quotes"
            yield ItemFault(f"files.{name}", what)
        if wrong:
            return
        least, most, largest = limits.values()
        if least > most:
            yield ItemFault("files.least", f"is more than the most, {most}; lower it")
        if most * largest > LARGEST_ANSWER_MB:
            what = f"allows {most * largest} MB in all; {LARGEST_ANSWER_MB} are the most"
            yield ItemFault("files.largest_mb", f"{what}, so lower it or the number of files")

    def controls(self, content: Content, order: Sequence[str]) -> Mapping[str, Any]:  # noqa: ARG002
        """Show which files are taken, how many and how large."""
        kinds = kinds_taken(content)
        titles = [kind.title for kind in kinds]
        return {
            "least": _limit(content, "least"),
            "most": most_files(content),
            "largest": largest_file(content),
            "largest_mb": _limit(content, "largest_mb"),
            "taken": " or ".join([part for part in (", ".join(titles[:-1]), titles[-1]) if part]),
            "accepts": endings_of(kinds),
        }

    def read(self, content: Content, raw: object) -> list[dict[str, Any]] | None:
        """Take a list of files, each described in full; whether it is stored is not known here."""
        if raw is None or raw == []:
            return None
        if not isinstance(raw, list):
            raise ResponseMalformed("a list of files is wanted")
        if len(raw) > most_files(content):
            raise ResponseMalformed(f"more than {counted(most_files(content), 'file')}")
        files = [_described(content, one) for one in raw]
        if len({one["digest"] for one in files}) < len(files):
            raise ResponseMalformed("one file is named twice")
        return files

    def read_fields(self, content: Content, fields: Fields) -> object:  # noqa: ARG002
        """Take each field that names a file and holds its description, but those to be left out."""
        without = set(fields.get(_WITHOUT, ()))
        described = [
            value
            for name, values in fields.items()
            if name.startswith(_FIELD) and name != _WITHOUT
            for value in values
            if value and name.removeprefix(_FIELD) not in without
        ]
        return [_from_json(one) for one in described]

    def echo(self, content: Content, response: Any) -> str | None:  # noqa: ARG002
        """Name the files that are there."""
        if response is None:
            return None
        names = ", ".join(one["name"] for one in response)
        return f"{counted(len(response), 'file')}: {names}."

    def unfinished(self, content: Content, response: Any) -> str | None:
        """Say how many files are still missing."""
        least = _limit(content, "least")
        if response is None or len(response) >= least:
            return None
        there = "1 file is" if len(response) == 1 else f"{len(response)} files are"
        return f"{there} there, and at least {least} are asked for."

    def scoring_rule(self, content: Content) -> ScoringRule:  # noqa: ARG002
        """Return the only rule, declared or not."""
        return self.scoring_rules[0]

    def in_words(self, content: Content, response: Any) -> str:  # noqa: ARG002
        """Name the files, with what tells each from every other."""
        if response is None:
            return "No answer"
        return "; ".join(
            f"{one['name']}, {file_size(one['size'])}, {one['digest']}" for one in response
        )

    def key_in_words(self, content: Content) -> str:
        """Say what whoever marks goes by."""
        return plain(content["key"])

    def key_response(self, content: Content) -> list[dict[str, Any]]:
        """Return as many files as are asked for; nobody has one that is right before it is read."""
        kind = kinds_taken(content)[0]
        return [
            {
                "name": f"answer {number}.{kind.endings[0]}",
                "size": 1024,
                "digest": f"sha256:{number:064x}",
                "media_type": kind.media_type,
            }
            for number in range(1, _limit(content, "least") + 1)
        ]

    def likely_mistakes(self, content: Content) -> tuple[Any, ...]:  # noqa: ARG002
        """Return none: what a file is worth is not known beforehand."""
        return ()

    def explanations(self, content: Content) -> tuple[Rationale, ...]:
        """Say what a full answer holds, and why."""
        key, why = plain(content["key"]), plain(content.get("rationale", ""))
        return (Rationale("full answer", key, why, right=None),)

    def category(self, content: Content, response: Any) -> str:  # noqa: ARG002
        """Count all that was sent as one: no two files are alike."""
        return "" if response is None else "sent"


def kinds_taken(content: Content) -> tuple[FileKind, ...]:
    """Return the kinds of files that an item takes, in its order."""
    named = content.get("files", {}).get("kinds", _KINDS_BY_DEFAULT)
    return tuple(FILE_KINDS[name] for name in named)


def most_files(content: Content) -> int:
    """Return how many files an answer may have."""
    return _limit(content, "most")


def largest_file(content: Content) -> int:
    """Return how many bytes one file of an answer may have."""
    return _limit(content, "largest_mb") * MB


def file_size(n_bytes: int) -> str:
    """Say a size: `812 bytes`, `51 KB`, `3.4 MB`, of 1,024 each."""
    if n_bytes < 1024:
        return counted(n_bytes, "byte")
    if n_bytes < MB:
        return f"{n_bytes / 1024:.0f} KB"
    return f"{n_bytes / MB:.1f} MB"


def _limit(content: Content, name: str) -> int:
    return int(content.get("files", {}).get(name, _DEFAULTS[name]))


def _is_count(value: object, most: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= most


def _kind_faults(kinds: object) -> Iterator[ItemFault]:
    if not isinstance(kinds, list) or not kinds:
        yield ItemFault("files.kinds", f"must list some of {', '.join(FILE_KINDS)}")
        return
    for index, kind in enumerate(kinds[: len(FILE_KINDS) + 1]):
        at = f"files.kinds[{index}]"
        if not isinstance(kind, str) or kind not in FILE_KINDS:
            yield ItemFault(at, f"is {str(kind)[:40]!r}; write one of {', '.join(FILE_KINDS)}")
        elif kind in kinds[:index]:
            yield ItemFault(at, f"repeats {kind!r}; name each once")


def _described(content: Content, one: object) -> dict[str, Any]:
    """Return the description of a file in canonical form.

    Raises:
        ResponseMalformed: It is none, or of a file that the item does not take.
    """
    if not isinstance(one, Mapping) or one.keys() != set(_PARTS):
        raise ResponseMalformed("each file has a name, a size, a digest and a media type")
    name, size, digest, media_type = (one[part] for part in _PARTS)
    if not isinstance(name, str) or cleaned_file_name(name) != name:
        raise ResponseMalformed("the name of a file is none that is stored")
    if not isinstance(digest, str) or not _DIGEST.fullmatch(digest):
        raise ResponseMalformed("the digest of a file is none")
    if not _is_count(size, largest_file(content)):
        largest = _limit(content, "largest_mb")
        raise ResponseMalformed(f"a file has 1 byte at least and {largest} MB at most")
    if media_type not in [kind.media_type for kind in kinds_taken(content)]:
        raise ResponseMalformed("a file is of a kind that this question does not take")
    return {"name": name, "size": size, "digest": digest, "media_type": media_type}


def _from_json(text: str) -> object:
    """Return what a field says.

    Raises:
        ResponseMalformed: It is no JSON.
    """
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        raise ResponseMalformed("what describes a file cannot be read") from None


ITEM_TYPE = FileUpload()
