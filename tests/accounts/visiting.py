"""A page asked for with a session, as the web does it: who is it, and how long does it last now?"""

from examengine import accounts, db


def visit(engine, clock, token):
    """Return who is signed in with a token; their session lasts a while longer from here."""
    now = clock.now()
    with db.reading(engine) as session:
        found = accounts.visit(session, now, token)
    until = None if found is None else accounts.lasts_until(found, now)
    if until is not None:
        accounts.renew(engine, token, until)
    return found
