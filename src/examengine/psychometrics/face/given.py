"""Responses and parameters as people have them: arrays, lists, data frames, files, with a key.

Data frames are known by what they can do (`columns`, and a column by name), so neither pandas nor
polars has to be there.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeAlias, TypeVar

import numpy as np
import numpy.typing as npt

from examengine.psychometrics.csv_tables import CsvTable
from examengine.psychometrics.estimation.plan import Calibration
from examengine.psychometrics.item_keys import ItemKey, read_keys
from examengine.psychometrics.models import MODELS
from examengine.psychometrics.option_categories import by_option, options_of
from examengine.psychometrics.parameters import ParameterSet
from examengine.psychometrics.refusals import (
    CannotCalibrate,
    CannotScore,
    Refusal,
    UnusableResponses,
)
from examengine.psychometrics.response_files import (
    GROUP,
    PERSON,
    WEIGHT,
    ResponseData,
    responses_in,
)
from examengine.psychometrics.response_files import read_responses as read_response_file
from examengine.psychometrics.responses import Responses

Data: TypeAlias = Any
"""`Responses`, what `read_responses` gives, an array, lists, a data frame, or a CSV file's path."""
Key: TypeAlias = str | Path | Sequence[str] | Mapping[str, Any] | None
Groups: TypeAlias = str | Iterable[Any] | None
Weights: TypeAlias = npt.ArrayLike | None
Parameters: TypeAlias = Calibration | ParameterSet

SOURCE = "responses"
# Names other programs give to the models.
OTHER_NAMES = {"graded": "grm", "nominal": "nrm", "pcm2": "gpcm"}

Method = TypeVar("Method")


def read_responses(
    data: Data,
    *,
    key: Key = None,
    group: Groups = None,
    weight: Weights = None,
    item_ids: Sequence[str] | None = None,
) -> ResponseData:
    """Responses from whatever holds them.

    Persons are rows, items are columns. A cell is a score 0, 1, 2 …, or with a key the option that
    was chosen. NaN, None, NA, −1 and an empty text mean that the item was not presented.

    Args:
        data: A numpy array, lists of lists, a data frame (pandas, polars), the path of a CSV file,
            `Responses`, or what this function gave before. In frames and files the columns
            `person_id`, `group` and `weight` are no items.
        key: The right option of each item: one text with a letter for each item, a sequence in the
            order of the items, a mapping by item, or the path of a key file. `"A|C"` accepts both.
        group: Group of each person, or the name of the column that holds it.
        weight: Frequency of each person.
        item_ids: Names of the items of an array or of lists; item1, item2 … when not given.

    Returns:
        The responses, with the chosen options where there is a key. Every function of the library
        takes them.

    Raises:
        Refusal: A cell cannot be read, or the parts contradict each other; one sentence per fault.

    Examples:
        >>> read_responses([[1, 0, None], [1, 1, 0], [0, -1, 1]])
        Responses: 3 persons × 3 items, 22.2% not presented
        >>> read_responses([["A", "C"], ["B", "C"], ["A", ""]], key="AC").responses.raw_scores
        array([2, 1, 1])
    """
    found = _data_of(data, key, group if isinstance(group, str) else None, item_ids)
    whole = found.responses
    if group is not None and not isinstance(group, str):
        whole = replace(whole, group=tuple(str(one) for one in group))
    if weight is not None:
        whole = replace(whole, weight=np.asarray(weight, dtype=np.float64))
    return found if whole is found.responses else replace(found, responses=whole)


def parameters_of(given: Parameters) -> ParameterSet:
    """The item parameters in a calibration or as they are.

    Raises:
        CannotScore: It is neither.
    """
    if isinstance(given, Calibration):
        return given.parameters
    if isinstance(given, ParameterSet):
        return given
    raise CannotScore(
        [
            f"{type(given).__name__} in place of item parameters; give what `calibrate` or "
            "`read_parameters` gave, before the responses"
        ]
    )


def categories_of(
    given: Parameters, data: Data, key: Key, group: Groups, weight: Weights
) -> Responses:
    """The responses as the categories that item parameters know.

    Args:
        given: A calibration or its parameters.
        data: Responses; None takes those that were calibrated.
        key: See `read_responses`.
        group: See `read_responses`.
        weight: See `read_responses`.

    Raises:
        CannotScore: There are no responses.
    """
    if data is None:
        parameters_of(given)
        if not isinstance(given, Calibration) or given.responses is None:
            raise CannotScore(["parameters alone hold no responses; give the responses as well"])
        return given.responses
    found = read_responses(data, key=key, group=group, weight=weight)
    return by_option(found, options_of(parameters_of(given).items)).responses


def model_code(model: object) -> str:
    """The code of a model, from its name in any case or the model itself.

    Raises:
        CannotCalibrate: There is no such model.
    """
    name = str(getattr(model, "code", model)).strip().lower()
    code = OTHER_NAMES.get(name, name)
    if code not in MODELS:
        raise CannotCalibrate([f"model {model!r} is none of {', '.join(sorted(MODELS))}"])
    return code


