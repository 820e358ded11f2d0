"""The officer's pages: set up a panel, follow it, read its recommendation, adopt a cut."""

import re

import pytest

from examengine import scoring, standard_setting
from examengine.accounts import Role
from examengine.psychometrics.csv_tables import read_csv
from examengine.psychometrics.cut_scores import METHODS
from tests.scoring import world as worlds
from tests.standard_setting.exams import DEFINITION, make_setting, rate_all, set_up
from tests.web.visitors import Visitors

EXAM = "/awards/cut-scores/px-exam"


@pytest.fixture
def visitors(client, clock, hasher) -> Visitors:
    """People of the application."""
    return Visitors(client, clock, hasher)


@pytest.fixture
def officer(visitors):
    """An officer who is signed in."""
    return visitors.enter(visitors.add(Role.AWARDING_OFFICER, name="Olive"))


@pytest.fixture
def judges(visitors):
    """Two panelists."""
    return [visitors.add(Role.PANELIST, name=name) for name in ("Jo First", "Jo Second")]


@pytest.fixture
def setting(visitors, clock):
    """A calibrated exam with one form."""
    with visitors.writing() as session:
        return make_setting(session, clock)


@pytest.fixture
def panel(visitors, clock, officer, setting, judges):
    """A panel on which both have rated every item once."""
    with visitors.writing() as session:
        panel = set_up(session, clock, officer, setting, *judges)
        for judge, percent in zip(judges, (60, 70), strict=True):
            rate_all(session, clock, judge, panel, percent)
        return panel


def test_without_an_exam_the_page_says_what_comes_first(client, officer):
    """
    Before any exam is described there is an empty state in words.
    """
    assert "There is no exam yet" in client.get("/awards/cut-scores").text


def test_an_officer_sets_up_a_panel_in_the_browser(client, visitors, officer, setting, judges):
    """
    Form, definition, rounds and judges are chosen on one page, and the panel is there.
    """
    assert "No cut has been adopted" in client.get(EXAM).text

    answer = visitors.send(
        f"{EXAM}/panels/new",
        f"{EXAM}/panels",
        form_id=str(setting.form.id),
        definition=DEFINITION,
        rounds="2",
        person=[str(judge.person_id) for judge in judges],
        names="Guest Judge\n",
    )

    page = client.get(answer.headers["location"]).text
    assert answer.status_code == 303
    assert all(name in page for name in ("Jo First", "Jo Second", "Guest Judge"))
    assert "not begun" in page


def test_a_refused_panel_keeps_what_was_typed(visitors, officer, setting, judges):
    """
    With one judge too few the page says so and still holds definition, judge and rounds.
    """
    refused = visitors.send(
        f"{EXAM}/panels/new",
        f"{EXAM}/panels",
        form_id=str(setting.form.id),
        definition="Reads <b>charts</b>.",
        rounds="3",
        person=[str(judges[1].person_id)],
    )

    assert refused.status_code == 422
    assert "modified Angoff needs 2 to 40" in refused.text
    assert "Reads &lt;b&gt;charts&lt;/b&gt;." in refused.text
    assert f'value="{judges[1].person_id}" checked' in refused.text
    assert '<option value="3" selected>' in refused.text


def test_an_officer_closes_the_round_and_adopts_the_cut(client, visitors, officer, panel):
    """
    The recommendation can be read after closing; adopting it makes it the exam's cut.
    """
    address = f"/awards/panels/{panel.id}"
    closed = visitors.send(address, f"{address}/close", seen=1, last="true")
    assert closed.headers["location"] == f"{address}/recommendation"
    page = client.get(f"{address}/recommendation").text
    assert "3.90" in page
    assert '<svg viewBox="0 0 620' in page

    adopted = visitors.send(
        f"{address}/recommendation",
        f"{address}/cut",
        points=re.search(r'name="points" value="([\d.]+)" checked', page)[1],
        reason="The panel agreed.",
        seen_panel=re.search(r'name="seen_panel" value="([^"]+)"', page)[1],
    )

    assert adopted.headers["location"] == EXAM
    exam = client.get(EXAM).text
    assert "<dd>562</dd>" in exam
    assert "The panel agreed." in exam
    assert "562" in client.get("/awards/cut-scores").text


