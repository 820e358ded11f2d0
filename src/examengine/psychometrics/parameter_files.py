"""Files that go with calibration: item parameters (JSON), priors (TOML), models by item (CSV).

What is wrong with a file is said with its name in front, one sentence per fault.
"""

import json
import re
import tomllib
from collections.abc import Mapping
from typing import Any

from examengine.psychometrics.csv_tables import UnusableFile, first_faults, read_csv
from examengine.psychometrics.estimation import Priors
from examengine.psychometrics.models import MODELS
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
        UnusableFile: No JSON, another schema or metric, or items that do not make sense; one
            sentence per fault.
    """
    try:
        document = json.loads(content.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise UnusableFile([f"{source}: not UTF-8; save the file as UTF-8"]) from None
    except json.JSONDecodeError as fault:
        raise UnusableFile(
            [f"{source}: row {fault.lineno}, column {fault.colno}: {fault.msg}"]
        ) from None
    except RecursionError:
        raise UnusableFile([f"{source}: nested deeper than any parameter file is"]) from None
    try:
        return ParameterSet.from_dict(document)
    except Refusal as refusal:
        raise UnusableFile(_named(source, refusal)) from refusal
    except (TypeError, ValueError, AttributeError, KeyError) as fault:
        raise UnusableFile([f"{source}: {fault}; see the format of item parameters"]) from fault


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
        table = tomllib.loads(content.decode("utf-8-sig"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as fault:
        raise UnusableFile([f"{source}: {fault}"]) from None
    try:
        return Priors.from_mapping(table)
    except Refusal as refusal:
        raise UnusableFile(_named(source, refusal)) from refusal


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


def _named(source: str, refusal: Refusal) -> list[str]:
    return first_faults(f"{source}: {fault}" for fault in refusal.faults)
