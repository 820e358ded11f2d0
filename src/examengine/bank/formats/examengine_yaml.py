"""The project's own format: a folder with `bank.yaml`, one item per file, and what they show."""

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain, islice
from pathlib import PurePosixPath
from typing import Any, ClassVar

from examengine.bank import media
from examengine.bank.formats._format import Destination, Files, Format
from examengine.bank.formats._media import (
    load_media,
    media_faults,
    stands_as_media,
    with_digests,
)
from examengine.bank.formats._writing import item_id_of, write_files
from examengine.bank.formats._yaml import Reading, UnreadableLine, read_yaml
from examengine.bank.item_file import item_faults
from examengine.bank.item_types import _fields as check
from examengine.bank.item_types._fault import ItemFault
from examengine.bank.rules import (
    Area,
    Bank,
    FileFault,
    ItemVersion,
    Level,
    LoadedBank,
    LoadedItem,
    MediaFile,
    line_of,
)
from examengine.kernel.languages import is_language_tag

BANK_SCHEMA = "examengine/bank/1"
BANK_FILE = "bank.yaml"
LARGEST_FILE = 256 * 1024
PLAIN_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,59}")
"""Ids of banks, areas and levels."""
MOST_FAULTS = 50
"""How many faults of one file are told; whoever has mended those will hear of the rest."""
_BANK_TEXTS = ("title", "language", "description", "licence", "provenance")
_BANK_FIELDS = ("schema", "id", *_BANK_TEXTS, "content_areas", "cognitive_levels")

_EXAMPLE_BANK = b"""\
schema: examengine/bank/1
id: example
title: An example
language: en
description: One item.
licence: CC-BY-4.0
provenance: Written to show the format.
content_areas:
  - {id: change, title: Change, statement: Works out change.}
cognitive_levels:
  - {id: apply, title: Apply}
"""
_EXAMPLE_ITEM = b"""\
schema: examengine/item/1
id: EX-1
version: 1
type: single_choice
area: change
level: apply
seconds: 60
enemies: []
provenance: {author: examengine authors, written: 2026-11-28, licence: CC-BY-4.0}
stem: |
  A shop sold 20 umbrellas on Monday and 30 on Tuesday.

  By how much did sales rise, as a share of *Monday's* sales?
stimulus:
  - figure: {file: figures/sales.svg, alt: "Two bars, of 20 and of 30."}
options:
  - {id: a, text: By a third, rationale: Divides the rise by Tuesday's sales.}
  - {id: b, text: By a half, rationale: "Right: ten more on a base of twenty."}
  - {id: c, text: By a fifth, rationale: Divides the rise by the total sold.}
key: b
"""
_EXAMPLE_FIGURE = (
    b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 30 30">'
    b'<rect x="2" y="10" width="10" height="20"/><rect x="18" width="10" height="30"/></svg>'
)


class ExamengineYaml(Format):
    """`bank.yaml`, `items/**/*.yaml`, `figures/*`, `recordings/*`; it holds all of an item."""

    name = "examengine_yaml"
    title = "examengine YAML"
    endings = (".yaml", *media.KINDS)
    example: ClassVar[Files] = {
        BANK_FILE: _EXAMPLE_BANK,
        "items/EX-1.yaml": _EXAMPLE_ITEM,
        "figures/sales.svg": _EXAMPLE_FIGURE,
    }

    def takes(self, name: str) -> bool:
        """Take the bank's file, what stands in `items`, and figures."""
        if name.startswith("items/"):
            return name.endswith((".yaml", ".yml"))
        return name == BANK_FILE or stands_as_media(name)

    def recognises(self, files: Files) -> bool:
        """Tell by the ending; pictures and recordings may come alone, to replace others."""
        endings = {media.ending_of(name) for name in files}
        return bool(endings) and (
            not endings.isdisjoint({".yaml", ".yml"}) or endings <= media.KINDS.keys()
        )

    def placed(self, name: str) -> str:
        """Return `items/…`, `figures/…` or `recordings/…`."""
        bare = super().placed(name)
        if bare == BANK_FILE:
            return bare
        kind = media.KINDS.get(media.ending_of(bare))
        return f"items/{bare}" if kind is None else f"{kind.folder}/{bare}"

    def read(self, files: Files, into: Destination) -> LoadedBank:
        """Read a bank, or items for a bank that is there already."""
        faults: list[FileFault] = []
        files = _of_usable_size(files, faults)
        bank = into.bank
        if BANK_FILE in files or bank is None:
            bank = _load_bank(files.get(BANK_FILE), faults)
        known = {**into.media, **load_media(files, faults)}
        items = [
            item
            for name in sorted(files)
            if name != BANK_FILE and name.endswith(".yaml")
            for item in _load_item(name, files[name], known, faults)
        ]
        faults.extend(
            FileFault(name, None, "", _strange_ending(name))
            for name in sorted(files)
            if not name.endswith(".yaml") and media.ending_of(name) not in media.KINDS
        )
        return LoadedBank(bank, tuple(items), known, tuple(faults))

    def left_out(self, version: ItemVersion) -> str | None:  # noqa: ARG002
        """Return None: the format holds everything that an item can be."""
        return None

    def write(
        self, bank: Bank, items: Iterable[ItemVersion], media: Mapping[str, MediaFile]
    ) -> dict[str, bytes]:
        """Return `bank.yaml`, a file for each item, and what they show or play."""
        return write_files(bank, BANK_SCHEMA, items, media)


