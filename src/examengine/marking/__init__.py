"""Marks: the one place where an answer becomes points, and the response matrix made of them."""

from examengine.marking.by_key import mark_form, mark_response, most_points, unmarked
from examengine.marking.errors import (
    AnswerUnmarked,
    ImpossiblePoints,
    ItemNotInMatrix,
    MatrixRefused,
    NobodyCounts,
)
from examengine.marking.mark import Mark, Marks, marks_body
from examengine.marking.matrix import (
    NOT_SHOWN_CODE,
    OMITTED,
    OMITTED_CODE,
    MatrixOutline,
    ResponseMatrix,
    matrix_body,
)
from examengine.marking.matrix_files import key_csv, raw_csv, scored_csv
from examengine.marking.policy import LeftOut, NotReached, Policy, Scope
from examengine.marking.scored_file import csv_lines
from examengine.marking.service import counting, response_matrix, states_of_responses

__all__ = [
    "NOT_SHOWN_CODE",
    "OMITTED",
    "OMITTED_CODE",
    "AnswerUnmarked",
    "ImpossiblePoints",
    "ItemNotInMatrix",
    "LeftOut",
    "Mark",
    "Marks",
    "MatrixOutline",
    "MatrixRefused",
    "NobodyCounts",
    "NotReached",
    "Policy",
    "ResponseMatrix",
    "Scope",
    "counting",
    "csv_lines",
    "key_csv",
    "mark_form",
    "mark_response",
    "marks_body",
    "matrix_body",
    "most_points",
    "raw_csv",
    "response_matrix",
    "scored_csv",
    "states_of_responses",
    "unmarked",
]
