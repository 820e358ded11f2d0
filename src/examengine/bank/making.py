"""Item versions that people make on purpose: checked and linted first, then written together."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from sqlmodel import Session

from examengine.accounts import Actor, Role, record_act, require
from examengine.bank import index_repository, lint_repository, repository
from examengine.bank.checks import findings_alone
from examengine.bank.index_repository import index_entry
from examengine.bank.item_types import Content
from examengine.bank.lint_jobs import may_be_linted_at_once
from examengine.bank.linting import found_with
from examengine.bank.rules import Bank, ItemVersion, Making, item_version
from examengine.kernel.clock import Clock


def make_of_contents(
    session: Session,
    clock: Clock,
    actor: Actor,
    bank: Bank,
    contents: Sequence[Content],
    reason: str,
    lock: Callable[[], None],
) -> list[ItemVersion]:
    """Make a version of each of some contents without faults.

    Everything is checked before the first write, so that nobody waits for it. What the lint finds
    is kept anew: of the whole bank where it is small; else of these items, by the rules that look
    at one, and whoever asks has the bank linted later.

    Args:
        session: The transaction.
        clock: The clock.
        actor: Who makes them.
        bank: The bank.
        contents: The items, each with the number of its version.
        reason: The checked word why.
        lock: Keeps others from changing what the contents rest on, and refuses where it has moved.

    Raises:
        NotAllowed: The actor is no author.
    """
    require(actor, Role.AUTHOR)
    made = Making(actor.person_id, actor.name, reason)
    versions = [replace(item_version(bank.id, content), made=made) for content in contents]
    small = may_be_linted_at_once(session, actor, bank.id)
    of_bank = found_with(session, bank, versions) if small else ()
    alone = {one.item_id: () if small else findings_alone(bank, one.content) for one in versions}
    now = clock.now()
    entries = [index_entry(version, bank.language, now, now) for version in versions]
    lock()
    repository.add_versions(session, versions, now)
    index_repository.put(session, bank.id, entries)
    if small:
        lint_repository.keep_findings(session, bank.id, of_bank, now)
    for version in versions:
        if not small:
            found = alone[version.item_id]
            lint_repository.keep_findings_of(session, bank.id, version.item_id, found)
        detail = {"version": version.version, "digest": version.digest, "reason": reason}
        record_act(session, now, actor, "bank.make_version", f"item:{version.item_id}", detail)
    return versions
