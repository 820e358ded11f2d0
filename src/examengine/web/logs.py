"""The log: one line for each thing that happened, with time, level, process and request.

A line never holds what people typed or who they are. The text of an exception may (a database
quotes the row it refused), so of an exception the log has its kind and where it arose; only what
the operating system said is repeated.
"""

import logging
import traceback
from collections.abc import Mapping
from contextvars import ContextVar
from itertools import count
from time import gmtime, monotonic, strftime
from typing import Any

REQUEST: ContextVar[str] = ContextVar("request", default="-")
"""The number of the request that is being answered, unique within its process."""

_numbers = count(1)
_FRAMES = 8
_LONGEST = 2000
_AGAIN_S = 10.0


def begin_request() -> str:
    """Give the request that begins here its number, and return it."""
    number = f"{next(_numbers):x}"
    REQUEST.set(number)
    return number


class LineFormatter(logging.Formatter):
    """`2026-11-28T09:00:00.000Z WARNING 4711 1a examengine.web: what happened`."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the one line of a record."""
        time = strftime("%Y-%m-%dT%H:%M:%S", gmtime(record.created))
        text = record.getMessage().strip() + getattr(record, "repeated", "")
        if record.exc_info and record.exc_info[1] is not None:
            text = f"{text}: {described(record.exc_info[1])}"
        head = f"{time}.{int(record.msecs):03d}Z {record.levelname} {record.process}"
        return f"{head} {REQUEST.get()} {record.name}: {_on_one_line(text)[:_LONGEST]}"


class Coalescing(logging.Filter):
    """Lets a warning through once in ten seconds, then with how often it was repeated."""

    def __init__(self) -> None:
        super().__init__()
        self._seen: dict[tuple[str, str], tuple[float, int]] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """Tell whether to write a record."""
        if record.levelno < logging.WARNING:
            return True
        key, now = (record.name, record.getMessage()[:200]), monotonic()
        if len(self._seen) > 1000:
            self._seen.clear()
        since, repeated = self._seen.get(key, (-_AGAIN_S, 0))
        if now - since < _AGAIN_S:
            self._seen[key] = (since, repeated + 1)
            return False
        if repeated:
            record.repeated = f" (and {repeated} times before)"
        self._seen[key] = (now, 0)
        return True


def described(error: BaseException) -> str:
    """Return the kind of an exception and where it arose, innermost first; never its text."""
    frames = traceback.extract_tb(error.__traceback__)[: -_FRAMES - 1 : -1]
    places = " < ".join(f"{_place(frame.filename)}:{frame.lineno} {frame.name}" for frame in frames)
    said = f" ({error.strerror})" if isinstance(error, OSError) and error.strerror else ""
    cause = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    rest = "" if cause is None else f"; after {described(cause)}"
    return f"{type(error).__name__}{said} at {places or 'an unknown place'}{rest}"


def _place(filename: str) -> str:
    return "/".join(filename.rsplit("/", 2)[-2:])


def _on_one_line(text: str) -> str:
    """Return a text without what could end a line or pretend to be another one."""
    return "".join(sign if sign.isprintable() else repr(sign)[1:-1] for sign in text)


def configuration() -> Mapping[str, Any]:
    """Return how the processes of a server log: to standard error, from INFO on."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": {"()": f"{__name__}.LineFormatter"}},
        "filters": {"coalescing": {"()": f"{__name__}.Coalescing"}},
        "handlers": {
            "stderr": {
                "class": "logging.StreamHandler",
                "formatter": "line",
                "filters": ["coalescing"],
            }
        },
        "root": {"level": "INFO", "handlers": ["stderr"]},
        "loggers": {
            "uvicorn": {"level": "WARNING"},
            "alembic": {"level": "WARNING"},
            "procrastinate": {"level": "WARNING"},
        },
    }
