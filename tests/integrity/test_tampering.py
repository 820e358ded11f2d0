"""Whatever somebody changes or deletes in the database, the audit file names it."""

import json
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import insert

from examengine import db, delivery
from examengine.delivery import AttemptWriter, FormsInPlay, Submit, stored_attempts
from examengine.kernel.digest import digest
from examengine.ledger import SEALINGS, check_about
from tests.integrity.tampering import another, change, remove, rows, table, unchecked
from tests.integrity.test_audit_file import export, found, verify
from tests.scoring.test_service import decide, results, score


def named(world, **options):
    """What the export of a world's administration says: kind, id and fault."""
    document = export(world, world.administration.id)
    findings = verify(document, **options).findings
    return {(one.kind, one.id, one.fault.code) for one in findings}


def attempt(world, name):
    """The attempt of a candidate."""
    return world.candidates[name].attempt_id


def test_a_world_that_nobody_touched_verifies(awarded):
    """
    Nothing is named where nothing was done, and everything that was done is sealed.
    """
    document = export(awarded, awarded.administration.id)

    assert found(document) == []
    assert {one["kind"] for one in document["records"]} == {*SEALINGS}


def cut_tail(world, name, keep):
    """Delete the events of a log after the first few."""
    events = table("attempt_event")
    with unchecked(world.engine) as connection:
        connection.execute(
            events.delete().where(
                events.c.attempt_id == attempt(world, name), events.c.version > keep
            )
        )


def test_the_tail_of_a_running_attempt_that_was_cut_is_named(decided):
    """
    The log ends at event 5, and what is kept beside it still says where it ended.
    """
    cut_tail(decided, "Cy", 5)

    assert named(decided) == {("log", str(attempt(decided, "Cy")), "truncated")}


def test_a_cut_that_was_tidied_up_is_named_against_an_earlier_file(decided):
    """
    Where the attempt's own row was put back too, the head that was sealed before is longer.
    """
    earlier = export(decided, decided.administration.id)
    cut_tail(decided, "Cy", 5)
    last = [row for row in rows(decided.engine, "attempt_event") if row["version"] == 5]
    digest = next(row["digest"] for row in last if row["attempt_id"] == attempt(decided, "Cy"))
    change(decided.engine, "attempt", {"id": attempt(decided, "Cy")}, version=5, digest=digest)

    assert named(decided) == {("log", str(attempt(decided, "Cy")), "truncated")}
    remove(decided.engine, "ledger_entry")
    assert ("log", str(attempt(decided, "Cy")), "missing") in named_against(decided, earlier)


def named_against(world, earlier):
    """What is named by a file that was exported before."""
    document = export(world, world.administration.id)
    return {
        (one.kind, one.id, one.fault.code) for one in verify(document, against=[earlier]).findings
    }


def test_a_handed_in_attempt_that_was_opened_again_is_named(decided):
    """
    The last five events and the response record deleted: both are missed, and who rests on them.
    """
    ada = attempt(decided, "Ada")
    (record,) = [one for one in rows(decided.engine, "response_record") if one["attempt_id"] == ada]
    head = [one for one in rows(decided.engine, "attempt_event") if one["attempt_id"] == ada]
    cut_tail(decided, "Ada", len(head) - 5)
    remove(decided.engine, "response_record", attempt_id=ada)
    change(decided.engine, "attempt", {"id": ada}, submitted_at=None, version=len(head) - 5)

    assert named(decided) == {
        ("response_record", str(record["id"]), "missing"),
        ("log", str(ada), "truncated"),
    }


def test_a_whole_attempt_that_was_deleted_is_named(decided):
    """
    Enrolment, log, record, ruling, score and decision: each is missed by name.
    """
    ben = attempt(decided, "Ben")
    for name in ("attempt_event", "response_record", "score_record", "decision"):
        assert remove(decided.engine, name, attempt_id=ben)
    remove(decided.engine, "clearance", subject_id=ben)
    remove(decided.engine, "attempt", id=ben)

    faults = named(decided)

    assert {code for _, _, code in faults} == {"missing"}
    assert {kind for kind, _, _ in faults} == {
        *("enrolment", "log", "response_record", "clearance", "score_record", "decision")
    }
    assert {("enrolment", str(ben), "missing"), ("log", str(ben), "missing")} <= faults


