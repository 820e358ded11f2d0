"""Where the exam page sends answers, flags, signals and turns: the path that must never be slow.

It is laid around the framework and does without its machinery: check the token, read a small
body, hand it to the writer, answer when it is on disk. Who is asking is looked up in the writer's
transaction.
"""

import json
import logging
import re
from collections.abc import Coroutine, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar
from uuid import UUID

from pydantic import BaseModel, ValidationError
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from examengine.accounts import NotSignedIn
from examengine.db import reading
from examengine.delivery import AnswerMoved, AttemptUnknown, SaveMalformed, time_left
from examengine.kernel.errors import ExamError
from examengine.kernel.tokens import token_digest
from examengine.web.attempt_exchange import SHAPES, SentTurn, acknowledgement, body_of
from examengine.web.dependencies import Components
from examengine.web.errors import STATUS
from examengine.web.messages import Message, message_for, message_for_status
from examengine.web.refusal_times import time_zone_of
from examengine.web.security import (
    CSRF_HEADER,
    check_csrf,
    cookie_of,
    headers_of_pages,
)
from examengine.web.turns import turned

TURNS = "turns"
SENT_BY_SCRIPT = (*SHAPES, TURNS)
"""What scripts send to `/attempts/{id}/…`, by the last part of the address."""
Sent = TypeVar("Sent", bound=BaseModel)

_ADDRESS = re.compile(rf"/attempts/([0-9a-f-]{{36}})/({'|'.join(SENT_BY_SCRIPT)})")
_STANDING = re.compile(r"/attempts/([0-9a-f-]{36})/standing")

log = logging.getLogger("examengine.web.attempt_saves")

_encoded = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode

Raw = list[tuple[bytes, bytes]]


@dataclass(frozen=True, slots=True)
class SaveReply:
    """A status, a JSON document, and headers of its own."""

    status: int
    document: Mapping[str, object]
    headers: Raw = field(default_factory=list)


class AttemptSaves:
    """Answers saves, flags and signals; hands everything else on.

    Every answer carries the headers of a page. A refusal is JSON too, with its words.

    Args:
        app: What answers everything else.
        components: What the composition root built.
    """

    def __init__(self, app: ASGIApp, components: Components) -> None:
        self._app, self._components = app, components
        self._headers = headers_of_pages(secure=components.secure)
        self._headers.append((b"content-type", b"application/json"))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        asked = self._asked(scope, receive)
        if asked is None:
            await self._app(scope, receive, send)
            return
        answer = await self._answer(scope, asked)
        body = _encoded(answer.document).encode()
        headers = [*self._headers, *answer.headers, (b"content-length", b"%d" % len(body))]
        await send({"type": "http.response.start", "status": answer.status, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    def _asked(
        self, scope: Scope, receive: Receive
    ) -> Coroutine[Any, Any, Mapping[str, object]] | None:
        """Return what answers a request; None when it is not one of those."""
        if scope["type"] != "http":
            return None
        if scope["method"] == "POST" and (found := _ADDRESS.fullmatch(scope["path"])):
            return self._taken(scope, receive, found[1], found[2])
        if scope["method"] == "GET" and (found := _STANDING.fullmatch(scope["path"])):
            return run_in_threadpool(self._standing, scope, found[1])
        return None

    async def _answer(
        self, scope: Scope, asked: Coroutine[Any, Any, Mapping[str, object]]
    ) -> SaveReply:
        """Return what was recorded, or why not; of a defect, that it is one."""
        try:
            return SaveReply(200, await asked)
        except ExamError as refusal:
            headers = Headers(scope=scope)
            return _refused(refusal, await time_zone_of(self._components, headers, refusal))
        except Exception:
            log.exception("defect at %s %s", scope["method"], scope["path"])
            return SaveReply(500, _words("defect", message_for_status(500)))

    async def _taken(
        self, scope: Scope, receive: Receive, attempt: str, kind: str
    ) -> Mapping[str, object]:
        """Check, read, record; return what the page is told.

        Raises:
            ExamError: The request is refused.
        """
        # Reversed, so that of a header that came twice the first one counts, as everywhere else.
        headers = {
            name.decode("latin-1"): value.decode("latin-1")
            for name, value in reversed(scope["headers"])
        }
        cookie = check_csrf(
            headers, self._components.origin, cookie_of(headers), headers.get(CSRF_HEADER)
        )
        attempt_id, session, body = _id(attempt), token_digest(cookie), await body_of(receive)
        if kind == TURNS:
            return await turned(self._components, _read(body, SentTurn), attempt_id, session)
        clock = self._components.clock
        command = _read(body, SHAPES[kind]).command(attempt_id, session, clock.now())
        return acknowledgement(await self._components.writer.recorded(command), clock.now())

    def _standing(self, scope: Scope, attempt: str) -> Mapping[str, object]:
        """Say how long an attempt still runs: asked by every page every few seconds.

        Raises:
            ExamError: Nobody is signed in, or it is not theirs.
        """
        cookie = cookie_of(Headers(scope=scope))
        if cookie is None:
            raise NotSignedIn
        components = self._components
        with reading(components.engine) as session:
            found = time_left(session, components.clock, token_digest(cookie), _id(attempt))
        return {"remaining": found.remaining, "over": found.over}


def _id(text: str) -> UUID:
    """Return the id of an attempt.

    Raises:
        AttemptUnknown: It is no id, so there is no such attempt.
    """
    try:
        return UUID(text)
    except ValueError:
        raise AttemptUnknown(f"{text} is no id") from None


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


def _refused(refusal: ExamError, time_zone: str) -> SaveReply:
    headers: Raw = []
    retry_after = getattr(refusal, "retry_after", None)
    if retry_after is not None:
        headers = [(b"retry-after", b"%d" % retry_after)]
    words = _words(refusal.code, message_for(refusal, time_zone))
    if isinstance(refusal, AnswerMoved):
        words = {**words, "recorded": refusal.recorded}
    return SaveReply(STATUS[refusal.kind], words, headers)


def _words(code: str, message: Message) -> Mapping[str, object]:
    return {"code": code, "title": message.title, "text": message.text}
