"""Files that go with calibration: item parameters (JSON), priors (TOML), models by item (CSV).

What is wrong with a file is said with its name in front, one sentence per fault.
"""

import json
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from examengine.psychometrics.csv_tables import UnusableFile, first_faults, read_csv
from examengine.psychometrics.estimation import Priors
from examengine.psychometrics.models import MODELS
from examengine.psychometrics.parameter_shapes import parameter_shape_faults, prior_shape_faults
from examengine.psychometrics.parameters import ParameterSet
from examengine.psychometrics.refusals import Refusal, refuse

NUMBER = r"(?:[-+.\deE]+|null)"
# A list of nothing but numbers goes on one line: matrices stay readable. No text can match, since
# the line breaks of a text are written as \\n.
LIST_OF_NUMBERS = re.compile(rf"\[\n\s+{NUMBER}(?:,\n\s+{NUMBER})*\n\s+\]")


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
        refuse(UnusableFile, first_faults(_named(source, parameter_shape_faults(document))))
    try:
        return ParameterSet.from_dict(document)
    except Refusal as refusal:
        raise UnusableFile(first_faults(_named(source, refusal.faults))) from refusal


def write_parameters(parameters: ParameterSet) -> str:
    """A parameter set as the text of its file.

    Args:
        parameters: The set.

    Returns:
        JSON, UTF-8, one trailing newline.
    """
    return as_json(parameters.to_dict())


def as_json(document: Mapping[str, Any]) -> str:
    """Any document the commands print, as strict JSON (no NaN).

    Args:
        document: Only texts, numbers, booleans, None, lists and mappings.

    Returns:
        Indented JSON with a trailing newline.

    Raises:
        ValueError: A number is not finite.
    """
    text = json.dumps(document, indent=1, ensure_ascii=False, allow_nan=False)
    return LIST_OF_NUMBERS.sub(lambda found: " ".join(found.group().split()), text) + "\n"


def read_priors(source: str, content: bytes) -> Priors:
    """Read prior distributions.

    Args:
        source: What to call the file in sentences.
        content: Its bytes, TOML.

    Returns:
        The priors.

    Raises:
        UnusableFile: No TOML, or an unknown parameter, distribution or number; one sentence each.
    """
    try:
        table = tomllib.loads(_text(source, content))
    except RecursionError:
        raise UnusableFile([f"{source}: nested deeper than any prior file is"]) from None
    except ValueError as fault:
        raise UnusableFile([f"{source}: {fault}"]) from None
    refuse(UnusableFile, first_faults(_named(source, prior_shape_faults(table))))
    try:
        return Priors.from_mapping(table)
    except Refusal as refusal:
        raise UnusableFile(first_faults(_named(source, refusal.faults))) from refusal


def read_models(source: str, content: bytes) -> dict[str, str]:
    """Read a model for each item, `item_id,model`.

    Args:
        source: What to call the file in sentences.
        content: Its bytes, CSV.

    Returns:
        Code of the model by item.

    Raises:
        UnusableFile: A column is missing, a model unknown or an item twice; one sentence each.
    """
    table = read_csv(source, content)
    items, models = table.column("item_id"), table.column("model")
    known = ", ".join(sorted(MODELS))
    faults = [
        table.fault(row, "model", model, f"a model is one of {known}")
        for row, model in enumerate(models)
        if model not in MODELS
    ]
    first = {item: row for row, item in reversed(list(enumerate(items)))}
    faults += (
        table.fault(row, "item_id", item, "the item stands twice; one row for each")
        for row, item in enumerate(items)
        if first[item] != row
    )
    refuse(UnusableFile, first_faults(faults))
    return dict(zip(items, models, strict=True))


def _json(source: str, content: bytes) -> Any:
    """A JSON document; NaN and Infinity, which JSON does not have, are refused."""
    try:
        return json.loads(_text(source, content), parse_constant=_no_number)
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


def _text(source: str, content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise UnusableFile([f"{source}: not UTF-8; save the file as UTF-8"]) from None


def _named(source: str, faults: Iterable[str]) -> Iterator[str]:
    return (f"{source}: {fault}" for fault in faults)
