"""What the exam page sends, and what its script is told of what was recorded."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Annotated, ClassVar, cast
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, JsonValue
from starlette.types import Receive

from examengine.delivery import LONGEST_DRAFT, Command, Flag, Focus, Recorded, Save, ShowItem, Turn
from examengine.kernel.clock import iso
from examengine.web.security import BodyTooLarge

LARGEST_BODY = 64 * 1024
"""The longest text that an item takes, in a script of four bytes a sign, and what comes with it."""
LARGEST_NUMBER = 2**31 - 1
LONGEST_AGO = 86_400

PageCount = Annotated[int, Field(ge=0, le=LARGEST_NUMBER)]
PageId = Annotated[str, Field(pattern=r"^[A-Za-z0-9-]{8,40}$")]
ItemId = Annotated[str, Field(pattern=r"^[^\x00-\x1f]{1,128}$")]
FieldValue = Annotated[str, Field(max_length=LONGEST_DRAFT)]
FieldValues = Annotated[list[FieldValue], Field(max_length=100)]


class SentBody(BaseModel):
    """What everything that a page sends has: which page, and its own count.

    The fields of each shape are named as those of the command that they become.
    """

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    asks: ClassVar[type[Save | Flag | Focus]]
    client: PageId
    seq: PageCount

    def command(self, attempt_id: UUID, session: str, now: datetime) -> Command:
        """Return what the writer is asked."""
        return self.asks(attempt_id=attempt_id, session=session, received_at=now, **vars(self))


class SentSave(SentBody):
    """An answer: as in files (`response`), or as the fields of the form say it (`fields`)."""

    asks = Save
    item_id: ItemId
    response: JsonValue = None
    fields: dict[str, FieldValues] | None = Field(default=None, max_length=100)
    seen: PageCount


class SentFlag(SentBody):
    """A flag, and whether it is up."""

    asks = Flag
    item_id: ItemId
    flagged: bool


class SentFocus(SentBody):
    """The page went out of sight, or came back."""

    asks = Focus
    item_id: ItemId | None = None
    lost: bool
    ago: Annotated[float, Field(ge=0, le=LONGEST_AGO)] = 0.0


class SentTurn(BaseModel):
    """A question is asked for, with the answer to the one before where that is not stored yet."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    client: PageId
    place: Annotated[int, Field(ge=1, le=LARGEST_NUMBER)]
    chosen: PageCount
    """How many items were chosen when the page drew its list of questions."""
    warned: Annotated[str, Field(max_length=2000)] | None = None
    """What the candidate was told that the answer lacks."""
    answer: SentSave | None = None

    def turn(self, attempt_id: UUID, session: str, now: datetime) -> Turn:
        """Return what the writer is asked."""
        answer = None
        if self.answer is not None:
            answer = cast(Save, self.answer.command(attempt_id, session, now))
        show = ShowItem(
            attempt_id=attempt_id,
            session=session,
            received_at=now,
            place=self.place,
            client=self.client,
        )
        return Turn(answer=answer, show=show, warned=self.warned)


SHAPES: Mapping[str, type[SentBody]] = {"saves": SentSave, "flags": SentFlag, "signals": SentFocus}
"""What may be sent to `/attempts/{id}/…`, by the last part of the address."""


async def body_of(receive: Receive) -> bytes:
    """Return the body of a request; of one that was cut off, what had arrived.

    Raises:
        BodyTooLarge: It is larger than anything that is sent about a running exam.
    """
    data, more = b"", True
    while more:
        message = await receive()
        data += message.get("body", b"")
        more = message.get("more_body", False)
        if len(data) > LARGEST_BODY:
            raise BodyTooLarge(f"more than {LARGEST_BODY} bytes")
    return data


def acknowledgement(recorded: Recorded, now: datetime) -> dict[str, object]:
    """Return what a page is told of what was recorded: where it stands, and how long is left."""
    left = 0.0
    if recorded.deadline is not None:
        left = max(0.0, (recorded.deadline - now).total_seconds())
    return {
        "version": recorded.version,
        "digest": recorded.digest,
        "at": None if recorded.at is None else iso(recorded.at),
        "remaining": left,
        **{name: said for name, said in _said(recorded) if said is not None},
    }


def _said(recorded: Recorded) -> Iterator[tuple[str, str | None]]:
    yield "unfinished", recorded.unfinished
    yield "echo", recorded.echo
