"""The table that examengine writes: the generic one, and a column that says the metric."""

from collections.abc import Sequence
from typing import ClassVar

from examengine.psychometrics.parameter_tables._contract import (
    RowFault,
    TableCells,
    TableConventions,
)
from examengine.psychometrics.parameter_tables.generic import OWN_MARK, GenericTable
from examengine.psychometrics.parameters import METRIC, ItemParameters

METRIC_CELL = f"{METRIC}, D = 1"


class OwnTable(GenericTable):
    """As `GenericTable`, with every slope for D = 1."""

    code = "examengine"
    title = "examengine (as it is taken out here)"
    program = "examengine"
    own_scaling = "1"
    asks_step_model = False
    example: ClassVar[str] = (
        "id,model,a,b,c,d,b1,b2,se_a,se_b,n,metric\n"
        'Q1,2pl,1.2,-0.5,0.0,1.0,,,0.05,0.06,480,"logistic, D = 1"\n'
        'Q2,gpcm,0.9,,,,-0.7,0.9,,,480,"logistic, D = 1"\n'
    )
    said: ClassVar[TableConventions] = TableConventions()

    def recognises(self, header: Sequence[str]) -> bool:
        """The column that says the metric."""
        return OWN_MARK in header and "model" in header

    def reads(self, name: str) -> bool:
        """Whether a heading is one of ours."""
        return name == OWN_MARK or super().reads(name)

    def parameters(self, item_id: str, row: TableCells) -> ItemParameters:
        """The parameters of one row; see `ParameterTableFormat.parameters`."""
        if row.text(OWN_MARK) != METRIC_CELL:
            shown = row.text(OWN_MARK)[:40]
            raise RowFault(f"metric is {shown!r}; {METRIC_CELL!r} is what is written here")
        return super().parameters(item_id, row)

    def write(self, items: Sequence[ItemParameters]) -> tuple[list[str], list[list[str]]]:
        """See `ParameterTableFormat.write`."""
        head, rows = super().write(items)
        return [*head, OWN_MARK], [[*row, METRIC_CELL] for row in rows]


FORMAT = OwnTable()
