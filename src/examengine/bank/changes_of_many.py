"""One change to many items: words, an area, a level, tags, a stimulus. It makes drafts only.

What candidates are shown never changes by itself: each draft is looked at, and made a version with
a word why, as any other.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

from sqlmodel import Session

from examengine.accounts import Actor, Role, record_act, require
from examengine.bank import draft_repository
from examengine.bank.comparing import ComparedField, compared
from examengine.bank.errors import DraftUnusable
from examengine.bank.item_draft import edited_item
from examengine.bank.item_file import item_type_of
from examengine.bank.item_form import same_content
from examengine.bank.item_types import Content
from examengine.bank.item_types._gaps import gap_marks, parted_at_gaps
from examengine.bank.rules import ItemVersion
from examengine.bank.service import find_bank, latest_versions
from examengine.kernel.clock import Clock
from examengine.kernel.digest import digest

MOST_AT_ONCE = 200
"""Items that one change makes drafts of; more than that nobody would look at."""
LONGEST_FOUND = 200
_WORDED = frozenset(
    {
        *("stem", "heading", "text", "rationale", "caption", "alt", "description", "transcript"),
        *("columns", "rows", "notes", "title"),
    }
)
"""Fields in which words are replaced: what people read, and never a key, an id or a formula."""


@dataclass(frozen=True, slots=True)
class ChangeScope:
    """Which items of a bank a change is about; an empty field leaves none out."""

    area: str = ""
    item_type: str = ""
    level: str = ""
    set_id: str = ""

    def holds(self, item: ItemVersion) -> bool:
        """Tell whether an item is among them."""
        wanted = (self.area, self.item_type, self.level, self.set_id)
        is_ = (item.area, item.item_type, item.level, item.set_id)
        return all(asked in {"", found} for asked, found in zip(wanted, is_, strict=True))


@dataclass(frozen=True, slots=True)
class ChangeOfMany:
    """What is to be changed; an empty field changes nothing."""

    find: str = ""
    """The very words, capital letters and all; no pattern."""
    replacement: str = ""
    area: str = ""
    level: str = ""
    add_tags: tuple[str, ...] = ()
    remove_tags: tuple[str, ...] = ()
    stimulus: Sequence[Mapping[str, Any]] | None = None
    """What is shown instead of the stimulus; [] for nothing."""

    def __bool__(self) -> bool:
        said = (self.find, self.area, self.level, self.add_tags, self.remove_tags)
        return any(said) or self.stimulus is not None


@dataclass(frozen=True, slots=True)
class ChangedItem:
    """An item as it is and as it would be."""

    version: ItemVersion
    content: Content
    being_written: bool
    """Whether it has a draft already, which stays as it is."""

    @property
    def fields(self) -> tuple[ComparedField, ...]:
        """Return what differs."""
        return tuple(one for one in compared(self.version.content, self.content) if one.differs)


def changed_item(content: Content, change: ChangeOfMany) -> dict[str, Any]:
    """Return a content with a change done to it."""
    found: dict[str, Any] = dict(content)
    if change.find:
        worded = _worded(content)
        found = {name: _replaced(value, name, change, worded) for name, value in found.items()}
    if change.area:
        found["area"] = change.area
    if change.level:
        found["level"] = change.level
    if change.add_tags or change.remove_tags:
        kept = [tag for tag in found.get("tags", ()) if tag not in change.remove_tags]
        tags = [*kept, *(tag for tag in change.add_tags if tag not in kept)]
        if tags or "tags" in found:
            found["tags"] = tags
    if change.stimulus is not None:
        found["stimulus"] = list(change.stimulus)
        if not change.stimulus:
            del found["stimulus"]
    return found


def items_changed_by(
    session: Session, actor: Actor, bank_id: str, change: ChangeOfMany, scope: ChangeScope
) -> list[ChangedItem]:
    """Return the items of a bank that a change would change, by id.

    Raises:
        NotAllowed: The actor is no author.
        BankUnknown: There is no such bank.
        DraftUnusable: The words to be found are too long, or the bank lacks the area or the level.
    """
    require(actor, Role.AUTHOR)
    bank = find_bank(session, actor, bank_id)
    if len(change.find) > LONGEST_FOUND:
        raise DraftUnusable(f"find {LONGEST_FOUND} characters at most")
    if change.area not in {"", *(area.id for area in bank.areas)}:
        raise DraftUnusable("the bank has no such content area")
    if change.level not in {"", *(level.id for level in bank.levels)}:
        raise DraftUnusable("the bank has no such cognitive level")
    written = {draft.item_id for draft in draft_repository.drafts(session, bank_id)}
    chosen = [one for one in latest_versions(session, bank_id) if change and scope.holds(one)]
    changed = ((version, changed_item(version.content, change)) for version in chosen)
    return [
        ChangedItem(version, content, version.item_id in written)
        for version, content in changed
        if not same_content(content, version.content)
    ]


def begin_changes(
    session: Session,
    clock: Clock,
    actor: Actor,
    bank_id: str,
    change: ChangeOfMany,
    scope: ChangeScope,
    item_ids: Collection[str],
) -> int:
    """Begin a draft of each item named that a change would change; return how many.

    Raises:
        NotAllowed: The actor is no author.
        DraftUnusable: None of them can be changed, or they are too many.
    """
    found = items_changed_by(session, actor, bank_id, change, scope)
    coming = [one for one in found if one.version.item_id in item_ids and not one.being_written]
    if not 1 <= len(coming) <= MOST_AT_ONCE:
        raise DraftUnusable(f"choose 1 to {MOST_AT_ONCE} items that nobody is writing")
    now = clock.now()
    for one in coming:
        version = one.version.version
        content = {**edited_item(one.version, version), **one.content, "version": version + 1}
        draft_repository.add(session, actor, bank_id, content, version, now)
    detail = {
        "items": [one.version.item_id for one in coming],
        "find": change.find,
        "replacement": change.replacement,
        "area": change.area,
        "level": change.level,
        "add_tags": list(change.add_tags),
        "remove_tags": list(change.remove_tags),
        **({} if change.stimulus is None else {"stimulus": digest(list(change.stimulus))}),
    }
    record_act(session, now, actor, "bank.change_many", f"bank:{bank_id}", detail)
    return len(coming)


def tags_in(text: str) -> tuple[str, ...]:
    """Return the tags of a line, with commas between them."""
    return tuple(dict.fromkeys(" ".join(tag.split()) for tag in text.split(",") if tag.strip()))


def _worded(content: Content) -> frozenset[str]:
    """Return the fields of an item in which words are replaced.

    The key of a text that a person marks is read by that person. The stem of QTI only repeats what
    candidates read in its XML, where nothing is replaced.
    """
    item_type = item_type_of(content)
    if item_type is not None and item_type.by_person:
        return _WORDED | {"key"}
    return _WORDED - {"stem"} if "qti" in content else _WORDED


def _replaced(value: Any, name: str, change: ChangeOfMany, worded: Collection[str]) -> Any:
    if isinstance(value, str):
        return _in_words(value, change) if name in worded else value
    if isinstance(value, Mapping):
        return {inner: _replaced(held, inner, change, worded) for inner, held in value.items()}
    if isinstance(value, Sequence):
        return [_replaced(inner, name, change, worded) for inner in value]
    return value


def _in_words(text: str, change: ChangeOfMany) -> str:
    """Return a text with words replaced; the gaps in it stay, for other fields name them."""
    replaced = text.replace(change.find, change.replacement)
    if gap_marks(replaced) == gap_marks(text):
        return replaced
    parts = parted_at_gaps(text)
    words = (part.replace(change.find, change.replacement) for part in parts[::2])
    return "".join(part for pair in zip_longest(words, parts[1::2], fillvalue="") for part in pair)
