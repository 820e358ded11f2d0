"""A bare ASGI application that reads a save and answers it, and does nothing else.

What it answers in a second is the most that this machine, this server and this load generator can
do together; the figure of the real application is read beside it.
"""

import json
from typing import Any

from starlette.types import Receive, Scope, Send

ANSWER: dict[str, Any] = {"digest": "sha256:" + "0" * 64, "at": "2026-01-01T00:00:00.000000Z"}


async def app(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer one request."""
    if scope["type"] != "http":
        return
    body = (await receive()).get("body", b"")
    seen = json.loads(body)["seen"] if body.startswith(b"{") else 0
    answer = json.dumps({"version": seen + 1, **ANSWER}).encode()
    headers = [(b"content-length", str(len(answer)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": answer})
