"""Forms and their items in memory. Both are immutable, so what was loaded once stays right."""

from uuid import UUID

from sqlmodel import Session

from examengine.assembly import find_exam, find_form
from examengine.bank import item_versions, limited_media, media_seconds
from examengine.db import organisation_of
from examengine.delivery.form_in_play import FormInPlay


class FormsInPlay:
    """The forms that were asked for so far; shared by threads, since entries are only added."""

    def __init__(self) -> None:
        self._loaded: dict[tuple[UUID, UUID], FormInPlay] = {}

    def of(self, session: Session, form_id: UUID) -> FormInPlay:
        """Return a form, from memory or from the database.

        Raises:
            FormUnknown: There is none with this id.
        """
        key = (organisation_of(session), form_id)
        found = self._loaded.get(key)
        if found is None:
            found = self._loaded[key] = _load(session, form_id)
        return found

    def known(self, organisation_id: UUID, form_id: UUID) -> FormInPlay | None:
        """Return a form from memory alone; None when it was not asked for yet."""
        return self._loaded.get((organisation_id, form_id))


def _load(session: Session, form_id: UUID) -> FormInPlay:
    form = find_form(session, form_id)
    versions = item_versions(session, [item.ref for item in form.items])
    items = tuple(versions[item.ref] for item in form.items)
    exam = find_exam(session, form.exam_id)
    limited = {one.digest for item in items for one in limited_media(item.content)}
    lengths = media_seconds(session, limited) if limited else {}
    return FormInPlay(form, exam, items, {item.item_id: item for item in items}, lengths)
