"""Panels at work, on both databases."""

from dataclasses import replace
from uuid import UUID

import pytest

from examengine import standard_setting as setting_standards
from examengine.accounts import NotAllowed, Role, staff_acts, system_actor
from examengine.standard_setting import (
    NothingRecommended,
    PanelUnknown,
    PanelUnusable,
    RatingOutOfRange,
    RatingsMissing,
    RatingsUnusable,
    RoundMoved,
)
from tests.standard_setting.exams import PRETEST, rate_all, set_up

LONG = "judge_id,item_id,rating"


def test_a_panel_rates_the_scored_items_of_a_form(session, setting, panel, judges):
    """
    Judges see the items that count, in the order of the form, and no pretest item.
    """
    assert panel.item_ids == setting.item_ids
    assert PRETEST not in panel.item_ids
    assert [judge.judge_id for judge in panel.judges] == ["Jo First", "Jo Second"]


def test_a_rating_is_kept_and_the_last_one_counts(session, clock, officer, judges, panel):
    """
    Rating again replaces nothing in the record, and the new rating is the one that is read.
    """
    judge, item = judges[0], panel.item_ids[0]
    for typed in ("40", "40", "55"):
        clock.forward(seconds=10)
        setting_standards.save_rating(session, clock, judge, panel.id, item, seen=1, typed=typed)

    found = setting_standards.my_panel(session, judge, panel.id)

    assert found.rating(item).share == 0.55
    assert found.rating(item).at == clock.now()
    assert found.missing == len(panel.item_ids) - 1


def test_nobody_sees_a_panel_they_do_not_sit_on(session, clock, person, panel):
    """
    A panelist of another panel is told that there is no such panel, whatever they try.
    """
    stranger, item = person(Role.PANELIST, name="Stranger"), panel.item_ids[0]

    assert setting_standards.my_panels(session, stranger) == []
    for act in (
        lambda: setting_standards.my_panel(session, stranger, panel.id),
        lambda: setting_standards.judged_item(session, stranger, panel.id, item),
        lambda: setting_standards.finish_round(session, clock, stranger, panel.id, seen=1),
        lambda: setting_standards.save_rating(
            session, clock, stranger, panel.id, item, seen=1, typed="50"
        ),
    ):
        with pytest.raises(PanelUnknown):
            act()


def test_only_officers_lead_a_panel(session, clock, person, setting, judges, panel):
    """
    Neither a judge nor a psychometrician sets up, closes, imports or takes a judge out.
    """
    for actor in (judges[0], person(Role.PSYCHOMETRICIAN), person(Role.ADMINISTRATOR)):
        for act in (
            lambda a: set_up(session, clock, a, setting, *judges),
            lambda a: setting_standards.close_round(session, clock, a, panel.id, seen=1, last=True),
            lambda a: setting_standards.import_ratings(
                session, clock, a, panel.id, source="r.csv", content=b""
            ),
            lambda a: setting_standards.let_judge_leave(
                session, clock, a, panel.id, "Jo First", reason="no"
            ),
        ):
            with pytest.raises(NotAllowed):
                act(actor)


def test_a_judge_who_lost_the_role_rates_no_more(session, clock, judges, panel):
    """
    Being named on a panel is not enough: the role is asked for each time.
    """
    judge = judges[0]
    without = replace(judge, roles=frozenset({Role.CANDIDATE}))

    with pytest.raises(NotAllowed):
        setting_standards.save_rating(
            session, clock, without, panel.id, panel.item_ids[0], seen=1, typed="50"
        )


def test_a_judge_has_to_be_a_panelist(session, clock, person, officer, setting, judges):
    """
    Naming somebody without the role is refused before anything is stored.
    """
    with pytest.raises(PanelUnusable, match="is no panelist"):
        set_up(session, clock, officer, setting, judges[0], person(Role.AUTHOR, name="Al"))

    assert setting_standards.panels_of_exam(session, officer, setting.exam.id) == []


