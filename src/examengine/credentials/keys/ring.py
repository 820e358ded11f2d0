"""Signing keys in files: made by the operator, readable by the operator alone, rotated by year.

A folder holds one JSON file a key. The newest signs; the others stay, so that what they signed can
be verified for as long as the DID document lists them. A key ends in one of two ways: it retires,
and what it signed holds; or it is revoked, because somebody else may have it, and nothing it signed
holds any longer.

Development keys are for trying out. As soon as there is a key for production they neither sign nor
are published: a key that nobody guards must not vouch for anything beside one that is guarded.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from examengine.credentials.errors import KeyUnusable
from examengine.credentials.keys.files import contents_of, moment_of, private_half
from examengine.credentials.vc import multibase
from examengine.credentials.vc.did import PublishedKey


class FileSigner:
    """A `Signer` whose Ed25519 key was read from a file."""

    def __init__(self, did: str, key_id: str, private: Ed25519PrivateKey, *, development: bool):
        self._did = did
        self._key_id = key_id
        self._private = private
        self._development = development

    @property
    def key_id(self) -> str:
        """The name of the key, such as `key-2026-1`."""
        return self._key_id

    @property
    def verification_method(self) -> str:
        """The absolute name under which the issuer publishes the key."""
        return f"{self._did}#{self._key_id}"

    @property
    def public_key(self) -> bytes:
        """The raw Ed25519 public key, 32 bytes."""
        return self._private.public_key().public_bytes_raw()

    @property
    def development(self) -> bool:
        """Whether this is a development key, so that all it signs is stamped TEST."""
        return self._development

    def sign(self, data: bytes) -> bytes:
        """Return the Ed25519 signature of `data`, 64 bytes."""
        return self._private.sign(data)


@dataclass(frozen=True, slots=True)
class OwnKey:
    """A key of this installation, and how it stands.

    Attributes:
        key_id: Its name, such as `key-2026-1`.
        public_key: The raw Ed25519 public key, 32 bytes.
        development: Whether it is for trying out.
        retired: Since when it no longer signs, or None.
        revoked: Since when nothing it signed is to be believed, or None.
        signer: Who signs with it; None when it no longer may.
    """

    key_id: str
    public_key: bytes
    development: bool
    retired: datetime | None
    revoked: datetime | None
    signer: FileSigner | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class KeyRing:
    """The keys of one issuer, the newest first."""

    keys: tuple[OwnKey, ...]

    @property
    def signer(self) -> FileSigner:
        """Who signs: the newest key that may, and no development key beside one for production.

        Raises:
            KeyUnusable: All are retired or revoked.
        """
        for key in self._in_use:
            if key.signer is not None:
                return key.signer
        raise KeyUnusable(
            "no key may sign any longer: make one with `examengine credential key` before "
            "issuing credentials"
        )

    @property
    def published(self) -> tuple[PublishedKey, ...]:
        """What the DID document lists: keys for production, or development keys while alone."""
        return tuple(PublishedKey(key.key_id, key.public_key, key.revoked) for key in self._in_use)

    def find(self, key_id: str) -> OwnKey | None:
        """Return a key by its name."""
        return next((key for key in self.keys if key.key_id == key_id), None)

    @property
    def _in_use(self) -> tuple[OwnKey, ...]:
        production = tuple(key for key in self.keys if not key.development)
        return production or self.keys


def load_keys(folder: Path, did: str) -> KeyRing:
    """Read all keys of `folder`, which sign for the issuer `did`.

    Raises:
        KeyUnusable: There is no key, one can be read by others, or one is damaged.
    """
    contents = contents_of(folder)
    if not contents:
        raise KeyUnusable(
            f"{folder} holds no signing key: make one with `examengine credential key` before "
            "issuing credentials"
        )
    return KeyRing(tuple(_own(content, did) for content in contents))


def _own(content: Mapping[str, Any], did: str) -> OwnKey:
    key_id, development = content["key_id"], content["development"]
    retired, revoked = moment_of(content, "retired"), moment_of(content, "revoked")
    private = content["private_key"]
    signs = private is not None and retired is None and revoked is None
    return OwnKey(
        key_id=key_id,
        public_key=multibase.decode_public_key(content["public_key"]),
        development=development,
        retired=retired,
        revoked=revoked,
        signer=FileSigner(did, key_id, private_half(private), development=development)
        if signs
        else None,
    )
