"""Packages of QTI, good and hostile, and reading them."""

import io
import stat
import zipfile
from collections.abc import Mapping
from typing import Any

from examengine.bank.formats import Destination, load_files
from examengine.bank.rules import Area, Bank, Level, LoadedBank

BANK = Bank(
    id="given",
    title="A bank that is there",
    description="For items that come alone.",
    language="en",
    licence="CC-BY-4.0",
    provenance="Written for a test.",
    areas=(Area("change", "Change", "Works out change."),),
    levels=(Level("apply", "Apply"),),
)
DRAWING = (
    b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 30 30">'
    b'<rect x="2" y="10" width="10" height="20"/></svg>'
)


def package(entries: Mapping[str, bytes | str]) -> bytes:
    """A zip file of entries."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as made:
        for name, data in entries.items():
            made.writestr(name, data)
    return held.getvalue()


def with_link(name: str, to: str) -> bytes:
    """A zip file with a symbolic link in it."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as made:
        entry = zipfile.ZipInfo(name)
        entry.external_attr = (stat.S_IFLNK | 0o777) << 16
        made.writestr(entry, to)
    return held.getvalue()


def manifest(*items: str, more: str = "") -> str:
    """A manifest that names items."""
    resources = "".join(
        f'<resource identifier="r{n}" type="imsqti_item_xmlv3p0" href="{item}"/>'
        for n, item in enumerate(items)
    )
    return (
        '<manifest xmlns="http://www.imsglobal.org/xsd/imscp_v1p1" identifier="m">'
        f"<resources>{resources}{more}</resources></manifest>"
    )


def read(files: Mapping[str, bytes]) -> LoadedBank:
    """What reading files for the bank gives."""
    return load_files(files, Destination(BANK))


def contents(loaded: LoadedBank) -> dict[str, Any]:
    """The contents of items by id."""
    return {item.id: item.content for item in loaded.items}
