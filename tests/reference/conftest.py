"""Tests that compare with other programs, nearly all of which need the references beside this."""

from pathlib import Path

import pytest

HERE = Path(__file__).parent
# What the repository simulates itself needs nothing beside it.
SELF_CONTAINED = HERE / "test_simulated_sets.py"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what this folder holds, but for what brings its own references."""
    for item in items:
        if item.path.is_relative_to(HERE) and item.path != SELF_CONTAINED:
            item.add_marker(pytest.mark.references)
