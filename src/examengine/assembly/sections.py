"""The sections of an exam: what a file may say about them, and how a form's items fall into them.

A section is a part of a form with instructions of its own. It may have a time of its own, and a
lock: once it is left there is no way back, to it or to anything before it. Sections are sat in
their order. Each content area of the blueprint belongs to one section.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

from examengine.assembly.blueprint import PoolItem
from examengine.assembly.errors import SectionsUnmet
from examengine.bank import ItemVersion

MOST_SECTIONS = 20
LONGEST_TITLE = 120
LONGEST_INSTRUCTIONS = 10_000
_FIELDS = frozenset({"title", "instructions", "minutes", "locked", "areas"})


@dataclass(frozen=True, slots=True)
class SectionPlan:
    """What an exam says about one of its sections."""

    title: str
    instructions: str
    minutes: int | None
    """The time allowed for it alone; None where only that of the exam counts."""
    locked: bool
    """Whether there is no way back once it is left."""
    areas: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """A section of a published form."""

    title: str
    instructions: str
    minutes: int | None
    locked: bool
    item_ids: tuple[str, ...]

    def body(self) -> dict[str, Any]:
        """Return the section as JSON: as it is stored, and as the form's digest covers it."""
        return {
            "title": self.title,
            "instructions": self.instructions,
            "minutes": self.minutes,
            "locked": self.locked,
            "items": list(self.item_ids),
        }


def section_of(body: Mapping[str, Any]) -> Section:
    """Return the section that was stored."""
    return Section(
        body["title"], body["instructions"], body["minutes"], body["locked"], tuple(body["items"])
    )


def section_plans(spec: Mapping[str, Any]) -> tuple[SectionPlan, ...]:
    """Return the sections of a checked specification; none where the exam is one whole."""
    return tuple(
        SectionPlan(
            title=one["title"].strip(),
            instructions=one.get("instructions", "").strip(),
            minutes=one.get("minutes"),
            locked=one.get("locked", "minutes" in one),
            areas=tuple(one["areas"]),
        )
        for one in spec.get("sections", ())
    )


def in_sections(
    plans: Sequence[SectionPlan], items: Sequence[ItemVersion]
) -> tuple[list[ItemVersion], tuple[Section, ...]]:
    """Return items in the order of their sections, and the sections.

    Within a section the items stay in the order in which they were.

    Raises:
        SectionsUnmet: An item belongs to no section, or a section would have no item.
    """
    if not plans:
        return list(items), ()
    place = {area: at for at, plan in enumerate(plans) for area in plan.areas}
    faults = [
        f"item {item.item_id} is about {item.area}, and no section names that content area"
        for item in items
        if item.area not in place
    ]
    held = {place[item.area] for item in items if item.area in place}
    faults += [
        f"section “{plan.title}” would have no item: the form holds none of its content areas"
        for at, plan in enumerate(plans)
        if at not in held
    ]
    if faults:
        raise SectionsUnmet(faults)
    ordered = sorted(items, key=lambda item: place[item.area])
    return ordered, tuple(
        Section(
            plan.title,
            plan.instructions,
            plan.minutes,
            plan.locked,
            tuple(item.item_id for item in ordered if place[item.area] == at),
        )
        for at, plan in enumerate(plans)
    )


def sets_kept_whole(plans: Sequence[SectionPlan], pool: Sequence[PoolItem]) -> list[PoolItem]:
    """Return a pool in which items of a set that belong to different sections are enemies.

    A set is never split over sections: a stimulus that is left behind a lock could not be read.
    """
    place = {area: at for at, plan in enumerate(plans) for area in plan.areas}
    by_set: dict[str, list[PoolItem]] = {}
    for item in pool:
        if item.set_id:
            by_set.setdefault(item.set_id, []).append(item)
    return [
        replace(
            item,
            enemies=item.enemies
            | {
                other.item_id
                for other in by_set.get(item.set_id, ())
                if place.get(other.area) != place.get(item.area)
            },
        )
        for item in pool
    ]


