"""The author's pages about banks and items."""

import re
from collections.abc import Callable
from uuid import UUID

import pytest

from examengine import accounts, bank, db
from examengine.accounts import Role
from examengine.bank.formats import load_files
from examengine.web.large_imports import LARGEST_IMPORT
from tests.bank.qti_1_items import (
    MANIFEST,
    canvas,
    document,
    equal,
    listed,
    package,
    typed,
    when,
)
from tests.bank.small_bank import as_yaml, figure, files, item, three_items
from tests.conftest import PASSWORD
from tests.jobs.inline import do_waiting


@pytest.fixture
def enter(client, app, clock, hasher) -> Callable[..., None]:
    """Sign in as somebody with the given roles."""

    def sign_in(*roles: Role) -> None:
        with db.writing(app.state.components.engine_of_first) as session:
            accounts.add_person(
                session,
                clock,
                hasher,
                accounts.system_actor(),
                email="who@example.org",
                name="Who",
                password=PASSWORD,
                roles=roles,
            )
        form = {"csrf": token(client), "email": "who@example.org", "password": PASSWORD}
        assert client.post("/sign-in", data=form).status_code == 303

    return sign_in


@pytest.fixture
def small_bank(app, clock) -> list[bank.ItemVersion]:
    """The small bank, imported."""
    with db.writing(app.state.components.engine_of_first) as session:
        loaded = load_files(files(*three_items()))
        bank.import_bank(session, clock, accounts.system_actor(), loaded)
        return bank.latest_versions(session, "small")


def token(client, address: str = "/sign-in") -> str:
    """The CSRF token of a page."""
    return re.search(r'name="csrf" value="([0-9a-f]+)"', client.get(address).text)[1]


def send(client, *items: dict, dry_run: bool = False):
    """Send item files by the form of the import page; return the report."""
    sent = [("files", (f"{one['id']}.yaml", as_yaml(one))) for one in items]
    return send_files(client, sent, dry_run=dry_run)


def send_files(client, sent: list, *, dry_run: bool):
    """Send files, let a worker do what was asked for, and return the report."""
    address = "/bank/small/import"
    form = {"csrf": token(client, address), "dry_run": str(dry_run).lower()}
    answer = client.post(address, data=form, files=sent)
    assert answer.status_code == 303, answer.text
    do_waiting(client.app)
    job = client.get(answer.headers["location"]).text
    return client.get(re.search(r'href="(/bank/small/imports/[^"]+)"', job)[1])


def test_without_a_bank_the_page_says_how_to_get_one(client, enter):
    """
    An empty installation tells what will stand here and how.
    """
    enter(Role.AUTHOR)

    assert "There is no item bank yet" in client.get("/bank").text


def test_the_bank_shows_what_it_covers_and_its_items(client, enter, small_bank):
    """
    Counts by area and type, and each item with a link to its page.
    """
    enter(Role.AUTHOR)

    listed, page = client.get("/bank").text, client.get("/bank/small").text

    assert 'href="/bank/small"' in listed
    assert "Items by content area and type" in page
    assert page.count('<th scope="row"><a href="/bank/small/items/') == 3
    assert "Check or import item files" in page


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("area=change", {"S-1"}),
        ("type=short_text", {"S-3"}),
        ("level=recall", {"S-2"}),
        ("q=measures+spread", {"S-2"}),
        ("q=s-3", {"S-3"}),
        ("q=nothing+like+it", set()),
        ("area=change&type=short_text", set()),
    ],
)
def test_the_list_narrows_down(client, enter, small_bank, query, found):
    """
    Filters and words are joined by and; HTMX gets the list alone, a plain form the whole page.
    """
    enter(Role.AUTHOR)

    page = client.get(f"/bank/small?{query}")
    block = client.get(f"/bank/small?{query}", headers={"hx-request": "true"})

    assert set(re.findall(r'<th scope="row"><a href="/bank/small/items/([\w-]+)"', page.text)) == (
        found
    )
    assert block.text.strip().startswith('<div id="items">')
    assert f"{len(found)} of 3 items." in block.text


def test_an_item_shows_question_key_rationales_and_versions(client, enter, small_bank):
    """
    The author sees what a candidate sees, and below it what only staff may.
    """
    enter(Role.PSYCHOMETRICIAN)

    page = client.get("/bank/small/items/S-1").text

    assert 'data-response-kind="single"' in page
    assert "<strong>Key:</strong> By a half" in page
    assert page.count("tag-good") == 1
    assert "Divides the rise by the total sold." in page
    assert small_bank[0].digest in page


def test_an_item_says_what_partial_answers_are_worth(client, enter, app, clock):
    """
    The points of the item in words, and those of each answer that has its own.
    """
    scoring = {"rule": "graded_options", "points": {"c": 3, "b": 1}}
    enter(Role.AUTHOR)
    with db.writing(app.state.components.engine_of_first) as session:
        loaded = load_files(files(item("S-9", "single_choice", scoring=scoring)))
        assert bank.import_bank(session, clock, accounts.system_actor(), loaded).accepted

    page = client.get("/bank/small/items/S-9").text

    words = "This question gives up to 3 points: 3 for the best option, fewer for one partly right."
    assert page.count(words) == 2
    assert '<span class="tag">3 points</span>' in page
    assert re.findall(r'<td class="n">(\d)</td>', page) == ["0", "1", "3", "0"]