def test_another_number_needs_to_be_possible_and_the_reason_is_not_lost(
    visitors, clock, officer, panel
):
    """
    An impossible number of points is refused on the page itself, with the reason still there.
    """
    address = f"/awards/panels/{panel.id}"
    with visitors.writing() as session:
        standard_setting.close_round(session, clock, officer, panel.id, seen=1, last=True)
        digest = standard_setting.recommendation(session, officer, panel.id).digest

    refused = visitors.send(
        f"{address}/recommendation",
        f"{address}/cut",
        points="other",
        other="60",
        reason="A long thought.",
        seen_panel=digest,
    )

    assert refused.status_code == 422
    assert "60 does not lie between 0 and 6" in refused.text
    assert "A long thought." in refused.text


def test_a_page_from_before_another_adoption_is_refused(client, visitors, clock, officer, panel):
    """
    Of two officers with the same page open, the second learns that another cut holds.
    """
    address = f"/awards/panels/{panel.id}"
    with visitors.writing() as session:
        standard_setting.close_round(session, clock, officer, panel.id, seen=1, last=True)
        digest = standard_setting.recommendation(session, officer, panel.id).digest
    fields = {"points": "4", "reason": "first", "seen_panel": digest}
    visitors.send(f"{address}/recommendation", f"{address}/cut", **fields)

    second = visitors.send(
        f"{address}/recommendation", f"{address}/cut", **{**fields, "points": "5"}
    )

    assert second.status_code == 409
    assert "Another cut was adopted in the meantime" in second.text
    assert "Every cut this exam has had" not in client.get(EXAM).text


def test_faults_of_a_file_are_listed_on_the_page(visitors, officer, panel):
    """
    A file that cannot be used is answered with one line per fault, where and what would be right.
    """
    address = f"/awards/panels/{panel.id}"
    content = b"judge_id,item_id,rating\nNobody,PX-001,65\n"

    refused = visitors.send(
        address, f"{address}/ratings", files={"ratings": ("mine.csv", content, "text/csv")}
    )

    assert refused.status_code == 422
    assert "mine.csv: row 2, column &#39;judge_id&#39;: &#39;Nobody&#39;" in refused.text
    assert "65 per cent is 0.65" in refused.text


def test_a_file_of_ratings_can_be_filled_in_and_sent(client, visitors, clock, officer, setting):
    """
    The template that is given out, filled in, is stored and gives the command's own figures.
    """
    with visitors.writing() as session:
        panel = set_up(session, clock, officer, setting, names=["A", "B"], rounds=1)
    address = f"/awards/panels/{panel.id}"
    template = client.get(f"{address}/template.csv")
    assert template.headers["content-disposition"] == 'attachment; filename="template.csv"'
    lines = [
        line.replace(",,", f",0.{40 + 7 * row},") if row else line
        for row, line in enumerate(template.text.splitlines())
    ]
    filled = "\n".join(lines).replace("0.1", "0.8").encode()

    stored = visitors.send(
        address, f"{address}/ratings", files={"ratings": ("r.csv", filled, "text/csv")}
    )

    assert stored.status_code == 303, stored.text
    visitors.send(address, f"{address}/close", seen=1)
    given_out = client.get(f"{address}/ratings.csv").content
    commands = METHODS["modified-angoff"].recommend(read_csv("r.csv", given_out))
    page = client.get(f"{address}/recommendation").text
    assert f"<dd>{commands.cut:.2f}</dd>" in page
    assert f"<dd>{commands.se_judges:.2f}</dd>" in page


def test_closing_too_early_says_who_is_missing(visitors, clock, officer, setting, judges):
    """
    A round in which a judge has rated nothing stays open, and the judge is named.
    """
    with visitors.writing() as session:
        panel = set_up(session, clock, officer, setting, *judges)
        rate_all(session, clock, judges[0], panel, 60)
    address = f"/awards/panels/{panel.id}"

    refused = visitors.send(address, f"{address}/close", seen=1)

    assert refused.status_code == 409
    assert "judge &#39;Jo Second&#39; rated nothing" in refused.text


def test_a_judge_leaves_with_a_reason(client, visitors, clock, officer, setting, judges):
    """
    Who has left stands on the page with the reason, and rates no more.
    """
    with visitors.writing() as session:
        panel = set_up(session, clock, officer, setting, *judges, names=["Guest"])
    address = f"/awards/panels/{panel.id}"

    without = visitors.send(address, f"{address}/leave", judge_id="Jo First", reason=" ")
    left = visitors.send(address, f"{address}/leave", judge_id="Jo First", reason="Fell ill.")

    assert without.status_code == 422
    assert left.status_code == 303
    assert "Fell ill." in client.get(address).text


