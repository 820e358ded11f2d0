"""mirt's table of traditional parameters: `coef(fit, IRTpars = TRUE, simplify = TRUE)$items`.

Right/wrong items have a, b, g (lower asymptote) and u (upper one); items worth several points have
a and b1, b2 …, be they thresholds of `graded` or steps of `gpcm`, which the table does not say.

References:
    Chalmers (2012), mirt, Journal of Statistical Software 48(6); its manual under `coef-method` and
    `traditional2mirt`: logistic metric, D = 1.
"""

import re
from collections.abc import Sequence
from typing import ClassVar

from examengine.psychometrics.parameter_tables._contract import (
    ParameterTableFormat,
    RowFault,
    TableCells,
    TableConventions,
    logistic,
    stepped,
)
from examengine.psychometrics.parameter_tables._exact import shortest
from examengine.psychometrics.parameters import ItemParameters

_COLUMN = re.compile(r"a|b|g|u|b[0-9]{1,3}")


class MirtTraditional(ParameterTableFormat):
    """P = g + (u − g) / (1 + exp(−a (θ − b))); b1, b2 … as the model says."""

    code = "mirt"
    title = "mirt, traditional (a, b, g, u)"
    program = "mirt"
    own_scaling = "1"
    asks_step_model = True
    example: ClassVar[str] = (
        '"","a","b","g","u","b1","b2"\n'
        '"Q1",1.2,-0.5,0,1,NA,NA\n"Q2",0.9,0.8,0.2,1,NA,NA\n"Q3",1.1,NA,NA,NA,-0.7,0.9\n'
    )
    said: ClassVar[TableConventions] = TableConventions(step_model="grm")
    names = ("item", "item_id", "id", "rowname", "x")

    def recognises(self, header: Sequence[str]) -> bool:
        """Nothing but a, b, g, u and b1, b2 … beside the names, and g and u or b1."""
        rest = [name for name in header if name not in self.names]
        marks = {"g", "u"} <= set(rest) or "b1" in rest
        return "a" in rest and marks and all(map(self.reads, rest))

    def reads(self, name: str) -> bool:
        """Whether a heading is one of mirt's."""
        return bool(_COLUMN.fullmatch(name))

    def parameters(self, item_id: str, row: TableCells) -> ItemParameters:
        """The parameters of one row; see `ParameterTableFormat.parameters`."""
        a = row.slope(row.needed("a"))
        if row.has("b"):
            b = float(row.needed("b"))
            return logistic(item_id, a, b, row.number("g"), row.number("u"), se={}, n=0)
        places = [float(one) for one in row.numbered("b")]
        if not places:
            raise RowFault("neither b nor b1 says anything; one of them is needed")
        if row.conventions.step_model is None:
            raise RowFault(
                "the table does not say what b1, b2 … are; say graded response model (grm) or "
                "generalized partial credit model (gpcm)"
            )
        return stepped(item_id, row.conventions.step_model, a, places, se={}, n=0)

    def cannot_hold(self, item: ItemParameters) -> str | None:
        """Nominal items have no a and b."""
        return "the nominal model has no a and b" if item.model == "nrm" else None

    def write(self, items: Sequence[ItemParameters]) -> tuple[list[str], list[list[str]]]:
        """See `ParameterTableFormat.write`."""
        most = max((len(places_of(item)) for item in items), default=0)
        head = ["", "a", "b", "g", "u", *(f"b{place}" for place in range(1, most + 1))]
        return head, [self._row(item, most) for item in items]

    def _row(self, item: ItemParameters, most: int) -> list[str]:
        places = places_of(item)
        a = shortest(single(item, "a", 1.0))
        if places:
            room = ["NA"] * (most - len(places))
            return [item.item_id, a, "NA", "NA", "NA", *map(shortest, places), *room]
        ends = (single(item, "c", 0.0), single(item, "d", 1.0))
        b = shortest(location_of(item))
        return [item.item_id, a, b, *map(shortest, ends), *["NA"] * most]


def places_of(item: ItemParameters) -> tuple[float, ...]:
    """Steps or thresholds of an item; () of a right/wrong one."""
    found = item.values.get("steps", item.values.get("thresholds", ()))
    return found if isinstance(found, tuple) else ()


def single(item: ItemParameters, name: str, default: float) -> float:
    """One number of an item."""
    found = item.values.get(name, default)
    return default if isinstance(found, tuple) else found


def location_of(item: ItemParameters) -> float:
    """b, or −intercept / slope where a file gives those alone."""
    if "b" in item.values:
        return single(item, "b", 0.0)
    return -single(item, "intercept", 0.0) / single(item, "slope", single(item, "a", 1.0))


FORMAT = MirtTraditional()
