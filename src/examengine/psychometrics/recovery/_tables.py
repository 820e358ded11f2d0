"""The rows of a study as tables: CSV for programs, Markdown for people, and a page kept up to date.

In Markdown a figure stands with its Monte Carlo error, as `0.012 ± 0.003`.
"""

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import fields
from math import isfinite
from typing import Any

ERROR = "_error"
NONE = "–"
FENCE = "```"
ALIKE = "In every row: "


def csv_table(rows: Sequence[Any]) -> str:
    """Rows of one study as CSV; a number that is not finite is left empty.

    Args:
        rows: Dataclasses of one kind, at least one.

    Returns:
        A header with the names of the fields, and a line a row.
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    names = [field.name for field in fields(rows[0])]
    writer.writerow(names)
    for row in rows:
        values = [getattr(row, name) for name in names]
        writer.writerow("" if _is_none(value) else value for value in values)
    return text.getvalue()


def markdown_table(rows: Sequence[Any]) -> str:
    """Rows of one study as a Markdown table.

    Args:
        rows: Dataclasses of one kind, at least one.

    Returns:
        The table, ending with a line break; what all rows say alike is said once, below.
    """
    names = [field.name for field in fields(rows[0])]
    columns = {
        name.replace("_", " "): [_cell(row, name, names) for row in rows]
        for name in names
        if not name.endswith(ERROR)
    }
    alike = {name: cells[0] for name, cells in columns.items() if len(set(cells)) == 1 < len(rows)}
    shown = [name for name in columns if name not in alike]
    lines = [shown, ["---"] * len(shown), *zip(*(columns[name] for name in shown), strict=True)]
    table = "".join(f"| {' | '.join(line)} |\n" for line in lines)
    said = ", ".join(f"{name} {cell}" for name, cell in alike.items())
    return f"{table}\n{ALIKE}{said}.\n" if alike else table


def with_table(page: str, study: str, title: str, command: str, table: str) -> str:
    """A page with the table of a study put in place, under the command that makes it.

    Args:
        page: The page as it stands, Markdown; possibly empty.
        study: Code of the study. Its place is the fenced line that begins with `examengine
            recovery` and the code.
        title: Heading to begin a new section with when the page has no such place.
        command: The command as it was typed.
        table: The table.

    Returns:
        The page; everything around the command and its table is left alone.
    """
    typed = rf"{FENCE}\w*\nexamengine recovery {re.escape(study)}\b[^\n]*\n{FENCE}\n"
    place = re.compile(rf"^{typed}(?:\n(?:\|[^\n]*\n)+(?:\n{ALIKE}[^\n]*\n)?)?", re.MULTILINE)
    section = f"{FENCE}sh\n{command}\n{FENCE}\n\n{table}"
    if place.search(page):
        return place.sub(lambda _: section, page, count=1)
    before = f"{page.rstrip()}\n\n" if page.strip() else ""
    return f"{before}## {title[0].upper()}{title[1:]}\n\n{section}"


def _cell(row: Any, name: str, names: Sequence[str]) -> str:
    value = _shown(getattr(row, name))
    error = name + ERROR
    if error in names and value != NONE:
        return f"{value} ± {_shown(getattr(row, error))}"
    return value


def _shown(value: Any) -> str:
    if _is_none(value):
        return NONE
    if isinstance(value, float):
        return f"{value:.3f}".replace("-", "−")
    return f"{value:,}" if isinstance(value, int) else str(value)


def _is_none(value: Any) -> bool:
    return value is None or (isinstance(value, float) and not isfinite(value))
