"""How much processor time processes have used, with all that descend from them."""

import os
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

from sqlalchemy import make_url


def seconds(process_ids: Iterable[int]) -> float:
    """Return the CPU time of processes and of all their descendants that live, so far."""
    ticks: dict[int, int] = {}
    children: dict[int, list[int]] = defaultdict(list)
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:  # it ended a moment ago
            continue
        process_id = int(stat.parent.name)
        ticks[process_id] = int(fields[11]) + int(fields[12])
        children[int(fields[1])].append(process_id)
    counted, waiting = set[int](), list(process_ids)
    while waiting:
        process_id = waiting.pop()
        if process_id not in counted:
            counted.add(process_id)
            waiting += children[process_id]
    return sum(ticks.get(one, 0) for one in counted) / os.sysconf("SC_CLK_TCK")


def database_process(url: str) -> list[int]:
    """Return the process of a database that has one of its own: the server of our PostgreSQL."""
    folder = make_url(url).query.get("host")
    if folder is None:
        return []
    return [int((Path(str(folder)) / "data" / "postmaster.pid").read_text().split()[0])]
