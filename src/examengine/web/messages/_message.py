"""The shape of the words."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Message:
    """A heading, and a sentence or two below it."""

    title: str
    text: str
