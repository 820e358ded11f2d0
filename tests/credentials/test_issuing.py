"""Issuing page by page: two at once, stopped in the middle, overtaken, on another node's keys."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import numpy as np
import pytest
from sqlalchemy import text

from examengine import credentials, db, integrity
from examengine.credentials import AwardingBody, KeyUnusable, create_key, repository
from examengine.credentials.issuing import issue as issuing
from tests.credentials.programme import due, issue_due, rule, score_and_decide
from tests.integrity.tampering import remove


@pytest.fixture
def many(decided):
    """Eight people who passed."""
    for place in range(7):
        decided.sit(f"Person{place}", right=11)
    score_and_decide(decided)
    return decided


def all_of(world):
    """Return every credential of the administration."""
    with db.reading(world.engine) as session:
        return credentials.credentials_of_administration(
            session, world.staff, world.administration.id
        )


def test_what_is_due_is_issued_in_pages(many, body):
    """
    Each page is kept before the next is signed, in the order of the response records.
    """
    pages = credentials.issue_due(
        many.engine,
        many.clock,
        body.signer(),
        np.random.default_rng(1),
        many.staff,
        body,
        many.administration.id,
        most=7,
        together=3,
    )
    first = next(pages)
    after_one = len(all_of(many))
    rest = [len(page) for page in pages]

    records = [one.holding.response_record_id for one in first]
    assert (len(first), after_one, rest) == (3, 3, [3, 1])
    assert records == sorted(records)
    assert len(due(many).due) == 1


def test_stopped_in_the_middle_it_is_gone_on_with(many, body, monkeypatch):
    """
    A crash while a page is recorded leaves nothing of that page; afterwards each has exactly one.
    """
    kept = issue_due(many, body, most=3, together=3)
    real = repository.add_versions
    monkeypatch.setattr(repository, "add_versions", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        issue_due(many, body, together=3)
    monkeypatch.setattr(repository, "add_versions", real)
    after_the_crash = len(all_of(many))

    rest = issue_due(many, body, together=3)

    records = {one.holding.response_record_id for one in all_of(many)}
    assert (len(kept), after_the_crash, len(rest), len(records)) == (3, 3, 5, 8)
    assert due(many).due == ()


def test_two_issuers_at_once_issue_each_once(many, body):
    """
    One credential for each response record, one place in the list for each credential.
    """
    ready = Barrier(2)

    def press(_):
        ready.wait()
        return issue_due(many, body, together=2)

    with ThreadPoolExecutor(2) as pool:
        issued = [one for pages in pool.map(press, range(2)) for one in pages]

    found = all_of(many)
    assert len(issued) == len(found) == 8
    assert len({one.holding.response_record_id for one in found}) == 8
    assert len({one.holding.list_index for one in found}) == 8


def test_a_ruling_while_a_page_is_signed_counts(many, body, monkeypatch):
    """
    Whatever is decided between reading and recording is asked again: nothing voided is issued.
    """
    signed = issuing._signed

    def overtaken(*given):
        rule(many, "Ada", integrity.void)
        monkeypatch.setattr(issuing, "_signed", signed)
        return signed(*given)

    monkeypatch.setattr(issuing, "_signed", overtaken)

    issued = issue_due(many, body)

    holders = {one.holding.person_id for one in issued}
    assert len(issued) == 7
    assert many.candidates["Ada"].actor.person_id not in holders


def test_signing_holds_no_transaction_open(many, body, monkeypatch):
    """
    While a page is signed another program can write.
    """
    written = []
    signed = issuing._signed

    def beside(*given):
        with many.engine.begin() as other:
            if many.engine.dialect.name == "postgresql":
                other.execute(text("SET LOCAL lock_timeout = '1s'"))
            other.execute(text("UPDATE credential SET public = public"))
        written.append(True)
        return signed(*given)

    monkeypatch.setattr(issuing, "_signed", beside)

    issue_due(many, body, together=4)

    assert written == [True, True]


def test_a_node_with_another_key_of_the_same_name_issues_nothing(many, body, tmp_path):
    """
    The database knows the keys that signed; a second node's own key is refused in words.
    """
    issue_due(many, body, most=1)
    create_key(tmp_path / "second", many.clock.now(), development=False)
    second = AwardingBody(body.public_url, tmp_path / "second", body.named)

    with pytest.raises(KeyUnusable, match="not the key-2026-1 that signed"):
        issue_due(many, second)

    assert len(all_of(many)) == 1


def check(world, body):
    """Check the keys as a node does at its start."""
    with db.reading(world.engine) as session:
        credentials.check_keys(session, body)


def test_a_node_without_the_keys_it_should_have_does_not_start(many, body, tmp_path):
    """
    Nothing signed: any folder will do. Then the key must be there, and must be the one.
    """
    empty = AwardingBody(body.public_url, tmp_path / "empty", body.named)
    create_key(tmp_path / "other", many.clock.now(), development=False)
    other = AwardingBody(body.public_url, tmp_path / "other", body.named)
    check(many, empty)
    issue_due(many, body, most=1)

    check(many, body)

    with pytest.raises(KeyUnusable, match="holds no signing key"):
        check(many, empty)
    with pytest.raises(KeyUnusable, match="make no keys of a second node's own"):
        check(many, other)


def test_keys_that_signed_before_they_were_noted_are_known_by_a_signature(many, body, tmp_path):
    """
    After an upgrade no public half is noted yet: the signatures tell the right key.
    """
    issue_due(many, body, most=1)
    with many.engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM credential_key")
    create_key(tmp_path / "other", many.clock.now(), development=False)
    other = AwardingBody(body.public_url, tmp_path / "other", body.named)

    check(many, body)

    with pytest.raises(KeyUnusable, match="not the key-2026-1 that signed"):
        check(many, other)


def test_a_key_that_was_lost_is_named(many, body, tmp_path):
    """
    A newer key does not make good for an older one that signed.
    """
    issue_due(many, body, most=1)
    create_key(body.keys, many.clock.now(), development=False)
    (body.keys / "key-2026-1.json").unlink()

    with pytest.raises(KeyUnusable, match="key-2026-1, which is not in"):
        check(many, body)


def test_a_void_that_was_deleted_past_the_program_earns_nobody_a_credential(many, body):
    """
    The decision and the clearance before it agree again, but the ledger knows of another ruling.
    """
    rule(many, "Ada", integrity.void)
    assert remove(many.engine, "clearance", state="voided") == 1

    issued = issue_due(many, body)

    holders = {one.holding.person_id for one in issued}
    assert len(issued) == 7
    assert many.candidates["Ada"].actor.person_id not in holders
