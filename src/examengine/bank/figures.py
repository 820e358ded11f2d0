"""Figures are drawings, never programs: what an SVG may hold before it is stored and served."""

import re
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
SVG = "http://www.w3.org/2000/svg"


def figure_fault(svg: str) -> str | None:
    """Say why an SVG cannot be used as a figure, or return None.

    What is allowed is listed rather than what is dangerous: shapes, text and gradients, with
    references to parts of the same file only. A document type is refused, because entities could
    grow without bound.
    """
    if len(svg.encode()) > LARGEST_FIGURE:
        return f"is larger than {LARGEST_FIGURE // 1024} KB; simplify the drawing"
    if "<!DOCTYPE" in svg:
        return "has a document type; remove it"
    faults: list[str] = []
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.ProcessingInstructionHandler = lambda name, _: faults.append(
        f"has a processing instruction {name}; remove it"
    )
    depth = 0

    def begun(name: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        fault = _element_fault(name, attributes, is_root=depth == 0)
        depth += 1
        if fault is not None:
            faults.append(fault)

    parser.StartElementHandler = begun
    try:
        parser.Parse(svg.encode(), True)
    except expat.ExpatError as error:
        return f"is no well-formed SVG: {expat.ErrorString(error.code)} in line {error.lineno}"
    return faults[0] if faults else None


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
    for address in _ADDRESS.findall(value):
        if not _OWN_REFERENCE.fullmatch(address):
            return f"refers to {address[:60]}; a figure may refer to its own parts only"
    return None
