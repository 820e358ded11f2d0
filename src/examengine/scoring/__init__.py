"""Scores, decisions and their explanation: what the answers are worth, and what follows."""

from examengine.scoring.changes_of_scoring import change_scoring, correct_key
from examengine.scoring.correction_impact import (
    CorrectionImpact,
    Turned,
    impact_of_correction,
)
from examengine.scoring.corrections_in_words import correction_in_words
from examengine.scoring.cut_impact import CutImpact, Reached, impact_of_cuts
from examengine.scoring.decisions.accuracy import FEWEST_FOR_ACCURACY, Accuracy, Reliability
from examengine.scoring.decisions.decide import (
    DecidingReport,
    Overturned,
    StandingDecision,
    decide,
    decision_stands,
    decisions_in_force,
    find_decisions,
    overturned_by,
    standing_decisions,
    states_of_decisions,
)
from examengine.scoring.decisions.decision import Decision
from examengine.scoring.decisions.decision import body as decision_body
from examengine.scoring.errors import (
    FormsWithoutCut,
    ItemsWithoutParameters,
    NoCutScore,
    NoParameters,
    NothingToScore,
    NotScoredYet,
    RecordGone,
    ResultNotOut,
    ScoredOtherwise,
    ScoreRecordUnknown,
    ScoringMoved,
)
from examengine.scoring.explanation.chain import (
    Check,
    Explanation,
    ExplanationStep,
    ItemLine,
    day,
    digest_check,
    facts,
    link_check,
)
from examengine.scoring.explanation.explain import explain
from examengine.scoring.impact_jobs import IMPACT, ShownImpact, ask_impact, shown_impact
from examengine.scoring.keys_in_question import (
    AnswerGiven,
    KeyInUse,
    KeyReview,
    keys_in_use,
    review_key,
)
from examengine.scoring.reported_ranges import score_ranges
from examengine.scoring.result_jobs import (
    DECIDE,
    SCORE,
    ask_decisions,
    ask_scores,
    may_be_done_at_once,
)
from examengine.scoring.results import (
    CandidateResult,
    OwnResult,
    Results,
    ResultState,
    ScoringProgress,
    decided_before,
    own_result,
    result_for_staff,
    results_of,
    scoring_progress,
)
from examengine.scoring.score_record import ScoreRecord
from examengine.scoring.score_record import body as score_body
from examengine.scoring.score_report import AreaLevel, AreaResult, ScoreRange
from examengine.scoring.service import (
    ScoringReport,
    Unscored,
    score_administration,
)
from examengine.scoring.simulated import (
    SimulatedSource,
    simulated_behind,
    simulated_behind_cut,
    simulated_now,
)

__all__ = [
    "DECIDE",
    "FEWEST_FOR_ACCURACY",
    "IMPACT",
    "SCORE",
    "Accuracy",
    "AnswerGiven",
    "AreaLevel",
    "AreaResult",
    "CandidateResult",
    "Check",
    "CorrectionImpact",
    "CutImpact",
    "DecidingReport",
    "Decision",
    "Explanation",
    "ExplanationStep",
    "FormsWithoutCut",
    "ItemLine",
    "ItemsWithoutParameters",
    "KeyInUse",
    "KeyReview",
    "NoCutScore",
    "NoParameters",
    "NotScoredYet",
    "NothingToScore",
    "Overturned",
    "OwnResult",
    "Reached",
    "RecordGone",
    "Reliability",
    "ResultNotOut",
    "ResultState",
    "Results",
    "ScoreRange",
    "ScoreRecord",
    "ScoreRecordUnknown",
    "ScoredOtherwise",
    "ScoringMoved",
    "ScoringProgress",
    "ScoringReport",
    "ShownImpact",
    "SimulatedSource",
    "StandingDecision",
    "Turned",
    "Unscored",
    "ask_decisions",
    "ask_impact",
    "ask_scores",
    "change_scoring",
    "correct_key",
    "correction_in_words",
    "day",
    "decide",
    "decided_before",
    "decision_body",
    "decision_stands",
    "decisions_in_force",
    "digest_check",
    "explain",
    "facts",
    "find_decisions",
    "impact_of_correction",
    "impact_of_cuts",
    "keys_in_use",
    "link_check",
    "may_be_done_at_once",
    "overturned_by",
    "own_result",
    "result_for_staff",
    "results_of",
    "review_key",
    "score_administration",
    "score_body",
    "score_ranges",
    "scoring_progress",
    "shown_impact",
    "simulated_behind",
    "simulated_behind_cut",
    "simulated_now",
    "standing_decisions",
    "states_of_decisions",
]
