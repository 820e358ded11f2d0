"""A small exam with a simulated pilot: two forms of the sample bank, every item type."""

from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from sqlalchemy import Engine
from sqlmodel import Session

from examengine import accounts, assembly, bank, calibration, db, delivery
from examengine.kernel.clock import Clock
from tests.sample_banks import sample_bank

SAMPLE = Path(__file__).parents[2] / "item_banks" / "data-literacy"
PER_FORM = 150
SEED = 20261121
COMMON = 6


@dataclass(frozen=True, slots=True)
class World:
    """What was stored."""

    exam: assembly.Exam
    forms: tuple[assembly.Form, ...]
    pilot: delivery.Administration


@cache
def loaded() -> bank.LoadedBank:
    """Five items of each type of the sample bank, read once."""
    whole = sample_bank("data-literacy")
    kept: dict[str, list[bank.LoadedItem]] = {}
    for item in whole.items:
        kept.setdefault(item.content["type"], []).append(item)
    chosen = {item.id for items in kept.values() for item in items[:5]}
    items = tuple(
        replace(item, content={**item.content, "enemies": []})
        for item in whole.items
        if item.id in chosen
    )
    return replace(whole, items=items)


def published_forms(session: Session, clock: Clock) -> tuple[assembly.Form, ...]:
    """Two forms of 18 items, 6 of them common."""
    console = accounts.system_actor()
    report = bank.import_bank(session, clock, console, loaded())
    assert report.accepted, report
    exam = assembly.save_exam(session, clock, console, assembly.read_exam(SAMPLE / "exam.toml"))
    items = sorted(bank.latest_versions(session, exam.bank_id), key=lambda item: item.item_type)
    spread = [item.ref for place in range(5) for item in items[place::5]]
    parts = spread[:COMMON], spread[COMMON:18], spread[18:30]
    return tuple(
        assembly.publish_given_form(
            session,
            clock,
            console,
            exam.id,
            code,
            [assembly.FormItem(ref, scored=True) for ref in (*parts[0], *own)],
        )
        for code, own in (("A", parts[1]), ("B", parts[2]))
    )


def piloted(session: Session, clock: Clock, *, seed: int = SEED) -> World:
    """The exam, its forms and a simulated pilot."""
    forms = published_forms(session, clock)
    exam = assembly.find_exam(session, forms[0].exam_id)
    pilot = calibration.simulate_pilot(
        session,
        clock,
        accounts.system_actor(),
        exam.id,
        persons_per_form=PER_FORM,
        seed=seed,
    )
    return World(exam, forms, pilot)


def committed(engine: Engine, clock: Clock) -> World:
    """The same, committed."""
    with db.writing(engine) as session:
        return piloted(session, clock)


def form_of_every_rule(session: Session, clock: Clock) -> assembly.Form:
    """A published form of the bank whose items declare every scoring rule."""
    console = accounts.system_actor()
    items = sample_bank("measuring-at-work")
    assert items.bank is not None
    assert bank.import_bank(session, clock, console, items).accepted
    versions = bank.latest_versions(session, items.bank.id)
    spec = {**assembly.read_exam(SAMPLE / "exam.toml"), "bank": items.bank.id}
    areas = {area.id: sum(one.area == area.id for one in versions) for area in items.bank.areas}
    blueprint = {"forms": 1, "length": len(versions), "common": 0, "areas": areas}
    exam = assembly.save_exam(session, clock, console, {**spec, "blueprint": blueprint})
    chosen = [assembly.FormItem(one.ref, scored=True) for one in versions]
    return assembly.publish_given_form(session, clock, console, exam.id, "A", chosen)
