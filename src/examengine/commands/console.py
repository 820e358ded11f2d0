"""What a command is handed: narrow values from the settings, and the parts made of them.

The parts are found when they are asked for: most commands need no database.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from examengine.kernel import plugins
from examengine.kernel.clock import Clock

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from examengine.accounts import Actor, PasswordHasher


@dataclass(frozen=True)
class Console:
    """The operator's own console: whoever can run a command here may do everything."""

    database_url: str
    public_url: str
    host: str
    port: int
    workers: int
    state: Path
    signing_keys: Path
    clock: Clock
    awarding_body: str | None = None

    @cached_property
    def engine(self) -> Engine:
        """Return an engine on a database whose schema is the one this program needs.

        Raises:
            SchemaOutOfDate: Run `examengine db upgrade` first.
        """
        engine: Engine = plugins.find("examengine.db:make_engine")(self.database_url)
        plugins.find("examengine.db:check_schema")(engine)
        return engine

    @cached_property
    def hasher(self) -> PasswordHasher:
        """Return the password hasher."""
        hasher: PasswordHasher = plugins.find("examengine.accounts:PasswordHasher")()
        return hasher

    @property
    def actor(self) -> Actor:
        """Return as whom the operator acts."""
        actor: Actor = plugins.find("examengine.accounts:system_actor")()
        return actor


def console_of(context: typer.Context) -> Console:
    """Return the console that `cli` put into the context."""
    console: Console = context.obj
    return console
