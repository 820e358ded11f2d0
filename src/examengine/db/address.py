"""The address of a database: read strictly, and never repeated, for it may hold a password."""

from pathlib import Path

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from examengine.kernel.errors import ExamError, Kind

DRIVERS = {
    "sqlite": "sqlite",
    "sqlite+pysqlite": "sqlite",
    "postgres": "postgresql+psycopg",
    "postgresql": "postgresql+psycopg",
    "postgresql+psycopg": "postgresql+psycopg",
}
"""How an address may begin, and the driver that is then used."""


class DatabaseUrlUnusable(ExamError):
    """The address of the database is none that this program knows."""

    code = "database_url_unusable"
    kind = Kind.UNAVAILABLE

    def __init__(self, why: str = "it is no address of a database") -> None:
        # The address may hold a password, so no part of it is repeated.
        super().__init__(
            f"EXAMENGINE_DATABASE_URL cannot be used: {why}; "
            "write sqlite:///path/to/file.db or postgresql://user:password@host/name"
        )


def read_address(text: str) -> URL:
    """Return the address with the driver that this program uses.

    Raises:
        DatabaseUrlUnusable: It is none, names another database or driver, or holds a sign that
            would make a part of the password stand for the host.
    """
    scheme, separator, rest = text.partition("://")
    if separator and scheme not in DRIVERS:
        raise DatabaseUrlUnusable("only SQLite and PostgreSQL (by psycopg 3) are supported")
    if rest.count("@") > 1:
        raise DatabaseUrlUnusable(
            "it has more than one @; within a user name or a password write @ as %40, "
            "/ as %2F, : as %3A and % as %25"
        )
    try:
        url = make_url(text)
    except (ArgumentError, ValueError) as error:  # a port that is no number is a ValueError
        raise DatabaseUrlUnusable from error
    # A slash in a user name ends the host before the password has begun.
    if any("@" in part for part in (url.host or "", url.database or "")) and url.host:
        raise DatabaseUrlUnusable("within a user name or a password write / as %2F and @ as %40")
    return url.set(drivername=DRIVERS[url.drivername])


def place_of(url: URL) -> str:
    """Return where a database is, for people: neither password, nor user, nor options."""
    if url.get_backend_name() == "sqlite":
        return f"sqlite:///{url.database or ''}"
    host = url.host or url.query.get("host") or "the local socket"
    port = f":{url.port}" if url.port else ""
    return f"postgresql://{host}{port}/{url.database or ''}"


def may_be_there(text: str) -> bool:
    """Tell whether a database can be looked for without making one: a file must exist already.

    Raises:
        DatabaseUrlUnusable: The text is no address.
    """
    url = read_address(text)
    return url.get_backend_name() != "sqlite" or Path(url.database or "").is_file()
