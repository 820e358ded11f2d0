"""How results look to people: one line, a table, and HTML where a notebook asks for it.

A result stays the frozen record it is. What it gains here is a headline of one line (`repr`), its
rows (`table()`), and strict JSON (`to_json()`).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from html import escape
from typing import Any, Generic, TypeVar, overload

import numpy as np

from examengine.psychometrics.documents import as_json, plain

# Rows of a table that are printed; the others are counted.
MOST_PRINTED = 40
DECIMALS = 3

Cell = Any
Row = TypeVar("Row")


class Table(list[dict[str, Cell]]):
    """Rows with named columns: a list of mappings, as `pandas.DataFrame` and `polars` take it.

    Printed it is aligned text, in a notebook an HTML table. The numbers in it are whole; only the
    text is rounded.

    Examples:
        >>> table = Table([{"item": "Q1", "p": 0.71}, {"item": "Q2", "p": 0.4}])
        >>> table
        item      p
        Q1    0.710
        Q2    0.400
        >>> table.column("p")
        [0.71, 0.4]
    """

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of all columns, in the order in which rows bring them."""
        return tuple(dict.fromkeys(name for row in self for name in row))

    def column(self, name: str) -> list[Cell]:
        """The cells of one column; None where a row has none.

        Raises:
            KeyError: No row has such a column.
        """
        if name not in self.columns:
            raise KeyError(f"no column {name!r}; there are {', '.join(self.columns)}")
        return [row.get(name) for row in self]

    def to_json(self) -> str:
        """The rows as strict JSON; a number that does not exist is null."""
        return as_json({"rows": [plain(row) for row in self]})

    def __repr__(self) -> str:
        columns = self.columns
        lines = [list(columns), *self._texts()]
        widths = [max(len(line[place]) for line in lines) for place in range(len(columns))]
        words = [_is_words(self, name) for name in columns]
        text = "\n".join(
            "  ".join(
                cell.ljust(width) if left else cell.rjust(width)
                for cell, width, left in zip(line, widths, words, strict=True)
            ).rstrip()
            for line in lines
        )
        return text + (f"\n… {self._n_hidden} rows more" if self._n_hidden else "")

    def _repr_html_(self) -> str:
        columns = self.columns
        head = "".join(f"<th>{escape(name)}</th>" for name in columns)
        body = "".join(
            f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in cells)}</tr>"
            for cells in self._texts()
        )
        rest = f"<p>… {self._n_hidden} rows more</p>" if self._n_hidden else ""
        return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{rest}"

    def _texts(self) -> list[list[str]]:
        """The cells of the rows that are shown; a column of whole numbers has no decimals."""
        decimals = {name: 0 if _is_whole(self.column(name)) else DECIMALS for name in self.columns}
        return [
            [_text(row.get(name), digits) for name, digits in decimals.items()]
            for row in self[:MOST_PRINTED]
        ]

    @property
    def _n_hidden(self) -> int:
        return max(0, len(self) - MOST_PRINTED)


class Result:
    """What every result of the library can do besides holding its figures."""

    __slots__ = ()

    def headline(self) -> str:
        """The result in one line."""
        raise NotImplementedError

    def table(self) -> Table:
        """The rows people read first."""
        raise NotImplementedError

    def to_json(self) -> str:
        """Everything the result holds as strict JSON; a number that does not exist is null."""
        return as_json({"result": type(self).__name__, **plain(self)})

    def __repr__(self) -> str:
        return self.headline()

    def _repr_html_(self) -> str:
        return f"<p>{escape(self.headline())}</p>{self.table()._repr_html_()}"


@dataclass(frozen=True, slots=True, repr=False)
class Findings(Result, Sequence[Row], Generic[Row]):
    """Several findings of one kind, such as the fit of every item: a sequence with a headline.

    Attributes:
        title: What was found, in one line.
        rows: The findings.
    """

    title: str
    rows: tuple[Row, ...]

    def headline(self) -> str:
        """The title."""
        return self.title

    def table(self) -> Table:
        """One row for each finding."""
        return table_of(self.rows)

    def __len__(self) -> int:
        return len(self.rows)

    @overload
    def __getitem__(self, place: int) -> Row: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[Row]: ...
    def __getitem__(self, place: int | slice) -> Row | Sequence[Row]:
        return self.rows[place]


def table_of(records: Iterable[Any]) -> Table:
    """Records as rows: what lies inside a record becomes columns of its own.

    Args:
        records: Dataclasses. Dataclasses and mappings inside give `outer_inner`, lists of numbers
            `name1`, `name2` …, lists of sentences one text.

    Returns:
        One row for each record.
    """
    return Table([dict(_cells("", record)) for record in records])


def _cells(prefix: str, value: Any) -> Iterator[tuple[str, Cell]]:
    if is_dataclass(value) and not isinstance(value, type):
        value = {one.name: getattr(value, one.name) for one in fields(value)}
    if isinstance(value, Mapping):
        for name, inner in value.items():
            yield from _cells(f"{prefix}_{name}" if prefix else str(name), inner)
    elif isinstance(value, tuple | list | np.ndarray):
        if all(isinstance(one, str) for one in value):
            yield prefix, "; ".join(value)
        else:
            for number, inner in enumerate(value, start=1):
                yield from _cells(f"{prefix}{number}", inner)
    else:
        yield prefix, value.item() if isinstance(value, np.generic) else value


def _text(cell: Cell, decimals: int) -> str:
    if cell is None:
        return ""
    return f"{cell:.{decimals}f}" if isinstance(cell, float) else str(cell)


def _is_whole(cells: Iterable[Cell]) -> bool:
    return all(cell.is_integer() for cell in cells if isinstance(cell, float))


def _is_words(table: Table, name: str) -> bool:
    return any(isinstance(row.get(name), str) for row in table)
