"""All items of the form, in its order; candidates go to and fro among them as they like."""

from typing import ClassVar

from examengine.delivery.attempt import Head
from examengine.delivery.form_in_play import FormInPlay
from examengine.delivery.progression._progression import InFormOrder


class FixedOrder(InFormOrder):
    """One whole, open from the first moment to the last."""

    words: ClassVar[str] = (
        "Candidates answer the questions in any order and can go back to each until the end."
    )

    def choose(self, form: FormInPlay, head: Head) -> tuple[str, ...]:
        """Return all items that were not chosen yet."""
        return tuple(item.item_id for item in form.items[head.chosen :])


PROGRESSION = FixedOrder()
