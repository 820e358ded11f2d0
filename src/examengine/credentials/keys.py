"""Signing keys in files: made by the operator, readable by the operator alone, rotated by year.

A folder holds one JSON file a key. The newest signs; the others stay, so that what they signed can
be verified for as long as the DID document lists them.
"""

import json
import os
import re
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from examengine.credentials import multibase
from examengine.credentials.did import PublishedKey
from examengine.credentials.errors import KeyUnusable
from examengine.kernel.clock import iso

_SCHEMA = "examengine/signing-key/1"
_KEY_ID = re.compile(r"key-(\d{4})-([1-9]\d{0,3})\Z")


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
class KeyRing:
    """The keys of one issuer: the one that signs, and all that were ever published."""

    signer: FileSigner
    published: tuple[PublishedKey, ...]


def create_key(folder: Path, now: datetime, *, development: bool) -> str:
    """Make a new Ed25519 key that only its owner can read, and return its id.

    The id carries the year and a number one above the year's last, so rotation is one call.

    Raises:
        KeyUnusable: The folder cannot be written.
    """
    number = 1 + max((n for year, n, _ in _files(folder) if year == now.year), default=0)
    key_id = f"key-{now.year}-{number}"
    private = Ed25519PrivateKey.generate()
    content = {
        "schema": _SCHEMA,
        "key_id": key_id,
        "development": development,
        "created": iso(now),
        "public_key": multibase.encode_public_key(private.public_key().public_bytes_raw()),
        "private_key": multibase.encode_base64url(private.private_bytes_raw()),
    }
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        # O_EXCL and the mode at creation: the key is never, not for a moment, open to others.
        handle = os.open(folder / f"{key_id}.json", os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(content, file, indent=2)
            file.write("\n")
    except OSError as error:
        raise KeyUnusable(f"cannot write a key to {folder}: {error.strerror}") from error
    return key_id


def load_keys(folder: Path, did: str) -> KeyRing:
    """Read all keys of `folder`; the newest that has its private half signs for the issuer `did`.

    A retired key may have its private half taken out (`"private_key": null`): it stays published.

    Raises:
        KeyUnusable: There is no key, one can be read by others, or one is damaged.
    """
    read = [_read(path) for _, _, path in reversed(_files(folder))]
    for content in read:
        if content["private_key"] is not None:
            return KeyRing(
                signer=_signer(content, did),
                published=tuple(_published(key) for key in read),
            )
    raise KeyUnusable(f"{folder} holds no signing key: make one before issuing credentials")


def _files(folder: Path) -> list[tuple[int, int, Path]]:
    """Return year, number and path of each key, oldest first."""
    named = ((path, _KEY_ID.match(path.stem)) for path in folder.glob("key-*.json"))
    return sorted((int(match[1]), int(match[2]), path) for path, match in named if match)


def _read(path: Path) -> Mapping[str, Any]:
    """Return the content of a key file once its mode, its form and its parts have been checked."""
    try:
        mode = stat.S_IMODE(path.stat().st_mode)
        content = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise KeyUnusable(f"{path} cannot be read as a signing key") from error
    if mode & 0o077:
        raise KeyUnusable(f"{path} has mode {mode:04o}, so others can read it: make it 0600")
    if not isinstance(content, Mapping) or content.get("schema") != _SCHEMA:
        raise KeyUnusable(f"{path} is not a signing key of the form {_SCHEMA}")
    if content.get("key_id") != path.stem or not _halves_agree(content):
        raise KeyUnusable(f"{path} is damaged: its parts do not belong together")
    return content


def _halves_agree(content: Mapping[str, Any]) -> bool:
    try:
        public = multibase.decode_public_key(str(content["public_key"]))
        private = content["private_key"]
        return private is None or _private(private).public_key().public_bytes_raw() == public
    except (KeyError, ValueError):
        return False


def _private(encoded: object) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(multibase.decode_base64url(str(encoded)))


def _published(content: Mapping[str, Any]) -> PublishedKey:
    return PublishedKey(content["key_id"], multibase.decode_public_key(content["public_key"]))


def _signer(content: Mapping[str, Any], did: str) -> FileSigner:
    return FileSigner(
        did,
        content["key_id"],
        _private(content["private_key"]),
        # Anything but an outspoken `false` is a development key: the safe side is TEST.
        development=content.get("development") is not False,
    )
