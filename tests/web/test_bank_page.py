"""The bank's list in the browser: all of it in the address, cut in the database, without script."""

import csv
import html
import io
import re

import pytest
from sqlalchemy import event

from examengine import accounts, bank, db
from examengine.accounts import Role
from examengine.bank import ItemUsage
from examengine.bank.formats import load_files
from tests.bank.small_bank import files, item
from tests.bank.test_workbook import cells_of
from tests.jobs.inline import do_waiting
from tests.web.test_keys_kept_from_sitters import with_roles

N_ITEMS = 130


@pytest.fixture
def long_bank(visitors, clock):
    """A bank of more items than a page shows."""
    items = [
        item(f"P-{n:03}", "short_text", stem=f"=1+{n} is asked of number {n}?", seconds=n + 1)
        for n in range(N_ITEMS)
    ]
    staff = accounts.system_actor()
    with visitors.writing() as session:
        bank.import_bank(session, clock, staff, load_files(files(*items)))
        usage = [ItemUsage(f"P-{n:03}", n=40.0, p=n / 200) for n in range(0, N_ITEMS, 2)]
        usage[0] = ItemUsage("P-000", n=40.0, p=0.0, flags=("weak",), simulated=True)
        bank.keep_usage(session, clock, staff, "small", usage)


@pytest.fixture
def author(visitors, long_bank):
    """An author who has signed in."""
    return visitors.enter(visitors.add(Role.AUTHOR, name="Ann"))


def ids(page: str) -> list[str]:
    """The items that a page lists."""
    return re.findall(r'<th scope="row"><a href="/bank/small/items/([\w-]+)"', page)


def test_a_page_is_as_long_as_asked_and_leads_to_the_next(client, author):
    """
    Fifty items at first; the links keep what was asked, and the last page has no later one.
    """
    page = client.get("/bank/small?sort=seconds&order=down&type=short_text").text
    later = html.unescape(re.search(r'rel="next" href="([^"]+)"', page)[1])
    second, all_of_them = client.get(later).text, client.get("/bank/small?size=200").text

    assert ids(page)[0] == "P-129"
    assert len(ids(page)) == 50
    assert ids(second)[0] == "P-079"
    assert "51 to 100 of 130 items" in second
    assert len(ids(all_of_them)) == N_ITEMS
    assert 'rel="next"' not in all_of_them


def test_more_items_are_no_more_questions(client, author, visitors, clock):
    """
    The page costs as many statements whatever the bank's size, and none asks for every content.
    """
    engine = client.app.state.components.engine_of_first
    seen: list[str] = []
    client.get("/bank/small")
    event.listen(engine, "before_cursor_execute", lambda *told: seen.append(told[2]))
    client.get("/bank/small?q=P-001")
    for_one = len(seen)
    seen.clear()

    client.get("/bank/small")

    assert len(seen) == for_one
    assert not [one for one in seen if "item_version.content" in one]


def test_columns_one_chose_are_shown_sorted_and_said(client, author):
    """
    The item is always there, the sorted column says so, and simulated answers are called so.
    """
    page = client.get("/bank/small?column=p&column=n&column=flag&sort=p").text
    head = re.search(r"<thead><tr>(.*?)</tr></thead>", page, re.S)[1]

    assert re.findall(r"<th [^>]*>(?:<a[^>]*>)?([\w-]+)", head) == ["Item", "n", "p", "Flags"]
    assert 'aria-sort="ascending"' in head
    assert ids(page)[:2] == ["P-000", "P-002"]
    assert "simulated" in page
    assert ">weak<" in page


def test_what_cannot_be_read_is_said_and_the_rest_counts(client, author):
    """
    A word where a number belongs is named on the page, which shows what else was asked.
    """
    page = client.get("/bank/small?p_from=hard&seconds_to=3").text

    assert "p: “hard” is no number; it was passed over." in page
    assert ids(page) == ["P-000", "P-001", "P-002"]
    assert (
        client.get("/bank/small?" + "q=%22-*&page=0&size=x&p_to=nan&used_to=1").status_code == 200
    )


def test_a_view_leaves_as_a_csv_file(client, author):
    """
    Every row of all pages, its columns in order, and nothing that a spreadsheet would run.
    """
    answer = client.get("/bank/small/items.csv?column=question&column=p&seconds_to=100&page=2")
    head, *rows = csv.reader(io.StringIO(answer.text))

    assert head == ["Item", "Question", "p"]
    assert len(rows) == 100
    assert rows[4] == ["P-004", "'=1+4 is asked of number 4?", "0.02"]
    assert rows[5][2] == ""
    assert 'filename="small.csv"' in answer.headers["content-disposition"]


