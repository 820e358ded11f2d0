"""A published form as an attempt needs it: with its exam, and the item versions it names."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from examengine.assembly import Exam, Form
from examengine.bank import ITEM_TYPES, ItemType, ItemVersion, LimitedMedium, limited_media
from examengine.delivery.errors import ItemNotInForm
from examengine.kernel.digest import digest_of_bytes


@dataclass(frozen=True, slots=True)
class FormInPlay:
    """A published form with the exam it belongs to and the item versions it names."""

    form: Form
    exam: Exam
    items: tuple[ItemVersion, ...]
    by_id: Mapping[str, ItemVersion]
    lengths: Mapping[str, float] = field(default_factory=dict)
    """Seconds that each recording and video takes whose playings are counted, by its digest."""

    @property
    def consent(self) -> str:
        """Return the digest of the words a candidate agrees to."""
        return digest_of_bytes(self.exam.consent.encode())

    @property
    def partial_credit(self) -> bool:
        """Tell whether an answer to some item can be worth a part of its points."""
        return any(type_of(item).most_points(item.content) > 1 for item in self.items)

    def item(self, item_id: str) -> ItemVersion:
        """Return an item of the form.

        Raises:
            ItemNotInForm: The form has no such item.
        """
        if item_id not in self.by_id:
            raise ItemNotInForm(f"form {self.form.code} has no item {item_id[:80]!r}")
        return self.by_id[item_id]

    def limited_media(self, item_id: str) -> tuple[LimitedMedium, ...]:
        """Return what of an item may be played so many times and no more.

        Raises:
            ItemNotInForm: The form has no such item.
        """
        return limited_media(self.item(item_id).content)

    def seconds_of(self, medium: LimitedMedium) -> float:
        """Return how long a recording or a video takes whose playings are counted."""
        return self.lengths[medium.digest]

    def withheld(self) -> frozenset[str]:
        """Return the digests of what is sent to candidates in a playing alone."""
        media = [one for item in self.items for one in limited_media(item.content)]
        named = (digest for one in media for digest in (one.digest, one.subtitles))
        return frozenset(digest for digest in named if digest is not None)

    def drawn_ids(self) -> dict[str, tuple[str, ...]]:
        """Return, for each item, the ids whose order is drawn for each candidate."""
        return {item.item_id: type_of(item).drawn_ids(item.content) for item in self.items}


def type_of(item: ItemVersion) -> ItemType:
    """Return what knows how to show, read and score an item."""
    return ITEM_TYPES[item.item_type]
