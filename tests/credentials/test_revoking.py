"""Revoking several, and making a mistake good, on both databases."""

import json

import pytest

from examengine import credentials, db, integrity
from examengine.accounts import NotAllowed, staff_acts
from examengine.credentials import (
    CredentialRevoked,
    Force,
    NotReplaceable,
    OverturnedMoved,
    RevocationReasonMissing,
    Verdict,
)
from tests.credentials.programme import (
    due,
    issue_due,
    rule,
    score_and_decide,
    stands,
    verified_here,
)

WHY = "The wrong row was chosen."


@pytest.fixture
def both(decided, body):
    """The credentials of Ada and of Cem, who passed as well."""
    decided.sit("Cem", right=11)
    score_and_decide(decided)
    return {_name(decided, one): one for one in issue_due(decided, body)}


def _name(world, credential):
    with db.reading(world.engine) as session:
        return credentials.candidate_of(session, world.staff, credential)


def revoke(world, *ids, reason=WHY, actor=None):
    """Revoke credentials together."""
    with db.writing(world.engine) as session:
        return credentials.revoke_several(
            session, world.clock, actor or world.staff, list(ids), reason
        )


def allow(world, credential_id, reason=WHY, actor=None):
    """Allow a new credential after a revocation."""
    with db.writing(world.engine) as session:
        credentials.allow_replacement(
            session, world.clock, actor or world.staff, credential_id, reason
        )


def revoke_all(world, seen, reason=WHY):
    """Revoke all whose decision no longer stands."""
    with db.writing(world.engine) as session:
        return credentials.revoke_overturned(
            session, world.clock, world.staff, world.administration.id, reason, seen=seen
        )


def test_a_mistake_is_made_good_with_a_new_credential(decided, body, both):
    """
    The revoked one stays revoked; once an officer allows it, a new one is due, under a new id.
    """
    ada = both["Ada"]
    revoke(decided, ada.id)
    barred = due(decided)
    allow(decided, ada.id)

    (new,) = issue_due(decided, body)

    after = due(decided)
    assert (barred.due, barred.barred) == ((), (ada.id,))
    assert new.id != ada.id
    assert (new.holding.ordinal, new.version) == (2, 1)
    assert new.holding.list_index != ada.holding.list_index
    assert verified_here(decided, body, new.document).verdict is Verdict.VERIFIED
    assert verified_here(decided, body, ada.document).reasons() == ("revoked",)
    assert (after.due, after.barred, after.issued, after.ended, after.total) == ((), (), 2, 1, 3)


def test_a_new_credential_can_be_revoked_and_replaced_like_any_other(decided, body, both):
    """
    A second mistake is made good like the first.
    """
    revoke(decided, both["Ada"].id)
    allow(decided, both["Ada"].id)
    (second,) = issue_due(decided, body)
    revoke(decided, second.id)
    allow(decided, second.id)

    (third,) = issue_due(decided, body)

    assert third.holding.ordinal == 3
    assert len({both["Ada"].id, second.id, third.id}) == 3


def test_a_new_decision_alone_does_not_bring_back_what_an_officer_revoked(decided, body, both):
    """
    Misconduct is not forgiven because the cut moved.
    """
    revoke(decided, both["Ada"].id, reason="Misconduct was proved.")
    decided.adopt_cut("7")
    score_and_decide(decided)

    renewed = issue_due(decided, body)

    assert [one.id for one in renewed] == [both["Cem"].id]
    assert due(decided).barred == (both["Ada"].id,)


def test_all_whose_decision_was_overturned_are_revoked_together(decided, body, both):
    """
    The cut is raised so that nobody passes; and lowered again: each earns a new credential.
    """
    decided.adopt_cut("9.8")
    score_and_decide(decided)
    ended = revoke_all(decided, seen=2)
    decided.clock.forward(minutes=5)
    decided.adopt_cut("6")
    score_and_decide(decided)

    anew = issue_due(decided, body)

    assert {one.credential_id for one in ended} == {one.id for one in both.values()}
    assert {one.holding.ordinal for one in anew} == {2}
    assert due(decided).barred == ()
    assert {stands(decided, one.id).force for one in anew} == {Force.IN_FORCE}
    assert {stands(decided, one.id).force for one in both.values()} == {Force.REVOKED}


def test_only_what_the_officer_saw_is_revoked(decided, body, both):
    """
    Another decision in between stops it: nothing is revoked that nobody looked at.
    """
    rule(decided, "Ada", integrity.void)
    with db.reading(decided.engine) as session:
        found, count = credentials.overturned(session, decided.staff, decided.administration.id)
    rule(decided, "Cem", integrity.void)

    with pytest.raises(OverturnedMoved):
        revoke_all(decided, seen=count)

    assert [one.id for one in found] == [both["Ada"].id]
    assert due(decided).ended == 0


