"""A small exam with one form of six item types and a pretest item, calibrated."""

from dataclasses import dataclass
from uuid import UUID

from sqlmodel import Session

from examengine import assembly, bank, standard_setting
from examengine.accounts import Actor, system_actor
from examengine.assembly import Exam, Form, FormItem
from examengine.psychometrics.parameters import ItemParameters, ParameterSet
from tests.clock import SetClock
from tests.four_eyes import let_one_be_enough

PRETEST = "PX-009"
SIX_TYPES = (
    *("matching", "multiple_response", "numeric_entry"),
    *("ordering", "short_text", "single_choice"),
)
DEFINITION = "Reads a simple chart without help.\n\nDoes not yet question how data came about."

SPEC = {
    "schema": "examengine/exam/1",
    "id": "px-exam",
    "title": "Panel Example",
    "bank": "px",
    "minutes": 30,
    "description": "An exam for tests.",
    "instructions": "Answer all.",
    "consent": "I will.",
    "achievement": {"name": "Panel", "description": "Knows.", "criteria": "Passed."},
    "scale": {"slope": "100", "intercept": "500", "minimum": 200, "maximum": 800},
    "blueprint": {"forms": 1, "length": 6, "areas": {"charts": 6}},
}


@dataclass(frozen=True, slots=True)
class Setting:
    """An exam and its form."""

    exam: Exam
    form: Form

    @property
    def item_ids(self) -> tuple[str, ...]:
        """The scored items."""
        return standard_setting.scored_items(self.form)


def make_setting(session: Session, clock: SetClock, *, calibrated: bool = True) -> Setting:
    """Store the bank, the exam, a form of six scored items and a pretest item, and parameters."""
    actor = system_actor()
    let_one_be_enough(session, clock)
    report = bank.import_bank(session, clock, actor, _loaded())
    assert report.accepted, report
    exam = assembly.save_exam(session, clock, actor, SPEC)
    items = [
        FormItem(version.ref, scored=version.item_id != PRETEST)
        for version in bank.latest_versions(session, "px")
    ]
    form = assembly.publish_given_form(session, clock, actor, exam.id, "A", items)
    if calibrated:
        adopt_parameters(session, clock, [item.ref.item_id for item in items])
    return Setting(exam, form)


def adopt_parameters(session: Session, clock: SetClock, item_ids: list[str]) -> None:
    """Adopt Rasch parameters of difficulty 0 for these items."""
    items = tuple(ItemParameters(item_id, "2pl", {"a": 1.0, "b": 0.0}) for item_id in item_ids)
    bank.adopt_parameters(
        session,
        clock,
        system_actor(),
        "px",
        body=ParameterSet(items, model="2pl").to_dict(),
        run_id=UUID(int=1),
        run_digest="sha256:" + "0" * 64,
        reason="for tests",
    )


def set_up(
    session: Session, clock: SetClock, officer: Actor, setting: Setting, *judges: Actor, **changed
) -> standard_setting.Panel:
    """Set up a panel of these judges."""
    wanted = {"definition": DEFINITION, "rounds": 2, "names": (), **changed}
    return standard_setting.set_up_panel(
        session,
        clock,
        officer,
        setting.exam.id,
        setting.form.id,
        person_ids=[judge.person_id for judge in judges],
        **wanted,
    )


def rate_all(
    session: Session,
    clock: SetClock,
    judge: Actor,
    panel: standard_setting.Panel,
    percent: int,
    *,
    seen: int = 1,
) -> None:
    """Let a judge give every item the same rating."""
    for item_id in panel.item_ids:
        standard_setting.save_rating(
            session, clock, judge, panel.id, item_id, seen=seen, typed=str(percent)
        )


def _loaded() -> bank.LoadedBank:
    found = bank.Bank(
        id="px",
        title="Panel items",
        description="Items for tests.",
        language="en",
        licence="CC-BY-4.0",
        provenance="Written for tests.",
        areas=(bank.Area("charts", "Charts", "Reads charts."),),
        levels=(bank.Level("apply", "Apply"),),
    )
    contents = [
        _content(f"PX-{n:03}", name, bank.ITEM_TYPES[name].example)
        for n, name in enumerate(SIX_TYPES, 1)
    ]
    contents.append({**contents[-1], "id": PRETEST, "stem": "Something else entirely, on trial?"})
    items = tuple(bank.LoadedItem(f"{c['id']}.yaml", c, {}) for c in contents)
    return bank.LoadedBank(found, items, {}, ())


def _content(item_id: str, item_type: str, example: bank.Content) -> dict:
    return {
        "schema": "examengine/item/1",
        "id": item_id,
        "version": 1,
        "type": item_type,
        "area": "charts",
        "level": "apply",
        "seconds": 60,
        "provenance": {"author": "a test", "written": "2026-11-21", "licence": "CC-BY-4.0"},
        **example,
    }
