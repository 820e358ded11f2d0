"""Reading files of QTI: items, alone or in packages, each taken, taken with notes, or refused."""

import json
import re
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from io import BytesIO
from pathlib import PurePosixPath
from typing import Any

from lxml import etree

from examengine.bank.formats._media import media_faults, with_digests
from examengine.bank.formats._next_version import with_version
from examengine.bank.formats._qti_content import qti_content, refuse_unreadable
from examengine.bank.formats._qti_native import native_content
from examengine.bank.formats._qti_package import file_beside, is_media
from examengine.bank.item_file import HIGHEST_PLACE, ITEM_ID, LONGEST_ORIGINAL, SCHEMA, item_faults
from examengine.bank.item_types._stimulus import media_of
from examengine.bank.media import KINDS, MediaUnusable, ending_of, read_media
from examengine.bank.qti.item import QtiItem, item_of
from examengine.bank.qti.media_elements import files_named
from examengine.bank.qti.nodes import QtiNode
from examengine.bank.qti.refusal import QtiRefused, RefusedBecause
from examengine.bank.qti.xml_reading import read_xml, xml_text
from examengine.bank.qti.xml_writing import write_xml
from examengine.bank.rules import FileFault, ItemVersion, LoadedItem, MediaFile
from examengine.kernel.digest import digest, digest_of_bytes

MOST_ITEMS = 10_000
OWN = "urn:examengine:item"
"""The namespace in which our own packages say what QTI has no word for."""
_NO_ID = re.compile(r"[^A-Za-z0-9_.:-]+")
_NAMED = re.compile(r"[^A-Za-z0-9]+")


