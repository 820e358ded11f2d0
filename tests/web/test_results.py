"""Scoring and deciding on the page, the list of results, and a candidate's own result."""

from decimal import Decimal

import pytest

from examengine import bank, db
from examengine.accounts import Role
from examengine.delivery import repository
from examengine.scoring import result_jobs
from examengine.web.results_plot import bands, reported_scores
from tests.jobs.inline import do_waiting
from tests.scoring.world import imported_record
from tests.web.programme_pages import result_of, void


@pytest.fixture
def address(world):
    """The page of the administration's results."""
    return f"/awards/results/{world.administration.id}"


def keys_in(text, world):
    """The keys of the exam that stand in a page, in words longer than a chance match."""
    keys = {
        bank.ITEM_TYPES[version.item_type].key_in_words(version.content)
        for version in world.versions.values()
    }
    return {key for key in keys if len(key) > 8 and key in text}


def test_the_officer_scores_and_decides_and_reads_what_was_done(
    client,
    visitors,
    world,
    address,
    officer,
):
    """
    Each button says what it will do, and afterwards the page says what it did.
    """
    world.sit("Ada", right=11)
    world.sit("Ben", right=2)
    before = client.get(address).text
    scored = visitors.send(address, f"{address}/scores")
    between = client.get(address).text
    world.adopt_cut()

    decided_now = visitors.send(address, f"{address}/decisions")

    after = client.get(address).text
    assert "Score 2 candidates" in before
    assert (scored.status_code, decided_now.status_code) == (303, 303)
    assert scored.headers["location"] == f"{address}#done"
    assert "2 new, 0 unchanged" in between
    assert "No pass mark has been adopted" in between
    assert "2 new decisions, 0 held" in after
    assert "not passed" in after


def test_many_are_scored_and_decided_about_by_a_worker(
    client, visitors, world, address, officer, monkeypatch
):
    """
    The buttons lead to a job; once it is done its button leads to what was done.
    """
    monkeypatch.setattr(result_jobs, "MOST_AT_ONCE", 1)
    world.sit("Ada", right=11)
    world.sit("Ben", right=2)
    world.adopt_cut()

    scoring_job = visitors.send(address, f"{address}/scores").headers["location"]
    not_yet = client.get(address).text
    assert do_waiting(client.app) == 1
    deciding_job = visitors.send(address, f"{address}/decisions").headers["location"]
    assert do_waiting(client.app) == 1

    after = client.get(address).text
    assert "new, 0 unchanged" not in not_yet
    assert "2 new, 0 unchanged" in after
    assert "2 new decisions, 0 held" in after
    for job in (scoring_job, deciding_job):
        assert f'href="{address}#done"' in client.get(job).text


def test_a_job_that_cannot_score_says_why(client, visitors, world, address, officer, monkeypatch):
    """
    What a page would refuse, the job refuses in the same words, and leads back.
    """
    monkeypatch.setattr(result_jobs, "MOST_AT_ONCE", -1)

    job = visitors.send(address, f"{address}/scores").headers["location"]
    do_waiting(client.app)

    page = client.get(job).text
    assert "Nobody has handed in" in page
    assert f'href="{address}">Back to the results' in page


def test_an_empty_administration_says_what_will_be_there(client, visitors, address, officer):
    """
    Before anybody has handed in there is nothing to press.
    """
    page = client.get(address).text

    assert "Nobody has handed in yet" in page
    assert '<button type="submit">Score' not in page


def test_without_parameters_the_refusal_names_the_items(
    client,
    visitors,
    world,
    address,
    officer,
):
    """
    An officer who cannot score is told which items have no parameters.
    """
    world.sit("Ada", right=3)
    world.adopt_parameters(leave_out=1)

    refused = visitors.send(address, f"{address}/scores")

    missing = [item.ref.item_id for item in world.form.items if item.scored][-1]
    assert refused.status_code == 409
    assert missing in refused.text


def test_many_candidates_are_paged_and_can_be_searched(
    client,
    visitors,
    world,
    address,
    officer,
):
    """
    A list of hundreds shows fifty at a time; a search narrows it, by script or without.
    """
    with visitors.writing() as session:
        records = [imported_record(world, f"row {n:03}", n % 12) for n in range(120)]
        repository.add_response_records(session, records)
    visitors.send(address, f"{address}/scores")

    first, last = client.get(address).text, client.get(f"{address}?start=100").text
    found = client.get(f"{address}?search=ROW+11&state=scored").text
    block = client.get(f"{address}?search=row+119", headers={"hx-request": "true"}).text

    assert ("row 049" in first, "row 050" in first, "row 119" in last) == (True, False, True)
    assert "1 to 50 of 120 candidates" in first
    assert "10 candidates" in found
    assert block.lstrip().startswith('<div id="candidates">')
    assert "1 candidate<" in block


def test_a_label_is_text_and_never_markup(client, visitors, world, address, officer):
    """
    Whatever an imported label or a search holds, it is escaped where it is shown.
    """
    with visitors.writing() as session:
        record = imported_record(world, "<script>alert(1)</script>", 3)
        repository.add_response_records(session, [record])

    page = client.get(f"{address}?search=%3Cscript%3E").text

    assert "<script>alert" not in page
    assert "&lt;script&gt;" in page


