"""The two forms that everybody sends at the same moment: to start an exam, and to hand it in.

At the bell three hundred press one of them at once. Here each costs what a save costs: the writer
asks who it is, decides and answers, and the browser is led on. Whatever is refused goes the
ordinary way instead, as if nothing had been asked: that knows how to say why.
"""

import re
from collections.abc import Mapping
from urllib.parse import parse_qs
from uuid import UUID

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from examengine.delivery import Command, Start, Submit
from examengine.kernel.errors import ExamError
from examengine.kernel.tokens import token_digest
from examengine.web.dependencies import Components
from examengine.web.security import (
    CSRF_FIELD,
    CSRF_HEADER,
    check_csrf,
    cookie_of,
    headers_of_pages,
)

LARGEST_FORM = 4096
FORM = "application/x-www-form-urlencoded"
THEN: Mapping[str, str] = {"start": "items/1", "submit": "receipt"}
"""Where each of them leads, within the attempt."""
_ID = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_ADDRESS = re.compile(rf"/attempts/({_ID})/({'|'.join(THEN)})")


class AttemptForms:
    """Takes the forms that start an exam and hand it in; hands everything else on.

    Args:
        app: What answers everything else, and what is refused here.
        components: What the composition root built.
    """

    def __init__(self, app: ASGIApp, components: Components) -> None:
        self._app, self._components = app, components
        self._headers = headers_of_pages(secure=components.secure)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        found = _ADDRESS.fullmatch(scope["path"]) if _is_small_form(scope) else None
        if found is None:
            await self._app(scope, receive, send)
            return
        arrived = await _arrived(receive)
        try:
            command = self._command(scope, UUID(found[1]), found[2], arrived)
            await self._components.writer.recorded(command)
        except (ExamError, ValueError):
            await self._app(scope, _again(arrived, receive), send)
            return
        there = f"/attempts/{found[1]}/{THEN[found[2]]}".encode()
        headers = [*self._headers, (b"location", there), (b"content-length", b"0")]
        await send({"type": "http.response.start", "status": 303, "headers": headers})
        await send({"type": "http.response.body", "body": b""})

    def _command(
        self, scope: Scope, attempt_id: UUID, kind: str, arrived: list[Message]
    ) -> Command:
        """Return what is asked of the writer.

        Raises:
            ForgedRequest: Another site may have caused it.
        """
        headers = Headers(scope=scope)
        body = b"".join(part.get("body", b"") for part in arrived)
        fields = parse_qs(body.decode("latin-1"), max_num_fields=20)
        sent = headers.get(CSRF_HEADER) or fields.get(CSRF_FIELD, [None])[0]
        cookie = check_csrf(headers, self._components.origin, cookie_of(headers), sent)
        session, now = token_digest(cookie), self._components.clock.now()
        if kind == "submit":
            return Submit(attempt_id=attempt_id, received_at=now, session=session)
        consented = fields.get("consent") == ["yes"]
        return Start(attempt_id=attempt_id, received_at=now, session=session, consented=consented)


def _is_small_form(scope: Scope) -> bool:
    """Tell whether a request is a form that says how small it is."""
    if scope["type"] != "http" or scope["method"] != "POST":
        return False
    headers = Headers(scope=scope)
    length = headers.get("content-length", "")
    return (
        headers.get("content-type", "").startswith(FORM)
        and length.isdecimal()
        and len(length) <= len(str(LARGEST_FORM))
        and int(length) <= LARGEST_FORM
    )


async def _arrived(receive: Receive) -> list[Message]:
    """Return the messages that hold the body, to the end of it or of the connection."""
    arrived: list[Message] = []
    more = True
    while more:
        message = await receive()
        arrived.append(message)
        more = message.get("more_body", False)
    return arrived


def _again(arrived: list[Message], receive: Receive) -> Receive:
    """Let a request be read once more from its beginning."""
    waiting = iter(arrived)

    async def received() -> Message:
        found = next(waiting, None)
        return await receive() if found is None else found

    return received
