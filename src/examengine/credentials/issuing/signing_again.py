"""After a key was stolen: what it signed and is in force is signed again with another one.

Each credential keeps its identity, its date of award and all that it says; the newer `validFrom`
makes the new version the one that counts. What was revoked, or lost its decision, is not signed
again. It can be stopped anywhere and begun again: what has a newer signature is not due any more.
"""

from collections.abc import Iterator
from uuid import UUID

from sqlalchemy import Engine

from examengine.accounts import Actor, Role, record_act, require
from examengine.credentials import repository, rules
from examengine.credentials.issued_credential import IssuedCredential
from examengine.credentials.issuing.press import Press, unsigned_again
from examengine.credentials.keys.used import note_key
from examengine.credentials.status.current import status_of
from examengine.credentials.status.rules import Force
from examengine.db import reading, writing
from examengine.kernel.clock import Clock
from examengine.kernel.signer import Signer

PAGE = 50


def resign(
    engine: Engine, clock: Clock, signer: Signer, actor: Actor, key_id: str
) -> Iterator[list[IssuedCredential]]:
    """Sign again what a key signed and is in force, and yield each page once it is kept.

    Args:
        engine: The database; each page is recorded in a transaction of its own.
        clock: Tells when.
        signer: Who signs now, with another key.
        actor: An awarding officer.
        key_id: The key that was stolen.

    Raises:
        NotAllowed: The actor is no awarding officer.
        KeyUnusable: A development key would sign what is no TEST.
        SelfCheckFailed: What was signed does not verify here; its page was not kept.
    """
    require(actor, Role.AWARDING_OFFICER)
    press, after = Press(signer), None
    while True:
        page, after = _resign_page(engine, clock, press, actor, key_id, after)
        if after is None:
            return
        yield page


def _resign_page(
    engine: Engine, clock: Clock, press: Press, actor: Actor, key_id: str, after: UUID | None
) -> tuple[list[IssuedCredential], UUID | None]:
    """Return what was signed again, and after which credential the next page begins."""
    with reading(engine) as session:
        signed = repository.in_pages(session, key_id, after, PAGE)
        in_force = [one for one in signed if status_of(session, one).force is Force.IN_FORCE]
    if not signed:
        return [], None
    renewed = {}
    for one in in_force:
        since = rules.moment_after(clock.now(), one.issued_at)
        document = press.released(unsigned_again(one.document, press.signer, since), since)
        renewed[one.id] = rules.next_version(one, document, press.signer.key_id)
    with writing(engine) as session:
        # A credential that was renewed or revoked in between is left as it is.
        unchanged = repository.newest_of(session, list(renewed))
        kept = [
            renewed[one.id]
            for one in in_force
            if unchanged[one.id].version == one.version and unchanged[one.id].revocation is None
        ]
        now = clock.now()
        note_key(session, press.signer, now)
        repository.add_versions(session, kept)
        for one in kept:
            detail = {"key": one.key_id, "instead_of": key_id, "version": one.version}
            record_act(session, now, actor, "credentials.resign", f"credential:{one.id}", detail)
    return kept, signed[-1].id
