"""Files of signing keys: one JSON file a key, 0600 in a folder that its owner alone may write."""

import json
import os
import re
import secrets
import stat
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from examengine.credentials.errors import KeyUnusable
from examengine.credentials.vc import multibase
from examengine.kernel.clock import from_iso, iso

_SCHEMA = "examengine/signing-key/1"
_KEY_ID = re.compile(r"key-(\d{4})-([1-9]\d{0,3})\Z")


def create_key(folder: Path, now: datetime, *, development: bool) -> str:
    """Make a new Ed25519 key that only its owner can read, and return its id.

    The id carries the year and a number one above the year's last, so rotation is one call. Two
    processes that make a key at the same moment make two.

    Raises:
        KeyUnusable: The folder cannot be written, or a development key would stand beside one for
            production.
    """
    _make_folder(folder)
    if development and any(content["development"] is False for content in contents_of(folder)):
        raise KeyUnusable(
            f"{folder} holds keys for production, beside which a development key neither signs "
            "nor is published; name another folder in EXAMENGINE_STATE for trying out"
        )
    private = Ed25519PrivateKey.generate()
    number = 1 + max((n for year, n, _ in _files(folder) if year == now.year), default=0)
    while True:
        key_id = f"key-{now.year}-{number}"
        content = {
            "schema": _SCHEMA,
            "key_id": key_id,
            "development": development,
            "created": iso(now),
            "public_key": multibase.encode_public_key(private.public_key().public_bytes_raw()),
            "private_key": multibase.encode_base64url(private.private_bytes_raw()),
        }
        if _written(folder / f"{key_id}.json", content, over=False):
            return key_id
        number += 1


def retire_key(folder: Path, key_id: str, now: datetime) -> None:
    """Let a key sign no more; what it signed goes on being verified. Its private half is deleted.

    Raises:
        KeyUnusable: There is no such key, it ended before, or no other could sign in its place.
    """
    _end(folder, key_id, {"retired": iso(now)})


def revoke_key(folder: Path, key_id: str, now: datetime) -> bool:
    """Declare that somebody else may have a key: nothing it signed is to be believed any longer.

    Revoking it again changes nothing, so that the drill can be gone on with after a crash.

    Returns:
        Whether it was revoked now, and not before.

    Raises:
        KeyUnusable: There is no such key, or no other could sign in its place.
    """
    if _content_of(folder, key_id).get("revoked") is not None:
        return False
    _end(folder, key_id, {"revoked": iso(now)})
    return True


def delete_keys(folder: Path) -> None:
    """Delete the folder of an issuer that never issued, and every key in it."""
    for _, _, path in _files(folder):
        path.unlink()
    if folder.is_dir() and not any(folder.iterdir()):
        folder.rmdir()


def holds_keys(folder: Path) -> bool:
    """Tell whether a key lies in this folder, or in that of another organisation within it."""
    return any(bool(_files(one)) for one in (folder, *folder.glob("*/")))


def contents_of(folder: Path) -> list[Mapping[str, Any]]:
    """Return the content of each key, the newest first.

    Raises:
        KeyUnusable: Others may write the folder, or a key is damaged.
    """
    files = _files(folder)
    if files and stat.S_IMODE(folder.stat().st_mode) & 0o022:
        raise KeyUnusable(
            f"others may write {folder}, and put keys of their own there: make it 0700"
        )
    return [_read(path) for _, _, path in reversed(files)]


def _content_of(folder: Path, key_id: str) -> Mapping[str, Any]:
    for content in contents_of(folder):
        if content["key_id"] == key_id:
            return content
    known = ", ".join(path.stem for _, _, path in _files(folder)) or "none"
    raise KeyUnusable(f"{folder} holds no key {key_id[:40]!r}; the keys there are: {known}")


def _end(folder: Path, key_id: str, ending: Mapping[str, str]) -> None:
    content = _content_of(folder, key_id)
    if content.get("retired") is not None and "retired" in ending:
        raise KeyUnusable(f"{key_id} retired before, at {content['retired']}")
    if content.get("revoked") is not None:
        raise KeyUnusable(f"{key_id} was revoked at {content['revoked']}")
    others = [
        other
        for other in contents_of(folder)
        if other["key_id"] != key_id
        and other["private_key"] is not None
        and (other["development"] is False or content["development"] is not False)
    ]
    if not others:
        raise KeyUnusable(
            f"{key_id} is the only key that can sign; make the next one first: "
            "`examengine credential key`"
        )
    _written(folder / f"{key_id}.json", {**content, **ending, "private_key": None}, over=True)


def _make_folder(folder: Path) -> None:
    try:
        for one in (folder.parent, folder):  # a mode is that of the last folder alone
            one.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise KeyUnusable(f"cannot write a key to {folder}: {error.strerror}") from error


def _written(path: Path, content: Mapping[str, Any], *, over: bool) -> bool:
    """Write a key file in one step; tell whether its name was free, or was to be written over.

    The mode is set at creation: the key is never, not for a moment, open to others. Nobody ever
    reads half a file, because it gets its name when it is complete.
    """
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    try:
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(content, file, indent=2)
            file.write("\n")
            file.flush()
            os.fsync(file.fileno())
        if over:
            draft.replace(path)
            return True
        try:
            path.hardlink_to(draft)
        except FileExistsError:
            return False
        finally:
            draft.unlink()
    except OSError as error:
        raise KeyUnusable(f"cannot write a key to {path.parent}: {error.strerror}") from error
    return True


def _files(folder: Path) -> list[tuple[int, int, Path]]:
    """Return year, number and path of each key, oldest first."""
    named = ((path, _KEY_ID.match(path.stem)) for path in folder.glob("key-*.json"))
    return sorted((int(match[1]), int(match[2]), path) for path, match in named if match)


def _read(path: Path) -> Mapping[str, Any]:
    """Return the content of a key file once its mode, its form and its parts have been checked."""
    try:
        mode = stat.S_IMODE(path.stat().st_mode)
        content = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise KeyUnusable(
            f"{path} cannot be read as a signing key; put it back from a backup"
        ) from error
    if mode & 0o077:
        raise KeyUnusable(f"{path} has mode {mode:04o}, so others can read it: make it 0600")
    if not isinstance(content, Mapping) or content.get("schema") != _SCHEMA:
        raise KeyUnusable(f"{path} is not a signing key of the form {_SCHEMA}")
    if content.get("key_id") != path.stem or not _is_whole(content):
        raise KeyUnusable(
            f"{path} is damaged: its parts do not belong together; put it back from a backup"
        )
    # Anything but an outspoken `false` is a development key: the safe side is TEST.
    return {**content, "development": content.get("development") is not False}


def _is_whole(content: Mapping[str, Any]) -> bool:
    """Tell whether the halves of a key belong together, and its moments can be read."""
    try:
        moment_of(content, "retired")
        moment_of(content, "revoked")
        public = multibase.decode_public_key(str(content["public_key"]))
        private = content["private_key"]
        return private is None or private_half(private).public_key().public_bytes_raw() == public
    except (KeyError, ValueError):
        return False


def moment_of(content: Mapping[str, Any], name: str) -> datetime | None:
    """Return when a key ended in the way of this name, or None.

    Raises:
        ValueError: What stands there is no moment.
    """
    stated = content.get(name)
    return None if stated is None else from_iso(str(stated))


def private_half(encoded: object) -> Ed25519PrivateKey:
    """Return the private half of a key from its text.

    Raises:
        ValueError: The text is none.
    """
    return Ed25519PrivateKey.from_private_bytes(multibase.decode_base64url(str(encoded)))
