"""Lists whose figures a job computes: it is asked for by whoever looks, unless it was already."""

from collections.abc import Mapping
from typing import Annotated
from urllib.parse import urlencode

from fastapi import Query

from examengine import delivery
from examengine.accounts import Actor
from examengine.db import writing_late
from examengine.delivery import FigureKind
from examengine.jobs import Job, JobsTooMany
from examengine.web.dependencies import Parts

PAGE = 50
"""Administrations on a page of a list."""

Search = Annotated[str, Query(max_length=200)]
Start = Annotated[int, Query(ge=0, le=10_000_000)]


def job_computing(parts: Parts, actor: Actor, kind: FigureKind, *, current: bool) -> Job | None:
    """Return the job that computes what is missing or out of date on a page.

    Looking at a list changes nothing that anybody has said; all it may bring about is that
    figures are computed, and that but once at a time.

    Returns:
        None when everything is current, or when so many jobs wait that no more is taken.
    """
    if current:
        return None
    try:
        with writing_late(parts.engine_of(actor)) as session:
            return delivery.ask_figures(session, parts.clock, parts.queue, actor, kind)
    except JobsTooMany:
        return None


def listed(address: str, search: str, start: int, found: int) -> Mapping[str, object]:
    """Return what the search and the pager of a list are drawn from.

    Args:
        address: Of the list.
        search: What is looked for.
        start: How many are passed over.
        found: How many the search has found.
    """
    query = urlencode({"search": search}) + "&" if search else ""
    return {
        "address": address,
        "search": search,
        "start": start,
        "size": PAGE,
        "n_found": found,
        "pages": f"{address}?{query}",
    }
