"""Data sets and results of other programs, kept beside the repository."""

import csv
import json
from typing import Any

import numpy as np
from tests.shared_folder import shared

from examengine.psychometrics.parameters import GroupParameters, ItemParameters, ParameterSet
from examengine.psychometrics.responses import Responses


def reference(name: str) -> dict[str, Any]:
    """Results of another program by name."""
    path = shared("psychometrics", "reference", f"{name}.json")
    return json.loads(path.read_text(encoding="utf-8"))


def table(path: str) -> tuple[list[str], list[list[str]]]:
    """Header and rows of a CSV file of the references."""
    with shared("psychometrics", path).open(encoding="utf-8", newline="") as lines:
        header, *rows = csv.reader(lines)
    return header, rows


def responses(path: str, *, n_items: int | None = None) -> Responses:
    """Scored responses of a data set, lowest category 0, empty cells not presented."""
    header, rows = table(path)
    cells = np.array([[float(cell) if cell else np.nan for cell in row] for row in rows])
    cells -= np.nanmin(cells)
    return Responses.from_matrix(cells[:, :n_items], item_ids=header[:n_items])


def complete(data: Responses) -> Responses:
    """The persons who were presented every item."""
    return data.with_persons(data.presented.all(axis=1))


def column(rows: list[dict[str, Any]], name: str) -> np.ndarray:
    """One column of a list of rows as floats, nan for null."""
    return np.array([np.nan if row[name] is None else row[name] for row in rows], dtype=float)


def linking_form(model: str, form: str) -> ParameterSet:
    """Form X or Y of the linking study as mirt calibrated it."""
    rows = reference("linking")[model][f"items_{form}"]
    return ParameterSet(
        tuple(
            ItemParameters(
                row["item"], model.lower(), {"a": row["a"], "b": row["b"], "c": row["g"], "d": 1.0}
            )
            for row in rows
        )
    )


def mirt_parameters(name: str) -> ParameterSet:
    """The estimates of a mirt reference as a parameter set, group included."""
    document = reference(f"mirt_{name}")
    kind = "3pl" if "_3pl" in name else name.removesuffix("170").rsplit("_", 1)[-1]
    traditional = document["items"] if "items" in document else document["irt"]["items"]
    slopes = document.get("slope_intercept", {}).get("items", traditional)
    variance = document["var"] if "var" in document else document["irt"]["cov"]
    items = tuple(
        ItemParameters(row["item"], kind, _values(kind, row, intercepts))
        for row, intercepts in zip(traditional, slopes, strict=True)
    )
    group = GroupParameters(sd=float(np.sqrt(variance)), fixed=kind not in FREE_VARIANCE)
    return ParameterSet(items=items, groups=(group,), model=kind)


FREE_VARIANCE = {"rasch", "pcm", "rsm"}


def _values(kind: str, row: dict[str, Any], intercepts: dict[str, Any]) -> dict[str, Any]:
    steps = tuple(row[f"b{k}"] for k in range(1, 9) if row.get(f"b{k}") is not None)
    if kind == "nrm":
        ks = [k for k in range(9) if intercepts.get(f"ak{k}") is not None]
        return {
            "slopes": tuple(intercepts["a1"] * intercepts[f"ak{k}"] for k in ks),
            "intercepts": tuple(intercepts[f"d{k}"] for k in ks),
        }
    if kind == "grm":
        return {"a": row["a"], "thresholds": steps}
    if kind == "rsm":
        return {"a": 1.0, "steps": tuple(step - row["c"] for step in steps)}
    if kind in {"pcm", "gpcm"}:
        return {"a": row["a"], "steps": steps}
    return {"a": row["a"], "b": row["b"], "c": row["g"], "d": row["u"]}


def mirt_nodes(parameters: ParameterSet) -> tuple[np.ndarray, np.ndarray]:
    """The quadrature of mirt: 61 points on −6 … 6, normal density renormalised."""
    theta = np.linspace(-6, 6, 61)
    weights = np.exp(-0.5 * ((theta - parameters.groups[0].mean) / parameters.groups[0].sd) ** 2)
    return theta, weights / weights.sum()
