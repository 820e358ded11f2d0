"""Whom a credential was given to, without writing their address into it.

A salted hash keeps the address from being read off; it is no secrecy, since an address can be
guessed. It lets whoever knows the address check that this credential is meant for it.

References:
    1EdTech, Open Badges Specification 3.0, § B.1.12 (IdentityObject).
"""

import hashlib
import hmac
from collections.abc import Mapping
from typing import Any

from examengine.credentials.structure import as_list


def identity_hash(value: str, salt: str) -> str:
    """Return `sha256$` and the hexadecimal SHA-256 of value and salt, in UTF-8."""
    return "sha256$" + hashlib.sha256((value + salt).encode("utf-8")).hexdigest()


_KINDS = frozenset({"emailAddress", "systemId"})


def is_recipient(subject: Mapping[str, Any], stated: str) -> bool:
    """Return whether the credential subject is the person with this address or number.

    Args:
        subject: The `credentialSubject`.
        stated: The address, as its owner writes it; also tried in lower case. Or the number
            under which somebody sat the exam.
    """
    spellings = {stated.strip(), stated.strip().lower()}
    if subject.get("id") in {f"mailto:{spelling}" for spelling in spellings}:
        return True
    identities = [
        identity
        for identity in as_list(subject.get("identifier"))
        if isinstance(identity, Mapping) and identity.get("identityType") in _KINDS
    ]
    return any(_matches(identity, value) for identity in identities for value in spellings)


def _matches(identity: Mapping[str, Any], value: str) -> bool:
    stated = str(identity.get("identityHash", ""))
    hashed = identity.get("hashed") is True
    expected = identity_hash(value, str(identity.get("salt", ""))) if hashed else value
    return hmac.compare_digest(stated.encode(), expected.encode())
