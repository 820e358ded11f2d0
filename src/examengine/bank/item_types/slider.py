"""Slider: a number is chosen on a scale with ends and steps."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Context, Decimal
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
from examengine.bank.item_types._typed import MISTAKE_ROWS, explained_answers, typed

LONGEST = 60
MOST_STEPS = 1_000
"""A finer scale cannot be set by hand; `numeric_entry` takes any number."""
_ENDS = ("from", "to", "step")
_EXACT = Context(prec=100)
"""Numbers of files have at most 40 digits."""


def _on_scale(content: Content, number: Fraction | Decimal) -> bool:
    """Tell whether a number is one of those that the scale offers."""
    least, greatest, step = _scale(content)
    exact = Fraction(number)
    return least <= exact <= greatest and (exact - least) % step == 0


def _scale(content: Content) -> tuple[Fraction, Fraction, Fraction]:
    """Return both ends and the step of the scale."""
    least, greatest, step = (Fraction(content["scale"][name]) for name in _ENDS)
    return least, greatest, step


def _read(content: Content, response: Any) -> tuple[Fraction, ...]:
    """Return what an answer can mean of what the scale offers."""
    read = readings(response, content.get("unit", "")) if isinstance(response, str) else ()
    return tuple(Fraction(number) for number in read if _on_scale(content, number))


def _within(content: Content, number: Fraction | Decimal) -> bool:
    """Tell whether a number is right by the key, the ends of a range included."""
    key = content["key"]
    least, greatest = (key["value"],) * 2 if "value" in key else (key["from"], key["to"])
    return Fraction(least) <= number <= Fraction(greatest)


def _is_right(content: Content, response: Any) -> bool:
    return any(_within(content, number) for number in _read(content, response))


class Slider(ItemType):
    """A number is chosen on a scale, by moving or by typing. Response: the number, `"35"`."""

    name = "slider"
    title = "Slider"
    kind = "number"
    fields = frozenset({"scale", "unit", "key", "errors", "scoring"})
    form_fields = (
        GroupField(
            "scale",
            "Scale",
            "With a decimal point, such as 0.5.",
            fields=(
                TextField("from", "From", size="short"),
                TextField("to", "To", size="short"),
                TextField("step", "Step", size="short"),
            ),
        ),
        TextField("unit", "Unit", "Stands beside the field, such as %.", size="short"),
        GroupField(
            "key",
            "Right answer",
            "One number, or from where to where; numbers that the scale offers.",
            fields=(
                TextField("value", "Number", size="short"),
                TextField("from", "Or from", size="short"),
                TextField("to", "Up to", size="short"),
            ),
        ),
        MISTAKE_ROWS,
    )
    blank: ClassVar[Content] = {"scale": {"from": "0", "to": "100", "step": "1"}}
    scoring_rules = (
        AllOrNothing(_is_right),
        Bands(
            _read,
            _within,
            {"from": "65", "to": "80", "points": 1, "rationale": "Near, and not worked out."},
        ),
    )
    example: ClassVar[Content] = {
        "stem": "Of 40 parcels 30 arrived on time. Set the share that arrived on time.",
        "scale": {"from": "0", "to": "100", "step": "5"},
        "unit": "%",
        "key": {"value": "75"},
        "errors": [
            {"value": "30", "rationale": "Takes the number of parcels for the share."},
            {"value": "25", "rationale": "Gives the share that was late."},
        ],
        "rationale": "30 of 40 are three quarters.",
    }
    unfinished_example: ClassVar[object] = "72"

    def faults(self, content: Content) -> Iterator[ItemFault]:
        """Check the scale, that the key lies on it, and that no mistake would be right."""
        own = tuple(self._field_faults(content))
        yield from own
        if not own:
            yield from self._faults_on_scale(content)

    def _field_faults(self, content: Content) -> Iterator[ItemFault]:
        yield from _scale_faults(content.get("scale"))
        yield from _key_faults(content.get("key"))
        if "unit" in content:
            yield from check.text(content, "unit", "leave it out when there is none", longest=40)
        yield from check.mistakes(content)

    def _faults_on_scale(self, content: Content) -> Iterator[ItemFault]:
        least, greatest, _ = _scale(content)
        key = content["key"]
        for name, number in key.items():
            if not _on_scale(content, Decimal(number)):
                what = f"is {number}, which the scale does not offer; give one of its steps"
                yield ItemFault(f"key.{name}", what)
        if _within(content, least) and _within(content, greatest):
            yield ItemFault("key", "makes the whole scale right; leave something wrong")
        if "from" in key and Fraction(key["from"]) > Fraction(key["to"]):
            yield ItemFault("key.from", f"is greater than to, {key['to']}; exchange the two")
        for index, error in enumerate(check.expected_mistakes(content)):
            read = _read(content, error["value"])
            where = f"errors[{index}].value"
            if not read:
                yield ItemFault(where, f"{error['value']!r} is no number that the scale offers")
            elif _is_right(content, error["value"]):
                yield ItemFault(where, f"{error['value']!r} would be marked as right")

    def scoring_faults(self, content: Content) -> Iterator[ItemFault]:
        """Check what is declared, and that some step of the scale is worth nothing."""
        own = tuple(super().scoring_faults(content))
        yield from own
        if "scoring" in content and not own and not any(self._worthless(content)):
            what = "make every step of the scale worth points; leave something wrong"
            yield ItemFault("scoring.bands", what)

    def _worthless(self, content: Content, *, from_above: bool = False) -> Iterator[str]:
        """Yield the steps of the scale that are worth nothing, from one end to the other."""
        least, greatest, step = _scale(content)
        places = range(int((greatest - least) / step) + 1)
        for place in reversed(places) if from_above else places:
            said = _plain_digits(least + place * step)
            if not self.points(content, said):
                yield said

    def controls(self, content: Content, order: Sequence[str]) -> Mapping[str, Any]:  # noqa: ARG002
        """Show the scale, and a field for the number; where nothing is answered the middle."""
        least, greatest, step = _scale(content)
        middle = least + (greatest - least) / step // 2 * step
        return {
            "scale": {name: content["scale"][name] for name in _ENDS},
            "middle": _plain_digits(middle),
            "said": {name: in_digits(Decimal(content["scale"][name])) for name in _ENDS},
            "unit": content.get("unit", ""),
            "longest": LONGEST,
        }

    def read(self, content: Content, raw: object) -> str | None:  # noqa: ARG002
        """Take what was chosen or typed; that it is no step of the scale is said, and kept."""
        return typed(raw, LONGEST)

    def read_fields(self, content: Content, fields: Fields) -> object:  # noqa: ARG002
        """Take the field; the slider itself sends nothing, for it always stands somewhere."""
        return options.first_field(fields)

    def echo(self, content: Content, response: Any) -> str | None:
        """Say the number that was read, where it was typed in another way."""
        read = () if response is None else _read(content, response)
        if not read or in_digits(_decimal(read[0])) == response:
            return None
        said = (f"{in_digits(_decimal(number))} {content.get('unit', '')}" for number in read)
        return f"Read as {' or '.join(one.strip() for one in said)}."

    def unfinished(self, content: Content, response: Any) -> str | None:
        """Say what the scale offers, when the answer is none of it."""
        if response is None or _read(content, response):
            return None
        least, greatest, step = (in_digits(Decimal(content["scale"][name])) for name in _ENDS)
        return (
            f"This is no step of the scale. Choose a number from {least} to {greatest}, in steps "
            f"of {step}."
        )

    def in_words(self, content: Content, response: Any) -> str:
        """Say the number with its unit."""
        if response is None:
            return "No answer"
        return f"{response} {content.get('unit', '')}".strip()

    def key_in_words(self, content: Content) -> str:
        """Say what is right: a number, or from where to where."""
        key = content["key"]
        said = key["value"] if "value" in key else band_in_words(key)
        return f"{said} {content.get('unit', '')}".strip()

    def key_response(self, content: Content) -> str:
        """Choose the key, of a range the step nearest to its middle."""
        key = content["key"]
        if "value" in key:
            return str(key["value"])
        least, _, step = _scale(content)
        middle = (Fraction(key["from"]) + Fraction(key["to"])) / 2
        return _plain_digits(least + (middle - least) // step * step)

    def likely_mistakes(self, content: Content) -> tuple[str, ...]:
        """Choose each expected mistake, both ends of each band, and what is worth nothing."""
        key = self.key_response(content)
        bands = content.get("scoring", {}).get("bands", ())
        partly = (band[end] for band in bands for end in ("from", "to"))
        expected = (error["value"] for error in check.expected_mistakes(content))
        wrong = (next(self._worthless(content, from_above=above)) for above in (False, True))
        likely = dict.fromkeys((*expected, *wrong, *partly))
        return tuple(one for one in likely if one != key and _read(content, one))

    def explanations(self, content: Content) -> tuple[Rationale, ...]:
        """Explain the key, each band and each expected mistake."""
        graded = [
            (band_in_words(band), band.get("rationale", ""), band["points"])
            for band in content.get("scoring", {}).get("bands", ())
        ]
        most = self.most_points(content) if graded else None
        return explained_answers(content, self.key_in_words(content), graded, most)

    def category(self, content: Content, response: Any) -> str:
        """Count by number, however it was typed; what the scale does not offer by its text."""
        if response is None:
            return ""
        read = _read(content, response)
        return _plain_digits(read[0]) if read else str(response)


def _scale_faults(scale: object) -> Iterator[ItemFault]:
    if not isinstance(scale, Mapping):
        what = 'must give its ends and its step: {from: "0", to: "100", step: "5"}'
        yield ItemFault("scale", what)
        return
    yield from check.known(scale, _ENDS, at="scale")
    yield from check.decimal(scale, "from", "give its lower end", at="scale")
    yield from check.decimal(scale, "to", "give its upper end", at="scale")
    yield from check.decimal(scale, "step", "give its step", at="scale")
    least, greatest, step = (check.as_decimal(scale.get(name)) for name in _ENDS)
    if least is None or greatest is None or step is None:
        return
    if step <= 0:
        yield ItemFault("scale.step", "must be greater than 0")
        return
    steps = Fraction(greatest - least) / Fraction(step)
    if steps.denominator != 1 or not 2 <= steps <= MOST_STEPS:
        what = f"must be 2 to {MOST_STEPS} whole steps of {step} above from, {least}"
        yield ItemFault("scale.to", what)


def _key_faults(key: object) -> Iterator[ItemFault]:
    if not isinstance(key, Mapping):
        what = 'must give what is right: {value: "75"}, or {from: "70", to: "80"}'
        yield ItemFault("key", what)
    elif "value" in key and key.keys() & {"from", "to"}:
        what = "is given beside from or to; give one number, or from where to where"
        yield ItemFault("key.value", what)
    elif "value" in key:
        yield from check.known(key, ("value",), at="key")
        yield from check.decimal(key, "value", "give the right number", at="key")
    else:
        yield from check.known(key, ("from", "to"), at="key")
        yield from check.decimal(key, "from", "give the least number that is right", at="key")
        yield from check.decimal(key, "to", "give the greatest number that is right", at="key")


def _decimal(number: Fraction) -> Decimal:
    """Return a step of a scale, which is a decimal number, as such."""
    return _EXACT.divide(Decimal(number.numerator), Decimal(number.denominator))


def _plain_digits(number: Fraction) -> str:
    """Return a step of a scale in digits as a keyboard has them: `-2.5`."""
    return in_digits(_decimal(number)).replace("−", "-")


ITEM_TYPE = Slider()
