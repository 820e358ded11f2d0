"""Response matrices, calibration runs, and parameters adopted back into the bank."""

from examengine.calibration.analysis import Analysis, ItemAnalysis, ScoreDistribution
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
from examengine.calibration.pilot import simulate_pilot
from examengine.calibration.repository import RunSummary, SnapshotFiles
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
    "Analysis",
    "CalibrationRefused",
    "CalibrationRun",
    "ItemAnalysis",
    "ItemNotInSnapshot",
    "Overview",
    "PilotRefused",
    "RunNotAdoptable",
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
    "key_csv",
    "latest_run",
    "list_runs",
    "overview",
    "raw_csv",
    "result_digest",
    "run_body",
    "run_calibration",
    "scored_csv",
    "simulate_pilot",
    "snapshot_body",
    "snapshot_files",
]
