"""Packages of QTI (zip), opened within limits; what is hostile in one refuses it as a whole."""

import stat
import zipfile
from collections.abc import Iterator, Mapping
from io import BytesIO
from itertools import islice
from pathlib import PurePosixPath
from posixpath import normpath
from urllib.parse import unquote

from examengine.bank.media import KINDS, ending_of
from examengine.bank.rules import FileFault

MOST_ENTRIES = 8_000
LARGEST_ENTRY = 16 * 1024 * 1024
LARGEST_PACKAGE = 128 * 1024 * 1024
"""Of all entries together, unpacked."""
HIGHEST_RATIO = 200
"""How much larger an entry may be than it is packed, where it is larger than a megabyte."""
DEEPEST_FOLDER = 20
LONGEST_NAME = 300
PACKAGES = (".zip", ".imscc")
"""Endings of packages: Common Cartridges are zip files under another name."""
_READ = (".xml", ".dat", ".qti", *PACKAGES, *KINDS)
_HEAD = 8_192
_MOST_HEADS = 2_000
_MEGABYTE = 1024 * 1024


class PackageRefused(Exception):
    """A package that is not opened; the message says why, and what would be right."""


def opened_packages(files: Mapping[str, bytes], faults: list[FileFault]) -> dict[str, bytes]:
    """Return files with those in packages, as `package.zip/name`; refusals join `faults`."""
    found: dict[str, bytes] = {}
    for name, data in files.items():
        if not name.lower().endswith(PACKAGES):
            found[name] = data
            continue
        try:
            for inner, held in entries_of(data, _READ):
                if inner.lower().endswith(PACKAGES):
                    what = f"holds the package {inner[:80]!r}, which is not opened; send it alone"
                    faults.append(FileFault(name, None, "", what))
                else:
                    found[f"{name}/{inner}"] = held
        except PackageRefused as refused:
            faults.append(FileFault(name, None, "", str(refused)))
    return found


def heads_in(data: bytes, endings: tuple[str, ...]) -> Iterator[bytes]:
    """Yield how the entries of a package begin, as far as it can be opened; nothing is refused."""
    try:
        with zipfile.ZipFile(BytesIO(data)) as package:
            named = (one for one in package.infolist() if one.filename.lower().endswith(endings))
            for one in islice(named, _MOST_HEADS):
                with package.open(one) as entry:
                    yield entry.read(_HEAD)
    except (zipfile.BadZipFile, ValueError, OSError, EOFError, NotImplementedError, RuntimeError):
        return
    except zipfile.zlib.error:  # type: ignore[attr-defined]
        return


def entries_of(data: bytes, endings: tuple[str, ...]) -> list[tuple[str, bytes]]:
    """Return the entries of a package that have one of some endings.

    Raises:
        PackageRefused: It is no zip file, or one that nobody would send who means well.
    """
    try:
        with zipfile.ZipFile(BytesIO(data)) as package:
            listed = [one for one in package.infolist() if not one.is_dir()]
            _refuse_hostile(listed)
            return list(_read(package, listed, endings))
    except (zipfile.BadZipFile, zipfile.LargeZipFile, EOFError, ValueError, OSError) as error:
        raise PackageRefused(f"is no usable zip file: {error}") from None
    except (NotImplementedError, RuntimeError) as error:
        raise PackageRefused(f"is packed in a way that is not read: {error}") from None
    except zipfile.zlib.error as error:  # type: ignore[attr-defined]
        raise PackageRefused(f"is damaged: {error}") from None


def _refuse_hostile(listed: list[zipfile.ZipInfo]) -> None:
    if len(listed) > MOST_ENTRIES:
        raise PackageRefused(f"has {len(listed)} entries; {MOST_ENTRIES} are the most")
    total = sum(one.file_size for one in listed)
    if total > LARGEST_PACKAGE:
        raise PackageRefused(f"unpacks to {total} bytes; {LARGEST_PACKAGE} are the most")
    seen: set[str] = set()
    for one in listed:
        why = _hostile(one)
        if why is None and one.filename.casefold() in seen:
            why = "stands twice, capital letters apart; give each file its own name"
        if why is not None:
            raise PackageRefused(f"has the entry {one.filename[:80]!r}, which {why}")
        seen.add(one.filename.casefold())


def _hostile(entry: zipfile.ZipInfo) -> str | None:
    packed = max(entry.compress_size, 1)
    if stat.S_ISLNK(entry.external_attr >> 16):
        return "is a link; put the file itself there"
    if entry.flag_bits & 1:
        return "is encrypted; pack it without a password"
    if entry.file_size > LARGEST_ENTRY:
        return f"unpacks to {entry.file_size} bytes; {LARGEST_ENTRY} are the most"
    if entry.file_size > _MEGABYTE and entry.file_size / packed > HIGHEST_RATIO:
        return f"unpacks to {entry.file_size // packed} times its size"
    return _hostile_name(entry.filename)


def _hostile_name(name: str) -> str | None:
    parts = PurePosixPath(name).parts
    if name.startswith("/") or ".." in parts or "\\" in name or ":" in name.partition("/")[0]:
        return "leads out of the package"
    if len(name) > LONGEST_NAME or len(parts) > DEEPEST_FOLDER:
        return f"has more than {LONGEST_NAME} signs or {DEEPEST_FOLDER} folders"
    return None if name.isprintable() else "has signs in its name that cannot be printed"


def _read(
    package: zipfile.ZipFile, listed: list[zipfile.ZipInfo], endings: tuple[str, ...]
) -> Iterator[tuple[str, bytes]]:
    room = LARGEST_PACKAGE
    for one in listed:
        if not one.filename.lower().endswith(endings) or "__MACOSX" in one.filename:
            continue
        if one.filename.lower().endswith(PACKAGES):
            yield one.filename, b""
            continue
        with package.open(one) as entry:
            data = entry.read(min(LARGEST_ENTRY, room) + 1)
        if len(data) > min(LARGEST_ENTRY, room):
            raise PackageRefused(f"has the entry {one.filename[:80]!r}, which is larger than told")
        room -= len(data)
        yield one.filename, data


def beside(name: str, address: str) -> str | None:
    """Return the file that an address in another file means; None for one that is elsewhere."""
    path = unquote(address.partition("#")[0].partition("?")[0])
    if not path or "://" in address or path.startswith(("/", "data:", "javascript:")):
        return None
    found = normpath(str(PurePosixPath(name).parent / path))
    return None if found.startswith("..") else found


def file_beside(files: Mapping[str, bytes], name: str, address: str) -> str | None:
    """Return the file an address means among files, which may have lost their folders; or None."""
    found = beside(name, address)
    if found is None or found in files:
        return found
    bare = [one for one in files if one == PurePosixPath(found).name]
    return bare[0] if bare else None


def is_media(name: str) -> bool:
    """Tell by its ending whether a file is shown or played."""
    return ending_of(name) in KINDS
