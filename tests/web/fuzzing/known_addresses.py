"""The routes of the application, and what stands behind them: found by following links."""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from urllib.parse import parse_qsl

from starlette.routing import compile_path

from examengine import app as application
from examengine.web.attempt_saves import SENT_BY_SCRIPT

Known = Mapping[str, Sequence[str]]
"""What stands behind the parameters of addresses, by their names."""


def routes() -> list[tuple[str, str, tuple[str, ...], tuple[str, ...]]]:
    """Return method, path, names in the query and names of fields, of every route."""
    found = []
    for audience in application.AUDIENCES:
        for route in audience.router.routes:
            query = tuple(one.alias for one in route.dependant.query_params)
            fields = tuple(one.alias for one in route.dependant.body_params)
            found.extend((one, route.path, query, fields) for one in route.methods - {"HEAD"})
    scripts = [("POST", f"/attempts/{{attempt_id}}/{what}", (), ()) for what in SENT_BY_SCRIPT]
    return [*sorted(found), *scripts, ("GET", "/attempts/{attempt_id}/standing", (), ())]


ROUTES = routes()
PATHS = [(path, compile_path(path)[0]) for path in {path for _, path, _, _ in ROUTES}]


def followed(client) -> Known:
    """Follow the links of the pages from the first one on; return the ids that stand in them."""
    known: dict[str, set[str]] = defaultdict(set)
    waiting, seen = ["/", "/attempts", "/credentials"], set()
    while waiting and len(seen) < 400:
        address, _, query = waiting.pop(0).replace("&amp;", "&").partition("?")
        for name, value in parse_qsl(query):
            known[name].add(value)
        if address in seen:
            continue
        seen.add(address)
        for path, pattern in PATHS:
            match = pattern.match(address)
            for name, value in (match.groupdict() if match and "{" in path else {}).items():
                known[name].add(value)
        text = client.get(address).text
        waiting.extend(re.findall(r'(?:href|action|src)="(/[^"#]*)"', text))
        known["value"].update(re.findall(r'name="(?!csrf)[^"]*" value="([^"]{1,80})"', text))
    return {name: sorted(values) for name, values in known.items()}
