"""From real sittings, scores and decisions to credentials, on both databases."""

import json

import pytest

from examengine import credentials, db, integrity, scoring
from examengine.accounts import NotAllowed
from examengine.credentials import Verdict
from tests.credentials.programme import due, issue_due, rule, score_and_decide


def test_whoever_passed_gets_one_and_whoever_failed_gets_none(decided, body):
    """
    One credential, for Ada, that states her decision and her score by id and digest.
    """
    (credential,) = issue_due(decided, body)

    with db.reading(decided.engine) as session:
        (decision,) = scoring.decisions_in_force(session, decided.administration.id)[:1]
        report = credentials.verify_here(session, decided.clock, body, credential.document)
    document = json.loads(credential.document)
    links = {link["genre"]: link for link in document["evidence"]}
    assert credential.holding.person_id == decided.candidates["Ada"].actor.person_id
    assert report.verdict is Verdict.VERIFIED
    assert links["Decision"]["narrative"] == decision.digest
    assert links["ScoreRecord"]["id"] == f"urn:uuid:{decision.score_record_id}"
    assert links["ScoreRecord"]["narrative"] == decision.score_record_digest
    assert document["credentialSubject"]["result"][0]["value"] == str(decision.scale_score)
    assert document["credentialSubject"]["achievement"]["name"] == "Short"


def test_nothing_is_issued_twice(decided, body):
    """
    Asked for again, after a crash or by a second press, nothing more is issued.
    """
    issue_due(decided, body)

    again = issue_due(decided, body)

    standing = due(decided)
    assert again == []
    assert (standing.passed, standing.due, standing.issued) == (1, (), 1)


def test_a_held_result_is_not_due(world, body):
    """
    Until a person has cleared it, a held attempt leads to nothing.
    """
    world.adopt_cut("6")
    rule(world, "Ada", integrity.hold)
    score_and_decide(world)

    assert due(world).due == ()
    assert issue_due(world, body) == []


def test_a_hold_after_the_decision_stops_the_credential(decided, body):
    """
    A decision that is no longer in force yields nothing, though it was passed.
    """
    due_before = due(decided).due

    rule(decided, "Ada", integrity.hold)

    assert len(due_before) == 1
    assert due(decided).due == ()
    assert issue_due(decided, body) == []


def test_a_voided_result_leaves_a_credential_to_look_at(decided, body):
    """
    A credential whose result was voided afterwards is shown to the officer, who revokes it.
    """
    (credential,) = issue_due(decided, body)
    rule(decided, "Ada", integrity.void)
    score_and_decide(decided)
    before = due(decided)

    with db.writing(decided.engine) as session:
        credentials.revoke(session, decided.clock, decided.staff, credential.id, "Voided.")

    assert before.stale == (credential.holding.response_record_id,)
    assert due(decided).stale == ()
    assert due(decided).ended == 1
    assert issue_due(decided, body) == []


def test_a_decision_at_a_new_cut_renews_the_credential(decided, body):
    """
    The same credential states the new pass mark, in a second version.
    """
    (first,) = issue_due(decided, body)
    decided.adopt_cut("7")
    score_and_decide(decided)

    (second,) = issue_due(decided, body)

    assert second.id == first.id
    assert second.version == 2
    assert second.decision_id != first.decision_id


def test_at_most_so_many_are_issued_at_once(decided, body):
    """
    The rest stays due for the next time.
    """
    decided.sit("Cem", right=10)
    score_and_decide(decided)

    first = issue_due(decided, body, most=1)

    assert len(first) == 1
    assert len(due(decided).due) == 1
    assert len(issue_due(decided, body, most=1)) == 1


def test_a_candidate_sees_and_issues_nothing_here(decided, body):
    """
    Neither the list of what is due nor a credential of one's own.
    """
    ada = decided.candidates["Ada"].actor
    with db.writing(decided.engine) as session, pytest.raises(NotAllowed):
        credentials.awards_due(session, ada, decided.administration.id)
    with pytest.raises(NotAllowed):
        issue_due(decided, body, actor=ada, most=1)
