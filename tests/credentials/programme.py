"""What officers do to results, one call each, for tests of credentials."""

import numpy as np

from examengine import credentials, db, integrity, scoring

REASON = "The invigilator's report and the log were read."


def score_and_decide(world):
    """Score everybody and decide about everybody."""
    with db.writing(world.engine) as session:
        scoring.score_administration(session, world.clock, world.staff, world.administration.id)
    with db.writing(world.engine) as session:
        scoring.decide(session, world.clock, world.staff, world.administration.id)


def rule(world, name, verb):
    """Rule on somebody's attempt."""
    with db.writing(world.engine) as session:
        attempt = world.candidates[name].attempt_id
        case = integrity.find_case(session, world.clock, world.staff, attempt)
        verb(session, world.clock, world.staff, case.subject.id, REASON, seen=case.version)


def due(world):
    """Return how the administration stands with its credentials."""
    with db.reading(world.engine) as session:
        return credentials.awards_due(session, world.staff, world.administration.id)


def issue_due(world, body, most=50, **how):
    """Issue what is due."""
    pages = credentials.issue_due(
        world.engine,
        world.clock,
        body.signer(),
        np.random.default_rng(3),
        how.pop("actor", world.staff),
        body,
        world.administration.id,
        most=most,
        **how,
    )
    return [credential for page in pages for credential in page]


def stands(world, credential_id):
    """Return how the newest version of a credential stands."""
    with db.reading(world.engine) as session:
        return credentials.statuses_of(session, credential_id)[0].standing


def verified_here(world, body, document):
    """Verify a file as the public page does."""
    with db.reading(world.engine) as session:
        return credentials.verify_here(session, world.clock, body, document)
