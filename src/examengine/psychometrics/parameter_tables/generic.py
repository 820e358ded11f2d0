"""A table by plain names: id, model, a, b, c, d, b1, b2 …, se_a, se_b …, n.

c is the lower asymptote and d the upper one. Whoever has a table of another program renames its
columns to these; for which constant D the slopes are has to be said.
"""

import re
from collections.abc import Sequence
from fractions import Fraction
from typing import ClassVar

from examengine.psychometrics.models import MODELS, Value
from examengine.psychometrics.parameter_tables._contract import (
    FREER,
    ParameterTableFormat,
    RowFault,
    TableCells,
    TableConventions,
    logistic,
    stepped,
)
from examengine.psychometrics.parameter_tables._exact import shortest
from examengine.psychometrics.parameter_tables.mirt import location_of, places_of, single
from examengine.psychometrics.parameters import ItemParameters

OWN_MARK = "metric"
"""The column by which a table of ours says that its slopes are for D = 1."""
_COLUMN = re.compile(r"model|n|a|b|c|d|b[0-9]{1,3}|se_(?:a|b|c|d|b[0-9]{1,3})")
MODEL_NAMES = {
    "graded": "grm",
    "sgrm": "grm",
    "1plm": "1pl",
    "2plm": "2pl",
    "3plm": "3pl",
    "4plm": "4pl",
    "rm": "rasch",
}
"""What other programs call the models, in small letters."""


class GenericTable(ParameterTableFormat):
    """P = c + (d − c) / (1 + exp(−D a (θ − b))); b1, b2 … as the model says."""

    code = "generic"
    title = "Generic (id, model, a, b, c, d, b1 …, se_a …, n)"
    asks_step_model = True
    example: ClassVar[str] = (
        "id,model,a,b,c,d,b1,b2,se_a,se_b,n\n"
        "Q1,2pl,0.7,-0.5,,,,,0.05,0.06,480\nQ2,3pl,0.6,0.8,0.2,,,,0.07,0.1,480\n"
        "Q3,grm,0.65,,,,-0.7,0.9,0.05,,480\n"
    )
    said: ClassVar[TableConventions] = TableConventions(scaling="1.7")

    def recognises(self, header: Sequence[str]) -> bool:
        """An id and b or b1, with at least one heading that no other program has."""
        names = set(header)
        own = {"id", "item_id"} & names or {"model", "c"} & names or "b" in names
        marks = {"a1", "g", "u", "alpha", "seq.", "seq", "p", "s-rpbis", "t-rpbis", OWN_MARK}
        return (
            bool(own)
            and bool(set(self.names) & names)
            and bool({"b", "b1"} & names)
            and not marks & names
            and not _is_mirt(names)
        )

    def reads(self, name: str) -> bool:
        """Whether a heading is one of these."""
        return bool(_COLUMN.fullmatch(name))

    def parameters(self, item_id: str, row: TableCells) -> ItemParameters:
        """The parameters of one row; see `ParameterTableFormat.parameters`."""
        return named_parameters(item_id, row, row.text("model"))

    def cannot_hold(self, item: ItemParameters) -> str | None:
        """Nominal items have no a and b."""
        return "the nominal model has no a and b" if item.model == "nrm" else None

    def write(self, items: Sequence[ItemParameters]) -> tuple[list[str], list[list[str]]]:
        """See `ParameterTableFormat.write`; slopes are for D = 1."""
        most = max((len(places_of(item)) for item in items), default=0)
        several = [f"b{place}" for place in range(1, most + 1)]
        singles = ["a", "b", "c", "d"]
        head = ["id", "model", *singles, *several]
        head += [f"se_{name}" for name in (*singles, *several)] + ["n"]
        return head, [[cells_of(item).get(name, "") for name in head] for item in items]


