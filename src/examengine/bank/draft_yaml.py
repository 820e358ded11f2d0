"""A draft as YAML: the text of its file, and a text read back with the line of each fault."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from examengine.bank.formats._writing import item_text
from examengine.bank.formats._yaml import read_yaml
from examengine.bank.item_draft import ItemDraft
from examengine.bank.item_types import Content, ItemFault
from examengine.bank.item_types._stimulus import media_of
from examengine.bank.rules import FileFault, line_of

MOST_FAULTS = 50


@dataclass(frozen=True, slots=True)
class DraftText:
    """What a text says: a content, or why there is none; and the line of each field."""

    content: dict[str, Any] | None
    faults: tuple[FileFault, ...]
    lines: Mapping[str, int]

    def at_lines(self, faults: Iterable[ItemFault]) -> tuple[FileFault, ...]:
        """Return faults of the content with the lines they stand on."""
        return tuple(
            FileFault("line", line_of(fault.where, self.lines), fault.where, fault.what)
            for fault in faults
        )


def draft_text(content: Content) -> str:
    """Return a draft as its file would say it."""
    return item_text(content)


def read_draft_text(text: str, draft: ItemDraft, known: Iterable[Content]) -> DraftText:
    """Read a text that is to be the content of a draft.

    Args:
        text: The YAML.
        draft: The draft as it is stored: its item, and the number its version will have.
        known: Contents whose pictures and recordings the text may name.
    """
    reading = read_yaml(text.replace("\r\n", "\n"))
    unread = [FileFault("line", one.line, one.where, one.what) for one in reading.faults]
    content = reading.value
    if not unread and not isinstance(content, dict):
        unread = [FileFault("line", 1, "", "holds no fields; write them as `name: value`")]
    if unread:
        return DraftText(None, tuple(unread[:MOST_FAULTS]), reading.lines)
    strange = [
        FileFault(
            "line",
            line_of(name, reading.lines),
            name,
            f"is {str(content.get(name))[:60]}, and this draft is of {draft.content[name]}",
        )
        for name in ("id", "version")
        if content.get(name) != draft.content[name]
    ]
    if strange:
        return DraftText(None, tuple(strange), reading.lines)
    digests = {
        file["file"]: file["digest"]
        for other in known
        for _, file in media_of(other)
        if isinstance(file.get("file"), str) and "digest" in file
    }
    return DraftText(with_known_files(content, digests), (), reading.lines)


def with_known_files(content: dict[str, Any], digests: Mapping[str, str]) -> dict[str, Any]:
    """Return a content, whatever it holds, in which each known file is named by its digest."""
    found = dict(content)
    listed = content.get("stimulus")
    if isinstance(listed, list):
        found["stimulus"] = [_each_with_digest(part, digests) for part in listed]
    if "picture" in content:
        found["picture"] = _with_digest(content["picture"], digests)
    if isinstance(content.get("media"), list):
        found["media"] = [_with_digest(one, digests) for one in content["media"]]
    return found


def _each_with_digest(part: Any, digests: Mapping[str, str]) -> Any:
    if not isinstance(part, Mapping):
        return part
    return {name: _with_digest(body, digests) for name, body in part.items()}


def _with_digest(body: Any, digests: Mapping[str, str]) -> Any:
    """Return something that may name a file, and may hold others that do, with the digests."""
    if not isinstance(body, Mapping):
        return body
    found = {
        name: _with_digest(inner, digests) if isinstance(inner, Mapping) else inner
        for name, inner in body.items()
    }
    named = body.get("file")
    if not isinstance(named, str) or named not in digests:
        return found
    return {**found, "digest": digests[named]}
