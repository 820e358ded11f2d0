"""Worlds that are made once for each kind of database, and copied into that of each test.

To enrol people, let them sit an exam, score them and decide takes ten times as long as to copy the
database in which they did.
"""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg
from sqlalchemy import Engine, text

from tests.clock import SetClock

if TYPE_CHECKING:
    from tests.scoring.world import World


class WorldTemplates:
    """What tests begin with, by its name and the kind of database."""

    def __init__(self, folder: Path) -> None:
        """Keep SQLite files in `folder`; PostgreSQL keeps its own."""
        self._folder = folder
        self._made: dict[str, tuple[World, datetime]] = {}

    def copied(
        self, name: str, engine: Engine, clock: SetClock, make: Callable[[], "World"]
    ) -> "World":
        """Return a world in the database of a test, with its clock where the world's was left.

        Args:
            name: What the world is; one name is always made in the same way.
            engine: The database of the test. Where somebody is in it already, nothing is copied.
            clock: The time there.
            make: Makes the world in that database.
        """
        if _somebody_is_in(engine):
            return make()
        place = f"{name}_on_{engine.name}"
        if place not in self._made:
            world = make()
            self._keep(engine, place)
            self._made[place] = replace(world, candidates=dict(world.candidates)), clock.now()
            return world
        world, moment = self._made[place]
        self._bring(place, engine)
        clock.stand_at(moment)
        return replace(world, engine=engine, clock=clock, candidates=dict(world.candidates))

    def _keep(self, engine: Engine, place: str) -> None:
        if engine.name == "sqlite":
            _copy_file(_file_of(engine), self._folder / place)
        else:
            with _beside(engine) as server:
                server.execute(_copy_of(_database_of(engine), place))

    def _bring(self, place: str, engine: Engine) -> None:
        if engine.name == "sqlite":
            _copy_file(self._folder / place, _file_of(engine))
        else:
            database = _database_of(engine)
            with _beside(engine) as server:
                server.execute(f"DROP DATABASE {database} WITH (FORCE)")
                server.execute(_copy_of(place, database))


def _somebody_is_in(engine: Engine) -> bool:
    with engine.connect() as connection:
        return connection.execute(text("SELECT 1 FROM person")).first() is not None


def _file_of(engine: Engine) -> Path:
    return Path(str(engine.url.database))


def _database_of(engine: Engine) -> str:
    return str(engine.url.database)


def _beside(engine: Engine) -> psycopg.Connection[Any]:
    """Connect to the server of a database, which nobody may be connected to while it is copied."""
    engine.dispose()
    url = engine.url.set(drivername="postgresql", database="postgres")
    return psycopg.connect(url.render_as_string(hide_password=False), autocommit=True)


def _copy_of(template: str, name: str) -> str:
    return f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY"


def _copy_file(source: Path, target: Path) -> None:
    """Copy a database as SQLite does, which knows who has it open and what its log holds."""
    with closing(sqlite3.connect(source)) as held, closing(sqlite3.connect(target)) as copy:
        held.backup(copy)
