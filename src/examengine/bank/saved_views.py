"""Views of a bank that people save: own ones, and those that all who read the bank may use."""

from uuid import UUID

from sqlmodel import Session

from examengine.accounts import Actor, record_act, require
from examengine.bank import view_repository
from examengine.bank.errors import ViewRefused, ViewUnknown
from examengine.bank.item_view import LONGEST_QUERY, view_of
from examengine.bank.service import READERS, bank_of
from examengine.bank.view_repository import SavedView
from examengine.kernel.clock import Clock
from examengine.kernel.ids import new_id

LONGEST_TITLE = 80
MOST_VIEWS = 50
"""Views that one person may save of one bank."""


def save_view(
    session: Session,
    clock: Clock,
    actor: Actor,
    bank_id: str,
    *,
    title: str,
    query: str,
    shared: bool,
) -> SavedView:
    """Save a view of a bank; one of the same person and title is replaced.

    Args:
        session: The transaction.
        clock: Tells when.
        actor: Whose view it is.
        bank_id: Of which bank.
        title: What to call it.
        query: Of the address that shows it; what is no part of a view is left out.
        shared: Whether all who read the bank may use it.

    Raises:
        NotAllowed: The actor is neither author nor psychometrician.
        BankUnknown: There is no such bank.
        ViewRefused: It has no title, or one too long, or there are too many.
    """
    require(actor, *READERS)
    bank_of(session, bank_id)
    said = " ".join(title.split())
    if not 1 <= len(said) <= LONGEST_TITLE:
        raise ViewRefused(f"a title of 1 to {LONGEST_TITLE} characters is needed")
    if len(query) > LONGEST_QUERY:
        raise ViewRefused("it asks for more than an address can hold")
    own = [
        one for one in view_repository.views(session, bank_id) if one.saved_by == actor.person_id
    ]
    if len(own) >= MOST_VIEWS and said not in {one.title for one in own}:
        raise ViewRefused(f"you have saved {MOST_VIEWS} views of this bank; delete one first")
    now = clock.now()
    kept = view_of(query).at(1).query()
    view = SavedView(new_id(now), said, kept, shared, actor.person_id, actor.name, now)
    for same in own:
        if same.title == said:
            view_repository.delete_view(session, same.id)
    view_repository.add_view(session, bank_id, view)
    detail = {"title": said, "query": view.query, "shared": shared}
    record_act(session, now, actor, "bank.save_view", f"bank:{bank_id}", detail)
    return view


def views_of(session: Session, actor: Actor, bank_id: str) -> list[SavedView]:
    """Return the views of a bank that the actor saved and those that others share, by title.

    Raises:
        NotAllowed: The actor is neither author nor psychometrician.
    """
    require(actor, *READERS)
    return [
        view
        for view in view_repository.views(session, bank_id)
        if view.shared or view.saved_by == actor.person_id
    ]


def delete_view(session: Session, clock: Clock, actor: Actor, bank_id: str, view_id: UUID) -> None:
    """Delete a view that the actor saved.

    Raises:
        NotAllowed: The actor is neither author nor psychometrician.
        ViewUnknown: They have saved none with this id.
    """
    require(actor, *READERS)
    for view in view_repository.views(session, bank_id):
        if view.id == view_id and view.saved_by == actor.person_id:
            view_repository.delete_view(session, view_id)
            detail = {"title": view.title}
            record_act(session, clock.now(), actor, "bank.delete_view", f"bank:{bank_id}", detail)
            return
    raise ViewUnknown(f"no view {view_id} of {actor.person_id}")
