"""Numbers of tables without a rounding of our own: what a file says is what comes in and goes out.

b is −d / a in one program's table and b in another's. A quotient of exact numbers is rounded once;
an intercept is written with more digits than a double has, so that reading it gives back the very
b that it was made of.
"""

from decimal import ROUND_HALF_EVEN, Context, Decimal
from fractions import Fraction

from examengine.psychometrics.csv_tables import NUMBER

DIGITS = 25
"""Of what is written of a product or a sum; a double has 17."""
LONGEST_NUMBER = 60
FARTHEST_POWER = 100
NOTHING = frozenset({"", "NA", "NaN", "nan", ".", "-"})
"""What stands in a cell that says nothing, in R and in reports."""


def exact(cell: str) -> Fraction | None:
    """The number that a cell says.

    Args:
        cell: Text of the cell, with a decimal point.

    Returns:
        The number as it is written; None when the cell says none, or one beyond all use.
    """
    if len(cell) > LONGEST_NUMBER or not NUMBER.fullmatch(cell):
        return None
    number = Decimal(cell)
    if number and abs(number.adjusted()) > FARTHEST_POWER:
        return None
    return Fraction(number)


def shortest(value: float) -> str:
    """A double in the fewest digits that give it back."""
    return repr(float(value))


def as_written(value: float) -> Fraction:
    """The number that `shortest` writes of a double: what a reader of the table will have."""
    return Fraction(shortest(value))


def long_form(value: Fraction) -> str:
    """An exact number in `DIGITS` digits; one that needs fewer has fewer."""
    context = Context(prec=DIGITS, rounding=ROUND_HALF_EVEN)
    quotient = context.divide(Decimal(value.numerator), Decimal(value.denominator))
    return format(quotient.normalize(context), "f") if abs(quotient) < 1e6 else str(quotient)
