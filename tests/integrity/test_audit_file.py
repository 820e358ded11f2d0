"""The audit file: exported whole, verified far away, every fault named."""

import copy
import io
import json

import pytest

from examengine import accounts, db, integrity
from examengine.delivery import repository
from examengine.kernel.digest import digest
from examengine.ledger import seal
from tests.keys import TestKey
from tests.scoring import world as worlds


def export(world, subject_id=None, *, key=None):
    """Return the audit file of something in a world, as its reader gets it."""
    out = io.StringIO()
    signer = key or TestKey()
    integrity.export_audit(world.engine, world.clock, world.staff, signer, subject_id, out)
    return json.loads(out.getvalue())


def verify(document, receipts=(), **options):
    """Verify a document as the command does."""
    if "against" in options:
        earlier = options["against"]
        options["against"] = [integrity.source_of_document(one) for one in earlier]
    source = integrity.source_of_document(document)
    return integrity.verify_audit(source, receipts=receipts, **options)


def found(document, **options):
    """What was found: the kind of record and the fault."""
    return [(finding.kind, finding.fault.code) for finding in verify(document, **options).findings]


def record_of(document, kind):
    """The first record of a kind that is told in full."""
    return next(one for one in document["records"] if one["kind"] == kind and "body" in one)


def handed_in(document):
    """The log of the attempt that has ended."""
    ended = record_of(document, "response_record")["body"]["attempt_id"]
    return next(entry for entry in document["attempts"] if entry["id"] == ended)


@pytest.fixture
def two_sittings(engine, clock, hasher, world_templates):
    """An administration with two sittings, one of them still open, and a row of a file."""

    def make():
        world = worlds.build(engine, clock, hasher)
        world.sit("Ada", right=5)
        world.sit("Ben", right=5, submit=False)
        with db.writing(world.engine) as session:
            repository.add_response_records(session, [worlds.imported_record(world, "row 1", 3)])
        return world

    return world_templates.copied("one_still_open", engine, clock, make)


@pytest.fixture
def document(two_sittings):
    """The audit file of that administration."""
    return export(two_sittings, two_sittings.administration.id)


def test_a_whole_administration_verifies(document):
    """
    Ledger, records, logs and forms agree; the attempt that is still open is counted as such.
    """
    verdict = verify(document)

    assert verdict.verified
    assert (verdict.n_attempts, verdict.n_open) == (2, 1)
    assert verdict.n_records == len(document["records"])
    assert verdict.n_entries == len(document["ledger"])


def test_a_receipt_proves_that_it_is_this_history(document):
    """
    The head on a candidate's receipt is in the file; a head of another history is not.
    """
    entry = handed_in(document)
    head = entry["events"][-1]["digest"]

    assert verify(document, [head]).verified
    assert verify(document, [f"{entry['id']}:{head}"]).verified
    for wrong in ("sha256:other", f"{entry['id']}:sha256:other"):
        assert found(document, receipts=[wrong]) == [("receipt", "rewritten")]


def test_a_changed_answer_is_named(document):
    """
    One answer changed in the file is one fault, at its event.
    """
    entry = handed_in(document)
    saved = next(event for event in entry["events"] if event["type"] == "saved")
    saved["body"]["response"] = "z"

    (finding,) = verify(document).findings

    assert (finding.kind, finding.id, finding.fault.code) == ("log", entry["id"], "changed")
    assert finding.fault.version == saved["version"]


@pytest.mark.parametrize(
    ("damage", "code"),
    [
        (lambda events: events.pop(3), "dropped"),
        (lambda events: events.insert(3, events[3] | {"digest": "sha256:x"}), "inserted"),
        (lambda events: events.insert(3, events.pop(5)), "reordered"),
        (lambda events: events.__delitem__(slice(-2, None)), "truncated"),
        (lambda events: events.clear(), "truncated"),
    ],
    ids=["dropped", "inserted", "reordered", "truncated", "emptied"],
)
def test_damage_to_the_log_is_named(document, damage, code):
    """
    Dropping, inserting, reordering and cutting off are told apart.
    """
    damage(handed_in(document)["events"])

    assert ("log", code) in found(document)