def test_a_view_leaves_as_an_xlsx_file(client, author):
    """
    The same rows, numbers as numbers and texts as texts.
    """
    answer = client.get("/bank/small/items.xlsx?column=question&column=seconds&column=held")
    head, first, *rest = cells_of([answer.content])

    assert [text for _, text in head] == ["Item", "Question", "Seconds", "Not for candidates"]
    assert first[1:3] == [("inlineStr", "=1+0 is asked of number 0?"), ("n", "1")]
    assert len(rest) == N_ITEMS - 1


def test_views_are_saved_shared_and_deleted(client, author, visitors):
    """
    A saved view is a link to its address; a shared one is there for others, who cannot delete it.
    """
    there = "/bank/small/views"
    answer = visitors.send("/bank/small", there, title="Quick", query="seconds_to=5", shared="true")
    visitors.send("/bank/small", there, title="Mine", query="q=number")
    own = client.get("/bank/small").text
    delete = re.search(r'action="(/bank/small/views/[^"]+/delete)"', own)[1]
    refused = visitors.send("/bank/small", there, title=" ", query="")
    visitors.enter(visitors.add(Role.PSYCHOMETRICIAN, name="Ben"))
    theirs = client.get("/bank/small").text

    assert answer.headers["location"] == "/bank/small?seconds_to=5"
    assert 'href="/bank/small?q=number">Mine' in own
    assert "a title of 1 to 80 characters is needed" in refused.text
    assert 'href="/bank/small?seconds_to=5">Quick' in theirs
    assert ">Mine<" not in theirs
    assert visitors.send("/bank/small", delete).status_code == 404
    visitors.enter(author)
    assert visitors.send("/bank/small", delete).status_code == 303


def test_others_get_neither_the_page_nor_its_files(client, long_bank, visitors):
    """
    Whoever may not read items is refused the list, and its files before a byte of them is sent.
    """
    visitors.enter(visitors.add(Role.AWARDING_OFFICER, Role.CANDIDATE, name="Ola"))

    for address in ("", "/items.csv", "/items.xlsx"):
        assert client.get(f"/bank/small{address}").status_code == 403


def test_who_sits_an_exam_finds_nothing_by_its_keys(visitors, client, world):
    """
    An author with an exam before them searches questions, and neither keys nor rationales.
    """
    with db.reading(world.engine) as session:
        found = bank.latest_versions(session, "data-literacy")
    kinds = {one.item_id: one for one in found if one.item_type == "single_choice"}
    chosen = next(iter(kinds.values()))
    said = chosen.content["options"][0]["rationale"].split()
    address = f"/bank/data-literacy?q={chosen.item_id}+{'+'.join(said[:3])}"
    visitors.enter(visitors.add(Role.AUTHOR, name="Reader"))
    before = client.get(address).text
    visitors.enter(with_roles(world, world.enrol("Ada")))

    page = client.get(address).text
    exported = client.get(address.replace("?", "/items.csv?")).text

    assert f"/items/{chosen.item_id}" in before
    assert "No item fits" in page
    assert "rationales" not in page
    assert chosen.item_id not in exported


def test_statistics_are_gathered_by_a_job(visitors, client, world):
    """
    A psychometrician asks; answers, exposure and flags then stand beside the items.
    """
    for name, right in (("Ada", 3), ("Ben", 5), ("Cleo", 7)):
        world.sit(name, right=right)
    visitors.enter(visitors.add(Role.PSYCHOMETRICIAN, name="Psy"))
    address = "/bank/data-literacy?sort=n&order=down&column=n&column=p&column=candidates"
    before = client.get(address).text

    job = visitors.send("/bank/data-literacy", "/bank/data-literacy/usage").headers["location"]
    waiting = client.get("/bank/data-literacy").text
    do_waiting(client.app)

    after = client.get(address).text
    line = re.search(r"<tbody>\s*<tr>(.*?)</tr>", after, re.S)[1]
    assert "have not been gathered yet" in before
    assert f'href="{job}"' in waiting
    assert "as they were gathered" in after
    assert re.findall(r'<td class="n">([^<]+)</td>', line)[0] == "3"
    assert re.findall(r'<td class="n">([^<]+)</td>', line)[2] == "3"
    assert 'href="/bank/data-literacy"' in client.get(job).text


def test_coverage_is_told_against_what_the_exams_need(visitors, client, world):
    """
    By area and level, with what each exam needs at least, and how many are short.
    """
    visitors.enter(visitors.add(Role.AUTHOR, name="Ann"))

    page = client.get("/bank/data-literacy").text

    assert "Items for candidates by content area and level, and what the exams need of them" in page
    assert "a form</span>" in page
