"""The status lists we publish: one bit a credential, all published together.

Whoever looks one up fetches the whole list, so nobody learns whose credential was looked at.
Indexes are drawn at random, so that neighbours in the list are not neighbours in the exam.

References:
    W3C, Bitstring Status List 1.0, § 2 (data model).
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np

from examengine.credentials.keys.proof import timestamp
from examengine.credentials.vc.context_loader import CREDENTIALS_V2
from examengine.credentials.vc.status import SIZE, encode


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


def room(taken: int) -> int:
    """Return how many credentials a list still takes: half of its places stay free.

    Near its end, the few free places would give away in which order credentials were issued.
    """
    return max(0, SIZE // 2 - taken)


def draw_indexes(
    taken_of: Callable[[Collection[int]], Collection[int]], count: int, rng: np.random.Generator
) -> list[int]:
    """Return free indexes, all different, each equally likely, in the order of the draw.

    Args:
        taken_of: Which of some indexes are taken; at least half of all must be free.
        count: How many.
        rng: The draw.
    """
    drawn: dict[int, None] = {}
    while len(drawn) < count:
        more = dict.fromkeys(rng.integers(SIZE, size=count - len(drawn)).tolist())
        taken = taken_of(more)
        drawn |= {index: None for index in more if index not in taken}
    return list(drawn)


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
