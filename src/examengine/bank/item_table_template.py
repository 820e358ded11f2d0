"""A table to begin from: the headings, a row of each type that tables hold, and what they mean.

The rows are the examples of the item types, so a template is always one that can be read.
"""

from collections.abc import Iterator, Sequence

from sqlmodel import Session

from examengine.accounts import Actor, Role, require
from examengine.bank.formats._item_rows import NONE, Row, row_of
from examengine.bank.formats._item_tables import (
    EXPLANATIONS_HEAD,
    columns_used,
    left_out_of_tables,
)
from examengine.bank.formats.csv_table import written_table
from examengine.bank.item_file import SCHEMA
from examengine.bank.item_types import ITEM_TYPES
from examengine.bank.rules import Bank, item_version
from examengine.bank.service import find_bank
from examengine.workbook import Sheet, workbook_of

TEMPLATE_ENDINGS = ("xlsx", "csv")
"""The kinds of files that a template can be, the one with explanations first."""
_FIRST_TYPES = ("single_choice", "multiple_response", "short_text", "numeric_entry")
"""The types that most items are of; the others follow."""
_NO_COLUMN = frozenset({"words"})
"""Fields that an item can do without, and that no table holds."""
_SHOWN_EMPTY = ("area", "level", "seconds", "figure", "alt")
"""Columns that most people fill in, and no example of a type does."""
_EXPLAINED: tuple[tuple[str, str], ...] = (
    ("id", "Must be there. A name of your own for the item, such as CELL-001; no other has it."),
    ("stem", "Must be there. The question. A blank line begins a paragraph; *…* is emphasis, "
             "`…` is code, \\( … \\) is a formula in TeX."),
    ("key", "Must be there. A letter (b); several letters (a|c); an order (b>d>a>c); pairs "
            "(1=b|2=a); a number; accepted words (median|the median); of a long text, what a "
            "full answer holds."),
    ("type", "Only needed where the cells could mean two things. The example rows name those "
             "that a table can hold."),
    ("title", "What authors find the item by."),
    ("version", "1 if left empty. A changed item needs the next number."),
    ("area", "What the item is about."),
    ("level", "Which level it asks for."),
    ("seconds", "The time it is expected to take."),
    ("option_a", "The first option, then option_b and so on, without a gap."),
    ("rationale_a", "Why option_a is right, or which mistake leads to it; rationale_b and so on."),
    ("rationale", "Why the key is right."),
    ("prompt_1", "The first line of a matching item, then prompt_2 and so on."),
    ("tolerance", "Of a number: how far from the key an answer may be, the ends included."),
    ("unit", "Of a number: its unit, shown behind the field."),
    ("case_sensitive", "Of a typed text: yes where capital letters count."),
    ("shuffle", "no where options have an order of their own, such as numbers."),
    ("error_1", "A wrong answer to expect, then error_2 and so on."),
    ("error_rationale_1", "Which mistake leads to error_1."),
    ("figure", "The name of a picture (SVG, PNG, JPEG, WebP, GIF) that is sent with the table."),
    ("alt", "What the picture shows, for whoever does not see it."),
    ("figure_description", "The same in full, where a sentence cannot say it."),
    ("figure_caption", "The line below the picture."),
    ("audio", "The name of a recording (MP3, M4A, WAV) that is sent with the table."),
    ("transcript", "What is heard in it."),
    ("show_transcript", "no where candidates may not read the transcript."),
    ("audio_caption", "The line below the recording."),
    ("plays", "How often a candidate may play it. Empty for as often as they like."),
    ("passage", "A text to be read before the question; items of a set all have the same."),
    ("passage_heading", "The line above it."),
    ("set", "The set of items it is of, such as reading-1: they share what stands above them."),
    ("set_place", "Where in the set it stands, from 1 on."),
    ("enemies", f"Ids of items that may not stand beside it, parted by |; {NONE} for none."),
    ("author", "Who wrote it."),
    ("written", "The day, as 2026-11-30."),
    ("licence", "Its licence, such as CC-BY-4.0."),
    ("source", "Where it was taken from."),
)  # fmt: skip
_NOTES = (
    "The rows of the sheet Items are examples: write your own in their place, and delete the rest.",
    "The order of the columns does not matter. A column or a cell that you do not need can go.",
    "Type an answer such as 1/2 as text (put an apostrophe before it), or the program makes a "
    "date of it.",
    "Cells that are merged, and pictures in the sheet, are not read.",
)


