"""Numbers as people and keyboards type them, read without guessing and without floats.

Taken: the digits of any script, decimal point, decimal comma and the Arabic ٫; thousands set off by
commas, points, spaces, apostrophes or ٬, in threes or as in India; any dash as minus sign; powers
of ten as `1.2e3` or `1.2·10³`; the item's own unit, and money, before or after. Not taken: words,
fractions, sums, another unit. Text is bounded, and read in one pass.
"""

import unicodedata
from collections.abc import Iterator, Sequence
from decimal import Decimal

from examengine.bank.item_types._units import may_follow, may_precede
from examengine.bank.typing_signs import plain_signs, visible

LARGEST_EXPONENT = 30
_MARKS = ".,'"
_TIMES = frozenset("x×·⋅∙•*✕✖х")
_PLAIN = str.maketrans({"٫": ".", "٬": "'", "٪": "%", "،": ",", "º": "°", "˚": "°"})


def readings(text: str, unit: str = "") -> tuple[Decimal, ...]:
    """Return the numbers that typed text can mean; none when it is no number.

    `1,200` can be twelve hundred or one and a fifth, and `1.200` too: the notation is not what an
    item measures, so both readings count, and both are said to the candidate.

    Args:
        text: What was typed.
        unit: The unit the item shows beside the field; "" for none.
    """
    written, own = _written(text), _written(unit)
    for amount in _amounts(written, own):
        found = tuple(dict.fromkeys(_values(amount)))
        if found:
            return found
    return ()


def in_digits(number: Decimal) -> str:
    """Return a number as the page says it: all its digits, no grouping, a true minus sign."""
    digits = format(number, "f")
    whole, _, rest = digits.partition(".")
    rest = rest.rstrip("0")
    plain = f"{whole}.{rest}" if rest else whole
    return "0" if plain == "-0" else plain.replace("-", "−")


def _written(text: str) -> str:
    """Return text in plain signs, raised digits told from those on the line."""
    level = _raised_told_apart(visible(text).translate(_PLAIN))
    return " ".join(plain_signs(level).casefold().split())


def _raised_told_apart(text: str) -> str:
    """Write `10³` as `10^3` and `m²` as `m2`; elsewhere a raised digit is a power, and no digit."""
    told: list[str] = []
    raised = False
    for sign in text:
        kind = unicodedata.decomposition(sign).partition(" ")[0]
        if kind in {"<super>", "<sub>"}:
            if not raised and not (told and told[-1].isalpha()):
                told.append("^" if kind == "<super>" else "_")
            raised = True
        else:
            raised = False
        told.append(sign)
    return "".join(told)


def _amounts(written: str, unit: str) -> Iterator[str]:
    """Yield the part of a text that can be its number, the item's very own unit taken off first."""
    bare, own = "".join(written.split()), "".join(unit.split())
    for spelled in dict.fromkeys((own, own.replace(",", ""))):  # per 1,000 residents, per 1000 …
        if spelled and bare.endswith(spelled):
            yield from _after_prefix(bare[: -len(spelled)], unit)
    digits = [place for place, sign in enumerate(written) if sign.isdecimal()]
    yield from _before_word(written, digits, unit)
    of_no_unit = [place for place in digits if not (place and written[place - 1].isalpha())]
    if of_no_unit[-1:] != digits[-1:]:  # 5 m2
        yield from _before_word(written, of_no_unit, unit)


def _before_word(written: str, digits: Sequence[int], unit: str) -> Iterator[str]:
    """Yield what stands up to the last of some digits, when the rest says nothing but the unit."""
    if not digits:
        return
    amount, word = written[: digits[-1] + 1], written[digits[-1] + 1 :].lstrip()
    marks = len(word) - len(word.lstrip(_MARKS))
    amount, word = amount + word[:marks], word[marks:].strip()
    if amount[-1] in ".,":  # 1200.– and 1200,-- are prices
        word = word.lstrip("- ")
    if may_follow(word, unit):
        yield from _after_prefix(amount, unit)