def test_the_end_of_a_running_log_is_named_too(document):
    """
    Its head was sealed when the file was made: a running attempt cannot lose its last answers.
    """
    ended = handed_in(document)
    running = next(entry for entry in document["attempts"] if entry is not ended)
    del running["events"][-1]

    (finding,) = verify(document).findings

    assert (finding.kind, finding.id, finding.fault.code) == ("log", running["id"], "truncated")


def test_a_record_that_does_not_say_what_the_log_says_is_named(document):
    """
    A record sealed again after its answer was changed is caught by the log and by the ledger.
    """
    record = record_of(document, "response_record")
    item_id = sorted(record["body"]["responses"])[0]
    record["body"]["responses"][item_id] = "z"
    resealed = copy.deepcopy(document)
    body = record_of(resealed, "response_record")["body"]
    names = {*body} - {"person_id", "digest"}
    covered = {name: body[name] for name in names} | {"person": body["person_id"]}
    body["digest"] = digest(covered)

    assert found(document) == [("response_record", "changed")] * 3
    by_ledger, by_log = verify(resealed).findings
    assert "not what was sealed" in by_ledger.fault.words
    assert item_id in by_log.fault.words


def test_a_form_that_was_changed_is_named(document):
    """
    The form is part of the chain: another item in it is not the form that was sat.
    """
    document["forms"][0]["body"]["items"].pop()

    assert {code for _, code in found(document)} == {"changed"}


def test_every_record_that_is_taken_out_of_the_file_is_named(document):
    """
    Whichever record is left out, in full or by its digest: its kind and its id are told.
    """
    for place, record in enumerate(document["records"]):
        without = document | {"records": [*document["records"]]}
        del without["records"][place]

        findings = verify(without).findings

        assert (record["kind"], record["id"], "missing") in [
            (one.kind, one.id, one.fault.code) for one in findings
        ]


def test_every_record_that_is_changed_in_the_file_is_named(document):
    """
    Whichever record says something else, and whichever of its values was changed.
    """
    for record in document["records"]:
        named = (record["kind"], record["id"], "changed")
        for value in [record.get("body", record)]:
            for name in {*value} - {"kind", "id"}:
                before, value[name] = value[name], "something else"
                findings = verify(document).findings
                value[name] = before

                assert named in [(one.kind, one.id, one.fault.code) for one in findings]


def test_a_log_that_is_left_out_is_named(document):
    """
    A whole attempt cannot disappear: its log was sealed when it began.
    """
    lost = document["attempts"].pop()

    assert ("log", lost["id"], "missing") in [
        (one.kind, one.id, one.fault.code) for one in verify(document).findings
    ]


@pytest.mark.parametrize(
    ("damage", "expected"),
    [
        (lambda rows: rows.pop(3), ("ledger", "missing")),
        (lambda rows: rows.pop(), ("ledger", "truncated")),
        (lambda rows: rows.insert(3, rows.pop(5)), ("ledger", "reordered")),
        (lambda rows: rows[3].__setitem__(6, "sha256:other"), ("ledger", "changed")),
        (lambda rows: rows[3].__setitem__(3, "trial"), ("ledger", "changed")),
        (lambda rows: rows[0].__setitem__(7, True), ("ledger", "changed")),
        (lambda rows: rows.clear(), ("ledger", "truncated")),
    ],
)
def test_damage_to_the_ledger_is_named(document, damage, expected):
    """
    Every entry is chained on the one before, up to the head that was signed.
    """
    damage(document["ledger"])

    assert expected in found(document)


def test_a_head_that_was_changed_does_not_verify(document):
    """
    Where the ledger stood, when, and what the file holds: all of it is signed.
    """
    statement = document["head"]["statement"]
    statement["scopes"].remove("trail")

    assert ("head", "signature") in found(document)


def test_a_head_signed_by_somebody_else_is_told(two_sittings, document):
    """
    With the public key of the installation at hand, another one's signature does not do.
    """
    own, other = TestKey(1).public_key, TestKey(2).public_key

    assert verify(document, keys=[own]).key_known
    assert verify(document, keys=[other, own]).verified
    assert found(document, keys=[other]) == [("head", "key")]
    assert not verify(document).key_known


