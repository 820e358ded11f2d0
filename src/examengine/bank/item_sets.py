"""Item sets: the items of a bank that share one stimulus, such as a passage with its questions.

A set is no record of its own. An item says of which set it is and where in it, and carries the
stimulus that it is shown with, so that its digest covers what candidates saw. The stimulus is
edited in one item, and given to the others as drafts.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session

from examengine.accounts import Actor, Role, require
from examengine.bank import draft_repository, repository, search_repository
from examengine.bank.changes_of_many import ChangeOfMany, ChangeScope, begin_changes, changed_item
from examengine.bank.checks.sets import place_of_difference
from examengine.bank.drafts import (
    SeenDraft,
    begin_with,
    make_versions,
    newest_version,
    save_draft,
)
from examengine.bank.errors import DraftMoved, DraftUnusable, SetUnknown
from examengine.bank.item_draft import ItemDraft, item_of_set
from examengine.bank.item_file import HIGHEST_PLACE
from examengine.bank.item_types import Content
from examengine.bank.item_types._stimulus import presented_stimulus, stimulus_faults
from examengine.bank.rules import ItemVersion
from examengine.bank.service import READERS, bank_of
from examengine.kernel.clock import Clock

MOST_SETS = 500
"""Sets that a list shows; others are found by their id in the list of items."""


@dataclass(frozen=True, slots=True)
class MemberOfSet:
    """An item of a set as it is written now.

    Attributes:
        item_id: The item.
        version: Its newest version; None where it has none yet.
        draft: What is being written of it; None where nothing is.
        place: Where it stands in the set; 0 where nobody has said yet.
        differs: Whether its stimulus is another than that of the first item.
    """

    item_id: str
    version: ItemVersion | None
    draft: ItemDraft | None
    place: int
    differs: bool

    @property
    def content(self) -> Content:
        """Return its draft, else its newest version."""
        return _content(self.version, self.draft)


@dataclass(frozen=True, slots=True)
class ItemSet:
    """A set: its items in their order, drafts included."""

    bank_id: str
    set_id: str
    members: tuple[MemberOfSet, ...]

    @property
    def drafts(self) -> tuple[ItemDraft, ...]:
        """Return what is being written."""
        return tuple(member.draft for member in self.members if member.draft is not None)

    @property
    def next_place(self) -> int:
        """Return the place after the last item."""
        return min(max((member.place for member in self.members), default=0) + 1, HIGHEST_PLACE)

    @property
    def presented(self) -> list[Mapping[str, Any]]:
        """Return the stimulus of the first item for a template; nothing where it has faults."""
        content = self.members[0].content
        return [] if list(stimulus_faults(content)) else _shown(content)


def sets_of_bank(session: Session, actor: Actor, bank_id: str) -> dict[str, int]:
    """Return how many items each set of a bank has, by id; of the first `MOST_SETS`.

    Raises:
        NotAllowed: The actor is neither author, reviewer nor psychometrician.
        BankUnknown: There is no such bank.
    """
    require(actor, *READERS)
    return search_repository.set_sizes(session, bank_of(session, bank_id).id, MOST_SETS)


def sets_of_items(session: Session, bank_id: str) -> dict[str, str]:
    """Return the set of each item of a bank that is of one, for the contexts above.

    It does not ask who is asking: the use case that calls it does.
    """
    return search_repository.set_of_each(session, bank_id)


def find_set(session: Session, actor: Actor, bank_id: str, set_id: str) -> ItemSet:
    """Return a set with its items, and for authors with what is being written of them.

    Raises:
        NotAllowed: The actor is neither author, reviewer nor psychometrician.
        BankUnknown: There is no such bank.
        SetUnknown: No item of the bank is of this set.
    """
    require(actor, *READERS)
    found = _members(session, actor, bank_of(session, bank_id).id, set_id)
    if not found:
        raise SetUnknown(set_id)
    return ItemSet(bank_id, set_id, found)


def begin_item_of_set(
    session: Session,
    clock: Clock,
    actor: Actor,
    bank_id: str,
    set_id: str,
    item_id: str,
    item_type: str,
) -> None:
    """Begin to write a new item of a set, with its stimulus; the first item begins the set.

    Raises:
        NotAllowed: The actor is no author.
        BankUnknown: There is no such bank.
        DraftUnusable: An id is none or is taken, or there is no such type.
    """
    require(actor, Role.AUTHOR)
    members = _members(session, actor, bank_of(session, bank_id).id, set_id)
    place = ItemSet(bank_id, set_id, members).next_place
    others = [member.content for member in members]
    begin_with(
        *(session, clock, actor, bank_id, item_id, item_type),
        lambda content: item_of_set(content, set_id, others, place),
    )


def share_stimulus(
    session: Session, clock: Clock, actor: Actor, bank_id: str, set_id: str, item_id: str
) -> int:
    """Give the stimulus of an item, as it is written now, to all others of its set, as drafts.

    Drafts that are there are saved with it, whatever else they say; a page that still shows such a
    draft is told when it saves.

    Returns:
        How many drafts were begun or changed.

    Raises:
        NotAllowed: The actor is no author.
        BankUnknown: There is no such bank.
        SetUnknown: No item of the bank is of this set.
        DraftUnusable: The item is none of the set, its stimulus has faults, or nothing differs.
    """
    require(actor, Role.AUTHOR)
    found = find_set(session, actor, bank_id, set_id)
    source = next((one.content for one in found.members if one.item_id == item_id), None)
    if source is None:
        raise DraftUnusable(f"{item_id} is no item of the set {set_id}")
    faults = list(stimulus_faults(source))
    if faults:
        raise DraftUnusable(f"{faults[0].where} of {item_id} {faults[0].what}; mend it first")
    change = ChangeOfMany(stimulus=list(source.get("stimulus", ())))
    strangers = [
        member
        for member in found.members
        if place_of_difference(source, member.content) is not None
    ]
    if not strangers:
        raise DraftUnusable("every item of the set shows this stimulus already")
    for member in strangers:
        if member.draft is not None:
            content = changed_item(member.content, change)
            seen = member.draft.revision
            save_draft(session, clock, actor, bank_id, member.item_id, content, seen)
    others = {member.item_id for member in strangers if member.draft is None}
    scope = ChangeScope(set_id=set_id)
    if others:
        begin_changes(session, clock, actor, bank_id, change, scope, others)
    return len(strangers)


def make_versions_of_set(
    session: Session,
    clock: Clock,
    actor: Actor,
    bank_id: str,
    set_id: str,
    *,
    seen: Mapping[str, int],
    reason: str,
) -> list[ItemVersion]:
    """Make a version of every draft of a set, with one word why: all of them, or none.

    Args:
        session: The transaction.
        clock: Tells when.
        actor: An author.
        bank_id: The bank.
        set_id: The set.
        seen: The revision of each draft that the page showed, by item.
        reason: The word why.

    Raises:
        NotAllowed: The actor is no author.
        BankUnknown: There is no such bank.
        SetUnknown: No item of the bank is of this set.
        DraftMoved: A draft was saved, begun or discarded in between.
        DraftUnusable: Nothing is being written, a draft has faults, or no word why was given.
        ItemMoved: An item got another version in between.
    """
    require(actor, Role.AUTHOR)
    drafts = find_set(session, actor, bank_id, set_id).drafts
    if not drafts:
        raise DraftUnusable("no item of the set is being written")
    for draft in drafts:
        if seen.get(draft.item_id) != draft.revision:
            raise DraftMoved(draft.item_id, draft.saved_by_name, draft.saved_at)
    chosen = [
        SeenDraft(one.item_id, one.revision, newest_version(session, actor, one)) for one in drafts
    ]
    return make_versions(session, clock, actor, bank_id, chosen, reason)


def _members(session: Session, actor: Actor, bank_id: str, set_id: str) -> tuple[MemberOfSet, ...]:
    ids = search_repository.ids_of_set(session, bank_id, set_id)
    versions = {one.item_id: one for one in repository.latest_among(session, bank_id, ids)}
    drafts: dict[str, ItemDraft] = {}
    if Role.AUTHOR in actor.roles:
        drafts = {
            one.item_id: one
            for one in draft_repository.drafts(session, bank_id)
            if one.item_id in versions or _named_set(one.content) == set_id
        }
    everybody = {
        item_id: _content(versions.get(item_id), drafts.get(item_id))
        for item_id in {*versions, *drafts}
    }
    order = sorted(everybody, key=lambda item_id: (_place(everybody[item_id]), item_id))
    return tuple(
        MemberOfSet(
            item_id,
            versions.get(item_id),
            drafts.get(item_id),
            _place(everybody[item_id]),
            place_of_difference(everybody[order[0]], everybody[item_id]) is not None,
        )
        for item_id in order
    )


def _content(version: ItemVersion | None, draft: ItemDraft | None) -> Content:
    if draft is not None:
        return draft.content
    return {} if version is None else version.content


def _named_set(content: Content) -> str:
    """Return the set that a draft names, whatever it holds."""
    said = content.get("set")
    named = said.get("id") if isinstance(said, Mapping) else None
    return named if isinstance(named, str) else ""


def _place(content: Content) -> int:
    said = content.get("set")
    place = said.get("place") if isinstance(said, Mapping) else None
    return place if isinstance(place, int) else 0


def _shown(content: Content) -> list[Mapping[str, Any]]:
    """Return a stimulus for a template; of a file that is not stored yet nothing is shown."""
    parts = content.get("stimulus", ())
    if any("digest" not in body for part in parts for body in part.values() if "file" in body):
        return []
    return presented_stimulus(content)