def _after_prefix(amount: str, unit: str) -> Iterator[str]:
    """Yield a number with its sign, whichever side of a currency the sign stands on."""
    begin = next((place for place, sign in enumerate(amount) if sign.isdecimal()), None)
    if begin is None:
        return
    before, number = amount[:begin].strip(), "".join(amount[begin:].split())
    if before[-1:] in {".", ","} and not before[-2:-1].isalpha():  # -.5 and not Fr. 5
        before, number = before[:-1].strip(), before[-1] + number
    sign = next((sign for sign in "-+" if before.startswith(sign) or before.endswith(sign)), "")
    if sign:
        before = before[1:] if before.startswith(sign) else before[:-1]
    if may_precede(before.strip(), unit):
        yield sign + number


def _values(amount: str) -> Iterator[Decimal]:
    """Yield what an amount without unit and words can mean."""
    sign = amount[0] if amount[:1] in {"-", "+"} else ""
    digits = amount[len(sign) :]
    mantissa, exponent = _power_of_ten(digits)
    if exponent is None or abs(exponent) > LARGEST_EXPONENT:
        return
    for number in _decimals(mantissa):
        yield Decimal(f"{sign}{number}e{exponent}")


def _power_of_ten(digits: str) -> tuple[str, int | None]:
    """Split `1.2e3`, `1.2·10^3` and `10^3` into mantissa and exponent; 0 when there is none."""
    if digits.startswith("10^"):
        return "1", _exponent(digits[3:])
    for place, sign in enumerate(digits):
        if sign == "e":
            return digits[:place], _exponent(digits[place + 1 :])
        if sign in _TIMES:
            base = digits[place + 1 :].replace("**", "^")
            return digits[:place], _exponent(base[3:]) if base.startswith("10^") else None
    return digits, 0


def _exponent(text: str) -> int | None:
    digits = text.removeprefix("-") if text.startswith("-") else text.removeprefix("+")
    if not (digits.isdecimal() and len(digits) <= 3):
        return None
    return -int(digits) if text.startswith("-") else int(digits)


def _decimals(digits: str) -> Iterator[str]:
    """Yield what digits and their marks can mean, as Python writes it: `1200.5`."""
    signs = [sign for sign in digits if not sign.isdecimal()]
    if len(signs) == len(digits) or not set(signs) <= set(_MARKS):
        return
    if not signs:
        yield digits
        return
    last = signs[-1]
    ways = [_all_grouped(digits, last), _with_fraction(digits, last)]
    for number in ways if last == "," else reversed(ways):
        if number is not None:
            yield number


def _all_grouped(digits: str, mark: str) -> str | None:
    """Return a whole number whose marks all set off groups, or None."""
    groups = digits.split(mark)
    return "".join(groups) if _are_groups(groups) else None


def _with_fraction(digits: str, mark: str) -> str | None:
    """Return a number whose last mark is the decimal one, or None."""
    if mark == "'" or digits.count(mark) > 1:
        return None
    whole, _, fraction = digits.partition(mark)
    groupings = {sign for sign in whole if not sign.isdecimal()}
    if len(groupings) > 1:
        return None
    if groupings:
        groups = whole.split(groupings.pop())
        if not _are_groups(groups):
            return None
        whole = "".join(groups)
    return f"{whole or '0'}.{fraction}"


def _are_groups(groups: Sequence[str]) -> bool:
    """Tell whether digits are grouped in threes, or in twos with three at the end (1,00,000)."""
    first, *rest = groups
    if not rest or not first.isdecimal() or first[0] == "0" or len(first) > 3:
        return False
    if not all(group.isdecimal() for group in rest) or len(rest[-1]) != 3:
        return False
    inner = {len(group) for group in rest[:-1]}
    return inner <= {3} or (inner == {2} and len(first) <= 2)
