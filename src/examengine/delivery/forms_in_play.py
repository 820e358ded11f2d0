"""Forms and their items in memory. Both are immutable, so what was loaded once stays right."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlmodel import Session

from examengine.assembly import Exam, Form, find_exam, find_form
from examengine.bank import ITEM_TYPES, ItemType, ItemVersion, item_versions
from examengine.delivery.errors import ItemNotInForm
from examengine.kernel.digest import digest_of_bytes


@dataclass(frozen=True, slots=True)
class FormInPlay:
    """A published form with the exam it belongs to and the item versions it names."""

    form: Form
    exam: Exam
    items: tuple[ItemVersion, ...]
    by_id: Mapping[str, ItemVersion]

    @property
    def consent(self) -> str:
        """Return the digest of the words a candidate agrees to."""
        return digest_of_bytes(self.exam.consent.encode())

    def item(self, item_id: str) -> ItemVersion:
        """Return an item of the form.

        Raises:
            ItemNotInForm: The form has no such item.
        """
        if item_id not in self.by_id:
            raise ItemNotInForm(f"form {self.form.code} has no item {item_id[:80]!r}")
        return self.by_id[item_id]

    def item_at(self, place: int) -> ItemVersion:
        """Return the item at a place, counted from 1.

        Raises:
            ItemNotInForm: The form is not that long.
        """
        if not 1 <= place <= len(self.items):
            raise ItemNotInForm(f"form {self.form.code} has {len(self.items)} items")
        return self.items[place - 1]

    def drawn_ids(self) -> dict[str, tuple[str, ...]]:
        """Return, for each item, the ids whose order is drawn for each candidate."""
        return {item.item_id: type_of(item).drawn_ids(item.content) for item in self.items}


def type_of(item: ItemVersion) -> ItemType:
    """Return what knows how to show, read and score an item."""
    return ITEM_TYPES[item.item_type]


class FormsInPlay:
    """The forms that were asked for so far; shared by threads, since entries are only added."""

    def __init__(self) -> None:
        self._loaded: dict[UUID, FormInPlay] = {}

    def of(self, session: Session, form_id: UUID) -> FormInPlay:
        """Return a form, from memory or from the database.

        Raises:
            FormUnknown: There is none with this id.
        """
        found = self._loaded.get(form_id)
        if found is None:
            found = self._loaded[form_id] = _load(session, form_id)
        return found


def _load(session: Session, form_id: UUID) -> FormInPlay:
    form = find_form(session, form_id)
    versions = item_versions(session, [item.ref for item in form.items])
    items = tuple(versions[item.ref] for item in form.items)
    exam = find_exam(session, form.exam_id)
    return FormInPlay(form, exam, items, {item.item_id: item for item in items})
