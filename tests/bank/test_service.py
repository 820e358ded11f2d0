"""Importing and reading, on both databases."""

from typing import Any
from uuid import UUID

import pytest
from sqlmodel import Session

from examengine import bank
from examengine.accounts import Actor, NotAllowed, Role, staff_acts
from examengine.bank import ImportOutcome, ImportReport, ItemRef
from examengine.bank.formats import load_files
from examengine.kernel.digest import digest
from tests.bank.small_bank import BANK, FIGURE, as_yaml, figure, files, item, three_items
from tests.clock import SetClock


@pytest.fixture
def author(person) -> Actor:
    """Somebody who may import."""
    return person(Role.AUTHOR)


@pytest.fixture
def small_bank(session: Session, clock: SetClock, author: Actor) -> ImportReport:
    """The small bank, imported."""
    return bring(session, clock, author, *three_items())


def bring(session, clock, actor, *items: dict[str, Any], **options: Any) -> ImportReport:
    """Import a bank of these items."""
    return bank.import_bank(session, clock, actor, load_files(files(*items)), **options)


def outcomes(report: ImportReport) -> dict[str, str]:
    """What became of each item."""
    return {one.item_id: one.outcome.value for one in report.items}


def test_an_import_adds_every_item_and_the_trail_tells(session, clock, author, small_bank, person):
    """
    Items, bank and figures are there, and the audit trail names each version by its digest.
    """
    officer = person(Role.AWARDING_OFFICER)

    found = {version.item_id: version for version in bank.latest_versions(session, "small")}

    act = staff_acts(session, officer, subject="bank:small")[0]
    assert small_bank.accepted
    assert small_bank.written
    assert set(outcomes(small_bank).values()) == {"added"}
    assert bank.find_bank(session, author, "small").title == "Small bank"
    assert (act.action, act.actor_id) == ("bank.import", author.person_id)
    assert act.detail["items"] == {name: [1, v.digest] for name, v in found.items()}


def test_the_digest_can_be_computed_again_from_what_is_stored(session, small_bank):
    """
    What the database gives back is what was read: a stranger gets the same digest.
    """
    for version in bank.latest_versions(session, "small"):
        assert version.digest == digest(version.content)


def test_importing_the_same_again_changes_nothing(session, clock, author, small_bank):
    """
    A second import of the same files writes nothing and says so.
    """
    again = bring(session, clock, author, *three_items())

    assert set(outcomes(again).values()) == {"unchanged"}
    assert again.accepted
    assert not again.written


def test_a_change_without_a_higher_version_is_refused_with_the_number_to_give(
    session, clock, author, small_bank
):
    """
    A version in the bank cannot change; the author is told which number comes next.
    """
    changed = three_items()
    changed[0]["seconds"] = 90

    report = bring(session, clock, author, *changed)

    refused = report.of(ImportOutcome.REFUSED)
    assert [one.item_id for one in refused] == ["S-1"]
    assert "set version: 2" in refused[0].faults[0]
    assert not report.written


def test_a_higher_version_stands_beside_the_old_one(session, clock, author, small_bank):
    """
    The new version is the latest; the old one can still be read, as attempts that showed it need.
    """
    old = bank.latest_versions(session, "small")[0]
    changed = three_items()
    changed[0] |= {"seconds": 90, "version": 2}

    report = bring(session, clock, author, *changed)

    history = bank.item_history(session, author, "small", "S-1")
    assert outcomes(report)["S-1"] == "new version"
    assert [(version.version, version.seconds) for version in history] == [(2, 90), (1, 60)]
    assert bank.item_versions(session, [old.ref])[old.ref].content == old.content