def test_an_older_version_says_that_it_is_old(client, enter, small_bank):
    """
    Every version stays readable, and an old one points at the newest.
    """
    enter(Role.AUTHOR)
    send(client, item("S-1", "single_choice", stimulus=[figure()], version=2, seconds=95))

    old, new = (client.get(f"/bank/small/items/S-1{which}") for which in ("?version=1", ""))

    assert "This is an older version" in old.text
    assert "60 seconds" in old.text
    assert "This is an older version" not in new.text
    assert "95 seconds" in new.text
    assert client.get("/bank/small/items/S-1?version=3").status_code == 404


def test_files_are_checked_before_they_are_imported(client, enter, small_bank):
    """
    A check changes nothing; the import after it adds the version.
    """
    enter(Role.AUTHOR)
    changed = item("S-1", "single_choice", stimulus=[figure()], version=2)

    checked = send(client, changed | {"seconds": 70}, dry_run=True)
    before = client.get("/bank/small/items/S-1").text
    done = send(client, changed | {"seconds": 70})

    assert "These files can be imported" in checked.text
    assert "Version 1" in before
    assert "The items are in the bank" in done.text
    assert "Version 2" in client.get("/bank/small/items/S-1").text


@pytest.mark.parametrize("ending", bank.TEMPLATE_ENDINGS)
def test_a_template_is_offered_that_can_be_sent_as_it_is(client, enter, small_bank, ending):
    """
    The import page links to a table to begin from; what it holds comes in without a change.
    """
    enter(Role.AUTHOR)
    address = f"/bank/small/import/template.{ending}"
    assert f'href="{address}"' in client.get("/bank/small/import").text

    table = client.get(address)
    report = send_files(client, [("files", (f"items.{ending}", table.content))], dry_run=True)

    assert f'filename="items.{ending}"' in table.headers["content-disposition"]
    assert "EXAMPLE-single-choice" in report.text
    assert "These files can be imported" in report.text


def test_a_package_of_canvas_is_sent_as_it_was_exported(client, enter, small_bank):
    """
    The report says of each question what becomes of it, and the bank holds what came in.
    """
    enter(Role.AUTHOR)
    answered, scored = listed({"1": "Cat", "2": "Newt"}), when(equal("2"))
    good = canvas("multiple_choice", answered, scored, ident="i7", text="<p>Which swims?</p>")
    lost = canvas("calculated", typed(), "", ident="i8")
    sent = package({"imsmanifest.xml": MANIFEST, "i0/i0.xml": document(good, lost)})

    report = send_files(client, [("files", ("quiz.zip", sent))], dry_run=True)
    form = re.search(r'action="(/bank/small/imports/[^"]+/import)"', report.text)[1]
    client.post(form, data={"csrf": token(client, str(report.url))})
    do_waiting(client.app)

    assert "drawn-numbers" in report.text
    assert "Which swims?" in client.get("/bank/small/items/i7").text


def test_checked_files_are_imported_without_being_sent_again(client, enter, small_bank):
    """
    The first button of a good report imports the very files that were checked.
    """
    enter(Role.AUTHOR)
    report = send(client, item("S-1", "single_choice", version=2, seconds=70), dry_run=True)
    form = re.search(r'action="(/bank/small/imports/[^"]+/import)"', report.text)[1]

    asked = client.post(form, data={"csrf": token(client, str(report.url))})
    do_waiting(client.app)

    assert asked.status_code == 303
    assert "It is done" in client.get(asked.headers["location"]).text
    assert "Version 2" in client.get("/bank/small/items/S-1").text


def test_a_report_of_another_bank_or_job_is_not_shown(client, enter, small_bank):
    """
    The report stands at the address of its own bank and job alone.
    """
    enter(Role.AUTHOR)
    report = send(client, item("S-1", "single_choice", version=2), dry_run=True)

    elsewhere = str(report.url).replace("/bank/small/", "/bank/other/")

    assert client.get(elsewhere).status_code == 404
    assert client.get(f"/bank/small/imports/{UUID(int=1)}").status_code == 404


def test_a_broken_file_is_reported_with_its_line(client, enter, small_bank):
    """
    The report names file, line and field, keeps the bank as it was, and escapes what was sent.
    """
    enter(Role.AUTHOR)

    answer = send(client, item("S-1", "single_choice", key="<script>"))

    assert "Nothing was imported" in answer.text
    assert re.search(
        r"items/S-1\.yaml:\d+: key: is &lt;script&gt;, which is no option", answer.text
    )
    assert "<script>," not in answer.text


def test_a_file_that_is_no_item_is_refused_by_its_name(client, enter, small_bank):
    """
    A spreadsheet is not passed over in silence, as if it had been imported.
    """
    enter(Role.AUTHOR)

    answer = send_files(client, [("files", ("items.xlsx", b"PK"))], dry_run=True)

    assert "items.xlsx: is in no format that is read here" in answer.text


