"""CSV files that people download, and open with a program that takes `=` for a formula.

A candidate chooses what stands in some of the cells. Every CSV file leaves the pages through
`csv_download` or `csv_stream`; what a command writes is for programs, and stays exact.
"""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from fastapi.responses import Response, StreamingResponse

_NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?")
_BEGINS_A_FORMULA = re.compile(r"\s*[=+\-@＝＋－＠\x00-\x1f\x7f]")
_MAY_BEGIN_ONE = re.compile(r"\"\n|(?:^|[,|\"\n])[^\S\n]*[=+\-@＝＋－＠\x00-\x09\x0b-\x1f\x7f]")
PARTED = "|"
"""What parts the accepted answers in a cell of a key file."""


LINES_AT_ONCE = 500
"""Lines of a long file that are sent together."""


def as_text(cell: str) -> str:
    """Return a cell that no program takes for a formula; a number stays what it is.

    An apostrophe in front makes the cell text. The parts of a list of answers get their own, so
    that answers and keys still name the same thing.
    """
    return PARTED.join(
        f"'{part}" if _BEGINS_A_FORMULA.match(part) and not _NUMBER.fullmatch(part) else part
        for part in cell.split(PARTED)
    )


def neutral(table: str) -> str:
    """Return a CSV file whose cells are all text or numbers; one without such cells as it is."""
    if not _MAY_BEGIN_ONE.search(table):
        return table
    rows = csv.reader(io.StringIO(table, newline=""))
    return "".join(",".join(_quoted(as_text(cell)) for cell in row) + "\n" for row in rows)


def _quoted(cell: str) -> str:
    """Return a cell as a file holds it; csv.writer would leave a bare carriage return."""
    if not any(sign in cell for sign in ',"\r\n'):
        return cell
    return '"' + cell.replace('"', '""') + '"'


def csv_download(table: str | bytes, name: str) -> Response:
    """Return a CSV file as a download.

    Args:
        table: The file, in UTF-8.
        name: What to call it.
    """
    text = table if isinstance(table, str) else table.decode()
    headers = {"content-disposition": f'attachment; filename="{name}"'}
    return Response(neutral(text), media_type="text/csv; charset=utf-8", headers=headers)


def csv_stream(head: Sequence[str], rows: Iterable[Sequence[str]], name: str) -> Response:
    """Return a CSV file as a download that is sent while it is read.

    Args:
        head: The names of the columns.
        rows: The cells of each line.
        name: What to call it.
    """
    headers = {"content-disposition": f'attachment; filename="{name}"'}
    pieces = _pieces(head, rows)
    return StreamingResponse(pieces, media_type="text/csv; charset=utf-8", headers=headers)


def _pieces(head: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[bytes]:
    yield _lines([head])
    left = iter(rows)
    while some := list(islice(left, LINES_AT_ONCE)):
        yield _lines(some)


def _lines(rows: Iterable[Sequence[str]]) -> bytes:
    written = io.StringIO()
    csv.writer(written, lineterminator="\n").writerows(rows)
    return neutral(written.getvalue()).encode()
