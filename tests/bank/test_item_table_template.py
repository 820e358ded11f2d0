"""The table to begin from: what it holds is read without a fault, and every column is explained."""

import pytest

from examengine.bank import ITEM_TYPES, TEMPLATE_ENDINGS, template_of_table
from examengine.bank.formats import Destination, load_files
from examengine.bank.formats._item_rows import ITEM_COLUMNS
from examengine.bank.formats._xlsx_sheets import sheets_of
from tests.bank.qti_1_items import BANK


@pytest.mark.parametrize("ending", TEMPLATE_ENDINGS)
def test_a_template_is_a_table_that_is_read(ending):
    """
    Whoever fills it in begins from rows that are right, one of each type that tables hold.
    """
    loaded = load_files({f"items.{ending}": template_of_table(ending)}, Destination(BANK))

    assert loaded.faults == ()
    assert loaded.notes == ()
    types = [one.content["type"] for one in loaded.items]
    assert types[:2] == ["single_choice", "multiple_response"]
    assert {"numeric_entry", "short_text", "matching", "ordering", "extended_text"} <= set(types)
    assert set(types) <= set(ITEM_TYPES)


def test_every_column_is_explained():
    """
    The second sheet says what each column holds, and which areas the bank has.
    """
    items, what = sheets_of(template_of_table("xlsx", BANK))
    told = {row[0].text: row[1].text for row in what.rows.values() if 0 in row}

    assert (items.title, what.title) == ("Items", "Explanations")
    assert set(ITEM_COLUMNS) <= set(told)
    first = {"option_a", "rationale_a", "prompt_1", "error_1", "error_rationale_1"}
    assert first <= set(told)
    assert told["area"].endswith("One of cells.")
    headings = [cell.text for cell in items.rows[1].values()]
    assert headings[:3] == ["id", "type", "area"]
    assert headings.index("rationale_a") == headings.index("option_a") + 1
