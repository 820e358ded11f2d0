"""Use cases that make the index of items: of all of a bank, or of what it does not know yet."""

from collections.abc import Sequence

from sqlmodel import Session

from examengine.accounts import Actor, Role, require
from examengine.bank import (
    index_repository,
    repository,
    review_repository,
    statistics_repository,
)
from examengine.bank.index_repository import index_entry
from examengine.bank.indexed_item import parameters_in_short
from examengine.bank.rules import ItemVersion
from examengine.bank.service import bank_of
from examengine.bank.state_index import index_states


def index_again(session: Session, actor: Actor, bank_id: str) -> int:
    """Make the index of a bank anew of its items, and return how many there are.

    What was gathered of their use stays.

    Raises:
        NotAllowed: The actor is no author.
        BankUnknown: There is no such bank.
    """
    require(actor, Role.AUTHOR)
    language = bank_of(session, bank_id).language
    items = repository.latest_in(session, bank_id)
    _index(session, bank_id, language, items)
    adopted = next(iter(repository.parameters_in(session, bank_id, most=1)), None)
    if adopted is not None:
        index_repository.set_parameters(session, bank_id, parameters_in_short(adopted.body))
    return len(items)


def items_behind(session: Session, actor: Actor, bank_id: str) -> list[str]:
    """Return the items of a bank whose newest version the index does not know, by id.

    Raises:
        NotAllowed: The actor is no author.
        BankUnknown: There is no such bank.
    """
    require(actor, Role.AUTHOR)
    bank_of(session, bank_id)
    known = index_repository.indexed_versions(session, bank_id)
    newest = repository.latest_numbers(session, bank_id)
    return [item_id for item_id, version in newest.items() if known.get(item_id) != version]


def index_items(session: Session, actor: Actor, bank_id: str, item_ids: Sequence[str]) -> None:
    """Make the index of some items of a bank, of their newest versions.

    Raises:
        NotAllowed: The actor is no author.
        BankUnknown: There is no such bank.
    """
    require(actor, Role.AUTHOR)
    language = bank_of(session, bank_id).language
    newest = {version.item_id: version for version in repository.versions(session, item_ids)}
    items = [one for one in newest.values() if one.bank_id == bank_id]
    _index(session, bank_id, language, items, [one.item_id for one in items])


def _index(
    session: Session,
    bank_id: str,
    language: str,
    items: Sequence[ItemVersion],
    item_ids: Sequence[str] | None = None,
) -> None:
    times = index_repository.first_times(session, bank_id, item_ids)
    entries = [index_entry(item, language, *times[item.item_id]) for item in items]
    workflow = review_repository.workflow_of(session, bank_id)
    index_repository.put(session, bank_id, entries)
    if workflow is not None:
        index_states(session, bank_id, workflow, item_ids)
    newest = {item.item_id: item.version for item in items}
    told = statistics_repository.newest_of_each(session, bank_id)
    index_repository.set_elsewhere(
        session, (one for one, version in told.values() if newest.get(one.item_id) == version)
    )
