"""What the tests of integrity may ask for."""

import pytest

from tests.scoring import world as worlds


@pytest.fixture
def world(engine, clock, hasher):
    """An exam programme with nobody in it yet, on each database."""
    return worlds.build(engine, clock, hasher)
