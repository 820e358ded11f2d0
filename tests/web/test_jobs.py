"""The pages of jobs: how far they are, what comes next, and who may look."""

import json
import re
from uuid import UUID

import pytest

from examengine import accounts, bank, db, jobs
from examengine.accounts import Role
from examengine.bank import import_jobs
from examengine.bank.formats import load_files
from examengine.jobs import JobState, Try, repository
from examengine.jobs.embedded import begin_next
from examengine.web import job_streams
from tests.bank.small_bank import as_yaml, item, three_items
from tests.bank.small_bank import files as bank_files
from tests.jobs.inline import do_waiting


@pytest.fixture
def parts(client):
    """What the application is made of."""
    return client.app.state.components


@pytest.fixture
def author(visitors, parts, clock):
    """Somebody who imports into the small bank, signed in."""
    with db.writing(parts.engine_of_first) as session:
        loaded = load_files(bank_files(*three_items()))
        bank.import_bank(session, clock, accounts.system_actor(), loaded)
    return visitors.enter(visitors.add(Role.AUTHOR, name="Ada"))


def ask(visitors, *items) -> str:
    """Ask for a check of item files; return the address of the job."""
    sent = [("files", (f"{one['id']}.yaml", as_yaml(one))) for one in items]
    page = "/bank/small/import"
    answer = visitors.send(page, page, files=sent, dry_run="true")
    assert answer.status_code == 303
    return answer.headers["location"]


def new_version() -> dict:
    """An item that may come."""
    return item("S-1", "single_choice", version=2, seconds=70)


def test_a_job_that_waits_looks_again_without_script(visitors, client, author):
    """
    The page says what it waits for, follows it with script, and looks again without.
    """
    address = ask(visitors, new_version())

    page = client.get(address).text

    assert '<noscript><meta http-equiv="refresh"' in page
    assert f'data-events="{address}/events"' in page
    assert "Check 1 file for Small bank" in page
    assert "Waiting" in page


def test_a_job_that_nobody_takes_says_so(visitors, client, author, clock):
    """
    When it has waited for a while and no worker was heard of, the page says who can help.
    """
    address = ask(visitors, new_version())
    soon = client.get(address).text
    clock.forward(seconds=20)

    later = client.get(address).text

    assert "no worker has been heard of" not in soon
    assert "no worker has been heard of" in later
    assert "examengine worker" in later


def test_the_first_button_of_a_job_that_is_done_leads_to_its_report(visitors, client, author):
    """
    Nothing is left to look for: the report is one press away, and the page follows nothing more.
    """
    address = ask(visitors, new_version())
    do_waiting(client.app)

    page = client.get(address).text
    main = page[page.index("<main") :]

    assert re.search(r'class="button" href="(/bank/small/imports/[^"]+)"', main)
    assert "data-events" not in page
    assert "refresh" not in page


def test_progress_is_sent_as_it_changes_and_ends_with_the_job(visitors, client, author):
    """
    A stream of server-sent events says how the job stands, and ends when it is over.
    """
    address = ask(visitors, new_version())
    do_waiting(client.app)

    with client.stream("GET", f"{address}/events") as stream:
        sent = "".join(stream.iter_text())

    told = json.loads(re.search(r"data: (.+)", sent)[1])
    assert stream.headers["content-type"].startswith("text/event-stream")
    assert (
        "no-store" in stream.headers["cache-control"]
        or "no-cache" in (stream.headers["cache-control"])
    )
    assert told["state"] == "done"


def test_one_person_has_three_streams_at_most(parts):
    """
    More pages than that look again by themselves; closing one makes room.
    """
    streams, ada, ben = job_streams.Streams(), UUID(int=1), UUID(int=2)

    with streams.one_of(ada), streams.one_of(ada):
        with streams.one_of(ada), streams.one_of(ben), pytest.raises(job_streams.StreamsTooMany):
            streams.one_of(ada).__enter__()
        with streams.one_of(ada):
            pass


def test_a_job_is_stopped_from_its_page_and_tried_again(visitors, client, author):
    """
    Stopped at once while it waits; the page then offers to send files again, or the same.
    """
    address = ask(visitors, new_version())

    visitors.send(address, f"{address}/cancel")
    stopped = client.get(address).text
    visitors.send(address, f"{address}/again")
    do_waiting(client.app)

    assert "It was stopped" in stopped
    assert stopped.index("Send files again") < stopped.index("Try the same again")
    assert "It is done" in client.get(address).text


def test_a_job_that_is_over_cannot_be_stopped(visitors, client, author):
    """
    Whoever presses too late is told so.
    """
    address = ask(visitors, new_version())
    do_waiting(client.app)

    answer = visitors.send(address, f"{address}/cancel")

    assert answer.status_code == 409
    assert "over already" in answer.text


