"""A small HTTP client that keeps its connection: it must cost less than what it measures."""

import asyncio
import json
from collections.abc import Sequence

from tests.delivery.examples import Candidate

from examengine.web.security import csrf_token

OK, SEE_OTHER = 200, 303
JSON, FORM = "application/json", "application/x-www-form-urlencoded"
PAGE = "10ad00000000000000000001"
"""What the page of every browser is called."""
PLACES = 40
"""Questions of the exam."""


class Browser:
    """One candidate's connection to the server."""

    def __init__(self, port: int, candidate: Candidate) -> None:
        self._port, self.candidate = port, candidate
        self.seen, self.seq, self.place = 1, 0, 1
        self.received = 0
        """Bytes so far."""
        self._headers = (
            f"host: 127.0.0.1:{port}\r\n"
            f"cookie: examengine={candidate.cookie}\r\n"
            f"x-csrf-token: {csrf_token(candidate.cookie)}\r\n"
        )
        self._reader: asyncio.StreamReader
        self._writer: asyncio.StreamWriter

    async def open(self) -> None:
        """Connect."""
        self._reader, self._writer = await asyncio.open_connection("127.0.0.1", self._port)

    def close(self) -> None:
        """Hang up."""
        self._writer.close()

    async def save(self, items: Sequence[str]) -> int:
        """Save the next answer, as the page that has seen the ones before; return the status."""
        status, answer = await self._post("saves", json.dumps(self._answer(items)), JSON)
        if status == 200:
            self.seen = json.loads(answer)["version"]
        return status

    def _answer(self, items: Sequence[str]) -> dict[str, object]:
        self.seq += 1
        return {
            "item_id": items[self.seq % len(items)],
            "response": "abc"[self.seq % 3],
            "seen": self.seen,
            "client": PAGE,
            "seq": self.seq,
        }

    async def start(self) -> int:
        """Start the exam and load the first question; return the status."""
        status, _ = await self._post("start", "consent=yes", FORM)
        return status if status != SEE_OTHER else await self._load("items/1")

    async def save_and_load(self, items: Sequence[str]) -> int:
        """Save, then load the page of the next question: two requests; return the status."""
        status = await self.save(items)
        return status if status != OK else await self._load(f"items/{self._next_place()}")

    async def turn(self, items: Sequence[str]) -> int:
        """Save, and get the next question with the answer: one request; return the status."""
        body = {
            "client": PAGE,
            "place": self._next_place(),
            "chosen": PLACES,
            "answer": self._answer(items),
        }
        status, told = await self._post("turns", json.dumps(body), JSON)
        if status == OK:
            said = json.loads(told)
            self.seen = said["version"]
            assert said["question"]["html"]  # noqa: S101  (else nothing was measured)
        return status

    async def submit(self) -> int:
        """Hand in and load the receipt; return the status."""
        status, _ = await self._post("submit", "", FORM)
        return status if status != SEE_OTHER else await self._load("receipt")

    def _next_place(self) -> int:
        self.place = self.place % PLACES + 1
        return self.place

    async def _load(self, path: str) -> int:
        page = f"x-exam-page: {PAGE}\r\n"
        address = f"/attempts/{self.candidate.attempt_id}/{path}"
        status, _ = await self._asked(f"GET {address} HTTP/1.1\r\n{self._headers}{page}\r\n")
        return status

    async def _post(self, path: str, body: str, content_type: str) -> tuple[int, bytes]:
        return await self._asked(
            f"POST /attempts/{self.candidate.attempt_id}/{path} HTTP/1.1\r\n{self._headers}"
            f"content-type: {content_type}\r\ncontent-length: {len(body)}\r\n\r\n{body}"
        )

    async def _asked(self, request: str) -> tuple[int, bytes]:
        self._writer.write(request.encode())
        head = await self._reader.readuntil(b"\r\n\r\n")
        self.received += len(head)
        length = 0
        for line in head.split(b"\r\n"):
            if line[:15].lower() == b"content-length:":
                length = int(line[15:])
        self.received += length
        return int(head[9:12]), await self._reader.readexactly(length)
