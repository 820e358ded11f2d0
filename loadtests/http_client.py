"""A small HTTP client that keeps its connection: it must cost less than what it measures."""

import asyncio
import json
from typing import Any

from tests.delivery.examples import Candidate

from examengine.web.security import csrf_token


class Browser:
    """One candidate's connection to the server."""

    def __init__(self, port: int, candidate: Candidate) -> None:
        self._port, self.candidate = port, candidate
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

    async def save(self, item_id: str, response: str, seen: int, seq: int) -> tuple[int, Any]:
        """Save one answer; return the status and the answer."""
        body = {
            "item_id": item_id,
            "response": response,
            "seen": seen,
            "client": "load-page-0001",
            "seq": seq,
        }
        status, answer = await self._post("saves", json.dumps(body), "application/json")
        return status, json.loads(answer)

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
