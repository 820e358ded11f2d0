"""What strangers, and one author, do to a server: each attack at its own rate, from many sources.

Run by `loadtests.under_attack` as a process of its own, which takes of the processors only what
server and clients leave: attackers are on other machines. It sends what it was asked to send all
the same, ends by itself, and prints as JSON how each attack was answered.
"""

import asyncio
import json
import random
import sys
import time
import zlib
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from secrets import token_hex, token_urlsafe
from urllib.parse import urlencode

from examengine.web.security import csrf_token

ITEM = (
    Path(__file__).parents[1] / "item_banks/data-literacy/items/association/DL-COR-001.yaml"
).read_text()
N_ITEMS, PADDED_TO = 900, 2_000
"""Item files of one import: together 1.8 MB."""
MOST_AT_ONCE = 200
"""Requests of one attack that may be without an answer; those that would be more are not sent."""
ANSWERED_WITHIN_S = 60.0
SOURCES = [f"127.0.{place // 250}.{place % 250 + 2}" for place in range(1000)]

Body = tuple[str, bytes]
"""A content type, and what is sent as it."""


@dataclass(frozen=True, slots=True)
class Attack:
    """One kind of request, sent so often in a second, answered or not."""

    name: str
    path: str
    rate: float
    make: Callable[[random.Random], Body]
    cookie: str | None = None
    """The session that it is sent with; without one, each is sent by a new browser."""


def attacks(known: Sequence[str], author: str, rates: tuple[float, float, float]) -> list[Attack]:
    """Return the attacks: on the verifier, on the sign-in, and by imports that are only tried.

    Args:
        known: Addresses of accounts that there are.
        author: The cookie of an author who is signed in.
        rates: How many are sent in a second, of each.
    """
    of_verify, of_sign_in, of_import = rates
    bank = form(_bank(), [("dry_run", "true")])
    return [
        Attack("verify", "/verify", of_verify, _document),
        Attack("sign-in", "/sign-in", of_sign_in, lambda draw: _guess(draw, known)),
        Attack("import", "/bank/data-literacy/import", of_import, lambda _: bank, author),
    ]


async def run(port: int, each: Sequence[Attack], seconds: float) -> dict[str, Counter[str]]:
    """Send all attacks for a while; return how often each was answered how."""
    answered = await asyncio.gather(*(_sent(port, attack, seconds) for attack in each))
    return {attack.name: counted for attack, counted in zip(each, answered, strict=True)}


async def _sent(port: int, attack: Attack, seconds: float) -> Counter[str]:
    counted: Counter[str] = Counter()
    under_way: set[asyncio.Task[None]] = set()
    draw = random.Random(attack.name)
    begun = time.perf_counter()
    for number in range(int(attack.rate * seconds)):
        await asyncio.sleep(max(0.0, begun + number / attack.rate - time.perf_counter()))
        if len(under_way) >= MOST_AT_ONCE:
            counted["not sent"] += 1
            continue
        source = SOURCES[number % len(SOURCES)]
        task = asyncio.create_task(_count(port, source, attack, attack.make(draw), counted))
        under_way.add(task)
        task.add_done_callback(under_way.discard)
    left = begun + seconds - time.perf_counter()
    await asyncio.sleep(max(0.0, left))
    counted["unanswered at the end"] = len(under_way)
    for task in under_way:
        task.cancel()
    return +counted


async def _count(port: int, source: str, attack: Attack, body: Body, counted: Counter[str]) -> None:
    try:
        async with asyncio.timeout(ANSWERED_WITHIN_S):
            counted[await _answered(port, source, attack, body)] += 1
    except (OSError, TimeoutError, asyncio.IncompleteReadError) as fault:
        counted[type(fault).__name__] += 1


async def _answered(port: int, source: str, attack: Attack, body: Body) -> str:
    """Send one request from one address; return the status."""
    content_type, sent = body
    cookie = attack.cookie or token_urlsafe(32)
    head = (
        f"POST {attack.path} HTTP/1.1\r\nhost: 127.0.0.1:{port}\r\nconnection: close\r\n"
        f"cookie: examengine={cookie}\r\nx-csrf-token: {csrf_token(cookie)}\r\n"
        f"content-type: {content_type}\r\ncontent-length: {len(sent)}\r\n\r\n"
    )
    reader, writer = await asyncio.open_connection("127.0.0.1", port, local_addr=(source, 0))
    try:
        writer.write(head.encode() + sent)
        status = (await reader.readexactly(12))[9:].decode()
        await reader.read()
        return status
    finally:
        writer.close()


def _guess(draw: random.Random, known: Sequence[str]) -> Body:
    unknown = f"{draw.getrandbits(40):x}@example.org"
    email = draw.choice(known) if draw.random() < 0.5 else unknown
    form = {"email": email, "password": f"four cold lamps {draw.getrandbits(20)}", "then": "/"}
    return "application/x-www-form-urlencoded", urlencode(form).encode()


