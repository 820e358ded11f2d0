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
from examengine.web.attempt_exchange import body_of
from examengine.web.dependencies import Components
from examengine.web.security import (
    CSRF_FIELD,
    CSRF_HEADER,
    check_csrf,
    cookie_of,
    headers_of_pages,
)
from examengine.web.sittings import asked

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
        body = await body_of(receive)
        try:
            command = self._command(scope, UUID(found[1]), found[2], body)
            await self._components.writer.recorded(command)
        except (ExamError, ValueError):
            await self._app(scope, _again(body, receive), send)
            return
        there = f"/attempts/{found[1]}/{THEN[found[2]]}".encode()
        headers = [*self._headers, (b"location", there), (b"content-length", b"0")]
        await send({"type": "http.response.start", "status": 303, "headers": headers})
        await send({"type": "http.response.body", "body": b""})

    def _command(self, scope: Scope, attempt_id: UUID, kind: str, body: bytes) -> Command:
        """Return what is asked of the writer.

        Raises:
            ForgedRequest: Another site may have caused it.
            ValueError: It is no form of ours.
        """
        headers = Headers(scope=scope)
        fields = parse_qs(body.decode("latin-1"), max_num_fields=20)
        sent = headers.get(CSRF_HEADER) or fields.get(CSRF_FIELD, [None])[0]
        cookie = check_csrf(headers, self._components.origin, cookie_of(headers), sent)
        by = asked(self._components, cookie, attempt_id)
        if kind == "submit":
            return Submit(**by)
        return Start(**by, consented=fields.get("consent") == ["yes"])


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


def _again(body: bytes, receive: Receive) -> Receive:
    """Let a request be read once more from its beginning."""
    waiting: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def received() -> Message:
        return waiting.pop() if waiting else await receive()

    return received