def test_a_rating_out_of_range_stores_nothing(session, clock, judges, panel):
    """
    A refused rating leaves the one before it as it was.
    """
    judge, item = judges[0], panel.item_ids[0]
    setting_standards.save_rating(session, clock, judge, panel.id, item, seen=1, typed="40")

    with pytest.raises(RatingOutOfRange):
        setting_standards.save_rating(session, clock, judge, panel.id, item, seen=1, typed="140")

    assert setting_standards.my_panel(session, judge, panel.id).rating(item).share == 0.4


def test_two_rounds_from_first_rating_to_recommendation(session, clock, officer, judges, panel):
    """
    Judges rate, finish, see the panel, rate again; the last round is what is recommended.
    """
    rate_all(session, clock, judges[0], panel, 40)
    rate_all(session, clock, judges[1], panel, 80)
    setting_standards.finish_round(session, clock, judges[0], panel.id, seen=1)
    states = setting_standards.rating_progress(session, officer, panel.id)
    assert [(one.rated, one.finished) for one in states] == [(6, True), (6, False)]
    setting_standards.close_round(session, clock, officer, panel.id, seen=1, last=False)

    told = setting_standards.my_panel(session, judges[0], panel.id).feedback[panel.item_ids[0]]
    item = setting_standards.judged_item(session, judges[0], panel.id, panel.item_ids[0])
    assert (told.own, told.median) == (0.4, pytest.approx(0.6))
    assert item.share_right == pytest.approx(0.5)

    rate_all(session, clock, judges[0], panel, 50, seen=2)
    rate_all(session, clock, judges[1], panel, 70, seen=2)
    setting_standards.close_round(session, clock, officer, panel.id, seen=2, last=False)
    found = setting_standards.recommendation(session, officer, panel.id)
    assert found.panel.over
    assert found.result.cut == pytest.approx(3.6)
    assert [one.se_judges for one in found.result.rounds] == pytest.approx([1.2, 0.6])


def test_the_first_round_is_rated_unswayed(session, judges, panel):
    """
    Before a round is closed a judge is told neither how others rate nor how hard the item is.
    """
    found = setting_standards.judged_item(session, judges[0], panel.id, panel.item_ids[0])

    assert found.judging.feedback == {}
    assert found.share_right is None


def test_a_closed_round_takes_no_rating(session, clock, officer, judges, panel):
    """
    A page that was drawn before the round was closed is refused.
    """
    for judge in judges:
        rate_all(session, clock, judge, panel, 60)
    setting_standards.close_round(session, clock, officer, panel.id, seen=1, last=True)

    with pytest.raises(RoundMoved):
        setting_standards.save_rating(
            session, clock, judges[0], panel.id, panel.item_ids[0], seen=1, typed="10"
        )


def test_nothing_is_recommended_before_a_round_is_closed(session, officer, panel):
    """
    There is no preview of an open round, not even for the officer.
    """
    with pytest.raises(NothingRecommended):
        setting_standards.recommendation(session, officer, panel.id)


def test_a_judge_who_leaves_counts_in_no_round(session, clock, person, officer, setting, judges):
    """
    The recommendation is that of the judges who stayed, in earlier rounds as well.
    """
    third = person(Role.PANELIST, name="Jo Third")
    panel = set_up(session, clock, officer, setting, *judges, third)
    for judge, percent in zip((*judges, third), (50, 60, 100), strict=True):
        rate_all(session, clock, judge, panel, percent)
    setting_standards.close_round(session, clock, officer, panel.id, seen=1, last=False)
    before = setting_standards.recommendation(session, officer, panel.id)

    setting_standards.let_judge_leave(
        session, clock, officer, panel.id, "Jo Third", reason="fell ill"
    )

    after = setting_standards.recommendation(session, officer, panel.id)
    assert after.result.cut == pytest.approx(3.3)
    assert after.digest != before.digest
    assert setting_standards.my_panels(session, third) == []


