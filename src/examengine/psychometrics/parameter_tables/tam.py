"""TAM's table of items: `mod$item`, with item, N, M, xsi.item, AXsi_.Cat1, B.Cat1.Dim1 and so on.

References:
    Robitzsch, Kiefer & Wu, TAM 4.2, `tam_itempartable`: AXsi_.Cat k is −A ξ of category k, so that
    P(X = k) ∝ exp(B_k θ − AXsi_k), with AXsi_0 = B_0 = 0; logistic metric, D = 1.
    `tam.mml.3pl` adds `guess`.
"""

import re
from collections.abc import Sequence
from fractions import Fraction
from typing import ClassVar

from examengine.psychometrics.parameter_tables._contract import (
    ParameterTableFormat,
    RowFault,
    TableCells,
    logistic,
    stepped,
)
from examengine.psychometrics.parameter_tables._exact import as_written, long_form, shortest
from examengine.psychometrics.parameter_tables.mirt import location_of, places_of, single
from examengine.psychometrics.parameters import ItemParameters

_COLUMN = re.compile(r"n|xsi\.item|guess|axsi_\.cat[0-9]{1,3}|b\.cat[0-9]{1,3}\.dim[0-9]{1,2}")
_OTHER_DIMENSION = re.compile(r"b\.cat[0-9]{1,3}\.dim(?!1$)[0-9]{1,2}")
_ROUNDING = Fraction(1, 10**6)
"""How far loadings may be from k times the first, of a table that was rounded on the way."""


class TamItems(ParameterTableFormat):
    """a = B_1, and the steps are (AXsi_k − AXsi_(k−1)) / a."""

    code = "tam"
    title = "TAM, items (xsi.item, AXsi_, B)"
    program = "TAM"
    own_scaling = "1"
    example: ClassVar[str] = (
        '"item","N","M","xsi.item","AXsi_.Cat1","AXsi_.Cat2","B.Cat1.Dim1","B.Cat2.Dim1"\n'
        '"Q1",500,0.6,-0.4,-0.4,NA,1,0\n"Q2",500,1.1,0.2,-0.1,0.4,1,2\n'
    )
    names = ("item",)

    def recognises(self, header: Sequence[str]) -> bool:
        """AXsi_ and B columns."""
        return "axsi_.cat1" in header and "b.cat1.dim1" in header

    def reads(self, name: str) -> bool:
        """Whether a heading is one of TAM's parameters."""
        return bool(_COLUMN.fullmatch(name))

    def parameters(self, item_id: str, row: TableCells) -> ItemParameters:
        """The parameters of one row; see `ParameterTableFormat.parameters`."""
        if any(row.number(name) for name in row.cells if _OTHER_DIMENSION.fullmatch(name)):
            raise RowFault("the item loads on several dimensions; one ability is measured here")
        if row.number("axsi_.cat0") or row.number("b.cat0.dim1"):
            raise RowFault("category 0 has parameters of its own; a table against it is needed")
        axsi = row.numbered("axsi_.cat")
        if not axsi:
            raise RowFault("axsi_.cat1 is empty; a number is needed")
        loadings = [row.needed(f"b.cat{place}.dim1") for place in range(1, len(axsi) + 1)]
        first = loadings[0]
        if not first:
            raise RowFault("b.cat1.dim1 is 0, so no ability can be told by the item")
        if any(abs(one - first * k) > _ROUNDING for k, one in enumerate(loadings, start=1)):
            raise RowFault(
                "the loadings B are not in the ratio 1, 2, 3 …: the item has a slope for each "
                "category; calibrate it under the generalized partial credit model"
            )
        before = [Fraction(0), *axsi[:-1]]
        steps = [float((high - low) / first) for low, high in zip(before, axsi, strict=True)]
        a, n = row.slope(first), row.n("n")
        if len(steps) == 1:
            return logistic(item_id, a, steps[0], row.number("guess"), None, se={}, n=n)
        if row.number("guess"):
            raise RowFault("guess is above 0, which items worth several points do not have")
        return stepped(item_id, "gpcm", a, steps, se={}, n=n)

    def cannot_hold(self, item: ItemParameters) -> str | None:
        """Graded, nominal and four-parameter items."""
        if item.model in {"grm", "nrm"}:
            return f"TAM has no {item.item_model.title}"
        return "TAM has no upper asymptote" if single(item, "d", 1.0) != 1.0 else None

    def write(self, items: Sequence[ItemParameters]) -> tuple[list[str], list[list[str]]]:
        """See `ParameterTableFormat.write`."""
        most = max((len(places_of(item)) or 1 for item in items), default=1)
        guessing = any(single(item, "c", 0.0) for item in items)
        head = ["item", "N", "M", "xsi.item", *(["guess"] if guessing else [])]
        head += [f"AXsi_.Cat{place}" for place in range(1, most + 1)]
        head += [f"B.Cat{place}.Dim1" for place in range(1, most + 1)]
        return head, [[_cells(item, most).get(name, "NA") for name in head] for item in items]


def _cells(item: ItemParameters, most: int) -> dict[str, str]:
    slope = as_written(single(item, "a", 1.0))
    places = places_of(item) or (location_of(item),)
    cells = {
        "item": item.item_id,
        "N": str(item.n) if item.n else "NA",
        "guess": shortest(single(item, "c", 0.0)),
    }
    total = Fraction(0)
    for place, one in enumerate(places, start=1):
        total += as_written(one)
        cells[f"AXsi_.Cat{place}"] = long_form(slope * total)
    cells["xsi.item"] = long_form(slope * total / len(places))
    for place in range(1, most + 1):
        cells[f"B.Cat{place}.Dim1"] = long_form(slope * place) if place <= len(places) else "0"
    return cells


FORMAT = TamItems()
