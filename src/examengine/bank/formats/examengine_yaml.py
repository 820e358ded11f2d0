"""The project's own format: a folder with `bank.yaml`, one item per file, and SVG figures.

Reading never raises for what a file says: every fault is listed with its file, line and field,
and what would be right. What has no fault can be imported as it is.
"""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import Any

from examengine.bank.figures import figure_fault
from examengine.bank.formats._writing import write_files
from examengine.bank.formats._yaml import Line, Reading, line_of, read_yaml
from examengine.bank.item_file import ITEM_ID, item_faults
from examengine.bank.item_types import _fields as check
from examengine.bank.item_types._fault import Fault
from examengine.bank.item_types._stimulus import figures_of
from examengine.bank.rules import (
    Area,
    Bank,
    Figure,
    FileFault,
    ItemVersion,
    Level,
    LoadedBank,
    LoadedItem,
)
from examengine.kernel.digest import digest_of_bytes

BANK_SCHEMA = "examengine/bank/1"
BANK_FILE = "bank.yaml"
LARGEST_FILE = 256 * 1024
MOST_FILES = 20_000
_BANK_TEXTS = ("title", "language", "description", "licence", "provenance")
_BANK_FIELDS = ("schema", "id", *_BANK_TEXTS, "content_areas", "cognitive_levels")

Files = Mapping[str, bytes]


def load_folder(folder: Path) -> LoadedBank:
    """Read a bank from a folder."""
    if not folder.is_dir():
        what = "is no folder; give the folder that holds bank.yaml"
        return LoadedBank(None, (), {}, (FileFault(str(folder), None, "", what),))
    files: dict[str, bytes] = {}
    faults: list[FileFault] = []
    for path in _bank_files(folder):
        name = path.relative_to(folder).as_posix()
        try:
            files[name] = path.read_bytes() if path.stat().st_size <= LARGEST_FILE else b""
        except OSError as error:
            faults.append(FileFault(name, None, "", f"cannot be read: {error.strerror}"))
        if name in files and not files[name]:
            what = f"is empty, or larger than {LARGEST_FILE // 1024} KB"
            faults.append(FileFault(name, None, "", what))
            del files[name]
    loaded = load_files(files)
    return LoadedBank(loaded.bank, loaded.items, loaded.figures, (*faults, *loaded.faults))


def load_files(
    files: Files, bank: Bank | None = None, figures: Mapping[str, Figure] | None = None
) -> LoadedBank:
    """Read a bank, or items for a bank that is there already.

    Args:
        files: What each file holds, by its name in the folder of the bank.
        bank: The bank the items are for; it may then be left out of the files.
        figures: Figures the bank has already, by the name its items use.
    """
    faults: list[FileFault] = []
    if BANK_FILE in files or bank is None:
        bank = _load_bank(files.get(BANK_FILE), faults)
    known = {**(figures or {}), **_load_figures(files, faults)}
    items = [
        item
        for name in sorted(files)
        if name != BANK_FILE and name.endswith(".yaml")
        for item in _load_item(name, files[name], known, faults)
    ]
    faults.extend(
        FileFault(name, None, "", _strange_ending(name))
        for name in sorted(files)
        if not name.endswith((".yaml", ".svg"))
    )
    return LoadedBank(bank, tuple(items), known, tuple(faults))


def bank_files(
    bank: Bank, items: Iterable[ItemVersion], figures: Mapping[str, Figure]
) -> dict[str, bytes]:
    """Return the files of a bank; reading them gives item versions with the same digests.

    Args:
        bank: The bank.
        items: The item versions to write.
        figures: The figures they show, by digest.
    """
    return write_files(bank, BANK_SCHEMA, items, figures)


def _strange_ending(name: str) -> str:
    if name.endswith(".yml"):
        return "ends in .yml; item files end in .yaml"
    return "is neither an item (.yaml) nor a figure (.svg); leave it out"


def placed(name: str) -> str:
    """Return where an uploaded file would stand in a bank's folder; browsers send bare names."""
    bare = PurePosixPath(name.replace("\\", "/")).name
    if bare == BANK_FILE:
        return bare
    return f"figures/{bare}" if bare.endswith(".svg") else f"items/{bare}"


def _bank_files(folder: Path) -> list[Path]:
    found = [folder / BANK_FILE, *folder.glob("items/**/*.y*ml"), *folder.glob("figures/*.svg")]
    return sorted(path for path in found if path.is_file())[:MOST_FILES]


def _read(name: str, data: bytes, faults: list[FileFault]) -> Reading | None:
    try:
        reading = read_yaml(data.decode("utf-8"))
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        faults.append(FileFault(name, line, "", "is not UTF-8; save it in that encoding"))
        return None
    faults.extend(_at(name, line) for line in reading.faults)
    if reading.faults:
        return None
    if not isinstance(reading.value, dict):
        faults.append(FileFault(name, 1, "", "holds no fields; write them as `name: value`"))
        return None
    return reading


def _at(name: str, line: Line) -> FileFault:
    return FileFault(name, line.line, line.where, line.what)


