"""TAM's table of traditional parameters: `mod$item_irt`, with item, alpha, beta and taus.

References:
    Robitzsch, Kiefer & Wu, TAM 4.2, `tam_irt_parameterization`: alpha is the loading of category 1,
    beta the mean of the steps, tau.Cat k what step k lies above beta; logistic metric, D = 1.
"""

import re
from collections.abc import Sequence
from fractions import Fraction
from typing import ClassVar

from examengine.psychometrics.parameter_tables._contract import (
    ParameterTableFormat,
    TableCells,
    logistic,
    stepped,
)
from examengine.psychometrics.parameter_tables._exact import as_written, exact, long_form, shortest
from examengine.psychometrics.parameter_tables.mirt import location_of, places_of, single
from examengine.psychometrics.parameter_tables.tam import FORMAT as TAM_ITEMS
from examengine.psychometrics.parameters import ItemParameters

_COLUMN = re.compile(r"alpha|beta|tau\.cat[0-9]{1,3}")


class TamTraditional(ParameterTableFormat):
    """a = alpha, b = beta; the steps of an item worth several points are beta + tau.Cat k."""

    code = "tam_irt"
    title = "TAM, traditional (alpha, beta, tau)"
    program = "TAM"
    own_scaling = "1"
    example: ClassVar[str] = (
        '"item","alpha","beta","tau.Cat1","tau.Cat2"\n"Q1",1,-0.4,NA,NA\n"Q2",0.8,0.2,-0.3,0.3\n'
    )
    names = ("item",)

    def recognises(self, header: Sequence[str]) -> bool:
        """Alpha and beta."""
        return {"alpha", "beta"} <= set(header)

    def reads(self, name: str) -> bool:
        """Whether a heading is one of TAM's parameters."""
        return bool(_COLUMN.fullmatch(name))

    def parameters(self, item_id: str, row: TableCells) -> ItemParameters:
        """The parameters of one row; see `ParameterTableFormat.parameters`."""
        a, beta = row.slope(row.needed("alpha")), row.needed("beta")
        taus = row.numbered("tau.cat")
        if not taus:
            return logistic(item_id, a, float(beta), None, None, se={}, n=0)
        return stepped(item_id, "gpcm", a, [float(beta + tau) for tau in taus], se={}, n=0)

    def cannot_hold(self, item: ItemParameters) -> str | None:
        """What TAM's other table cannot hold, and guessing."""
        guessing = "this table of TAM has no guessing" if single(item, "c", 0.0) else None
        return TAM_ITEMS.cannot_hold(item) or guessing

    def write(self, items: Sequence[ItemParameters]) -> tuple[list[str], list[list[str]]]:
        """See `ParameterTableFormat.write`."""
        most = max((len(places_of(item)) for item in items), default=0)
        head = ["item", "alpha", "beta", *(f"tau.Cat{place}" for place in range(1, most + 1))]
        return head, [_row(item, most) for item in items]


def _row(item: ItemParameters, most: int) -> list[str]:
    places = places_of(item)
    a = shortest(single(item, "a", 1.0))
    if not places:
        return [item.item_id, a, shortest(location_of(item)), *["NA"] * most]
    mean = long_form(sum(map(as_written, places), Fraction(0)) / len(places))
    beta = exact(mean) or Fraction(0)
    taus = [long_form(as_written(place) - beta) for place in places]
    return [item.item_id, a, mean, *taus, *["NA"] * (most - len(places))]


FORMAT = TamTraditional()
