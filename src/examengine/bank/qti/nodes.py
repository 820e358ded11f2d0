"""A piece of QTI as a value: the name, the attributes, what is inside, and where it stood.

Names are those of QTI 3.0, whatever version the file was in: `qti-base-value`, `p`, `m:math`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class QtiNode:
    """An element.

    Attributes:
        name: Its name in QTI 3.0; elements of other vocabularies have a prefix, as `m:` of MathML.
        attributes: By their names in QTI 3.0.
        children: Texts and elements, in order; comments are left out.
        line: The line of the file it began on; 0 for one that was in none.
    """

    name: str
    attributes: Mapping[str, str] = field(default_factory=dict)
    children: tuple[QtiNode | str, ...] = ()
    line: int = 0

    @property
    def elements(self) -> tuple[QtiNode, ...]:
        """Return the elements inside, without the texts."""
        return tuple(child for child in self.children if isinstance(child, QtiNode))

    def named(self, *names: str) -> tuple[QtiNode, ...]:
        """Return the elements right inside that have one of these names."""
        return tuple(child for child in self.elements if child.name in names)

    def first(self, *names: str) -> QtiNode | None:
        """Return the first element right inside that has one of these names."""
        return next(iter(self.named(*names)), None)

    def all(self) -> Iterator[QtiNode]:
        """Yield this element and every one below it, in the order of the file."""
        waiting = [self]
        while waiting:
            node = waiting.pop()
            yield node
            waiting.extend(reversed(node.elements))

    @property
    def text(self) -> str:
        """Return the texts inside, at any depth, one after the other."""
        parts = (child if isinstance(child, str) else child.text for child in self.children)
        return "".join(parts)

    def get(self, name: str, default: str = "") -> str:
        """Return an attribute."""
        return self.attributes.get(name, default)