def test_one_refused_item_keeps_the_whole_import_out(session, clock, author):
    """
    Nothing is half-written: the good items of a broken bank are reported, and not stored.
    """
    broken = {**files(*three_items()), "items/S-4.yaml": b"id: [", "items/S-5.yaml": as_yaml({})}

    report = bank.import_bank(session, clock, author, load_files(broken))

    assert outcomes(report) == {
        **dict.fromkeys(("S-1", "S-2", "S-3"), "added"),
        **dict.fromkeys(("S-4", "S-5"), "refused"),
    }
    assert not report.accepted
    assert bank.list_banks(session, author) == []


def test_what_can_be_read_may_come_in_alone(session, clock, author):
    """
    On demand the broken items of a large file are left out, and told; the rest is in the bank.
    """
    broken = {**files(*three_items()), "items/S-4.yaml": b"id: ["}

    report = bank.import_bank(session, clock, author, load_files(broken), leave_out_refused=True)

    assert not report.accepted
    assert report.written
    assert outcomes(report)["S-4"] == "refused"
    assert [one.item_id for one in bank.latest_versions(session, "small")] == ["S-1", "S-2", "S-3"]


def test_a_dry_run_reports_and_writes_nothing(session, clock, author):
    """
    A rehearsal of the import says the same and leaves the bank as it is.
    """
    report = bring(session, clock, author, *three_items(), dry_run=True)

    assert report.accepted
    assert not report.written
    assert bank.list_banks(session, author) == []


def test_an_item_belongs_to_one_bank(session, clock, author, small_bank):
    """
    An id names one item for ever, whatever bank it is looked for in.
    """
    other = files(item("S-1", "short_text"), bank={**BANK, "id": "other"})

    report = bank.import_bank(session, clock, author, load_files(other))

    assert "belongs to an item of the bank small" in report.of(ImportOutcome.REFUSED)[0].faults[0]


def test_an_area_that_items_need_cannot_be_dropped(session, clock, author, small_bank):
    """
    A bank that forgets an area which stored items are about is refused, naming such an item.
    """
    shrunk = {**BANK, "content_areas": BANK["content_areas"][:1]}

    report = bank.import_bank(session, clock, author, load_files(files(bank=shrunk)))

    assert any("S-2 in the bank is about spread" in fault for fault in report.faults)


def test_only_an_author_imports_and_only_readers_read(session, clock, person, small_bank):
    """
    A candidate neither imports nor reads keys; a psychometrician reads and does not import.
    """
    candidate, psychometrician = person(Role.CANDIDATE), person(Role.PSYCHOMETRICIAN)

    with pytest.raises(NotAllowed):
        bring(session, clock, psychometrician, *three_items())
    with pytest.raises(NotAllowed):
        bank.list_items(session, candidate, "small")
    with pytest.raises(NotAllowed):
        bank.item_history(session, candidate, "small", "S-1")
    with pytest.raises(NotAllowed):
        bank.export_bank(session, psychometrician, "small", bank.FORMATS["examengine_yaml"])

    assert len(bank.list_items(session, psychometrician, "small")) == 3


def test_what_is_not_there_is_refused_by_name(session, author, small_bank):
    """
    Unknown banks, items, versions, figures and parameters are each told apart.
    """
    with pytest.raises(bank.BankUnknown):
        bank.find_bank(session, author, "nowhere")
    with pytest.raises(bank.ItemUnknown):
        bank.item_history(session, author, "small", "S-9")
    with pytest.raises(bank.ItemUnknown):
        bank.item_versions(session, [ItemRef("S-1", 1, "sha256:another")])
    with pytest.raises(bank.MediaFileUnknown):
        bank.media_outline(session, "sha256:0")
    with pytest.raises(bank.ParametersUnknown):
        bank.find_parameters(session, UUID(int=7))


def test_a_figure_is_found_by_the_digest_its_item_names(session, small_bank):
    """
    An item and the drawing it shows cannot drift apart.
    """
    shown = bank.latest_versions(session, "small")[0].content["stimulus"][0]["figure"]

    found = bank.media_outline(session, shown["digest"])
    assert bank.media_seconds(session, [shown["digest"]]) == {shown["digest"]: 0}

    assert bank.media_piece(session, found, range(found.n_bytes)) == FIGURE.encode()
    assert bank.media_piece(session, found, range(3, 9)) == FIGURE.encode()[3:9]


