"""Nobody acts on an exam, an attempt or a credential of their own; two agree on what is final.

Every use case that rules on a result is here; one that is written later belongs here, too.
"""

from dataclasses import replace

import numpy as np
import pytest

from examengine import (
    accounts,
    bank,
    calibration,
    credentials,
    db,
    delivery,
    four_eyes,
    integrity,
    scoring,
    standard_setting,
)
from examengine.accounts import Actor, Role
from examengine.credentials import AwardingBody, create_key
from examengine.standard_setting import CutScore
from tests.conftest import add_actor
from tests.scoring import world as worlds

REASON = "The invigilator's report and the log were read."


@pytest.fixture
def body(tmp_path, clock) -> AwardingBody:
    """An awarding body with a key."""
    create_key(tmp_path / "keys", clock.now(), development=False)
    return AwardingBody("https://exam.example.org", tmp_path / "keys", "Example Board")


@pytest.fixture
def world(engine, clock, hasher, body):
    """Ada has passed and has her credential, and is of the staff besides, in every role."""
    made = worlds.build(engine, clock, hasher)
    ada = made.sit("Ada", right=11)
    made.adopt_cut("6")
    with db.writing(engine) as session:
        scoring.score_administration(session, clock, made.staff, made.administration.id)
    with db.writing(engine) as session:
        scoring.decide(session, clock, made.staff, made.administration.id)
    _issue(None, made, made.staff, body)
    with db.writing(engine) as session:
        others = [one for one in Role if one is not Role.ADMINISTRATOR]
        accounts.set_roles(session, clock, made.staff, ada.actor.person_id, others)
    made.sit("Ben", right=11)
    return made


@pytest.fixture
def ada(world) -> Actor:
    """The candidate who is of the staff."""
    person = world.candidates["Ada"].actor
    return replace(person, roles=frozenset(Role) - {Role.ADMINISTRATOR})


def _issue(_session, world, actor, body):
    pages = credentials.issue_due(
        *(world.engine, world.clock, body.signer(), np.random.default_rng(3), actor, body),
        world.administration.id,
        most=50,
    )
    return list(pages)


def _credential(session, world):
    return credentials.credentials_of(session, world.candidates["Ada"].actor)[0]


def _rule(verb, name):
    def act(session, world, actor, _body):
        attempt = world.candidates[name].attempt_id
        seen = integrity.find_case(session, world.clock, world.staff, attempt).version
        return verb(session, world.clock, actor, attempt, REASON, seen=seen)

    return act


def _score(session, world, actor, _body):
    return scoring.score_administration(session, world.clock, actor, world.administration.id)


def _decide(session, world, actor, _body):
    return scoring.decide(session, world.clock, actor, world.administration.id)


def _adopt(session, world, actor, _body):
    return standard_setting.adopt_cut_set_elsewhere(
        *(session, world.clock, actor, world.form.exam_id, world.form.id),
        points="7",
        standard_error="0.5",
        reason=REASON,
        seen_cut=standard_setting.current_cut(session, world.form.exam_id).id,
    )


def _set_up_panel(session, world, actor, _body):
    return standard_setting.set_up_panel(
        *(session, world.clock, actor, world.form.exam_id, world.form.id),
        definition="Whoever is just good enough reads a chart without help.",
        rounds=1,
        names=["First", "Second"],
    )


def _adopt_parameters(session, world, actor, _body):
    run = bank.current_parameters(session, "data-literacy").run_id
    return calibration.adopt_run(session, world.clock, actor, run, REASON)


def _revoke(session, world, actor, _body):
    credential = _credential(session, world)
    return credentials.revoke(session, world.clock, actor, credential.id, REASON)


def _revoke_several(session, world, actor, _body):
    ids = [_credential(session, world).id]
    return credentials.revoke_several(session, world.clock, actor, ids, REASON)


def _replace(session, world, actor, _body):
    credential = _credential(session, world)
    return credentials.allow_replacement(session, world.clock, actor, credential.id, REASON)


def _enrol(session, world, actor, _body):
    rng = np.random.default_rng(1)
    return delivery.enrol_all(
        session, world.clock, rng, actor, world.administration.id, [actor.person_id]
    )


def _let_in(session, world, actor, _body):
    return accounts.let_in(session, world.clock, actor, [actor.person_id])


ACTS = {
    "hold one's own": _rule(integrity.hold, "Ada"),
    "clear one's own": _rule(integrity.clear, "Ada"),
    "void one's own": _rule(integrity.void, "Ada"),
    "hold a rival's": _rule(integrity.hold, "Ben"),
    "clear a rival's": _rule(integrity.clear, "Ben"),
    "void a rival's": _rule(integrity.void, "Ben"),
    "score": _score,
    "decide": _decide,
    "adopt a cut": _adopt,
    "set up a panel": _set_up_panel,
    "adopt parameters": _adopt_parameters,
    "issue": _issue,
    "revoke": _revoke,
    "revoke several": _revoke_several,
    "allow a new credential": _replace,
    "enrol": _enrol,
    "let in": _let_in,
}