def section_faults(spec: Mapping[str, Any]) -> list[str]:
    """Return what a specification says about sections that cannot be used, each with its place."""
    given = spec.get("sections")
    if given is None:
        return []
    if not isinstance(given, list) or not all(isinstance(one, Mapping) for one in given):
        return ["sections: write a table for each, [[sections]]"]
    if not 2 <= len(given) <= MOST_SECTIONS:
        return [f"sections: there are {len(given)}; give 2 to {MOST_SECTIONS}, or none"]
    faults = [
        f"sections[{at}].{fault}"
        for at, one in enumerate(given, start=1)
        for fault in (*_text_faults(one), *_time_faults(one), *_unknown(one))
    ]
    return faults or [*_open_doors(given), *_area_faults(spec, given), *_sums(spec, given)]


def _text_faults(one: Mapping[str, Any]) -> Iterator[str]:
    title = one.get("title")
    if not isinstance(title, str) or not 1 <= len(title.strip()) <= LONGEST_TITLE:
        yield f"title: is {title!r}; give a text of 1 to {LONGEST_TITLE} characters"
    instructions = one.get("instructions", "")
    if not isinstance(instructions, str) or len(instructions) > LONGEST_INSTRUCTIONS:
        yield f"instructions: give a text of at most {LONGEST_INSTRUCTIONS} characters"
    if "\0" in f"{title}{instructions}":
        yield "title, instructions: hold the character NUL, which no database takes; leave it out"
    areas = one.get("areas")
    if not isinstance(areas, list) or not areas or not all(isinstance(a, str) for a in areas):
        yield f'areas: is {areas!r}; name content areas of the blueprint, as ["chance"]'


def _time_faults(one: Mapping[str, Any]) -> Iterator[str]:
    minutes, locked = one.get("minutes"), one.get("locked", True)
    if "minutes" in one and (type(minutes) is not int or not 1 <= minutes <= 24 * 60):
        yield f"minutes: is {minutes!r}; give a whole number from 1 to 1440, or leave it out"
    if not isinstance(locked, bool):
        yield f"locked: is {locked!r}; give true or false"
    elif "minutes" in one and not locked:
        yield (
            "locked: is false, and the section has a time of its own; there is no way back to it "
            "once that is over, so leave this out or give true"
        )


def _unknown(one: Mapping[str, Any]) -> Iterator[str]:
    for field in sorted(one.keys() - _FIELDS):
        yield f"{field}: is not a field of a section; it has {', '.join(sorted(_FIELDS))}"


def _open_doors(given: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    for at, (before, one) in enumerate(pairwise(given), start=2):
        if "minutes" in one and not before.get("locked", "minutes" in before):
            yield (
                f"sections[{at}].minutes: its time would run while candidates go back to the "
                f"section before; give sections[{at - 1}] locked = true"
            )


def _area_faults(spec: Mapping[str, Any], given: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    blueprint = spec.get("blueprint")
    asked = blueprint.get("areas", {}) if isinstance(blueprint, Mapping) else {}
    first: dict[str, int] = {}
    for at, one in enumerate(given, start=1):
        for area in one["areas"]:
            if area not in asked:
                yield f"sections[{at}].areas: {area!r} is no content area of the blueprint"
            if area in first:
                yield f"sections[{at}].areas: {area!r} belongs to sections[{first[area]}] already"
            first.setdefault(area, at)
    for area in asked:
        if area not in first:
            yield f"sections: no section names the content area {area!r} of the blueprint"


def _sums(spec: Mapping[str, Any], given: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    whole, parts = spec.get("minutes"), sum(one.get("minutes", 0) for one in given)
    if type(whole) is int and parts > whole:
        yield (
            f"sections: their times come to {parts} minutes, and the exam has {whole}; the last "
            f"one would be cut short, so give the exam minutes = {parts} or more"
        )