@dataclass(slots=True)
class QtiReading:
    """What reading files has found so far.

    Attributes:
        files: What is read, packages opened.
        known: The pictures and recordings of the bank, by the name that items use.
        latest: The newest version of each item of the bank, by id.
        items: The items that come in.
        faults: What cannot be used.
    """

    files: Mapping[str, bytes]
    known: dict[str, MediaFile]
    latest: Mapping[str, ItemVersion] = field(default_factory=dict)
    items: list[LoadedItem] = field(default_factory=list)
    faults: list[FileFault] = field(default_factory=list)
    _own: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    _tests: dict[str, str] = field(default_factory=dict)
    _digests: dict[str, str] = field(default_factory=dict)
    _including: set[str] = field(default_factory=set)
    _media: dict[str, str | MediaUnusable] = field(default_factory=dict)
    _stimuli: dict[str, str] = field(default_factory=dict)

    def read_all(self) -> None:
        """Read every XML file: manifests first, which name what must be there."""
        roots = dict(self._roots())
        for name, root in roots.items():
            if root.name == "qti-manifest":
                self._manifest(name, root)
            elif root.name in {"qti-assessment-test", "qti-assessment-section"}:
                self._test(name, root)
        named = [name for name, root in roots.items() if root.name == "qti-assessment-item"]
        for name in named[:MOST_ITEMS]:
            self._item(name, roots[name])
        self._gather_sets(roots)
        if len(named) > MOST_ITEMS:
            what = f"and others hold {len(named)} items; {MOST_ITEMS} are the most"
            self.faults.append(FileFault(named[MOST_ITEMS], None, "", what))
        if not named and not self.faults:
            what = "holds no item; send the items of the test, or their package"
            self.faults.append(FileFault(min(self.files, default="these files"), None, "", what))

    def _gather_sets(self, roots: Mapping[str, QtiNode]) -> None:
        """Make a set of the items that show one and the same stimulus, in the order of the files.

        Its id is that of the stimulus, with the digest of its text: another package may use the
        same identifier.
        """
        sharing: dict[str, list[int]] = {}
        for place, item in enumerate(self.items):
            beside = self._stimuli.get(item.file)
            if beside is not None and "set" not in item.content:
                sharing.setdefault(beside, []).append(place)
        for beside, places in sharing.items():
            if not 2 <= len(places) <= HIGHEST_PLACE:
                continue
            said = roots[beside].get("identifier") if beside in roots else ""
            named = _NO_ID.sub("-", said).lstrip(".:-")[:40] or "stimulus"
            set_id = f"{named}-{digest_of_bytes(self.files[beside]).removeprefix('sha256:')[:8]}"
            for number, place in enumerate(places, start=1):
                item = self.items[place]
                content = {**item.content, "set": {"id": set_id, "place": number}}
                self.items[place] = replace(item, content=content)

    def _roots(self) -> Iterator[tuple[str, QtiNode]]:
        for name in sorted(self.files):
            if not name.lower().endswith(".xml"):
                continue
            try:
                yield name, self._included(name, read_xml(self.files[name]))
            except QtiRefused as refused:
                if _may_be_item(self.files[name]):
                    self._refuse(name, refused, None)

    def _included(self, name: str, root: QtiNode) -> QtiNode:
        """Return a document with the parts that it includes from other files beside it."""
        if not any(node.name == "xi:include" for node in root.all()):
            return root
        self._including.add(name)
        return self._with_parts(name, root, depth=0)

    def _with_parts(self, name: str, node: QtiNode, depth: int) -> QtiNode:
        children: list[QtiNode | str] = []
        for child in node.children:
            if isinstance(child, str):
                children.append(child)
            elif child.name != "xi:include":
                children.append(self._with_parts(name, child, depth))
            else:
                beside = file_beside(self.files, name, child.get("href"))
                if beside is None or beside not in self.files or depth:
                    what = f"includes {child.get('href')[:80]}, which is not among the files"
                    raise QtiRefused(RefusedBecause.MALFORMED, what, child.line)
                part = self._with_parts(beside, read_xml(self.files[beside]), depth + 1)
                children.append(part)
        return QtiNode(node.name, node.attributes, tuple(children), node.line)

    def _refuse(self, name: str, refused: QtiRefused, item_id: str | None) -> None:
        what = f"{refused.what} ({refused.because})"
        self.faults.append(FileFault(name, refused.line, "", what, item_id))

    def _manifest(self, name: str, root: QtiNode) -> None:
        """Keep what a manifest says of items, and tell what it names and is not there."""
        for resource in (node for node in root.all() if node.name == "qti-resource"):
            address = resource.get("href")
            found = file_beside(self.files, name, address) if address else None
            item = resource.get("type").startswith("imsqti_item")
            if item and (found is None or found not in self.files):
                what = f"names the item {address[:80]!r}, which is not among the files"
                self.faults.append(FileFault(name, resource.line, "resource", what))
                continue
            own = next((one for one in resource.all() if one.name == "other:item"), None)
            if found is not None and own is not None:
                self._keep_own(name, found, own)

    def _keep_own(self, name: str, item: str, own: QtiNode) -> None:
        """Keep the content that we wrote beside an item, if the item is still the one we wrote."""
        if own.get("digest") != digest_of_bytes(self.files[item]):
            return
        try:
            content = json.loads(own.text)
        except (ValueError, RecursionError):
            what = "holds a description of an item that is no JSON; leave it out"
            self.faults.append(FileFault(name, own.line, "", what))
            return
        if not isinstance(content, dict) or list(item_faults(content)):
            return
        for _, file in media_of(content):
            found = file_beside(self.files, name, file["file"])
            if found is not None and found in self.files and is_media(found):
                self._keep_file(file["file"], found)
        if not list(media_faults(content, self.known)):
            self._own[item] = with_digests(content, self.known)

    def _keep_file(self, file: str, found: str) -> None:
        """Keep a file of an item of ours under the name that the item has for it."""
        try:
            self.known[file] = read_media(found, self.files[found])
        except MediaUnusable as error:
            self.faults.append(FileFault(found, None, "", str(error)))

    def _test(self, name: str, root: QtiNode) -> None:
        """Note for which items a test says an order and rules, which are not imported."""
        title = root.get("title") or root.get("identifier") or PurePosixPath(name).name
        for node in root.all():
            if node.name == "qti-assessment-item-ref":
                found = file_beside(self.files, name, node.get("href"))
                if found is not None:
                    self._tests.setdefault(found, title)

    def _item(self, name: str, root: QtiNode) -> None:
        identifier = root.get("identifier").strip()[:200]
        try:
            item = item_of(root)
            refuse_unreadable(item)
            content = self._own.get(name) or self._content(name, item)
        except QtiRefused as refused:
            self._refuse(name, refused, _item_id(identifier, name))
            return
        placed = self._placed(dict(content))
        if placed is None:
            return
        told = list(item_faults(placed))
        for fault in told[:20]:
            self.faults.append(FileFault(name, None, fault.where, fault.what, placed["id"]))
        if not told:
            said = placed["version"] if name in self._own else None
            whole = with_version(placed, said, self.latest.get(placed["id"]))
            self.items.append(LoadedItem(name, whole, {}))

    def _placed(self, content: dict[str, Any]) -> dict[str, Any] | None:
        """Return an item with an id of its own; None for one that is there already."""
        own = digest({key: value for key, value in content.items() if key != "id"})
        before = self._digests.get(content["id"].casefold())
        if before is None:
            self._digests[content["id"].casefold()] = own
            return content
        if before == own:
            return None
        renamed = f"{content['id'][:110]}-{own.removeprefix('sha256:')[:8]}"
        if renamed.casefold() in self._digests:
            return None
        self._digests[renamed.casefold()] = own
        note = f"its identifier {content['id']} is that of another item in these files"
        return {**content, "id": renamed, "differences": [*content.get("differences", []), note]}

    def _content(self, name: str, item: QtiItem) -> dict[str, Any]:
        """Return the content of an item: of a type of ours where that means the same."""
        xml = xml_text(self.files[name])
        common: dict[str, Any] = {
            "schema": SCHEMA,
            "id": _item_id(item.identifier, name),
            "version": 1,
        }
        test = self._tests.get(name)
        notes = [f"is of the test “{test[:80]}”, whose rules are not imported"] if test else []
        native = self._native(name, item, xml)
        if native is not None:
            told = [*native.get("differences", []), *notes]
            native = {**common, **native, **({"differences": told} if told else {})}
            if not list(item_faults(native)):
                return native
        shared = self._shared(name, item.root)
        if len(shared) == 1:
            self._stimuli[name] = shared[0][0]
        media, unusable = self._media_of(name, item.root, shared)
        if name in self._including:
            xml, notes = _written(item.root), [*notes, "its included parts stand in it"]
        content = qti_content(item, xml, media, [one for _, one in shared])
        told = [
            unusable.get(words.partition(" is not shown")[0], words)
            for words in content.get("missing", [])
        ]
        if told:
            content["missing"] = told
        if notes:
            content["differences"] = [*content.get("differences", []), *notes]
        return {**common, **content}

    def _native(self, name: str, item: QtiItem, xml: str) -> dict[str, Any] | None:
        """Return an item as a type of ours has it, with its figures; None where none does."""
        found = native_content(item) if len(xml) <= LONGEST_ORIGINAL else None
        if found is None:
            return None
        media, _ = self._media_of(name, item.root, [])
        files = {one["href"]: one for one in media}
        figures = [part["figure"] for part in found.get("stimulus", ())]
        figures += [found["picture"]] if "picture" in found else []
        if any(figure["file"] not in files for figure in figures):
            return None
        for figure in figures:
            stored = files[figure["file"]]
            figure.update(file=stored["file"], digest=stored["digest"])
        return {**found, "original": xml}

    def _shared(self, name: str, root: QtiNode) -> list[tuple[str, str]]:
        """Return the stimuli that an item shares with others, by file, as text."""
        found = []
        for node in root.named("qti-assessment-stimulus-ref"):
            beside = file_beside(self.files, name, node.get("href"))
            if beside is None or beside not in self.files:
                what = f"shows the stimulus {node.get('href')[:80]!r}, which is not there"
                raise QtiRefused(RefusedBecause.MALFORMED, what, node.line)
            read_xml(self.files[beside])
            found.append((beside, xml_text(self.files[beside])))
        return found

    def _media_of(
        self, name: str, root: QtiNode, shared: list[tuple[str, str]]
    ) -> tuple[list[dict[str, str]], dict[str, str]]:
        """Return the usable files that an item names, and why others are not, by address."""
        named = [(name, address) for address in files_named(root)]
        for beside, text in shared:
            named += [(beside, address) for address in files_named(read_xml(text.encode()))]
        media: dict[str, dict[str, str]] = {}
        unusable: dict[str, str] = {}
        for at, address in named:
            found = file_beside(self.files, at, address)
            if found is None or found not in self.files or not is_media(found):
                continue
            stored = self._stored(found)
            if isinstance(stored, MediaUnusable):
                unusable[address[:80]] = f"{address[:80]} is not shown: {stored}"
            else:
                file = self.known[stored]
                media[address] = {"href": address, "file": stored, "digest": file.digest}
        return list(media.values()), unusable

    def _stored(self, path: str) -> str | MediaUnusable:
        """Return the name under which the bank keeps a file, or why it cannot."""
        if path not in self._media:
            try:
                file = read_media(path, self.files[path])
            except MediaUnusable as error:
                self._media[path] = error
            else:
                kind = KINDS[ending_of(path)]
                stem = _NAMED.sub("-", PurePosixPath(path).stem)[:40].strip("-") or "file"
                short = file.digest.removeprefix("sha256:")[:8]
                stored = f"{kind.folder}/{stem}-{short}{ending_of(path)}"
                self.known[stored] = file
                self._media[path] = stored
        return self._media[path]


