"""Checks of what items say about each other and about their bank."""

from collections import defaultdict
from collections.abc import Iterator

from examengine.bank.checks._rule import BankContents, Severity, Spot, rule
from examengine.bank.item_types._stimulus import media_of


@rule(Severity.ERROR)
def unknown_area(subject: BankContents) -> Iterator[Spot]:
    """A content area that the bank does not name."""
    known = [area.id for area in subject.bank.areas]
    for item in subject.items:
        if item.content.get("area") not in {None, *known}:
            what = f"is {item.content['area']}; the bank's areas are {', '.join(known)}"
            yield Spot(item, "area", what)


@rule(Severity.ERROR)
def unknown_level(subject: BankContents) -> Iterator[Spot]:
    """A cognitive level that the bank does not name."""
    known = [level.id for level in subject.bank.levels]
    for item in subject.items:
        if item.content.get("level") not in {None, *known}:
            what = f"is {item.content['level']}; the bank's levels are {', '.join(known)}"
            yield Spot(item, "level", what)


@rule(Severity.ERROR, alone=False)
def unknown_enemies(subject: BankContents) -> Iterator[Spot]:
    """An enemy that is no item of the bank."""
    known = {item.id for item in subject.items}
    for item in subject.items:
        for enemy in item.content.get("enemies", ()):
            if enemy not in known:
                what = f"names {enemy}, and the bank has no such item; correct or remove it"
                yield Spot(item, "enemies", what)


@rule(Severity.ERROR, alone=False)
def one_sided_enemies(subject: BankContents) -> Iterator[Spot]:
    """Enmity that only one of two items knows: a form would depend on who is asked."""
    enemies = {item.id: set(item.content.get("enemies", ())) for item in subject.items}
    named_by = defaultdict(list)
    for item_id, named in enemies.items():
        for enemy in named & enemies.keys():
            named_by[enemy].append(item_id)
    for item in subject.items:
        for enemy in item.content.get("enemies", ()):
            if enemy in enemies and item.id not in enemies[enemy]:
                what = f"names {enemy}, but {enemy} does not name {item.id}; list it on both sides"
                yield Spot(item, "enemies", what)
        for other in sorted(set(named_by[item.id]) - enemies[item.id]):
            what = f"leaves out {other}, which names {item.id}; list it on both sides"
            yield Spot(item, "enemies", what)


@rule(Severity.WARNING, alone=False)
def unused_files(subject: BankContents) -> Iterator[Spot]:
    """A picture or a recording that no item shows or plays."""
    used = {file["file"] for item in subject.items for _, file in media_of(item.content)}
    for name in sorted(set(subject.media) - used):
        what = "is shown or played by no item; remove it, or name it in one"
        yield Spot(None, "", what, file=name)


RULES = (
    unknown_area,
    unknown_level,
    unknown_enemies,
    one_sided_enemies,
    unused_files,
)