def named_parameters(
    item_id: str, row: TableCells, said: str, se_prefix: str = "se_"
) -> ItemParameters:
    """The parameters of a row that names them a, b, c, d, b1, b2 and so on.

    Args:
        item_id: The item.
        row: Its cells.
        said: The model as the table calls it; "" where it does not.
        se_prefix: What stands before the names of standard errors.

    Raises:
        RowFault, UnusableParameters: The row does not describe an item.
    """
    model = MODEL_NAMES.get(said.casefold(), said.casefold())
    if model == "nrm":
        raise RowFault("the nominal model has no order of points; calibrate it as gpcm or grm")
    if model and model not in MODELS:
        raise RowFault(f"model {said[:40]!r} is none of {', '.join(sorted(MODELS))}")
    fixed = bool(model) and MODELS[model].fixed_slope
    given = row.number("a")
    slope = row.slope(Fraction(1) if fixed and given is None else row.needed("a"))
    if fixed and slope != 1.0:
        row.notes.append(f"the slope is {slope:g} for D = 1, so the model is {FREER[model]} here")
    n = row.n("n")
    if row.has("b1"):
        places = [float(one) for one in row.numbered("b")]
        code = model or row.conventions.step_model or ""
        if not code:
            raise RowFault("no model is named, so nobody knows what b1, b2 … are; say grm or gpcm")
        if not MODELS[code].polytomous:
            raise RowFault(f"b1, b2 … are given, and the {MODELS[code].title} has one b")
        return stepped(item_id, code, slope, places, se=_errors(row, se_prefix), n=n)
    if model and MODELS[model].polytomous:
        raise RowFault(f"b1 is empty; the {MODELS[model].title} needs b1, b2 …")
    b = float(row.needed("b"))
    ends = row.number("c"), row.number("d")
    se = _errors(row, se_prefix)
    return logistic(item_id, slope, b, *ends, se=se, n=n, model=model)


def _errors(row: TableCells, prefix: str) -> dict[str, Value]:
    """The standard errors of a row; those of slopes follow the metric as the slopes do.

    Raises:
        RowFault: One is negative.
    """
    found: dict[str, Value] = {}
    for name in ("a", "b", "c", "d"):
        error = row.number(f"{prefix}{name}")
        if error is not None:
            if error < 0:
                raise RowFault(f"{prefix}{name} is negative; a standard error is needed")
            found[name] = row.slope(error) if name == "a" else float(error)
    places = [float(one) for one in row.numbered(f"{prefix}b")]
    if places:
        if len(places) != len(row.numbered("b")):
            raise RowFault(f"{prefix}b1 … are not as many as b1 …; give all of them or none")
        found.pop("b", None)
        found["places"] = tuple(places)
    return found


def cells_of(item: ItemParameters) -> dict[str, str]:
    """The cells of an item under the plain names."""
    places = places_of(item)
    cells = {"id": item.item_id, "model": item.model, "a": shortest(single(item, "a", 1.0))}
    cells["n"] = str(item.n) if item.n else ""
    if places:
        cells |= {f"b{place}": shortest(one) for place, one in enumerate(places, start=1)}
    else:
        cells["b"] = shortest(location_of(item))
        cells |= {name: shortest(single(item, name, 0.0)) for name in "cd" if name in item.values}
    for name, value in item.se.items():
        if isinstance(value, tuple):
            cells |= {f"se_b{place}": shortest(one) for place, one in enumerate(value, start=1)}
        elif name in {"a", "b", "c", "d"}:
            cells[f"se_{name}"] = shortest(value)
    return {name: "" if cell == "nan" else cell for name, cell in cells.items()}


def _is_mirt(names: set[str]) -> bool:
    """Whether nothing but an item, a and b1, b2 … stand there: mirt's table of graded items."""
    rest = names - {"item", "item_id", "id", "rowname", "x"}
    return "b1" in rest and all(re.fullmatch(r"a|b[0-9]{1,3}", name) for name in rest)


FORMAT = GenericTable()
