"""What the psychometrician's commands read: files by path, refused in words."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import typer

from examengine.commands.files import content_of
from examengine.psychometrics.arrays import FloatArray
from examengine.psychometrics.csv_tables import UnusableFile, first_faults, number_in, read_csv
from examengine.psychometrics.estimation import Priors, read_models, read_priors
from examengine.psychometrics.item_keys import ItemKey, read_keys
from examengine.psychometrics.models import MODELS
from examengine.psychometrics.parameters import ItemParameters, ParameterSet, read_parameters
from examengine.psychometrics.refusals import Refusal, refuse
from examengine.psychometrics.response_cells import ABSENT
from examengine.psychometrics.response_files import ResponseData, read_responses

TOGETHER = "everybody is taken together"
SIMULATED_FILES = "simulated-"
"""How the name of a file of responses begins that the program sends of a simulated pilot."""


class UnusableOption(Refusal):
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
    path: Path,
    keys: Mapping[str, ItemKey] | None,
    group: str | None = None,
    *,
    idle: str = TOGETHER,
) -> ResponseData:
    """Return the responses of a file; what is doubtful about them goes to stderr.

    Args:
        path: The file.
        keys: Its key, if there is one.
        group: The column named with --group.
        idle: What becomes of a column `group` that nobody named, in a clause.

    Raises:
        UnusableFile: See `read_responses`.
    """
    data = read_responses(str(path), content_of(path), keys=keys, group=group)
    for doubt in data.doubts:
        warn(doubt)
    if data.idle_group:
        warn(f"{data.source}: the column 'group' plays no part; {idle}")
    return data


def warn(words: str) -> None:
    """Say on stderr what a figure has to be read with."""
    typer.echo(f"warning: {words}", err=True)


def warn_of_groups(
    data: ResponseData | None, parameters: ParameterSet, group: str | None, done: str = "judged"
) -> None:
    """Say when groups of responses and of parameters do not meet.

    Args:
        data: The responses, if there are any.
        parameters: What they are judged by.
        group: The column named with --group.
        done: What is done to people.
    """
    labels = [one.group for one in parameters.groups]
    if len(labels) > 1 and group is None:
        warn(
            f"the parameters are of groups {', '.join(labels)}, and everybody is {done} with the "
            f"ability distribution of {labels[0]}; --group names the column of the groups"
        )
    if len(labels) == 1 and group is not None and data is not None:
        warn(f"the parameters are of one group, so --group {group} plays no part")


def simulated_in(
    said: bool,
    *,
    responses: Iterable[Path | None] = (),
    params: Iterable[Path | None] = (),
    scores: Path | None = None,
) -> bool:
    """Tell whether a program made something that is read, and say so on stderr.

    Args:
        said: Whether --simulated was given.
        responses: Files of responses; the names of simulated ones begin with `simulated-`.
        params: Files of item parameters; simulated ones say so inside.
        scores: Abilities as `score` prints them; simulated ones have a column that says so.

    Raises:
        UnusableFile: A file of parameters or abilities cannot be read.
    """
    found = (
        said
        or any(one is not None and one.name.startswith(SIMULATED_FILES) for one in responses)
        or any(one is not None and parameters_from(one).simulated for one in params)
        or (scores is not None and _scores_are_simulated(scores))
    )
    if found:
        warn("a program made what this rests on: it says nothing about people")
    return found


def _scores_are_simulated(path: Path) -> bool:
    table = read_csv(str(path), content_of(path))
    return "simulated" in table.header and "yes" in table.column("simulated")


def marked(document: Mapping[str, Any], *, simulated: bool) -> Mapping[str, Any]:
    """Return a document that says that a program made what it rests on, where it is so."""
    return {**document, "simulated": True} if simulated else document


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
        raise UnusableOption("--model and --models were both given; one of them says it")
    if model is not None:
        if model not in MODELS:
            raise UnusableOption(f"--model {model}: a model is one of {', '.join(sorted(MODELS))}")
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
        raise UnusableOption("give --model, --models or a key with a model for every item")
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
