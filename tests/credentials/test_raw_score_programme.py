"""A whole raw-score exam: twelve items with partial credit, nine people, two sections, badges."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from examengine import assembly, bank, db, delivery, four_eyes, marking, scoring
from examengine.accounts import Role
from examengine.credentials import Verdict
from examengine.delivery import (
    AttemptWriter,
    CloseSection,
    FormsInPlay,
    OpenSection,
    Save,
    ShowItem,
    Start,
    Submit,
)
from tests.conftest import add_actor
from tests.credentials.programme import due, issue_due, score_and_decide, verified_here
from tests.sample_banks import sample_bank
from tests.scoring.world import World, with_records

BANK = Path(__file__).parents[2] / "item_banks" / "measuring-at-work"
LEFT_OUT = {"MW-009", "MW-014", "MW-015", "MW-016"}
PACE = 40
PEOPLE = tuple(f"Person{place}" for place in range(9))
SPEC = {
    "schema": "examengine/exam/1",
    "id": "measuring",
    "title": "Measuring at Work",
    "bank": "measuring-at-work",
    "minutes": 60,
    "description": "Twelve questions, most of them worth several points.",
    "instructions": "Answer every question.",
    "consent": "I answer on my own.",
    "achievement": {"name": "Measuring", "description": "Did it.", "criteria": "Reached the mark."},
    "scoring": "points",
    "blueprint": {
        "forms": 1,
        "length": 12,
        "areas": dict.fromkeys(("units", "instruments", "doubt"), 4),
    },
    "sections": [
        {
            "title": "Units",
            "instructions": "Four questions. You cannot come back to them.",
            "minutes": 20,
            "areas": ["units"],
        },
        {
            "title": "Instruments and doubt",
            "instructions": "Eight questions.",
            "areas": ["instruments", "doubt"],
        },
    ],
}


@pytest.fixture
def world(engine, clock, hasher) -> World:
    """The exam, open, with nobody in it yet."""
    with db.writing(engine) as session:
        staff = add_actor(session, clock, hasher, *Role, name="Staff of all trades")
        four_eyes.switch(session, clock, staff, on=False, reason="One person is all of the staff.")
        whole = sample_bank("measuring-at-work")
        twelve = tuple(item for item in whole.items if item.id not in LEFT_OUT)
        report = bank.import_bank(session, clock, staff, replace(whole, items=twelve))
        assert report.accepted, report
        exam = assembly.save_exam(session, clock, staff, SPEC)
        versions = {one.item_id: one for one in bank.latest_versions(session, exam.bank_id)}
        items = [assembly.FormItem(one.ref, scored=True) for one in versions.values()]
        form = assembly.publish_given_form(session, clock, staff, exam.id, "A", items)
        administration = delivery.open_administration(
            session, clock, staff,
            exam_id=exam.id, form_ids=[form.id], title="Spring session",
            opens_at=clock.now() - timedelta(hours=1),
            closes_at=clock.now() + timedelta(hours=20),
        )  # fmt: skip
    return World(engine, clock, hasher, staff, form, versions, administration)


def answers_of(world: World, strength: int) -> Mapping[str, tuple[Any, int]]:
    """The answer of somebody to each item, and its points: from none at 0 to all at 8."""
    found = {}
    for item_id, version in world.versions.items():
        item_type = bank.ITEM_TYPES[version.item_type]
        expected = item_type.expected_responses(version.content)
        levels = sorted(expected)
        points = levels[round(strength / 8 * (len(levels) - 1))]
        found[item_id] = (expected[points][0], points)
    return found


def sit(world: World, name: str, answers: Mapping[str, tuple[Any, int]]) -> None:
    """Enrol somebody who sits both sections, the first for good, and hands in."""
    candidate = world.enrol(name)
    writer = AttemptWriter(world.engine, world.clock, FormsInPlay())
    writer.start()

    def ask(command: type, **fields: Any) -> Any:
        world.clock.forward(seconds=fields.pop("after", 1))
        return writer.record(
            command(
                attempt_id=candidate.attempt_id,
                session=candidate.session,
                received_at=world.clock.now(),
                **fields,
            )
        )

    try:
        ask(Start, consented=True)
        place = 0
        for number, section in enumerate(world.form.sections, start=1):
            ask(OpenSection, section=number)
            for item_id in section.item_ids:
                place += 1
                seen = ask(ShowItem, place=place).version
                response = answers[item_id][0]
                ask(Save, after=PACE, item_id=item_id, response=response, seen=seen)
            if number < len(world.form.sections):
                ask(CloseSection, section=number)
                with pytest.raises(delivery.SectionOver):
                    ask(Save, item_id=section.item_ids[0], response=None, seen=seen)
        ask(Submit)
    finally:
        writer.stop()


def test_a_raw_score_exam_ends_in_credentials(world, body):
    """
    Points with partial credit are added up over both sections, decided on at a raw cut without any
    calibration, explained, and whoever passed has a credential that verifies.
    """
    answers = {name: answers_of(world, strength) for strength, name in enumerate(PEOPLE)}
    for name in PEOPLE:
        sit(world, name, answers[name])
    totals = {name: sum(points for _, points in answers[name].values()) for name in PEOPLE}
    most = totals[PEOPLE[-1]]
    cut = world.adopt_cut(str(most // 2))

    score_and_decide(world)

    with db.reading(world.engine) as session:
        listed = scoring.results_of(session, world.staff, world.administration.id).results
        results = with_records(session, listed)
        told = [scoring.explain(session, world.staff, one.decision.id) for one in results]
    found = {result.candidate: result for result in results}
    passed = {name for name, points in totals.items() if points >= most // 2}
    assert len(world.form.items) == 12
    assert sum(marking.most_points(one) > 1 for one in world.versions.values()) >= 8
    assert cut.theta_cut is None
    assert {name: Decimal(one.score.scored.points) for name, one in found.items()} == totals
    assert {one.score.scored.most_points for one in results} == {str(most)}
    assert {name for name, one in found.items() if one.decision.passed} == passed
    assert 2 <= len(passed) <= 7
    assert all(one.agrees for one in told), [one.broken for one in told]

    issued = issue_due(world, body)

    holders = {one.holding.response_record_id for one in issued}
    assert holders == {found[name].decision.response_record_id for name in passed}
    assert due(world).due == ()
    for credential in issued:
        assert verified_here(world, body, credential.document).verdict is Verdict.VERIFIED