def test_an_administration_that_was_deleted_is_named(decided):
    """
    The file can be asked for although the row is gone, and says that it is.
    """
    remove(decided.engine, "administration", id=decided.administration.id)

    assert ("administration", str(decided.administration.id), "missing") in named(decided)


@pytest.mark.parametrize(
    ("name", "which", "values"),
    [
        ("administration", {}, {"test": True}),
        ("attempt", {}, {"extra_time_percent": 100}),
        ("attempt", {}, {"minutes": 90}),
        ("decision", {"passed": False}, {"passed": True}),
        ("score_record", {}, {"scale_score": 800}),
        ("cut_score", {}, {"scale_cut": 200}),
        ("clearance", {}, {"state": "voided"}),
        ("adopted_parameters", {}, {"reason": "Another."}),
        ("staff_act", {"action": "scoring.decide"}, {"action": "scoring.score"}),
    ],
)
def test_a_change_is_named(decided, name, which, values):
    """
    Test or not, extra time, points, pass marks, reasons: every row that was changed, and no other.
    """
    kind = {"attempt": "enrolment"}.get(name, name)
    touched = [
        row
        for row in rows(decided.engine, name)
        if all(row[column] == value for column, value in which.items())
    ]

    assert change(decided.engine, name, which, **values) == len(touched) > 0

    assert named(decided) == {(kind, str(row["id"]), "changed") for row in touched}


def test_an_administration_that_nobody_can_read_any_more_is_named(decided):
    """
    A row that was changed into nonsense keeps nobody from exporting what there is.
    """
    id_ = decided.administration.id
    change(decided.engine, "administration", {"id": id_}, form_ids=[["no id of a form"]])

    assert ("administration", str(id_), "changed") in named(decided)


def test_records_that_change_places_are_named(decided):
    """
    Two candidates' scores swapped: both are named.
    """
    first, second = rows(decided.engine, "score_record")
    same = ("id", "response_record_id", "attempt_id", "person_id", "administration_id", "version")
    for one, other in ((first, second), (second, first)):
        values = {name: value for name, value in other.items() if name not in same}
        change(decided.engine, "score_record", {"id": one["id"]}, **values)

    faults = named(decided)

    for one in (first, second):
        assert ("score_record", str(one["id"]), "changed") in faults


def test_a_record_that_was_put_in_past_the_program_is_named(decided):
    """
    A decision that nobody took is in no entry of the ledger.
    """
    (passed, *_) = [one for one in rows(decided.engine, "decision") if one["passed"]]
    forged = {**passed, "id": another(passed["id"], table("decision").c.id), "version": 2}
    with unchecked(decided.engine) as connection:
        connection.execute(insert(table("decision")), [forged])

    assert named(decided) == {("decision", str(forged["id"]), "inserted")}


@pytest.mark.parametrize("kept", [0, 1, 30])
def test_a_ledger_that_was_cut_off_is_named(decided, kept):
    """
    Without its entry a record was put in past the ledger; an earlier file misses the entries.
    """
    earlier = export(decided, decided.administration.id)
    ledger = table("ledger_entry")
    with unchecked(decided.engine) as connection:
        connection.execute(ledger.delete().where(ledger.c.position > kept))

    assert "inserted" in {code for _, _, code in named(decided)}
    lost = {(kind, code) for kind, _, code in named_against(decided, earlier)}
    assert {("decision", "missing"), ("staff_act", "missing")} <= lost


@pytest.mark.parametrize("column", ["digest", "subject", "kind", "scope", "link", "at", "salt"])
def test_an_entry_that_was_changed_is_named(decided, column):
    """
    The ledger itself is chained: a changed entry does not follow the one before.
    """
    entry = rows(decided.engine, "ledger_entry")[20]
    value = another(entry[column], table("ledger_entry").c[column])

    change(decided.engine, "ledger_entry", {"position": entry["position"]}, **{column: value})

    faults = {(kind, code) for kind, _, code in named(decided)}
    if column == "salt":  # the chain does not cover it, so that it can be erased
        assert faults == {(entry["kind"], "changed")}
    else:
        assert ("ledger", "changed") in faults


