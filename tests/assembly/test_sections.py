"""Sections: what an exam file may say about them, and how items fall into them."""

import copy
from pathlib import Path

import pytest

from examengine.assembly import ExamSpecUnusable, SectionsUnmet, checked_exam, exam_of, form_digest
from examengine.assembly.sections import in_sections, section_of, section_plans
from examengine.bank import item_version
from tests.bank.small_bank import item

SPEC = {
    "schema": "examengine/exam/1",
    **dict.fromkeys(("id", "bank"), "small"),
    **dict.fromkeys(("title", "description", "instructions", "consent"), "Words."),
    "minutes": 60,
    "achievement": dict.fromkeys(("name", "description", "criteria"), "Words."),
    "scale": {"slope": "10", "intercept": "50", "minimum": 0, "maximum": 100},
    "blueprint": {"forms": 1, "length": 3, "areas": {"change": 2, "spread": 1}},
    "sections": [
        {"title": "Change", "instructions": "Count.", "minutes": 20, "areas": ["change"]},
        {"title": "Spread", "areas": ["spread"]},
    ],
}


def spec(**changes):
    """The specification with other first and second sections."""
    made = copy.deepcopy(SPEC)
    for at, change in ((0, changes.get("first")), (1, changes.get("second"))):
        made["sections"][at].update(change or {})
    return made


def test_a_time_of_its_own_locks_a_section():
    """
    A section with minutes is locked unless it says nothing else; one without stays open.
    """
    plans = section_plans(checked_exam(spec()))

    assert [(plan.minutes, plan.locked) for plan in plans] == [(20, True), (None, False)]
    assert plans[0].instructions == "Count."


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"first": {"title": " "}}, r"sections\[1\].title: is ' '; give a text"),
        ({"first": {"minutes": 0}}, r"sections\[1\].minutes: is 0; give a whole number"),
        ({"first": {"minutes": True}}, r"sections\[1\].minutes: is True"),
        ({"first": {"minutes": 61}}, r"sections: their times come to 61 minutes, .* has 60"),
        ({"first": {"locked": False}}, r"sections\[1\].locked: is false, and the section has a"),
        ({"second": {"locked": "no"}}, r"sections\[2\].locked: is 'no'; give true or false"),
        ({"second": {"areas": []}}, r"sections\[2\].areas: is \[\]; name content areas"),
        ({"second": {"areas": ["chance"]}}, r"'chance' is no content area of the blueprint"),
        ({"second": {"areas": ["change"]}}, r"'change' belongs to sections\[1\] already"),
        ({"second": {"areas": ["change"]}}, r"no section names the content area 'spread'"),
        ({"second": {"colour": "red"}}, r"sections\[2\].colour: is not a field of a section"),
        ({"second": {"instructions": 7}}, r"sections\[2\].instructions: give a text"),
        ({"second": {"title": "a\0b"}}, r"hold the character NUL"),
    ],
)
def test_what_cannot_be_used_is_named_with_its_place(changes, fault):
    """
    Each fault says which section and field it is about, and what would be right.
    """
    with pytest.raises(ExamSpecUnusable, match=fault):
        checked_exam(spec(**changes))


def test_the_section_before_a_timed_one_is_locked():
    """
    Otherwise the time of the later one would run while candidates go back.
    """
    made = spec(second={"minutes": 10})
    del made["sections"][0]["minutes"]

    with pytest.raises(ExamSpecUnusable, match=r"give sections\[1\] locked = true"):
        checked_exam(made)


@pytest.mark.parametrize("given", [[], [{}], {}, "two", [1, 2]])
def test_sections_are_a_list_of_two_or_more(given):
    """
    Whatever else stands there is refused in words, not by a crash.
    """
    with pytest.raises(ExamSpecUnusable, match="sections: "):
        checked_exam({**SPEC, "sections": given})


def test_items_fall_into_their_sections_in_their_order():
    """
    A section holds the items of its areas, each where it stood among its neighbours.
    """
    plans = section_plans(SPEC)
    items = [
        item_version("small", item(item_id, "single_choice", area=area))
        for item_id, area in (("S-1", "spread"), ("C-2", "change"), ("C-1", "change"))
    ]

    ordered, sections = in_sections(plans, items)

    assert [one.item_id for one in ordered] == ["C-2", "C-1", "S-1"]
    assert [section.item_ids for section in sections] == [("C-2", "C-1"), ("S-1",)]
    assert [section_of(section.body()) for section in sections] == list(sections)


def test_an_item_or_a_section_that_is_left_over_is_named():
    """
    Nothing is published that candidates could not sit.
    """
    plans = section_plans(SPEC)
    stray = item_version("small", item("X-1", "single_choice", area="trend"))

    with pytest.raises(SectionsUnmet) as refusal:
        in_sections(plans, [stray])

    assert "item X-1 is about trend" in refusal.value.faults[0]
    assert len(refusal.value.faults) == 3


def test_a_form_without_sections_has_the_digest_it_always_had():
    """
    Forms that were published before there were sections stay what they are.
    """
    whole = ("small", "sha256:e", "A", [], 60)
    _, sections = in_sections(
        section_plans(SPEC),
        [
            item_version("small", item(f"I-{area}", "single_choice", area=area))
            for area in ("change", "spread")
        ],
    )

    assert form_digest(*whole) == form_digest(*whole, ())
    assert form_digest(*whole) != form_digest(*whole, sections)
    assert exam_of(SPEC).sections[0].title == "Change"


def test_the_sample_exam_is_one_whole():
    """
    An exam that says nothing about sections has none.
    """
    folder = Path(__file__).parents[2] / "item_banks" / "data-literacy"
    text = (folder / "exam.toml").read_text()

    assert "sections" not in text
