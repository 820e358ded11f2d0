"""A calibrated test as a value: what a calibration gives and scoring takes.

`ParameterSet` is the file format `examengine/item-parameters/1`, field for field. One
metric everywhere: logistic, D = 1.
"""

from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass
from math import log
from typing import Any

from examengine.psychometrics.documents import as_json
from examengine.psychometrics.models import Values
from examengine.psychometrics.parameters.groups import (
    STANDARD_NORMAL,
    USUAL_POINTS,
    GroupParameters,
    Quadrature,
)
from examengine.psychometrics.parameters.item_parameters import ItemParameters
from examengine.psychometrics.refusals import UnusableParameters, refuse
from examengine.psychometrics.shown import Result, Table

SCHEMA = "examengine/item-parameters/1"
METRIC = "logistic"


@dataclass(frozen=True, repr=False)
class ParameterSet(Result):
    """A calibrated test: its items, the ability distribution and how they were found.

    Attributes:
        items: Parameters of each item, in the order of the responses.
        groups: Ability distribution of each group, the reference first.
        model: Code of the model, or "mixed".
        quadrature: Points of the latent distribution.
        n_persons: Number of persons, counted by frequency.
        n_parameters: Number of parameters estimated.
        log_likelihood: Marginal log-likelihood; None when the set is not from a calibration.
        log_posterior: Log-likelihood plus log priors; None without priors.
        priors: The priors used, as they were given.
        iterations: Passes over the data.
        converged: Whether gradient, step and curvature all say so.
        gradient_max: Largest absolute derivative of the log-posterior at the estimates.
        seconds: Wall time of the estimation.
        estimator: How it was estimated, such as "mml-em".
        code_version: Version of the program.
        input_digest: Digest of the responses, "sha256:…".
        warnings: What a reader of the numbers has to know, one sentence each.
        simulated: Whether a program gave the answers that they rest on. A file says it where it
            is so, and says nothing of it otherwise.

    Raises:
        UnusableParameters: No item, or an item twice.

    Examples:
        >>> item = ItemParameters("Q1", "rasch", {"a": 1.0, "b": 0.3})
        >>> test = ParameterSet((item,), model="rasch")
        >>> test.item("Q1").values["b"]
        0.3
    """

    items: tuple[ItemParameters, ...]
    groups: tuple[GroupParameters, ...] = (STANDARD_NORMAL,)
    model: str = "mixed"
    quadrature: Quadrature = USUAL_POINTS
    n_persons: float = 0
    n_parameters: int = 0
    log_likelihood: float | None = None
    log_posterior: float | None = None
    priors: Mapping[str, Any] | None = None
    iterations: int = 0
    converged: bool = False
    gradient_max: float | None = None
    seconds: float = 0.0
    estimator: str = ""
    code_version: str = ""
    input_digest: str = ""
    warnings: tuple[str, ...] = ()
    simulated: bool = False

    def __post_init__(self) -> None:
        refuse(UnusableParameters, _set_faults(self))

    @property
    def item_ids(self) -> tuple[str, ...]:
        """The items in order."""
        return tuple(item.item_id for item in self.items)

    @property
    def aic(self) -> float | None:
        """Akaike's criterion, −2 log L + 2 p."""
        if self.log_likelihood is None:
            return None
        return -2.0 * self.log_likelihood + 2.0 * self.n_parameters

    @property
    def bic(self) -> float | None:
        """Schwarz's criterion, −2 log L + p log n."""
        if self.log_likelihood is None or self.n_persons <= 0:
            return None
        return -2.0 * self.log_likelihood + self.n_parameters * log(self.n_persons)

    def item(self, item_id: str) -> ItemParameters:
        """The parameters of one item.

        Raises:
            KeyError: The set has no such item.
        """
        return next((item for item in self.items if item.item_id == item_id), None) or _no(item_id)

    def group(self, label: str) -> GroupParameters:
        """The ability distribution of one group.

        Raises:
            KeyError: The set has no such group.
        """
        return next((group for group in self.groups if group.group == label), None) or _no(label)

    def to_dict(self) -> dict[str, Any]:
        """The set as it stands in a file: only texts, numbers, lists and mappings."""
        return {
            "schema": SCHEMA,
            "metric": METRIC,
            "D": 1.0,
            "model": self.model,
            "n_persons": _whole(self.n_persons),
            "n_items": len(self.items),
            "n_parameters": self.n_parameters,
            "log_likelihood": self.log_likelihood,
            **({} if self.log_posterior is None else {"log_posterior": self.log_posterior}),
            "aic": self.aic,
            "bic": self.bic,
            "iterations": self.iterations,
            "converged": self.converged,
            "gradient_max": self.gradient_max,
            "seconds": self.seconds,
            "quadrature": self.quadrature.to_dict(),
            "estimator": self.estimator,
            "code_version": self.code_version,
            "input_digest": self.input_digest,
            **({} if self.priors is None else {"priors": self.priors}),
            "groups": [group.to_dict() for group in self.groups],
            "items": [item.to_dict() for item in self.items],
            "warnings": list(self.warnings),
            **({"simulated": True} if self.simulated else {}),
        }

    @classmethod
    def from_dict(cls, document: Mapping[str, Any]) -> "ParameterSet":
        """A parameter file that has been read as JSON.

        Raises:
            UnusableParameters: Another schema or metric, or faults in items or groups; one
                sentence per fault.
        """
        refuse(UnusableParameters, _document_faults(document))
        faults: list[str] = []
        items = [_item_or_fault(entry, faults) for entry in document["items"]]
        refuse(UnusableParameters, faults)
        return cls(
            items=tuple(item for item in items if item is not None),
            groups=tuple(
                GroupParameters.from_dict(entry) for entry in document.get("groups") or [{}]
            ),
            model=str(document.get("model", "mixed")),
            quadrature=Quadrature.from_dict(document.get("quadrature") or {}),
            n_persons=document.get("n_persons", 0),
            log_likelihood=document.get("log_likelihood"),
            log_posterior=document.get("log_posterior"),
            priors=document.get("priors"),
            gradient_max=document.get("gradient_max"),
            warnings=tuple(document.get("warnings", ())),
            simulated=document.get("simulated", False),
            **{name: document[name] for name in _AS_THEY_ARE if name in document},
        )

    def headline(self) -> str:
        """Model, size, log-likelihood and whether it was reached."""
        size = f"{self.model} parameters of {len(self.items)} items"
        if self.log_likelihood is None:
            return size
        end = f"converged in {self.iterations} cycles" if self.converged else "did NOT converge"
        return (
            f"{size} from {self.n_persons:g} persons: log-likelihood {self.log_likelihood:.3f}, "
            f"{self.n_parameters} parameters, {end}"
        )

    def to_json(self) -> str:
        """The parameter file, `examengine/item-parameters/1`, which `read_parameters` reads."""
        return as_json(self.to_dict())

    def table(self, *, slopes: bool = False) -> Table:
        """One row for each item: parameters and their standard errors.

        Args:
            slopes: Whether slope and intercept are shown instead of a and b, where a file repeats
                them so.
        """
        hidden = {"a", "b"} if slopes else {"slope", "intercept"}
        return Table(
            {
                "item_id": item.item_id,
                "model": item.model,
                **_columns(item.values, hidden, ""),
                **_columns(item.se, hidden, "se_"),
            }
            for item in self.items
        )