def test_a_figure_in_a_strange_encoding_is_refused_in_words(client, enter, small_bank):
    """
    A parser that does not know an encoding throws; the page says what to save the file as.
    """
    enter(Role.AUTHOR)
    figure = b'<?xml version="1.0" encoding="utf-7"?><svg xmlns="http://www.w3.org/2000/svg"/>'

    answer = send_files(client, [("files", ("x.svg", figure))], dry_run=True)

    assert "says that it is utf-7; save it as UTF-8" in answer.text


def test_an_import_without_files_changes_nothing(client, enter, small_bank):
    """
    A form that was sent empty is refused in words, and nothing is asked for.
    """
    enter(Role.AUTHOR)
    form = {"csrf": token(client, "/bank/small/import"), "dry_run": "false"}

    answer = client.post("/bank/small/import", data=form, files=[("files", ("", b""))])

    assert answer.status_code == 422
    assert do_waiting(client.app) == 0


def test_a_figure_is_sent_to_whoever_is_signed_in_and_may_do_nothing(client, enter, small_bank):
    """
    Figures are drawings: their own policy forbids scripts, and strangers get none.
    """
    digest = small_bank[0].content["stimulus"][0]["figure"]["digest"].removeprefix("sha256:")
    stranger = client.get(f"/media/{digest}.svg")

    enter(Role.CANDIDATE)
    sent = client.get(f"/media/{digest}.svg")

    assert stranger.status_code == 303
    assert sent.headers["content-type"].startswith("image/svg+xml")
    assert "sandbox" in sent.headers["content-security-policy"]
    assert "immutable" in sent.headers["cache-control"]
    assert client.get(f"/media/{'0' * 64}.svg").status_code == 404


@pytest.mark.parametrize(
    "address", ["/bank", "/bank/small", "/bank/small/items/S-1", "/bank/small/import"]
)
def test_a_candidate_sees_no_bank(client, enter, small_bank, address):
    """
    Keys are for authors and psychometricians.
    """
    enter(Role.CANDIDATE)

    assert client.get(address).status_code == 403


def test_a_psychometrician_reads_and_does_not_import(client, enter, small_bank):
    """
    The form is not offered to somebody whose files would be refused, and refuses them.
    """
    enter(Role.PSYCHOMETRICIAN)

    assert "Check or import item files" not in client.get("/bank/small").text
    assert client.get("/bank/small/import").status_code == 403
    assert client.get("/bank/small/import/template.xlsx").status_code == 403


def test_what_is_not_there_is_told_in_words(client, enter, small_bank):
    """
    An unknown bank or item is answered with a page that says so.
    """
    enter(Role.AUTHOR)

    assert "no such item bank" in client.get("/bank/nowhere").text
    assert "The bank has no item S-9" in client.get("/bank/small/items/S-9").text


def test_a_bank_says_which_parameters_are_in_use(client, app, clock, enter, small_bank):
    """
    Every adopted set stands on the bank's page with its reason, the newest marked and escaped.
    """
    enter(Role.AUTHOR)
    before = client.get("/bank/small").text
    adopt(app, clock, "The first pilot.")
    adopt(app, clock, "Anchors <repaired>.")

    page = client.get("/bank/small").text

    assert "None has been adopted yet" in before
    assert page.index("Anchors &lt;repaired&gt;.") < page.index("The first pilot.")
    assert page.count("in use") == 1


def adopt(app, clock, reason):
    """Adopt parameters of one item, a minute later."""
    clock.forward(minutes=1)
    item = {"item_id": "S-1", "model": "2pl", "a": 1.25, "b": -0.5}
    body = {"schema": "examengine/item-parameters/1", "model": "2pl", "items": [item]}
    with db.writing(app.state.components.engine_of_first) as session:
        bank.adopt_parameters(
            session,
            clock,
            accounts.system_actor(),
            "small",
            body=body,
            run_id=UUID(int=7),
            run_digest="sha256:run",
            reason=reason,
        )


LARGE = 3 * 1024 * 1024


def send_large(client, csrf: str, size: int = LARGE) -> int:
    """Send one file of so many bytes to be checked, and return the status of the answer."""
    data = {"csrf": csrf, "dry_run": "true"}
    sent = {"files": ("S-9.yaml", b"#" * size, "application/yaml")}
    return client.post("/bank/small/import", data=data, files=sent).status_code


def test_an_author_may_send_more_for_an_import_than_a_page_may(client, enter, small_bank):
    """
    A bank with figures is larger than a form; what is larger still is refused before it is read.
    """
    stranger = send_large(client, token(client))
    enter(Role.AUTHOR)
    csrf = token(client, "/bank/small/import")

    assert stranger == 413
    assert send_large(client, csrf) == 303
    assert send_large(client, csrf, LARGEST_IMPORT + 1) == 413


def test_nobody_but_an_author_may_send_more(client, enter, small_bank):
    """
    Being signed in is not enough to make the server take so much.
    """
    enter(Role.PSYCHOMETRICIAN)

    assert send_large(client, token(client, "/account/password")) == 413
