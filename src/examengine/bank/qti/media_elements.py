"""The elements that show or play a file, and the files that they name."""

from collections.abc import Iterator

from examengine.bank.qti.nodes import QtiNode

_OUTER = frozenset({"img", "object", "audio", "video", "picture"})


def is_media_element(node: QtiNode) -> bool:
    """Tell whether an element shows or plays a file."""
    return node.name in _OUTER


def addresses_of(node: QtiNode) -> list[str]:
    """Return the addresses of the files that an element offers; the first that is there counts."""
    named = [node.get("src"), node.get("data")]
    named += [one.get("src") for one in node.all() if one.name in {"source", "img"}]
    named += [one.get("data") for one in node.all() if one.name == "object"]
    return [one for one in dict.fromkeys(named) if one]


def media_elements(node: QtiNode) -> Iterator[QtiNode]:
    """Yield the elements below one that show or play a file; what stands in them is instead."""
    for child in node.elements:
        if is_media_element(child):
            yield child
        else:
            yield from media_elements(child)


def files_named(node: QtiNode) -> list[str]:
    """Return the addresses of all pictures, recordings and videos below an element."""
    found = [address for one in media_elements(node) for address in addresses_of(one)]
    return list(dict.fromkeys(found))
