"""The edge of the application: who really asks, at which address, and the methods of every page.

Laid around the framework. Whoever asks is the peer of the connection, or whom a proxy names that
is trusted. The address is the public one, whatever a request says, so that no redirect leads to
where somebody else wanted it to.
"""

import logging
from collections.abc import Iterable, Iterator, Sequence
from ipaddress import ip_address, ip_network

from fastapi import FastAPI
from starlette.routing import BaseRoute, Match
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from examengine.web.logs import begin_request
from examengine.web.origins import OwnOrigin
from examengine.web.security import PUBLISHED_PATHS

log = logging.getLogger("examengine.web")

CORS = (
    (b"access-control-allow-origin", b"*"),
    (b"access-control-allow-methods", b"GET, HEAD, OPTIONS"),
    (b"access-control-allow-headers", b"accept, content-type"),
    (b"access-control-max-age", b"86400"),
)


class Edge:
    """What every request passes first.

    Args:
        app: The application within.
        origin: The address that people use.
        trusted: Addresses and networks of proxies.
    """

    def __init__(self, app: ASGIApp, origin: OwnOrigin, trusted: Sequence[str]) -> None:
        self._app, self._origin = app, origin
        self._networks = [ip_network(network) for network in trusted]
        self._told = False
        # Hosts stand there as networks of one address, which uvicorn reads as well.
        self._known = ProxyHeadersMiddleware(app, list(trusted))  # type: ignore[arg-type]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begin_request()
        self._mention_unknown_proxy(scope)
        scope["headers"] = self._with_public_host(scope["headers"])
        if self._networks:
            await self._known(scope, receive, send)  # type: ignore[arg-type]
        else:
            await self._app(scope, receive, send)

    def _with_public_host(self, headers: list[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
        host = (b"host", self._origin.host.encode())
        return [host, *(pair for pair in headers if pair[0] != b"host")]

    def _mention_unknown_proxy(self, scope: Scope) -> None:
        """Say once that a proxy is not trusted: limits would take all that come by it for one."""
        if self._told or not scope.get("client"):
            return
        if any(name == b"x-forwarded-for" for name, _ in scope["headers"]):
            peer = scope["client"][0]
            if not self._is_trusted(peer):
                self._told = True
                log.warning(
                    "requests from %s name their client in X-Forwarded-For, which is not believed; "
                    "if that is your proxy, set EXAMENGINE_TRUSTED_PROXIES=%s",
                    *(peer, peer),
                )

    def _is_trusted(self, peer: str) -> bool:
        try:
            address = ip_address(peer)
        except ValueError:
            return False
        return any(address in network for network in self._networks)


class EveryMethod:
    """HEAD wherever there is GET, OPTIONS everywhere; and no defect is logged twice."""

    def __init__(self, app: FastAPI, within: ASGIApp) -> None:
        self._app, self._within = app, within

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != "http":
            await self._within(scope, receive, send)
            return
        if scope["method"] == "OPTIONS":
            await self._tell_methods(scope, send)
            return
        begun = False

        async def send_noted(message: Message) -> None:
            nonlocal begun
            begun = True
            if scope["method"] == "HEAD" and message["type"] == "http.response.body":
                message = {**message, "body": b""}
            await send(message)

        inner = {**scope, "method": "GET"} if scope["method"] == "HEAD" else scope
        try:
            await self._within(inner, receive, send_noted)
        except Exception:
            if not begun:  # else it was answered, and logged, by `errors.answer_defect`
                raise

    async def _tell_methods(self, scope: Scope, send: Send) -> None:
        allowed = methods_at(self._app, scope)
        headers = [(b"allow", ", ".join(allowed).encode()), (b"content-length", b"0")]
        if scope["path"].startswith(PUBLISHED_PATHS):
            headers.extend(CORS)
        status = 204 if allowed else 404
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": b""})


def methods_at(app: FastAPI, scope: Scope) -> list[str]:
    """Return the methods that are offered at an address; none where there is no page."""
    found: set[str] = set()
    for route in _each(app.routes):
        match, _ = route.matches({**scope, "method": "GET"})
        if match is not Match.NONE:
            found |= set(getattr(route, "methods", None) or {"GET"})
    if not found:
        return []
    return sorted(found | {"OPTIONS"} | ({"HEAD"} if "GET" in found else set()))


def _each(routes: Iterable[BaseRoute]) -> Iterator[BaseRoute]:
    """Return the routes themselves, out of the routers that were included."""
    for route in routes:
        included = getattr(route, "original_router", None)
        if included is None:
            yield route
        else:
            yield from _each(included.routes)
