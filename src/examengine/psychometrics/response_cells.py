"""The cells of a response file: what a score is, what is absent, and what other things mean."""

import re

from examengine.psychometrics.responses import NOT_PRESENTED

ABSENT = frozenset({"", "NA"})
# A score as people and spreadsheets write it: 2, 02 or 2.0.
WHOLE = re.compile(r"[+]?0*([0-9]{1,3})(?:\.0*)?")
MISSING_WORDS = frozenset(
    {
        *("nan", "n/a", "#n/a", "#null!", "#value!", "null", "none", "missing", "na", "-", "–"),
        *(".", "*", "?", "-1", "-7", "-8", "-9", "-77", "-88", "-99", "999"),
    }
)
MISSING_OPTIONS = MISSING_WORDS - {"none", "-1", "*", "?"}
TRUTHS = frozenset({"true", "false", "yes", "no", "right", "wrong", "correct", "incorrect"})
PERCENT = re.compile(r"[0-9]{1,3}(?:[.,][0-9]{1,9})?\s?%")
DECIMAL = re.compile(r"[0-9]{1,9}[.,][0-9]{1,15}")


def score_in(cell: str, most: int) -> int | None:
    """The score a cell says.

    Args:
        cell: Text of the cell.
        most: Highest score there can be.

    Returns:
        The score, −1 when not presented, None when the cell says neither.
    """
    if cell in ABSENT:
        return NOT_PRESENTED
    whole = WHOLE.fullmatch(cell)
    return int(whole[1]) if whole and int(whole[1]) <= most else None


def way_out(cell: str, *, keyed: bool) -> str:
    """What somebody who wrote such a cell as a score may have meant, and how to write that.

    Args:
        cell: Text of a cell that is no score.
        keyed: Whether a key was given.

    Returns:
        A clause that ends a sentence; empty when nothing is known.
    """
    word = cell.lower()
    if word in TRUTHS:
        return " (write 1 for right and 0 for wrong)"
    if missing_in_words(cell) or word in MISSING_WORDS:
        return " (a missing answer is an empty cell or NA)"
    if PERCENT.fullmatch(cell) or DECIMAL.fullmatch(cell):
        return " (points are counted whole, not as shares)"
    return "" if keyed else " (chosen options need a key)"


def missing_in_words(cell: str) -> bool:
    """Whether a chosen option rather says that there is no answer."""
    return cell.lower() in MISSING_OPTIONS
