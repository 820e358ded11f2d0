"""What a progression must bring: which items come next, and which of them are open."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from examengine.delivery.attempt import Attempt, Head
from examengine.delivery.form_in_play import FormInPlay


class Progression(ABC):
    """Which items a candidate meets, in which order, and when there are no more. One file each.

    A progression is asked when a candidate turns to a place that has no item yet, and its answer
    is written into the log (`ItemChosen`) before the item is shown. What was chosen once is read
    from there and never asked again: a replay draws nothing. The items of a set stand next to each
    other in the form, in their order; a progression that orders items anew gives them together.

    Attributes:
        words: How candidates go through the exam, for the people who publish it.
        by_sections: Whether it goes by the sections of a form; without, there are to be none.
        example: The sections of a form that goes by it, as a form's body has them.
    """

    words: ClassVar[str]
    by_sections: ClassVar[bool] = False
    example: ClassVar[tuple[Mapping[str, Any], ...]] = ()

    @abstractmethod
    def choose(self, form: FormInPlay, head: Head) -> tuple[str, ...]:
        """Return the items that come after those that were chosen; none when there are no more.

        Several at once are given together: their candidate goes to and fro among them.
        """

    def item_at(
        self,
        form: FormInPlay,  # noqa: ARG002
        head: Head,
        place: int,
        attempt: Callable[[], Attempt],
    ) -> str | None:
        """Return which item stands at a place of the form, counted from 1.

        It was chosen, and stands in the log, which is read for it; None where nothing was chosen
        for the place yet.
        """
        return attempt().chosen[place - 1] if place <= head.chosen else None

    def check_open(self, form: FormInPlay, head: Head, item_id: str) -> None:  # noqa: B027
        """Refuse an item that is not open now; in most exams all of them always are.

        Raises:
            SectionNotOpen, SectionOver: It is part of a section that is not.
        """


class InFormOrder(Progression):
    """A progression that gives items in the order of the form, so that no log tells the place."""

    def item_at(
        self,
        form: FormInPlay,
        head: Head,  # noqa: ARG002
        place: int,
        attempt: Callable[[], Attempt],  # noqa: ARG002
    ) -> str:
        """Return which item stands at a place of the form, chosen already or not."""
        return form.items[place - 1].item_id
