"""Parameters and statistics of a bank in the browser: bring in, look, adopt, take out."""

import csv
import io
import json
import re

import pytest

from examengine.accounts import Role
from tests.bank.test_workbook import cells_of

HERE = "/bank/data-literacy/parameters"
SAID = {
    "title": "Spring 2025",
    "relation": "own",
    "scale_name": "Literacy 2025",
    "mean": "0",
    "sd": "1",
    "program": "mirt",
    "program_version": "1.47",
    "n_persons": "1200",
    "population": "Candidates of spring 2025",
    "note": "Fitted by the psychometric group.",
}


@pytest.fixture
def expert(visitors, world):
    """A psychometrician who has signed in."""
    return visitors.enter(visitors.add(Role.PSYCHOMETRICIAN, name="Pat"))


def ids_of(world):
    """The items that abilities are estimated from."""
    return [item.ref.item_id for item in world.form.items if item.scored]


def table_of(world, a=1.25):
    """A table as mirt writes it, with a stranger's item at the end."""
    rows = [f'"{item_id}",{a},-0.5,0,1' for item_id in ids_of(world)]
    return "\n".join(['"","a","b","g","u"', *rows, '"X-9",1,0,0,1']).encode() + b"\n"


def send(client, content, address=HERE, **said):
    """Send the form of the page."""
    token = re.search(r'name="csrf" value="([0-9a-f]+)"', client.get(HERE).text)[1]
    sent = {"file": ("items.csv", content, "text/csv")}
    return client.post(address, data={"csrf": token, **SAID, **said}, files=sent)


def test_a_table_is_brought_in_looked_at_and_adopted(client, expert, world):
    """
    The page tells what becomes of each item; its first button adopts, and then says it is in use.
    """
    answer = send(client, table_of(world))
    page = client.get(answer.headers["location"])
    world.clock.forward(seconds=1)
    token = re.search(r'name="csrf" value="([0-9a-f]+)"', page.text)[1]

    adopted = client.post(
        f"{answer.headers['location']}/adopt", data={"csrf": token, "reason": "A larger sample."}
    )
    after = client.get(adopted.headers["location"]).text
    listed = client.get("/bank/data-literacy").text

    assert answer.status_code == adopted.status_code == 303
    assert "Nothing has changed yet" in page.text
    assert "the bank has no such item" in page.text
    assert page.text.index("X-9") < page.text.index(f">{ids_of(world)[0]}")
    assert "These parameters are adopted" in after
    assert "A larger sample." in after
    assert "From elsewhere" in listed
    assert client.get(f"{answer.headers['location']}/table.csv").content == table_of(world)


def test_what_has_to_be_mended_is_told_and_nothing_typed_is_lost(client, expert, world):
    """
    Each fault has a line, and the fields stand as they were typed.
    """
    answer = send(client, b"id,a,b\nQ,1,0\n", n_persons="many", title="Spring <2025>")

    assert answer.status_code == 422
    assert "sample size: is 0" in answer.text
    assert 'value="Spring &lt;2025&gt;"' in answer.text
    assert 'value="own" required checked' in answer.text


def test_ours_are_taken_out_for_other_programs(client, expert, world):
    """
    As tables and as the parameter file; what a table is not known as is sent as ours.
    """
    mirt = client.get(f"{HERE}/out?table=mirt_slopes")
    file = client.get(f"{HERE}/out?table=parameter_file")
    own = client.get(f"{HERE}/out?table=nobody")

    head, *rows = csv.reader(io.StringIO(mirt.text))
    assert head == ["", "a1", "d", "g", "u"]
    assert [row[0] for row in rows] == ids_of(world)
    assert mirt.headers["content-disposition"].endswith('parameters-mirt_slopes.csv"')
    assert len(json.loads(file.text)["items"]) == len(rows)
    assert own.text.splitlines()[0].endswith(",metric")


def test_statistics_leave_as_a_table_and_come_in_as_somebody_elses(client, expert, world):
    """
    A row for each item and administration as CSV and XLSX; what others say stands on the item.
    """
    world.sit("Ada", right=5)
    item_id = ids_of(world)[0]

    text = client.get("/bank/data-literacy/statistics.csv")
    book = client.get("/bank/data-literacy/statistics.xlsx")
    kept = send(
        client,
        f"item_id,n,p\n{item_id},412,0.63\n".encode(),
        "/bank/data-literacy/statistics",
        program="Old bank",
    )
    refused = send(
        client, b"item_id,p\nX-9,63\n", "/bank/data-literacy/statistics", program="Older bank"
    )

    head, *rows = csv.reader(io.StringIO(text.text))
    assert head[:3] == ["item_id", "version", "exam"]
    assert len(rows) == len(world.form.items)
    assert [cell for _, cell in cells_of([book.content])[0]] == head
    assert kept.status_code == 303
    assert "Old bank" in client.get(f"/bank/data-literacy/items/{item_id}").text
    assert refused.status_code == 422
    assert "the bank has no such item" in refused.text
    assert 'value="Older bank"' in refused.text


def test_an_author_looks_and_changes_nothing(client, visitors, world, expert):
    """
    Whoever writes items sees where their parameters come from; adopting is not offered or taken.
    """
    found = send(client, table_of(world)).headers["location"]
    visitors.enter(visitors.add(Role.AUTHOR, name="Ann"))

    page = client.get(found)
    overview = client.get(HERE)

    assert page.status_code == overview.status_code == 200
    assert "/adopt" not in page.text
    assert 'name="file"' not in overview.text
    assert send(client, table_of(world)).status_code == 403
    assert client.get("/bank/data-literacy/statistics.csv").status_code == 403
