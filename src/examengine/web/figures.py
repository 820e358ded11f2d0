"""Lists of administrations whose figures a job computes: what their searches and pagers show."""

from collections.abc import Mapping
from typing import Annotated
from urllib.parse import urlencode

from fastapi import Query

PAGE = 50
"""Administrations on a page of a list."""

Search = Annotated[str, Query(max_length=200)]
ListStart = Annotated[int, Query(ge=0, le=10_000_000)]


def listed(address: str, search: str, start: int) -> Mapping[str, object]:
    """Return what the search and the pager of a list are drawn from.

    Args:
        address: Of the list.
        search: What is looked for.
        start: How many are passed over.
    """
    query = urlencode({"search": search}) + "&" if search else ""
    return {
        "address": address,
        "search": search,
        "start": start,
        "size": PAGE,
        "pages": f"{address}?{query}",
    }
