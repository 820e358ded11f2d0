"""What every item says, whatever its type, and what it may say; the type adds its own fields."""

import re
from collections.abc import Iterator, Mapping

from examengine.bank.item_types import ITEM_TYPES, Content, ItemFault, ItemType
from examengine.bank.item_types import _fields as check
from examengine.bank.item_types._stimulus import stimulus_faults

SCHEMA = "examengine/item/1"
ITEM_ID = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.:-]{0,127}")
"""Ids as other systems write them."""
IDENTITY = ("schema", "id", "version", "type")
"""What says which item it is; the rest is what it says."""
COMMON_FIELDS = (
    *(*IDENTITY, "title", "area", "level", "seconds", "tags", "enemies", "set", "provenance"),
    *("notes", "model"),
    *("stem", "stimulus", "rationale", "original", "differences"),
)
PROVENANCE = ("author", "written", "licence", "source")
LONGEST_ORIGINAL, MOST_DIFFERENCES = 150_000, 50
HIGHEST_VERSION, MOST_SECONDS = 9_999, 3_600
SET_ID = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.:-]{0,59}")
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")
MOST_MODEL_VALUES = 50
HIGHEST_PLACE = 99
"""Of an item in its set."""
MOST_TAGS, LONGEST_TITLE, LONGEST_TAG = 50, 255, 255


def item_type_of(content: Content) -> ItemType | None:
    """Return the type of an item, or None when it is unknown."""
    name = content.get("type")
    return ITEM_TYPES.get(name) if isinstance(name, str) else None


def item_faults(content: Content) -> Iterator[ItemFault]:
    """Say everything that is wrong with an item; an item without faults can be used."""
    if content.get("schema") != SCHEMA:
        yield ItemFault("schema", f"must be {SCHEMA}")
    if not isinstance(content.get("id"), str) or not ITEM_ID.fullmatch(content["id"]):
        yield ItemFault(
            "id",
            "must be 1 to 128 letters, digits, underscores, dots, colons or hyphens, "
            "such as DL-AVG-001",
        )
    yield from _whole_number(content, "version", 1, HIGHEST_VERSION)
    if "seconds" in content:
        yield from _whole_number(content, "seconds", 1, MOST_SECONDS)
    for name in ("area", "level"):
        if name in content:
            yield from check.text(content, name, "leave it out where there is none", longest=60)
    yield from _enemies(content)
    yield from _set(content)
    yield from _model(content)
    yield from _tags(content)
    yield from _provenance(content)
    yield from _for_authors(content)
    yield from check.text(content, "stem", "write the question")
    yield from stimulus_faults(content)
    yield from _origin_faults(content)
    item_type = item_type_of(content)
    if item_type is None:
        yield ItemFault("type", f"must be one of {', '.join(ITEM_TYPES)}")
        return
    yield from check.known(content, [*COMMON_FIELDS, *item_type.fields], at="")
    own = tuple(item_type.faults(content))
    yield from own or item_type.scoring_faults(content)


def _origin_faults(content: Content) -> Iterator[ItemFault]:
    """Check what an item keeps of where it came from: its text, and what is otherwise here."""
    for name, longest in (("original", LONGEST_ORIGINAL), ("differences", check.LONGEST_TEXT)):
        if name not in content:
            continue
        said = content[name] if name == "differences" else [content[name]]
        if not isinstance(said, list) or len(said) > MOST_DIFFERENCES:
            yield ItemFault(name, f"must list at most {MOST_DIFFERENCES} texts")
        elif not all(isinstance(text, str) and 0 < len(text) <= longest for text in said):
            yield ItemFault(name, f"must be text of at most {longest} characters")


def _whole_number(content: Content, name: str, least: int, most: int) -> Iterator[ItemFault]:
    value = content.get(name)
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
        yield ItemFault(name, f"must be a whole number from {least} to {most}, without quotes")


