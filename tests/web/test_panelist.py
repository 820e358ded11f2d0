"""The panelist's pages: what a judge sees, saves, and must not see."""

import pytest

from examengine import bank, standard_setting
from examengine.accounts import Role
from tests.standard_setting.exams import SIX_TYPES, make_setting, rate_all, set_up
from tests.web.visitors import Visitors


@pytest.fixture
def visitors(client, clock, hasher) -> Visitors:
    """People of the application."""
    return Visitors(client, clock, hasher)


@pytest.fixture
def officer(visitors):
    """Whoever leads the panel."""
    return visitors.add(Role.AWARDING_OFFICER, name="Olive")


@pytest.fixture
def judges(visitors):
    """Two panelists."""
    return [visitors.add(Role.PANELIST, name=name) for name in ("Jo First", "Jo Second")]


@pytest.fixture
def panel(visitors, clock, officer, judges):
    """Their panel."""
    with visitors.writing() as session:
        return set_up(session, clock, officer, make_setting(session, clock), *judges)


def item_page(panel, place: int = 0) -> str:
    """The address of an item's page."""
    return f"/panels/{panel.id}/items/{panel.item_ids[place]}"


def test_without_a_panel_the_page_says_what_will_be_there(client, visitors):
    """
    A panelist whom nobody has named yet reads an empty state and not an empty table.
    """
    visitors.enter(visitors.add(Role.PANELIST, name="Lou"))

    page = client.get("/panels").text

    assert "You sit on no panel yet" in page


def test_a_judge_finds_the_way_from_the_list_to_the_first_item(client, visitors, judges, panel):
    """
    The list leads to the panel with whom to think of, and the panel to the first item.
    """
    visitors.enter(judges[0])

    assert f'href="/panels/{panel.id}"' in client.get("/panels").text
    page = client.get(f"/panels/{panel.id}").text

    assert "Does not yet question how data came about." in page
    assert f'href="{item_page(panel)}">Begin with item 1' in page


@pytest.mark.parametrize("place", range(6))
def test_an_item_is_shown_as_candidates_see_it_with_its_key(client, visitors, judges, panel, place):
    """
    Each type of item is drawn with its controls, its key and the question to the judge.
    """
    visitors.enter(judges[0])
    item_type = bank.ITEM_TYPES[SIX_TYPES[place]]

    page = client.get(item_page(panel, place))

    assert page.status_code == 200
    assert f'data-response-kind="{item_type.kind}"' in page.text
    assert "<strong>Key:</strong>" in page.text
    assert "Of 100 candidates who are just good enough" in page.text


def test_a_plain_form_saves_and_goes_on(client, visitors, judges, panel):
    """
    Without script the button saves and leads to the next item, from the last to the list.
    """
    visitors.enter(judges[0])

    first = visitors.send(item_page(panel), item_page(panel), seen=1, rating="65")
    last = visitors.send(item_page(panel, 5), item_page(panel, 5), seen=1, rating="40")

    assert first.headers["location"] == item_page(panel, 1)
    assert last.headers["location"] == f"/panels/{panel.id}"
    assert 'value="65"' in client.get(item_page(panel)).text
    assert "2 of 6" in client.get(f"/panels/{panel.id}").text


def test_a_change_alone_is_saved_and_marked(visitors, judges, panel):
    """
    HTMX gets the mark of what is saved, with the value that is saved, and nothing else.
    """
    visitors.enter(judges[0])

    answer = visitors.swap(item_page(panel), item_page(panel), {"seen": 1, "rating": "65"})

    assert answer.text.lstrip().startswith('<p id="saved"')
    assert "65 of 100" in answer.text


def test_a_refused_rating_is_said_and_the_mark_stays_true(client, visitors, judges, panel):
    """
    A rating out of range is refused in words; the page goes on showing the one that is saved.
    """
    visitors.enter(judges[0])
    visitors.swap(item_page(panel), item_page(panel), {"seen": 1, "rating": "65"})

    refused = visitors.swap(item_page(panel), item_page(panel), {"seen": 1, "rating": "165"})

    assert refused.status_code == 422
    assert "whole number from 0 to 100" in refused.headers["hx-trigger"]
    assert "65 of 100" in client.get(item_page(panel)).text


def test_a_page_of_a_closed_round_is_refused_in_words(
    client, visitors, clock, officer, judges, panel
):
    """
    Whoever rates on a page from before the round was closed learns that the round is closed.
    """
    with visitors.writing() as session:
        for judge in judges:
            rate_all(session, clock, judge, panel, 60)
        standard_setting.close_round(session, clock, officer, panel.id, seen=1, last=False)
    visitors.enter(judges[0])

    stale = visitors.send(item_page(panel), item_page(panel), seen=1, rating="10")

    assert stale.status_code == 409
    assert "This round is closed" in stale.text
    page = client.get(item_page(panel)).text
    assert "Median of 2 judges" in page
    assert "Right among all candidates so far" in page


def test_a_judge_finishes_a_whole_round(client, visitors, clock, judges, panel):
    """
    The button to finish appears when every item is rated, and tells the officer.
    """
    visitors.enter(judges[0])
    address = f"/panels/{panel.id}"
    assert "Finish round 1" not in client.get(address).text
    with visitors.writing() as session:
        rate_all(session, clock, judges[0], panel, 60)

    answer = visitors.send(address, f"{address}/finish", seen=1)

    assert answer.headers["location"] == address
    assert "You have finished round 1" in client.get(address).text


def test_a_panelist_of_another_panel_sees_nothing_of_this_one(client, visitors, panel):
    """
    Panel, items and ratings of others are not found, whether they are read or written.
    """
    visitors.enter(visitors.add(Role.PANELIST, name="Stranger"))

    answers = [
        client.get(f"/panels/{panel.id}"),
        client.get(item_page(panel)),
        visitors.send("/panels", item_page(panel), seen=1, rating="50"),
        visitors.send("/panels", f"/panels/{panel.id}/finish", seen=1),
    ]

    assert [answer.status_code for answer in answers] == [404] * 4
    assert "Panel Example" not in answers[0].text


def test_a_candidate_is_kept_from_items_and_keys(client, visitors, panel):
    """
    Without the role of a panelist every page of a panel is refused.
    """
    visitors.enter(visitors.add(Role.CANDIDATE, name="Cy"))

    assert client.get("/panels").status_code == 403
    page = client.get(item_page(panel))
    assert page.status_code == 403
    assert "Key" not in page.text


def test_judges_learn_nothing_of_each_other_by_name(
    client, visitors, clock, officer, judges, panel
):
    """
    Between rounds a judge sees the panel's middle and range, and nobody's name.
    """
    with visitors.writing() as session:
        for judge in judges:
            rate_all(session, clock, judge, panel, 60)
        standard_setting.close_round(session, clock, officer, panel.id, seen=1, last=False)
    visitors.enter(judges[0])

    pages = client.get(f"/panels/{panel.id}").text + client.get(item_page(panel)).text

    assert "Jo Second" not in pages


def test_a_rating_without_the_pages_token_is_refused(client, visitors, judges, panel):
    """
    Another site cannot rate for a judge who is signed in.
    """
    visitors.enter(judges[0])

    answer = client.post(item_page(panel), data={"seen": 1, "rating": "50"})

    assert answer.status_code == 403
