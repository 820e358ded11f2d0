"""The page of an item: pieces of safe HTML, and the controls between them that are answered.

Elements, attributes and addresses come from lists of what is allowed; everything else is left out,
and its text kept. Nothing of what scores the item is in the tree that this reads.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

from markupsafe import Markup, escape

from examengine.bank.qti.answer_parts import (
    AnswerPart,
    choices,
    match_sets,
    named_choices,
    offered_in,
    target_labels,
)
from examengine.bank.qti.areas import area_of
from examengine.bank.qti.interactions import is_interaction
from examengine.bank.qti.media_elements import addresses_of, is_media_element
from examengine.bank.qti.nodes import QtiNode
from examengine.bank.qti.safe_markup import (
    formula_tags,
    html_tags,
    is_no_formula,
    is_program,
    without_fence,
)
from examengine.bank.qti.showing import in_words

Piece = Markup | Mapping[str, Any]
"""A piece of a page: markup, or a control that the template draws."""


@dataclass(frozen=True, slots=True)
class ShownFile:
    """A file that an item shows or plays: where it is served, and as what."""

    address: str
    media_type: str


@dataclass(slots=True)
class Presenting:
    """How an item is presented to one candidate.

    Attributes:
        parts: What is answered, by response.
        files: The files of the item, by the address that its XML has.
        order: The drawn order of choices that may be shuffled, as `RESPONSE choice`.
        left_out: What could not be shown, in words.
    """

    parts: Mapping[str, AnswerPart]
    files: Mapping[str, ShownFile]
    order: Sequence[str] = ()
    left_out: list[str] = field(default_factory=list)
    _lines: dict[str, int] = field(default_factory=dict)

    def pieces(self, node: QtiNode) -> Iterator[Piece]:
        """Yield the page of what is inside an element."""
        for child in node.children:
            if isinstance(child, str):
                yield escape(child)
            else:
                yield from self.element(child)

    def element(self, node: QtiNode) -> Iterator[Piece]:
        """Yield the page of an element."""
        if is_interaction(node):
            yield from self._interaction(node)
        elif node.name.startswith("m:"):
            yield from self._formula(node)
        elif is_media_element(node):
            yield self._media(node)
        elif node.name == "qti-gap":
            yield from self._gap(node)
        elif node.name == "qti-hottext":
            yield self._hottext(node)
        elif is_program(node):
            self._tell(f"the {node.name.removeprefix('qti-')} in its text is left out")
        elif node.name == "qti-prompt":
            yield Markup('<div class="stem">')
            yield from self.pieces(node)
            yield Markup("</div>")
        else:
            yield from self._plain(node)

    def _plain(self, node: QtiNode) -> Iterator[Piece]:
        tags = html_tags(node)
        if tags is None:
            self._tell_left_out(node)
            yield from self.pieces(node)
            return
        yield tags[0]
        if tags[1]:
            yield from self.pieces(node)
            yield tags[1]

    def _tell_left_out(self, node: QtiNode) -> None:
        if node.name == "a":
            self._tell(f"the link to {node.get('href')[:80]} is shown as text")
        elif not node.name.startswith(("ssml:", "qti-")):
            self._tell(f"{node.name[:40]} is shown as the text inside it")

    def _tell(self, words: str) -> None:
        if words not in self.left_out:
            self.left_out.append(words)

    def _formula(self, node: QtiNode) -> Iterator[Piece]:
        """Yield a formula, in which QTI may have put controls and values of its own."""
        if is_no_formula(node):
            return
        shown = without_fence(node)
        opened, closed = formula_tags(shown)
        yield opened
        for child in shown.children:
            if isinstance(child, str):
                yield escape(child)
            elif child.name.startswith("m:"):
                yield from self._formula(child)
            else:
                yield from self.element(child)
        yield closed

    def _media(self, node: QtiNode) -> Markup:
        """Return what is shown or played; what is not there is its alternative in words."""
        words = node.get("alt") or in_words(node) or node.get("title") or node.get("aria-label")
        for address in addresses_of(node):
            shown = self.files.get(address)
            if shown is None:
                continue
            if shown.media_type.startswith("image/"):
                return Markup('<img src="{}" alt="{}">').format(shown.address, words)
            player = "video" if shown.media_type.startswith("video/") else "audio"
            return Markup('<{0} controls preload="metadata" src="{1}"></{0}>').format(
                player, shown.address
            )
        name = next(iter(addresses_of(node)), node.name)
        self._tell(f"{name[:80]} is not shown; only its words are")
        return Markup('<span class="stand-in">[{}]</span>').format(words or name)

    def _interaction(self, node: QtiNode) -> Iterator[Piece]:
        part = self.parts.get(node.get("response-identifier"))
        if part is None:
            yield from self._unanswered(node)
            return
        yield from self._prompt(node)
        if node.name in _TEXTS:
            yield from self.pieces(replace(node, children=_without_prompt(node)))
        else:
            yield _KINDS.get(node.name, Presenting._typed)(self, node, part)

    def _prompt(self, node: QtiNode) -> Iterator[Piece]:
        prompt = node.first("qti-prompt")
        if prompt is not None:
            yield from self.element(prompt)

    def _unanswered(self, node: QtiNode) -> Iterator[Piece]:
        """Yield what an interaction shows that is not answered here."""
        yield from self._prompt(node)
        for one in node.named("object", "audio", "video", "img", "picture"):
            yield self._media(one)
        kind = node.name.removeprefix("qti-").removesuffix("-interaction").replace("-", " ")
        if kind == "end attempt":
            self._tell(f"the button “{node.get('title')[:60]}” is not shown: there is one attempt")
        elif kind != "media":
            self._tell(f"the {kind} interaction is shown and cannot be answered here")

    def _control(
        self, kind: str, node: QtiNode, part: AnswerPart, **more: Any
    ) -> Mapping[str, Any]:
        return {
            "control": kind,
            "id": part.identifier,
            "single": part.is_single,
            "label": node.get("aria-label") or "",
            "picture": None,
            "shown": (),
            "options": (),
            "lines": (),
            **more,
        }

    def _line(self, part: AnswerPart) -> int:
        """Return the number of the next field of a response."""
        self._lines[part.identifier] = self._lines.get(part.identifier, 0) + 1
        return self._lines[part.identifier]

    def _boxes(self, node: QtiNode, part: AnswerPart) -> Mapping[str, Any]:
        options = [
            {"value": one.get("identifier"), "pieces": list(self.pieces(one)), "label": label}
            for one, label in self._ordered(node, part)
        ]
        return self._control("boxes", node, part, options=options)

    def _ordered(self, node: QtiNode, part: AnswerPart) -> list[tuple[QtiNode, str]]:
        """Return choices in the drawn order; those that are fixed keep their places."""
        listed = named_choices(choices(node))
        places = {drawn: place for place, drawn in enumerate(self.order)}
        names = [f"{part.identifier} {one.get('identifier')}" for one, _ in listed]
        moving = sorted(
            (n for n, name in enumerate(names) if name in places), key=lambda n: places[names[n]]
        )
        turn = iter(moving)
        return [listed[next(turn)] if name in places else listed[n] for n, name in enumerate(names)]

    def _list(self, node: QtiNode, part: AnswerPart) -> Mapping[str, Any]:
        options = [
            {"value": one.get("identifier"), "label": label}
            for one, label in self._ordered(node, part)
        ]
        lines = [self._field("") for _ in range(max(part.lines, 1))]
        return self._control("lists", node, part, options=options, lines=self._told(part, lines))

    def _field(self, label: str) -> dict[str, Any]:
        return {"label": label}

    def _told(self, part: AnswerPart, lines: list[dict[str, Any]]) -> list[Mapping[str, Any]]:
        return [{**line, "n": self._line(part)} for line in lines]

    def _places(self, node: QtiNode, part: AnswerPart) -> Mapping[str, Any]:
        """Return a list for each place of an order, with the choices whole above."""
        ordered = self._ordered(node, part)
        options = [{"value": one.get("identifier"), "label": label} for one, label in ordered]
        shown = [
            self._shown(one, label)
            for one, label in ordered
            if node.name == "qti-order-interaction"
        ]
        lines = [self._field(f"Place {n}") for n in range(1, part.lines + 1)]
        told = self._told(part, lines)
        return self._control("lists", node, part, options=options, lines=told, shown=shown)

    def _pairs(self, node: QtiNode, part: AnswerPart) -> Mapping[str, Any]:
        options = [{"value": value, "label": label} for value, label in offered_in(node)]
        lines = [self._field(f"Pair {n}") for n in range(1, max(part.lines, 1) + 1)]
        shown = [
            self._shown(one, label)
            for one, label in self._ordered(node, part)
            if node.name == "qti-associate-interaction"
        ]
        told = self._told(part, lines)
        return self._control("lists", node, part, options=options, lines=told, shown=shown)

    def _matches(self, node: QtiNode, part: AnswerPart) -> Mapping[str, Any]:
        if part.lines:
            return self._pairs(node, part)
        first, second = match_sets(node)
        columns = [
            {"id": one.get("identifier"), "pieces": list(self.pieces(one)), "label": label}
            for one, label in named_choices(second)
        ]
        rows = [
            {"id": one.get("identifier"), "pieces": list(self.pieces(one)), "label": label}
            for one, label in named_choices(first)
        ]
        return self._control("grid", node, part, rows=rows, columns=columns)

    def _gap(self, node: QtiNode) -> Iterator[Piece]:
        """Yield the list that stands in a gap."""
        for part in self.parts.values():
            end = f" {node.get('identifier')}"
            options = [
                {"value": value, "label": label.partition(" → ")[0]}
                for value, label in part.offered.items()
                if part.interaction == "qti-gap-match-interaction" and value.endswith(end)
            ]
            if options:
                n = self._line(part)
                line = {"n": n, "label": f"Gap {n}"}
                yield self._control("inline", node, part, options=options, lines=[line])

    def _hottext(self, node: QtiNode) -> Piece:
        """Return a marked piece of a text, to be ticked where it stands."""
        value = node.get("identifier")
        for part in self.parts.values():
            if part.interaction == "qti-hottext-interaction" and value in part.offered:
                inside = list(self.pieces(node))
                option = {"value": value, "pieces": inside, "label": part.offered[value]}
                return self._control("marked", node, part, options=[option])
        return escape(in_words(node))

    def _graphic(self, node: QtiNode, part: AnswerPart) -> Mapping[str, Any]:
        """Return a picture with its areas numbered, and the lists or boxes beside it."""
        spots = [one for one in choices(node) if one.name.endswith(("hotspot", "hotspot-choice"))]
        named = target_labels(node) or named_choices(spots)
        picture = self._picture(node, [_spot(one, n) for n, (one, _) in enumerate(named, start=1)])
        if node.name == "qti-hotspot-interaction":
            return {**self._boxes_of(node, part), "picture": picture}
        if node.name == "qti-graphic-gap-match-interaction":
            return {**self._gaps_of(node, part), "picture": picture}
        if node.name == "qti-graphic-order-interaction":
            return {**self._places(node, part), "picture": picture}
        return {**self._pairs(node, part), "picture": picture}

    def _boxes_of(self, node: QtiNode, part: AnswerPart) -> Mapping[str, Any]:
        options = [
            {"value": value, "pieces": [], "label": label} for value, label in part.offered.items()
        ]
        return self._control("boxes", node, part, options=options)

    def _gaps_of(self, node: QtiNode, part: AnswerPart) -> Mapping[str, Any]:
        lines = []
        for place, label in target_labels(node):
            end = f" {place.get('identifier')}"
            options = [
                {"value": value, "label": words.partition(" → ")[0]}
                for value, words in part.offered.items()
                if value.endswith(end)
            ]
            lines.append({"label": label, "options": options})
        shown = [self._shown(one, label) for one, label in named_choices(choices(node))]
        told = self._told(part, lines)
        return self._control("lists", node, part, options=[], lines=told, shown=shown)

    def _shown(self, node: QtiNode, label: str) -> Mapping[str, Any]:
        """Return a choice as it is shown above lists, with the name that it has in them."""
        name = "" if in_words(node) else label
        return {"pieces": list(self.pieces(node)), "name": name}

    def _picture(self, node: QtiNode, spots: list[Mapping[str, Any]]) -> Mapping[str, Any] | None:
        for inner in node.named("object", "img", "picture"):
            for address in addresses_of(inner):
                shown = self.files.get(address)
                if shown is not None and shown.media_type.startswith("image/"):
                    width, height = _size(inner, "width"), _size(inner, "height")
                    words = inner.get("alt") or in_words(inner) or "Picture"
                    return {
                        "address": shown.address,
                        "alt": words,
                        "width": width,
                        "height": height,
                        "spots": spots if width and height else [],
                    }
            self._media(inner)
        return None

    def _points(self, node: QtiNode, part: AnswerPart) -> Mapping[str, Any]:
        lines = [self._field(f"Place {n}") for n in range(1, max(part.lines, 1) + 1)]
        picture = self._picture(node, [])
        told = self._told(part, lines)
        return self._control("points", node, part, lines=told, picture=picture)

    def _typed(self, node: QtiNode, part: AnswerPart) -> Mapping[str, Any]:
        """Return the fields for what is typed; a slider is a number, which may stay open."""
        lines = [self._field("") for _ in range(max(part.lines, 1))]
        told = self._told(part, lines)
        if node.name == "qti-slider-interaction":
            bounds = {
                name: node.get(f"{name}-bound", "0" if name == "lower" else "100")
                for name in ("lower", "upper")
            }
            return self._control(
                "number", node, part, lines=told, step=node.get("step", "1"), **bounds
            )
        if node.name == "qti-extended-text-interaction":
            rows = _size(node, "expected-lines") or 6
            return self._control("text", node, part, lines=told, rows=min(rows, 30))
        size = min(max(_size(node, "expected-length") or 12, 2), 60)
        return self._control("entry", node, part, lines=told, size=size)


_Draw = Callable[[Presenting, QtiNode, AnswerPart], Mapping[str, Any]]
_KINDS: Mapping[str, _Draw] = MappingProxyType(
    {
        "qti-choice-interaction": Presenting._boxes,
        "qti-inline-choice-interaction": Presenting._list,
        "qti-order-interaction": Presenting._places,
        "qti-associate-interaction": Presenting._pairs,
        "qti-match-interaction": Presenting._matches,
        "qti-hotspot-interaction": Presenting._graphic,
        "qti-graphic-order-interaction": Presenting._graphic,
        "qti-graphic-associate-interaction": Presenting._graphic,
        "qti-graphic-gap-match-interaction": Presenting._graphic,
        "qti-select-point-interaction": Presenting._points,
        "qti-position-object-interaction": Presenting._points,
    }
)
_TEXTS = frozenset({"qti-gap-match-interaction", "qti-hottext-interaction"})
"""Interactions whose controls stand in a text."""
_IN_PLACE = frozenset({"qti-prompt", "qti-gap-text", "qti-gap-img"})


def _without_prompt(node: QtiNode) -> tuple[QtiNode | str, ...]:
    """Return what an interaction holds as a text, without what is drawn otherwise."""
    return tuple(
        child for child in node.children if isinstance(child, str) or child.name not in _IN_PLACE
    )


def shuffled_choices(body: QtiNode, parts: Mapping[str, AnswerPart]) -> tuple[str, ...]:
    """Return the choices whose order is drawn for each candidate, as `RESPONSE choice`."""
    found: list[str] = []
    for node in body.all():
        part = parts.get(node.get("response-identifier")) if is_interaction(node) else None
        if part is None or node.get("shuffle") not in {"true", "1"}:
            continue
        moving = (one for one in choices(node) if one.get("fixed") not in {"true", "1"})
        found.extend(f"{part.identifier} {one.get('identifier')}" for one in moving)
    return tuple(dict.fromkeys(found))


def _size(node: QtiNode, name: str) -> int | None:
    text = node.get(name).strip().removesuffix("px")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 5 else None


def _spot(node: QtiNode, place: int) -> Mapping[str, Any]:
    """Return an area of a picture as a shape that a page draws, with its number."""
    shape = {"n": place, "shape": "", "numbers": (), "x": 0.0, "y": 0.0}
    try:
        area = area_of(node.get("shape"), node.get("coords"))
    except ValueError:
        return shape
    across, down = area.middle
    return {
        "n": place,
        "shape": area.shape,
        "numbers": area.coordinates,
        "points": " ".join(f"{x:g},{y:g}" for x, y in _corners(area.coordinates)),
        "x": across,
        "y": down,
    }


def _corners(numbers: Sequence[float]) -> Iterator[tuple[float, float]]:
    return zip(numbers[::2], numbers[1::2], strict=False)
