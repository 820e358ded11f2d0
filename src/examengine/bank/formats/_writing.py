"""Writing a bank as the files it would be read from; reading them again gives the same digests."""

from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import quote, unquote

import yaml

from examengine.bank.item_types._stimulus import media_of
from examengine.bank.rules import Bank, ItemVersion, MediaFile

_ORDER = (
    *("schema", "id", "version", "type", "title", "area", "level", "seconds", "tags", "enemies"),
    "set",
    *("provenance", "notes", "model"),
    *("stem", "stimulus", "picture", "grid", "text", "gaps", "statements", "prompts", "options"),
    *("regions", "several", "reuse", "scale", "words", "key", "unit", "shuffle", "scoring"),
    *("errors", "wrong_areas", "rationale", "points", "instance", "media", "differences"),
    *("missing", "qti", "shared", "original"),
)
_INNER_ORDER = (
    *("id", "title", "statement", "heading", "file", "alt", "description", "transcript"),
    *("caption", "columns", "text", "value", "rule"),
)
_DEVICES = frozenset(
    [
        *("con", "prn", "aux", "nul"),
        *(f"{port}{n}" for port in ("com", "lpt") for n in range(10)),
    ]
)
"""Names that no file may have on Windows, whatever its ending."""


class _Dumper(yaml.SafeDumper):
    """Writes texts of several lines as blocks, and indents lists."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:  # noqa: ARG002
        super().increase_indent(flow, indentless=False)


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    style = "|" if "\n" in text else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _text)


def file_stem(item_id: str) -> str:
    """Return what the file of an item is called, on every machine: signs it may refuse as `%3A`."""
    stem = quote(item_id, safe="")
    if stem.casefold().partition(".")[0] in _DEVICES:
        return f"%{ord(stem[0]):02X}{stem[1:]}"
    return f"{stem[:-1]}%2E" if stem.endswith(".") else stem


def item_id_of(stem: str) -> str:
    """Return the item that a file is named after; the inverse of `file_stem`."""
    return unquote(stem)


def write_files(
    bank: Bank, schema: str, items: Iterable[ItemVersion], media: Mapping[str, MediaFile]
) -> dict[str, bytes]:
    """Return the files of a bank, by their name in its folder.

    Args:
        bank: The bank.
        schema: The schema its file names.
        items: The item versions to write.
        media: The files they show or play, by digest.
    """
    files = {"bank.yaml": _dump(_bank_content(bank, schema))}
    for version in items:
        files[f"items/{file_stem(version.item_id)}.yaml"] = _dump(_item_content(version))
        for _, file in media_of(version.content):
            files[file["file"]] = media[file["digest"]].data
    return files


def item_text(content: Mapping[str, Any]) -> str:
    """Return an item, faults and all, as its file says it."""
    return _dump(_in_order(content)).decode()


def _bank_content(bank: Bank, schema: str) -> dict[str, Any]:
    return {
        "schema": schema,
        "id": bank.id,
        "title": bank.title,
        "language": bank.language,
        "description": bank.description,
        "licence": bank.licence,
        "provenance": bank.provenance,
        "content_areas": [
            {"id": area.id, "title": area.title, "statement": area.statement} for area in bank.areas
        ],
        "cognitive_levels": [{"id": level.id, "title": level.title} for level in bank.levels],
    }


def _item_content(version: ItemVersion) -> dict[str, Any]:
    return _in_order(version.content)


def _in_order(content: Mapping[str, Any]) -> dict[str, Any]:
    places = {name: place for place, name in enumerate(_ORDER)}
    names = sorted(content, key=lambda name: (places.get(name, len(places)), name))
    return {name: _ordered(content[name]) for name in names}


def _ordered(value: Any) -> Any:
    """Return a value in a reader's order; a database may have forgotten the author's."""
    if isinstance(value, Mapping):
        names = sorted(value, key=_place)
        return {name: _ordered(value[name]) for name in names if name != "digest"}
    return [_ordered(inner) for inner in value] if isinstance(value, list) else value


def _place(name: str) -> tuple[int, str]:
    return (_INNER_ORDER.index(name) if name in _INNER_ORDER else len(_INNER_ORDER), name)


def _dump(content: Mapping[str, Any]) -> bytes:
    text: str = yaml.dump(
        dict(content), Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=100
    )
    return text.encode()
