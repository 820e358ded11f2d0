"""What a command is handed: narrow values from the settings, and the parts made of them."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import typer
from sqlalchemy import Engine

from examengine import db
from examengine.accounts import Actor, PasswordHasher, system_actor
from examengine.kernel.clock import Clock


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
        engine = db.make_engine(self.database_url)
        db.check_schema(engine)
        return engine

    @cached_property
    def hasher(self) -> PasswordHasher:
        """Return the password hasher."""
        return PasswordHasher()

    @property
    def actor(self) -> Actor:
        """Return as whom the operator acts."""
        return system_actor()


def console_of(context: typer.Context) -> Console:
    """Return the console that `cli` put into the context."""
    console: Console = context.obj
    return console
