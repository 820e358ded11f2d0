"""The rule of answers that a person marks: how many points there are, and nothing more."""

from collections.abc import Iterator
from typing import Any, ClassVar

from examengine.bank.item_types._fault import Content, ItemFault
from examengine.bank.item_types._form_fields import FormField, NumberField
from examengine.bank.item_types._scoring_rules import ScoringRule, gives_up_to, points_fault


class ByPerson(ScoringRule):
    """So many points at most; how many of them is for a person to say: `points: 5`."""

    name = "by_person"
    fields = frozenset({"points"})
    form_fields: ClassVar[tuple[FormField, ...]] = (
        NumberField("points", "Points at most", "1 if left empty."),
    )

    @property
    def example(self) -> Content:
        """Show what there is to declare."""
        return {"rule": self.name, "points": 5}

    def faults(self, content: Content) -> Iterator[ItemFault]:
        """Check the points."""
        yield from points_fault(content["scoring"].get("points"), "scoring.points")

    def most_points(self, content: Content) -> int:
        """Return what is declared, or 1."""
        return int(content.get("scoring", {}).get("points", 1))

    def points(self, content: Content, response: Any) -> int:  # noqa: ARG002
        """Refuse: nothing is worth anything before somebody has read it.

        Raises:
            TypeError: Always; whoever marks asks first whether a person has to.
        """
        raise TypeError("this answer is marked by a person")

    def in_words(self, content: Content) -> str:
        """Say who marks."""
        return f"{gives_up_to(self.most_points(content))}, and a person says how many."
