"""Snapshots: what a cell says, where it came from, and the files made of it."""

import csv
import io

import numpy as np
import pytest
from sqlmodel import Session

from examengine import accounts, assembly, bank, calibration, delivery
from examengine.calibration import Scope, Shelf, SnapshotRefused
from examengine.delivery import import_administration, read_administration
from examengine.kernel.digest import digest, digest_of_bytes
from tests.calibration.world import COMMON, PER_FORM, piloted
from tests.delivery.small_administration import write_small_administration


@pytest.fixture
def small(session: Session, clock, tmp_path):
    """The small imported administration: Q1, Q2 operational; Q3, Q4 pretest."""
    given = read_administration(write_small_administration(tmp_path))
    return import_administration(session, clock, accounts.system_actor(), given).administration


def _snapshot(session, *administrations, scope=Scope.OPERATIONAL, without=()):
    ids = [one.id for one in administrations]
    actor = accounts.system_actor()
    return calibration.analysis_of(session, actor, Shelf(), ids, scope, without=without).snapshot


def test_answers_are_scored_by_the_pinned_key(session: Session, small):
    """
    A right option scores 1, a wrong one 0, and an item without an answer 0 as well.
    """
    found = _snapshot(session, small)

    assert found.item_ids == ("Q1", "Q2")
    assert found.scores.tolist() == [[1, 1], [0, 1], [1, 0], [0, 0]]
    assert found.categories.tolist() == [["a", "b"], ["b", "b"], ["a", "omitted"], ["c", "a"]]


def test_other_forms_are_missing_by_design(session: Session, small):
    """
    With pretest items, what was not in a candidate's form is not presented, and not wrong.
    """
    found = _snapshot(session, small, scope=Scope.ALL)

    assert found.item_ids == ("Q1", "Q2", "Q3", "Q4")
    assert found.scored == (True, True, False, False)
    assert found.scores.tolist() == [[1, 1, 1, -1], [0, 1, -1, 1], [1, 0, 1, -1], [0, 0, -1, 0]]


def test_the_digest_names_records_items_and_scores(session: Session, small):
    """
    A stranger computes the digest again from the body, which names every record and version.
    """
    found = _snapshot(session, small)

    body = calibration.snapshot_body(found)
    records = delivery.response_records(session, small.id)
    assert found.digest == digest(body)
    assert [one["digest"] for one in body["records"]] == [record.digest for record in records]
    assert [one["digest"] for one in body["items"]] == [item.digest for item in found.items]
    assert body["scores"] == digest_of_bytes(calibration.scored_csv(found))


def test_the_files_are_what_the_commands_read(session: Session, small):
    """
    Scored file, raw file and key follow the response formats, and agree with each other.
    """
    found = _snapshot(session, small, scope=Scope.ALL)

    scored = list(csv.DictReader(io.StringIO(calibration.scored_csv(found).decode())))
    raw = list(csv.DictReader(io.StringIO(calibration.raw_csv(found).decode())))
    key = list(csv.DictReader(io.StringIO(calibration.key_csv(found).decode())))
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
    found = _snapshot(session, piloted(session, clock).pilot)

    for place in range(len(found.items)):
        seen = found.scores[:, place] >= 0
        right = np.isin(found.categories[seen, place].astype(str), found.keys(place))
        assert np.array_equal(right, found.scores[seen, place] == 1)


def test_two_forms_share_their_common_items(session: Session, clock):
    """
    Common items are presented to everybody, the others to the candidates of one form.
    """
    found = _snapshot(session, piloted(session, clock).pilot)

    presented = (found.scores >= 0).sum(axis=0)
    assert found.scores.shape == (2 * PER_FORM, 30)
    assert sorted(presented) == [PER_FORM] * 24 + [2 * PER_FORM] * COMMON


def test_records_can_be_left_out(session: Session, small):
    """
    Voided answers stay out of the matrix, and out of its digest.
    """
    whole = _snapshot(session, small)
    first = delivery.response_records(session, small.id)[0]

    found = _snapshot(session, small, without=[first.id])

    assert len(found.records) == 3
    assert found.digest != whole.digest


def test_nobody_has_answered_yet(session: Session, clock, small):
    """
    Without records there is no matrix, and the refusal says so.
    """
    everyone = [record.id for record in delivery.response_records(session, small.id)]

    with pytest.raises(SnapshotRefused, match="nobody has submitted"):
        _snapshot(session, small, without=everyone)


def test_two_banks_do_not_mix(session: Session, clock, small):
    """
    Items of two banks have no common scale, so they are not put into one matrix.
    """
    world = piloted(session, clock)

    with pytest.raises(SnapshotRefused, match="2 banks"):
        _snapshot(session, small, world.pilot)


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
    answers = [delivery.GivenAnswers("eve", form, {first.item_id: None}, {})]
    later = delivery.record_administration(
        session, clock, console, world.exam, answers,
        title="Later", simulated=False, test=True, source_digest=form.digest, at=clock.now(),
    )  # fmt: skip

    with pytest.raises(SnapshotRefused, match=f"{first.item_id} was used in version 1 and in"):
        _snapshot(session, world.pilot, later)
