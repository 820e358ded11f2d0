"""When no page of the exam was in front: told by the pages, never by one that was replaced."""

from datetime import timedelta

import pytest

from examengine.delivery import FocusLost, FocusReturned, ItemShown, ResponseSaved
from examengine.integrity.detectors._absences import absences
from examengine.integrity.detectors._examples import at

OLD, NEW = "page-old-0001", "page-new-0002"


def shown(seconds: float, page: str | None) -> ItemShown:
    """The page of an item was drawn."""
    return ItemShown(at(seconds), "A-1", page)


def lost(seconds: float, page: str, ago: float = 0.0) -> FocusLost:
    """A page says that it is not in front."""
    return FocusLost(at(seconds), "A-1", page, int(seconds * 10), ago)


def back(seconds: float, page: str, ago: float = 0.0) -> FocusReturned:
    """A page says that it is in front again."""
    return FocusReturned(at(seconds), "A-1", page, int(seconds * 10), ago)


def saved(seconds: float, page: str) -> ResponseSaved:
    """A page saved an answer."""
    return ResponseSaved(at(seconds), "A-1", "a", 1, page, int(seconds * 10))


@pytest.mark.parametrize("named", [True, False], ids=["pages named", "older log"])
class TestOnePageReplacesAnother:
    """A page that was loaded again, closed, or opened elsewhere."""

    def test_a_reload_whose_last_signal_comes_late_is_no_absence(self, named):
        """
        The old page says that it is gone after the new one was drawn: nobody was away.
        """
        old, new = (OLD, NEW) if named else (None, None)
        log = [shown(0, old), saved(3, OLD), shown(10, new), lost(10.04, OLD), saved(85, NEW)]

        assert absences(log) == []

    def test_a_reload_of_a_page_that_had_said_nothing_is_no_absence(self, named):
        """
        Neither page has saved anything; the next question is opened after a minute.
        """
        old, new = (OLD, NEW) if named else (None, None)
        log = [shown(0, old), shown(10, new), lost(10.2, OLD), shown(85, new), saved(90, NEW)]

        assert absences(log) == []

    def test_two_reloads_in_a_row_are_no_absence(self, named):
        """
        Each page is replaced by the next before it can tell.
        """
        pages = ("page-aaa-0001", "page-bbb-0002", "page-ccc-0003")
        of = dict(zip(pages, pages if named else [None] * 3, strict=True))
        log = [
            *(shown(0, of[pages[0]]), saved(1, pages[0])),
            *(shown(10, of[pages[1]]), lost(10.1, pages[0])),
            *(shown(20, of[pages[2]]), lost(20.1, pages[1]), saved(90, pages[2])),
        ]

        assert absences(log) == []

    def test_a_tab_that_was_closed_for_a_minute_is_an_absence(self, named):
        """
        The page went first, and a new one came a minute later.
        """
        old, new = (OLD, NEW) if named else (None, None)
        log = [shown(0, old), saved(3, OLD), lost(20, OLD), shown(80, new), saved(90, NEW)]

        assert [absence.seconds for absence in absences(log)] == [60.0]

    def test_the_new_page_can_be_left_like_any_other(self, named):
        """
        A reload forgives nothing that comes after it.
        """
        old, new = (OLD, NEW) if named else (None, None)
        log = [
            *(shown(0, old), saved(3, OLD), shown(10, new), lost(10.1, OLD), saved(12, NEW)),
            *(lost(20, NEW), back(50, NEW)),
        ]

        assert [absence.seconds for absence in absences(log)] == [30.0]

    def test_going_to_another_tab_of_the_exam_is_no_absence(self, named):
        """
        One page is left for another page of the same exam, and the other way round.
        """
        old, new = (OLD, NEW) if named else (None, None)
        log = [
            *(shown(0, old), saved(1, OLD), lost(10, OLD), shown(10.5, new), saved(60, NEW)),
            *(lost(70, NEW), back(70.1, OLD), saved(140, OLD)),
        ]

        assert absences(log) == []


def test_a_signal_that_was_held_up_counts_from_when_it_happened():
    """
    Without a network a short look away does not grow to the length of the cut.
    """
    log = [shown(0, OLD), lost(100, OLD, ago=80), back(100, OLD, ago=75), saved(101, OLD)]

    assert [absence.seconds for absence in absences(log)] == [5.0]


def test_a_page_that_comes_back_from_the_history_was_away():
    """
    A page that the browser kept, and shows again, tells how long it was gone.
    """
    log = [shown(0, OLD), saved(1, OLD), lost(10, OLD), back(55, OLD), saved(60, OLD)]

    assert [absence.seconds for absence in absences(log)] == [45.0]


def test_an_older_device_that_falls_asleep_takes_nobody_away():
    """
    The exam goes on at another device; the first one dims its screen.
    """
    log = [shown(0, OLD), saved(1, OLD), shown(30, NEW), saved(40, NEW), lost(60, OLD)]

    assert absences([*log, saved(200, NEW)]) == []


def test_a_long_log_of_signals_is_read_in_one_go():
    """
    Thousands of losses in a row, from many pages, are each looked at a few times only.
    """
    log = [shown(0, OLD), *(lost(n + 1, f"page-{n % 7:08}") for n in range(20_000))]

    found = absences([*log, saved(20_010, OLD)])

    assert sum(one.seconds for one in found) < timedelta(days=1).total_seconds()