_AS_THEY_ARE = (
    "n_parameters", "iterations", "converged", "seconds", "estimator", "code_version",
    "input_digest",
)  # fmt: skip


def _columns(values: Values, hidden: Set[str], prefix: str) -> dict[str, float]:
    """Named numbers of one item as cells; a list gives numbered ones."""
    found: dict[str, float] = {}
    for name, value in values.items():
        if isinstance(value, tuple):
            found |= {f"{prefix}{name}{place}": one for place, one in enumerate(value, 1)}
        elif name not in hidden or (name == "b" and "slope" not in values):
            found[f"{prefix}{name}"] = value
    return found


def _no(name: str) -> Any:
    """A missing name is a KeyError."""
    raise KeyError(name)


def _whole(count: float) -> float:
    """A count without a needless decimal point."""
    return int(count) if float(count).is_integer() else count


def _set_faults(parameters: ParameterSet) -> Iterator[str]:
    """One sentence for each item that stands twice or histogram that does not fit its points."""
    if not parameters.items:
        yield "there are no items"
    seen: set[str] = set()
    for item in parameters.items:
        if item.item_id in seen:
            yield f"item {item.item_id!r} appears more than once"
        seen.add(item.item_id)
    for group in parameters.groups:
        if group.weights and len(group.weights) != parameters.quadrature.points:
            yield (
                f"group {group.group!r} has {len(group.weights)} weights; the quadrature has "
                f"{parameters.quadrature.points} points"
            )


def _document_faults(document: Any) -> Iterator[str]:
    """One sentence for each reason why this is no parameter file in our metric."""
    if not isinstance(document, Mapping):
        yield "a parameter file is a JSON object"
        return
    if document.get("schema", SCHEMA) != SCHEMA:
        yield f"schema is {document['schema']!r}; {SCHEMA!r} is needed"
    if document.get("metric", METRIC) != METRIC or document.get("D", 1.0) != 1.0:
        yield (
            f"metric is {document.get('metric')!r} with D = {document.get('D')}; the logistic "
            "metric with D = 1 is needed (multiply every a by D)"
        )
    if not isinstance(document.get("items"), list):
        yield "items is missing; a list with one entry per item is needed"


def _item_or_fault(entry: Mapping[str, Any], faults: list[str]) -> ItemParameters | None:
    """One item, or None with its fault written down."""
    try:
        return ItemParameters.from_dict(entry)
    except UnusableParameters as fault:
        faults.extend(fault.faults)
    except (TypeError, ValueError, AttributeError) as fault:
        faults.append(f"entry {entry!r:.60}: {fault}")
    return None
