"""What a command is handed: narrow values from the settings, and the parts made of them.

The parts are found when they are asked for: most commands need no database.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import typer

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
    pool: int = 10
    job_workers: int = 1
    organisation: str | None = None
    """The code of the organisation for which a command is typed; the first one unless named."""

    @cached_property
    def engine(self) -> Engine:
        """Return an engine of the organisation, on a database whose schema is the right one.

        Raises:
            SchemaOutOfDate: Run `examengine db upgrade` first.
            OrganisationUnknown: There is no organisation of that code.
        """
        from examengine import db  # noqa: PLC0415 - most commands need none

        engine = db.make_engine(self.database_url)
        db.check_schema(engine)
        if self.organisation is None:
            return db.within(engine, db.FIRST_ORGANISATION)
        from examengine.accounts import organisation_coded  # noqa: PLC0415 - as above

        with db.reading(engine) as session:
            return db.within(engine, organisation_coded(session, self.organisation).id)

    def close(self) -> None:
        """Give back what the engine holds of the database, if one was asked for."""
        engine: Engine | None = self.__dict__.get("engine")
        if engine is not None:
            engine.dispose()

    @cached_property
    def hasher(self) -> PasswordHasher:
        """Return the password hasher."""
        from examengine.accounts import PasswordHasher  # noqa: PLC0415 - as above

        return PasswordHasher()

    @property
    def actor(self) -> Actor:
        """Return as whom the operator acts."""
        from examengine.accounts import system_actor  # noqa: PLC0415 - as above
        from examengine.db import organisation_on  # noqa: PLC0415 - as above

        return (
            system_actor()
            if self.organisation is None
            else system_actor(organisation_on(self.engine))
        )


def console_of(context: typer.Context) -> Console:
    """Return the console, which is closed when the command ends.

    Settings are read now, so that a command without a console needs none.

    Raises:
        SettingUnusable: A setting of the environment cannot be used.
    """
    found: Console | Callable[[], Console] = context.obj
    console = found() if callable(found) else found
    context.call_on_close(console.close)
    return console