def _item_id(identifier: str, name: str) -> str:
    """Return the id of an item: its identifier as far as ids may have its signs."""
    said = identifier or PurePosixPath(name).stem
    cleaned = _NO_ID.sub("-", said).lstrip(".:-")[:128]
    return cleaned if ITEM_ID.fullmatch(cleaned) else f"qti-{digest(said)[7:15]}"


def _may_be_item(data: bytes) -> bool:
    """Tell whether a file that cannot be read was meant as something of QTI."""
    head = data[:8192].replace(b"\x00", b"")
    others = (b"<html", b"<!DOCTYPE html", b"<cartridge_basiclti")
    return not any(sign in head for sign in others)


def _written(root: QtiNode) -> str:
    return write_xml(root).decode()


def is_qti(files: Mapping[str, bytes]) -> bool:
    """Tell whether files hold something of QTI, or a package that may."""
    return any(
        _in_package(data) if name.lower().endswith(".zip") else _root_of(data)[0] in _ROOTS
        for name, data in files.items()
        if name.lower().endswith((".xml", ".zip"))
    )


_ROOTS = frozenset(
    ["assessmentItem", "qti-assessment-item", "assessmentTest", "qti-assessment-test", "manifest"]
)


def of_version_2(files: Mapping[str, bytes]) -> bool:
    """Tell whether all loose items are of version 2, and there are some."""
    roots = {_root_of(data) for name, data in files.items() if name.lower().endswith(".xml")}
    items = {name for name, _ in roots if name in {"assessmentItem", "qti-assessment-item"}}
    return items == {"assessmentItem"}


def _in_package(data: bytes) -> bool:
    """Tell whether a package holds XML; its list of names is read, nothing else."""
    try:
        with zipfile.ZipFile(BytesIO(data)) as package:
            return any(name.lower().endswith(".xml") for name in package.namelist())
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, EOFError):
        return data[:2] == b"PK"


def _root_of(data: bytes) -> tuple[str, str]:
    """Return the name and namespace of a document's root; "" where they cannot be told."""
    parser = etree.XMLPullParser(events=("start",), resolve_entities=False, no_network=True)
    try:
        parser.feed(data[:65_536])
        for _, element in parser.read_events():
            name = etree.QName(element)
            return name.localname, name.namespace or ""
    except (etree.XMLSyntaxError, ValueError):
        return _meant_as(data), ""
    return "", ""


def _meant_as(data: bytes) -> str:
    """Return what a file that is no XML was meant as, so that its fault is told in our words."""
    head = data[:65_536].replace(b"\x00", b"")
    named = (name for name in sorted(_ROOTS - {"manifest"}) if b"<" + name.encode() in head)
    return next(named, "")
