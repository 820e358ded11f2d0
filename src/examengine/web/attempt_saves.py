"""Where the exam page sends answers, flags and signals: the path that must never be slow.

It does without the framework's machinery: check the token, read a small body, hand it to the
writer, answer when it is on disk. Who is asking is looked up in the writer's transaction.
"""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, JsonValue, ValidationError
from starlette.datastructures import Headers
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from examengine.delivery import AttemptUnknown, Command, Flag, Focus, Recorded, Save, SaveMalformed
from examengine.kernel.clock import iso
from examengine.kernel.errors import ExamError
from examengine.kernel.tokens import token_digest
from examengine.web.dependencies import Parts
from examengine.web.errors import STATUS
from examengine.web.messages import message_for
from examengine.web.security import CSRF_HEADER, BodyTooLarge, check_csrf

LARGEST_SAVE = 16 * 1024
LARGEST_NUMBER = 2**31 - 1

Count = Annotated[int, Field(ge=0, le=LARGEST_NUMBER)]
Page = Annotated[str, Field(pattern=r"^[A-Za-z0-9-]{8,40}$")]
ItemId = Annotated[str, Field(pattern=r"^[^\x00-\x1f]{1,80}$")]
FieldValues = Annotated[list[Annotated[str, Field(max_length=2000)]], Field(max_length=100)]


class Sent(BaseModel):
    """What everything that a page sends has: which page, and its own count."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    client: Page
    seq: Count

    def command(self, attempt_id: UUID, session: str, now: datetime) -> Command:
        """Return what the writer is asked."""
        raise NotImplementedError


class SentSave(Sent):
    """An answer: as in files (`response`), or as the fields of the form say it (`fields`)."""

    item_id: ItemId
    response: JsonValue = None
    fields: dict[str, FieldValues] | None = Field(default=None, max_length=100)
    seen: Count

    def command(self, attempt_id: UUID, session: str, now: datetime) -> Command:
        """Return what the writer is asked."""
        return Save(
            attempt_id=attempt_id,
            session=session,
            received_at=now,
            item_id=self.item_id,
            response=self.response,
            fields=self.fields,
            seen=self.seen,
            client=self.client,
            seq=self.seq,
        )


class SentFlag(Sent):
    """A flag, and whether it is up."""

    item_id: ItemId
    flagged: bool

    def command(self, attempt_id: UUID, session: str, now: datetime) -> Command:
        """Return what the writer is asked."""
        return Flag(
            attempt_id=attempt_id,
            session=session,
            received_at=now,
            item_id=self.item_id,
            flagged=self.flagged,
            client=self.client,
            seq=self.seq,
        )


class SentFocus(Sent):
    """The page went out of sight, or came back."""

    item_id: ItemId | None = None
    lost: bool

    def command(self, attempt_id: UUID, session: str, now: datetime) -> Command:
        """Return what the writer is asked."""
        return Focus(
            attempt_id=attempt_id,
            session=session,
            received_at=now,
            item_id=self.item_id,
            lost=self.lost,
            client=self.client,
            seq=self.seq,
        )


SHAPES: Mapping[str, type[Sent]] = {"saves": SentSave, "flags": SentFlag, "signals": SentFocus}
"""What may be sent to `/attempts/{id}/…`, by the last part of the address."""

_ADDRESS = re.compile(r"/attempts/([0-9a-f-]{36})/(saves|flags|signals)")


class AttemptSaves:
    """Answers saves, flags and signals before routing begins; hands everything else on.

    It stands behind the security middleware, which knows the browser's cookie and dresses every
    answer. A refusal is answered as JSON too, with its words.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        found = None
        if scope["type"] == "http" and scope["method"] == "POST":
            found = _ADDRESS.fullmatch(scope["path"])
        if found is None:
            await self.app(scope, receive, send)
            return
        answer = await _answered(scope, receive, found[1], SHAPES[found[2]])
        await answer(scope, receive, send)


async def _answered(scope: Scope, receive: Receive, attempt: str, shape: type[Sent]) -> Response:
    """Check, read, record, answer."""
    parts: Parts = scope["app"].state.parts
    cookie: str = scope["state"]["cookie"]
    headers = Headers(scope=scope)
    try:
        check_csrf(headers, cookie, headers.get(CSRF_HEADER))
        sent = _read(await _body(receive), shape)
        command = sent.command(_id(attempt), token_digest(cookie), parts.clock.now())
        recorded = await parts.writer.recorded(command)
    except ExamError as refusal:
        return _refused(refusal)
    return JSONResponse(_acknowledgement(recorded, parts))


def _id(text: str) -> UUID:
    """Return the id of an attempt.

    Raises:
        AttemptUnknown: It is no id, so there is no such attempt.
    """
    try:
        return UUID(text)
    except ValueError:
        raise AttemptUnknown(f"{text} is no id") from None


async def _body(receive: Receive) -> bytes:
    """Return the body of a request; of one that was cut off, what had arrived.

    Raises:
        BodyTooLarge: It is larger than any answer can be.
    """
    data, more = b"", True
    while more:
        message = await receive()
        data += message.get("body", b"")
        more = message.get("more_body", False)
        if len(data) > LARGEST_SAVE:
            raise BodyTooLarge(f"more than {LARGEST_SAVE} bytes")
    return data


def _read(data: bytes, shape: type[Sent]) -> Sent:
    """Return what was sent.

    Raises:
        SaveMalformed: It does not have the shape that the exam page sends.
    """
    try:
        return shape.model_validate_json(data)
    except ValidationError as error:
        faults = "; ".join(str(fault["loc"]) for fault in error.errors()[:5])
        raise SaveMalformed(faults) from None


def _acknowledgement(recorded: Recorded, parts: Parts) -> dict[str, object]:
    left = 0.0
    if recorded.deadline is not None:
        left = max(0.0, (recorded.deadline - parts.clock.now()).total_seconds())
    return {
        "version": recorded.version,
        "digest": recorded.digest,
        "at": None if recorded.at is None else iso(recorded.at),
        "remaining": left,
    }


def _refused(refusal: ExamError) -> Response:
    words = message_for(refusal)
    body = {"code": refusal.code, "title": words.title, "text": words.text}
    answer = JSONResponse(body, status_code=STATUS[refusal.kind])
    retry_after = getattr(refusal, "retry_after", None)
    if retry_after is not None:
        answer.headers["retry-after"] = str(retry_after)
    return answer