def method_named(
    method: object, methods: Mapping[str, Method], refusal: type[Refusal], kind: str
) -> Method:
    """A method of a registry, from its name in any case or the method itself.

    Raises:
        Refusal: There is no such method.
    """
    name = str(getattr(method, "code", method)).strip().lower().replace("_", "-").replace(" ", "-")
    if name not in methods:
        raise refusal([f"{kind} {method!r} is none of {', '.join(sorted(methods))}"])
    return methods[name]


def _data_of(
    data: Data, key: Key, group: str | None, item_ids: Sequence[str] | None
) -> ResponseData:
    named = isinstance(data, ResponseData | Responses | str | Path) or hasattr(data, "columns")
    if named and item_ids is not None:
        raise UnusableResponses(["these items have names already; leave item_ids out"])
    if isinstance(data, ResponseData | Responses):
        if key is not None:
            raise UnusableResponses(["these responses are scored already; leave the key out"])
        if group is not None:
            raise UnusableResponses(
                [f"group {group!r}: there are no other columns; give a group for each row"]
            )
        return data if isinstance(data, ResponseData) else _scored(data)
    if isinstance(data, str | Path):
        path = Path(data)
        keys = None if key is None else _keys(key, ())
        return read_response_file(str(data), path.read_bytes(), keys=keys, group=group)
    columns = _columns(data, item_ids)
    items = [name for name in columns if name not in {PERSON, GROUP, WEIGHT, group}]
    read = [_numbers(columns[name]) for name in items]
    numbers = [column for column in read if column is not None]
    if key is None and len(numbers) == len(columns):
        return _scored(Responses.from_matrix(np.column_stack(numbers), item_ids=items))
    keys = None if key is None else _keys(key, items)
    return responses_in(_as_text(columns), keys=keys, group=group)


def _scored(responses: Responses) -> ResponseData:
    return ResponseData(SOURCE, responses, keys={}, chosen={})


def _columns(data: Any, item_ids: Sequence[str] | None) -> dict[str, Any]:
    """The columns of an array, of lists or of a data frame, by name.

    Raises:
        UnusableResponses: These are no rows and columns, or the names are more or fewer.
    """
    if hasattr(data, "columns"):
        return {str(name): data[name] for name in data.columns}
    try:
        matrix = np.asarray(data)
        matrix = matrix if matrix.dtype.kind in "biuf" else np.array(data, dtype=object)
    except ValueError as fault:
        raise UnusableResponses(
            ["rows of different length; each needs one cell an item"]
        ) from fault
    if matrix.ndim != 2:
        raise UnusableResponses(
            [f"responses have {matrix.ndim} dimensions; rows of persons by columns of items needed"]
        )
    names = item_ids or [f"item{place}" for place in range(1, matrix.shape[1] + 1)]
    if len(set(names)) != matrix.shape[1]:
        raise UnusableResponses(
            [f"{len(set(names))} different item_ids for {matrix.shape[1]} items"]
        )
    return dict(zip(names, matrix.T, strict=True))


def _numbers(column: Any) -> npt.NDArray[np.float64] | None:
    """A column as numbers, NaN where a cell is missing; None when it holds texts."""
    values = np.asarray(column)
    if values.dtype.kind in "biuf":
        return values.astype(np.float64)
    cells = [None if _is_missing(cell) else cell for cell in values.tolist()]
    if any(isinstance(cell, str) for cell in cells):
        return None
    return np.array([np.nan if cell is None else float(cell) for cell in cells])


def _is_missing(cell: Any) -> bool:
    """Whether a cell is None, NaN or pandas' NA, which equals nothing."""
    return cell is None or type(cell).__name__ == "NAType" or bool(cell != cell)  # noqa: PLR0124


def _as_text(columns: Mapping[str, Any]) -> CsvTable:
    """Columns as the table of a response file; rows are counted from 1."""
    texts = [[_text(cell) for cell in np.asarray(column).tolist()] for column in columns.values()]
    rows = tuple(zip(*texts, strict=True))
    return CsvTable(SOURCE, tuple(columns), rows, tuple(range(1, len(rows) + 1)))


def _text(cell: Any) -> str:
    if _is_missing(cell) or (isinstance(cell, int | float) and cell == -1):
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip()


def _keys(key: Key, items: Sequence[str]) -> Mapping[str, ItemKey]:
    """The key of each item.

    Raises:
        UnusableResponses: There are more or fewer options than items.
    """
    if isinstance(key, Path) or (isinstance(key, str) and key.lower().endswith(".csv")):
        return read_keys(str(key), Path(key).read_bytes())
    if isinstance(key, Mapping):
        by_item = dict(key)
    else:
        options = list(key or ())
        if len(options) != len(items):
            raise UnusableResponses(
                [f"the key has {len(options)} options for {len(items)} items; each needs one"]
            )
        by_item = dict(zip(items, options, strict=True))
    return {name: _item_key(name, by_item.get(name)) for name in (items or by_item)}


def _item_key(item_id: str, right: Any) -> ItemKey:
    if isinstance(right, ItemKey):
        return right
    if right is None or right == "":
        return ItemKey(item_id, ())
    several = right.split("|") if isinstance(right, str) else right
    options = [several] if not isinstance(several, Iterable) else several
    return ItemKey(item_id, tuple(str(option).strip() for option in options))
