"""What the tests of delivery share."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine

from examengine import delivery
from tests.clock import SetClock


@pytest.fixture
def attempts() -> delivery.AttemptsInPlay:
    """The attempts in memory, which follow what the writer writes."""
    return delivery.AttemptsInPlay()


@pytest.fixture
def writer(
    engine: Engine, clock: SetClock, attempts: delivery.AttemptsInPlay
) -> Iterator[delivery.AttemptWriter]:
    """A writer that runs."""
    writer = delivery.AttemptWriter(engine, clock, delivery.FormsInPlay(), attempts)
    writer.start()
    yield writer
    writer.stop()
