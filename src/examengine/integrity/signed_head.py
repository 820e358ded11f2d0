"""The signed head of the ledger: the one line by which everything before it can be recognised.

Whoever keeps an audit file keeps a head. What was sealed when it was signed cannot be taken away
or rewritten afterwards without their noticing.
"""

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from examengine.kernel.clock import from_iso, iso
from examengine.kernel.digest import canonical_json
from examengine.kernel.signer import Signer

SCHEMA = "examengine/ledger-head/1"


@dataclass(frozen=True, slots=True)
class SignedHead:
    """Where the ledger stood, what the file it came with holds, and who says so."""

    signed_at: datetime
    position: int
    """Of the last entry."""
    link: str | None
    """Of the last entry; None for an empty ledger."""
    scopes: tuple[str, ...]
    """Of which wholes every record is in the file."""
    case: UUID | None
    """The attempt, or response record, whose log and records alone are told in full."""
    verification_method: str
    public_key: bytes
    development: bool
    signature: bytes

    def statement(self) -> dict[str, Any]:
        """Return what is signed."""
        return {
            "schema": SCHEMA,
            "signed_at": iso(self.signed_at),
            "position": self.position,
            "link": self.link,
            "scopes": list(self.scopes),
            "case": None if self.case is None else str(self.case),
            "signed_by": {
                "verification_method": self.verification_method,
                "public_key": _text(self.public_key),
                "development": self.development,
            },
        }

    def body(self) -> dict[str, Any]:
        """Return the head as it stands in a file."""
        return {"statement": self.statement(), "signature": _text(self.signature)}

    @property
    def holds(self) -> bool:
        """Tell whether the signature is that of the key it names."""
        try:
            key = Ed25519PublicKey.from_public_bytes(self.public_key)
            key.verify(self.signature, canonical_json(self.statement()))
        except (InvalidSignature, ValueError):
            return False
        return True


def signed_head(
    signer: Signer,
    signed_at: datetime,
    head: tuple[int, str | None],
    scopes: Sequence[str],
    case: UUID | None,
) -> SignedHead:
    """Sign where the ledger stands."""
    position, link = head
    named = (signer.verification_method, signer.public_key, signer.development)
    unsigned = SignedHead(signed_at, position, link, tuple(scopes), case, *named, b"")
    signature = signer.sign(canonical_json(unsigned.statement()))
    return SignedHead(signed_at, position, link, tuple(scopes), case, *named, signature)


def read_head(body: Any) -> SignedHead:
    """Return a head that was read as JSON.

    Raises:
        ValueError: It is none.
    """
    try:
        statement, signature = body["statement"], _bytes(body["signature"])
        signed_by = statement["signed_by"]
        if statement["schema"] != SCHEMA or not isinstance(statement["position"], int):
            raise ValueError(f"a head is a {SCHEMA} with a position")
        return SignedHead(
            signed_at=from_iso(statement["signed_at"]),
            position=statement["position"],
            link=statement["link"],
            scopes=tuple(map(str, statement["scopes"])),
            case=None if statement["case"] is None else UUID(statement["case"]),
            verification_method=str(signed_by["verification_method"]),
            public_key=_bytes(signed_by["public_key"]),
            development=signed_by["development"] is not False,
            signature=signature,
        )
    except (AttributeError, IndexError, KeyError, TypeError) as error:
        raise ValueError(f"it lacks {error}") from error


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def _bytes(text: Any) -> bytes:
    if not isinstance(text, str) or len(text) > 200:
        raise ValueError("a key and a signature are base64url")
    padded = text + "=" * (-len(text) % 4)
    return base64.b64decode(padded.encode("ascii"), altchars=b"-_", validate=True)
