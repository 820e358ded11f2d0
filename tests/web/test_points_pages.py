"""A programme that adds up points, on its pages: from the way of scoring to the report."""

import re

from tests.web.programme_pages import result_of

HERE = "/awards/cut-scores/short-exam"


def _seen(visitors):
    """Return how the exam is scored, as the page names it."""
    return re.search(r'name="seen" value="([^"]+)"', visitors.client.get(HERE).text)[1]


def _by_points(visitors):
    form = {"scoring": "points", "reason": "Twelve questions for nine people."}
    return visitors.send(HERE, f"{HERE}/scoring", seen=_seen(visitors), **form)


def test_an_exam_is_scored_by_points_from_the_page_on(client, visitors, world, officer):
    """
    An officer chooses points with a reason; the page says so, and cuts are asked for in points.
    """
    world.adopt_cut()

    sent = _by_points(visitors)

    page = client.get("/awards/cut-scores/short-exam").text
    assert sent.status_code == 303
    assert "By points" in page
    assert "No cut has been adopted" in page
    assert "11 points" in client.get("/awards/cut-scores/short-exam/elsewhere").text


def test_what_is_wrong_with_a_way_of_scoring_is_said_above_the_form(
    client, visitors, world, officer
):
    """
    A weight that is no number is named, and what was typed is kept.
    """
    form = {"scoring": "points", "weights": "DL-001 heavy", "reason": "Because."}

    page = visitors.send(HERE, f"{HERE}/scoring", seen=_seen(visitors), **form)

    assert page.status_code == 422
    assert "weights.DL-001" in page.text
    assert "DL-001 heavy" in page.text


def test_results_in_points_are_listed_decided_and_explained(client, visitors, world, officer):
    """
    List, report and explanation speak of points, and of no ability.
    """
    _by_points(visitors)
    world.sit("Ada", right=9)
    world.sit("Ben", right=2)
    world.adopt_cut("6.5")
    address = f"/awards/results/{world.administration.id}"
    visitors.send(address, f"{address}/scores")
    visitors.send(address, f"{address}/decisions")

    listed = client.get(address).text
    ada = result_of(world, "Ada")
    explained = client.get(f"/explain/{ada.decision.id}").text
    cut = client.get("/awards/cut-scores/short-exam").text
    visitors.enter(world.candidates["Ada"].actor)
    report = client.get(f"/attempts/{world.candidates['Ada'].attempt_id}/result").text

    assert "Decide at 6.5" in listed
    assert "Ability ± error" not in listed
    assert "9 of 11 points were reached" in explained
    assert "differ" not in explained
    assert "Points to pass on form A" in cut
    assert "The score of 9 points reaches the pass mark of 6.5." in report
    assert "points, of 11" in report
    assert "Compared with the pass mark" not in report
