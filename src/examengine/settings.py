"""What an operator can set, read once from the environment.

Imported by the composition roots only (`app`, `cli`, `worker`); everything else is handed narrow
values.
"""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import ip_network
from pathlib import Path
from urllib.parse import urlsplit

from examengine.kernel.errors import ExamError, Kind
from examengine.public_address import public_address

QUEUES = ("embedded", "procrastinate")
"""What `jobs` can make; named here, because settings are read before anything is imported."""


class SettingUnusable(ExamError):
    """A setting of the environment cannot be used; the text says which, and what would be right."""

    code = "setting_unusable"
    kind = Kind.UNAVAILABLE


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings of one installation. Each has a default that suits a first look."""

    database_url: str
    """`EXAMENGINE_DATABASE_URL`: `sqlite:///…` (default) or `postgresql://user@host/name`."""
    state: Path
    """`EXAMENGINE_STATE`: the folder of the embedded database and the signing keys (`var`)."""
    public_url: str
    """`EXAMENGINE_PUBLIC_URL`: the address people use; credentials carry it for ever."""
    host: str
    """`EXAMENGINE_HOST`: the address the server listens on (127.0.0.1)."""
    port: int
    """`EXAMENGINE_PORT`: the port the server listens on (8000)."""
    workers: int
    """`EXAMENGINE_WORKERS`: server processes; more than one needs PostgreSQL."""
    awarding_body: str | None = None
    """`EXAMENGINE_AWARDING_BODY`: its name, as credentials carry it; else its address stands in."""

    job_workers: int = 1
    """`EXAMENGINE_JOB_WORKERS`: processes that `examengine serve` brings along for imports,
    calibrations and other long work; with 0, `examengine worker` runs somewhere else."""
    queue: str = "embedded"
    """`EXAMENGINE_QUEUE`: how workers hear of long work: `embedded` (they look for it; the default
    with SQLite) or `procrastinate` (PostgreSQL tells them; the default there)."""
    pool: int = 10
    """`EXAMENGINE_POOL`: connections to PostgreSQL of each process, beside its writer's own."""
    trusted_proxies: tuple[str, ...] = ()
    """`EXAMENGINE_TRUSTED_PROXIES`: addresses and networks of proxies, whose word about who is
    asking is taken (`127.0.0.1,10.0.0.0/8`); nobody's unless set."""

    @property
    def https(self) -> bool:
        """Tell whether people reach the server over TLS; cookies are then marked Secure."""
        return urlsplit(self.public_url).scheme == "https"

    @property
    def signing_keys(self) -> Path:
        """Return the folder of the keys that sign credentials and receipts."""
        return self.state / "keys"


def read_settings(environment: Mapping[str, str] = os.environ) -> Settings:
    """Read the settings.

    Raises:
        SettingUnusable: One of them cannot be used.
    """
    state = Path(environment.get("EXAMENGINE_STATE", "var")).absolute()
    host = environment.get("EXAMENGINE_HOST", "127.0.0.1")
    port = _whole_number(environment, "EXAMENGINE_PORT", 8000, 1, 65535)
    default_database = f"sqlite:///{state / 'examengine.db'}"
    database_url = environment.get("EXAMENGINE_DATABASE_URL", default_database)
    on_sqlite = database_url.startswith("sqlite")
    settings = Settings(
        database_url=database_url,
        state=state,
        public_url=_public_url(environment, host, port),
        awarding_body=environment.get("EXAMENGINE_AWARDING_BODY") or None,
        host=host,
        port=port,
        workers=_whole_number(environment, "EXAMENGINE_WORKERS", 1, 1, 64),
        job_workers=_whole_number(environment, "EXAMENGINE_JOB_WORKERS", 1, 0, 16),
        queue=_queue(environment, sqlite=on_sqlite),
        pool=_whole_number(environment, "EXAMENGINE_POOL", 10, 2, 1000),
        trusted_proxies=_networks(environment, "EXAMENGINE_TRUSTED_PROXIES"),
    )
    if settings.workers > 1 and on_sqlite:
        raise SettingUnusable(
            "EXAMENGINE_WORKERS is more than 1, and SQLite has one writer; "
            "set EXAMENGINE_DATABASE_URL to a PostgreSQL database, or leave one worker"
        )
    return settings


def _public_url(environment: Mapping[str, str], host: str, port: int) -> str:
    named = f"[{host}]" if ":" in host else host
    try:
        return public_address(environment.get("EXAMENGINE_PUBLIC_URL", f"http://{named}:{port}"))
    except ValueError as error:
        raise SettingUnusable(
            f"EXAMENGINE_PUBLIC_URL {error}; write it as https://exams.example"
        ) from error


def _queue(environment: Mapping[str, str], *, sqlite: bool) -> str:
    name = environment.get("EXAMENGINE_QUEUE", "embedded" if sqlite else "procrastinate")
    if name not in QUEUES:
        raise SettingUnusable(f"EXAMENGINE_QUEUE is {name[:40]!r}; give {' or '.join(QUEUES)}")
    if name == "procrastinate" and sqlite:
        raise SettingUnusable(
            "EXAMENGINE_QUEUE is procrastinate, which needs PostgreSQL; leave it out with SQLite"
        )
    return name


def _whole_number(
    environment: Mapping[str, str], name: str, default: int, least: int, most: int
) -> int:
    text = environment.get(name, str(default))
    if not re.fullmatch("[0-9]{1,9}", text) or not least <= int(text) <= most:
        raise SettingUnusable(
            f"{name} is {text[:40]!r}; give a whole number from {least} to {most}"
        )
    return int(text)


def _networks(environment: Mapping[str, str], name: str) -> tuple[str, ...]:
    """Return addresses and networks, separated by commas; a mask needs its own bits only."""
    words = [word.strip() for word in environment.get(name, "").split(",") if word.strip()]
    try:
        return tuple(str(ip_network(word)) for word in words)
    except ValueError as error:
        raise SettingUnusable(
            f"{name} is {','.join(words)[:60]!r}; write addresses and networks "
            "as 127.0.0.1,10.0.0.0/8, separated by commas"
        ) from error
