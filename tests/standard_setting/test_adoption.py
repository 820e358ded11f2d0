"""Adopting a cut, on both databases: by whom, on what, and once."""

from threading import Barrier, Thread

import pytest

from examengine import db, standard_setting
from examengine.accounts import NotAllowed, Role, staff_acts, system_actor
from examengine.standard_setting import (
    SET_ELSEWHERE,
    AdoptionReasonMissing,
    CutOutOfRange,
    CutScoreMoved,
    NothingRecommended,
    PanelMoved,
    ParametersLacking,
    cut_score_digest,
)
from tests.conftest import add_actor
from tests.standard_setting.exams import make_setting, rate_all, set_up


@pytest.fixture
def found(session, clock, officer, judges, panel):
    """What the panel recommends after its only round: 3.9 of 6 points, standard error 0.3."""
    rate_all(session, clock, judges[0], panel, 60)
    rate_all(session, clock, judges[1], panel, 70)
    standard_setting.close_round(session, clock, officer, panel.id, seen=1, last=True)
    return standard_setting.recommendation(session, officer, panel.id)


def adopt(session, clock, actor, found, **changed):
    """Adopt a cut from what was found."""
    wanted = {
        "points": str(found.result.cut),
        "reason": "the panel agreed",
        "seen_panel": found.digest,
        "seen_cut": None,
        **changed,
    }
    return standard_setting.adopt_cut(session, clock, actor, found.panel.id, **wanted)


def test_an_officer_adopts_what_was_recommended(session, clock, officer, setting, found):
    """
    The adopted cut names panel, form and parameters by digest, and holds for the exam.
    """
    cut = adopt(session, clock, officer, found)

    assert cut == standard_setting.current_cut(session, setting.exam.id)
    assert cut.digest == cut_score_digest(cut)
    assert (cut.panel_digest, cut.form_digest) == (found.digest, setting.form.digest)
    assert cut.recommended_cut == cut.raw_cut == pytest.approx(3.9)
    assert cut.theta_cut == pytest.approx(0.619039208)
    assert cut.scale_cut == 562
    assert cut.standard_error == pytest.approx(0.3)


def test_what_was_offered_is_what_is_adopted(session, clock, officer, found):
    """
    The cut one standard error lower becomes exactly what the page said it would.
    """
    lower = standard_setting.cuts_to_choose_from(session, officer, found.panel.id)[1]

    cut = adopt(session, clock, officer, found, points=str(lower.placement.raw_cut))

    assert lower.steps == -1
    assert (cut.theta_cut, cut.scale_cut) == (
        lower.placement.theta_cut,
        lower.placement.scale_cut,
    )
    assert cut.recommended_cut == pytest.approx(3.9)


@pytest.mark.parametrize(
    "role", [Role.PSYCHOMETRICIAN, Role.PANELIST, Role.ADMINISTRATOR, Role.AUTHOR, Role.INVIGILATOR]
)
def test_nobody_but_an_officer_adopts(session, clock, person, setting, found, role):
    """
    No other role adopts a cut, whether a panel recommended it or somebody elsewhere.
    """
    actor = person(role)

    with pytest.raises(NotAllowed):
        adopt(session, clock, actor, found)
    with pytest.raises(NotAllowed):
        standard_setting.adopt_cut_set_elsewhere(
            session,
            clock,
            actor,
            setting.exam.id,
            setting.form.id,
            points="3",
            standard_error="",
            reason="mine",
            seen_cut=None,
        )

    assert standard_setting.current_cut(session, setting.exam.id) is None


def test_a_second_cut_replaces_the_first_only_knowingly(session, clock, officer, setting, found):
    """
    A page drawn before the first adoption is refused; one that shows it adds version 2.
    """
    first = adopt(session, clock, officer, found)

    with pytest.raises(CutScoreMoved):
        adopt(session, clock, officer, found)
    second = adopt(session, clock, officer, found, points="4", seen_cut=first.id)

    assert [
        cut.version for cut in standard_setting.cut_history(session, officer, setting.exam.id)
    ] == [2, 1]
    assert standard_setting.current_cut(session, setting.exam.id) == second
    assert standard_setting.find_cut(session, first.id) == first


