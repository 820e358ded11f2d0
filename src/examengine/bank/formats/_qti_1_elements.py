"""The parts of an item of QTI 1.2: what its metadata say of it, and what is answered."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

RESPONSES = ("response_lid", "response_str", "response_num", "response_xy", "response_grp")
_BLACKBOARD_WORDS = {
    "yes_no.true": "Yes",
    "yes_no.false": "No",
    "agree_disagree.true": "Agree",
    "agree_disagree.false": "Disagree",
    "right_wrong.true": "Right",
    "right_wrong.false": "Wrong",
    "true_false.true": "True",
    "true_false.false": "False",
}
"""What Blackboard shows for the names that it writes into the answers of Either/Or."""


@dataclass(frozen=True, slots=True)
class Label:
    """One thing that can be chosen: its identifier, and the element that says what it is."""

    ident: str
    element: Any

    def words(self) -> str:
        """Return what Blackboard shows where an answer is one of its own names; else ""."""
        text = "".join(self.element.itertext()).strip()
        return _BLACKBOARD_WORDS.get(text, "")


@dataclass(frozen=True, slots=True)
class Response:
    """One thing that is answered.

    Attributes:
        ident: What conditions call it.
        tag: `response_lid` for a choice, `response_str` for a text, `response_num` for a number.
        cardinality: `single`, `multiple` or `ordered`.
        labels: What can be chosen.
        shuffle: Whether the order of the labels is drawn; None where it is not said.
        is_number: Whether what is typed is a number.
        element: Where it stands.
    """

    ident: str
    tag: str
    cardinality: str
    labels: tuple[Label, ...]
    shuffle: bool | None
    is_number: bool
    element: Any

    @property
    def chooses(self) -> bool:
        """Tell whether something is chosen, and not typed."""
        return self.tag == "response_lid" and bool(self.labels)


def metadata_of(item: Any) -> Mapping[str, str]:
    """Return what the metadata of an item say, by field: Canvas's, Blackboard's and QTI's own."""
    found: dict[str, str] = {}
    for data in item.findall("itemmetadata"):
        for field in data.iter("qtimetadatafield"):
            name = (field.findtext("fieldlabel") or "").strip()
            found.setdefault(name.casefold(), (field.findtext("fieldentry") or "").strip())
        for element in data.iterchildren():
            if isinstance(element.tag, str) and not len(element):
                found.setdefault(element.tag.casefold(), (element.text or "").strip())
    return found


def responses_of(item: Any) -> tuple[Response, ...]:
    """Return everything that is answered, in the order of the page."""
    presentation = item.find("presentation")
    if presentation is None:
        return ()
    return tuple(_response(one) for one in presentation.iter(*RESPONSES))


def question_parts(item: Any) -> Iterator[Any]:
    """Yield the materials that ask, without those of what can be chosen."""
    presentation = item.find("presentation")
    if presentation is None:
        return
    blocks = [one for one in presentation.iter("flow") if _is_block(one, "QUESTION_BLOCK")]
    for start in blocks or [presentation]:
        yield from _materials_outside(start, alone=not blocks)


def blocks_of(item: Any, name: str) -> list[Any]:
    """Return the parts of a block of Blackboard's, such as the options of a matching question."""
    found = (one for one in item.iter("flow") if _is_block(one, name))
    return [part for block in found for part in block.findall("flow")]


def _materials_outside(start: Any, *, alone: bool) -> Iterator[Any]:
    single = alone and sum(1 for _ in start.iter(*RESPONSES)) == 1
    for element in start.iter("material"):
        holders = {one.tag for one in element.iterancestors()}
        inside = holders & {"response_label", "flow_label", "render_choice", "render_fib"}
        if not inside and (single or not holders & set(RESPONSES)):
            yield element


def _is_block(element: Any, name: str) -> bool:
    return bool((element.get("class") or "").strip().upper() == name)


def _response(element: Any) -> Response:
    render = next(element.iter("render_choice", "render_fib", "render_slider"), None)
    shuffle = None if render is None else render.get("shuffle")
    labels = (
        tuple(
            Label((one.get("ident") or "").strip(), one) for one in element.iter("response_label")
        )
        if element.tag == "response_lid"
        else ()
    )
    kind = "" if render is None else (render.get("fibtype") or "").casefold()
    return Response(
        ident=element.get("ident") or "",
        tag=element.tag,
        cardinality=(element.get("rcardinality") or "Single").strip().casefold(),
        labels=labels,
        shuffle=None if shuffle is None else shuffle.strip().casefold() == "yes",
        is_number=element.tag == "response_num" or kind in {"decimal", "integer", "scientific"},
        element=element,
    )
