"""The response matrix: what a cell says, where it came from, and the files made of it."""

import csv
import io

import numpy as np
import pytest
from sqlmodel import Session

from examengine import accounts, assembly, bank, delivery, four_eyes, integrity, marking
from examengine.importing import import_administration, read_administration
from examengine.kernel.digest import digest, digest_of_bytes
from examengine.marking import (
    OMITTED_CODE,
    LeftOut,
    MatrixRefused,
    NobodyCounts,
    NotReached,
    Policy,
    Scope,
)
from tests.calibration.world import COMMON, PER_FORM, piloted
from tests.importing.small_administration import write_small_administration


@pytest.fixture
def small(session: Session, clock, tmp_path):
    """The small imported administration: Q1, Q2 operational; Q3, Q4 pretest."""
    given = read_administration(write_small_administration(tmp_path))
    return import_administration(session, clock, accounts.system_actor(), given).administration


def _matrix(session, *administrations, **policy):
    ids = [one.id for one in administrations]
    return marking.response_matrix(session, ids, Policy(**policy))


def test_answers_are_scored_by_the_pinned_key(session: Session, small):
    """
    A right option scores 1, a wrong one 0, and an item without an answer 0 as well.
    """
    found = _matrix(session, small)

    assert found.item_ids == ("Q1", "Q2")
    assert found.scores.tolist() == [[1, 1], [0, 1], [1, 0], [0, 0]]
    assert found.answered(0).tolist() == ["a", "b", "a", "c"]
    assert found.answered(1).tolist() == ["b", "b", "omitted", "a"]


def test_other_forms_are_missing_by_design(session: Session, small):
    """
    With pretest items, what was not in a candidate's form is not presented, and not wrong.
    """
    found = _matrix(session, small, scope=Scope.ALL)

    assert found.item_ids == ("Q1", "Q2", "Q3", "Q4")
    assert found.scored == (True, True, False, False)
    assert found.scores.tolist() == [[1, 1, 1, -1], [0, 1, -1, 1], [1, 0, 1, -1], [0, 0, -1, 0]]


def test_the_digest_names_records_items_and_scores(session: Session, small):
    """
    A stranger computes the digest again from the body, which names every record and version.
    """
    found = _matrix(session, small)

    body = marking.matrix_body(found)
    records = delivery.response_records(session, small.id)
    assert found.digest == digest(body)
    assert [one["digest"] for one in body["records"]] == [record.digest for record in records]
    assert [one["digest"] for one in body["items"]] == [item.digest for item in found.items]
    assert body["scores"] == digest_of_bytes(marking.scored_csv(found))


def test_the_files_are_what_the_commands_read(session: Session, small):
    """
    Scored file, raw file and key follow the response formats, and agree with each other.
    """
    found = _matrix(session, small, scope=Scope.ALL)

    scored = list(csv.DictReader(io.StringIO(marking.scored_csv(found).decode())))
    raw = list(csv.DictReader(io.StringIO(marking.raw_csv(found).decode())))
    key = list(csv.DictReader(io.StringIO(marking.key_csv(found).decode())))
    assert [row["Q2"] for row in scored] == ["1", "1", "0", "0"]
    assert [row["Q4"] for row in scored] == ["", "1", "", "0"]
    assert [row["Q2"] for row in raw] == ["b", "b", "omitted", "a"]
    assert [row["person_id"] for row in raw] == [record_id for record_id, _ in found.records]
    assert [(row["item_id"], row["key"]) for row in key] == [
        ("Q1", "a"),
        ("Q2", "b"),
        ("Q3", "c"),
        ("Q4", "a"),
    ]


def test_key_and_raw_file_give_the_scores(session: Session, clock):
    """
    For every item type, an answer is right exactly when its category is among the keys.
    """
    found = _matrix(session, piloted(session, clock).pilot)

    for place in range(len(found.items)):
        seen = found.scores[:, place] >= 0
        right = np.isin(found.answered(place)[seen].astype(str), found.keys(place))
        assert np.array_equal(right, found.scores[seen, place] == 1)


def test_two_forms_share_their_common_items(session: Session, clock):
    """
    Common items are presented to everybody, the others to the candidates of one form.
    """
    found = _matrix(session, piloted(session, clock).pilot)

    presented = (found.scores >= 0).sum(axis=0)
    assert found.scores.shape == (2 * PER_FORM, 30)
    assert sorted(presented) == [PER_FORM] * 24 + [2 * PER_FORM] * COMMON


