"""Formats in which banks come and go, one file each; `FORMATS` finds them by name.

To add a format, add a file that brings `FORMAT`, a `Format` with its own `example`. The
conformance suite picks it up and checks it; commands and pages offer it.
"""

import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

from examengine.bank.formats._format import Destination, Files, Format
from examengine.bank.media import KINDS, ending_of
from examengine.bank.rules import FileFault, LoadedBank
from examengine.kernel import plugins

FORMATS: Mapping[str, Format] = MappingProxyType(
    plugins.load(sys.modules[__name__], attribute="FORMAT")
)

LARGEST_READ = 16 * 1024 * 1024
"""What of one file is looked at, in bytes, where it is nothing that items show or play: of that it
is as much as may be. A format refuses what is larger than its own limit."""
MOST_FILES = 20_000
MOST_NAMED = 20
"""How many files that cannot be read are named."""

__all__ = [
    "FORMATS",
    "Destination",
    "Files",
    "Format",
    "format_of",
    "load_files",
    "load_folder",
    "load_sent",
]


def format_of(files: Files) -> Format | None:
    """Return the format that files are in, or None when no format recognises them."""
    return next((each for each in FORMATS.values() if each.recognises(files)), None)


def load_files(files: Files, into: Destination | None = None) -> LoadedBank:
    """Read files in whatever format they are in.

    Args:
        files: What each file holds, by its name in the folder of the bank.
        into: The bank they are for; None when they must say it themselves.
    """
    found = format_of(files)
    return _unrecognised(files) if found is None else found.read(files, into or Destination())


def load_sent(sent: Files, into: Destination) -> LoadedBank:
    """Read uploaded files, whose names may have lost the folder they stood in."""
    found = format_of(sent)
    if found is None:
        return _unrecognised(sent)
    return found.read({found.placed(name): data for name, data in sent.items()}, into)


def load_folder(path: Path, into: Destination | None = None) -> LoadedBank:
    """Read a bank from a folder, or from one file.

    Other files may stand in the folder, such as the description of an exam: each format takes
    those that are its own by name, and the format that recognises what it took reads them.
    """
    if not path.exists():
        return _nothing(str(path), "is not there; give the folder of a bank, or one file of items")
    names = _names_in(path)
    faults: list[FileFault] = []
    for each in FORMATS.values():
        taken = {name: place for name, place in names.items() if each.takes(name)}
        files = _contents(taken, faults) if taken else {}
        if each.recognises(files):
            loaded = each.read(files, into or Destination())
            return replace(loaded, faults=(*faults, *loaded.faults))
        faults.clear()
    return _nothing(str(path), f"holds no items in a format that is read here: {_readable()}")


def _names_in(path: Path) -> dict[str, Path]:
    """Return the files of a folder by their name in it, hidden ones left out."""
    if path.is_file():
        return {path.name: path}
    found = (place for place in sorted(path.rglob("*")) if place.is_file())
    named = {place.relative_to(path).as_posix(): place for place in found}
    seen = [name for name in named if not any(part.startswith(".") for part in name.split("/"))]
    return {name: named[name] for name in seen[:MOST_FILES]}


def _contents(places: Mapping[str, Path], faults: list[FileFault]) -> dict[str, bytes]:
    files: dict[str, bytes] = {}
    for name, place in places.items():
        try:
            with place.open("rb") as opened:
                files[name] = opened.read(_largest(name) + 1)
        except OSError as error:
            faults.append(FileFault(name, None, "", f"cannot be read: {error.strerror}"))
    return files


def _largest(name: str) -> int:
    kind = KINDS.get(ending_of(name))
    return LARGEST_READ if kind is None else kind.largest


def _unrecognised(files: Files) -> LoadedBank:
    what = f"is in no format that is read here: {_readable()}"
    faults = tuple(FileFault(name, None, "", what) for name in sorted(files)[:MOST_NAMED])
    return LoadedBank(None, (), {}, faults)


def _readable() -> str:
    return "; ".join(f"{each.title} ({', '.join(each.endings)})" for each in FORMATS.values())


def _nothing(name: str, what: str) -> LoadedBank:
    return LoadedBank(None, (), {}, (FileFault(name, None, "", what),))