def _of_usable_size(files: Files, faults: list[FileFault]) -> Files:
    found: dict[str, bytes] = {}
    for name, data in files.items():
        if len(data) <= LARGEST_FILE or media.ending_of(name) in media.KINDS:
            found[name] = data
        else:
            what = f"is larger than {LARGEST_FILE // 1024} KB; say it in fewer words"
            faults.append(FileFault(name, None, "", what, _item_named(name)))
    return found


def _strange_ending(name: str) -> str:
    if name.endswith(".yml"):
        return "ends in .yml; item files end in .yaml"
    return "is neither an item (.yaml) nor something that items show or play; leave it out"


def _read(name: str, data: bytes, faults: list[FileFault]) -> Reading | None:
    try:
        reading = read_yaml(data.decode("utf-8"))
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        what = "is not UTF-8; save it in that encoding"
        faults.append(FileFault(name, line, "", what, _item_named(name)))
        return None
    faults.extend(_at(name, line) for line in reading.faults[:MOST_FAULTS])
    if reading.faults:
        return None
    if not isinstance(reading.value, dict):
        what = "holds no fields; write them as `name: value`"
        faults.append(FileFault(name, 1, "", what, _item_named(name)))
        return None
    return reading


def _at(name: str, line: UnreadableLine) -> FileFault:
    return FileFault(name, line.line, line.where, line.what, _item_named(name))


def _item_named(name: str) -> str | None:
    """Return the item that a file is named after, or None when it is no item file."""
    path = PurePosixPath(name)
    return item_id_of(path.stem) if path.suffix == ".yaml" and path.name != BANK_FILE else None


def _load_item(
    name: str, data: bytes, known: Mapping[str, MediaFile], faults: list[FileFault]
) -> Iterator[LoadedItem]:
    reading = _read(name, data, faults)
    if reading is None:
        return
    content = reading.value
    told = chain(item_faults(content), _named_after(content, name))
    found = list(islice(chain(told, media_faults(content, known)), MOST_FAULTS))
    faults.extend(
        FileFault(
            name, line_of(fault.where, reading.lines), fault.where, fault.what, _item_named(name)
        )
        for fault in found
    )
    if found:
        return
    yield LoadedItem(name, with_digests(content, known), reading.lines)


def _named_after(content: Mapping[str, Any], name: str) -> Iterator[ItemFault]:
    stem = PurePosixPath(name).stem
    if isinstance(content.get("id"), str) and content["id"] not in {stem, item_id_of(stem)}:
        yield ItemFault(
            "id", f"is {content['id'][:60]}, but the file is named {stem}; make them agree"
        )


def _load_bank(data: bytes | None, faults: list[FileFault]) -> Bank | None:
    if data is None:
        faults.append(FileFault(BANK_FILE, None, "", "is missing; it names the bank and its areas"))
        return None
    reading = _read(BANK_FILE, data, faults)
    if reading is None:
        return None
    content = reading.value
    found = tuple(islice(_bank_faults(content), MOST_FAULTS))
    faults.extend(
        FileFault(BANK_FILE, line_of(fault.where, reading.lines), fault.where, fault.what)
        for fault in found
    )
    return None if found else _bank_of(content)


def _bank_faults(content: Mapping[str, Any]) -> Iterator[ItemFault]:
    if content.get("schema") != BANK_SCHEMA:
        yield ItemFault("schema", f"must be {BANK_SCHEMA}")
    if not isinstance(content.get("id"), str) or not PLAIN_ID.fullmatch(content["id"]):
        yield ItemFault(
            "id", "must be 1 to 60 letters, digits, dots or hyphens, such as data-literacy"
        )
    yield from check.known(content, _BANK_FIELDS, at="")
    for name in _BANK_TEXTS:
        longest = {"language": 20, "title": 200, "licence": 200}.get(name, check.LONGEST_TEXT)
        yield from check.text(content, name, f"say the {name} of the bank", longest=longest)
    language = content.get("language")
    if isinstance(language, str) and language.strip() and not is_language_tag(language):
        yield ItemFault("language", f"is {language[:20]}; write its tag, such as en, de-CH or ar")
    yield from _listed(content, "content_areas", ("id", "title", "statement"))
    yield from _listed(content, "cognitive_levels", ("id", "title"))


def _listed(content: Mapping[str, Any], name: str, fields: tuple[str, ...]) -> Iterator[ItemFault]:
    listed = content.get(name, [])
    if not isinstance(listed, list):
        yield ItemFault(
            name, f"must list them, each with {', '.join(fields)}; [] when there are none"
        )
        return
    seen: set[str] = set()
    for index, entry in enumerate(listed):
        at = f"{name}[{index}]"
        if not isinstance(entry, Mapping):
            yield ItemFault(at, f"is no mapping; give it {', '.join(fields)}")
            continue
        yield from check.known(entry, fields, at=at)
        for field in fields:
            longest = 60 if field == "id" else 1_000
            yield from check.text(entry, field, "say it", at=at, longest=longest)
        if not PLAIN_ID.fullmatch(str(entry.get("id"))):
            yield ItemFault(f"{at}.id", "must be 1 to 60 letters, digits, dots or hyphens")
        if entry.get("id") in seen:
            yield ItemFault(f"{at}.id", f"repeats {entry['id']}; each must be its own")
        seen.add(str(entry.get("id")))


def _bank_of(content: Mapping[str, Any]) -> Bank:
    return Bank(
        id=content["id"],
        **{name: content[name].strip() for name in _BANK_TEXTS},
        areas=tuple(Area(**area) for area in content.get("content_areas", ())),
        levels=tuple(Level(**level) for level in content.get("cognitive_levels", ())),
    )


FORMAT = ExamengineYaml()
