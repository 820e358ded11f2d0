"""The exam that is sat under load: the sample exam, its forms, and as many candidates as asked."""

from pathlib import Path

from sqlalchemy import Engine
from tests.delivery.examples import Candidate, candidates, opened

from examengine import accounts, assembly, bank, db
from examengine.kernel.clock import SystemClock

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
