"""Use cases of writing items: a draft is begun, saved, discarded, or made into a version.

Whoever writes sees keys. The pages ask besides that nobody does who sits an exam of the bank.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlmodel import Session

from examengine.accounts import Actor, Role, record_act, require
from examengine.bank import draft_repository, lint_repository, repository
from examengine.bank.checks import findings_alone
from examengine.bank.errors import (
    DraftMoved,
    DraftThere,
    DraftUnknown,
    DraftUnusable,
    ItemMoved,
    ItemUnknown,
    UploadUnusable,
)
from examengine.bank.item_draft import (
    ItemDraft,
    blank_item,
    checked_content,
    checked_reason,
    copied_item,
    draft_faults,
    edited_item,
)
from examengine.bank.item_form import same_content
from examengine.bank.item_types import Content, ItemFault
from examengine.bank.item_types._stimulus import media_of
from examengine.bank.lint_rules import BankFindings
from examengine.bank.making import make_of_contents
from examengine.bank.media import KINDS, MediaUnusable, ending_of, read_media
from examengine.bank.rules import Bank, ItemVersion, MediaFile
from examengine.bank.service import find_bank
from examengine.kernel.clock import Clock


def list_drafts(session: Session, actor: Actor, bank_id: str) -> list[ItemDraft]:
    """Return the items of a bank that are being written, the one saved last first.

    Raises:
        NotAllowed: The actor is no author.
    """
    require(actor, Role.AUTHOR)
    return draft_repository.drafts(session, bank_id)


def find_draft(session: Session, actor: Actor, bank_id: str, item_id: str) -> ItemDraft:
    """Return the draft of an item.

    Raises:
        NotAllowed: The actor is no author.
        DraftUnknown: The item is not being written.
    """
    require(actor, Role.AUTHOR)
    found = draft_repository.draft(session, bank_id, item_id)
    if found is None:
        raise DraftUnknown(item_id)
    return found


def begin_item(
    session: Session, clock: Clock, actor: Actor, bank_id: str, item_id: str, item_type: str
) -> None:
    """Begin to write a new item.

    Raises:
        NotAllowed: The actor is no author.
        BankUnknown: There is no such bank.
        DraftUnusable: The id is none or is taken, or there is no such type.
    """
    begin_with(session, clock, actor, bank_id, item_id, item_type, dict)


def begin_with(
    session: Session,
    clock: Clock,
    actor: Actor,
    bank_id: str,
    item_id: str,
    item_type: str,
    change: Callable[[Content], dict[str, Any]],
) -> None:
    """Begin to write a new item with more than is blank: what `change` makes of it.

    Raises:
        NotAllowed: The actor is no author.
        BankUnknown: There is no such bank.
        DraftUnusable: The id is none or is taken, or there is no such type.
    """
    require(actor, Role.AUTHOR)
    bank, now = find_bank(session, actor, bank_id), clock.now()
    content = change(blank_item(bank, item_id, item_type, actor.name, f"{now:%Y-%m-%d}"))
    _refuse_taken(session, item_id)
    draft_repository.add(session, actor, bank_id, content, None, now)


def begin_version(
    session: Session,
    clock: Clock,
    actor: Actor,
    bank_id: str,
    item_id: str,
    version: int | None = None,
) -> None:
    """Begin to write the next version of an item, from the newest or from an older one.

    Raises:
        NotAllowed: The actor is no author.
        ItemUnknown: The bank has no such item, or not in this version.
        DraftThere: It is being written already.
    """
    require(actor, Role.AUTHOR)
    history = _history(session, bank_id, item_id)
    began = _version(history, item_id, version)
    there = draft_repository.draft(session, bank_id, item_id)
    if there is not None:
        raise DraftThere(item_id, there.saved_by_name)
    content = edited_item(began, history[-1].version)
    draft_repository.add(session, actor, bank_id, content, began.version, clock.now())


def begin_copy(
    session: Session,
    clock: Clock,
    actor: Actor,
    bank_id: str,
    item_id: str,
    version: int | None,
    copy_id: str,
) -> None:
    """Begin to write an item that says what another one says.

    Raises:
        NotAllowed: The actor is no author.
        ItemUnknown: The bank has no such item, or not in this version.
        DraftUnusable: The id of the copy is none, or is taken.
    """
    require(actor, Role.AUTHOR)
    copied = _version(_history(session, bank_id, item_id), item_id, version)
    content = copied_item(copied, copy_id)
    _refuse_taken(session, copy_id)
    draft_repository.add(session, actor, bank_id, content, None, clock.now())


def save_draft(
    session: Session,
    clock: Clock,
    actor: Actor,
    bank_id: str,
    item_id: str,
    content: Content,
    seen: int,
) -> ItemDraft:
    """Save what was written, faults and all.

    `seen` is the revision that the author's page knew of. Where somebody else saved in between,
    nothing of either is lost: theirs stays stored, and the page keeps what it sent.

    Raises:
        NotAllowed: The actor is no author.
        DraftUnknown: The item is not being written any more.
        DraftMoved: Somebody saved another content in between.
        DraftUnusable: It is too large, or the content of another item.
    """
    draft = find_draft(session, actor, bank_id, item_id)
    kept = checked_content(draft, content)
    if same_content(kept, draft.content):
        return draft
    now = clock.now()
    if draft.revision != seen or not draft_repository.save(
        session, actor, item_id, kept, seen, now
    ):
        raise _moved(session, actor, bank_id, item_id)
    return replace(
        draft,
        content=kept,
        revision=seen + 1,
        saved_by=actor.person_id,
        saved_by_name=actor.name,
        saved_at=now,
    )


def discard_draft(
    session: Session, clock: Clock, actor: Actor, bank_id: str, item_id: str, seen: int
) -> None:
    """Throw a draft away; the versions of the item stay.

    Raises:
        NotAllowed: The actor is no author.
        DraftUnknown: The item is not being written any more.
        DraftMoved: Somebody saved it in between.
    """
    draft = find_draft(session, actor, bank_id, item_id)
    if draft.revision != seen or not draft_repository.remove(session, item_id, seen):
        raise _moved(session, actor, bank_id, item_id)
    detail = {"based_on": draft.based_on, "revision": seen}
    record_act(session, clock.now(), actor, "bank.discard_draft", f"item:{item_id}", detail)


def faults_of_draft(
    session: Session, actor: Actor, draft: ItemDraft, coming: Sequence[MediaFile] = ()
) -> tuple[ItemFault, ...]:
    """Return what keeps a draft from becoming a version; `coming` are about to be stored.

    Raises:
        NotAllowed: The actor is no author.
    """
    require(actor, Role.AUTHOR)
    named = [file.get("digest") for _, file in media_of(draft.content)]
    digests = [digest for digest in named if isinstance(digest, str)]
    known = repository.known_digests(session, digests) if digests else set()
    known |= {file.digest for file in coming}
    return draft_faults(draft.content, newest_version(session, actor, draft) + 1, known)


def newest_version(session: Session, actor: Actor, draft: ItemDraft) -> int:
    """Return the number of the newest version of an item that is being written; 0 for none.

    Raises:
        NotAllowed: The actor is no author.
    """
    require(actor, Role.AUTHOR)
    history = repository.versions(session, [draft.item_id])
    return history[-1].version if history else 0


def make_version(
    session: Session,
    clock: Clock,
    actor: Actor,
    bank_id: str,
    item_id: str,
    *,
    seen: int,
    newest: int,
    reason: str,
) -> ItemVersion:
    """Make the next version of an item of its draft, which is gone then.

    What the lint finds is kept anew; see `make_of_contents`.

    Args:
        session: The transaction.
        clock: The clock.
        actor: Who makes it.
        bank_id: The bank.
        item_id: The item.
        seen: The revision of the draft that the page showed.
        newest: The newest version that the page knew of; 0 for none.
        reason: A word why.

    Raises:
        NotAllowed: The actor is no author.
        DraftUnknown: The item is not being written any more.
        DraftMoved: Somebody saved the draft in between.
        ItemMoved: The item got another version in between.
        DraftUnusable: It has faults, says what the newest version says, or no word why was given.
    """
    [version] = make_versions(
        session, clock, actor, bank_id, [SeenDraft(item_id, seen, newest)], reason
    )
    return version


@dataclass(frozen=True, slots=True)
class SeenDraft:
    """A draft as a page showed it.

    Attributes:
        item_id: The item.
        revision: The revision of the draft.
        newest: The newest version of the item; 0 for none.
    """

    item_id: str
    revision: int
    newest: int


def make_versions(
    session: Session,
    clock: Clock,
    actor: Actor,
    bank_id: str,
    chosen: Sequence[SeenDraft],
    reason: str,
) -> list[ItemVersion]:
    """Make versions of several drafts, all of them or none; as `make_version`.

    Raises:
        NotAllowed: The actor is no author.
        DraftUnknown: One of the items is not being written any more.
        DraftMoved: Somebody saved one of the drafts in between.
        ItemMoved: One of the items got another version in between.
        DraftUnusable: A draft has faults, says what the newest version says, or no word why was
            given.
    """
    require(actor, Role.AUTHOR)
    bank, said = find_bank(session, actor, bank_id), checked_reason(reason)
    drafts = [find_draft(session, actor, bank_id, one.item_id) for one in chosen]
    for draft, one in zip(drafts, chosen, strict=True):
        if draft.revision != one.revision:
            raise _moved(session, actor, bank_id, one.item_id)
        try:
            _refuse_unready(session, actor, draft, one.newest)
        except DraftUnusable as refusal:
            if len(chosen) > 1:
                raise DraftUnusable(f"{one.item_id}: {refusal.why}") from refusal
            raise

    def lock() -> None:
        for draft, one in zip(drafts, chosen, strict=True):
            _lock(session, actor, draft, one.newest)

    contents = [
        {**draft.content, "version": one.newest + 1}
        for draft, one in zip(drafts, chosen, strict=True)
    ]
    return make_of_contents(session, clock, actor, bank, contents, said, lock)


def findings_of_draft(session: Session, actor: Actor, bank: Bank, content: Content) -> BankFindings:
    """Return what the lint finds in an item without faults, its neighbours not looked at.

    Raises:
        NotAllowed: The actor is no author.
    """
    require(actor, Role.AUTHOR)
    return BankFindings(lint_repository.policy_of(session, bank.id), findings_alone(bank, content))


def read_upload(name: str, data: bytes) -> tuple[str, MediaFile]:
    """Return an uploaded file as it is stored, and the name that items use.

    The name says nothing but what it is: candidates must not read a key in it.

    Raises:
        UploadUnusable: It is none of the kinds, too large, damaged, or holds more than it should.
    """
    try:
        file = read_media(name, data)
    except MediaUnusable as error:
        raise UploadUnusable(name, str(error)) from error
    folder = KINDS[ending_of(name)].folder
    return f"{folder}/{file.digest.removeprefix('sha256:')[:16]}{ending_of(name)}", file


def keep_upload(session: Session, actor: Actor, file: MediaFile) -> None:
    """Store a file that a draft shows or plays.

    Raises:
        NotAllowed: The actor is no author.
    """
    require(actor, Role.AUTHOR)
    repository.add_media_files(session, [file])


def _refuse_unready(session: Session, actor: Actor, draft: ItemDraft, newest: int) -> None:
    history = repository.versions(session, [draft.item_id])
    if newest != (history[-1].version if history else 0):
        raise ItemMoved(draft.item_id)
    faults = faults_of_draft(session, actor, draft)
    if faults:
        more = f", and {len(faults) - 1} more" if len(faults) > 1 else ""
        raise DraftUnusable(f"{faults[0].where} {faults[0].what}{more}")
    if history and same_content(
        edited_item(history[-1], newest), {**draft.content, "version": newest + 1}
    ):
        raise DraftUnusable(f"it says what version {newest} says; change something, or discard it")


def _lock(session: Session, actor: Actor, draft: ItemDraft, newest: int) -> None:
    """Keep others from changing the bank, the draft and the item; none may have moved by now."""
    repository.bank(session, draft.bank_id, lock=True)
    if not draft_repository.remove(session, draft.item_id, draft.revision):
        raise _moved(session, actor, draft.bank_id, draft.item_id)
    history = repository.versions(session, [draft.item_id])
    if newest != (history[-1].version if history else 0):
        raise ItemMoved(draft.item_id)


def _moved(session: Session, actor: Actor, bank_id: str, item_id: str) -> DraftMoved:
    there = find_draft(session, actor, bank_id, item_id)
    return DraftMoved(item_id, there.saved_by_name, there.saved_at)


def _refuse_taken(session: Session, item_id: str) -> None:
    twin = repository.twin_of(session, item_id)
    if twin is not None:
        raise DraftUnusable(f"there is an item {twin} already; give another id")


def _history(session: Session, bank_id: str, item_id: str) -> list[ItemVersion]:
    found = [one for one in repository.versions(session, [item_id]) if one.bank_id == bank_id]
    if not found:
        raise ItemUnknown(item_id)
    return found


def _version(history: list[ItemVersion], item_id: str, version: int | None) -> ItemVersion:
    wanted = history[-1].version if version is None else version
    found = next((one for one in history if one.version == wanted), None)
    if found is None:
        raise ItemUnknown(item_id, version)
    return found
