"""Imported administrations: stored whole, on both databases, or not at all."""

import pytest
from sqlmodel import Session

from examengine import accounts, assembly, bank, delivery
from examengine.accounts import Role
from examengine.importing import (
    AdministrationFileUnusable,
    AdministrationImportedAlready,
    import_administration,
    read_administration,
)
from tests.importing.licensure import licensure_file
from tests.importing.small_administration import write_small_administration


@pytest.fixture
def given(tmp_path):
    """A small administration, read: two forms, four candidates."""
    return read_administration(write_small_administration(tmp_path))


def test_a_small_administration_is_stored_whole(session: Session, clock, given):
    """
    Bank, exam, forms and response records are there, and each names the one before it.
    """
    actor = accounts.system_actor()

    summary = import_administration(session, clock, actor, given)

    stored = delivery.find_administration(session, summary.administration.id)
    records = delivery.response_records(session, stored.id)
    forms = {form.id: form for form in assembly.forms_of(session, stored.exam_id)}
    assert (stored.source, stored.test, stored.simulated) == ("imported", True, False)
    assert stored.source_digest == given.digest
    assert [record.candidate for record in records] == ["ann", "ben", "cyd", "dan"]
    assert {record.reason for record in records} == {"imported"}
    assert {record.head for record in records} == {given.digest}
    assert all(record == delivery.sealed(record) for record in records)
    assert all(record.form_digest == forms[record.form_id].digest for record in records)
    assert records[2].responses == {"Q1": "a", "Q2": None, "Q3": "c"}
    assert records[0].submitted_at.isoformat() == "2016-01-01T00:00:00+00:00"


def test_pretest_items_do_not_count(session: Session, clock, given):
    """
    The role in the items file becomes the form's word on whether an item is scored.
    """
    import_administration(session, clock, accounts.system_actor(), given)

    forms = assembly.forms_of(session, "licensure-form-1")
    scored = {item.ref.item_id: item.scored for form in forms for item in form.items}
    assert scored == {"Q1": True, "Q2": True, "Q3": False, "Q4": False}


def test_the_items_say_that_their_texts_are_missing(session: Session, clock, given):
    """
    Nobody can take an imported item for what candidates read.
    """
    import_administration(session, clock, accounts.system_actor(), given)

    items = bank.latest_versions(session, "licensure")
    assert len(items) == 4
    assert all("not supplied" in item.content["stem"] for item in items)
    assert all(
        "not supplied" in option["text"] for item in items for option in item.content["options"]
    )


def test_a_dry_run_stores_nothing(session: Session, clock, given):
    """
    A dry run says what would be stored, and the database is as it was.
    """
    summary = import_administration(session, clock, accounts.system_actor(), given, dry_run=True)

    assert (summary.n_persons, summary.forms) == (4, {"F1": 2, "F2": 2})
    assert summary.administration is None
    assert delivery.list_administrations(session) == []
    assert assembly.list_exams(session) == []


def test_the_same_files_are_not_stored_twice(session: Session, clock, given):
    """
    A second import of the same files is refused and names the first.
    """
    import_administration(session, clock, accounts.system_actor(), given)

    with pytest.raises(AdministrationImportedAlready, match="Licensure exam, form 1"):
        import_administration(session, clock, accounts.system_actor(), given)

    assert len(delivery.list_administrations(session)) == 1


def test_another_sitting_uses_the_same_items_and_forms(session: Session, clock, given, tmp_path):
    """
    Other answers to the same exam bring a second administration, and no second item or form.
    """
    actor = accounts.system_actor()
    import_administration(session, clock, actor, given)
    raw = (tmp_path / "raw.csv").read_text()
    (tmp_path / "raw.csv").write_text(raw.replace("ann,1", "ann,4"))
    (tmp_path / "seconds.csv").write_text(
        (tmp_path / "seconds.csv").read_text().replace("ann,30", "ann,90")
    )

    import_administration(session, clock, actor, read_administration(tmp_path / "small.toml"))

    administrations = delivery.list_administrations(session)
    assert len(administrations) == 2
    assert administrations[0].form_ids == administrations[1].form_ids
    assert len(assembly.forms_of(session, "licensure-form-1")) == 2
    assert {item.version for item in bank.latest_versions(session, "licensure")} == {1}


def test_another_key_for_a_known_item_is_refused(session: Session, clock, given, tmp_path):
    """
    A version never changes: an item that is there with another key keeps the files out.
    """
    actor = accounts.system_actor()
    import_administration(session, clock, actor, given)
    (tmp_path / "items.csv").write_text(
        (tmp_path / "items.csv").read_text().replace("Q1,1", "Q1,2")
    )
    changed = read_administration(tmp_path / "small.toml")

    with pytest.raises(AdministrationFileUnusable, match="Q1: the content differs from version 1"):
        import_administration(session, clock, actor, changed)


@pytest.mark.parametrize("role", [Role.AUTHOR, Role.AWARDING_OFFICER, Role.CANDIDATE])
def test_importing_needs_a_psychometrician(session: Session, clock, person, given, role):
    """
    Nobody else brings responses in.
    """
    with pytest.raises(accounts.NotAllowed):
        import_administration(session, clock, person(role), given)


def test_an_import_is_in_the_trail(session: Session, clock, given):
    """
    Who imported what, and from which files, can be read afterwards.
    """
    import_administration(session, clock, accounts.system_actor(), given)

    acts = accounts.staff_acts(session, accounts.system_actor())
    act = next(act for act in acts if act.action == "delivery.import_administration")
    assert act.detail["source"] == given.digest
    assert act.detail["candidates"] == 4


@pytest.mark.references
def test_the_licensure_exam_is_imported_whole(session: Session, clock, tmp_path):
    """
    All 1,636 candidates and 200 items, three forms of 180 items, 170 of them operational.
    """
    given = read_administration(licensure_file(tmp_path))

    summary = import_administration(session, clock, accounts.system_actor(), given)

    records = delivery.response_records(session, summary.administration.id)
    forms = assembly.forms_of(session, summary.exam_id)
    assert len(records) == 1636
    assert {len(form.items) for form in forms} == {180}
    assert {sum(item.scored for item in form.items) for form in forms} == {170}
    assert sum(len(record.responses) for record in records) == 1636 * 180