def test_a_round_is_finished_by_a_judge_only_when_whole(session, clock, judges, panel):
    """
    Finishing with items left to rate is refused with their number.
    """
    setting_standards.save_rating(
        session, clock, judges[0], panel.id, panel.item_ids[0], seen=1, typed="50"
    )

    with pytest.raises(RatingsMissing) as refusal:
        setting_standards.finish_round(session, clock, judges[0], panel.id, seen=1)

    assert refusal.value.missing == 5


def test_a_file_brings_whole_rounds(session, clock, officer, setting):
    """
    A file of two rounds closes the first one and leaves the last one for the officer to close.
    """
    panel = set_up(session, clock, officer, setting, names=["A", "B"])
    rows = [
        f"{judge},{item},{share},{number}"
        for number, shares in ((1, (0.4, 0.8)), (2, (0.5, 0.7)))
        for judge, share in zip("AB", shares, strict=True)
        for item in panel.item_ids
    ]
    content = "\n".join([LONG + ",round", *rows]).encode()

    stored = setting_standards.import_ratings(
        session, clock, officer, panel.id, source="r.csv", content=content
    )

    assert stored.open_round == 2
    setting_standards.close_round(session, clock, officer, panel.id, seen=2, last=False)
    found = setting_standards.recommendation(session, officer, panel.id)
    assert [one.cut for one in found.result.rounds] == pytest.approx([3.6, 3.6])


def test_a_file_with_a_fault_stores_nothing(session, clock, officer, setting):
    """
    One bad cell among good ones keeps the whole file out.
    """
    panel = set_up(session, clock, officer, setting, names=["A", "B"])
    content = f"{LONG}\nA,{panel.item_ids[0]},0.5\nB,{panel.item_ids[0]},65\n".encode()

    with pytest.raises(RatingsUnusable):
        setting_standards.import_ratings(
            session, clock, officer, panel.id, source="r.csv", content=content
        )

    assert [one.rated for one in setting_standards.rating_progress(session, officer, panel.id)] == [
        0,
        0,
    ]


def test_a_file_sent_again_replaces_the_one_before(session, clock, officer, setting):
    """
    A corrected file holds from then on: what it leaves empty is not rated any more.
    """
    panel = set_up(session, clock, officer, setting, names=["A", "B"])
    first, second = panel.item_ids[:2]

    for text in (f"A,{first},0.5\nA,{second},0.5", f"A,{first},0.6\nA,{second},"):
        setting_standards.import_ratings(
            session, clock, officer, panel.id, source="r", content=f"{LONG}\n{text}\n".encode()
        )

    assert [one.rated for one in setting_standards.rating_progress(session, officer, panel.id)] == [
        1,
        0,
    ]


def test_a_file_never_replaces_what_a_judge_said_here(session, clock, officer, judges, panel):
    """
    Nobody can put other ratings in the mouth of a judge who rated in the browser.
    """
    item = panel.item_ids[0]
    setting_standards.save_rating(session, clock, judges[0], panel.id, item, seen=1, typed="50")

    with pytest.raises(RatingsUnusable, match="has rated in the browser in round 1"):
        setting_standards.import_ratings(
            session,
            clock,
            officer,
            panel.id,
            source="r.csv",
            content=f"{LONG}\nJo First,{item},0.9\n".encode(),
        )


def test_an_unknown_panel_is_refused(session, officer):
    """
    An id that names no panel is said to, not a defect.
    """
    with pytest.raises(PanelUnknown):
        setting_standards.find_panel(session, officer, UUID(int=0))


def test_what_an_officer_did_is_in_the_staff_trail(session, clock, officer, judges, panel):
    """
    Setting up and closing are acts on the panel, the closing with the digest of its ratings.
    """
    for judge in judges:
        rate_all(session, clock, judge, panel, 60)
    clock.forward(minutes=1)
    setting_standards.close_round(session, clock, officer, panel.id, seen=1, last=True)

    acts = staff_acts(session, system_actor(), subject=f"panel:{panel.id}")

    assert [act.action for act in acts] == [
        "standard_setting.close_round",
        "standard_setting.set_up_panel",
    ]
    found = setting_standards.recommendation(session, officer, panel.id)
    assert acts[0].detail["digest"] == found.digest
