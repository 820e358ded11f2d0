"""Numbers as the cells of a sheet show them, which is how people typed them.

A sheet keeps 0.5 for what was typed and is shown as 50 %. It is read as `50%`, and 12.5 in a format
of two places as `12.50`. Where what is shown is another number than what is kept, such as a rounded
one, the number that is kept is read, and it is told.
"""

import re
from datetime import datetime
from decimal import Decimal

FIRST_DAY = datetime(1899, 12, 30)  # noqa: DTZ001  (a day of the format, of no zone)
FIRST_DAY_1904 = datetime(1904, 1, 1)  # noqa: DTZ001
_USUAL = {
    0: "General",
    1: "0",
    2: "0.00",
    3: "#,##0",
    4: "#,##0.00",
    9: "0%",
    10: "0.00%",
    **dict.fromkeys((37, 38), "#,##0"),
    **dict.fromkeys((39, 40), "#,##0.00"),
    49: "@",
}
"""The formats that every program knows by their number."""
_DATES = frozenset({*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)})
_ASIDE = re.compile(r'"[^"]{0,30}"|\\.|\[[^\[\]]{0,30}\]|[_*].')
_PATTERN = re.compile(r"(#,##|#+)?(0+|(?<=#))(?:\.(0{1,15}))?(%?)")
_EXACT = 15
"""Digits that a program keeps of a number; the rest is noise of its arithmetic."""


def is_date(code: str | int) -> bool:
    """Tell whether a format shows a number as a date or a time of day."""
    if isinstance(code, int):
        return code in _DATES
    bare = _ASIDE.sub("", code.partition(";")[0]).casefold()
    return bare != "general" and bool(re.search(r"[ymdhs]", bare))


def shown_number(value: str, code: str | int) -> tuple[str, bool] | None:
    """Return a number as people see it, and whether something of what they see is not in it.

    Args:
        value: The number, as a sheet keeps it.
        code: How its cell shows it: a format, or the number of a usual one.

    Returns:
        None for what is no number.
    """
    try:
        number = Decimal(value)
    except ArithmeticError:
        return None
    if not number.is_finite() or abs(number.adjusted()) > 300:
        return None
    number = _exact(number)
    usual = _USUAL.get(code, "") if isinstance(code, int) else code.partition(";")[0]
    if usual in {"General", "@", "general"}:
        return _plain(number), False
    bare = _ASIDE.sub("", usual)
    found = _PATTERN.fullmatch(bare.strip())
    if found is None or bare != usual.strip():
        return _plain(number), True
    return _as_shown(number, found)


def _as_shown(number: Decimal, found: re.Match[str]) -> tuple[str, bool]:
    scaled = number * 100 if found[4] else number
    places = len(found[3] or "")
    rounded = round(scaled, places)
    if rounded != scaled:
        return _plain(scaled) + found[4], True
    text = format(rounded, "f")
    sign, digits = ("-", text[1:]) if text.startswith("-") else ("", text)
    whole, dot, rest = digits.partition(".")
    return f"{sign}{whole.zfill(len(found[2]))}{dot}{rest}{found[4]}", False


def _exact(number: Decimal) -> Decimal:
    if len(number.as_tuple().digits) <= _EXACT:
        return number
    return Decimal(format(number, f".{_EXACT - 1}e"))


def _plain(number: Decimal) -> str:
    text = format(number.normalize(), "f")
    return "0" if text == "-0" else text
