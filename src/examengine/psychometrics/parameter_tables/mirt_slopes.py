"""mirt's table of slopes and intercepts: `coef(fit, simplify = TRUE)$items`.

Right/wrong items have a1, d, g and u; `graded` items a1 and d1, d2 …; `gpcm` and `Rasch`
items worth several points a1, ak0, ak1 … and d0, d1 …

References:
    Chalmers (2012), mirt, Journal of Statistical Software 48(6); its manual under `mirt`, “IRT
    models”: logistic metric, D = 1.
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

_COLUMN = re.compile(r"a[0-9]{1,3}|ak[0-9]{1,3}|d|d[0-9]{1,3}|g|u")


class MirtSlopes(ParameterTableFormat):
    """P = g + (u − g) / (1 + exp(−(a1 θ + d))), so b = −d / a1.

    Of `graded`: P(X ≥ k) = 1 / (1 + exp(−(a1 θ + dk))), so the thresholds are −dk / a1. Of `gpcm`:
    P(X = k) ∝ exp(ak a1 θ + dk) with ak = k, so the steps are (d(k−1) − dk) / a1.
    """

    code = "mirt_slopes"
    title = "mirt, slopes and intercepts (a1, d, g, u)"
    program = "mirt"
    own_scaling = "1"
    example: ClassVar[str] = (
        '"","a1","d","g","u","d1","d2","ak0","ak1","ak2","d0"\n'
        '"Q1",1.2,0.6,0,1,NA,NA,NA,NA,NA,NA\n"Q2",1.1,NA,NA,NA,0.8,-0.9,NA,NA,NA,NA\n'
        '"Q3",0.8,NA,NA,NA,0.4,-0.2,0,1,2,0\n'
    )
    names = ("item", "item_id", "id", "rowname", "x")

    def recognises(self, header: Sequence[str]) -> bool:
        """a1 and an intercept, and nothing that is not mirt's."""
        rest = [name for name in header if name not in self.names]
        return "a1" in rest and bool({"d", "d1"} & set(rest)) and all(map(self.reads, rest))

    def reads(self, name: str) -> bool:
        """Whether a heading is one of mirt's."""
        return bool(_COLUMN.fullmatch(name))

    def parameters(self, item_id: str, row: TableCells) -> ItemParameters:
        """The parameters of one row; see `ParameterTableFormat.parameters`."""
        slope = row.needed("a1")
        if any(row.number(f"a{place}") for place in range(2, 20)):
            raise RowFault("the item loads on several dimensions; one ability is measured here")
        if not slope:
            raise RowFault("a1 is 0, so no ability can be told by the item; leave the row out")
        a = row.slope(slope)
        if row.has("d"):
            b = float(-row.needed("d") / slope)
            return logistic(item_id, a, b, row.number("g"), row.number("u"), se={}, n=0)
        intercepts = row.numbered("d")
        if not intercepts:
            raise RowFault("neither d nor d1 says anything; one of them is needed")
        scores = row.numbered("ak", start=0)
        if not scores:
            places = [float(-one / slope) for one in intercepts]
            return stepped(item_id, "grm", a, places, se={}, n=0)
        if scores != list(range(len(intercepts) + 1)):
            raise RowFault(
                "ak0, ak1 … are not 0, 1, 2 …: the item was calibrated under the nominal model, "
                "which has no order of points; calibrate it as gpcm or graded"
            )
        before = [row.number("d0") or Fraction(0), *intercepts[:-1]]
        steps = [float((low - high) / slope) for low, high in zip(before, intercepts, strict=True)]
        return stepped(item_id, "gpcm", a, steps, se={}, n=0)

    def cannot_hold(self, item: ItemParameters) -> str | None:
        """Nominal items are read by nobody from here, so they are not written either."""
        return "the nominal model has no order of points" if item.model == "nrm" else None

    def write(self, items: Sequence[ItemParameters]) -> tuple[list[str], list[list[str]]]:
        """See `ParameterTableFormat.write`."""
        most = max((len(places_of(item)) for item in items), default=0)
        partial = any("steps" in item.values for item in items)
        right_wrong = any(not places_of(item) for item in items)
        head = ["", "a1", *(["d", "g", "u"] if right_wrong else [])]
        head += [f"d{place}" for place in range(0 if partial else 1, most + 1) if most]
        head += [f"ak{place}" for place in range(most + 1) if partial]
        return head, [[_cells(item).get(name, "NA") for name in head] for item in items]


def _cells(item: ItemParameters) -> dict[str, str]:
    a = single(item, "a", single(item, "slope", 1.0))
    slope, places = as_written(a), places_of(item)
    cells = {"": item.item_id, "a1": shortest(a)}
    if not places:
        cells["d"] = long_form(-slope * as_written(location_of(item)))
        cells["g"] = shortest(single(item, "c", 0.0))
        cells["u"] = shortest(single(item, "d", 1.0))
        return cells
    total = Fraction(0)
    if "steps" in item.values:
        cells |= {f"ak{place}": str(place) for place in range(len(places) + 1)} | {"d0": "0"}
    for place, one in enumerate(map(as_written, places), start=1):
        total = total + one if "steps" in item.values else one
        cells[f"d{place}"] = long_form(-slope * total)
    return cells


FORMAT = MirtSlopes()
