"""A small exam with a set: a question, the three about the Skerran round, and another question."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import Engine
from sqlmodel import Session

from examengine import accounts, assembly, bank, db
from examengine.kernel.clock import Clock
from tests.delivery.examples import Candidate, candidates, opened
from tests.sample_banks import sample_bank

SAMPLE = Path(__file__).parents[2] / "item_banks" / "measuring-at-work" / "exam.toml"
BEFORE, FIRST, SECOND, THIRD, AFTER = "RM-001", "RM-015", "RM-016", "RM-017", "RM-005"
PLACES = (BEFORE, FIRST, SECOND, THIRD, AFTER)


def form_with_set(
    session: Session,
    clock: Clock,
    ids: Sequence[str] = PLACES,
    sections: Sequence[Mapping[str, Any]] = (),
) -> assembly.Form:
    """A published form of these items of the bank about maps."""
    console = accounts.system_actor()
    assert bank.import_bank(session, clock, console, sample_bank("reading-maps")).accepted
    spec = {
        **{name: value for name, value in assembly.read_exam(SAMPLE).items() if name != "weights"},
        "id": "maps",
        "bank": "reading-maps",
        "title": "Reading Maps",
        "blueprint": {"forms": 1, "length": 5, "areas": dict.fromkeys(("scale", "relief"), 2)},
    }
    del spec["sections"]
    if sections:
        spec |= {"sections": [dict(one) for one in sections]}
    exam = assembly.save_exam(session, clock, console, spec)
    refs = {item.item_id: item.ref for item in bank.latest_versions(session, exam.bank_id)}
    items = [assembly.FormItem(refs[item_id], scored=True) for item_id in ids]
    return assembly.publish_given_form(session, clock, console, exam.id, "A", items)


def sitting_with_set(
    engine: Engine, clock: Clock, ids: Sequence[str] = PLACES, count: int = 1
) -> list[Candidate]:
    """Candidates who can start it."""
    with db.writing(engine) as session:
        made = opened(session, clock, form_with_set(session, clock, ids))
        return candidates(session, clock, made, count)
