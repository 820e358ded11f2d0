"""Which keys signed here: a node that lacks one of them, or holds another of its name, is told.

Keys are files of one machine and credentials rows that all machines share. A second node with a
folder of its own would make a key of the same name, publish it, and nothing that the first one
signed could be verified any longer.
"""

from datetime import datetime

from sqlalchemy import Engine
from sqlmodel import Session

from examengine.credentials import repository
from examengine.credentials.awarding_bodies import awarding_bodies
from examengine.credentials.awarding_body import AwardingBody
from examengine.credentials.errors import KeyUnusable
from examengine.credentials.issuing import press as release
from examengine.credentials.keys import repository as noted_keys
from examengine.credentials.keys.ring import OwnKey
from examengine.credentials.vc import multibase
from examengine.db import reading, within
from examengine.kernel.signer import Signer


def note_key(session: Session, signer: Signer, now: datetime) -> None:
    """Note the public half of the key that signs, in the transaction that keeps what it signed.

    Raises:
        KeyUnusable: Another key of the same name signed here before.
    """
    ours = multibase.encode_public_key(signer.public_key)
    noted = noted_keys.public_half(session, signer.key_id)
    if noted is None:
        noted_keys.add(session, signer.key_id, ours, now)
    elif noted != ours:
        raise _other(signer.key_id)


def check_keys(session: Session, body: AwardingBody) -> None:
    """Refuse to go on without the keys that signed what the database holds, or at a wrong address.

    Raises:
        KeyUnusable: A key is missing or is another one of the same name, or keys for production
            would sign under an address that is none for them; the text says what to do.
    """
    if body.keys.is_dir() and any(body.keys.glob("key-*.json")):
        body.check_address()
    used = noted_keys.keys_that_signed(session)
    if not used:
        return
    ring = body.key_ring()
    for key_id, noted in sorted(used.items()):
        own = ring.find(key_id)
        if own is None:
            raise KeyUnusable(
                f"credentials in this database were signed with {key_id}, which is not in "
                f"{body.keys}: copy the keys of the node that issued them there (mode 0600)"
            )
        if not _is_the_one(session, own, noted):
            raise _other(key_id)


def check_every_key(engine: Engine, first: AwardingBody) -> None:
    """Do so for every awarding body of the installation.

    Raises:
        KeyUnusable: As `check_keys` says.
    """
    with reading(engine) as session:
        bodies = awarding_bodies(session, first)
    for each in bodies:
        with reading(within(engine, each.organisation_id)) as session:
            check_keys(session, each)


def _is_the_one(session: Session, own: OwnKey, noted: str | None) -> bool:
    """Tell whether a key is the one that signed; where none was noted, a signature tells."""
    if noted is not None:
        return multibase.encode_public_key(own.public_key) == noted
    signed = repository.signed_with(session, own.key_id)
    return signed is None or release.is_signed_by(signed.document, own.public_key)


def _other(key_id: str) -> KeyUnusable:
    return KeyUnusable(
        f"{key_id} here is not the {key_id} that signed the credentials in this database: copy the "
        "keys of the node that issued them, and make no keys of a second node's own"
    )
