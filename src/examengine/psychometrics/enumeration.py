"""Many names in one sentence: some of them, and how many more there are."""

from collections.abc import Sequence


def some_of(names: Sequence[str], most: int = 5) -> str:
    """The first names, the rest by number.

    Args:
        names: All of them.
        most: How many are named.

    Returns:
        "i1, i2, i3, i4, i5 and 95 more".
    """
    shown = ", ".join(names[:most])
    return shown if len(names) <= most else f"{shown} and {len(names) - most} more"
