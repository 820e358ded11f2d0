"""Pictures, recordings and videos beside the items of a format: read, and named by digest."""

from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath
from typing import Any

from examengine.bank.formats._format import Files
from examengine.bank.item_types._fault import ItemFault
from examengine.bank.item_types._stimulus import media_of
from examengine.bank.media import KINDS, MediaUnusable, ending_of, read_media
from examengine.bank.rules import FileFault, MediaFile


def stands_as_media(name: str) -> bool:
    """Tell whether a file stands where pictures or recordings of a bank do."""
    kind = KINDS.get(ending_of(name))
    return kind is not None and PurePosixPath(name).parts[0] == kind.folder


def load_media(files: Files, faults: list[FileFault]) -> dict[str, MediaFile]:
    """Return the pictures and recordings among files, by name; what is wrong joins `faults`."""
    found: dict[str, MediaFile] = {}
    for name in sorted(name for name in files if ending_of(name) in KINDS):
        try:
            found[name] = read_media(name, files[name])
        except MediaUnusable as error:
            faults.append(FileFault(name, None, "", str(error)))
    return found


def media_faults(content: Mapping[str, Any], known: Mapping[str, MediaFile]) -> Iterator[ItemFault]:
    """Say which files an item names that are not there, or cannot be used."""
    for where, body in media_of(content):
        name = body.get("file")
        if isinstance(name, str) and name not in known:
            yield ItemFault(f"{where}.file", f"names {name[:80]}, and there is no such usable file")


def with_digests(content: dict[str, Any], known: Mapping[str, MediaFile]) -> dict[str, Any]:
    """Return the content with each file named by its digest: another picture, another item."""
    found = dict(content)
    if "media" in content:
        found["media"] = [_with_digest(one, known) for one in content["media"]]
    if "picture" in content:
        found["picture"] = _with_digest(content["picture"], known)
    if "stimulus" in content:
        found["stimulus"] = [
            {name: _with_digest(body, known) for name, body in part.items()}
            for part in content["stimulus"]
        ]
    return found


def _with_digest(body: Mapping[str, Any], known: Mapping[str, MediaFile]) -> dict[str, Any]:
    """Return something that may name a file, and may hold others that do, with the digests."""
    found = {
        name: _with_digest(inner, known) if isinstance(inner, Mapping) else inner
        for name, inner in body.items()
    }
    return {**found, "digest": known[body["file"]].digest} if "file" in body else found
