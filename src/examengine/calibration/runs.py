"""A calibration run as a value, and what its digests cover."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from examengine.calibration.run_models import MODELS, RunModel
from examengine.kernel.clock import iso
from examengine.kernel.digest import digest
from examengine.marking import Scope

SCHEMA = "examengine/calibration-run/1"
DIGITS = 9
"""Two runs of one snapshot agree in this many significant digits, whatever the threads."""
VOLATILE = frozenset({"seconds", "gradient_max", "hessian_condition"})
"""What differs from run to run: the time, and the rounding noise left at the maximum."""


@dataclass(frozen=True, slots=True)
class CalibrationRun:
    """One calibration of one snapshot.

    Attributes:
        id: The run.
        administration_ids: Whose responses.
        bank_id: Whose items.
        scope: Operational items, or all.
        snapshot_digest: The responses.
        model: As it was asked for, one of `MODELS`; the body says which model each item has.
        estimator: How, such as `mml-em`.
        settings: Every option.
        body: The item parameters as their file says them.
        statistics: Classical figures, fit, second opinion.
        result_digest: Of estimates and fit alone: the same for every run of one snapshot with
            one set of options.
        code_version: Of the program.
        ran_by: Who ran it.
        ran_at: When.
        digest: Over all of it.
    """

    id: UUID
    administration_ids: tuple[UUID, ...]
    bank_id: str
    scope: Scope
    snapshot_digest: str
    model: str
    estimator: str
    settings: Mapping[str, Any]
    body: Mapping[str, Any]
    statistics: Mapping[str, Any]
    result_digest: str
    code_version: str
    ran_by: UUID
    ran_at: datetime
    digest: str

    @property
    def converged(self) -> bool:
        """Tell whether gradient, step and curvature all say that this is the maximum."""
        return bool(self.body["converged"])

    @property
    def run_model(self) -> RunModel:
        """Return the model as runs offer it."""
        return MODELS[self.model]

    @property
    def items(self) -> Mapping[str, Mapping[str, Any]]:
        """Return the parameters of each item."""
        return {item["item_id"]: item for item in self.body["items"]}

    @property
    def item_fit(self) -> Mapping[str, Mapping[str, Any]]:
        """Return the fit of each item."""
        return {item["item_id"]: item for item in self.statistics["items"]}


def result_digest(body: Mapping[str, Any], statistics: Mapping[str, Any]) -> str:
    """Return the digest of what a run found, without when and how fast."""
    return digest(_lasting({"parameters": body, "statistics": statistics}))


def run_body(
    run_id: UUID,
    snapshot_digest: str,
    model: str,
    estimator: str,
    settings: Mapping[str, Any],
    body: Mapping[str, Any],
    result: str,
    code_version: str,
    ran_by: UUID,
    ran_at: datetime,
) -> dict[str, Any]:
    """Return what the digest of a run covers, so that a stranger can compute it again."""
    return {
        "schema": SCHEMA,
        "id": str(run_id),
        "snapshot": snapshot_digest,
        "model": model,
        "estimator": estimator,
        "settings": dict(settings),
        "parameters": digest(body),
        "result": result,
        "code_version": code_version,
        "ran_by": str(ran_by),
        "ran_at": iso(ran_at),
    }


def _lasting(value: Any) -> Any:
    """Return the same value without what is volatile, every fraction rounded."""
    if isinstance(value, float):
        return float(f"{value:.{DIGITS}g}")
    if isinstance(value, Mapping):
        return {name: _lasting(one) for name, one in value.items() if name not in VOLATILE}
    if isinstance(value, list | tuple):
        return [_lasting(one) for one in value]
    return value