def test_a_failure_is_told_with_its_remedy(visitors, client, author, parts):
    """
    The page of a job that failed says why, and its first button is what to do about it.
    """
    address = ask(visitors, new_version())
    begun = begin_next(parts.engine, parts.clock, "here")
    with db.writing(parts.engine_of_first) as session:
        failure = jobs.Failure("defect", "Something went wrong", "Defect <7>.")
        repository.fail(session, begun, failure, parts.clock.now())

    page = client.get(address).text

    assert "Defect &lt;7&gt;." in page
    assert page.index("Send files again") < page.index("Try the same again")


def test_others_see_no_job_of_a_role_they_do_not_play(visitors, client, author):
    """
    For a candidate there is none; another author sees it, and cannot stop it.
    """
    address = ask(visitors, new_version())

    visitors.enter(visitors.add(Role.CANDIDATE, name="Ben"))
    for_candidate = [client.get(f"{address}{end}").status_code for end in ("", "/events")]
    visitors.enter(visitors.add(Role.AUTHOR, name="Cleo"))
    for_author = client.get(address)

    assert for_candidate == [404, 404]
    assert for_author.status_code == 200
    assert "Stop it" not in for_author.text
    assert visitors.send(address, f"{address}/cancel").status_code == 403
    assert visitors.send(address, f"{address}/again").status_code == 404


def test_who_has_much_waiting_is_told_to_let_some_end(visitors, client, author, monkeypatch):
    """
    A limit on what waits, in words, and nothing is stored beyond it.
    """
    monkeypatch.setattr("examengine.jobs.service.MOST_OF_ONE", 2)
    for _ in range(2):
        ask(visitors, new_version())
    sent = [("files", ("S-1.yaml", as_yaml(new_version())))]

    answer = visitors.send("/bank/small/import", "/bank/small/import", files=sent, dry_run="true")

    assert answer.status_code == 429
    assert "2 jobs wait or run already" in answer.text
    assert do_waiting(client.app) == 2


def test_the_list_shows_what_somebody_asked_for(visitors, client, author):
    """
    One's own jobs, the newest first, each a link to its page; an administrator sees all.
    """
    empty = client.get("/jobs").text
    address = ask(visitors, new_version())

    own = client.get("/jobs").text
    visitors.enter(visitors.add(Role.ADMINISTRATOR, name="Ben"))

    assert "Nothing has been asked for" in empty
    assert f'href="{address}"' in own
    assert f'href="{address}"' in client.get("/jobs").text


def test_old_jobs_are_swept_away(visitors, client, author, parts, clock):
    """
    A month after it ended a job is gone, with what came with it and of it.
    """
    address = ask(visitors, new_version())
    do_waiting(client.app)

    clock.forward(days=31)
    swept = jobs.delete_old_jobs(parts.engine, clock.now())

    assert swept == 1
    with db.reading(parts.engine_of_first) as session, pytest.raises(jobs.JobUnknown):
        jobs.find_job(session, author, UUID(address.rsplit("/", 1)[1]))


def test_an_older_try_can_write_nothing(visitors, client, author, parts, clock):
    """
    A worker that was thought dead and is not finds its job taken, and its work is rolled back.
    """
    address = ask(visitors, new_version())
    job_id = UUID(address.rsplit("/", 1)[1])
    first = begin_next(parts.engine, clock, "first")
    clock.forward(minutes=2)
    second = begin_next(parts.engine, clock, "second")

    with db.writing(parts.engine_of_first) as session:
        late = repository.finish(session, first, b"{}", "sha256:x", clock.now())

    assert (first, second) == (Try(job_id, 1), Try(job_id, 2, losses=1))
    assert late is False
    with db.reading(parts.engine_of_first) as session:
        assert jobs.find_job(session, author, job_id).state is JobState.RUNNING


def test_an_import_that_ends_in_the_middle_is_gone_on_with(
    visitors, client, author, parts, clock, monkeypatch
):
    """
    Versions come in before the index; another try makes that, and reports what the first one did.
    """
    page = "/bank/small/import"
    sent = [("files", ("S-1.yaml", as_yaml(new_version())))]
    address = visitors.send(page, page, files=sent, dry_run="false").headers["location"]
    with monkeypatch.context() as without_power:
        without_power.setattr(import_jobs, "index_items", _ends_here)
        do_waiting(client.app)
    half = client.get(address).text
    listed = client.get("/bank/small?version_from=2").text
    report = address.replace("/jobs/", "/bank/small/imports/")

    assert "is left out" in half
    assert client.get(report).status_code == 404
    assert "0 of 3 items" in listed
    visitors.send(address, f"{address}/again")
    do_waiting(client.app)
    assert "new version" in client.get(report).text
    assert "1 of 3 items" in client.get("/bank/small?version_from=2").text


def _ends_here(*_: object) -> None:
    raise RuntimeError("the lights went out")
