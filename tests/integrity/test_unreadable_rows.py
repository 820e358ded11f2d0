"""Rows that were changed into nonsense: the list and the case open, and say which row it is."""

import pytest

from examengine import db, delivery, integrity
from tests.integrity.tampering import another, change, rows, table

NONSENSE = ([["no", "id"]], {"a": {"b": 1}}, 7, None)
"""What a JSON column can hold, and no reader of ours expects."""
ROWS = {"administration": "id", "attempt": "id", "response_record": "attempt_id"}
"""Tables, with the column that says whose row it is."""
SAID_BY_THE_LOG = {
    *("started_at", "deadline", "submitted_at", "version", "digest", "session"),
    *("last_client", "last_seq", "last_at", "answered_version"),
    *("chosen", "section", "section_deadline", "section_closed_at"),
}
NAME = {"candidate"}
"""Names are in no seal, so that they can be corrected and forgotten."""


def opened(world):
    """Open the list of administrations, the invigilator's list, and the case of Ada."""
    id_, ada = world.administration.id, world.candidates["Ada"].attempt_id
    with db.reading(world.engine) as session:
        listed = delivery.list_administrations(session)
        roster = delivery.roster(session, world.clock, world.staff, id_, name="", start=0, most=50)
        watched = integrity.watch(session, world.staff, roster.attempts)
        case = integrity.find_case(session, world.clock, world.staff, ada)
        integrity.timeline(case.subject.log)
    assert id_ in {one.id for one in listed}
    assert ada in {one.subject.id for one in watched}
    return case


def changed_values(name, row):
    """Return column and value of all that somebody could write into a row instead."""
    own = {"id", ROWS[name], "administration_id", "organisation_id"}
    for column in table(name).columns:
        if column.name not in own:
            was = row[column.name]
            yield column.name, another(was, column)
            if "JSON" in repr(column.type):
                yield from ((column.name, value) for value in NONSENSE if value != was)


@pytest.mark.parametrize("name", ROWS)
def test_the_case_opens_whatever_a_row_holds(decided, name):
    """
    A case is looked at just when something is wrong with it, so nothing keeps it from opening.
    """
    whose = {"administration": decided.administration.id}
    key = {ROWS[name]: whose.get(name, decided.candidates["Ada"].attempt_id)}
    (before,) = [row for row in rows(decided.engine, name) if row.items() >= key.items()]

    unsealed = []
    for column, value in changed_values(name, before):
        change(decided.engine, name, key, **{column: value})
        if all(seal.intact for seal in opened(decided).subject.evidence.seals):
            unsealed.append(column)
        change(decided.engine, name, key, **{column: before[column]})

    assert set(unsealed) <= SAID_BY_THE_LOG | NAME
    assert all(seal.intact for seal in opened(decided).subject.evidence.seals)
