"""What the psychometrician's commands read: files by path, refused in words."""

from collections.abc import Iterable, Mapping
from pathlib import Path

import numpy as np

from examengine.commands.files import content_of
from examengine.psychometrics.arrays import FloatArray
from examengine.psychometrics.csv_tables import UnusableFile, first_faults, number_in, read_csv
from examengine.psychometrics.estimation import Priors
from examengine.psychometrics.item_keys import ItemKey, read_keys
from examengine.psychometrics.item_parameters import ItemParameters
from examengine.psychometrics.models import MODELS
from examengine.psychometrics.parameter_files import read_models, read_parameters, read_priors
from examengine.psychometrics.parameters import ParameterSet
from examengine.psychometrics.refusals import Refusal, refuse
from examengine.psychometrics.response_files import ABSENT, ResponseData, read_responses


class Fault(Refusal):
    """An option that cannot be used."""

    placed = True

    def __init__(self, words: str) -> None:
        super().__init__([words])


def keys_from(path: Path | None) -> Mapping[str, ItemKey] | None:
    """Return the keys of a file; None without one.

    Raises:
        UnusableFile: See `read_keys`.
    """
    return None if path is None else read_keys(str(path), content_of(path))


def responses_from(
    path: Path, keys: Mapping[str, ItemKey] | None, group: str | None = None
) -> ResponseData:
    """Return the responses of a file.

    Raises:
        UnusableFile: See `read_responses`.
    """
    return read_responses(str(path), content_of(path), keys=keys, group=group)


def parameters_from(path: Path) -> ParameterSet:
    """Return the item parameters of a file.

    Raises:
        UnusableFile: See `read_parameters`.
    """
    return read_parameters(str(path), content_of(path))


def priors_from(path: Path | None) -> Priors | None:
    """Return the priors of a file; None without one.

    Raises:
        UnusableFile: See `read_priors`.
    """
    return None if path is None else read_priors(str(path), content_of(path))


def models_for(
    data: ResponseData,
    model: str | None,
    models: Path | None,
    anchors: Iterable[ItemParameters] = (),
) -> str | Mapping[str, str]:
    """Return the model of all items, or one for each.

    Args:
        data: The responses; their keys may name models.
        model: Code given with --model.
        models: File given with --models.
        anchors: Items held fixed, which have a model already.

    Raises:
        Fault: Both, neither or an unknown one was given.
        UnusableFile: The file does not name a model for every item.
    """
    if model is not None and models is not None:
        raise Fault("--model and --models were both given; one of them says it")
    if model is not None:
        if model not in MODELS:
            raise Fault(f"--model {model}: a model is one of {', '.join(sorted(MODELS))}")
        return model
    return models_by_item(data, models, anchors)


def models_by_item(
    data: ResponseData, models: Path | None, anchors: Iterable[ItemParameters] = ()
) -> Mapping[str, str]:
    """Return the model of each item.

    Args:
        data: The responses; their keys may name models.
        models: File given with --models.
        anchors: Items held fixed, which have a model already.

    Raises:
        Fault: There is no file, and the keys do not name a model for every item.
        UnusableFile: The file does not name a model for every item.
    """
    named = {**{item.item_id: item.model for item in anchors}, **_models_of_items(data, models)}
    missing = [item_id for item_id in data.responses.item_ids if item_id not in named]
    if models is None and missing:
        raise Fault("give --model, --models or a key with a model for every item")
    refuse(
        UnusableFile,
        first_faults(f"{models}: item {item_id!r} has no model" for item_id in missing),
    )
    return {item_id: named[item_id] for item_id in data.responses.item_ids}


def _models_of_items(data: ResponseData, models: Path | None) -> Mapping[str, str]:
    if models is not None:
        return read_models(str(models), content_of(models))
    return {name: key.model for name, key in data.keys.items() if key.model is not None}


def abilities_from(path: Path) -> tuple[FloatArray, FloatArray]:
    """Return ability estimates and standard errors from what `score` prints.

    Raises:
        UnusableFile: A column is missing or a cell is no number (empty means none); one line each.
    """
    table = read_csv(str(path), content_of(path))
    faults: list[str] = []
    columns = []
    for name in ("theta", "se"):
        values = np.full(len(table.rows), np.nan)
        for row, cell in enumerate(table.column(name)):
            number = number_in(cell)
            if number is not None:
                values[row] = number
            elif cell not in ABSENT:
                faults.append(table.fault(row, name, cell, "a number, or empty for none"))
        columns.append(values)
    refuse(UnusableFile, first_faults(faults))
    return columns[0], columns[1]
