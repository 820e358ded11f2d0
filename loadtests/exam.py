"""The exam that is sat under load: the sample exam, its forms, candidates, and an author."""

from datetime import timedelta
from pathlib import Path

from sqlalchemy import Engine
from tests.delivery.examples import PASSWORD, QUICK, Candidate, candidates, opened

from examengine import accounts, assembly, bank, db
from examengine.accounts import Role, session_repository
from examengine.accounts.tables import SessionRow
from examengine.db import FIRST_ORGANISATION
from examengine.kernel.clock import SystemClock
from examengine.kernel.tokens import new_token, token_digest

SAMPLE = Path(__file__).parents[1] / "item_banks" / "data-literacy"


def prepare(engine: Engine, count: int) -> tuple[list[Candidate], list[str]]:
    """Publish the forms of the sample exam and enrol candidates who are signed in for the first.

    Returns:
        The candidates, and the single-choice items of their form, whose options are a, b, c …
    """
    clock, console = SystemClock(), accounts.system_actor()
    with db.writing(engine) as session:
        bank.import_bank(session, clock, console, bank.load_folder(SAMPLE))
        exam = assembly.save_exam(session, clock, console, assembly.read_exam(SAMPLE / "exam.toml"))
        made = assembly.assemble_forms(session, console, exam.id)
        form = assembly.publish_forms(session, clock, console, exam.id, made)[0]
        items = bank.item_versions(session, [item.ref for item in form.items])
        choices = [item.item_id for item in items.values() if item.item_type == "single_choice"]
        people = candidates(session, clock, opened(session, clock, form), count)
    return people, choices


def author_signed_in(engine: Engine) -> str:
    """Add an author who is signed in; return the cookie."""
    clock, cookie = SystemClock(), new_token()
    with db.writing(engine) as session:
        made = accounts.add_person(
            session,
            clock,
            QUICK,
            accounts.system_actor(),
            email="author@example.org",
            name="An author",
            password=PASSWORD,
            roles=[Role.AUTHOR],
        )
        row = SessionRow(
            token_digest=token_digest(cookie),
            person_id=made.id,
            organisation_id=FIRST_ORGANISATION,
            created_at=clock.now(),
            expires_at=clock.now() + timedelta(hours=1),
        )
        session_repository.add(session, row)
    return cookie