_ORDER = (
    *("id", "type", "title", "version", "area", "level", "seconds", "figure", "alt", "stem"),
    *("option_a", "prompt_1", "key", "tolerance", "unit", "case_sensitive", "shuffle"),
    *("rationale", "error_1"),
)
"""Of columns that are numbered, the first stands for all; it goes with its own."""


def template_of_table(ending: str, bank: Bank | None = None) -> bytes:
    """Return a table to begin from.

    Args:
        ending: One of `TEMPLATE_ENDINGS`.
        bank: Names its areas and levels in the explanations; None where it is for any bank.
    """
    rows = list(_example_rows())
    columns = sorted(columns_used([*rows, dict.fromkeys(_SHOWN_EMPTY, "")]), key=_place)
    cells = [[row.get(name, "") for name in columns] for row in rows]
    if ending == "csv":
        return written_table(columns, cells)
    wide = [48 if name == "stem" else 26 if _is_text(name) else 14 for name in columns]
    items = Sheet("Items", columns, cells, widths=wide, wrapped=True)
    what = Sheet("Explanations", EXPLANATIONS_HEAD, _explained(bank), (24, 90), wrapped=True)
    return b"".join(workbook_of([items, what]))


def item_table_template(session: Session, actor: Actor, bank_id: str, ending: str) -> bytes:
    """Return a table to begin from, for items of a bank; `ending` is one of `TEMPLATE_ENDINGS`.

    Raises:
        NotAllowed: The actor is no author.
        BankUnknown: There is no such bank.
    """
    require(actor, Role.AUTHOR)
    return template_of_table(ending, find_bank(session, actor, bank_id))


def _example_rows() -> Iterator[Row]:
    for name in dict.fromkeys((*_FIRST_TYPES, *ITEM_TYPES)):
        identity = {"schema": SCHEMA, "id": f"EXAMPLE-{name.replace('_', '-')}", "version": 1}
        example = ITEM_TYPES[name].example
        held = {field: example[field] for field in example if field not in _NO_COLUMN}
        content = {**identity, "type": name, **held}
        if left_out_of_tables(item_version("template", content)) is None:
            yield {column: cell for column, cell in row_of(content).items() if column != "version"}


def _place(column: str) -> tuple[int, str, str]:
    """Return where a column stands: as explained, an option beside why it is right or wrong."""
    if column in _ORDER and not column.endswith(("_a", "_1")):
        return _ORDER.index(column), "", ""
    name, _, mark = column.rpartition("_")
    first = {"rationale": "option_a", "error_rationale": "error_1"}.get(name)
    whole = {"option": "option_a", "prompt": "prompt_1", "error": "error_1"}
    return _ORDER.index(first or whole[name]), f"{mark:>2}", name


def _is_text(column: str) -> bool:
    return column.startswith(("option", "rationale", "prompt", "error", "alt"))


def _explained(bank: Bank | None) -> Iterator[Sequence[str]]:
    named = {"area": (), "level": ()} if bank is None else {
        "area": tuple(one.id for one in bank.areas),
        "level": tuple(one.id for one in bank.levels),
    }  # fmt: skip
    for column, words in _EXPLAINED:
        listed = ", ".join(named.get(column, ()))
        yield column, f"{words} One of {listed}." if listed else words
    for note in _NOTES:
        yield "", note
