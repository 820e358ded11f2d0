"""Whatever anybody sends to whatever address: an answer or a refusal, never a defect.

The routes, their parameters and their fields are asked of the application, and what stands behind
them is found by following its links, so a new page is tried on the day it is written.
"""

import random
import re
from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import quote, urlencode

import pytest

from examengine.accounts import Role
from examengine.web.security import COOKIE, csrf_token
from tests.web.fuzzing.known_addresses import ROUTES, Known

HOSTILE = (
    "", " ", "0", "-1", "1", "99999999999999999999", "9" * 400, "1e400", "nan", "-0", "٣", "true",
    "null", "[]", "{}", "a\0b", "%00", "%", "..", "../../etc/passwd", "\\", "/", "//x.example/",
    "é" * 300, "🙂", "\u202e\u200b", "\ufeff", "a" * 5000, "<script>alert(1)</script>",
    "' OR 1=1 --", "{{ 7 * 7 }}", "${x}", "=1+1", "\r\nSet-Cookie: a=b", "\n", "2026-02-30T25:61",
    "9999-12-31T23:59:59+23:59", "0001-01-01T00:00", "2026-03-29T02:30", "0" * 64,
    "00000000-0000-4000-8000-000000000000", "{00000000-0000-4000-8000-000000000000}",
    "urn:uuid:00000000-0000-4000-8000-000000000000", "ffffffffffffffffffffffffffffffff",
)  # fmt: skip
PLAUSIBLE = ("yes", "true", "a", "A", "hold", "clear", "void", "1", "50", "0.5", "2026-12-01T10:00")
BODIES = (
    b"", b"\0", b"{", b"[" * 5000, b"{}", b"null", b'{"client": 1e999}', b"\xff\xfe" * 50,
    b"&" * 2000, b"=&" * 1200, b"%zz=%", b"a" * 20_000, b"csrf=x&csrf=y", b"--x\r\n\r\n",
    b'--x\r\ncontent-disposition: form-data; name="file"; filename=""\r\n\r\n\r\n--x--\r\n',
    b'--x\r\ncontent-disposition: form-data; name="files"; filename="\xff.yaml"\r\n\r\na\r\n--x--',
    b"--x\r\ncontent-disposition: form-data\r\n\r\na\r\n--x--\r\n",
    b"--x\r\n" + b"a: b\r\n" * 300 + b"\r\n--x--\r\n",
    b'--x\r\ncontent-disposition: form-data; name="a"\r\n\r\n\xff\r\n' * 1100 + b"--x--\r\n",
)  # fmt: skip
CONTENT_TYPES = (
    "", "x", "text/plain", "application/json", "application/x-www-form-urlencoded",
    "application/x-www-form-urlencoded; charset=utf-7", "multipart/form-data",
    "multipart/form-data; boundary=x", "multipart/form-data; boundary=x; charset=none",
    "multipart/form-data; boundary=", "multipart/form-data; boundary=" + "b" * 300,
    'multipart/form-data; boundary="', "multipart/mixed; boundary=x", "application/json; charset=x",
)  # fmt: skip
ACCEPT = ("text/html", "application/json", "*/*", "", ",;,", "application/vc, text/html;q=9")
EACH = 4
"""Requests for each route and each visitor."""


def drawn(draw: random.Random, known: Known, name: str) -> str:
    """Return a value for a parameter or a field: one that exists, one that might, or none."""
    real = [*known.get(name, ()), *known.get("value", ())]
    pool = draw.choice([known.get(name) or real or PLAUSIBLE, real or PLAUSIBLE, HOSTILE])
    return draw.choice([*pool, draw.choice(PLAUSIBLE)])


def address_of(draw: random.Random, known: Known, path: str, query: Sequence[str]) -> str:
    """Return an address of a route, with any parameters."""

    def value(found: re.Match[str]) -> str:
        name = found[1].partition(":")[0]
        there = known.get(name)
        chosen = draw.choice(there) if there and draw.random() < 0.7 else drawn(draw, known, name)
        return quote(chosen, safe=draw.choice(["", "%"])) or "%20"

    asked = [(name, drawn(draw, known, name)) for name in query if draw.random() < 0.7]
    asked += [(draw.choice(HOSTILE), draw.choice(HOSTILE))] if draw.random() < 0.2 else []
    return re.sub(r"\{([^}]+)\}", value, path) + (f"?{urlencode(asked)}" if asked else "")


def body_of(draw: random.Random, known: Known, fields: Sequence[str]) -> tuple[str, bytes]:
    """Return a content type and a body: a form with any fields, or what is no form at all."""
    if draw.random() < 0.3:
        return draw.choice(CONTENT_TYPES), draw.choice(BODIES)
    sent = [(name, drawn(draw, known, name)) for name in fields if draw.random() < 0.9]
    sent += [draw.choice(sent)] if sent and draw.random() < 0.2 else []
    if draw.random() < 0.6:
        return "application/x-www-form-urlencoded", urlencode(sent).encode()
    parts = [
        f'--x\r\ncontent-disposition: form-data; name="{name}"'
        f"{draw.choice(['', '; filename=a.yaml', '; filename=../a.csv'])}\r\n\r\n{value}\r\n"
        for name, value in sent
    ]
    return "multipart/form-data; boundary=x", ("".join(parts) + "--x--\r\n").encode()


def requests(draw: random.Random, known: Known) -> Iterator[tuple[str, str, dict[str, str], bytes]]:
    """Return method, address, headers and body of some requests to every route."""
    for method, path, query, fields in ROUTES:
        for _ in range(EACH):
            headers = {"accept": draw.choice(ACCEPT)}
            if draw.random() < 0.2:
                headers["hx-request"] = "true"
            body = b""
            if method == "POST":
                headers["content-type"], body = body_of(draw, known, fields)
            yield method, address_of(draw, known, path, query), headers, body


def defects(client, draw: random.Random, known: Known, enter: Any) -> list[str]:
    """Send them, signed in again whenever one signed us out; return those that were no refusals."""
    found = []
    enter()
    for method, address, headers, body in requests(draw, known):
        token = {"x-csrf-token": csrf_token(client.cookies.get(COOKIE, "none"))}
        answer = client.request(method, address, content=body, headers={**headers, **token})
        if answer.status_code >= 500:
            found.append(f"{answer.status_code} {method} {address} {headers} {body[:300]!r}")
        location = answer.headers.get("location", "")
        if location.startswith("/sign-in") or address.startswith(("/sign-out", "/sign-in")):
            enter()
    return found


@pytest.mark.parametrize("role", [None, "Dora", *Role])
def test_no_request_of_anybody_is_a_defect(programme, known, visitors, client, role):
    """
    Hostile paths, queries, fields, types and bodies on every route: a status below 500.
    """
    client.cookies.clear()
    client.get("/sign-in")

    def enter() -> None:
        if somebody is not None:
            client.get("/sign-in")
            visitors.enter(somebody)

    somebody = programme.candidates["Dora"].actor if role == "Dora" else None
    if isinstance(role, Role):
        somebody = visitors.add(role, name=f"Only {role}")

    found = defects(client, random.Random(str(role)), known, enter)

    assert found == []
    assert {"attempt_id", "administration_id", "credential_id", "item_id"} <= set(known)
