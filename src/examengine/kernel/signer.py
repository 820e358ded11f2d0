"""Who signs for an organisation: credentials, and the heads of its ledger."""

from typing import Protocol


class Signer(Protocol):
    """A private key that can be used and never be seen.

    A file holds one here; a vault or a hardware token can stand in its place.
    """

    @property
    def key_id(self) -> str:
        """The name of the key, such as `key-2026-1`."""
        ...

    @property
    def verification_method(self) -> str:
        """The absolute name under which the issuer publishes the key: its DID, `#`, its id."""
        ...

    @property
    def public_key(self) -> bytes:
        """The raw Ed25519 public key, 32 bytes."""
        ...

    @property
    def development(self) -> bool:
        """Whether this is a development key, so that all it signs is stamped TEST."""
        ...

    def sign(self, data: bytes) -> bytes:
        """Return the Ed25519 signature of `data`, 64 bytes."""
        ...