def _load_item(
    name: str, data: bytes, figures: Mapping[str, Figure], faults: list[FileFault]
) -> Iterator[LoadedItem]:
    reading = _read(name, data, faults)
    if reading is None:
        return
    content = reading.value
    found = [*item_faults(content), *_named_after(content, name)]
    found.extend(_figure_faults(content, figures))
    faults.extend(
        FileFault(name, line_of(fault.where, reading.lines), fault.where, fault.what)
        for fault in found
    )
    if found:
        return
    yield LoadedItem(name, _with_digests(content, figures), reading.lines)


def _named_after(content: Mapping[str, Any], name: str) -> Iterator[Fault]:
    stem = PurePosixPath(name).stem
    if isinstance(content.get("id"), str) and content["id"] != stem:
        yield Fault("id", f"is {content['id'][:60]}, but the file is named {stem}; make them agree")


def _figure_faults(content: Mapping[str, Any], figures: Mapping[str, Figure]) -> Iterator[Fault]:
    for index, figure in figures_of(content):
        name = figure.get("file")
        if isinstance(name, str) and name not in figures:
            where = f"stimulus[{index}].figure.file"
            yield Fault(where, f"names {name[:80]}, and there is no such usable figure")


def _with_digests(content: dict[str, Any], figures: Mapping[str, Figure]) -> dict[str, Any]:
    """Return the content with each figure named by its digest: another drawing, another item."""
    if "stimulus" not in content:
        return content
    parts = [
        {"figure": {**part["figure"], "digest": figures[part["figure"]["file"]].digest}}
        if "figure" in part
        else part
        for part in content["stimulus"]
    ]
    return {**content, "stimulus": parts}


def _load_figures(files: Files, faults: list[FileFault]) -> dict[str, Figure]:
    found: dict[str, Figure] = {}
    for name in sorted(name for name in files if name.endswith(".svg")):
        try:
            svg = files[name].decode("utf-8")
        except UnicodeDecodeError:
            faults.append(FileFault(name, None, "", "is not UTF-8; save it in that encoding"))
            continue
        fault = figure_fault(svg)
        if fault is not None:
            faults.append(FileFault(name, None, "", fault))
            continue
        found[name] = Figure(digest_of_bytes(files[name]), svg)
    return found


def _load_bank(data: bytes | None, faults: list[FileFault]) -> Bank | None:
    if data is None:
        faults.append(FileFault(BANK_FILE, None, "", "is missing; it names the bank and its areas"))
        return None
    reading = _read(BANK_FILE, data, faults)
    if reading is None:
        return None
    content = reading.value
    found = tuple(_bank_faults(content))
    faults.extend(
        FileFault(BANK_FILE, line_of(fault.where, reading.lines), fault.where, fault.what)
        for fault in found
    )
    return None if found else _bank_of(content)


def _bank_faults(content: Mapping[str, Any]) -> Iterator[Fault]:
    if content.get("schema") != BANK_SCHEMA:
        yield Fault("schema", f"must be {BANK_SCHEMA}")
    if not isinstance(content.get("id"), str) or not ITEM_ID.fullmatch(content["id"]):
        yield Fault("id", "must be 1 to 60 letters, digits, dots or hyphens, such as data-literacy")
    yield from check.known(content, _BANK_FIELDS, at="")
    for name in _BANK_TEXTS:
        longest = {"language": 20, "title": 200, "licence": 200}.get(name, check.LONGEST_TEXT)
        yield from check.text(content, name, f"say the {name} of the bank", longest=longest)
    yield from _listed(content, "content_areas", ("id", "title", "statement"))
    yield from _listed(content, "cognitive_levels", ("id", "title"))


def _listed(content: Mapping[str, Any], name: str, fields: tuple[str, ...]) -> Iterator[Fault]:
    listed = content.get(name)
    if not isinstance(listed, list) or not listed:
        yield Fault(name, f"is missing; list them, each with {', '.join(fields)}")
        return
    seen: set[str] = set()
    for index, entry in enumerate(listed):
        at = f"{name}[{index}]"
        if not isinstance(entry, Mapping):
            yield Fault(at, f"is no mapping; give it {', '.join(fields)}")
            continue
        yield from check.known(entry, fields, at=at)
        for field in fields:
            longest = 60 if field == "id" else 1_000
            yield from check.text(entry, field, "say it", at=at, longest=longest)
        if not ITEM_ID.fullmatch(str(entry.get("id"))):
            yield Fault(f"{at}.id", "must be 1 to 60 letters, digits, dots or hyphens")
        if entry.get("id") in seen:
            yield Fault(f"{at}.id", f"repeats {entry['id']}; each must be its own")
        seen.add(str(entry.get("id")))


def _bank_of(content: Mapping[str, Any]) -> Bank:
    return Bank(
        id=content["id"],
        **{name: content[name].strip() for name in _BANK_TEXTS},
        areas=tuple(Area(**area) for area in content["content_areas"]),
        levels=tuple(Level(**level) for level in content["cognitive_levels"]),
    )
