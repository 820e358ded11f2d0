"""The file of item parameters, `examengine/item-parameters/1`: JSON in UTF-8.

What is wrong with a file is said with its name in front, one sentence per fault.
"""

import json
from collections.abc import Mapping
from typing import Any

from examengine.psychometrics.csv_tables import UnusableFile, first_faults, named_faults, text_of
from examengine.psychometrics.parameters.field_kinds import parameter_shape_faults
from examengine.psychometrics.parameters.parameter_set import ParameterSet
from examengine.psychometrics.refusals import Refusal, refuse


def read_parameters(source: str, content: bytes) -> ParameterSet:
    """Read item parameters, `examengine/item-parameters/1`.

    Args:
        source: What to call the file in sentences.
        content: Its bytes, JSON in UTF-8.

    Returns:
        The parameter set.

    Raises:
        UnusableFile: No JSON, another schema or metric, a field with another kind of value than
            it should hold, or items that do not make sense; one sentence per fault.
    """
    document = _json(source, content)
    if isinstance(document, Mapping) and isinstance(document.get("items"), list):
        refuse(UnusableFile, first_faults(named_faults(source, parameter_shape_faults(document))))
    try:
        return ParameterSet.from_dict(document)
    except Refusal as refusal:
        raise UnusableFile(first_faults(named_faults(source, refusal.faults))) from refusal


def write_parameters(parameters: ParameterSet) -> str:
    """A parameter set as the text of its file.

    Args:
        parameters: The set.

    Returns:
        JSON, UTF-8, one trailing newline.
    """
    return parameters.to_json()


def _json(source: str, content: bytes) -> Any:
    """A JSON document; NaN and Infinity, which JSON does not have, are refused."""
    try:
        return json.loads(text_of(source, content), parse_constant=_no_number)
    except json.JSONDecodeError as fault:
        raise UnusableFile(
            [f"{source}: row {fault.lineno}, column {fault.colno}: no JSON here ({fault.msg})"]
        ) from None
    except RecursionError:
        raise UnusableFile([f"{source}: nested deeper than any parameter file is"]) from None
    except ValueError as fault:
        raise UnusableFile([f"{source}: {fault}"]) from None


def _no_number(name: str) -> Any:
    raise ValueError(f"{name} stands for no number in JSON; write null for what does not exist")
