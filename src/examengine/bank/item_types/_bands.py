"""Bands: numbers that are partly right, for the item types whose answer is a number."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import partial
from typing import Any, ClassVar

from examengine.bank.item_types import _fields as check
from examengine.bank.item_types._fault import Content, ItemFault
from examengine.bank.item_types._form_fields import FormField, NumberField, RowsField, TextField
from examengine.bank.item_types._scoring_rules import (
    ScoringRule,
    gives_up_to,
    listed_faults,
    points_fault,
)

MOST_BANDS = 20
_BAND = ("from", "to", "points", "rationale")


@dataclass(frozen=True, slots=True)
class Bands(ScoringRule):
    """Fewer points for a number that lies in a band: near the key, or found by part of the way.

    Attributes:
        read: Returns the numbers that a response can mean; none when it is no number.
        within: Tells whether a number is right.
        example_band: A band that fits the example of the item type.
    """

    read: Callable[[Content, Any], Sequence[Fraction]]
    within: Callable[[Content, Fraction | Decimal], bool]
    example_band: Mapping[str, Any]
    name: str = "bands"
    fields: ClassVar[frozenset[str]] = frozenset({"points", "bands"})
    form_fields: ClassVar[tuple[FormField, ...]] = (
        NumberField("points", "Points of the key"),
        RowsField(
            "bands",
            "Numbers that are partly right",
            row="Band",
            columns=(
                TextField("from", "From", size="short"),
                TextField("to", "To", size="short"),
                NumberField("points", "Points"),
                TextField("rationale", "What is right in it, and what not", size="words"),
            ),
        ),
    )

    @property
    def example(self) -> Content:
        """Show what there is to declare."""
        return {"rule": self.name, "points": 2, "bands": [dict(self.example_band)]}

    def faults(self, content: Content) -> Iterator[ItemFault]:
        """Check the bands: each holds numbers that the key does not, and no expected mistake."""
        scoring = content["scoring"]
        yield from points_fault(scoring.get("points"), "scoring.points")
        of_each = partial(self._band_faults, content)
        own = [*listed_faults(scoring, "bands", _BAND, MOST_BANDS, of_each)]
        yield from own
        if not own and isinstance(scoring.get("points"), int):
            yield from self._mistakes_in_bands(content)

    def _band_faults(
        self, content: Content, band: Mapping[str, Any], at: str
    ) -> Iterator[ItemFault]:
        yield from check.decimal(band, "from", "give the least number of the band", at=at)
        yield from check.decimal(band, "to", "give the greatest number of the band", at=at)
        most = content["scoring"].get("points")
        below = most + 1 if isinstance(most, int) else most
        yield from points_fault(band.get("points"), f"{at}.points", below=below)
        least, greatest = check.as_decimal(band.get("from")), check.as_decimal(band.get("to"))
        if least is None or greatest is None:
            return
        if least > greatest:
            yield ItemFault(f"{at}.from", f"is greater than to, {greatest}; exchange the two")
        elif self.within(content, least) and self.within(content, greatest):
            what = "holds only what is right by the key; widen it, or leave it out"
            yield ItemFault(at, what)

    def _mistakes_in_bands(self, content: Content) -> Iterator[ItemFault]:
        for index, error in enumerate(check.expected_mistakes(content)):
            worth = self.points(content, error["value"])
            if worth:
                what = f"{error['value']!r} lies in a band and would be worth {worth}; take it out"
                yield ItemFault(f"errors[{index}].value", what)

    def most_points(self, content: Content) -> int:
        """Return the points of the key."""
        return int(content["scoring"]["points"])

    def points(self, content: Content, response: Any) -> int:
        """Return the most that a reading of the number gives, the bounds of a band included."""
        read = self.read(content, response)
        if any(self.within(content, number) for number in read):
            return self.most_points(content)
        worth = [
            int(band["points"])
            for band in content["scoring"]["bands"]
            if any(Fraction(band["from"]) <= number <= Fraction(band["to"]) for number in read)
        ]
        return max(worth, default=0)

    def in_words(self, content: Content) -> str:
        """Say that there are numbers that are partly right."""
        most = self.most_points(content)
        if all(band["points"] == most for band in content["scoring"]["bands"]):
            return f"{gives_up_to(most)}, for a right number."
        return f"{gives_up_to(most)}: {most} for the right number, fewer for one partly right."


def band_in_words(band: Mapping[str, Any]) -> str:
    """Say from where to where a band goes, or the one number that is in it."""
    least, greatest = band["from"], band["to"]
    return str(least) if least == greatest else f"{least} to {greatest}"
