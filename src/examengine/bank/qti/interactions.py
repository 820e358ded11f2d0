"""The interactions of QTI: what each is called, and which cannot be taken."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from examengine.bank.qti.nodes import QtiNode
from examengine.bank.qti.refusal import QtiRefused, RefusedBecause

INTERACTIONS = frozenset(
    [
        "qti-associate-interaction",
        "qti-choice-interaction",
        "qti-drawing-interaction",
        "qti-end-attempt-interaction",
        "qti-extended-text-interaction",
        "qti-gap-match-interaction",
        "qti-graphic-associate-interaction",
        "qti-graphic-gap-match-interaction",
        "qti-graphic-order-interaction",
        "qti-hotspot-interaction",
        "qti-hottext-interaction",
        "qti-inline-choice-interaction",
        "qti-match-interaction",
        "qti-media-interaction",
        "qti-order-interaction",
        "qti-position-object-interaction",
        "qti-select-point-interaction",
        "qti-slider-interaction",
        "qti-text-entry-interaction",
        "qti-upload-interaction",
    ]
)

_REFUSED: Mapping[str, RefusedBecause] = MappingProxyType(
    {
        "qti-portable-custom-interaction": RefusedBecause.PORTABLE_CUSTOM_INTERACTION,
        "qti-custom-interaction": RefusedBecause.CUSTOM_INTERACTION,
    }
)


def is_interaction(node: QtiNode) -> bool:
    """Tell whether an element is an interaction, known or not."""
    return node.name.startswith("qti-") and node.name.endswith("-interaction")


def interactions_in(body: QtiNode) -> Iterator[QtiNode]:
    """Yield the interactions of a body, in its order."""
    return (node for node in body.all() if is_interaction(node))


def refused_interactions(body: QtiNode) -> Iterator[QtiRefused]:
    """Yield why interactions of a body cannot be taken."""
    for node in interactions_in(body):
        if node.name in _REFUSED:
            portable = any("portable-custom" in inner.name.lower() for inner in node.all())
            because = (
                RefusedBecause.PORTABLE_CUSTOM_INTERACTION if portable else _REFUSED[node.name]
            )
            what = f"has a {because.value.replace('-', ' ')}, which is a program of its own"
            yield QtiRefused(because, what, node.line)
        elif node.name not in INTERACTIONS:
            what = f"has the interaction {node.name[:60]}, which is none of QTI"
            yield QtiRefused(RefusedBecause.UNKNOWN_INTERACTION, what, node.line)
