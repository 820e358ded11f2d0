"""The score record: what one set of responses is worth, under which key and parameters.

A record is never edited. Other parameters, another key or a correction make the next version,
and both can be read for ever.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from math import isclose
from typing import Any
from uuid import UUID

from examengine.kernel.clock import iso
from examengine.kernel.digest import digest

ESTIMATOR = "eap"
SAME = 1e-9
"""Two abilities closer than this are the same; computers differ in the last digit."""


@dataclass(frozen=True, slots=True)
class AbilityPrior:
    """The ability distribution that EAP assumes: normal, on equally spaced points."""

    mean: float
    sd: float
    points: int
    low: float
    high: float

    def body(self) -> dict[str, Any]:
        """Return the prior as it stands in a record."""
        return {
            "mean": self.mean,
            "sd": self.sd,
            "points": self.points,
            "range": [self.low, self.high],
        }


@dataclass(frozen=True, slots=True)
class Scored:
    """What a set of responses is worth: the outcome of scoring, before it is recorded."""

    item_scores: Mapping[str, int]
    """Every item of the form; a pretest item's score is recorded and does not count."""
    raw_score: int
    max_raw_score: int
    theta: float | None = None
    """Logits; None where points are added up."""
    se: float | None = None
    """The posterior standard deviation of θ, logits."""
    scale_score: int | None = None
    points: str | None = None
    """The weighted points, a decimal in text; None where ability is estimated."""
    most_points: str | None = None
    """The most that they could be."""

    @property
    def reported(self) -> Decimal:
        """Return the reported score: on the scale, or in points."""
        return Decimal(str(self.scale_score if self.points is None else self.points))

    def same_as(self, other: "Scored") -> bool:
        """Tell whether two outcomes say the same."""
        return (
            dict(self.item_scores) == dict(other.item_scores)
            and (self.raw_score, self.max_raw_score, self.scale_score)
            == (other.raw_score, other.max_raw_score, other.scale_score)
            and (self.points, self.most_points) == (other.points, other.most_points)
            and _same(self.theta, other.theta)
            and _same(self.se, other.se)
        )


def _same(one: float | None, other: float | None) -> bool:
    if one is None or other is None:
        return one is other
    return isclose(one, other, abs_tol=SAME)


@dataclass(frozen=True, slots=True)
class Inputs:
    """What a score is computed from, each by id and digest.

    Parameters, model, estimator and prior are None where points are added up. Records made before
    marks had a digest name neither marks nor scoring policy.
    """

    response_record_id: UUID
    response_record_digest: str
    form_id: UUID
    form_digest: str
    exam_id: str
    exam_digest: str
    parameters_id: UUID | None = None
    parameters_digest: str | None = None
    model: str | None = None
    estimator: str | None = None
    prior: AbilityPrior | None = None
    marks_digest: str | None = None
    scoring_digest: str | None = None

    def same_as(self, other: "Inputs") -> bool:
        """Tell whether two scores rest on the same; what one of them does not name is no matter."""
        return replace(self, marks_digest=None, scoring_digest=None) == replace(
            other, marks_digest=None, scoring_digest=None
        ) and all(
            None in pair or pair[0] == pair[1]
            for pair in (
                (self.marks_digest, other.marks_digest),
                (self.scoring_digest, other.scoring_digest),
            )
        )

    def body(self) -> dict[str, Any]:
        """Return the inputs as they stand in a record."""
        named = {
            "response_record_id": str(self.response_record_id),
            "response_record_digest": self.response_record_digest,
            "form_id": str(self.form_id),
            "form_digest": self.form_digest,
            "exam_id": self.exam_id,
            "exam_digest": self.exam_digest,
        }
        if self.marks_digest is not None:
            named |= {"marks": self.marks_digest, "scoring": str(self.scoring_digest)}
        if self.prior is None:
            return named
        return {
            **named,
            "parameters_id": str(self.parameters_id),
            "parameters_digest": self.parameters_digest,
            "model": self.model,
            "estimator": self.estimator,
            "prior": self.prior.body(),
        }


