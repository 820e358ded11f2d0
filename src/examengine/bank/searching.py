"""Use cases of the index: finding, listing and counting items, and what resembles a text."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from sqlmodel import Session

from examengine.accounts import Actor, Role, require
from examengine.bank import (
    index_repository,
    lint_repository,
    repository,
    review_repository,
    search_repository,
)
from examengine.bank.checks import LINT_RULES, Severity
from examengine.bank.errors import TextTooShort
from examengine.bank.indexed_item import (
    IndexedItem,
    ItemUsage,
)
from examengine.bank.item_view import ItemView
from examengine.bank.likeness import RUN, Likeness, likest, runs_in
from examengine.bank.overview import BankTotals, Coverage, by_state, choices, coverage, totals
from examengine.bank.search_repository import Sought
from examengine.bank.service import READERS, bank_of
from examengine.bank.workflow import State, Workflow
from examengine.kernel.clock import Clock

LEAST_ALIKE = 0.5
"""The share of the wording of a text from which an item is said to resemble it."""
MOST_ALIKE = 10
LONGEST_TEXT = 20_000


@dataclass(frozen=True, slots=True)
class FoundItems:
    """A page of what a view asks for.

    Attributes:
        view: The view, on a page that there is.
        lines: The items of its page.
        n_found: How many there are on all pages.
        n_pages: How many pages that makes, at least one.
    """

    view: ItemView
    lines: tuple[IndexedItem, ...]
    n_found: int
    n_pages: int


@dataclass(frozen=True, slots=True)
class BankInShort:
    """A bank as a whole.

    Attributes:
        totals: What it amounts to.
        coverage: What it covers.
        choices: The values by which a column can be filtered, by its name.
        workflow: The states that its items go through; None where they are used as they arrive.
        states: How many items are in each, by their newest version.
        usage_at: When the use of its items was gathered; None before it was.
        linted: Whether the lint has ever looked at it.
    """

    totals: BankTotals
    coverage: Coverage
    choices: dict[str, list[str]]
    workflow: Workflow | None
    states: tuple[tuple[State, int], ...]
    usage_at: datetime | None
    linted: bool


def search_items(
    session: Session, actor: Actor, bank_id: str, view: ItemView, *, explained: bool = True
) -> FoundItems:
    """Return the items of a bank that a view asks for, a page of them.

    Args:
        session: A transaction; nothing is written.
        actor: Who asks.
        bank_id: Which bank.
        view: Which items, in which order; a page beyond the last is the last.
        explained: Whether words of keys and rationales find an item, too.

    Raises:
        NotAllowed: The actor is neither author nor psychometrician.
        BankUnknown: There is no such bank.
    """
    require(actor, *READERS)
    sought = _sought(session, actor, bank_id, view, explained=explained)
    n_found = search_repository.found(session, sought)
    n_pages = max(-(-n_found // view.size), 1)
    there = view.at(min(view.page, n_pages))
    lines = search_repository.page(session, replace(sought, view=there))
    return FoundItems(there, tuple(lines), n_found, n_pages)


def every_item(
    session: Session, actor: Actor, bank_id: str, view: ItemView, *, explained: bool = True
) -> Iterator[IndexedItem]:
    """Yield every item that a view asks for, on all pages; they are read as they are taken.

    Raises:
        NotAllowed: The actor is neither author nor psychometrician.
        BankUnknown: There is no such bank.
    """
    require(actor, *READERS)
    sought = _sought(session, actor, bank_id, view, explained=explained)
    return (item for some in search_repository.every(session, sought) for item in some)


def item_ids_of(
    session: Session,
    actor: Actor,
    bank_id: str,
    view: ItemView,
    *,
    explained: bool = True,
    most: int,
) -> list[str]:
    """Return the ids of the items that a view asks for, on all pages, at most so many.

    Raises:
        NotAllowed: The actor is neither author nor psychometrician.
        BankUnknown: There is no such bank.
    """
    require(actor, *READERS)
    sought = _sought(session, actor, bank_id, view, explained=explained)
    return search_repository.found_ids(session, sought, most)


def bank_in_short(session: Session, actor: Actor, bank_id: str) -> BankInShort:
    """Return what a bank amounts to, what it covers, and by what it can be filtered.

    Raises:
        NotAllowed: The actor is neither author nor psychometrician.
        BankUnknown: There is no such bank.
    """
    require(actor, *READERS)
    bank = bank_of(session, bank_id)
    workflow = review_repository.workflow_of(session, bank_id)
    errors = _rules(session, bank_id, Severity.ERROR)
    counted = search_repository.counted(session, bank_id, errors, workflow)
    usage_at, linted_at = repository.derived_at(session, bank_id)
    return BankInShort(
        totals(counted),
        coverage(bank, counted),
        choices(counted),
        workflow,
        by_state(workflow, counted),
        usage_at,
        linted_at is not None,
    )


def similar_to(session: Session, actor: Actor, bank_id: str, text: str) -> tuple[Likeness, ...]:
    """Return the items that hold at least half of the wording of a text, the likest first.

    Raises:
        NotAllowed: The actor is no author.
        BankUnknown: There is no such bank.
        TextTooShort: There are fewer than three words in it.
    """
    require(actor, Role.AUTHOR)
    bank_of(session, bank_id)
    own = runs_in(text[:LONGEST_TEXT])
    if len(text.split()) < RUN or not len(own):
        raise TextTooShort(RUN)
    everything = index_repository.runs_in_bank(session, bank_id)
    return likest(own, everything, least=LEAST_ALIKE, most=MOST_ALIKE)


def keep_usage(
    session: Session, clock: Clock, actor: Actor, bank_id: str, usage: Iterable[ItemUsage]
) -> None:
    """Keep how the items of a bank have been used, as the contexts above have gathered it.

    Raises:
        NotAllowed: The actor is no psychometrician.
        BankUnknown: There is no such bank.
    """
    require(actor, Role.PSYCHOMETRICIAN)
    index_repository.set_usage(session, bank_of(session, bank_id).id, usage, clock.now())


def _sought(
    session: Session, actor: Actor, bank_id: str, view: ItemView, *, explained: bool
) -> Sought:
    bank = bank_of(session, bank_id)
    errors = _rules(session, bank_id, Severity.ERROR)
    told = errors | _rules(session, bank_id, Severity.WARNING)
    workflow = review_repository.workflow_of(session, bank_id)
    return Sought(bank, view, errors, told, explained, workflow, actor.person_id)


def _rules(session: Session, bank_id: str, severity: Severity) -> frozenset[str]:
    """Return the names of the rules that a bank judges so."""
    policy = lint_repository.policy_of(session, bank_id)
    return frozenset(name for name, rule in LINT_RULES.items() if policy.severity(rule) is severity)
