"""What happened in an attempt, in the past tense: how it is stored, told, and what it changes."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import fields
from datetime import datetime
from functools import cache
from typing import Any, ClassVar, Self

from examengine.delivery.attempt import AttemptSoFar


class Event(ABC):
    """One thing that happened. A subclass is a frozen dataclass with a moment, `at`.

    What stands in a log stays there for ever: a field may be added with a default, and none is
    taken away or given another meaning.

    Attributes:
        type: The word that the log has for it.
        at: When it happened.
        draws_page: Whether it says that a page was drawn for the candidate.
        is_answer: Whether it is what became of an answer, counted or not.
        is_act: Whether it is something the candidate did on a page, for which the page vouches.
    """

    __slots__ = ()

    type: ClassVar[str]
    at: datetime
    draws_page: ClassVar[bool] = False
    is_answer: ClassVar[bool] = False
    is_act: ClassVar[bool] = False

    def body(self) -> dict[str, Any]:
        """Return the event as plain JSON, without its moment: what the log's row holds."""
        return {name: getattr(self, name) for name in _names(type(self))}

    @classmethod
    def read(cls, at: datetime, body: Mapping[str, Any]) -> Self:
        """Return the event that a row of the log holds.

        Raises:
            KeyError, TypeError, ValueError: The body is none that this program has written.
        """
        return cls(at=at, **body)  # type: ignore[call-arg]

    @abstractmethod
    def words(self) -> str:
        """Say what happened, for staff: that an answer was given and when, never which."""

    def in_head(self, version: int) -> Mapping[str, Any]:  # noqa: ARG002  (of those that have one)
        """Return what it changes in the head of the log, besides what every event changes."""
        return {}

    def happen(self, so_far: AttemptSoFar, version: int) -> None:  # noqa: B027  (most change nothing)
        """Change the attempt as it is read from the log; `version` is that of its row."""


@cache
def _names(kind: type[Any]) -> tuple[str, ...]:
    return tuple(field.name for field in fields(kind) if field.name != "at")
