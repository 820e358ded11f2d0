"""Numeric entry: a number is typed, and is right within a tolerance."""

import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, ClassVar

from examengine.bank.item_types import _fields as check
from examengine.bank.item_types import _options as options
from examengine.bank.item_types._fault import Content, Fault
from examengine.bank.item_types._item_type import Explanation, Fields, ItemType
from examengine.bank.item_types._typed import explained_mistakes, typed

LONGEST = 40
_UNGROUPED = re.compile(r"\d+[.,]?\d*|[.,]\d+")
_GROUPED_BY_COMMA = re.compile(r"[1-9]\d{0,2}(?:,\d{3})+(?:\.\d*)?")
_GROUPED_BY_POINT = re.compile(r"[1-9]\d{0,2}(?:\.\d{3})+(?:,\d*)?")


class NumericEntry(ItemType):
    """A number is typed. Response: what was typed, trimmed, `"12.5"`."""

    name = "numeric_entry"
    title = "Numeric entry"
    kind = "text"
    fields = frozenset({"key", "unit", "errors", "rationale"})
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

    def faults(self, content: Content) -> Iterator[Fault]:
        """Check the key, and that no expected mistake would be scored as right."""
        own = tuple(self._field_faults(content))
        yield from own
        if not own:
            yield from self._right_mistakes(content)

    def _field_faults(self, content: Content) -> Iterator[Fault]:
        key = content.get("key")
        if isinstance(key, Mapping):
            yield from self._key_faults(key)
        else:
            yield Fault("key", 'must give value and tolerance: {value: "12.5", tolerance: "0.05"}')
        if "unit" in content:
            yield from check.text(content, "unit", "leave it out when there is none", longest=40)
        yield from check.mistakes(content, least=2)
        yield from check.text(content, "rationale", "say how the key is found")

    def _key_faults(self, key: Mapping[str, Any]) -> Iterator[Fault]:
        yield from check.known(key, ("value", "tolerance"), at="key")
        yield from check.decimal(key, "value", "give the right number", at="key")
        why = 'give how far off is still right, "0" for exact'
        yield from check.decimal(key, "tolerance", why, at="key")
        tolerance = check.as_decimal(key.get("tolerance"))
        if tolerance is not None and tolerance < 0:
            yield Fault("key.tolerance", 'is negative; write "0" for exact')

    def _right_mistakes(self, content: Content) -> Iterator[Fault]:
        for index, error in enumerate(content["errors"]):
            if self.score(content, error["value"]):
                what = f"{error['value']!r} lies within the tolerance and would be scored as right"
                yield Fault(f"errors[{index}].value", what)

    def controls(self, content: Content, order: Sequence[str]) -> Mapping[str, Any]:  # noqa: ARG002
        """Show the unit beside the field."""
        return {"unit": content.get("unit", ""), "longest": LONGEST}

    def read(self, content: Content, raw: object) -> str | None:  # noqa: ARG002
        """Take what was typed; that it is no number is for the scoring, not for the saving."""
        return typed(raw, LONGEST)

    def read_fields(self, content: Content, fields: Fields) -> object:  # noqa: ARG002
        """Take the field."""
        return options.first_field(fields)

    def score(self, content: Content, response: Any) -> int:
        """Score a number within the tolerance, the bounds included."""
        if response is None:
            return 0
        value = Decimal(content["key"]["value"])
        tolerance = Decimal(content["key"]["tolerance"])
        read = readings(response, content.get("unit", ""))
        return int(any(abs(number - value) <= tolerance for number in read))

    def in_words(self, content: Content, response: Any) -> str:
        """Say the number with its unit."""
        if response is None:
            return "No answer"
        return f"{response} {content.get('unit', '')}".strip()

    def key_response(self, content: Content) -> str:
        """Type the key."""
        return str(content["key"]["value"])

    def wrong_responses(self, content: Content) -> tuple[str, ...]:
        """Type each expected mistake."""
        return tuple(error["value"] for error in content["errors"])

    def explanations(self, content: Content) -> tuple[Explanation, ...]:
        """Explain the key and each expected mistake."""
        return explained_mistakes(content, self.key_response(content))

    def category(self, content: Content, response: Any) -> str:
        """Count by number, however it was typed; what is no number by its text."""
        if response is None:
            return ""
        read = readings(response, content.get("unit", ""))
        return format(read[0].normalize(), "f") if read else str(response)


def readings(text: str, unit: str) -> tuple[Decimal, ...]:
    """Return the numbers that typed text can mean; none when it is no number.

    Decimal comma and decimal point, any kind of space between digits, a true minus sign and the
    item's own unit are all taken. `1,200` can be twelve hundred or one and a fifth: the notation
    is not what an item measures, so both readings count.
    """
    bare = "".join(text.replace("−", "-").split())
    own_unit = "".join(unit.split())
    if own_unit and bare.casefold().endswith(own_unit.casefold()):
        bare = bare[: -len(own_unit)]
    sign, digits = (bare[0], bare[1:]) if bare[:1] in {"+", "-"} else ("", bare)
    found = []
    if _GROUPED_BY_COMMA.fullmatch(digits):
        found.append(digits.replace(",", ""))
    if _UNGROUPED.fullmatch(digits):
        found.append(digits.replace(",", "."))
    if _GROUPED_BY_POINT.fullmatch(digits):
        found.append(digits.replace(".", "").replace(",", "."))
    return tuple(Decimal(sign + number) for number in found)


ITEM_TYPE = NumericEntry()
