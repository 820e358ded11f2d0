"""Data sets and results of other programs, kept beside the repository; tests skip without them."""

import csv
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from examengine.psychometrics.responses import Responses

SHARED = Path(__file__).parents[2].parent / "shared" / "psychometrics"


def reference(name: str) -> dict[str, Any]:
    """Results of another program by name; skips the test when the folder is not there."""
    path = SHARED / "reference" / f"{name}.json"
    if not path.exists():
        pytest.skip(f"{path.name} is not beside the repository")
    return json.loads(path.read_text(encoding="utf-8"))


def table(path: str) -> tuple[list[str], list[list[str]]]:
    """Header and rows of a CSV file below the shared folder; skips when it is not there."""
    file = SHARED / path
    if not file.exists():
        pytest.skip(f"{file.name} is not beside the repository")
    with file.open(encoding="utf-8", newline="") as lines:
        header, *rows = csv.reader(lines)
    return header, rows


def responses(path: str, *, n_items: int | None = None) -> Responses:
    """Scored responses of a data set, lowest category 0, empty cells not presented."""
    header, rows = table(path)
    cells = np.array([[float(cell) if cell else np.nan for cell in row] for row in rows])
    cells -= np.nanmin(cells)
    return Responses.from_matrix(cells[:, :n_items], item_ids=header[:n_items])


def complete(data: Responses) -> Responses:
    """The persons who were presented every item."""
    return data.with_persons(data.presented.all(axis=1))


def column(rows: list[dict[str, Any]], name: str) -> np.ndarray:
    """One column of a list of rows as floats, nan for null."""
    return np.array([np.nan if row[name] is None else row[name] for row in rows], dtype=float)
