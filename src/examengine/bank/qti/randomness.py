"""Where random numbers come from: a seed that is kept, or nowhere."""

from functools import cached_property
from random import Random
from typing import Protocol

from examengine.bank.qti.refusal import QtiRefused, RefusedBecause


class Draws(Protocol):
    """What draws numbers."""

    def place(self, n_places: int) -> int:
        """Return one of the places 0 … n_places - 1."""

    def share(self) -> float:
        """Return a number from 0 up to, and without, 1."""


class SeededDraws:
    """Draws that are the same for the same seed."""

    def __init__(self, seed: str) -> None:
        self._seed = seed

    @cached_property
    def _random(self) -> Random:
        """Seed when something is drawn: most items draw nothing."""
        return Random(self._seed)

    def place(self, n_places: int) -> int:
        """Return one of the places."""
        return self._random.randrange(n_places)

    def share(self) -> float:
        """Return a number from 0 up to 1."""
        return self._random.random()


class NoDraws:
    """Draws nothing, but where there is only one thing to draw: a score must be replayable."""

    def place(self, n_places: int) -> int:
        """Return the only place.

        Raises:
            QtiRefused: There are several.
        """
        if n_places == 1:
            return 0
        what = "draws a random number while scoring, which cannot be replayed"
        raise QtiRefused(RefusedBecause.RANDOM_IN_RESPONSE_PROCESSING, what)

    def share(self) -> float:
        """Raise: every number may be drawn."""
        return float(self.place(2))
