"""What every answer and every request must carry: headers, limits, and the CSRF token.

The token of the browser's session is a secret that only the browser and the server have. The CSRF
token is derived from it, so that no second secret has to be stored, and a page of another site,
which cannot read the cookie, cannot know it.
"""

import logging
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Annotated, Any

from fastapi import Depends, Request
from starlette.datastructures import Headers, ImmutableMultiDict
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from examengine.kernel.errors import ExamError, Kind
from examengine.kernel.tokens import derived, new_token, same
from examengine.web.origins import OwnOrigin
from examengine.web.pieces import in_pieces

log = logging.getLogger("examengine.web")

COOKIE = "examengine"
_OUR_COOKIE = re.compile(rf"(?:^|;)\s*{COOKIE}=([A-Za-z0-9_-]{{20,100}})\s*(?:;|$)")
BROWSER_COOKIE = "examengine_browser"
_TOKEN = re.compile("[A-Za-z0-9_-]{20,100}")
CSRF_FIELD = "csrf"
CSRF_HEADER = "x-csrf-token"
LARGEST_BODY = 2 * 1024 * 1024
LARGEST = "largest_body"
"""In the state of a request: how many bytes it may have, where somebody known may send more."""
FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})

_UNUSABLE = re.compile("[\x00\ud800-\udfff]")

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "media-src 'self'",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)

HEADERS: Mapping[str, str] = {
    "content-security-policy": CONTENT_SECURITY_POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=()",
}


PUBLISHED_PATHS = ("/status/", "/.well-known/", "/achievements/", "/credentials/", "/o/", "/logo")
"""Where documents are published that programs of other sites may read."""
STRICT_TRANSPORT = {"strict-transport-security": "max-age=31536000"}


class ForgedRequest(ExamError):
    """A request that changes something did not come from one of our own pages."""

    code = "forged_request"
    kind = Kind.FORBIDDEN


class ForeignOrigin(ForgedRequest):
    """A form came from another address than the one that people use."""

    code = "foreign_origin"

    def __init__(self, seen: str, expected: str) -> None:
        super().__init__(f"the form came from {seen}, and this is {expected}")
        self.seen, self.expected = seen, expected


class BodyTooLarge(ExamError):
    """A request body is larger than anything a page sends."""

    code = "body_too_large"
    kind = Kind.TOO_LARGE


class UnusableText(ExamError):
    """A field, a search or an address holds a character that no text has."""

    code = "unusable_text"
    kind = Kind.INVALID


def csrf_token(cookie: str) -> str:
    """Return the CSRF token that belongs to the browser with this cookie."""
    return derived(cookie, "csrf")


def cookie_of(headers: Mapping[str, str]) -> str | None:
    """Return the value of our cookie, or None; other cookies may be as broken as they like."""
    found = _OUR_COOKIE.search(headers.get("cookie", ""))
    return found[1] if found else None


def came_from_here(headers: Mapping[str, str], own: OwnOrigin) -> bool:
    """Tell whether the browser says that the request began on one of our own pages."""
    site = headers.get("sec-fetch-site")
    if site is not None and site not in {"same-origin", "none"}:
        return False
    origin = headers.get("origin")
    return origin is None or own.is_of(origin)


def check_csrf(
    headers: Mapping[str, str], own: OwnOrigin, cookie: str | None, sent: str | None
) -> str:
    """Refuse a changing request that another site may have caused; return the browser's cookie.

    Raises:
        ForeignOrigin: It came from another address than the one that people use.
        ForgedRequest: No cookie, or a token that does not belong to the cookie.
    """
    if not came_from_here(headers, own):
        origin = headers.get("origin", "")[:200]
        seen = "another site" if not origin or own.is_of(origin) else origin
        log.warning(
            "a form from %s was refused, for pages are at %s; if people use the former address, "
            "set EXAMENGINE_PUBLIC_URL to it",
            *(seen, own),
        )
        raise ForeignOrigin(seen, str(own))
    if cookie is None:
        raise _forged("the browser sent no cookie")
    if sent is None or not same(sent, csrf_token(cookie)):
        raise _forged("the token does not belong to the browser's cookie")
    return cookie


def _forged(why: str) -> ForgedRequest:
    log.warning("a form was refused: %s", why)
    return ForgedRequest(why)


def check_texts(texts: Iterable[object]) -> None:
    """Refuse what no database can keep, and no page can show, before any route sees it.

    Raises:
        UnusableText: A text holds the character NUL or half of a surrogate pair.
    """
    if any(isinstance(text, str) and _UNUSABLE.search(text) for text in texts):
        raise UnusableText("NUL or a lone surrogate")


def _both(fields: ImmutableMultiDict[str, Any]) -> Iterator[object]:
    """Return names and values alike."""
    return (part for pair in fields.multi_items() for part in pair)


