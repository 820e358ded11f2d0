"""Scores, decisions and their explanation: what the answers are worth, and what follows."""

from examengine.scoring.deciding import (
    DecidingReport,
    decide,
    decision_stands,
    decisions_in_force,
)
from examengine.scoring.decision import Decision
from examengine.scoring.decision import body as decision_body
from examengine.scoring.errors import (
    ItemsWithoutParameters,
    NoCutScore,
    NoParameters,
    NothingToScore,
    NotScoredYet,
    ResultNotOut,
    ScoreRecordUnknown,
    ScoringMoved,
)
from examengine.scoring.explaining import explain
from examengine.scoring.explanation import (
    Check,
    Explanation,
    ItemLine,
    Step,
    day,
    digest_check,
    facts,
    link_check,
)
from examengine.scoring.results import (
    OwnResult,
    Progress,
    Result,
    Results,
    State,
    own_result,
    progress,
    result_for_staff,
    results_of,
)
from examengine.scoring.score_record import ScoreRecord
from examengine.scoring.score_record import body as score_body
from examengine.scoring.score_report import AreaResult, Level, ScoreRange
from examengine.scoring.service import (
    ScoringReport,
    score_administration,
)

__all__ = [
    "AreaResult",
    "Check",
    "DecidingReport",
    "Decision",
    "Explanation",
    "ItemLine",
    "ItemsWithoutParameters",
    "Level",
    "NoCutScore",
    "NoParameters",
    "NotScoredYet",
    "NothingToScore",
    "OwnResult",
    "Progress",
    "Result",
    "ResultNotOut",
    "Results",
    "ScoreRange",
    "ScoreRecord",
    "ScoreRecordUnknown",
    "ScoringMoved",
    "ScoringReport",
    "State",
    "Step",
    "day",
    "decide",
    "decision_body",
    "decision_stands",
    "decisions_in_force",
    "digest_check",
    "explain",
    "facts",
    "link_check",
    "own_result",
    "progress",
    "result_for_staff",
    "results_of",
    "score_administration",
    "score_body",
]
