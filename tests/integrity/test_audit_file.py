"""The audit file: exported whole, verified far away, every fault named."""

import copy
import json

import pytest

from examengine import accounts, db, integrity
from examengine.delivery import repository
from examengine.kernel.digest import digest
from tests.scoring.world import imported_record


@pytest.fixture
def document(world):
    """The audit file of an administration with two sittings, one of them still open."""
    world.sit("Ada", right=5)
    world.sit("Ben", right=5, submit=False)
    with db.writing(world.engine) as session:
        repository.add_response_records(session, [imported_record(world, "row 1", 3)])
        made = integrity.export_audit(session, world.clock, world.staff, world.administration.id)
    return json.loads(json.dumps(made))


def verify(document, receipts=()):
    """Verify a document as the command does."""
    return integrity.verify_audit(integrity.read_audit(document), receipts)


def codes(document):
    """What was found."""
    return [finding.fault.code for finding in verify(document).findings]


def handed_in(document):
    """The entry of the attempt that has ended."""
    return next(
        entry for entry in document["attempts"] if entry["events"] and entry["response_record"]
    )


def test_a_whole_administration_verifies(document):
    """
    Logs, records and forms agree; the attempt that is still open is counted as such.
    """
    verdict = verify(document)

    assert verdict.verified
    assert (verdict.n_attempts, verdict.n_open) == (3, 1)


def test_a_receipt_proves_that_it_is_this_history(document):
    """
    The head on a candidate's receipt is in the file; a head of another history is not.
    """
    head = handed_in(document)["events"][-1]["digest"]

    assert verify(document, [head]).verified
    assert [finding.fault.code for finding in verify(document, ["sha256:other"]).findings] == [
        "rewritten"
    ]


def test_a_changed_answer_is_named(document):
    """
    One answer changed in the file is one fault, at its event.
    """
    entry = handed_in(document)
    saved = next(event for event in entry["events"] if event["type"] == "saved")
    saved["body"]["response"] = "z"

    (finding,) = verify(document).findings

    assert (finding.attempt_id, finding.fault.code) == (entry["id"], "changed")
    assert finding.fault.version == saved["version"]


@pytest.mark.parametrize(
    ("damage", "code"),
    [
        (lambda events: events.pop(3), "dropped"),
        (lambda events: events.insert(3, events[3] | {"digest": "sha256:x"}), "inserted"),
        (lambda events: events.insert(3, events.pop(5)), "reordered"),
        (lambda events: events.__delitem__(slice(-2, None)), "truncated"),
    ],
    ids=["dropped", "inserted", "reordered", "truncated"],
)
def test_damage_to_the_log_is_named(document, damage, code):
    """
    Dropping, inserting, reordering and cutting off are told apart.
    """
    damage(handed_in(document)["events"])

    assert code in codes(document)


def test_a_record_that_does_not_say_what_the_log_says_is_named(document):
    """
    A record sealed again after its answer was changed is caught by the log behind it.
    """
    record = handed_in(document)["response_record"]
    item_id = sorted(record["body"]["responses"])[0]
    record["body"]["responses"][item_id] = "z"
    resealed = copy.deepcopy(document)
    handed_in(resealed)["response_record"]["digest"] = digest(record["body"])

    assert codes(document) == ["changed", "changed"]
    (finding,) = verify(resealed).findings
    assert item_id in finding.fault.words


def test_a_form_that_was_changed_is_named(document):
    """
    The form is part of the chain: another item in it is not the form that was sat.
    """
    document["forms"][0]["body"]["items"].pop()

    assert set(codes(document)) == {"changed"}


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda d: d.clear(), "examengine/audit/1"),
        (lambda d: d.pop("attempts"), "attempts: is missing"),
        (lambda d: d["attempts"].append(7), "attempts[3]: is no object"),
        (lambda d: handed_in(d)["events"][0].pop("at"), "cannot be read"),
        (lambda d: handed_in(d)["events"][0].update(at="noon"), "cannot be read"),
        (lambda d: handed_in(d)["events"][0].update(version="1"), "whole number"),
        (lambda d: handed_in(d).update(response_record=[]), "needs a body and a digest"),
        (lambda d: d.update(more=float("nan")), "no digest can cover"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_with_the_place(document, spoil, words):
    """
    What is no audit file is refused in words that say where, and never with a traceback.
    """
    spoil(document)

    with pytest.raises(integrity.AuditFileUnusable) as refusal:
        verify(document)

    assert any(words in fault for fault in refusal.value.faults)


def test_names_stay_here(document):
    """
    People stand in the file by the id of their account alone.
    """
    assert "Ada" not in json.dumps(document)


def test_only_officers_and_administrators_export(world):
    """
    A candidate cannot take logs away, and an export stands in the trail.
    """
    ada = world.sit("Ada", right=5)
    with db.writing(world.engine) as session:
        with pytest.raises(accounts.NotAllowed):
            integrity.export_audit(session, world.clock, ada.actor, ada.attempt_id)
        one = integrity.export_audit(session, world.clock, world.staff, ada.attempt_id)
        acts = accounts.staff_acts(session, world.staff)

    assert [entry["id"] for entry in one["attempts"]] == [str(ada.attempt_id)]
    assert acts[0].action == "integrity.export_audit"
