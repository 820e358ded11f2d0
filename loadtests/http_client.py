"""A small HTTP client that keeps its connection: it must cost less than what it measures."""

import asyncio
import json
from collections.abc import Sequence

from tests.delivery.examples import Candidate

from examengine.web.security import csrf_token


class Browser:
    """One candidate's connection to the server."""

    def __init__(self, port: int, candidate: Candidate) -> None:
        self._port, self.candidate = port, candidate
        self.seen, self.seq = 1, 0
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
        self.seq += 1
        body = {
            "item_id": items[self.seq % len(items)],
            "response": "abc"[self.seq % 3],
            "seen": self.seen,
            "client": "load-page-0001",
            "seq": self.seq,
        }
        status, answer = await self._post("saves", json.dumps(body), "application/json")
        if status == 200:
            self.seen = json.loads(answer)["version"]
        return status

    async def start(self) -> int:
        """Start the exam; return the status."""
        form = "application/x-www-form-urlencoded"
        status, _ = await self._post("start", "consent=yes", form)
        return status

    async def _post(self, path: str, body: str, content_type: str) -> tuple[int, bytes]:
        self._writer.write(
            f"POST /attempts/{self.candidate.attempt_id}/{path} HTTP/1.1\r\n{self._headers}"
            f"content-type: {content_type}\r\ncontent-length: {len(body)}\r\n\r\n{body}".encode()
        )
        head = await self._reader.readuntil(b"\r\n\r\n")
        length = 0
        for line in head.split(b"\r\n"):
            if line[:15].lower() == b"content-length:":
                length = int(line[15:])
        return int(head[9:12]), await self._reader.readexactly(length)