def test_a_receipt_tells_of_an_attempt_of_which_every_trace_is_gone(decided):
    """
    Records and their entries deleted, the chain made anew: only who holds a head can tell.
    """
    head = next(
        one["head"]
        for one in rows(decided.engine, "response_record")
        if one["attempt_id"] == attempt(decided, "Ada")
    )
    receipt = f"{attempt(decided, 'Ada')}:{head}"

    assert named(decided, receipts=[receipt, head]) == set()
    for name in ("attempt_event", "response_record", "score_record", "decision"):
        remove(decided.engine, name, attempt_id=attempt(decided, "Ada"))
    remove(decided.engine, "clearance", subject_id=attempt(decided, "Ada"))
    remove(decided.engine, "attempt", id=attempt(decided, "Ada"))
    remove(decided.engine, "ledger_entry")

    assert ("receipt", str(attempt(decided, "Ada")), "rewritten") in named(
        decided, receipts=[receipt]
    )


@pytest.mark.parametrize("kind", ["administration", "enrolment", "response_record", "log"])
def test_nothing_is_decided_on_records_that_are_not_the_sealed_ones(world, kind):
    """
    Test or not, extra time, answers, log: a change before the decision holds it for a person.
    """
    ada = world.sit("Ada", right=11)
    score(world)
    world.adopt_cut()
    if kind == "administration":
        change(world.engine, "administration", {}, test=True)
    elif kind == "enrolment":
        change(world.engine, "attempt", {}, extra_time_percent=100)
    elif kind == "response_record":
        change(world.engine, "response_record", {}, reason="time")
    else:
        cut_tail(world, "Ada", 5)

    decide(world)

    (held,) = results(world).values()
    assert held.decision is None
    assert (held.subject_id, held.clearance.state) == (ada.attempt_id, "held")


@settings(
    max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], database=None
)
@given(data=st.data())
def test_any_row_of_any_sealed_table_that_is_changed_or_deleted_is_named(awarded, data):
    """
    Whichever row of whichever table, and whichever of its columns that is no name.
    """
    decided = awarded
    sealing = SEALINGS[data.draw(st.sampled_from(sorted(SEALINGS)))]
    there = sorted(rows(decided.engine, sealing.table.name), key=sealing.subject_of)
    row = there[data.draw(st.integers(0, 10_000)) % len(there)]
    which = {name: row[name] for name in sealing.key}
    able = sorted(set(sealing.columns) - set(sealing.key))
    column = data.draw(st.sampled_from([None, *able]))
    if column is None:
        remove(decided.engine, sealing.table.name, **which)
    else:
        value = another(row[column], sealing.table.c[column])
        change(decided.engine, sealing.table.name, which, **{column: value})

    try:
        faults = named(decided)
    finally:  # put back as it was, for the next example
        remove(decided.engine, sealing.table.name, **which)
        with unchecked(decided.engine) as connection:
            connection.execute(insert(sealing.table), [row])
    # A record that was moved elsewhere is missing where it belongs.
    code = "missing" if column in {None, sealing.scope_column} else "changed"
    assert (sealing.kind, sealing.subject_of(row), code) in faults


def test_a_database_from_before_the_ledger_is_sealed_as_it_stands(awarded):
    """
    The migration gives every row its entry, in one chain, and from then on each is missed.
    """
    decided = awarded
    younger = {
        *("late_answer", "credential_replacement", "scoring_policy"),
        *("calibration_elsewhere", "statistics_elsewhere"),
    }
    remove(decided.engine, "credential_replacement")
    remove(decided.engine, "scoring_policy")

    db.downgrade(decided.engine, to="0001")

    db.upgrade(decided.engine)

    document = export(decided, decided.administration.id)
    assert found(document) == []
    migrated = [row for row in document["ledger"] if row[7]]
    assert {row[2] for row in migrated} == {*SEALINGS, "log"} - younger
    assert [row[7] for row in document["ledger"]] == sorted(
        (row[7] for row in document["ledger"]), reverse=True
    )
    remove(decided.engine, "clearance", subject_id=attempt(decided, "Ben"))
    assert {kind for kind, _, _ in named(decided)} == {"clearance"}


