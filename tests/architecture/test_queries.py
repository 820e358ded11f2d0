"""Queries lie in repositories: whoever looks for what is read and written looks there."""

import ast
from pathlib import Path

import pytest

import examengine

ROOT = Path(examengine.__file__).parent
QUERIES = frozenset({"select", "insert", "update", "delete", "func"})
CONTEXTS = (
    *("accounts", "assembly", "bank", "calibration", "credentials", "delivery", "four_eyes"),
    *("importing", "integrity", "jobs", "ledger", "marking", "scoring", "standard_setting"),
)
MODULES = sorted(path for context in CONTEXTS for path in (ROOT / context).rglob("*.py"))


def _queries(path: Path) -> set[str]:
    return {
        alias.name
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.ImportFrom)
        and (node.module or "").partition(".")[0] in {"sqlalchemy", "sqlmodel"}
        for alias in node.names
    } & QUERIES


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_queries_lie_in_repositories(path):
    """
    A module that builds a query is a repository, and says so by its name.
    """
    assert path.stem.endswith("repository") or not _queries(path)
