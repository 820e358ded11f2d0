"""What the tests of delivery share."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine

from examengine import delivery
from tests.clock import SetClock


@pytest.fixture
def writer(engine: Engine, clock: SetClock) -> Iterator[delivery.AttemptWriter]:
    """A writer that runs."""
    writer = delivery.AttemptWriter(engine, clock, delivery.FormsInPlay())
    writer.start()
    yield writer
    writer.stop()