def test_an_upload_may_leave_out_what_the_bank_has(session, clock, author, small_bank):
    """
    One item file is enough: its bank, its enemies and its figure are there already.
    """
    changed = item("S-1", "single_choice", stimulus=[figure()], version=2, seconds=90)

    loaded = bank.load_upload(session, author, "small", {"S-1.yaml": as_yaml(changed)})
    report = bank.import_bank(session, clock, author, loaded)

    assert outcomes(report) == {"S-1": "new version"}
    assert report.written


def test_enemies_are_checked_against_the_items_in_the_bank(session, clock, author, small_bank):
    """
    An upload that takes an enemy back on one side only comes in, and both are held.
    """
    changed = item("S-3", "short_text", area="spread", version=2)

    loaded = bank.load_upload(session, author, "small", {"S-3.yaml": as_yaml(changed)})
    report = bank.import_bank(session, clock, author, loaded)

    assert report.written
    assert "leaves out S-2, which names S-3" in report.held[0]
    assert set(bank.findings_in(session, "small").held) == {"S-2", "S-3"}


def test_an_upload_for_another_bank_is_refused(session, author, small_bank):
    """
    A bank file of another bank does not slip in through this one's page.
    """
    sent = {"bank.yaml": as_yaml({**BANK, "id": "other"})}

    loaded = bank.load_upload(session, author, "small", sent)

    assert loaded.bank is None
    assert "were sent to small" in loaded.faults[0].what


def test_an_exported_bank_reads_back_with_the_same_digests(session, author, small_bank):
    """
    Export and import are inverse: nothing is lost, nothing is added.
    """
    exported = bank.export_bank(session, author, "small", bank.FORMATS["examengine_yaml"])

    again = load_files(exported.files)

    stored = {version.item_id: version.digest for version in bank.latest_versions(session, "small")}
    assert again.faults == ()
    assert exported.left_out == {}
    assert {one.id: digest(one.content) for one in again.items} == stored
    assert again.bank == bank.find_bank(session, author, "small")


QUIZ = """<quiz><question type="category"><category><text>$course$/top/{area}</text></category>
</question><question type="multichoice"><name><text>Frogs</text></name><idnumber>F-1</idnumber>
<hint format="html"><text>Think.</text></hint><questiontext format="html"><text>What leaps?</text>
</questiontext><answer fraction="100"><text>{right}</text></answer>
<answer fraction="0"><text>Stone</text></answer><answer fraction="0"><text>Moss</text></answer>
</question><question type="essay"><name><text>Long</text></name></question></quiz>"""


def test_questions_of_moodle_come_in_and_a_changed_one_is_the_next_version(
    session, clock, author, small_bank
):
    """
    What they leave out is told, what cannot come in is named, and the policy judges their area.
    """

    def sent(**words: str) -> ImportReport:
        data = {"quiz.xml": QUIZ.format(**words).encode()}
        loaded = bank.load_upload(session, author, "small", data)
        return bank.import_bank(session, clock, author, loaded, leave_out_refused=True)

    first = sent(area="Spread", right="Frog")
    same = sent(area="Spread", right="Frog")
    changed = sent(area="Animals", right="Toad")

    assert outcomes(first) == {"F-1": "added", "Long (line 6)": "refused"}
    assert any("[hints]" in words for words in first.warnings)
    assert not any("unknown" in words or "area" in words for words in first.held)
    assert outcomes(same)["F-1"] == "unchanged"
    assert outcomes(changed)["F-1"] == "new version"
    assert any("is Animals; the bank's areas are" in words for words in changed.held)
    [new, old] = bank.item_history(session, author, "small", "F-1")
    assert (new.version, old.version, old.area) == (2, 1, "spread")
