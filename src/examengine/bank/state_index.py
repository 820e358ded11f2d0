"""Keeps in the index where items stand in the workflow of their bank, whenever that changes.

What it keeps is worked out of the states that versions are in; nothing rests on it but lists.
"""

from collections.abc import Collection

from sqlmodel import Session

from examengine.bank import index_repository, repository, review_repository
from examengine.bank.workflow import Workflow, usable_version


def index_states(
    session: Session, bank_id: str, workflow: Workflow, item_ids: Collection[str] | None = None
) -> None:
    """Write the state of the newest version of items, and which version forms may take.

    Args:
        session: The transaction.
        bank_id: The bank.
        workflow: The workflow it has.
        item_ids: The items that moved; None for all, where the workflow is another one.
    """
    if item_ids is None:
        item_ids = repository.latest_numbers(session, bank_id).keys()
    known = review_repository.states_among(session, item_ids)
    states = {
        item_id: {version: state for version, (state, _) in known.get(item_id, {}).items()}
        for item_id in item_ids
    }
    usable = {item_id: usable_version(workflow, found) for item_id, found in states.items()}
    index_repository.set_states(session, bank_id, states, usable)
