"""The rules of a panel, pure: who judges, what a rating is, when a round closes."""

from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from examengine.kernel.reasons import checked_reason
from examengine.psychometrics.cut_scores import METHODS
from examengine.standard_setting import (
    AdoptionReasonMissing,
    ClosedRound,
    ExpectedPointsOutOfRange,
    ItemNotOnPanel,
    Judge,
    JudgeUnknown,
    Panel,
    PanelUnusable,
    Rating,
    RatingOutOfRange,
    RatingsMissing,
    RoundMoved,
    RoundNotReady,
    panel_digest,
)
from examengine.standard_setting.panel import feedback
from examengine.standard_setting.rules import (
    checked_panel,
    close,
    finish,
    leave,
    named_judges,
    rate,
    share_of,
)

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)


MOST = {"I1": 1, "I2": 1}


def panel(*judges: str, closed: int = 0, rounds: int = 2) -> Panel:
    """A panel of these judges on two items, with so many rounds closed."""
    return Panel(
        id=UUID(int=1),
        exam_id="exam",
        exam_digest="sha256:e",
        form_id=UUID(int=2),
        form_digest="sha256:f",
        method="modified_angoff",
        definition="Just good enough.",
        rounds=rounds,
        item_ids=("I1", "I2"),
        judges=tuple(Judge(name, None) for name in judges or ("A", "B")),
        closed=tuple(ClosedRound(n, NOW, n == rounds) for n in range(1, closed + 1)),
        finished=frozenset(),
        set_up_at=NOW,
        set_up_by="Olive",
    )


def ratings(number: int = 1, **shares: tuple[float, float]) -> list[Rating]:
    """Ratings of each judge for the two items in one round."""
    return [
        Rating(number, judge, item, share, NOW)
        for judge, pair in shares.items()
        for item, share in zip(("I1", "I2"), pair, strict=True)
    ]


@given(st.integers(0, 100))
def test_a_number_of_candidates_becomes_the_share_a_file_would_hold(percent):
    """
    65 is kept as exactly the number that 0.65 in a file is.
    """
    assert share_of(str(percent), 1) == float(f"{percent / 100:.2f}")


@pytest.mark.parametrize(
    "typed", ["101", "-1", "", "abc", "0.65", "62.5", "1e2", "٥", "9" * 400, "5 5", "nan"]
)
def test_a_rating_out_of_range_is_refused(typed):
    """
    Only whole numbers from 0 to 100 are ratings; 0.65 would be taken for less than one per cent.
    """
    with pytest.raises(RatingOutOfRange):
        share_of(typed, 1)


def test_people_of_one_name_are_told_apart():
    """
    Two judges called the same, and one whose name would be a formula, get names of their own.
    """
    people = [(UUID(int=n), name) for n, name in enumerate(["Jo", "Jo", "=SUM(A1)"])]

    judges = named_judges(people, ["Guest", " "])

    assert [judge.judge_id for judge in judges] == ["Jo", "Jo (2)", "Judge 3", "Guest"]
    assert judges[3].person_id is None


@pytest.mark.parametrize(
    ("changed", "fault"),
    [
        ({"definition": "  "}, "describe the candidate"),
        ({"rounds": 4}, "4 rounds; plan 1 to 3"),
        ({"judges": [Judge("A", None)]}, "1 judges; modified Angoff needs 2 to 40"),
        ({"judges": [Judge("A", None), Judge("A", None)]}, "two judges are called “A”"),
        ({"judges": [Judge("A", None), Judge("=1+1", None)]}, "“=1+1” cannot be a judge's name"),
        ({"most_points": {}}, "no scored items"),
    ],
)
def test_a_panel_that_could_not_work_is_refused(changed, fault):
    """
    Each reason why a panel cannot be set up is said in a sentence with what would be right.
    """
    wanted = {"definition": "Enough.", "rounds": 2, "judges": panel().judges}

    with pytest.raises(PanelUnusable) as refusal:
        checked_panel(**{"most_points": MOST, **wanted, **changed})

    assert len(refusal.value.faults) == 1
    assert fault in refusal.value.faults[0]


def test_a_rating_is_for_the_open_round_and_a_scored_item():
    """
    A page of a closed round, and an item the form does not score, are refused.
    """
    found = panel(closed=1)

    with pytest.raises(RoundMoved):
        rate(found, "A", "I1", "50", 1, NOW, most_points=MOST)
    with pytest.raises(ItemNotOnPanel):
        rate(found, "A", "I9", "50", 2, NOW, most_points=MOST)

    rated = rate(found, "A", "I1", " 50 % ", 2, NOW, most_points=MOST)
    assert rated == Rating(2, "A", "I1", 0.5, NOW)


