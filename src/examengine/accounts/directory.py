"""A page of the list of people, however many there are."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlmodel import Session

from examengine.accounts import directory_repository, repository
from examengine.accounts.rules import Actor, Person, Role, require


@dataclass(frozen=True, slots=True)
class FoundPeople:
    """Some of the people who were looked for, and how many there are."""

    people: Sequence[Person]
    n_found: int
    n_all: int


def find_people(
    session: Session, actor: Actor, words: str = "", *, start: int = 0, most: int
) -> FoundPeople:
    """Return a page of the people whose name or address holds every one of these words, by name.

    Raises:
        NotAllowed: The actor is no administrator.
    """
    require(actor, Role.ADMINISTRATOR)
    rows = directory_repository.page(session, words, start, most)
    return FoundPeople(
        people=[repository.person_of(*found) for found in rows],
        n_found=directory_repository.how_many(session, words),
        n_all=directory_repository.how_many(session),
    )


def list_panelists(session: Session, actor: Actor) -> list[Person]:
    """Return the panelists with an open account, by name.

    Raises:
        NotAllowed: The actor is no awarding officer.
    """
    require(actor, Role.AWARDING_OFFICER)
    rows = directory_repository.in_role(session, Role.PANELIST, "", (), None)
    return [repository.person_of(*found) for found in rows]


def people_in_roles(session: Session, roles: Collection[Role]) -> list[Person]:
    """Return who plays one of these roles and has an open account, by name, for the contexts above.

    It does not ask who is asking: the use case that calls it does.
    """
    found = {
        member[0].id: repository.person_of(*member)
        for role in roles
        for member in directory_repository.in_role(session, role, "", (), None)
    }
    return sorted(found.values(), key=lambda person: (person.name.casefold(), str(person.id)))


def candidates_by_address(
    session: Session, actor: Actor, words: str = "", *, without: Collection[UUID] = ()
) -> dict[str, UUID]:
    """Return all candidates with an open account by their addresses, as `find_candidates` does.

    Raises:
        NotAllowed: The actor is no awarding officer.
    """
    require(actor, Role.AWARDING_OFFICER)
    return directory_repository.addresses_in_role(session, Role.CANDIDATE, words, without)


def find_candidates(
    session: Session,
    actor: Actor,
    words: str = "",
    *,
    without: Collection[UUID] = (),
    most: int | None = None,
) -> FoundPeople:
    """Return candidates with an open account whose name or address holds these words, by name.

    Args:
        session: The transaction.
        actor: Who asks.
        words: Looked for in any case; everybody when empty.
        without: Who is not wanted, such as those who are enrolled already; `n_all` is without them.
        most: How many are returned at most; all when None.

    Raises:
        NotAllowed: The actor is no awarding officer.
    """
    require(actor, Role.AWARDING_OFFICER)
    wanted = (session, Role.CANDIDATE)
    rows = directory_repository.in_role(*wanted, words, without, most)
    return FoundPeople(
        people=[repository.person_of(*found) for found in rows],
        n_found=directory_repository.how_many_in_role(*wanted, words, without),
        n_all=directory_repository.how_many_in_role(*wanted, "", without),
    )
