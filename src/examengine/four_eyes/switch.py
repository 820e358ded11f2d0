"""Whether two people are needed here: an administrator's decision, kept with all before it."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Switch:
    """One decision of an administrator."""

    on: bool
    at: datetime
    by_name: str
    reason: str


def needed(newest: Switch | None) -> bool:
    """Tell whether two people are needed: yes, until an administrator has said otherwise."""
    return newest is None or newest.on