async def guard(request: Request) -> None:
    """Check texts, and the CSRF token of what changes; a dependency of the whole application."""
    check_texts((*request.path_params.values(), *_both(request.query_params)))
    if request.method in SAFE_METHODS:
        return
    if request.headers.get("content-type", "").startswith(FORMS):
        check_texts(_both(await request.form()))
    sent = request.headers.get(CSRF_HEADER)
    if sent is None:
        form = await request.form()
        field = form.get(CSRF_FIELD)
        sent = field if isinstance(field, str) else None
    check_csrf(request.headers, request.app.state.components.origin, request.state.cookie, sent)


Guard = Depends(guard)


async def browser_cookie(request: Request) -> str:
    """Return the secret of this browser's session."""
    cookie: str = request.state.cookie
    return cookie


DepCookie = Annotated[str, Depends(browser_cookie)]


def set_cookie(response: Response, value: str, *, secure: bool) -> None:
    """Hand the browser its session: unreadable for scripts, never sent from other sites' forms."""
    response.set_cookie(COOKIE, value, httponly=True, samesite="lax", secure=secure, path="/")


def browser_of(request: Request) -> str | None:
    """Return the token by which this browser is known, or None: it is asked of sign-ins alone."""
    token = request.cookies.get(BROWSER_COOKIE, "")
    return token if _TOKEN.fullmatch(token) else None


def set_browser_cookie(response: Response, value: str, *, seconds: int, secure: bool) -> None:
    """Let a browser be known at the next sign-in; the token opens nothing by itself."""
    response.set_cookie(
        BROWSER_COOKIE,
        value,
        max_age=seconds,
        httponly=True,
        samesite="lax",
        secure=secure,
        path="/sign-in",
    )


def headers_of_files(*, secure: bool) -> list[tuple[bytes, bytes]]:
    """Return what every answer carries, encoded once for all answers."""
    headers = {**HEADERS, **(STRICT_TRANSPORT if secure else {})}
    return [(name.encode(), value.encode()) for name, value in headers.items()]


def headers_of_pages(*, secure: bool) -> list[tuple[bytes, bytes]]:
    """Return what every answer carries that is about somebody, and stays in no cache."""
    return [*headers_of_files(secure=secure), (b"cache-control", b"no-store")]


class SecurityMiddleware:
    """Headers on every answer, a size limit on every request, a session for every browser."""

    def __init__(self, app: ASGIApp, *, secure: bool) -> None:
        self.app = app
        self.secure = secure
        self._of_files = headers_of_files(secure=secure)
        self._of_pages = headers_of_pages(secure=secure)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        known = cookie_of(headers)
        cookie = known or new_token()
        scope.setdefault("state", {})["cookie"] = cookie

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._dress(message, scope, None if known else cookie)
            await send(message)

        largest = scope["state"].get(LARGEST, LARGEST_BODY)
        if not _acceptable_length(headers, largest):
            refusal = PlainTextResponse("The request is too large.", status_code=413)
            await refusal(scope, receive, send_with_headers)
            return
        await self.app(scope, in_pieces(_limited(receive, largest)), send_with_headers)

    def _dress(self, message: Message, scope: Scope, new_cookie: str | None) -> None:
        headers = message["headers"] = list(message.get("headers", ()))
        given = dict(headers)
        standing = self._of_pages
        if scope["path"].startswith("/static/") or _is_public(given):
            standing = self._of_files
        headers.extend(pair for pair in standing if pair[0] not in given)
        if (
            new_cookie is not None
            and standing is self._of_pages
            and _takes_cookie(message["status"], given)
        ):
            carrier = Response()
            set_cookie(carrier, new_cookie, secure=self.secure)
            headers.append((b"set-cookie", carrier.headers["set-cookie"].encode()))


def _is_public(headers: Mapping[bytes, bytes]) -> bool:
    """Tell whether caches may hand an answer to everybody; then it must be nobody's."""
    return headers.get(b"cache-control", b"").startswith(b"public")


def _takes_cookie(status: int, headers: Mapping[bytes, bytes]) -> bool:
    """Tell whether an answer is a page or leads to one: documents and pictures begin no session."""
    page = 300 <= status < 400 or headers.get(b"content-type", b"").startswith(b"text/html")
    return page and b"set-cookie" not in headers


def _acceptable_length(headers: Headers, largest: int) -> bool:
    length = headers.get("content-length", "0")
    return length.isdecimal() and int(length) <= largest


def _limited(receive: Receive, largest: int) -> Receive:
    """Count what really arrives: a body sent in chunks announces no length."""
    arrived = 0

    async def receive_counted() -> Message:
        nonlocal arrived
        message = await receive()
        arrived += len(message.get("body", b""))
        if arrived > largest:
            raise BodyTooLarge(f"more than {largest} bytes")
        return message

    return receive_counted
