"""A blueprint: what every form of an exam has to contain, as pure values.

A blueprint knows areas, types and levels by name only; whether a pool of items can meet it is
decided in `parallel_forms`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Between:
    """A count, or a time in seconds, from `least` to `most`, both included."""

    least: int
    most: int

    def __str__(self) -> str:
        """Return `5` or `4 to 6`."""
        return str(self.least) if self.least == self.most else f"{self.least} to {self.most}"


ANY_ITEMS, ANY_NUMBER = Between(1, 500), Between(0, 500)
"""What a blueprint asks of item sets where it says nothing."""


@dataclass(frozen=True, slots=True)
class SetBounds:
    """What a blueprint asks of item sets.

    Attributes:
        items: Items of each set that stands in a form.
        number: Sets in each form.
    """

    items: Between = ANY_ITEMS
    number: Between = ANY_NUMBER


@dataclass(frozen=True, slots=True)
class Blueprint:
    """What each form contains.

    Attributes:
        forms: How many parallel forms are assembled.
        length: Items in each form.
        common: Items that all forms share; they tie the forms to one scale.
        areas: Items per content area.
        types: Items per item type; a type that is not named is free.
        levels: Items per cognitive level; a level that is not named is free.
        seconds: Expected time of a whole form.
        thetas: Abilities, in logits, at which forms should be equally informative.
        sets: Item sets; None where a form may hold any number of items of any.
    """

    forms: int
    length: int
    common: int
    areas: Mapping[str, Between]
    types: Mapping[str, Between]
    levels: Mapping[str, Between]
    seconds: Between | None
    thetas: tuple[float, ...] = (-1.0, 0.0, 1.0)
    sets: SetBounds | None = None


@dataclass(frozen=True, slots=True)
class PoolItem:
    """An item as assembly sees it.

    Attributes:
        item_id: The item.
        area: Content area.
        item_type: Item type.
        level: Cognitive level.
        seconds: Expected time.
        enemies: Items that must not stand in one form with it.
        information: Fisher information at the blueprint's abilities, or empty when the item has
            not been calibrated.
        set_id: The set whose stimulus it shares, or "" when it stands alone.
        set_place: Its place in the set.
        model_id: The item model it is an instance of, or ""; a form holds one instance of each.
    """

    item_id: str
    area: str
    item_type: str
    level: str
    seconds: int
    enemies: frozenset[str] = frozenset()
    information: tuple[float, ...] = ()
    set_id: str = ""
    set_place: int = 0
    model_id: str = ""


@dataclass(frozen=True, slots=True)
class AssembledForm:
    """One form as the solver made it, with what it amounts to."""

    code: str
    item_ids: tuple[str, ...]
    common: frozenset[str]
    seconds: int
    information: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Assembly:
    """All forms of one run.

    Attributes:
        forms: The forms, coded A, B, C …
        difference: The largest difference between two forms, as a share of the mean, over time,
            levels and information: what the program minimises.
        bound: No assembly can have a smaller difference than this.
        optimal: Whether the solver proved that none is better.
        solver: Its name and version.
        seed: Of what was drawn at random.
        cpu_seconds: How long it took.
    """

    forms: tuple[AssembledForm, ...]
    difference: float
    bound: float
    optimal: bool
    solver: str
    seed: int
    cpu_seconds: float = field(compare=False)