def _document(draw: random.Random) -> Body:
    name, content = draw.choice(DOCUMENTS)
    return form([("file", name, content)], [])


def _bank() -> list[tuple[str, str, bytes]]:
    return [("files", f"AT-ALL-{n:03}.yaml", _item(n)) for n in range(N_ITEMS)]


def _item(number: int) -> bytes:
    """Return an item of its own: the sample's, with another id and a longer stem."""
    named = ITEM.replace("DL-COR-001", f"AT-ALL-{number:03}")
    words = "  What lies behind it? " * ((PADDED_TO - len(named)) // 23)
    return named.replace("options:\n", f"{words}\noptions:\n").encode()


def form(files: Sequence[tuple[str, str, bytes]], fields: Sequence[tuple[str, str]]) -> Body:
    """Return a form of files (field, name, content) and of fields, as browsers send it."""
    boundary = token_hex(16)
    opening = f"--{boundary}\r\ncontent-disposition: form-data; name="
    parts = [
        f'{opening}"{field}"; filename="{name}"\r\n'
        "content-type: application/octet-stream\r\n\r\n".encode()
        + content
        + b"\r\n"
        for field, name, content in files
    ]
    parts += [f'{opening}"{name}"\r\n\r\n{value}\r\n'.encode() for name, value in fields]
    end = f"--{boundary}--\r\n".encode()
    return f"multipart/form-data; boundary={boundary}", b"".join(parts) + end


def _credential(**changed: object) -> bytes:
    """Return a badge that nobody signed, with something in it that costs whoever checks it."""
    badge = {
        "@context": [
            "https://www.w3.org/ns/credentials/v2",
            "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
        ],
        "id": "urn:uuid:00000000-0000-4000-8000-000000000000",
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "issuer": {"id": "did:key:z6MkuM3cKzSPcHPvVmWkZ5KkxMoiBKu5hNLAjE1ndARVLcs3"},
        "validFrom": "2026-01-01T00:00:00Z",
        "credentialSubject": {"type": "AchievementSubject", "id": "urn:x:1"},
        "proof": _PROOF,
    }
    return json.dumps({**badge, **changed}).encode()


def _picture() -> bytes:
    """Return a PNG whose text unpacks to far more than it is."""
    text = b"openbadgecredential\0\1\0\0\0" + zlib.compress(b" " * 50_000_000)
    chunk = b"iTXt" + text
    end = len(text).to_bytes(4, "big") + chunk + zlib.crc32(chunk).to_bytes(4, "big")
    return b"\x89PNG\r\n\x1a\n" + end


_PROOF = {
    "type": "DataIntegrityProof",
    "cryptosuite": "eddsa-rdfc-2022",
    "created": "2026-01-01T00:00:00Z",
    "proofPurpose": "assertionMethod",
    "verificationMethod": "did:key:z6MkuM3cKzSPcHPvVmWkZ5KkxMoiBKu5hNLAjE1ndARVLcs3"
    "#z6MkuM3cKzSPcHPvVmWkZ5KkxMoiBKu5hNLAjE1ndARVLcs3",
    "proofValue": "z" + "2" * 88,
}
_SVG = b'<svg xmlns="http://www.w3.org/2000/svg" xmlns:o="https://purl.imsglobal.org/ob/v3p0"'
_BLANK = [{"id": f"_:b{n}", "x:knows": {"id": f"_:b{(n + 1) % 900}"}} for n in range(900)]
DOCUMENTS: Sequence[tuple[str, bytes]] = (
    ("unsigned.json", _credential()),
    ("proofs.json", _credential(proof=[_PROOF] * 60)),
    ("contexts.json", _credential(**{"@context": ["https://www.w3.org/ns/credentials/v2"] * 1200})),
    ("blank-nodes.json", _credential(evidence=_BLANK)),
    ("nested.json", b'{"a":' * 40_000 + b"1" + b"}" * 40_000),
    ("brackets.json", b"[" * 280_000),
    ("wide.json", _credential(evidence=[{"id": f"urn:x:{n}"} for n in range(12_000)])),
    ("attributes.svg", _SVG + b" a='" * 60_000),
    ("spaces.svg", b"<o:credential " + b" " * 280_000),
    ("entities.svg", b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">]>' + _SVG + b">&a;</svg>"),
    ("elements.svg", _SVG + b">" + b"<g>" * 90_000),
    ("token.txt", b"eyJhbGciOiJFZERTQSJ9." + b"A" * 280_000 + b".AAAA"),
    ("picture.png", _picture()),
    ("nothing.bin", bytes(range(256)) * 1000),
)
"""What is costly to read, or was once."""


def main() -> None:
    """Attack as standard input asks, and print what came of it."""
    asked = json.load(sys.stdin)
    each = attacks(asked["known"], asked["author"], tuple(asked["rates"]))
    json.dump(asyncio.run(run(asked["port"], each, asked["seconds"])), sys.stdout)


if __name__ == "__main__":
    main()