@pytest.mark.parametrize("role", [Role.CANDIDATE, Role.AUTHOR, Role.PANELIST, Role.INVIGILATOR])
def test_nobody_else_reaches_the_results(client, visitors, decided, role):
    """
    The list, the report and both buttons are refused to everybody whose they are not.
    """
    address = f"/awards/results/{decided.administration.id}"
    record_id = result_of(decided, "Ada").response_record_id
    visitors.enter(visitors.add(role, name="Wanda Wrong"))

    read = [
        client.get(page).status_code
        for page in ("/awards", "/awards/results", address, f"{address}/records/{record_id}")
    ]
    done = [visitors.send("/", f"{address}/{verb}").status_code for verb in ("scores", "decisions")]

    assert read == [403] * 4
    assert done == [403] * 2


def test_a_psychometrician_reads_and_does_not_decide(client, visitors, decided):
    """
    Deciding is the awarding officer's alone.
    """
    address = f"/awards/results/{decided.administration.id}"
    visitors.enter(visitors.add(Role.PSYCHOMETRICIAN, name="Pat"))

    page = client.get(address)
    refused = visitors.send(address, f"{address}/decisions")

    assert page.status_code == 200
    assert "What can be done" not in page.text
    assert refused.status_code == 403


def test_a_candidate_reads_their_own_result(client, visitors, decided):
    """
    Passed: the score, the pass mark, the range, the areas, the next step; never a key.
    """
    visitors.enter(decided.candidates["Ada"].actor)

    page = client.get(f"/attempts/{decided.candidates['Ada'].attempt_id}/result").text

    score = result_of(decided, "Ada").score
    assert "<h1>You passed</h1>" in page
    assert f"The score of {score.scale_score} reaches" in page
    assert "Reading charts and tables" in page
    assert "probability of about 95 %" in page
    assert keys_in(page, decided) == set()


def test_who_did_not_pass_is_told_kindly_and_plainly(client, visitors, decided):
    """
    Not passed: how far it was, where to begin, and no word that hurts.
    """
    visitors.enter(decided.candidates["Ben"].actor)

    page = client.get(f"/attempts/{decided.candidates['Ben'].attempt_id}/result").text

    assert "<h1>Your result: not passed this time</h1>" in page
    assert "below the pass mark of" in page
    assert "where to begin" in page
    assert "fail" not in page.lower()


def test_a_held_candidate_is_told_to_wait(client, visitors, decided):
    """
    While somebody has to look, the page says that the answers are safe, and nothing else.
    """
    visitors.enter(decided.candidates["Cleo"].actor)

    page = client.get(f"/attempts/{decided.candidates['Cleo'].attempt_id}/result")

    assert page.status_code == 404
    assert "Your result is not out yet" in page.text
    assert "Your answers are safe" in page.text


def test_a_void_attempt_says_why(client, visitors, decided):
    """
    A candidate whose attempt was declared void reads the reason, and no score.
    """
    void(decided, "Ada")
    visitors.enter(decided.candidates["Ada"].actor)

    page = client.get(f"/attempts/{decided.candidates['Ada'].attempt_id}/result").text

    assert "declared void" in page
    assert "the log were read" in page
    assert "scale score, from" not in page


def test_another_candidates_result_does_not_exist(client, visitors, decided):
    """
    Somebody else's attempt is answered like one that is not there.
    """
    visitors.enter(decided.candidates["Ben"].actor)

    page = client.get(f"/attempts/{decided.candidates['Ada'].attempt_id}/result")

    assert page.status_code == 404
    assert "There is no such score" in page.text


def test_staff_read_the_report_the_candidate_was_given(client, decided, officer):
    """
    Whoever answers a candidate's questions sees the same figures.
    """
    ada = result_of(decided, "Ada")

    page = client.get(
        f"/awards/results/{decided.administration.id}/records/{ada.response_record_id}"
    ).text

    assert "<h1>Ada passed</h1>" in page
    assert f"The score of {ada.score.scale_score} reaches" in page


def test_a_band_begins_at_the_pass_mark():
    """
    No bar of the plot is half passed and half not, and every score is counted once.
    """
    scores = [307, 385, 452, 499, 500, 501, 693]

    found = bands(scores, 500)

    assert any(first == 500 for first, _, _ in found)
    assert sum(count for _, _, count in found) == len(scores)
    assert reported_scores([], Decimal(500), "Scale score") is None
    assert reported_scores([Decimal(500)], None, "Scale score").table.rows == (("500", "1"),)


def test_a_search_opens_no_transaction_that_writes(client, decided, officer):
    """
    Reading results never waits for a writer, nor makes one wait.
    """
    with db.writing(decided.engine):
        page = client.get(f"/awards/results/{decided.administration.id}")

    assert page.status_code == 200


def test_a_raised_cut_says_which_decisions_still_stand(client, visitors, decided, address, officer):
    """
    Where it was adopted the first button leads to deciding anew; then nothing is said any more.
    """
    cut_page = f"/awards/cut-scores/{decided.form.exam_id}"
    settled = client.get(cut_page).text
    decided.adopt_cut("9")

    raised, results = client.get(cut_page).text, client.get(address).text
    visitors.send(address, f"{address}/decisions")

    assert "taken at another cut" not in settled
    first = raised[raised.index('class="button"') :]
    assert first.startswith(f'class="button" href="{address}#steps">Decide anew at')
    assert "2 decisions at another cut" in raised
    assert "2 decisions were taken at another cut" in results
    assert "taken at another cut" not in client.get(cut_page).text + client.get(address).text
