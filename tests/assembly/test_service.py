"""From a stored exam to published forms, on both databases."""

from pathlib import Path

import pytest

from examengine import accounts, assembly, bank
from examengine.accounts import Role
from examengine.bank import FileFault, Finding
from examengine.bank.lint_repository import keep_findings
from tests.sample_banks import sample_bank

SAMPLE = Path(__file__).parents[2] / "item_banks" / "data-literacy"


@pytest.fixture
def loaded() -> bank.LoadedBank:
    """The sample bank."""
    return sample_bank("data-literacy")


@pytest.fixture
def exam(session, clock, loaded) -> assembly.Exam:
    """The sample exam over the sample bank."""
    console = accounts.system_actor()
    bank.import_bank(session, clock, console, loaded)
    return assembly.save_exam(session, clock, console, assembly.read_exam(SAMPLE / "exam.toml"))


def test_published_forms_pin_the_versions_they_hold(session, clock, person, exam):
    """
    Each form names its items by version and digest, and its own digest can be recomputed.
    """
    author = person(Role.AUTHOR)

    made = assembly.assemble_forms(session, author, exam.id)
    forms = assembly.publish_forms(session, clock, author, exam.id, made)

    assert [form.code for form in forms] == ["A", "B"]
    for form in forms:
        items = bank.item_versions(session, [item.ref for item in form.items])
        assert len(items) == 40
        assert form.digest == assembly.form_digest(
            form.exam_id, form.exam_digest, form.code, form.items, form.minutes
        )
        assert assembly.find_form(session, form.id) == form


def test_published_forms_never_change(session, clock, person, exam):
    """
    Once candidates may have seen the forms, neither they nor the exam can be replaced.
    """
    author = person(Role.AUTHOR)
    made = assembly.assemble_forms(session, author, exam.id)
    assembly.publish_forms(session, clock, author, exam.id, made)
    other = {**assembly.read_exam(SAMPLE / "exam.toml"), "minutes": 61}

    with pytest.raises(assembly.FormsPublishedAlready):
        assembly.publish_forms(session, clock, author, exam.id, made)
    with pytest.raises(assembly.FormsPublishedAlready):
        assembly.save_exam(session, clock, author, other)


def test_an_exam_without_forms_can_be_mended(session, clock, person, exam):
    """
    Until its forms are published an exam's description may be replaced, and the digest tells.
    """
    other = {**assembly.read_exam(SAMPLE / "exam.toml"), "minutes": 61}

    mended = assembly.save_exam(session, clock, person(Role.AUTHOR), other)

    assert mended.minutes == assembly.find_exam(session, exam.id).minutes == 61
    assert mended.digest != exam.digest


@pytest.mark.parametrize("role", [Role.CANDIDATE, Role.PANELIST, Role.INVIGILATOR])
def test_only_authors_publish(session, clock, person, exam, role):
    """
    Nobody without the role can assemble, publish or change an exam.
    """
    stranger = person(role)

    with pytest.raises(accounts.NotAllowed):
        assembly.assemble_forms(session, stranger, exam.id)
    with pytest.raises(accounts.NotAllowed):
        assembly.save_exam(session, clock, stranger, {})


def test_a_blueprint_beyond_the_bank_says_what_clashes(session, clock, person, exam):
    """
    Asking for more items of an area than the bank has names that area, and nothing is published.
    """
    spec = assembly.read_exam(SAMPLE / "exam.toml")
    areas = {**spec["blueprint"]["areas"], "chance": 30}
    asking = {**spec, "blueprint": {**spec["blueprint"], "areas": areas, "length": 65}}
    author = person(Role.AUTHOR)
    assembly.save_exam(session, clock, author, asking)

    with pytest.raises(assembly.AssemblyInfeasible) as refusal:
        assembly.assemble_forms(session, author, exam.id)

    assert any("chance" in words for words in refusal.value.clash)
    assert assembly.forms_of(session, exam.id) == []


def test_an_exam_over_an_unknown_bank_is_refused(session, clock, person):
    """
    The items come first: an exam whose bank was never imported is not stored.
    """
    spec = assembly.read_exam(SAMPLE / "exam.toml")

    with pytest.raises(bank.BankUnknown):
        assembly.save_exam(session, clock, person(Role.AUTHOR), spec)

    assert assembly.list_exams(session) == []


def test_items_that_are_not_ready_for_candidates_stay_out_of_forms(session, clock, person, exam):
    """
    An item with an error is refused when forms are published, and not chosen when they are made.
    """
    author = person(Role.AUTHOR)
    made = assembly.assemble_forms(session, author, exam.id)
    chosen = made.forms[0].item_ids[0]
    found = Finding("repeated_items", chosen, FileFault(chosen, None, "stem", "is a copy", chosen))
    keep_findings(session, exam.bank_id, [found], clock.now())

    with pytest.raises(bank.ItemsHeld) as refusal:
        assembly.publish_forms(session, clock, author, exam.id, made)
    again = assembly.assemble_forms(session, author, exam.id)

    assert f"{chosen}: stem: is a copy" in refusal.value.shown
    assert all(chosen not in form.item_ids for form in again.forms)


def test_a_pool_that_is_too_small_says_what_was_left_out(session, clock, person, exam):
    """
    Whoever hears that no form can be made hears too that items wait to be mended.
    """
    author = person(Role.AUTHOR)
    held = bank.latest_versions(session, exam.bank_id)[:100]
    found = [
        Finding("repeated_items", one.item_id, FileFault(one.item_id, None, "stem", "is a copy"))
        for one in held
    ]
    keep_findings(session, exam.bank_id, found, clock.now())

    with pytest.raises(assembly.AssemblyInfeasible) as refusal:
        assembly.assemble_forms(session, author, exam.id)

    assert "100 items of the bank are left out because of findings" in str(refusal.value)


def test_forms_are_made_of_what_the_workflow_lets_pass(session, clock, person, exam):
    """
    What is in work is not in the pool; what is retired meanwhile is refused at publication.
    """
    author, psychometrician = person(Role.AUTHOR), person(Role.PSYCHOMETRICIAN, name="Psy")
    states, moves, checklist = bank.as_lines(bank.DEFAULT_WORKFLOW)
    bank.set_workflow(
        session,
        clock,
        psychometrician,
        exam.bank_id,
        states=states,
        moves=moves,
        checklist=checklist,
        reason="They were reviewed on paper.",
        present="live",
    )
    made = assembly.assemble_forms(session, author, exam.id)
    chosen = made.forms[0].item_ids[0]
    asked = {"version": 1, "target": "retired", "reason": ""}
    bank.move_item(session, clock, psychometrician, exam.bank_id, chosen, **asked)

    with pytest.raises(bank.ItemsNotApproved) as refusal:
        assembly.publish_forms(session, clock, author, exam.id, made)

    assert refusal.value.item_ids == (chosen,)
    again = assembly.assemble_forms(session, author, exam.id)
    assert all(chosen not in form.item_ids for form in again.forms)
