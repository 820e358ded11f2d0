"""Calibration runs of response matrices, and parameters adopted back into the bank."""

from examengine.calibration.analysis import (
    ItemResponses,
    MatrixAnalysis,
    RawScoreCounts,
    ResponseAnalysis,
)
from examengine.calibration.analysis_cache import AnalysisCache
from examengine.calibration.bank_usage import USAGE, ask_usage, usage_job, usage_of
from examengine.calibration.curves import PlottedFormCurves, PlottedItemCurves
from examengine.calibration.errors import (
    CalibrationRefused,
    FiguresToCome,
    PilotRefused,
    RunNotAdoptable,
    RunUnknown,
    SnapshotUnknown,
)
from examengine.calibration.estimation import RunSettings
from examengine.calibration.flags import FLAG_RULES, FlagRule
from examengine.calibration.item_figures import ITEM_FIGURES, ShownAnalysis
from examengine.calibration.item_table import (
    SORTS,
    ItemRow,
    ItemStep,
    item_rows,
    sorted_rows,
    steps_of,
)
from examengine.calibration.overview import (
    CLASSICAL_FIGURES,
    OverviewLine,
    overview,
)
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
from examengine.calibration.run_jobs import RUN, ask_run
from examengine.calibration.run_models import MODELS, RunModel, models_offered
from examengine.calibration.runs import CalibrationRun, result_digest, run_body
from examengine.calibration.service import (
    adopt_run,
    analysis_of,
    find_run,
    list_runs,
    responses_of,
    run_behind,
    run_calibration,
    run_to_show,
    snapshot_files,
    sources_of_run,
)

__all__ = [
    "CLASSICAL_FIGURES",
    "FLAG_RULES",
    "ITEM_FIGURES",
    "MODELS",
    "RUN",
    "SORTS",
    "USAGE",
    "AnalysisCache",
    "CalibrationRefused",
    "CalibrationRun",
    "FiguresToCome",
    "FlagRule",
    "ItemResponses",
    "ItemReview",
    "ItemRow",
    "ItemStep",
    "MatrixAnalysis",
    "OverviewLine",
    "PilotRefused",
    "PlottedFormCurves",
    "PlottedItemCurves",
    "RawScoreCounts",
    "ResponseAnalysis",
    "Review",
    "RunModel",
    "RunNotAdoptable",
    "RunReview",
    "RunSettings",
    "RunSummary",
    "RunUnknown",
    "ShownAnalysis",
    "SnapshotFiles",
    "SnapshotUnknown",
    "adopt_run",
    "analysis_of",
    "ask_run",
    "ask_usage",
    "find_run",
    "item_review",
    "item_rows",
    "list_runs",
    "models_offered",
    "overview",
    "responses_of",
    "result_digest",
    "review",
    "run_behind",
    "run_body",
    "run_calibration",
    "run_review",
    "run_to_show",
    "simulate_pilot",
    "snapshot_files",
    "sorted_rows",
    "sources_of_run",
    "steps_of",
    "usage_job",
    "usage_of",
]