@pytest.mark.parametrize("act", ACTS)
def test_nobody_acts_on_what_is_their_own(world, ada, body, act):
    """
    Whoever is enrolled in the exam is refused, whatever roles they have; nothing has happened.
    """
    with pytest.raises(accounts.OwnMatter), db.writing(world.engine) as session:
        ACTS[act](session, world, ada, body)


def test_a_panelist_who_sits_the_exam_rates_nothing(world, clock, hasher, ada):
    """
    Enrolled after the panel was set up, a judge can neither rate nor call the round done.
    """
    with db.writing(world.engine) as session:
        other = add_actor(session, clock, hasher, Role.PANELIST, name="Paul")
        panel = standard_setting.set_up_panel(
            *(session, clock, world.staff, world.form.exam_id, world.form.id),
            definition="Whoever is just good enough reads a chart without help.",
            rounds=1,
            person_ids=[ada.person_id, other.person_id],
        )
    item = panel.item_ids[0]
    given = {"seen": 1, "typed": "60"}

    with pytest.raises(accounts.OwnMatter), db.writing(world.engine) as session:
        standard_setting.save_rating(session, clock, ada, panel.id, item, **given)
    with db.writing(world.engine) as session:
        judging = standard_setting.save_rating(session, clock, other, panel.id, item, **given)

    assert judging.own[item].share == 0.6


def test_nobody_ends_their_own_attempt_as_staff(world, ada):
    """
    Handing in is the candidate's way; ending it as an invigilator would be for others.
    """
    other = world.sit("Cleo", right=3, submit=False)
    also_staff = replace(other.actor, name="Cleo", roles=frozenset({Role.INVIGILATOR}))

    with world._writer() as writer, pytest.raises(accounts.OwnMatter):
        delivery.end_attempt(writer, world.clock, also_staff, other.attempt_id, "I am done.")


FINAL = {"void": _rule(integrity.void, "Ben"), "adopt": _adopt, "revoke": _revoke}


@pytest.mark.parametrize("act", FINAL)
def test_what_is_final_waits_for_a_second_person(world, clock, hasher, body, act):
    """
    The first asking is a proposal and changes nothing; the second by another officer acts.
    """
    with db.writing(world.engine) as session:
        four_eyes.switch(session, clock, world.staff, on=True, reason="There are two of us.")
        first = add_actor(session, clock, hasher, Role.AWARDING_OFFICER, name="Olive")
        second = add_actor(session, clock, hasher, Role.AWARDING_OFFICER, name="Otto")
        before = _state(session, world)

    with db.writing(world.engine) as session:
        proposed = FINAL[act](session, world, first, body)
    with db.reading(world.engine) as session:
        assert isinstance(proposed, four_eyes.Proposal)
        assert _state(session, world) == before
    with pytest.raises(four_eyes.OwnProposal), db.writing(world.engine) as session:
        FINAL[act](session, world, first, body)
    with db.writing(world.engine) as session:
        FINAL[act](session, world, second, body)

    with db.reading(world.engine) as session:
        assert _state(session, world) != before
        acts = accounts.staff_acts(session, world.staff, subject=proposed.act.subject)
    told = next(one for one in acts if "confirmed_by" in one.detail)
    assert told.actor_id == first.person_id
    assert str(second.person_id) in told.detail["confirmed_by"]


def test_both_names_stand_on_the_cut(world, clock, hasher, body):
    """
    The record names who adopted it and who confirmed it, and its digest still verifies.
    """
    with db.writing(world.engine) as session:
        four_eyes.switch(session, clock, world.staff, on=True, reason="There are two of us.")
        officers = [
            add_actor(session, clock, hasher, Role.AWARDING_OFFICER, name=name)
            for name in ("Olive", "Otto")
        ]
        _adopt(session, world, officers[0], body)
        cut = _adopt(session, world, officers[1], body)

    assert isinstance(cut, CutScore)
    assert cut.adopted_by == officers[0].person_id
    assert cut.adopted_by_name == "Olive, confirmed by Otto"
    assert standard_setting.cut_score_digest(cut) == cut.digest


def test_parameters_that_changed_meanwhile_are_another_proposal(world, clock, hasher, body):
    """
    The same raw cut under other parameters is another cut on the scale: it is not confirmed.
    """
    with db.writing(world.engine) as session:
        four_eyes.switch(session, clock, world.staff, on=True, reason="There are two of us.")
        first = add_actor(session, clock, hasher, Role.AWARDING_OFFICER, name="Olive")
        second = add_actor(session, clock, hasher, Role.AWARDING_OFFICER, name="Otto")
        _adopt(session, world, first, body)
    world.adopt_parameters(a=1.4)

    with pytest.raises(four_eyes.AlreadyProposed), db.writing(world.engine) as session:
        _adopt(session, world, second, body)


def _state(session, world):
    """Return what the final acts change."""
    ben = world.candidates["Ben"].attempt_id
    ruling = integrity.find_case(session, world.clock, world.staff, ben).standing
    return (
        ruling and ruling.state,
        standard_setting.current_cut(session, world.form.exam_id).digest,
        _credential(session, world).revocation,
    )
