"""Refusals as data: what happened has a code and a kind; the words are elsewhere.

`web/errors.py` turns a kind into a status and `web/messages.py` a code into words that a person
can act on. A refusal never has a default status, and never carries a secret.
"""

from enum import Enum
from typing import ClassVar


class Kind(Enum):
    """What sort of refusal this is, whoever is asking."""

    INVALID = "invalid"  # the input cannot be used as it stands
    UNAUTHENTICATED = "unauthenticated"  # we do not know who is asking
    FORBIDDEN = "forbidden"  # we know, and it is not theirs to do
    NOT_FOUND = "not_found"
    CONFLICT = "conflict"  # the world has moved on since the page was drawn
    TOO_LARGE = "too_large"
    TOO_MANY = "too_many"  # slow down and try again
    UNAVAILABLE = "unavailable"  # nothing is wrong with the request; try again


class ExamError(Exception):
    """A refusal that a person can act on; everything else is a defect."""

    code: ClassVar[str]
    kind: ClassVar[Kind]


def all_refusals() -> tuple[type[ExamError], ...]:
    """Return every refusal that has been defined so far, sorted by code."""
    found: set[type[ExamError]] = set()
    waiting = list(ExamError.__subclasses__())
    while waiting:
        error = waiting.pop()
        waiting.extend(error.__subclasses__())
        if "code" in error.__dict__:
            found.add(error)
    return tuple(sorted(found, key=lambda error: error.code))
