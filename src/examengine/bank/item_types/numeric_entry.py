"""Numeric entry: a number is typed, and is right within a tolerance."""

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any, ClassVar

from examengine.bank.item_types import _fields as check
from examengine.bank.item_types import _options as options
from examengine.bank.item_types._bands import Bands, band_in_words
from examengine.bank.item_types._fault import Content, ItemFault
from examengine.bank.item_types._form_fields import GroupField, TextField
from examengine.bank.item_types._item_type import Fields, ItemType, Rationale
from examengine.bank.item_types._numbers import in_digits, readings
from examengine.bank.item_types._scoring_rules import AllOrNothing
from examengine.bank.item_types._typed import (
    MISTAKE_ROWS,
    explained_answers,
    typed,
)

LONGEST = 60


def _is_right(content: Content, response: Any) -> bool:
    """Tell whether a number is within the tolerance, the bounds included; exact, however long."""
    return any(_within(content, number) for number in _read(content, response))


def _within(content: Content, number: Fraction | Decimal) -> bool:
    key = content["key"]
    return abs(Fraction(number) - Fraction(key["value"])) <= Fraction(key["tolerance"])


def _read(content: Content, response: Any) -> tuple[Fraction, ...]:
    """Return the numbers that an answer can mean; none when it is no number."""
    read = readings(response, content.get("unit", "")) if isinstance(response, str) else ()
    return tuple(map(Fraction, read))


class NumericEntry(ItemType):
    """A number is typed. Response: what was typed, trimmed, `"12.5"`."""

    name = "numeric_entry"
    title = "Numeric entry"
    kind = "text"
    fields = frozenset({"key", "unit", "errors", "scoring"})
    form_fields = (
        GroupField(
            "key",
            "Right answer",
            fields=(
                TextField("value", "Number", "With a decimal point, such as 12.5.", size="short"),
                TextField("tolerance", "How far off is still right", "0 for exact.", size="short"),
            ),
        ),
        TextField("unit", "Unit", "Stands beside the field, such as %.", size="short"),
        MISTAKE_ROWS,
    )
    scoring_rules = (
        AllOrNothing(_is_right),
        Bands(
            _read,
            _within,
            {"from": "12", "to": "13", "points": 1, "rationale": "Rounded to a whole percent."},
        ),
    )
    example: ClassVar[Content] = {
        "stem": "A price rises from 80 to 90 euros. By what percentage does it rise?",
        "key": {"value": "12.5", "tolerance": "0.05"},
        "unit": "%",
        "errors": [
            {"value": "10", "rationale": "Gives the rise in euros."},
            {"value": "11.1", "rationale": "Divides by the new price."},
        ],
        "rationale": "The rise is ten on a base of eighty: one eighth.",
    }
    unfinished_example: ClassVar[object] = "twenty-two"

    def faults(self, content: Content) -> Iterator[ItemFault]:
        """Check the key, and that no expected mistake would be marked as right."""
        own = tuple(self._field_faults(content))
        yield from own
        if not own:
            yield from self._right_mistakes(content)

    def _field_faults(self, content: Content) -> Iterator[ItemFault]:
        key = content.get("key")
        if isinstance(key, Mapping):
            yield from self._key_faults(key)
        else:
            yield ItemFault(
                "key", 'must give value and tolerance: {value: "12.5", tolerance: "0.05"}'
            )
        if "unit" in content:
            yield from check.text(content, "unit", "leave it out when there is none", longest=40)
        yield from check.mistakes(content)

    def _key_faults(self, key: Mapping[str, Any]) -> Iterator[ItemFault]:
        yield from check.known(key, ("value", "tolerance"), at="key")
        yield from check.decimal(key, "value", "give the right number", at="key")
        why = 'give how far off is still right, "0" for exact'
        yield from check.decimal(key, "tolerance", why, at="key")
        tolerance = check.as_decimal(key.get("tolerance"))
        if tolerance is not None and tolerance < 0:
            yield ItemFault("key.tolerance", 'is negative; write "0" for exact')

    def _right_mistakes(self, content: Content) -> Iterator[ItemFault]:
        for index, error in enumerate(check.expected_mistakes(content)):
            if _is_right(content, error["value"]):
                what = f"{error['value']!r} lies within the tolerance and would be marked as right"
                yield ItemFault(f"errors[{index}].value", what)

    def controls(self, content: Content, order: Sequence[str]) -> Mapping[str, Any]:  # noqa: ARG002
        """Show the unit beside the field."""
        return {"unit": content.get("unit", ""), "longest": LONGEST}

    def read(self, content: Content, raw: object) -> str | None:  # noqa: ARG002
        """Take what was typed; that it is no number is for the marking, not for the saving."""
        return typed(raw, LONGEST)

    def read_fields(self, content: Content, fields: Fields) -> object:  # noqa: ARG002
        """Take the field."""
        return options.first_field(fields)

    def echo(self, content: Content, response: Any) -> str | None:
        """Say the number that was read, or both where a mark can mean two things."""
        read = () if response is None else readings(response, content.get("unit", ""))
        if not read:
            return None
        said = [f"{in_digits(number)} {content.get('unit', '')}".strip() for number in read]
        if len(said) == 1:
            return f"Read as {said[0]}."
        comma = abs(read[0]) > abs(read[1])
        other = "the comma is a decimal mark" if comma else "the point groups thousands"
        return f"Read as {said[0]}, or as {said[1]} if {other}; either counts."

    def unfinished(self, content: Content, response: Any) -> str | None:
        """Say that no number can be read."""
        unit = content.get("unit", "")
        if response is None or readings(response, unit):
            return None
        if "/" in response or "⁄" in unicodedata.normalize("NFKC", response):
            return "This is not read as a number. Write a fraction as a decimal number."
        alone = f"Write digits; the unit is {unit}." if unit else "Write digits, without words."
        return f"This is not read as a number. {alone}"

    def in_words(self, content: Content, response: Any) -> str:
        """Say the number with its unit."""
        if response is None:
            return "No answer"
        return f"{response} {content.get('unit', '')}".strip()

    def key_response(self, content: Content) -> str:
        """Type the key."""
        return str(content["key"]["value"])

    def likely_mistakes(self, content: Content) -> tuple[str, ...]:
        """Type each expected mistake, and both ends of each band."""
        bands = content.get("scoring", {}).get("bands", ())
        return (
            *(error["value"] for error in check.expected_mistakes(content)),
            *dict.fromkeys(band[end] for band in bands for end in ("from", "to")),
        )

    def explanations(self, content: Content) -> tuple[Rationale, ...]:
        """Explain the key, each band and each expected mistake."""
        graded = [
            (band_in_words(band), band.get("rationale", ""), band["points"])
            for band in content.get("scoring", {}).get("bands", ())
        ]
        most = self.most_points(content) if graded else None
        return explained_answers(content, self.key_response(content), graded, most)

    def category(self, content: Content, response: Any) -> str:
        """Count by number, however it was typed; what is no number by its text."""
        if response is None:
            return ""
        read = readings(response, content.get("unit", ""))
        return in_digits(read[0]).replace("−", "-") if read else str(response)


ITEM_TYPE = NumericEntry()