def test_points_are_said_of_an_item_worth_several():
    """
    1.5 of 3 points is a half; 65 of a hundred would be no number of its points.
    """
    found, most = panel(closed=1), {"I1": 3, "I2": 1}

    rated = [
        rate(found, "A", "I1", typed, 2, NOW, most_points=most).share
        for typed in ("1.5", "1,5", "0", "3", "2.25")
    ]

    assert rated == [0.5, 0.5, 0, 1, 0.75]
    for typed in ("65", "3.01", "-1", "1.255", "", "nan", "1e0", "٣"):
        with pytest.raises(ExpectedPointsOutOfRange):
            rate(found, "A", "I1", typed, 2, NOW, most_points=most)


def test_a_method_that_knows_right_and_wrong_alone_says_so_before_the_panel_begins(monkeypatch):
    """
    Items worth several points are named, before anybody has rated one.
    """
    method = METHODS["modified-angoff"]
    monkeypatch.setattr(type(method), "several_points", False)

    with pytest.raises(PanelUnusable, match=r"right and wrong alone.*I1"):
        checked_panel("Enough.", 2, panel().judges, {"I1": 3, "I2": 1})


def test_a_judge_finishes_when_every_item_is_rated():
    """
    One missing item keeps the round open for its judge, and is counted.
    """
    own = ratings(A=(0.5, 0.6))

    with pytest.raises(RatingsMissing) as refusal:
        finish(panel(), own[:1], 1)

    assert refusal.value.missing == 1
    assert finish(panel(), own, 1) == 1


def test_a_round_closes_only_when_it_gives_a_cut():
    """
    A judge who rated nothing and an item nobody rated are named; a gap here and there is not.
    """
    half = ratings(A=(0.5, 0.6))[:1]

    with pytest.raises(RoundNotReady) as refusal:
        close(panel(), half, 1, NOW, last=False)

    assert refusal.value.faults == (
        "round 1: judge 'B' rated nothing",
        "round 1: nobody rated item 'I2'",
    )
    assert close(panel(), [*half, *ratings(B=(0.4, 0.7))], 1, NOW, last=False).last is False


@pytest.mark.parametrize(
    ("closed", "last", "over"), [(0, False, False), (0, True, True), (1, False, True)]
)
def test_the_last_planned_round_ends_the_panel(closed, last, over):
    """
    A panel ends with its last planned round, or earlier when the officer says so.
    """
    every = [*ratings(1, A=(0.5, 0.6), B=(0.4, 0.4)), *ratings(2, A=(0.5, 0.6), B=(0.4, 0.4))]

    found = close(panel(closed=closed), every, closed + 1, NOW, last=last)

    assert found.last is over


def test_a_panel_that_is_over_takes_nothing_more():
    """
    After the last round there is no open one: no rating, no closing, nobody leaves.
    """
    found = panel(closed=2)

    assert found.open_round is None
    for act in (
        lambda: rate(found, "A", "I1", "50", 2, NOW, most_points=MOST),
        lambda: close(found, [], 3, NOW, last=False),
        lambda: leave(found, "A"),
    ):
        with pytest.raises(RoundMoved):
            act()


def test_who_has_left_cannot_leave_again_and_does_not_count():
    """
    A judge who left is no active judge; a panel of one does not give a cut.
    """
    found = panel()
    gone = replace(found, judges=(replace(found.judges[0], left_at=NOW), found.judges[1]))

    with pytest.raises(JudgeUnknown):
        leave(gone, "A")
    with pytest.raises(RoundNotReady, match="at least two judges"):
        close(gone, ratings(A=(0.5, 0.5), B=(0.4, 0.4)), 1, NOW, last=True)


def test_feedback_shows_the_panel_around_ones_own_rating():
    """
    A judge sees their own rating, the median and the range of those who have not left.
    """
    found = panel("A", "B", "C", "D", closed=1)
    found = replace(found, judges=(*found.judges[:3], replace(found.judges[3], left_at=NOW)))
    before = ratings(A=(0.2, 0.5), B=(0.6, 0.5), C=(0.7, 0.5), D=(1.0, 1.0))

    told = feedback(found, before, "A")["I1"]

    assert (told.own, told.median, told.lowest, told.highest) == (0.2, 0.6, 0.2, 0.7)
    assert told.n_judges == 3


def test_the_digest_covers_every_rating_that_counts_and_no_other():
    """
    Another share changes the digest; the order of rows, and the open round, do not.
    """
    found = panel(closed=1)
    given_ratings = ratings(A=(0.2, 0.5), B=(0.6, 0.5))
    digest = panel_digest(found, given_ratings)

    assert panel_digest(found, given_ratings[::-1]) == digest
    assert panel_digest(found, [*given_ratings, *ratings(2, A=(0.9, 0.9))]) == digest
    assert panel_digest(found, [*ratings(A=(0.2, 0.51)), *given_ratings[2:]]) != digest


@pytest.mark.parametrize("text", ["", "  \n", "x" * 2001])
def test_a_reason_is_neither_empty_nor_endless(text):
    """
    Acts that have to be defended come with a reason that can be read.
    """
    with pytest.raises(AdoptionReasonMissing):
        checked_reason(text, AdoptionReasonMissing)
