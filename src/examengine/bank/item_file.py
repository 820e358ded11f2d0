"""What every item file must say, whatever its type; the type adds its own fields."""

import re
from collections.abc import Iterator, Mapping

from examengine.bank.item_types import ITEM_TYPES, Content, Fault, ItemType
from examengine.bank.item_types import _fields as check
from examengine.bank.item_types._stimulus import stimulus_faults

SCHEMA = "examengine/item/1"
ITEM_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,59}")
COMMON_FIELDS = (
    *("schema", "id", "version", "type", "area", "level", "seconds"),
    *("enemies", "provenance", "stem", "stimulus"),
)
_PROVENANCE = ("author", "written", "licence")
HIGHEST_VERSION, MOST_SECONDS = 9_999, 3_600


def item_type_of(content: Content) -> ItemType | None:
    """Return the type of an item, or None when it is unknown."""
    name = content.get("type")
    return ITEM_TYPES.get(name) if isinstance(name, str) else None


def item_faults(content: Content) -> tuple[Fault, ...]:
    """Say everything that is wrong with an item; an item without faults can be used."""
    return tuple(_faults(content))


def _faults(content: Content) -> Iterator[Fault]:
    if content.get("schema") != SCHEMA:
        yield Fault("schema", f"must be {SCHEMA}")
    if not isinstance(content.get("id"), str) or not ITEM_ID.fullmatch(content["id"]):
        yield Fault("id", "must be 1 to 60 letters, digits, dots or hyphens, such as DL-AVG-001")
    yield from _whole_number(content, "version", 1, HIGHEST_VERSION)
    yield from _whole_number(content, "seconds", 1, MOST_SECONDS)
    yield from check.text(content, "area", "name a content area of the bank", longest=60)
    yield from check.text(content, "level", "name a cognitive level of the bank", longest=60)
    yield from _enemies(content)
    yield from _provenance(content)
    yield from check.text(content, "stem", "write the question")
    yield from stimulus_faults(content)
    item_type = item_type_of(content)
    if item_type is None:
        yield Fault("type", f"must be one of {', '.join(ITEM_TYPES)}")
        return
    yield from check.known(content, [*COMMON_FIELDS, *item_type.fields], at="")
    yield from item_type.faults(content)


def _whole_number(content: Content, name: str, least: int, most: int) -> Iterator[Fault]:
    value = content.get(name)
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
        yield Fault(name, f"must be a whole number from {least} to {most}, without quotes")


def _enemies(content: Content) -> Iterator[Fault]:
    enemies = content.get("enemies", [])
    if not isinstance(enemies, list) or not all(isinstance(enemy, str) for enemy in enemies):
        yield Fault("enemies", "must list the ids of items; [] when there are none")
    elif content.get("id") in enemies:
        yield Fault("enemies", "names the item itself; list other items only")
    elif len(set(enemies)) != len(enemies):
        yield Fault("enemies", "names an item twice; list each once")


def _provenance(content: Content) -> Iterator[Fault]:
    provenance = content.get("provenance")
    if not isinstance(provenance, Mapping):
        yield Fault("provenance", "is missing; give author, written and licence")
        return
    yield from check.known(provenance, (*_PROVENANCE, "source"), at="provenance")
    for name in _PROVENANCE:
        yield from check.text(provenance, name, "say it", at="provenance", longest=200)
    if "source" in provenance:
        why = "leave it out when there is none"
        yield from check.text(provenance, "source", why, at="provenance", longest=500)
