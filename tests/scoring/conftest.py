"""What the tests of scoring may ask for."""

import pytest

from tests.scoring import world as worlds


@pytest.fixture
def world(engine, clock, hasher, world_templates):
    """An exam programme with nobody in it yet, on each database."""
    return world_templates.copied(
        "nobody_yet", engine, clock, lambda: worlds.build(engine, clock, hasher)
    )
