"""A clock that tests set."""

from datetime import UTC, datetime, timedelta


class SetClock:
    """Tells the time it was set to, until a test moves it."""

    def __init__(self, moment: datetime = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)) -> None:
        self._moment = moment

    def now(self) -> datetime:
        """Return the moment it stands at."""
        return self._moment

    def stand_at(self, moment: datetime) -> None:
        """Stand at this moment from now on."""
        self._moment = moment

    def forward(self, **by: float) -> None:
        """Move on: `clock.forward(minutes=5)`."""
        self._moment += timedelta(**by)
