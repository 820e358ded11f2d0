"""Files named on the command line: read whole, written whole, and refused in words."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import typer

from examengine.psychometrics.csv_tables import LARGEST_FILE, UnusableFile
from examengine.psychometrics.refusals import Refusal

UNUSABLE = 2


@contextmanager
def refusals_as_faults(about: Path | None = None) -> Iterator[None]:
    """Say what cannot be used on stderr, one line a fault, and end with status 2.

    Args:
        about: The file that sentences are about which name none.
    """
    try:
        yield
    except Refusal as refusal:
        where = "" if about is None or refusal.placed else f"{about}: "
        for fault in refusal.faults:
            typer.echo(where + fault, err=True)
        raise typer.Exit(UNUSABLE) from refusal


@contextmanager
def unwritable_as_fault(path: Path) -> Iterator[None]:
    """Say on stderr why a file cannot be written, and end with status 2."""
    try:
        yield
    except OSError as fault:
        typer.echo(f"{path}: cannot be written ({fault.strerror or fault})", err=True)
        raise typer.Exit(UNUSABLE) from fault


def content_of(path: Path) -> bytes:
    """Return the bytes of a file.

    Raises:
        UnusableFile: It is missing, a folder, unreadable or too large.
    """
    try:
        size = path.stat().st_size
        if size > LARGEST_FILE:
            raise UnusableFile([f"{path}: {size} bytes; at most {LARGEST_FILE} are read"])
        return path.read_bytes()
    except FileNotFoundError:
        raise UnusableFile([f"{path}: there is no such file"]) from None
    except OSError as fault:
        raise UnusableFile([f"{path}: {fault.strerror or fault}"]) from None


def put(text: str, out: Path | None) -> None:
    """Write to a file, or to stdout when none was named.

    Raises:
        UnusableFile: The file cannot be written.
    """
    if out is None:
        typer.echo(text, nl=False)
        return
    try:
        out.write_text(text, encoding="utf-8")
    except OSError as fault:
        raise UnusableFile([f"{out}: {fault.strerror or fault}"]) from None
