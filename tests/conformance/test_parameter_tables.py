"""Every table of item parameters, found in its folder, is held to the same on its own example."""

import csv
import io

import pytest

from examengine.psychometrics.parameter_tables import FORMATS, read_table, recognised
from examengine.psychometrics.refusals import Refusal


@pytest.fixture(params=sorted(FORMATS), ids=str)
def table_format(request):
    """One format after another."""
    return FORMATS[request.param]


def table_of(written):
    """A table that a format has written, as it is read again."""
    head, rows = written
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([head, *rows])
    return read_table("written.csv", text.getvalue().encode())


def folded(table):
    """The headings of a table in small letters."""
    return tuple(name.casefold() for name in table.header)


def test_its_example_is_recognised_as_nobody_elses(table_format):
    """
    By its headings alone, a table is that of one program.
    """
    table = read_table("example.csv", table_format.example.encode())

    assert [found.code for found in recognised(folded(table))] == [table_format.code]


def test_its_example_is_read_without_a_fault(table_format):
    """
    Each row of the example describes an item in the logistic metric, D = 1.
    """
    table = read_table("example.csv", table_format.example.encode())

    reading = table_format.read(table, table_format.said)

    assert reading.format == table_format.code
    assert [item.faults for item in reading.items] == [()] * len(table.rows)
    assert [item.parameters.item_id for item in reading.items] == [
        item.item_id for item in reading.items
    ]


def test_what_it_writes_it_reads_as_the_same_figures(table_format):
    """
    Out and in again changes no digit of a parameter.
    """
    if not table_format.writes:
        with pytest.raises(Refusal):
            table_format.write([])
        return
    example = read_table("example.csv", table_format.example.encode())
    items = [item.parameters for item in table_format.read(example, table_format.said).items]

    again = table_format.read(
        table_of(table_format.write(items)),
        type(table_format.said)(table_format.own_scaling or "1", table_format.said.step_model),
    )

    assert [item.parameters.values for item in again.items] == [item.values for item in items]


def test_a_constant_that_nobody_uses_is_refused(table_format):
    """
    D is 1, 1.7 or 1.702; something else is a slip, and is told with the constants in use.
    """
    table = read_table("example.csv", table_format.example.encode())

    with pytest.raises(Refusal, match=r"1\.702"):
        table_format.read(table, type(table_format.said)("3", table_format.said.step_model))


def test_a_row_of_words_is_a_fault_of_that_row_alone(table_format):
    """
    What is no number is named with its column, and the other rows are read.
    """
    table = read_table("example.csv", table_format.example.encode())
    header, *lines = table_format.example.splitlines()
    place = next(
        at
        for at, name in enumerate(folded(table))
        if table_format.reads(name) and name not in {"model", "metric", "n", "xsi.item"}
    )
    cells = next(csv.reader([lines[0]]))
    cells[place] = "about one"
    spoilt = ",".join(f'"{cell}"' for cell in cells)
    text = "\n".join([header, spoilt, *lines[1:]]) + "\n"

    reading = table_format.read(read_table("spoilt.csv", text.encode()), table_format.said)

    assert "about one" in reading.items[0].faults[0]
    assert [item.faults for item in reading.items[1:]] == [()] * (len(lines) - 1)