@dataclass(frozen=True, slots=True)
class ScoreRecord:
    """One version of the score of one response record."""

    id: UUID
    version: int
    administration_id: UUID
    attempt_id: UUID | None
    person_id: UUID | None
    candidate: str
    inputs: Inputs
    scored: Scored
    code_version: str
    scored_at: datetime
    digest: str = ""
    """Set by `sealed`."""

    @property
    def subject_id(self) -> UUID:
        """Return what clearance is given to: the attempt, or the record that came from a file."""
        return self.attempt_id or self.response_record_id

    @property
    def response_record_id(self) -> UUID:
        """Return what was scored."""
        return self.inputs.response_record_id

    @property
    def response_record_digest(self) -> str:
        """Return the digest of what was scored."""
        return self.inputs.response_record_digest

    @property
    def parameters_id(self) -> UUID | None:
        """Return the parameter set it was scored with; None where points are added up."""
        return self.inputs.parameters_id

    @property
    def parameters_digest(self) -> str | None:
        """Return the digest of the parameter set."""
        return self.inputs.parameters_digest

    @property
    def exam_id(self) -> str:
        """Return the exam whose scale the score stands on."""
        return self.inputs.exam_id

    @property
    def model(self) -> str | None:
        """Return the model of the parameters."""
        return self.inputs.model

    @property
    def estimator(self) -> str | None:
        """Return how ability was estimated."""
        return self.inputs.estimator

    @property
    def item_scores(self) -> Mapping[str, int]:
        """Return the score of each item of the form."""
        return self.scored.item_scores

    @property
    def raw_score(self) -> int:
        """Return the points of the items that count, unweighted."""
        return self.scored.raw_score

    @property
    def max_raw_score(self) -> int:
        """Return the most that they could be."""
        return self.scored.max_raw_score

    @property
    def theta(self) -> float | None:
        """Return the ability, logits."""
        return self.scored.theta

    @property
    def se(self) -> float | None:
        """Return the standard error of the ability, logits."""
        return self.scored.se

    @property
    def scale_score(self) -> int | None:
        """Return the score on the scale; None where points are reported."""
        return self.scored.scale_score

    @property
    def in_points(self) -> bool:
        """Tell whether points are reported."""
        return self.scored.points is not None

    @property
    def reported(self) -> Decimal:
        """Return the reported score: on the scale, or in points."""
        return self.scored.reported


def body(record: ScoreRecord) -> dict[str, Any]:
    """Return what the digest of a score record covers, so that a stranger can compute it again.

    The person stands in the response record it names, and nowhere here: a name can be corrected,
    or erased, without breaking the chain.
    """
    scored = record.scored
    outcome: dict[str, Any] = {
        "theta": scored.theta,
        "se": scored.se,
        "scale_score": scored.scale_score,
    }
    if record.in_points:
        outcome = {"points": scored.points, "most_points": scored.most_points}
    return {
        "schema": f"examengine/score-record/{1 if record.inputs.marks_digest is None else 2}",
        "id": str(record.id),
        "version": record.version,
        **record.inputs.body(),
        "item_scores": dict(record.item_scores),
        "raw_score": record.raw_score,
        "max_raw_score": record.max_raw_score,
        **outcome,
        "code_version": record.code_version,
        "scored_at": iso(record.scored_at),
    }


def sealed(record: ScoreRecord) -> ScoreRecord:
    """Return the record with the digest of its body."""
    return replace(record, digest=digest(body(record)))


def agrees(record: ScoreRecord) -> bool:
    """Tell whether the digest of a record, computed now, is the one it carries."""
    return digest(body(record)) == record.digest


def next_version(newest: ScoreRecord | None, inputs: Inputs, scored: Scored) -> int | None:
    """Return the version to append, or None when the newest record says the same already.

    The version of the program is no input: a new release that computes the same score adds
    nothing, and one that computes another adds a record that says so.
    """
    if newest is None:
        return 1
    unchanged = newest.inputs.same_as(inputs) and newest.scored.same_as(scored)
    return None if unchanged else newest.version + 1
