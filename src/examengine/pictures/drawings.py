"""Figures are drawings, never programs: what an SVG may hold before it is stored and served."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from math import inf
from xml.parsers import expat

LARGEST_FIGURE = 256 * 1024
_ELEMENTS = frozenset(
    [
        *("svg", "g", "defs", "title", "desc", "path", "rect", "circle", "ellipse", "line"),
        *("polyline", "polygon", "text", "tspan", "use", "symbol", "marker", "clipPath", "mask"),
        *("linearGradient", "radialGradient", "stop", "pattern"),
    ]
)
_OWN_REFERENCE = re.compile(r"#[\w.-]+")
_ADDRESS = re.compile(r"url\(\s*['\"]?\s*([^)'\"\s]*)", re.IGNORECASE)
_NUMBER = re.compile(r"[-+]?(?:\d{1,9}(?:\.\d{0,9})?|\.\d{1,9})(?:[eE][-+]?\d{1,2})?")
_LONGEST_VIEW_BOX = 100
_ESCAPE_OR_FETCH = re.compile(r"\\|(?:image|image-set|src|cross-fade|element)\s*\(", re.IGNORECASE)
"""What could hide an address from the reader above, or fetch one in another way."""
SVG = "http://www.w3.org/2000/svg"
DEEPEST, MOST_DRAWN = 40, 50_000
_ENCODINGS = {"utf-8", "utf8", "us-ascii", "ascii"}
_MARKERS = ("marker", "marker-start", "marker-mid", "marker-end")


def read_drawing(_ending: str, data: bytes) -> bytes:
    """Return a drawing without its comments; one that holds anything but a drawing is refused.

    A comment is no part of the picture: it says who drew it with what, or what the key is.

    Raises:
        ValueError: It is no SVG, or none that may be shown.
    """
    try:
        svg = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise ValueError("is not UTF-8; save it in that encoding") from error
    fault = figure_fault(svg)
    if fault is not None:
        raise ValueError(fault)
    return _without_comments(data)


def _without_comments(data: bytes) -> bytes:
    """Return a well-formed drawing without its comments, byte for byte what it was otherwise."""
    begins: list[int] = []
    parser = expat.ParserCreate(encoding="utf-8")
    parser.CommentHandler = lambda _: begins.append(parser.CurrentByteIndex)
    parser.Parse(data, True)
    kept, place = [], 0
    for begin in begins:
        kept.append(data[place:begin])
        place = data.index(b"-->", begin + 4) + 3
    return b"".join([*kept, data[place:]])


def figure_fault(svg: str) -> str | None:
    """Say why an SVG cannot be used as a figure, or return None.

    What is allowed is listed rather than what is dangerous: shapes, text and gradients, with
    references to parts of the same file only. A document type is refused, because entities could
    grow without bound, and so are parts that show each other until a browser draws millions.
    """
    if len(svg.encode("utf-8", "replace")) > LARGEST_FIGURE:
        return f"is larger than {LARGEST_FIGURE // 1024} KB; simplify the drawing"
    if "<!DOCTYPE" in svg:
        return "has a document type; remove it"
    reading = _Reading()
    return _parsing_fault(svg, reading) or reading.fault or _drawn_fault(reading.parts)


def drawing_size(data: bytes) -> tuple[float, float] | None:
    """Return how wide and high a drawing says that it is, in units of its own; None for nothing.

    Args:
        data: A drawing that `read_drawing` took.
    """
    reading = _Reading()
    _parsing_fault(data.decode("utf-8", "replace"), reading)
    numbers = _NUMBER.findall(reading.view_box)
    if len(numbers) != 4:
        return None
    width, height = float(numbers[2]), float(numbers[3])
    return (width, height) if 0 < width < inf and 0 < height < inf else None


def _parsing_fault(svg: str, reading: "_Reading") -> str | None:
    """Parse a drawing, and say that it is no well-formed SVG."""
    # The text is decoded already; that it names another encoding would make a browser read it as
    # something else than what is checked here.
    parser = expat.ParserCreate(encoding="utf-8", namespace_separator=" ")
    parser.XmlDeclHandler = reading.declared
    parser.ProcessingInstructionHandler = reading.instructed
    parser.StartElementHandler = reading.begun
    parser.EndElementHandler = reading.ended
    try:
        parser.Parse(svg.encode("utf-8", "replace"), True)
    except expat.ExpatError as error:
        return f"is no well-formed SVG: {expat.ErrorString(error.code)} in line {error.lineno}"
    except _Refused:
        pass
    return None


class _Refused(Exception):
    """A fault was found, and the rest need not be read."""


@dataclass(slots=True)
class _Part:
    """An element that others can show: what it draws itself, and what it shows of others."""

    elements: int = 0
    shows: list[tuple[str, int]] = field(default_factory=list)
    """The id of each part it shows, and how often."""


class _Reading:
    """What is found while a figure is read; the first fault ends it."""

    def __init__(self) -> None:
        self.fault: str | None = None
        self.view_box = ""
        self.parts: dict[str, _Part] = {"": _Part()}
        self._open: list[tuple[_Part, ...]] = []

    def declared(self, _version: str, encoding: str | None, _standalone: int) -> None:
        """Refuse an encoding other than the one every file of a bank has."""
        if encoding is not None and encoding.lower() not in _ENCODINGS:
            self._refuse(f"says that it is {encoding[:40]}; save it as UTF-8, and say so")

    def instructed(self, name: str, _text: str) -> None:
        """Refuse a processing instruction."""
        self._refuse(f"has a processing instruction {name}; remove it")

    def begun(self, name: str, attributes: dict[str, str]) -> None:
        """Check one element, and count it for every part that it stands in."""
        fault = _element_fault(name, attributes, is_root=not self._open)
        if not self._open:
            self.view_box = attributes.get("viewBox", "")[:_LONGEST_VIEW_BOX]
        if fault is None and len(self._open) >= DEEPEST:
            fault = f"has elements more than {DEEPEST} deep; draw it with fewer groups"
        if fault is not None:
            self._refuse(fault)
        holders = self._open[-1] if self._open else (self.parts[""],)
        if "id" in attributes:
            holders = (*holders, self.parts.setdefault(attributes["id"], _Part()))
        shown = _shown_by(attributes)
        for part in holders:
            part.elements += 1
            part.shows.extend(shown)
        self._open.append(holders)

    def ended(self, _name: str) -> None:
        """Leave an element."""
        self._open.pop()

    def _refuse(self, fault: str) -> None:
        self.fault = self.fault or fault
        raise _Refused


def _shown_by(attributes: dict[str, str]) -> list[tuple[str, int]]:
    """Return the parts that an element shows: once, or as a marker at each of its corners."""
    corners = len(attributes.get("d", "")) + len(attributes.get("points", ""))
    found: list[tuple[str, int]] = []
    for name, value in attributes.items():
        times = 1 + corners // 2 if name in _MARKERS else 1
        addresses = [value] if name.rpartition(" ")[2] == "href" else _ADDRESS.findall(value)
        found.extend((address.removeprefix("#"), times) for address in addresses)
    return found


def _drawn_fault(parts: Mapping[str, _Part]) -> str | None:
    """Say that parts show themselves, or that too much would be drawn; each is counted once."""
    counted: dict[str, int] = {}
    pending: list[str] = [""]
    entered: set[str] = set()
    while pending:
        name = pending[-1]
        part = parts.get(name)
        if part is None or name in counted:
            counted.setdefault(name, 0)
            pending.pop()
            continue
        open_parts = {shown for shown, _ in part.shows if shown not in counted}
        if open_parts & entered or name in open_parts:
            return "has a part that shows itself; let no part refer to one it stands in"
        if open_parts:
            entered.add(name)
            pending.extend(open_parts)
            continue
        counted[name] = part.elements + sum(counted[shown] * times for shown, times in part.shows)
        entered.discard(name)
        pending.pop()
    if counted[""] > MOST_DRAWN:
        return f"draws more than {MOST_DRAWN} shapes by showing parts again; draw fewer"
    return None


def _element_fault(name: str, attributes: dict[str, str], *, is_root: bool) -> str | None:
    space, _, local = name.rpartition(" ")
    if is_root and (space, local) != (SVG, "svg"):
        return f'begins with {local}; an SVG begins with <svg xmlns="{SVG}">'
    if is_root and "viewBox" not in attributes:
        return "has no viewBox; without one it cannot grow and shrink with the page"
    if space != SVG or local not in _ELEMENTS:
        return f"has an element {local}, which figures may not hold; shapes and text only"
    for attribute, value in attributes.items():
        fault = _attribute_fault(attribute.rpartition(" ")[2], value)
        if fault is not None:
            return fault
    return None


def _attribute_fault(name: str, value: str) -> str | None:
    if name.lower().startswith("on"):
        return f"has an attribute {name}, which would run a script; remove it"
    if name == "style":
        return "has a style; write fill, stroke and the like as attributes of their own"
    if name == "href" and not _OWN_REFERENCE.fullmatch(value):
        return f"refers to {value[:60]}; a figure may refer to its own parts only, such as #arrow"
    if _ESCAPE_OR_FETCH.search(value):
        return f"has {value[:60]} as {name}; write colours, numbers and own parts such as url(#a)"
    for address in _ADDRESS.findall(value):
        if not _OWN_REFERENCE.fullmatch(address):
            return f"refers to {address[:60]}; a figure may refer to its own parts only"
    return None
