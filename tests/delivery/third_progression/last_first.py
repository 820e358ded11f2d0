"""One item at a time, the last of the form first; there is no list to choose from."""

from typing import ClassVar

from examengine.delivery.attempt import Head
from examengine.delivery.form_in_play import FormInPlay
from examengine.delivery.progression._progression import Progression


class LastFirst(Progression):
    """From the last item of the form to its first."""

    words: ClassVar[str] = "Candidates answer the questions from the last to the first."

    def choose(self, form: FormInPlay, head: Head) -> tuple[str, ...]:
        """Return the last item that was not chosen yet."""
        left = form.items[: len(form.items) - head.chosen]
        return tuple(item.item_id for item in left[-1:])


PROGRESSION = LastFirst()
