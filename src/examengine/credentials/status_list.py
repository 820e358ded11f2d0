"""Bitstring status lists: one bit a credential, all published together.

Whoever looks one up fetches the whole list, so nobody learns whose credential was looked at. A
list is a compressed string of at least 131,072 bits, bit 0 the leftmost. Indexes are drawn at
random, so that neighbours in the list are not neighbours in the exam.

References:
    W3C, Bitstring Status List 1.0, § 2 (data model) and § 3.2 (validate algorithm).
"""

import gzip
import zlib
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np

from examengine.credentials import multibase
from examengine.credentials.context_loader import CREDENTIALS_V2
from examengine.credentials.signing import timestamp

SIZE = 131_072
_LARGEST_BYTES = 8 * 1024 * 1024
_GZIP = 16 + zlib.MAX_WBITS


@dataclass(frozen=True, slots=True)
class StatusEntry:
    """Where a credential's status stands: one bit of one published list."""

    list_url: str
    index: int

    def as_json(self) -> dict[str, Any]:
        """Return the `credentialStatus` of a credential."""
        return {
            "id": f"{self.list_url}#{self.index}",
            "type": "BitstringStatusListEntry",
            "statusPurpose": "revocation",
            "statusListIndex": str(self.index),
            "statusListCredential": self.list_url,
        }


def is_full(taken: int) -> bool:
    """Tell whether a list takes no more credentials: half of it stays free.

    Near its end, the few free places would give away in which order credentials were issued.
    """
    return taken >= SIZE // 2


def draw_index(is_taken: Callable[[int], bool], rng: np.random.Generator) -> int:
    """Return a free index, each equally likely.

    Args:
        is_taken: Whether an index is taken; it must be false for at least half of them.
        rng: The draw.
    """
    while is_taken(index := int(rng.integers(SIZE))):
        pass
    return index


def encode(revoked: Collection[int]) -> str:
    """Return the `encodedList` in which the bits of `revoked` are set.

    u ‖ base64url(gzip(bits)), without a time stamp, so that equal lists have equal bytes.
    """
    bits = bytearray(SIZE // 8)
    for index in revoked:
        bits[index // 8] |= 0x80 >> index % 8
    return "u" + multibase.encode_base64url(gzip.compress(bytes(bits), compresslevel=9, mtime=0))


def decode(encoded: str) -> bytes:
    """Return the bits of an `encodedList`.

    Raises:
        ValueError: It is no multibase base64url of gzip, or unpacks to more than 8 MiB.
    """
    if not encoded.startswith("u"):
        raise ValueError("an encoded list begins with u, for base64url")
    unpacker = zlib.decompressobj(wbits=_GZIP)
    try:
        bits = unpacker.decompress(multibase.decode_base64url(encoded[1:]), _LARGEST_BYTES)
    except zlib.error as error:
        raise ValueError(f"the encoded list does not unpack: {error}") from error
    if not unpacker.eof:
        raise ValueError(f"the encoded list unpacks to more than {_LARGEST_BYTES} bytes, or is cut")
    return bits


def bit(bits: bytes, index: int) -> bool:
    """Return the bit at `index`, where index 0 is the leftmost.

    Raises:
        IndexError: The list has no such bit.
    """
    if index < 0:
        raise IndexError(f"no bit {index}")
    return bool(bits[index // 8] & 0x80 >> index % 8)


def list_credential(
    list_url: str, issuer: str, revoked: Collection[int], valid: tuple[datetime, datetime]
) -> Mapping[str, Any]:
    """Return the status list as an unsigned credential, valid from and until.

    Args:
        list_url: Where the list is published; the credential's id.
        issuer: The DID of the issuer, the same as on the credentials it speaks of.
        revoked: The indexes of the credentials that no longer hold.
        valid: From when the list speaks, and when a reader must fetch a newer one.
    """
    since, until = valid
    return {
        "@context": [CREDENTIALS_V2],
        "id": list_url,
        "type": ["VerifiableCredential", "BitstringStatusListCredential"],
        "issuer": issuer,
        "validFrom": timestamp(since),
        "validUntil": timestamp(until),
        "credentialSubject": {
            "id": f"{list_url}#list",
            "type": "BitstringStatusList",
            "statusPurpose": "revocation",
            "encodedList": encode(revoked),
        },
    }
