"""The item versions that a form names, as far as they are still what it names."""

from collections.abc import Mapping

from sqlmodel import Session

from examengine.assembly import Form
from examengine.bank import ItemRef, ItemUnknown, ItemVersion, item_versions

Versions = Mapping[ItemRef, ItemVersion]


def versions_of(session: Session, form: Form) -> Versions:
    """Return the item versions that are still the ones the form names."""
    refs = [item.ref for item in form.items]
    try:
        return item_versions(session, refs)
    except ItemUnknown:
        return {ref: version for ref in refs for version in _if_unchanged(session, ref)}


def _if_unchanged(session: Session, ref: ItemRef) -> list[ItemVersion]:
    try:
        return [item_versions(session, [ref])[ref]]
    except ItemUnknown:
        return []  # whoever asks says what is missing
