"""Responses as numbers: coded when they arrive, and never instead of the records."""

from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, text
from sqlmodel import Session

from examengine import accounts, db, delivery
from examengine.bank import ITEM_TYPES
from examengine.delivery import coded_responses, coding, coding_repository
from examengine.delivery.coded_responses import coded, joined, packed, unpacked
from examengine.importing import import_administration, read_administration
from examengine.kernel.ids import new_id
from tests.importing.small_administration import write_small_administration


@pytest.fixture
def small(engine: Engine, clock, tmp_path):
    """The small imported administration: four candidates on two forms."""
    read = read_administration(write_small_administration(tmp_path))
    with db.writing(engine) as session:
        return import_administration(session, clock, accounts.system_actor(), read).administration


def told(session: Session, administration_id) -> dict[str, dict[str, object]]:
    """What the numbers say each record answered."""
    return {
        record_id: {
            item: None if code == 0 else part.responses[place][code - 1]
            for place, (item, code) in enumerate(zip(part.items, row, strict=True))
        }
        for part in coded_responses(session, administration_id)
        for (record_id, _), row in zip(part.records, part.codes.tolist(), strict=True)
    }


def answered(session: Session, administration_id) -> dict[str, dict[str, object]]:
    """What each record says."""
    return {
        str(record.id): dict(record.responses)
        for record in delivery.response_records(session, administration_id)
    }


def blocks(session: Session) -> int:
    """How many blocks are stored."""
    return session.execute(text("SELECT count(*) FROM coded_responses")).scalar_one()


def test_an_import_is_coded_at_once_and_says_what_the_records_say(engine, small):
    """
    One block for each form, and every response comes back as it was given.
    """
    with db.reading(engine) as session:
        assert blocks(session) == 2
        assert told(session, small.id) == answered(session, small.id)


def test_what_is_in_no_block_is_read_from_the_records(engine, small):
    """
    A database from before there were blocks, or a hand-in of a moment ago, lacks nothing.
    """
    with db.writing(engine) as session:
        session.execute(text("DELETE FROM coded_responses"))

    with db.reading(engine) as session:
        assert told(session, small.id) == answered(session, small.id)


@pytest.mark.parametrize(
    "tampering",
    [
        "UPDATE coded_responses SET digest = 'sha256:0'",
        "UPDATE coded_responses SET width = 2",
    ],
)
def test_a_block_that_is_not_what_it_was_is_not_used(engine, small, tampering):
    """
    A block that was changed is passed over, and the records are read instead.
    """
    with db.writing(engine) as session:
        session.execute(text(tampering))

    with db.reading(engine) as session:
        assert told(session, small.id) == answered(session, small.id)


def test_a_record_that_is_not_what_its_digest_says_counts_nowhere(engine, small):
    """
    Neither the block that was made of it nor the record itself is taken; the others are.
    """
    with db.writing(engine) as session:
        one = min(answered(session, small.id))
        session.execute(
            text("UPDATE response_record SET digest = 'sha256:1' WHERE id = :id"),
            {"id": UUID(one).hex if engine.dialect.name == "sqlite" else UUID(one)},
        )

    with db.reading(engine) as session:
        left = answered(session, small.id)
        assert left.pop(one)
        assert told(session, small.id) == left


def test_what_is_handed_in_is_coded_once_there_is_a_block_of_it(engine, small, monkeypatch):
    """
    Few records wait; a block of them is coded, and nothing is coded twice.
    """
    with db.writing(engine) as session:
        session.execute(text("DELETE FROM coded_responses"))

    assert coding.code_handed_in(engine) == 0
    monkeypatch.setattr(coding, "BLOCK", 4)
    assert coding.code_handed_in(engine) == 4
    assert coding.code_handed_in(engine) == 0
    with db.reading(engine) as session:
        assert told(session, small.id) == answered(session, small.id)


