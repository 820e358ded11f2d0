"""Words for every refusal: what happened, and what the reader can do now.

One file of this folder holds the words of one context, as `WORDS`, in alphabetical order of the
codes. A test fails for a code without words. Words may use the fields of the refusal: `{email}`
is its field `email`.
"""

from datetime import datetime
from typing import Any

from examengine.kernel.clock import as_utc
from examengine.kernel.errors import ExamError
from examengine.kernel.plugins import load
from examengine.web import messages
from examengine.web.messages._message import Message
from examengine.web.times import zone_named_at, zone_of

__all__ = ["Message", "message_for", "message_for_status", "names_times"]

WORDS: dict[str, Message] = {}
for words_of_one_context in load(messages, attribute="WORDS").values():
    WORDS.update(words_of_one_context)

BY_STATUS: dict[int, Message] = {
    404: Message(
        "There is no page at this address", "Check the address, or begin at the start page."
    ),
    405: Message("That cannot be done here", "Go back and use the buttons of the page."),
    422: Message("Something in this form cannot be used", "Nothing was changed."),
    500: Message(
        "Something went wrong on our side",
        "It has been written down for the operator. What was saved before is safe. "
        "Try again; if it stays like this, tell the invigilator or the awarding body.",
    ),
}


def message_for(error: ExamError, time_zone: str = "UTC") -> Message:
    """Return the words for a refusal, its fields filled in; times in the zone, which is named."""
    words = WORDS[error.code]
    fields = {name: _shown(value, time_zone) for name, value in vars(error).items()}
    return Message(words.title.format_map(fields), words.text.format_map(fields))


def names_times(error: ExamError) -> bool:
    """Tell whether the words for a refusal may name a moment, which is in some time zone."""
    return any(isinstance(value, datetime) for value in vars(error).values())


def message_for_status(status: int) -> Message:
    """Return the words for an answer that no refusal of ours caused."""
    return BY_STATUS.get(status, BY_STATUS[500] if status >= 500 else BY_STATUS[422])


def _shown(value: Any, time_zone: str) -> str:
    if isinstance(value, datetime):
        there = as_utc(value).astimezone(zone_of(time_zone))
        return f"{there:%H:%M} {zone_named_at(there)} on {there:%-d %B}"
    if isinstance(value, tuple | list | frozenset):
        return ", ".join(str(element) for element in value)
    return str(value)
