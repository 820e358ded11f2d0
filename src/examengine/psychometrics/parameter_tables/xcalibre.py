"""Xcalibre's table of items: Item ID, the parameters a, b, c, and classical figures beside them.

The report and its CSV file differ in what stands beside the parameters (Seq., P or Mean, S-Rpbis or
T-Rpbis, Flags …), which is passed over here. Slopes are for the constant D that the run was given,
1.7 or 1.0, which the table does not say. No description of the file is public: headings that are
not known here are named, and nothing is guessed from them.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import ClassVar

from examengine.psychometrics.parameter_tables._contract import (
    ParameterTableFormat,
    RowFault,
    TableCells,
    TableConventions,
)
from examengine.psychometrics.parameter_tables.generic import named_parameters
from examengine.psychometrics.parameters import ItemParameters

_CLASSICAL = frozenset(
    {"seq", "seq.", "sequence", "p", "mean", "r", "s-rpbis", "t-rpbis", "rpbis", "flag", "flags"}
)
_COLUMN = re.compile(r"model|n|a|b|c|b[0-9]{1,3}|(?:a|b|c|b[0-9]{1,3}) se|se ?\(?(?:a|b|c)\)?")
_ERROR = re.compile(r"(a|b|c|b[0-9]{1,3}) se|se ?\(?(a|b|c)\)?")


class XcalibreItems(ParameterTableFormat):
    """P = c + (1 − c) / (1 + exp(−D a (θ − b))); b1, b2 … as the model says."""

    code = "xcalibre"
    title = "Xcalibre (Item ID, a, b, c, P, S-Rpbis …)"
    program = "Xcalibre"
    asks_step_model = True
    writes = False
    example: ClassVar[str] = (
        "Seq.,Item ID,Model,P,S-Rpbis,a,b,c,a SE,b SE,Flags\n"
        "1,Q1,3PL,0.71,0.38,0.85,-0.62,0.18,0.06,0.09,\n2,Q2,3PL,0.45,0.22,0.51,0.9,0.24,,,K\n"
    )
    said: ClassVar[TableConventions] = TableConventions(scaling="1.7")
    names = ("item id", "itemid", "item_id", "item")

    def recognises(self, header: Sequence[str]) -> bool:
        """Item ID, a or b, and one of the classical figures of the report."""
        names = set(header)
        return (
            bool(set(self.names) & names)
            and bool({"b", "b1"} & names)
            and bool(_CLASSICAL & names)
            and not {"g", "u", "a1", "alpha", "metric"} & names
        )

    def reads(self, name: str) -> bool:
        """Whether a heading says something of parameters."""
        return bool(_COLUMN.fullmatch(name))

    def parameters(self, item_id: str, row: TableCells) -> ItemParameters:
        """The parameters of one row; see `ParameterTableFormat.parameters`."""
        errors = {
            f"se_{found[1] or found[2]}": cell
            for name, cell in row.cells.items()
            if (found := _ERROR.fullmatch(name))
        }
        named = TableCells({**row.cells, **errors}, row.scaling, row.conventions, row.notes)
        model = row.text("model")
        if not model and row.number("a") is None and row.has("b"):
            raise RowFault("a is empty; a table of the Rasch model needs a column Model")
        return replace(named_parameters(item_id, named, model), anchored=False)


FORMAT = XcalibreItems()
