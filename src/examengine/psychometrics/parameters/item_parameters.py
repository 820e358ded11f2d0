"""The parameters of one item under one model, as files name them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from math import isfinite
from typing import Any

import numpy as np

from examengine.psychometrics.arrays import FloatArray
from examengine.psychometrics.models import FILE_ORDER, LISTS, MODELS, ItemModel, Value, Values
from examengine.psychometrics.refusals import UnusableParameters

# How far numbers that say the same may differ: slope and a in one item, an item in two files.
AGREEMENT = 1e-6


@dataclass(frozen=True)
class ItemParameters:
    """The parameters of one item under one model.

    Attributes:
        item_id: The item.
        model: Code of its model, such as "2pl".
        values: Named parameters; lists (thresholds, steps …) are tuples.
        se: Standard errors under the same names; empty when there are none.
        anchored: Whether the values were given rather than estimated.
        n: Number of persons the item was presented to.
        options: Of a nominal item that was calibrated from chosen options: the option of each
            category. Empty where categories are scores.

    Raises:
        UnusableParameters: The model is unknown or the values do not describe an item of it.

    Examples:
        >>> ItemParameters("Q1", "2pl", {"a": 1.2, "b": -0.5}).n_categories
        2
    """

    item_id: str
    model: str
    values: Values
    se: Values = field(default_factory=dict)
    anchored: bool = False
    n: int = 0
    options: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.model not in MODELS:
            known = ", ".join(sorted(MODELS))
            raise UnusableParameters(
                [f"item {self.item_id!r}: model {self.model!r} is none of {known}"]
            )
        try:
            _ = self.coordinates
        except ValueError as fault:
            raise UnusableParameters([f"item {self.item_id!r}: {fault}"]) from fault
        if self.options and len(self.options) != self.n_categories:
            raise UnusableParameters(
                [
                    f"item {self.item_id!r}: {len(self.options)} options for "
                    f"{self.n_categories} categories"
                ]
            )

    @property
    def item_model(self) -> ItemModel:
        """The model itself."""
        return MODELS[self.model]

    @property
    def n_categories(self) -> int:
        """Number of score categories, 2 for a right/wrong item."""
        return self.item_model.n_categories(self.values)

    @cached_property
    def coordinates(self) -> FloatArray:
        """The item in the coordinates of its model, shape (n_parameters,)."""
        _check_agreement(self.values)
        return self.item_model.pack(self.values)

    def repeats(self, other: "ItemParameters") -> bool:
        """Whether both have the same parameters, but for rounding."""
        same_size = self.coordinates.shape == other.coordinates.shape
        return (
            self.model == other.model
            and same_size
            and bool(
                np.allclose(self.coordinates, other.coordinates, rtol=AGREEMENT, atol=AGREEMENT)
            )
        )

    def to_dict(self) -> dict[str, Any]:
        """The item as it stands in a parameter file."""
        return {
            "item_id": self.item_id,
            "model": self.model,
            **({"options": list(self.options)} if self.options else {}),
            **_plain(self.values),
            "se": _plain(self.se),
            "anchored": self.anchored,
            "n": self.n,
        }

    @classmethod
    def from_dict(cls, entry: Mapping[str, Any]) -> "ItemParameters":
        """One entry of `items` in a parameter file.

        Raises:
            UnusableParameters: A part is missing or wrong.
        """
        item_id, model = entry.get("item_id"), entry.get("model")
        if not isinstance(item_id, str) or not isinstance(model, str):
            raise UnusableParameters(
                [f"item_id {item_id!r}, model {model!r}: two texts are needed"]
            )
        se = entry.get("se") or {}
        try:
            return cls(
                item_id=item_id,
                model=model,
                values=_named_values(entry),
                se=_named_values(se),
                anchored=bool(entry.get("anchored", False)),
                n=int(entry.get("n", 0)),
                options=tuple(str(option) for option in entry.get("options") or ()),
            )
        except (TypeError, AttributeError) as fault:
            raise UnusableParameters([f"item {item_id!r}: {fault}"]) from fault


def _plain(values: Values) -> dict[str, float | list[float | None] | None]:
    """Values for JSON: tuples become lists and what is not finite becomes null."""
    return {
        name: [_finite(one) for one in value] if isinstance(value, tuple) else _finite(value)
        for name, value in values.items()
    }


def _finite(value: float) -> float | None:
    return float(value) if isfinite(value) else None


def _named_values(entry: Mapping[str, Any]) -> dict[str, Value]:
    """The parameters among the fields of an entry, lists as tuples; null is left out."""
    found: dict[str, Value] = {}
    for name in FILE_ORDER:
        value = entry.get(name)
        if value is None:
            continue
        if name in LISTS:
            found[name] = tuple(float("nan") if one is None else float(one) for one in value)
        else:
            found[name] = float(value)
    return found


def _check_agreement(values: Values) -> None:
    """Slope and intercept must repeat a and b.

    Raises:
        ValueError: They contradict each other.
    """
    a, b, slope, intercept = (values.get(name) for name in ("a", "b", "slope", "intercept"))
    pairs = [("slope", slope, a)]
    if isinstance(a, float) and isinstance(b, float):
        pairs.append(("intercept", intercept, -a * b))
    for name, found, needed in pairs:
        if not isinstance(found, float) or not isinstance(needed, float):
            continue
        if abs(found - needed) > AGREEMENT * max(1.0, abs(needed)):
            raise ValueError(f"{name} is {found:g} but a and b make it {needed:g}; keep one pair")
