"""Item files may be larger than a page: a bank of three thousand items with figures is.

Who sends them is asked before a byte of them is read, so that nobody else can make the server take
so much. Few are taken at once; whoever comes then has the limit of any other page.
"""

import re

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from examengine.accounts import Role
from examengine.web.connections import allow_time
from examengine.web.dependencies import Components, visit_of
from examengine.web.security import LARGEST, LARGEST_BODY, cookie_of

LARGEST_IMPORT = 24 * 1024 * 1024
"""Bytes of all files that are sent at once."""
MOST_AT_ONCE = 2
"""Imports that arrive in a process at the same time."""
IMPORT_S = 600.0
"""How long one may take to arrive: 24 MB at 340 kbit/s."""
_ADDRESS = re.compile(r"/bank/[^/]+/import")


class LargeImports:
    """Lets authors send larger files for an import than a page takes otherwise.

    Args:
        app: What answers every request.
        components: What the composition root built.
    """

    def __init__(self, app: ASGIApp, components: Components) -> None:
        self._app, self._components = app, components
        self._arriving = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if not (_is_large_import(scope) and await self._is_author(scope)):
            await self._app(scope, receive, send)
            return
        if self._arriving >= MOST_AT_ONCE:
            await self._app(scope, receive, send)
            return
        self._arriving += 1
        try:
            scope.setdefault("state", {})[LARGEST] = LARGEST_IMPORT
            allow_time(scope, IMPORT_S)
            await self._app(scope, receive, send)
        finally:
            self._arriving -= 1

    async def _is_author(self, scope: Scope) -> bool:
        cookie = cookie_of(Headers(scope=scope))
        found = None if cookie is None else await visit_of(self._components, cookie)
        return found is not None and Role.AUTHOR in found.actor.roles and not found.password_due


def _is_large_import(scope: Scope) -> bool:
    """Tell whether a request is an import that says it is larger than a page may be."""
    if scope["type"] != "http" or scope["method"] != "POST":
        return False
    length = Headers(scope=scope).get("content-length", "")
    return (
        _ADDRESS.fullmatch(scope["path"]) is not None
        and length.isdecimal()
        and LARGEST_BODY < int(length) <= LARGEST_IMPORT
    )
