"""The page of a bank's findings, and the form that rules what a rule means."""

import re

import pytest

from examengine import accounts, bank, db
from examengine.accounts import Role
from examengine.bank import lint_jobs
from examengine.bank.formats import load_files
from tests.bank.small_bank import files, item
from tests.jobs.inline import do_waiting
from tests.web.test_author import enter, token  # noqa: F401 - a fixture

REASON = "The two are used in different years."


@pytest.fixture
def twins(app, clock) -> None:
    """A bank in which S-2 says word for word what S-1 says."""
    with db.writing(app.state.components.engine_of_first) as session:
        loaded = load_files(files(item("S-1", "single_choice"), item("S-2", "single_choice")))
        bank.import_bank(session, clock, accounts.system_actor(), loaded)


def test_findings_stand_on_the_bank_on_the_item_and_on_a_page_of_their_own(client, enter, twins):  # noqa: F811
    """
    An author sees which item is held, why, and what would be right.
    """
    enter(Role.AUTHOR)

    listed, shown, found = (
        client.get(f"/bank/small{rest}").text for rest in ("", "/items/S-2", "/findings")
    )

    assert "1 item is not for candidates yet" in listed
    assert "not for candidates</span>" in listed
    assert "Not for candidates yet" in shown
    assert "says word for word what S-1 says" in shown
    assert "Not for candidates yet" not in client.get("/bank/small/items/S-1").text
    assert '<a href="/bank/small/items/S-2">S-2</a>, <code>stem</code>' in found


def test_a_large_bank_is_checked_again_by_a_worker(client, enter, twins, monkeypatch):  # noqa: F811
    """
    The button leads to a job, and the job back to what was found.
    """
    monkeypatch.setattr(lint_jobs, "MOST_AT_ONCE", 1)
    enter(Role.AUTHOR)
    address = "/bank/small/findings"

    job = client.post(address, data={"csrf": token(client, address)}).headers["location"]
    assert do_waiting(client.app) == 1

    page = client.get(job).text
    assert "It is done" in page
    assert f'href="{address}"' in page
    assert "says word for word what S-1 says" in client.get(address).text


def test_a_psychometrician_rules_and_the_item_is_ready(client, enter, twins):  # noqa: F811
    """
    The form asks for a reason; with one the item is held no more.
    """
    enter(Role.PSYCHOMETRICIAN)
    address = "/bank/small/rules/repeated_items"
    form = {"csrf": token(client, address), "severity": "warning"}

    refused = client.post(address, data={**form, "reason": "<b>"})
    done = client.post(address, data={**form, "reason": REASON})

    page = client.get(address).text
    assert refused.status_code == 422
    assert "Nothing was changed: a reason of 10" in refused.text
    assert "&lt;b&gt;" in refused.text
    assert done.status_code == 303
    assert REASON in page
    assert re.search(r"<dt>Means here</dt><dd>warning</dd>", page)
    assert "not for candidates yet" not in client.get("/bank/small").text


def test_an_author_reads_the_rules_and_rules_nothing(client, enter, twins):  # noqa: F811
    """
    The form is not offered to somebody whose ruling would be refused, and refuses it.
    """
    enter(Role.AUTHOR)
    address = "/bank/small/rules/repeated_items"
    form = {"csrf": token(client, "/bank/small/findings"), "severity": "off", "reason": REASON}

    assert "Rule otherwise" not in client.get(address).text
    assert client.post(address, data=form).status_code == 403
    assert client.get("/bank/small/rules/nothing").status_code == 404
    assert client.post("/bank/small/findings", data={"csrf": form["csrf"]}).status_code == 303


@pytest.mark.parametrize("rest", ["findings", "rules/repeated_items"])
def test_a_candidate_sees_no_findings(client, enter, twins, rest):  # noqa: F811
    """
    Findings speak of keys.
    """
    enter(Role.CANDIDATE)

    assert client.get(f"/bank/small/{rest}").status_code == 403