def _void(session, clock, records):
    actor = accounts.system_actor()
    four_eyes.switch(session, clock, actor, on=False, reason="One person is all of the staff.")
    for record in records:
        case = integrity.find_case(session, clock, actor, record.id)
        integrity.void(session, clock, actor, record.id, "Found to be copied.", seen=case.version)


def test_voided_answers_are_in_no_figure(session: Session, clock, small):
    """
    Voided answers stay out of the matrix and its digest, and are counted as left out.
    """
    whole = _matrix(session, small)

    _void(session, clock, delivery.response_records(session, small.id)[:1])

    found = _matrix(session, small)
    assert len(found.records) == 3
    assert found.left_out == LeftOut(voided=1)
    assert found.digest != whole.digest


def test_nobody_has_answered_yet(session: Session, clock, small):
    """
    Where all is voided there is no matrix, and the refusal says so.
    """
    _void(session, clock, delivery.response_records(session, small.id))

    with pytest.raises(NobodyCounts, match="nobody has submitted"):
        _matrix(session, small)


def test_items_not_reached_are_missing_where_the_policy_says_so(session: Session, small):
    """
    What is unanswered after the last answer is missing; what was passed over still gets nothing.
    """
    found = _matrix(session, small, scope=Scope.ALL, not_reached=NotReached.MISSING)

    whole = _matrix(session, small, scope=Scope.ALL)
    passed_over = (whole.scores >= 0) & (found.scores < 0)
    assert found.digest != whole.digest
    assert (whole.scores[passed_over] == 0).all()
    assert not (whole.codes[passed_over] > OMITTED_CODE).any()


def test_dropped_items_have_no_column(session: Session, small):
    """
    An item that is left out is named by the policy, and so by the digest.
    """
    found = _matrix(session, small, dropped=frozenset({"Q1"}))

    assert found.item_ids == ("Q2",)
    assert marking.matrix_body(found)["policy"]["dropped"] == ["Q1"]


def test_a_run_made_before_policies_had_names_is_known_again(session: Session, small):
    """
    The digest that these responses had as a snapshot can still be computed of them.
    """
    found = _matrix(session, small)
    body = marking.matrix_body(found)

    former = {
        "schema": "examengine/snapshot/1",
        "administrations": body["administrations"],
        "bank_id": body["bank_id"],
        "scope": "operational",
        "policy": "unanswered items of the form score 0, omitted or not reached; "
        "other forms are missing",
        "records": body["records"],
        "items": [
            {name: item[name] for name in ("item_id", "version", "digest", "scored")}
            for item in body["items"]
        ],
        "scores": body["scores"],
    }
    assert found.former_digest == digest(former)


def test_two_banks_do_not_mix(session: Session, clock, small):
    """
    Items of two banks have no common scale, so they are not put into one matrix.
    """
    world = piloted(session, clock)

    with pytest.raises(MatrixRefused, match="2 banks"):
        _matrix(session, small, world.pilot)


def test_two_versions_of_an_item_do_not_mix(session: Session, clock):
    """
    A changed item is another item; the refusal names both versions.
    """
    console = accounts.system_actor()
    world = piloted(session, clock)
    first = world.forms[0].items[0].ref
    changed = next(
        item for item in bank.latest_versions(session, "data-literacy") if item.ref == first
    )
    newer = bank.item_version("data-literacy", {**changed.content, "version": 2})
    loaded = bank.LoadedBank(
        bank.find_bank(session, console, "data-literacy"),
        (bank.LoadedItem("changed.yaml", newer.content, {}),),
        {},
        (),
    )
    report = bank.import_bank(session, clock, console, loaded)
    assert report.accepted, report
    items = [assembly.FormItem(newer.ref, scored=True), *world.forms[0].items[1:]]
    form = assembly.publish_given_form(session, clock, console, world.exam.id, "C", items)
    answers = [delivery.CandidateResponses("eve", form, {first.item_id: None}, {})]
    later = delivery.record_administration(
        session, clock, console, world.exam, answers,
        title="Later", simulated=False, test=True, source_digest=form.digest, at=clock.now(),
    )  # fmt: skip

    with pytest.raises(MatrixRefused, match=f"{first.item_id} was used in version 1 and in"):
        _matrix(session, world.pilot, later)
