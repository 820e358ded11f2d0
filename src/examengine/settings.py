"""What an operator can set, read once from the environment.

Imported by the composition roots only (`app`, `cli`); everything else is handed narrow values.
"""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from examengine.kernel.errors import ExamError, Kind


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
    settings = Settings(
        database_url=environment.get("EXAMENGINE_DATABASE_URL", default_database),
        state=state,
        public_url=environment.get("EXAMENGINE_PUBLIC_URL", f"http://{host}:{port}").rstrip("/"),
        awarding_body=environment.get("EXAMENGINE_AWARDING_BODY") or None,
        host=host,
        port=port,
        workers=_whole_number(environment, "EXAMENGINE_WORKERS", 1, 1, 64),
    )
    if not _is_web_address(settings.public_url):
        raise SettingUnusable(
            f"EXAMENGINE_PUBLIC_URL is {settings.public_url!r}; write it as https://exams.example"
        )
    if settings.workers > 1 and settings.database_url.startswith("sqlite"):
        raise SettingUnusable(
            "EXAMENGINE_WORKERS is more than 1, and SQLite has one writer; "
            "set EXAMENGINE_DATABASE_URL to a PostgreSQL database, or leave one worker"
        )
    return settings


def _is_web_address(text: str) -> bool:
    try:
        address = urlsplit(text)
        return address.scheme in {"http", "https"} and bool(address.hostname)
    except ValueError:
        return False


def _whole_number(
    environment: Mapping[str, str], name: str, default: int, least: int, most: int
) -> int:
    text = environment.get(name, str(default))
    if not re.fullmatch("[0-9]{1,9}", text) or not least <= int(text) <= most:
        raise SettingUnusable(
            f"{name} is {text[:40]!r}; give a whole number from {least} to {most}"
        )
    return int(text)