def test_of_two_officers_at_the_same_moment_one_adopts(engine, clock, hasher):
    """
    Two adoptions that saw no cut race in two transactions: one is stored, one is refused in words.
    """
    with db.writing(engine) as session:
        setting = make_setting(session, clock)
        people = [
            add_actor(session, clock, hasher, role, name=name)
            for role, name in (
                (Role.AWARDING_OFFICER, "Olive"),
                (Role.PANELIST, "A"),
                (Role.PANELIST, "B"),
            )
        ]
        panel = set_up(session, clock, people[0], setting, *people[1:])
        for judge in people[1:]:
            rate_all(session, clock, judge, panel, 60 + len(judge.name))
        standard_setting.close_round(session, clock, people[0], panel.id, seen=1, last=True)
        found = standard_setting.recommendation(session, people[0], panel.id)
    together, outcomes = Barrier(2), []

    def try_it() -> None:
        together.wait()
        try:
            with db.writing(engine) as session:
                outcomes.append(adopt(session, clock, people[0], found).version)
        except CutScoreMoved:
            outcomes.append("moved")

    threads = [Thread(target=try_it) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(map(str, outcomes)) == ["1", "moved"]


def test_a_panel_with_rounds_to_go_gives_no_cut(session, clock, officer, judges, panel):
    """
    Between two rounds there is a recommendation to look at, and none to adopt.
    """
    for judge in judges:
        rate_all(session, clock, judge, panel, 60)
    standard_setting.close_round(session, clock, officer, panel.id, seen=1, last=False)
    found = standard_setting.recommendation(session, officer, panel.id)

    with pytest.raises(NothingRecommended):
        adopt(session, clock, officer, found)


@pytest.mark.parametrize(
    ("changed", "refusal"),
    [
        ({"seen_panel": "sha256:other"}, PanelMoved),
        ({"reason": "  "}, AdoptionReasonMissing),
        ({"points": "0"}, CutOutOfRange),
        ({"points": "6"}, CutOutOfRange),
        ({"points": "many"}, CutOutOfRange),
        ({"points": "5.9999"}, CutOutOfRange),
    ],
)
def test_what_cannot_be_defended_is_not_adopted(
    session, clock, officer, setting, found, changed, refusal
):
    """
    Another panel than was seen, no reason, or an impossible number of points stores nothing.
    """
    with pytest.raises(refusal):
        adopt(session, clock, officer, found, **changed)

    assert standard_setting.cut_history(session, officer, setting.exam.id) == []


def test_without_parameters_a_cut_cannot_be_placed(session, clock, officer, judges):
    """
    Until the items are calibrated, the officer learns which parameters are lacking.
    """
    setting = make_setting(session, clock, calibrated=False)
    panel = set_up(session, clock, officer, setting, *judges)
    for judge in judges:
        rate_all(session, clock, judge, panel, 60)
    standard_setting.close_round(session, clock, officer, panel.id, seen=1, last=True)
    found = standard_setting.recommendation(session, officer, panel.id)

    with pytest.raises(ParametersLacking) as refusal:
        adopt(session, clock, officer, found)

    assert refusal.value.item_ids == setting.item_ids


def test_a_cut_set_elsewhere_says_so(session, clock, officer, setting):
    """
    A published passing score is adopted with its reason and names no panel.
    """
    cut = standard_setting.adopt_cut_set_elsewhere(
        session,
        clock,
        officer,
        setting.exam.id,
        setting.form.id,
        points="3",
        standard_error="0,4",
        reason="Passing score of the board's minutes of May 2026.",
        seen_cut=None,
    )

    assert (cut.panel_id, cut.panel_digest, cut.recommended_cut) == (None, None, None)
    assert (cut.method, cut.standard_error, cut.scale_cut) == (SET_ELSEWHERE, 0.4, 500)
    assert cut.digest == cut_score_digest(cut)


def test_the_adoption_is_in_the_staff_trail(session, clock, officer, setting, found):
    """
    The act names the exam, the reason and the digest of the cut.
    """
    clock.forward(minutes=1)
    cut = adopt(session, clock, officer, found)

    act = staff_acts(session, system_actor(), subject=f"exam:{setting.exam.id}")[0]

    assert act.action == "standard_setting.adopt_cut"
    assert act.detail == {"digest": cut.digest, "cut": "562", "reason": "the panel agreed"}
