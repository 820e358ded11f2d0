"""Responses as numbers: read by column without reading every record again.

Ten million responses as JSON take longer to read than all that is then computed of them. So they
are coded when they arrive, in blocks of records of one form: for each item its different responses,
and for each record their numbers. A block names its records by digest and has one of its own.
"""

import json
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import numpy as np
import numpy.typing as npt

from examengine.delivery.response_record import ResponseRecord
from examengine.kernel.digest import digest, digest_of_bytes

BLOCK = 500
"""Records of a block: as many as are handed in before their coding is worth a transaction."""

MOST_SHORT_CODES = 2**16
"""So many records cannot have more different responses than two bytes tell apart."""

NO_RESPONSE = 0
"""The code of an item that was presented and not answered."""

Codes = npt.NDArray[np.unsignedinteger[Any]]


@dataclass(frozen=True, slots=True, eq=False)
class CodedResponses:
    """The responses of some records of one administration, all of one form.

    Attributes:
        form_id: The form.
        items: Ids of its items, in its order.
        records: Id and digest of each record.
        responses: For each item its different responses: the first has code 1.
        codes: Shape (n_records, n_items); 0 = no response.
    """

    form_id: UUID
    items: tuple[str, ...]
    records: tuple[tuple[str, str], ...]
    responses: tuple[tuple[Any, ...], ...]
    codes: Codes

    @property
    def digest(self) -> str:
        """Return the digest of all of it."""
        body = {
            "form_id": str(self.form_id),
            "items": list(self.items),
            "records": digest_of_bytes("\n".join(map(" ".join, self.records)).encode()),
            "responses": [list(different) for different in self.responses],
            "codes": digest_of_bytes(np.ascontiguousarray(self.codes, dtype="<u2").tobytes()),
        }
        return digest(body)


def coded(form_id: UUID, items: Sequence[str], records: Sequence[ResponseRecord]) -> CodedResponses:
    """Return the records of a form as numbers.

    Args:
        form_id: The form of all records.
        items: The ids of its items.
        records: At least one.
    """
    codes = np.empty((len(records), len(items)), dtype=np.uint16)
    responses = []
    for column, item in enumerate(items):
        known: dict[str, int] = {}
        different: list[Any] = []
        for row, record in enumerate(records):
            response = record.responses.get(item)
            if response is None:
                codes[row, column] = NO_RESPONSE
                continue
            name = _name(response)
            if name not in known:
                different.append(response)
                known[name] = len(different)
            codes[row, column] = known[name]
        responses.append(tuple(different))
    named = tuple((str(record.id), record.digest) for record in records)
    return CodedResponses(form_id, tuple(items), named, tuple(responses), codes)


def joined(blocks: Sequence[CodedResponses]) -> CodedResponses:
    """Return blocks of one form as one, a response having one code in all of it.

    Args:
        blocks: At least one; their items are the same.
    """
    first = blocks[0]
    if len(blocks) == 1:
        return first
    columns: list[dict[str, int]] = [{} for _ in first.items]
    responses: list[list[Any]] = [[] for _ in first.items]
    n_records = sum(len(block.records) for block in blocks)
    wide = np.dtype(np.uint16 if n_records < MOST_SHORT_CODES else np.uint32)
    codes: Codes = np.empty((n_records, len(first.items)), dtype=wide, order="F")
    row = 0
    for block in blocks:
        rows = slice(row, row + len(block.records))
        for column, different in enumerate(block.responses):
            known, all_different = columns[column], responses[column]
            new = np.zeros(len(different) + 1, dtype=wide)
            for code, response in enumerate(different, start=1):
                name = _name(response)
                if name not in known:
                    all_different.append(response)
                    known[name] = len(all_different)
                new[code] = known[name]
            codes[rows, column] = new[block.codes[:, column]]
        row = rows.stop
    records = tuple(record for block in blocks for record in block.records)
    return CodedResponses(first.form_id, first.items, records, tuple(map(tuple, responses)), codes)


def in_blocks(records: Sequence[ResponseRecord]) -> Iterator[tuple[UUID, Sequence[ResponseRecord]]]:
    """Yield the records of each form, a block at a time."""
    for form_id, of_form in by_form(records).items():
        for start in range(0, len(of_form), BLOCK):
            yield form_id, of_form[start : start + BLOCK]


def by_form(records: Iterable[ResponseRecord]) -> Mapping[UUID, list[ResponseRecord]]:
    """Return the records of each form, in their order."""
    found: dict[UUID, list[ResponseRecord]] = {}
    for record in records:
        found.setdefault(record.form_id, []).append(record)
    return found


def packed(codes: Codes) -> tuple[int, bytes]:
    """Return how many bytes a code takes, and all codes, compressed."""
    width = 1 if not codes.size or codes.max() < 256 else 2
    return width, zlib.compress(np.ascontiguousarray(codes, dtype=f"<u{width}").tobytes(), level=1)


def unpacked(width: int, data: bytes, n_records: int, n_items: int) -> Codes:
    """Return the codes that were packed.

    Raises:
        ValueError: They are not as many as they should be.
    """
    size = width * n_records * n_items
    unpacking = zlib.decompressobj()
    plain = unpacking.decompress(data, size + 1)
    codes = np.frombuffer(plain, dtype=f"<u{width}").reshape(n_records, n_items)
    return codes.astype(np.uint16, copy=False)


def _name(response: Any) -> str:
    """Return a text that is the same for equal responses and differs for others."""
    if isinstance(response, str):
        return '"' + response
    return json.dumps(response, sort_keys=True, ensure_ascii=False)
