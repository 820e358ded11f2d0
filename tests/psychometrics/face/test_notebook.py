"""A newcomer's session and the page for people who know mirt, run by the kernel of a notebook."""

from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from newcomers import PAGE_BLOCKS, SESSION

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def notebook():
    """A notebook with a cell for each line of the session, and for each block of the page, run."""
    cells = [*SESSION.strip().splitlines(), *PAGE_BLOCKS]
    book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    client = NotebookClient(
        book, timeout=120, kernel_name="python3", resources={"metadata": {"path": str(ROOT)}}
    )
    client.create_kernel_manager()
    client.km.transport = "ipc"  # no port is opened
    client.execute()
    return book


def shown(notebook, source):
    """What a cell leaves below itself: the kinds of the output that the line is worth."""
    cell = next(cell for cell in notebook.cells if cell.source == source)
    return [set(one.data) for one in cell.outputs if one.output_type == "execute_result"]


def test_a_notebook_shows_tables_and_drawings(notebook):
    """
    A result is a headline with a table, a plot is a drawing, and a number is a number.
    """
    assert shown(notebook, "fit") == [{"text/plain", "text/html"}]
    assert shown(notebook, "item_fit(fit).table()") == [{"text/plain", "text/html"}]
    assert shown(notebook, "plots.item_curves(fit)") == [{"text/plain", "image/svg+xml"}]
    assert shown(notebook, "reliability(matrix).alpha") == [{"text/plain"}]


def test_a_notebook_hears_of_a_slip_once_and_of_nothing_else(notebook):
    """
    The refusal that the page shows is one line; no cell writes a warning or a traceback.
    """
    streams = [
        (one.name, one.text)
        for cell in notebook.cells
        for one in cell.outputs
        if one.output_type in {"stream", "error"}
    ]

    assert len(streams) == 1
    name, text = streams[0]
    assert name == "stdout"
    assert text.startswith("model '5pl' is none of")
    assert text.count("\n") == 1
