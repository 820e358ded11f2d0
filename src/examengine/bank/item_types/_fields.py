"""Checks of single fields, shared by the item types and by the fields every item has."""

import re
from collections.abc import Collection, Iterator, Mapping
from decimal import Decimal
from typing import Any

from examengine.bank.inline_text import text_faults
from examengine.bank.item_types._fault import Content, ItemFault

LONGEST_TEXT = 4_000
MOST_MISTAKES = 50
PART_ID = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.:-]{0,63}")
"""Ids as other systems write them; two that differ in capital letters alone are one."""
_DECIMAL = re.compile(r"-?\d{1,20}(\.\d{1,20})?")


def text(
    holder: Mapping[str, Any], name: str, why: str, *, at: str = "", longest: int = LONGEST_TEXT
) -> Iterator[ItemFault]:
    """Check a text that must be there; `why` says what it is for, `at` where its holder stands."""
    where = f"{at}.{name}" if at else name
    value = holder.get(name)
    if isinstance(value, int | float) and not isinstance(value, bool):
        yield ItemFault(where, f"is the number {value}; put it in quotes to make it text")
    elif not isinstance(value, str) or not value.strip():
        yield ItemFault(where, f"is missing; {why}")
    elif len(value) > longest:
        yield ItemFault(where, f"has {len(value)} characters; {longest} are the most")
    else:
        yield from (ItemFault(where, what) for what in text_faults(value))


def decimal(holder: Mapping[str, Any], name: str, why: str, *, at: str = "") -> Iterator[ItemFault]:
    """Check a decimal number written as text."""
    where = f"{at}.{name}" if at else name
    value = holder.get(name)
    if value is None:
        yield ItemFault(where, f"is missing; {why}")
    elif not isinstance(value, str) or not _DECIMAL.fullmatch(value):
        shown = str(value)[:40]
        yield ItemFault(where, f'is {shown!r}; write a decimal number in quotes, such as "12.5"')


def as_decimal(value: Any) -> Decimal | None:
    """Return the number a decimal field holds, or None when `decimal` finds a fault in it."""
    return Decimal(value) if isinstance(value, str) and _DECIMAL.fullmatch(value) else None


def flag(holder: Mapping[str, Any], name: str, *, at: str = "") -> Iterator[ItemFault]:
    """Check a field that is true or false, and may be left out."""
    if not isinstance(holder.get(name, True), bool):
        where = f"{at}.{name}" if at else name
        yield ItemFault(where, "is neither true nor false; write one of the two, without quotes")


def known(holder: Mapping[str, Any], names: Collection[str], *, at: str) -> Iterator[ItemFault]:
    """Refuse fields nobody reads: a misspelt name must not lose its value silently."""
    for name in holder:
        if name not in names:
            what = f"is no field that is read here; the fields are {', '.join(sorted(set(names)))}"
            yield ItemFault(f"{at}.{name}" if at else str(name), what)


def parts(
    content: Content, name: str, fields: Collection[str], *, least: int, most: int
) -> Iterator[ItemFault]:
    """Check a list of things that have an id and texts: options, prompts."""
    listed = content.get(name)
    if not isinstance(listed, list):
        yield ItemFault(name, f"is missing; list {least} to {most}, each with {', '.join(fields)}")
        return
    if not least <= len(listed) <= most:
        yield ItemFault(name, f"has {len(listed)} entries; {least} to {most} are allowed")
    for index, part in enumerate(listed):
        yield from _part(part, fields, f"{name}[{index}]")
    yield from _repeated_ids(listed, name)


def part_ids(content: Content, name: str) -> tuple[str, ...]:
    """Return the ids of a list of things, as far as they can be read."""
    listed = content.get(name)
    if not isinstance(listed, list):
        return ()
    ids = (part.get("id") for part in listed if isinstance(part, Mapping))
    return tuple(found for found in ids if isinstance(found, str))


def expected_mistakes(content: Content) -> list[Mapping[str, Any]]:
    """Return the answers that are wrong in an expected way; an item need not know any."""
    return list(content.get("errors", ()))


def mistakes(content: Content) -> Iterator[ItemFault]:
    """Check the list of answers that are wrong in an expected way."""
    listed = content.get("errors", [])
    if not isinstance(listed, list):
        yield ItemFault("errors", "must list wrong answers, each with value and rationale")
        return
    if len(listed) > MOST_MISTAKES:
        yield ItemFault("errors", f"has {len(listed)} entries; {MOST_MISTAKES} are the most")
    for index, error in enumerate(listed[:MOST_MISTAKES]):
        at = f"errors[{index}]"
        if not isinstance(error, Mapping):
            yield ItemFault(at, "is no mapping; give it value and rationale")
            continue
        yield from known(error, ("value", "rationale"), at=at)
        yield from text(error, "value", "say what would be typed", at=at, longest=200)
        if "rationale" in error:
            yield from text(error, "rationale", "leave it out where there is none", at=at)


def _part(part: object, fields: Collection[str], at: str) -> Iterator[ItemFault]:
    if not isinstance(part, Mapping):
        yield ItemFault(at, f"is no mapping; give it {', '.join(fields)}")
        return
    yield from known(part, fields, at=at)
    if not isinstance(part.get("id"), str) or not PART_ID.fullmatch(part["id"]):
        what = "must be 1 to 64 letters, digits, underscores, dots, colons or hyphens"
        yield ItemFault(f"{at}.id", f"{what}, such as a")
    yield from text(part, "text", "say what the candidate reads", at=at, longest=1_000)
    if "rationale" in part and "rationale" in fields:
        yield from text(part, "rationale", "say why it is right, or what leads to it", at=at)


def _repeated_ids(listed: list[Any], name: str) -> Iterator[ItemFault]:
    seen: dict[str, str] = {}
    for index, part in enumerate(listed):
        value = part.get("id") if isinstance(part, Mapping) else None
        if not isinstance(value, str):
            continue
        first = seen.setdefault(value.casefold(), value)
        if value.casefold() in seen and index and first is not value:
            what = f"repeats {first[:60]!r}; each must be its own, and not by capital letters alone"
            yield ItemFault(f"{name}[{index}].id", what)
