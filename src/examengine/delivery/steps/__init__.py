"""The steps of an attempt, one file each: what is asked, the rule, the event, how it is told.

To add one, add a file that brings `STEP`, a `Step` with its own examples; the conformance suite
picks it up and checks it. The writer finds the step of what it is asked by its command, the log
the event of a row by its type.
"""

import sys
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from examengine.delivery.log import LoggedEvent
from examengine.delivery.steps._event import Event
from examengine.delivery.steps._step import (
    CandidateCommand,
    Command,
    Number,
    PageCommand,
    Recorded,
    Situation,
    StaffCommand,
    Step,
)
from examengine.kernel import plugins

STEPS: Mapping[str, Step[Any]] = MappingProxyType(
    plugins.load(sys.modules[__name__], attribute="STEP")
)
EVENTS: Mapping[str, type[Event]] = MappingProxyType(
    {event.type: event for step in STEPS.values() for event in step.events}
)
_OF_COMMAND = {step.command: step for step in STEPS.values()}

__all__ = [
    "EVENTS",
    "STEPS",
    "CandidateCommand",
    "Command",
    "Event",
    "Number",
    "PageCommand",
    "Recorded",
    "Situation",
    "StaffCommand",
    "Step",
    "read_event",
    "step_of",
]


def step_of(command: Command) -> Step[Any]:
    """Return the step that a command asks for."""
    return _OF_COMMAND[type(command)]


def read_event(row: LoggedEvent) -> Event:
    """Return the event of a row.

    Raises:
        KeyError: The type is none of those this version of the program writes.
        TypeError, ValueError: The body is none that it writes.
    """
    return EVENTS[row.type].read(row.at, row.body)
