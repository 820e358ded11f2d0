"""Files that a calibration is told by: priors (TOML), models by item (CSV).

What is wrong with a file is said with its name in front, one sentence per fault.
"""

import tomllib
from collections.abc import Iterator, Mapping
from typing import Any

from examengine.psychometrics.csv_tables import (
    UnusableFile,
    first_faults,
    named_faults,
    read_csv,
    text_of,
)
from examengine.psychometrics.estimation.priors import Priors
from examengine.psychometrics.models import MODELS
from examengine.psychometrics.parameters.field_kinds import NUMBER, TEXT, shown
from examengine.psychometrics.refusals import Refusal, refuse


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
        table = tomllib.loads(text_of(source, content))
    except RecursionError:
        raise UnusableFile([f"{source}: nested deeper than any prior file is"]) from None
    except ValueError as fault:
        raise UnusableFile([f"{source}: {fault}"]) from None
    refuse(UnusableFile, first_faults(named_faults(source, _shape_faults(table))))
    try:
        return Priors.from_mapping(table)
    except Refusal as refusal:
        raise UnusableFile(first_faults(named_faults(source, refusal.faults))) from refusal


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


def _shape_faults(table: Mapping[str, Any]) -> Iterator[str]:
    """Parts of a prior file that are no tables, and what in them is no text or number.

    Args:
        table: The file, read as TOML.

    Returns:
        One sentence for each such part.
    """
    items = table.get("items", {})
    if not isinstance(items, Mapping):
        yield 'items is no table; [items."ID".c] gives a prior of one item'
        items = {}
    for name, entry in table.items():
        if name != "items":
            yield from _prior_faults(f"prior on {name}", entry)
    for item_id, entries in items.items():
        if not isinstance(entries, Mapping):
            yield f"item {item_id!r} has no table of priors; [items.{item_id!r}.c] begins one"
            continue
        for name, entry in entries.items():
            yield from _prior_faults(f"item {item_id!r}: prior on {name}", entry)


def _prior_faults(where: str, entry: Any) -> Iterator[str]:
    if not isinstance(entry, Mapping):
        yield f"{where} is {shown(entry)}; a table with a distribution and its numbers is needed"
        return
    for name, value in entry.items():
        kind = TEXT if name == "distribution" else NUMBER
        if not kind.fits(value):
            yield f"{where}: {name} is {shown(value)}; {kind.words} is needed"
