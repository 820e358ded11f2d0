"""What the psychometrician's commands print: documents made of the library's results."""

import csv
import io
from collections.abc import Mapping, Sequence
from math import isfinite
from typing import Any

from examengine.psychometrics.ability import Abilities
from examengine.psychometrics.cut_scores import Recommendation
from examengine.psychometrics.dif import DifRow
from examengine.psychometrics.estimation.provenance import CODE_VERSION, digest_of
from examengine.psychometrics.linking import Constants, Link
from examengine.psychometrics.response_files import ResponseData
from examengine.psychometrics.results import Analysis, Decisions, ModelAgreement, plain


def analysis_document(found: Analysis, data: ResponseData) -> dict[str, Any]:
    """Return a classical analysis as a document, `examengine/analysis/1`."""
    document: dict[str, Any] = plain(found)
    for item in document["items"]:
        item.update(item.pop("statistics"))
    return {
        "schema": "examengine/analysis/1",
        "code_version": CODE_VERSION,
        "input_digest": digest_of(data.responses),
        **document,
    }


def fit_document(found: ModelAgreement) -> dict[str, Any]:
    """Return fit statistics as a document, `examengine/fit/1`."""
    return {"schema": "examengine/fit/1", "code_version": CODE_VERSION, **plain(found)}


def decisions_document(found: Decisions) -> dict[str, Any]:
    """Return the quality of decisions as a document, `examengine/classification/1`."""
    document: dict[str, Any] = plain(found)
    for method in ("livingston_lewis", "hanson_brennan"):
        if document[method] is not None:
            document[method] = {**document[method].pop("result"), **document[method]}
    return {"schema": "examengine/classification/1", "code_version": CODE_VERSION, **document}


def dif_document(rows: Sequence[DifRow], method: str) -> dict[str, Any]:
    """Return a comparison of groups as a document, `examengine/dif/1`."""
    return {
        "schema": "examengine/dif/1",
        "code_version": CODE_VERSION,
        "method": method,
        "items": plain(rows),
    }


def link_document(found: Link, others: Mapping[str, Constants | None]) -> dict[str, Any]:
    """Return a link as a document, `examengine/linking/1`."""
    return {
        "schema": "examengine/linking/1",
        "code_version": CODE_VERSION,
        "method": found.method,
        "A": found.slope,
        "B": found.intercept,
        "weights": found.weights,
        "n_common": found.n_common,
        "alternatives": [
            {"method": name, "A": one and one.slope, "B": one and one.intercept}
            for name, one in others.items()
        ],
        "displacements": plain(found.displacements),
        "transformed": found.transformed.to_dict(),
    }


def cut_document(found: Recommendation) -> dict[str, Any]:
    """Return a recommended cut score as a document, `examengine/cut-score/1`."""
    return {"schema": "examengine/cut-score/1", "code_version": CODE_VERSION, **plain(found)}


def scores_csv(found: Abilities) -> str:
    """Return ability estimates as CSV; an estimate that is not finite is left empty."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["person_id", "theta", "se", "n_answered", "raw_score"])
    columns = (found.theta, found.se, found.n_answered, found.raw_score)
    for person_id, theta, se, answered, raw in zip(
        found.person_ids, *(column.tolist() for column in columns), strict=True
    ):
        writer.writerow([person_id, _finite(theta), _finite(se), answered, raw])
    return text.getvalue()


def _finite(value: float) -> str:
    return repr(value) if isfinite(value) else ""