def test_several_are_revoked_all_or_none(decided, both):
    """
    One that was revoked before stops the others too.
    """
    revoke(decided, both["Cem"].id)

    with pytest.raises(CredentialRevoked):
        revoke(decided, both["Ada"].id, both["Cem"].id)

    assert stands(decided, both["Ada"].id).force is Force.IN_FORCE


def test_each_of_many_revocations_is_in_the_trail(decided, both):
    """
    With reason and ground, under the credential's own name.
    """
    decided.clock.forward(minutes=5)
    revoke(decided, *[one.id for one in both.values()])

    with db.reading(decided.engine) as session:
        acts = [
            staff_acts(session, decided.staff, subject=f"credential:{one.id}")[0]
            for one in both.values()
        ]
    assert {act.action for act in acts} == {"credentials.revoke"}
    assert {act.detail["ground"] for act in acts} == {"officer"}


def test_what_holds_or_may_be_followed_cannot_be_replaced(decided, both):
    """
    Neither a credential in force, nor one whose replacement was allowed before.
    """
    with pytest.raises(NotReplaceable):
        allow(decided, both["Ada"].id)
    revoke(decided, both["Ada"].id)
    allow(decided, both["Ada"].id)

    with pytest.raises(NotReplaceable):
        allow(decided, both["Ada"].id)
    revoke(decided, both["Cem"].id)
    with pytest.raises(RevocationReasonMissing):
        allow(decided, both["Cem"].id, reason=" ")


def test_a_holder_neither_revokes_nor_forgives(decided, both):
    """
    Not even their own.
    """
    ada = decided.candidates["Ada"].actor

    with pytest.raises(NotAllowed):
        revoke(decided, both["Ada"].id, actor=ada)
    with pytest.raises(NotAllowed):
        allow(decided, both["Ada"].id, actor=ada)
    with pytest.raises(NotAllowed), db.reading(decided.engine) as session:
        credentials.overturned(session, ada, decided.administration.id)


def test_an_operator_revokes_all_that_were_overturned_in_two_steps(decided, both, run_here):
    """
    First they are listed with their number; only with that number are they revoked.
    """
    decided.adopt_cut("9.8")
    score_and_decide(decided)
    which = ("--overturned", str(decided.administration.id))

    listed = run_here("revoke", *which)
    before = due(decided).ended
    wrong = run_here("revoke", *which, "--confirm", "3", "--reason", "The cut was raised.")
    silent = run_here("revoke", *which, "--confirm", "2")
    done = run_here("revoke", *which, "--confirm", "2", "--reason", "The cut was raised.")

    stated = [json.loads(line) for line in listed.stdout.splitlines()]
    assert {one["credential_id"] for one in stated} == {str(one.id) for one in both.values()}
    assert {one["standing"] for one in stated} == {"decision_not_in_force"}
    assert "--confirm 2" in listed.stderr
    assert before == 0
    assert isinstance(wrong.exception, OverturnedMoved)
    assert isinstance(silent.exception, RevocationReasonMissing)
    assert len(done.stdout.splitlines()) == 2
    assert due(decided).ended == 2


def test_an_operator_revokes_several_and_makes_one_good(decided, body, both, run_here):
    """
    Revoke, allow, issue: three commands; the new credential has another id.
    """
    ada, cem = (str(both[name].id) for name in ("Ada", "Cem"))

    revoked = run_here("revoke", ada, cem, "--reason", "The wrong rows.")
    allowed = run_here("replace", ada, "--reason", "Ada's was right.")
    issued = run_here("issue", str(decided.administration.id))

    assert len(revoked.stdout.splitlines()) == 2
    assert json.loads(allowed.stdout) == {"credential_id": ada, "replacement_allowed": True}
    (new,) = [json.loads(line) for line in issued.stdout.splitlines()]
    assert new["credential_id"] not in {ada, cem}
    assert new["version"] == 1


def test_an_operator_names_credentials_or_an_administration(decided, both, run_here):
    """
    Neither, or both, changes nothing.
    """
    one = str(both["Ada"].id)
    both_named = ("revoke", one, "--overturned", str(decided.administration.id), "--reason", "x")

    assert run_here("revoke", "--reason", "x").exit_code == 2
    assert run_here(*both_named).exit_code == 2
    assert due(decided).ended == 0
