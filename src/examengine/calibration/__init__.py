"""Response matrices, calibration runs, and parameters adopted back into the bank."""

from examengine.calibration.analysis import Analysis, ItemAnalysis, ScoreDistribution
from examengine.calibration.curves import FormCurves, ItemCurves
from examengine.calibration.errors import (
    CalibrationRefused,
    ItemNotInSnapshot,
    PilotRefused,
    RunNotAdoptable,
    RunUnknown,
    SnapshotRefused,
    SnapshotUnknown,
)
from examengine.calibration.estimation import MODELS, RunSettings
from examengine.calibration.flags import RULES, Rule
from examengine.calibration.item_table import SORTS, ItemRow, item_rows, sorted_rows
from examengine.calibration.pilot import simulate_pilot
from examengine.calibration.repository import RunSummary, SnapshotFiles
from examengine.calibration.reviews import (
    ItemReview,
    Review,
    RunReview,
    item_review,
    review,
    run_review,
)
from examengine.calibration.runs import CalibrationRun, result_digest, run_body
from examengine.calibration.service import (
    Overview,
    adopt_run,
    analysis_of,
    find_run,
    latest_run,
    list_runs,
    overview,
    run_calibration,
    snapshot_files,
)
from examengine.calibration.shelf import Shelf
from examengine.calibration.snapshot import (
    POLICY,
    Scope,
    Snapshot,
    key_csv,
    raw_csv,
    scored_csv,
    snapshot_body,
)

__all__ = [
    "MODELS",
    "POLICY",
    "RULES",
    "SORTS",
    "Analysis",
    "CalibrationRefused",
    "CalibrationRun",
    "FormCurves",
    "ItemAnalysis",
    "ItemCurves",
    "ItemNotInSnapshot",
    "ItemReview",
    "ItemRow",
    "Overview",
    "PilotRefused",
    "Review",
    "Rule",
    "RunNotAdoptable",
    "RunReview",
    "RunSettings",
    "RunSummary",
    "RunUnknown",
    "Scope",
    "ScoreDistribution",
    "Shelf",
    "Snapshot",
    "SnapshotFiles",
    "SnapshotRefused",
    "SnapshotUnknown",
    "adopt_run",
    "analysis_of",
    "find_run",
    "item_review",
    "item_rows",
    "key_csv",
    "latest_run",
    "list_runs",
    "overview",
    "raw_csv",
    "result_digest",
    "review",
    "run_body",
    "run_calibration",
    "run_review",
    "scored_csv",
    "simulate_pilot",
    "snapshot_body",
    "snapshot_files",
    "sorted_rows",
]
