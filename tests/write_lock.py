"""Finds what is costly and runs while a transaction holds SQLite's write lock.

Whoever saves an answer waits for that lock. So a use case loads, parses, checks and computes
first, and writes last; with `WriteLockWatch` a test fails that sees another order.
"""

import sys
from collections.abc import Callable, Iterator
from functools import wraps
from types import ModuleType
from typing import Any

import pytest
from sqlalchemy import Engine, event
from sqlalchemy.engine import Connection

from examengine.accounts import PasswordHasher
from examengine.assembly.parallel_forms import assemble
from examengine.bank.checks import check_bank
from examengine.bank.formats import load_files
from examengine.credentials.verifying.desk import verify_here
from examengine.integrity.evidence import evidence_of
from examengine.scoring.abilities import abilities
from examengine.standard_setting.ratings_files import read_panel_ratings
from examengine.web.logs import REQUEST
from examengine.web.page import render

COSTLY: tuple[Callable[..., Any], ...] = (
    load_files,
    check_bank,
    assemble,
    abilities,
    evidence_of,
    read_panel_ratings,
    verify_here,
    render,
)
"""Parsing, linting, solving, estimating, replaying, verifying, drawing."""


class WriteLockWatch:
    """Knows which connections hold the write lock, and what costly ran meanwhile in a request."""

    def __init__(self) -> None:
        self.holding: set[int] = set()
        self.seen: list[str] = []

    def install(self, monkeypatch: pytest.MonkeyPatch, engine: Engine) -> None:
        """Watch an engine, and stand before each costly function wherever it is used."""
        event.listen(engine, "before_cursor_execute", self._on_statement)
        event.listen(engine, "commit", self._on_end)
        event.listen(engine, "rollback", self._on_end)
        for module, attribute, costly in _uses_of_costly():
            monkeypatch.setattr(module, attribute, self._watched(costly))
        for name in ("hash", "matches"):
            method = getattr(PasswordHasher, name)
            monkeypatch.setattr(PasswordHasher, name, self._watched(method))

    def _watched(self, costly: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(costly)
        def watched(*arguments: Any, **named: Any) -> Any:
            if self.holding and REQUEST.get() != "-":  # a test may set up as it likes
                self.seen.append(costly.__qualname__)
            return costly(*arguments, **named)

        return watched

    def _on_statement(
        self, connection: Connection, _cursor: object, statement: str, *_: object
    ) -> None:
        # What runs beside the requests, such as the trail of sign-ins, holds it for itself.
        if statement == "BEGIN IMMEDIATE" and REQUEST.get() != "-":
            self.holding.add(id(connection.connection.driver_connection))

    def _on_end(self, connection: Connection) -> None:
        self.holding.discard(id(connection.connection.driver_connection))


def _uses_of_costly() -> Iterator[tuple[ModuleType, str, Callable[..., Any]]]:
    """Find each name by which a module of the product calls a costly function."""
    by_id = {id(costly): costly for costly in COSTLY}
    for name, module in list(sys.modules.items()):
        if name.startswith("examengine"):
            for attribute, value in list(vars(module).items()):
                if id(value) in by_id:
                    yield module, attribute, by_id[id(value)]
