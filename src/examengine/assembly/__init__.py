"""Exams, their blueprints, and the published forms that meet them."""

from examengine.assembly.blueprint import (
    AssembledForm,
    Assembly,
    Between,
    Blueprint,
    PoolItem,
)
from examengine.assembly.errors import (
    AssemblyInfeasible,
    AssemblyUnfinished,
    ExamSpecUnusable,
    ExamUnknown,
    FormsPublishedAlready,
    FormUnknown,
)
from examengine.assembly.exam_files import blueprint_of, checked_exam, read_exam
from examengine.assembly.pool_files import PoolUnusable, read_pool
from examengine.assembly.program import assemble
from examengine.assembly.rules import (
    Achievement,
    Exam,
    Form,
    FormItem,
    exam_of,
    form_body,
    form_digest,
)
from examengine.assembly.service import (
    account_of,
    assemble_forms,
    find_exam,
    find_form,
    find_form_by_code,
    forms_of,
    list_exams,
    publish_forms,
    publish_given_form,
    save_exam,
)
from examengine.psychometrics.score_scale import Scale

__all__ = [
    "Achievement",
    "AssembledForm",
    "Assembly",
    "AssemblyInfeasible",
    "AssemblyUnfinished",
    "Between",
    "Blueprint",
    "Exam",
    "ExamSpecUnusable",
    "ExamUnknown",
    "Form",
    "FormItem",
    "FormUnknown",
    "FormsPublishedAlready",
    "PoolItem",
    "PoolUnusable",
    "Scale",
    "account_of",
    "assemble",
    "assemble_forms",
    "blueprint_of",
    "checked_exam",
    "exam_of",
    "find_exam",
    "find_form",
    "find_form_by_code",
    "form_body",
    "form_digest",
    "forms_of",
    "list_exams",
    "publish_forms",
    "publish_given_form",
    "read_exam",
    "read_pool",
    "save_exam",
]