def test_a_ledger_from_before_entries_said_what_they_are_about_is_carried_on(awarded):
    """
    What was sealed keeps its digest: what was changed before the migration is told after it.
    """
    db.downgrade(awarded.engine, to="0007")
    ben = attempt(awarded, "Ben")
    change(awarded.engine, "clearance", {"subject_id": ben}, state="voided")
    (ruling,) = [one for one in rows(awarded.engine, "clearance") if one["subject_id"] == ben]

    db.upgrade(awarded.engine)

    # A downgrade leaves out what came later: the rules for points, and that scores name them; and
    # what came from elsewhere.
    later = {"scoring_policy", "score_record", "calibration_elsewhere", "statistics_elsewhere"}
    told = {fault for fault in named(awarded) if fault[0] not in later}
    assert told == {("clearance", str(ruling["id"]), "changed")}
    with db.reading(awarded.engine) as session:
        about = check_about(session, "clearance", [attempt(awarded, "Ada"), ben])
    assert [[seal.intact for seal in found.values()] for found in about.values()] == [
        [True],
        [False],
    ]


@pytest.mark.parametrize(
    ("name", "which"),
    [
        ("late_answer", "id"),
        ("credential", "id"),
        ("credential_revocation", "credential_id"),
        ("credential_replacement", "credential_id"),
    ],
)
def test_late_answers_and_the_ends_of_credentials_are_missed(awarded, name, which):
    """
    A revocation that is deleted brings a credential back, and is named like all that is gone.
    """
    (row, *_) = rows(awarded.engine, name)

    remove(awarded.engine, name, **{which: row[which]})

    assert (name, str(row[which]), "missing") in named(awarded)


@pytest.mark.parametrize("column", ["document", "digest", "decision_id"])
def test_a_version_of_a_credential_that_was_changed_is_named(awarded, column):
    """
    The document stands in no file, and is sealed: another one is another version.
    """
    (row, *_) = rows(awarded.engine, "credential_version")
    value = another(row[column], table("credential_version").c[column])

    change(
        awarded.engine, "credential_version", {"credential_id": row["credential_id"]},
        **{column: value},
    )  # fmt: skip

    name = f"{row['credential_id']}/1"
    assert ("credential_version", name, "changed") in named(awarded)
    whole = json.dumps(export(awarded))
    assert "proofValue" not in whole


def test_what_a_holder_shows_is_no_tampering(awarded):
    """
    The holder may show a credential, and their name on it.
    """
    change(awarded.engine, "credential", {}, public=True, name_shown=True)

    assert named(awarded) == set()


def test_a_window_that_staff_changed_is_the_sealed_one(world):
    """
    Changed and withdrawn through the program, nothing is named; past it, the administration is.
    """
    id_, now = world.administration.id, world.clock.now()
    later = now + timedelta(hours=12)
    with db.writing(world.engine) as session:
        delivery.change_window(session, world.clock, world.staff, id_, now, later)
    with db.writing(world.engine) as session:
        delivery.withdraw_administration(session, world.clock, world.staff, id_)
    assert named(world) == set()

    change(world.engine, "administration", {"id": id_}, closes_at=later + timedelta(hours=1))

    assert named(world) == {("administration", str(id_), "changed")}


def test_a_withdrawal_that_was_taken_back_past_the_program_is_named(world):
    """
    A withdrawn administration that is open again was changed.
    """
    id_ = world.administration.id
    with db.writing(world.engine) as session:
        delivery.withdraw_administration(session, world.clock, world.staff, id_)

    change(world.engine, "administration", {"id": id_}, withdrawn_at=None)

    assert named(world) == {("administration", str(id_), "changed")}


def test_answers_handed_in_from_a_forged_stored_state_are_named(world, monkeypatch):
    """
    Body and seal of a stored state made anew: the record is not the fold of the whole log.
    """
    monkeypatch.setattr(stored_attempts, "EVERY", 10)
    cy = world.sit("Cy", right=6, submit=False)
    (state,) = rows(world.engine, "attempt_state")
    item_id = world.form.items[6].ref.item_id
    body = state["body"]
    body["responses"] = {**body["responses"], item_id: world.answer(item_id, right=True)}
    assert body["responses"] != rows(world.engine, "attempt_state")[0]["body"]["responses"]
    forged = digest({"head": state["digest"], "attempt": body})
    change(world.engine, "attempt_state", {}, body=body, seal=forged)
    writer = AttemptWriter(world.engine, world.clock, FormsInPlay())
    writer.start()
    asked = {"attempt_id": cy.attempt_id, "session": cy.session}
    writer.record(Submit(**asked, received_at=world.clock.now()))
    writer.stop()

    (record,) = rows(world.engine, "response_record")
    assert record["responses"][item_id] == body["responses"][item_id]
    assert named(world) == {("response_record", str(record["id"]), "changed")}
