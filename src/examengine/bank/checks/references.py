"""Checks of what items say about each other and about their bank."""

from collections import defaultdict
from collections.abc import Iterator

from examengine.bank.checks._finding import Finding, Severity, Subject, error
from examengine.bank.item_types._stimulus import figures_of
from examengine.bank.rules import FileFault


def duplicate_ids(subject: Subject) -> Iterator[Finding]:
    """Refuse an id that two files give."""
    by_id = defaultdict(list)
    for item in subject.items:
        by_id[item.id].append(item)
    for same in by_id.values():
        for item in same[1:]:
            what = f"{item.id} is the id of {same[0].file} as well; give each item its own"
            yield error("duplicate_ids", item, "id", what)


def unknown_area(subject: Subject) -> Iterator[Finding]:
    """Refuse a content area that the bank does not name."""
    known = [area.id for area in subject.bank.areas]
    for item in subject.items:
        if item.content["area"] not in known:
            what = f"is {item.content['area']}; the bank's areas are {', '.join(known)}"
            yield error("unknown_area", item, "area", what)


def unknown_level(subject: Subject) -> Iterator[Finding]:
    """Refuse a cognitive level that the bank does not name."""
    known = [level.id for level in subject.bank.levels]
    for item in subject.items:
        if item.content["level"] not in known:
            what = f"is {item.content['level']}; the bank's levels are {', '.join(known)}"
            yield error("unknown_level", item, "level", what)


def unknown_enemies(subject: Subject) -> Iterator[Finding]:
    """Refuse an enemy that is no item of the bank."""
    known = {item.id for item in subject.all_items}
    for item in subject.items:
        for enemy in item.content.get("enemies", ()):
            if enemy not in known:
                what = f"names {enemy}, and the bank has no such item; correct or remove it"
                yield error("unknown_enemies", item, "enemies", what)


def one_sided_enemies(subject: Subject) -> Iterator[Finding]:
    """Refuse enmity that only one of two items knows: a form would depend on who is asked."""
    enemies = {item.id: set(item.content.get("enemies", ())) for item in subject.all_items}
    for item in subject.items:
        for enemy in item.content.get("enemies", ()):
            if enemy in enemies and item.id not in enemies[enemy]:
                what = f"names {enemy}, but {enemy} does not name {item.id}; list it on both sides"
                yield error("one_sided_enemies", item, "enemies", what)
    checked = {item.id for item in subject.items}
    for item in subject.items:
        for other in subject.neighbours:
            if item.id in enemies[other.id] and other.id not in enemies[item.id]:
                what = f"leaves out {other.id}, which names {item.id}; list it on both sides"
                if other.id not in checked:
                    yield error("one_sided_enemies", item, "enemies", what)


def missing_figures(subject: Subject) -> Iterator[Finding]:
    """Refuse an item that shows a figure which did not come with it."""
    there = {figure.digest for figure in subject.figures.values()}
    for item in subject.items:
        for index, figure in figures_of(item.content):
            if figure.get("digest") not in there:
                where = f"stimulus[{index}].figure.file"
                what = f"names {figure['file']}, which is not among the figures that came along"
                yield error("missing_figures", item, where, what)


def unused_figures(subject: Subject) -> Iterator[Finding]:
    """Point out a figure that no item shows."""
    used = {figure["file"] for item in subject.all_items for _, figure in figures_of(item.content)}
    for name in sorted(set(subject.figures) - used):
        fault = FileFault(name, None, "", "is shown by no item; remove it, or name it in one")
        yield Finding(Severity.WARNING, "unused_figures", None, fault)


RULES = (
    duplicate_ids,
    unknown_area,
    unknown_level,
    unknown_enemies,
    one_sided_enemies,
    missing_figures,
    unused_figures,
)
