"""Item parameters: of one item, of a whole test with its groups, and the file that holds them."""

from examengine.psychometrics.parameters.files import read_parameters, write_parameters
from examengine.psychometrics.parameters.groups import (
    STANDARD_NORMAL,
    USUAL_POINTS,
    GroupParameters,
    Quadrature,
)
from examengine.psychometrics.parameters.item_parameters import ItemParameters
from examengine.psychometrics.parameters.parameter_set import METRIC, SCHEMA, ParameterSet

__all__ = [
    "METRIC",
    "SCHEMA",
    "STANDARD_NORMAL",
    "USUAL_POINTS",
    "GroupParameters",
    "ItemParameters",
    "ParameterSet",
    "Quadrature",
    "read_parameters",
    "write_parameters",
]