def _enemies(content: Content) -> Iterator[ItemFault]:
    enemies = content.get("enemies", [])
    if not isinstance(enemies, list) or not all(isinstance(enemy, str) for enemy in enemies):
        yield ItemFault("enemies", "must list the ids of items; [] when there are none")
    elif content.get("id") in enemies:
        yield ItemFault("enemies", "names the item itself; list other items only")
    elif len(set(enemies)) != len(enemies):
        yield ItemFault("enemies", "names an item twice; list each once")


def _set(content: Content) -> Iterator[ItemFault]:
    """Check of which set an item is; the items of a set share one stimulus."""
    if "set" not in content:
        return
    said = content["set"]
    if not isinstance(said, Mapping):
        yield ItemFault("set", "is no mapping; give the id of the set and the item's place in it")
        return
    yield from check.known(said, ("id", "place"), at="set")
    if not isinstance(said.get("id"), str) or not SET_ID.fullmatch(said["id"]):
        what = "must be 1 to 60 letters, digits, underscores, dots, colons or hyphens"
        yield ItemFault("set.id", f"{what}, such as reading-1")
    yield from (
        ItemFault(f"set.{fault.where}", fault.what)
        for fault in _whole_number(said, "place", 1, HIGHEST_PLACE)
    )


def _model(content: Content) -> Iterator[ItemFault]:
    """Check of which item model an item is an instance, and with which values."""
    if "model" not in content:
        return
    said = content["model"]
    if not isinstance(said, Mapping):
        yield ItemFault("model", "is no mapping; an instance says its model, and the values")
        return
    yield from check.known(said, ("id", "digest", "values"), at="model")
    if not isinstance(said.get("id"), str) or not ITEM_ID.fullmatch(said["id"]):
        yield ItemFault("model.id", "must be the id of an item model")
    if not isinstance(said.get("digest"), str) or not _DIGEST.fullmatch(said["digest"]):
        yield ItemFault("model.digest", "must be the digest of the model, as sha256:…")
    values = said.get("values")
    if not isinstance(values, Mapping) or len(values) > MOST_MODEL_VALUES:
        yield ItemFault("model.values", f"must name at most {MOST_MODEL_VALUES} values")
    elif not all(isinstance(one, str) and len(one) <= LONGEST_TAG for one in values.values()):
        yield ItemFault("model.values", f"must be texts of at most {LONGEST_TAG} characters")


def _for_authors(content: Content) -> Iterator[ItemFault]:
    """Check what authors find an item by, and why its key is right; no candidate is shown these."""
    why = "leave it out where there is none"
    for name, longest in (
        ("title", LONGEST_TITLE),
        ("rationale", check.LONGEST_TEXT),
        ("notes", check.LONGEST_TEXT),
    ):
        if name in content:
            yield from check.text(content, name, why, longest=longest)


def _tags(content: Content) -> Iterator[ItemFault]:
    tags = content.get("tags", [])
    if not isinstance(tags, list) or len(tags) > MOST_TAGS:
        yield ItemFault("tags", f"must list at most {MOST_TAGS} words; [] when there are none")
        return
    for index, tag in enumerate(tags):
        where = f"tags[{index}]"
        yield from check.text({where: tag}, where, "write a short word", longest=LONGEST_TAG)
    if len({str(tag).casefold() for tag in tags}) != len(tags):
        yield ItemFault("tags", "names a tag twice; list each once")


def _provenance(content: Content) -> Iterator[ItemFault]:
    provenance = content.get("provenance", {})
    if not isinstance(provenance, Mapping):
        yield ItemFault("provenance", "is no mapping; give author, written and licence")
        return
    yield from check.known(provenance, PROVENANCE, at="provenance")
    for name in PROVENANCE:
        if name in provenance:
            why, longest = "leave it out when there is none", 500 if name == "source" else 200
            yield from check.text(provenance, name, why, at="provenance", longest=longest)
