"""A form with files, taken apart while it arrives: nothing of a file is held in memory.

The framework reads a whole form before anybody is asked who sends it. Here whoever waits for a file
is asked before it begins, knows the fields that came before it, and is given it once it is whole.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from io import BufferedRandom
from tempfile import SpooledTemporaryFile
from types import TracebackType
from typing import Self, cast

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.requests import ClientDisconnect
from starlette.types import Receive

from examengine.delivery import SaveMalformed
from examengine.web.security import BodyTooLarge

STALLED_S = 30.0
"""How long nothing may arrive: whoever lost the network sends anew, and not into this request."""
LARGEST_FIELDS = 64 * 1024
"""Bytes of all fields that are no file."""
MOST_PARTS = 200
IN_MEMORY = 64 * 1024
"""Bytes of a file from which on it lies on the disk, under no name."""


class PartTooLarge(Exception):
    """A file has more bytes than it may have; how many there are is not known."""


class ArrivingFile:
    """A file of a form, on this machine until it is closed."""

    def __init__(self, name: str) -> None:
        self.name = name
        """As the device sent it."""
        self.size = 0
        self.data = cast(BufferedRandom, SpooledTemporaryFile(max_size=IN_MEMORY))  # noqa: SIM115

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Forget what it holds."""
        self.data.close()


async def files_in(
    receive: Receive,
    content_type: str,
    fields: list[tuple[str, str]],
    begins: Callable[[str], int],
) -> AsyncIterator[ArrivingFile]:
    """Yield the files of a form, each once it is whole; whoever takes one closes it.

    Args:
        receive: Gives the body.
        content_type: Of the request, with the boundary between the parts.
        fields: Takes every other field, name and value, in the order in which they come.
        begins: Asked whenever a file begins, with its name: how many bytes it may have. What it
            raises ends all.

    Raises:
        SaveMalformed: It is no such form.
        BodyTooLarge: Its fields are larger than those of any page.
        PartTooLarge: A file is larger than it may be.
        ClientDisconnect: Whoever sent it is gone, or sends nothing any more.
    """
    taking = _Taking(content_type, fields, begins)
    try:
        while not taking.ended:
            data, more = await _arrived(receive)
            taking.take(data, more=more)
            while taking.whole:
                yield taking.whole.pop(0)
    finally:
        taking.close()


async def _arrived(receive: Receive) -> tuple[bytes, bool]:
    try:
        async with asyncio.timeout(STALLED_S):
            message = await receive()
    except TimeoutError:
        raise ClientDisconnect from None
    if message["type"] != "http.request":
        raise ClientDisconnect
    return message.get("body", b""), message.get("more_body", False)


class _Taking:
    """What has arrived so far, and which part it belongs to."""

    def __init__(
        self, content_type: str, fields: list[tuple[str, str]], begins: Callable[[str], int]
    ) -> None:
        _, options = parse_options_header(content_type)
        boundary = options.get(b"boundary", b"")
        if not 1 <= len(boundary) <= 200:
            raise SaveMalformed("the form names no boundary between its parts")
        self._fields, self._begins = fields, begins
        self._parser = MultipartParser(
            boundary,
            {
                "on_part_begin": self._part_begun,
                "on_header_field": self._header_named,
                "on_header_value": self._header_said,
                "on_header_end": self._header_ended,
                "on_headers_finished": self._headers_ended,
                "on_part_data": self._data,
                "on_part_end": self._part_ended,
                "on_end": self._all_ended,
            },
        )
        self.whole: list[ArrivingFile] = []
        self.ended = False
        self._n_parts = self._n_fields = self._most = 0
        self._name, self._header, self._said, self._disposition = "", b"", b"", b""
        self._value = bytearray()
        self._file: ArrivingFile | None = None

    def take(self, data: bytes, *, more: bool) -> None:
        """Take what has arrived.

        Raises:
            SaveMalformed, BodyTooLarge, PartTooLarge: As `files_in`.
        """
        try:
            self._parser.write(data)
        except FormParserError:
            raise SaveMalformed("the form cannot be taken apart") from None
        if not more and not self.ended:
            raise SaveMalformed("the form ends before its last part does")

    def close(self) -> None:
        """Forget what nobody took."""
        for part in (self._file, *self.whole):
            if part is not None:
                part.close()

    def _part_begun(self) -> None:
        self._n_parts += 1
        if self._n_parts > MOST_PARTS:
            raise BodyTooLarge(f"more than {MOST_PARTS} fields")
        self._header, self._said, self._disposition = b"", b"", b""
        self._value, self._file = bytearray(), None

    def _header_named(self, data: bytes, start: int, end: int) -> None:
        self._header += data[start:end]

    def _header_said(self, data: bytes, start: int, end: int) -> None:
        self._said += data[start:end]

    def _header_ended(self) -> None:
        if self._header.lower() == b"content-disposition":
            self._disposition = self._said
        self._header, self._said = b"", b""

    def _headers_ended(self) -> None:
        _, options = parse_options_header(self._disposition)
        self._name = options.get(b"name", b"").decode("utf-8", "replace")
        if b"filename" in options:
            name = options[b"filename"].decode("utf-8", "replace")
            self._most = self._begins(name)
            self._file = ArrivingFile(name)

    def _data(self, data: bytes, start: int, end: int) -> None:
        if self._file is None:
            self._n_fields += end - start
            if self._n_fields > LARGEST_FIELDS:
                raise BodyTooLarge(f"more than {LARGEST_FIELDS} bytes")
            self._value += data[start:end]
            return
        self._file.size += end - start
        if self._file.size > self._most:
            raise PartTooLarge
        self._file.data.write(data[start:end])

    def _part_ended(self) -> None:
        if self._file is not None:
            self.whole.append(self._file)
            self._file = None
        else:
            self._fields.append((self._name, self._value.decode("utf-8", "replace")))

    def _all_ended(self) -> None:
        self.ended = True
