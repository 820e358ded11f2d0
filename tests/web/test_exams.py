"""The author's pages about exams and forms."""

import re
from pathlib import Path

import pytest

from examengine import accounts, assembly, bank, db
from examengine.accounts import Role
from tests.conftest import PASSWORD
from tests.jobs.inline import do_waiting
from tests.sample_banks import sample_bank

SAMPLE = Path(__file__).parents[2] / "item_banks" / "data-literacy"


def _sign_in(client, app, clock, hasher, role: Role) -> None:
    with db.writing(app.state.components.engine_of_first) as session:
        accounts.add_person(
            session,
            clock,
            hasher,
            accounts.system_actor(),
            email="who@example.org",
            name="Who",
            password=PASSWORD,
            roles=[role],
        )
    form = {"csrf": _token(client, "/sign-in"), "email": "who@example.org", "password": PASSWORD}
    assert client.post("/sign-in", data=form).status_code == 303


def _token(client, address: str) -> str:
    return re.search(r'name="csrf" value="([0-9a-f]+)"', client.get(address).text)[1]


@pytest.fixture
def exam(app, clock) -> assembly.Exam:
    """The sample exam, stored, without forms."""
    with db.writing(app.state.components.engine_of_first) as session:
        console = accounts.system_actor()
        bank.import_bank(session, clock, console, sample_bank("data-literacy"))
        return assembly.save_exam(session, clock, console, assembly.read_exam(SAMPLE / "exam.toml"))


def test_an_empty_programme_says_how_to_begin(client, app, clock, hasher):
    """
    Without an exam the page says what will be here and how to get it.
    """
    _sign_in(client, app, clock, hasher, Role.AUTHOR)

    assert "No exam has been described yet" in client.get("/exams").text


def test_an_author_publishes_forms_by_one_button(client, app, clock, hasher, exam):
    """
    The forms are assembled and published, and the page then shows them with their digests.
    """
    _sign_in(client, app, clock, hasher, Role.AUTHOR)
    token = _token(client, "/exams/data-literacy")

    answer = client.post("/exams/data-literacy/forms", data={"csrf": token, "confirmed": "true"})

    do_waiting(app)
    job_page = client.get(answer.headers["location"]).text
    assert 'class="button" href="/exams/data-literacy"' in job_page
    page = client.get("/exams/data-literacy").text
    assert "Form A" in page
    assert "Form B" in page
    form = client.get("/exams/data-literacy/forms/A").text
    assert form.count("/bank/data-literacy/items/DL-") == 40


@pytest.mark.parametrize("address", ["/exams", "/exams/data-literacy"])
def test_candidates_see_no_exam_from_the_inside(client, app, clock, hasher, exam, address):
    """
    The pages of authors are closed to candidates, and say so in words.
    """
    _sign_in(client, app, clock, hasher, Role.CANDIDATE)

    answer = client.get(address)

    assert answer.status_code == 403
    assert "not yours to open" in answer.text


def test_strangers_are_sent_to_sign_in(client, exam):
    """
    Who is not signed in comes back to the page they wanted after signing in.
    """
    answer = client.get("/exams")

    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in?then=/exams")


def test_an_unknown_exam_or_form_is_said_plainly(client, app, clock, hasher, exam):
    """
    A wrong address is a page with words, never an error of ours.
    """
    _sign_in(client, app, clock, hasher, Role.AUTHOR)

    assert "There is no such exam" in client.get("/exams/nothing").text
    assert "There is no such form" in client.get("/exams/data-literacy/forms/Z").text
