"""The log of an attempt as it is stored: one row for each event, each chained on the row before.

Each row's digest covers the attempt, the version, the moment, the type, the body and the digest
of the row before, so that a history that was edited, shortened in the middle or put in another
order does not add up any more.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from examengine.kernel.clock import iso
from examengine.kernel.digest import digest


@dataclass(frozen=True, slots=True)
class LoggedEvent:
    """One row of the log, exactly as its digest covers it."""

    attempt_id: UUID
    version: int
    at: datetime
    type: str
    body: Mapping[str, Any]
    previous: str | None
    """The digest of the row before; None for the first."""
    digest: str


def chain_event(
    attempt_id: UUID,
    version: int,
    at: datetime,
    type: str,  # noqa: A002  (the log's own word)
    body: Mapping[str, Any],
    previous: str | None,
) -> str:
    """Return the digest of one row of the log, chained on the row before."""
    return digest(
        {
            "attempt_id": str(attempt_id),
            "version": version,
            "at": iso(at),
            "type": type,
            "body": body,
            "previous": previous,
        }
    )