def test_a_cut_set_elsewhere_is_adopted_on_its_own_page(client, visitors, officer, setting):
    """
    Points, error and reason are enough; the page says that no panel of ours set it.
    """
    fields = {"form_id": str(setting.form.id), "points": "3", "reason": "Board, May 2026."}
    address = f"{EXAM}/elsewhere"

    refused = visitors.send(address, address, **{**fields, "points": "300"})
    adopted = visitors.send(address, address, **fields)

    assert refused.status_code == 422
    assert "Board, May 2026." in refused.text
    assert adopted.headers["location"] == EXAM
    assert "somebody outside this system" in client.get(EXAM).text


def test_without_parameters_the_page_says_what_is_lacking(client, visitors, clock, officer, judges):
    """
    Before the items are calibrated the recommendation is shown, and no cut can be adopted.
    """
    with visitors.writing() as session:
        panel = set_up(
            session, clock, officer, make_setting(session, clock, calibrated=False), *judges
        )
        for judge in judges:
            rate_all(session, clock, judge, panel, 60)
        standard_setting.close_round(session, clock, officer, panel.id, seen=1, last=True)

    page = client.get(f"/awards/panels/{panel.id}/recommendation").text

    assert "This cut cannot be placed on the scale yet" in page
    assert "Adopt this cut" not in page


def test_a_psychometrician_reads_and_does_not_adopt(client, visitors, clock, officer, panel):
    """
    The recommendation is open to psychometricians; the button and the act are not theirs.
    """
    address = f"/awards/panels/{panel.id}"
    with visitors.writing() as session:
        standard_setting.close_round(session, clock, officer, panel.id, seen=1, last=True)
        digest = standard_setting.recommendation(session, officer, panel.id).digest
    visitors.enter(visitors.add(Role.PSYCHOMETRICIAN, name="Psi"))

    page = client.get(f"{address}/recommendation")
    tried = visitors.send("/", f"{address}/cut", points="4", reason="mine", seen_panel=digest)

    assert page.status_code == 200
    assert "Adopt this cut" not in page.text
    assert tried.status_code == 403


def test_the_officer_sees_how_many_would_pass(client, app, visitors, clock, hasher):
    """
    Beside each possible cut stands how many of the scored candidates would reach it.
    """
    world = worlds.build(app.state.components.engine_of_first, clock, hasher)
    for name, right in (("Ada", 11), ("Bo", 5), ("Cy", 2)):
        world.sit(name, right)
    judges = [visitors.add(Role.PANELIST, name=name) for name in ("Jo First", "Jo Second")]
    with visitors.writing() as session:
        scoring.score_administration(session, clock, world.staff, world.administration.id)
        panel = standard_setting.set_up_panel(
            session,
            clock,
            world.staff,
            world.form.exam_id,
            world.form.id,
            definition=DEFINITION,
            rounds=1,
            person_ids=[judge.person_id for judge in judges],
        )
        for judge, percent in zip(judges, (60, 64), strict=True):
            rate_all(session, clock, judge, panel, percent)
        standard_setting.close_round(session, clock, world.staff, panel.id, seen=1, last=True)
    visitors.enter(visitors.add(Role.AWARDING_OFFICER, name="Olive"))

    page = client.get(f"/awards/panels/{panel.id}/recommendation").text

    row = re.search(r"Spring session.*?</tr>", page, re.DOTALL)[0]
    assert row.count("33.3 %") == 5
    assert '<td class="n">3</td>' in row


@pytest.mark.parametrize("role", [Role.PANELIST, Role.CANDIDATE, Role.INVIGILATOR])
def test_others_are_kept_out(client, visitors, setting, panel, role):
    """
    Judges, candidates and invigilators see neither recommendations nor ratings of a panel.
    """
    visitors.enter(visitors.add(role, name="Other"))

    answers = [
        client.get(address)
        for address in (
            "/awards/cut-scores",
            EXAM,
            f"/awards/panels/{panel.id}",
            f"/awards/panels/{panel.id}/recommendation",
            f"/awards/panels/{panel.id}/ratings.csv",
        )
    ]

    assert [answer.status_code for answer in answers] == [403] * 5