def test_what_an_earlier_file_had_is_missed(two_sittings, document):
    """
    A later file holds everything that an earlier one had; of two histories one is told by name.
    """
    two_sittings.clock.forward(minutes=1)
    later = export(two_sittings, two_sittings.administration.id)

    assert verify(later, against=[document]).verified
    ahead = found(document, against=[later])
    assert {code for _, code in ahead} == {"missing"}
    assert {kind for kind, _ in ahead} == {"staff_act"}


def test_an_earlier_file_that_does_not_verify_is_no_witness(document):
    """
    A file whose own ledger was changed cannot accuse another.
    """
    earlier = copy.deepcopy(document)
    earlier["ledger"][4][6] = "sha256:other"

    assert ("head", "earlier") in found(document, against=[earlier])


def test_everything_can_be_exported_at_once(two_sittings, document):
    """
    Without a subject the file holds every administration, and all of the trail in full.
    """
    everything = export(two_sittings)

    assert verify(everything).verified
    assert all("body" in record for record in everything["records"])
    assert verify(everything, against=[document]).verified


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda d: d.clear(), "examengine/audit/2"),
        (lambda d: d.pop("attempts"), "attempts: is missing"),
        (lambda d: d.pop("ledger"), "ledger: is missing"),
        (lambda d: d.update(attempts={}), "attempts: is no list"),
        (lambda d: d["attempts"].append(7), "attempts[2]: is no object"),
        (lambda d: handed_in(d)["events"][0].pop("at"), "cannot be read"),
        (lambda d: handed_in(d)["events"][0].update(at="noon"), "cannot be read"),
        (lambda d: handed_in(d)["events"][0].update(version="1"), "whole number"),
        (lambda d: handed_in(d)["events"][0]["body"].update(consent=float("nan")), "no JSON form"),
        (lambda d: d["ledger"].append([1, 2]), "an entry of the ledger has 10 values"),
        (lambda d: d["ledger"][0].__setitem__(0, True), "cannot stand there"),
        (lambda d: d["records"].append({"kind": "decision"}), "cannot be read"),
        (lambda d: d.pop("head"), "head: is missing"),
        (lambda d: d.update(head=[]), "head: "),
        (lambda d: d["head"].update(signature="ü"), "head: "),
        (lambda d: d["head"]["statement"].update(position=None), "head: "),
        (lambda d: d.update(more=1), "no such member"),
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
    assert "Staff of all trades" not in json.dumps(document)


def test_what_is_not_about_the_subject_is_told_by_digest_alone(world):
    """
    The file about one attempt shows nobody else's answers, and still misses whatever is deleted.
    """
    ada, ben = world.sit("Ada", right=5), world.sit("Ben", right=4)

    one = export(world, ada.attempt_id)

    assert verify(one).verified
    assert [entry["id"] for entry in one["attempts"]] == [str(ada.attempt_id)]
    told = json.dumps([record["body"] for record in one["records"] if "body" in record])
    assert str(ada.actor.person_id) in told
    assert str(ben.actor.person_id) not in told
    hidden = next(record for record in one["records"] if record["id"] == str(ben.attempt_id))
    assert {*hidden} == {"kind", "id", "digest"}


def test_a_digest_without_its_salt_tells_nothing(document):
    """
    Whoever guesses what a record said cannot check the guess against the ledger.
    """
    record = record_of(document, "enrolment")
    entries = {row[6] for row in document["ledger"]}

    assert seal(record["salt"], record["body"]) in entries
    assert seal(None, record["body"]) not in entries


def test_only_officers_and_administrators_export(world):
    """
    A candidate cannot take logs away, and an export stands in the trail.
    """
    ada = world.sit("Ada", right=5)
    with pytest.raises(accounts.NotAllowed):
        integrity.export_audit(
            world.engine, world.clock, ada.actor, TestKey(), ada.attempt_id, io.StringIO()
        )
    export(world, ada.attempt_id)
    with db.reading(world.engine) as session:
        acts = accounts.staff_acts(session, world.staff)

    assert acts[0].action == "integrity.export_audit"