def test_of_two_processes_that_code_the_same_records_one_stores_them(engine, small, monkeypatch):
    """
    The second finds the block taken, stores nothing and fails nobody.
    """
    with db.writing(engine) as session:
        session.execute(text("DELETE FROM coded_responses"))
    monkeypatch.setattr(coding, "BLOCK", 4)
    numbers = coding_repository.last_numbers
    monkeypatch.setattr(coding_repository, "last_numbers", lambda *_: {})

    assert coding.code_handed_in(engine) == 4
    monkeypatch.setattr(coding, "_behind", lambda _: [small.id])
    monkeypatch.setattr(coding, "_uncoded", delivery.response_records)

    assert coding.code_handed_in(engine) == 0
    with db.reading(engine) as session:
        assert set(numbers(session, small.id).values()) == {1}


SOME_MOMENT = datetime(2026, 11, 21, tzinfo=UTC)
RECORD = delivery.ResponseRecord(
    id=UUID(int=0),
    administration_id=UUID(int=1),
    attempt_id=None,
    person_id=None,
    candidate="row",
    form_id=UUID(int=2),
    form_digest="sha256:0",
    responses={},
    seconds={},
    head="sha256:0",
    head_version=None,
    reason="imported",
    submitted_at=SOME_MOMENT,
)
responses = st.none() | st.text(max_size=4) | st.lists(st.sampled_from("abc"), max_size=3)


@given(st.lists(st.lists(responses, min_size=2, max_size=2), min_size=1, max_size=12), st.data())
def test_joined_blocks_say_what_their_records_say(rows, data):
    """
    However records fall into blocks, each response is found again under its number.
    """
    cut = data.draw(st.integers(1, len(rows)))
    form = new_id(SOME_MOMENT)
    records = [
        replace(RECORD, id=new_id(SOME_MOMENT), form_id=form, responses={"Q1": one, "Q2": two})
        for one, two in rows
    ]
    parts = [part for part in (records[:cut], records[cut:]) if part]

    whole = joined([coded(form, ("Q1", "Q2"), part) for part in parts])

    for record, codes in zip(records, whole.codes, strict=True):
        for place, item in enumerate(whole.items):
            code = int(codes[place])
            found = None if code == 0 else whole.responses[place][code - 1]
            assert found == record.responses[item]
    assert all(len({repr(one) for one in each}) == len(each) for each in whole.responses)


@pytest.mark.parametrize(
    "name", sorted(name for name, kind in ITEM_TYPES.items() if not kind.by_person)
)
def test_a_code_is_worth_what_the_responses_behind_it_are(name):
    """
    What is marked once for each code gives every record the points of its own response.
    """
    kind = ITEM_TYPES[name]
    example = kind.example
    different = [None, kind.key_response(example), *kind.wrong_responses(example)]
    records = [
        replace(RECORD, id=UUID(int=row), responses={"Q1": different[row % len(different)]})
        for row in range(3 * len(different))
    ]

    whole = joined([coded(RECORD.form_id, ("Q1",), [record]) for record in records])

    worth = [0, *(kind.points(example, response) for response in whole.responses[0])]
    assert [worth[code] for code in whole.codes[:, 0]] == [
        kind.points(example, record.responses["Q1"]) for record in records
    ]


@given(st.integers(1, 400), st.integers(1, 5), st.sampled_from([3, 255, 256, 60_000]))
def test_packed_codes_come_out_as_they_went_in(n_records, n_items, highest):
    """
    One byte or two, the numbers are the same.
    """
    codes = (np.arange(n_records * n_items) % (highest + 1)).astype(np.uint16)
    codes = codes.reshape(n_records, n_items)

    width, data = packed(codes)

    np.testing.assert_array_equal(unpacked(width, data, n_records, n_items), codes)


def test_a_bomb_is_not_unpacked():
    """
    Compressed data of more numbers than there should be is refused before it is spread out.
    """
    _, data = packed(np.zeros((4000, 500), dtype=np.uint16))

    with pytest.raises(ValueError, match="reshape"):
        unpacked(1, data, 1, 1)
