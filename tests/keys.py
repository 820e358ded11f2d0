"""A key that signs for tests."""

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey


class TestKey:
    """A `Signer` whose key is the same in every run, and nobody's."""

    __test__ = False
    development = False

    def __init__(self, number: int = 1) -> None:
        self._private = Ed25519PrivateKey.from_private_bytes(bytes([number]) * 32)
        self.key_id = f"key-2026-{number}"
        self.verification_method = f"did:web:exams.example#{self.key_id}"
        self.public_key = self._private.public_key().public_bytes_raw()

    def sign(self, data: bytes) -> bytes:
        """Return the signature of `data`."""
        return self._private.sign(data)
