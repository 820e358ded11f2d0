"""What the exams of a bank need of it: how many items of each area, level and type."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlmodel import Session

from examengine.accounts import Actor, Role, require
from examengine.assembly.blueprint import Between, Blueprint
from examengine.assembly.exam_files import blueprint_of
from examengine.assembly.for_staff import AUTHORS
from examengine.assembly.service import list_exams


@dataclass(frozen=True, slots=True)
class Need:
    """What forms take of one kind of items.

    Attributes:
        each_form: How many stand in each form.
        different: How many different ones all forms need at least, sharing as many as they may.
    """

    each_form: Between
    different: int


@dataclass(frozen=True, slots=True)
class ExamNeeds:
    """What one exam needs of its bank: by area, by level, and in all."""

    exam_id: str
    title: str
    forms: int
    areas: Mapping[str, Need]
    levels: Mapping[str, Need]
    all_items: Need


def needs_of_bank(session: Session, actor: Actor, bank_id: str) -> list[ExamNeeds]:
    """Return what each exam of a bank that has a blueprint needs of it, by title.

    Raises:
        NotAllowed: The actor is neither author, reviewer nor psychometrician.
    """
    require(actor, *AUTHORS, Role.REVIEWER)
    exams = [exam for exam in list_exams(session) if exam.bank_id == bank_id and exam.blueprint]
    return [
        exam_needs(exam.id, exam.title, blueprint_of({"blueprint": exam.blueprint}))
        for exam in exams
    ]


def exam_needs(exam_id: str, title: str, blueprint: Blueprint) -> ExamNeeds:
    """Return what the forms of a blueprint need of a bank."""
    return ExamNeeds(
        exam_id,
        title,
        blueprint.forms,
        {name: _need(blueprint, each) for name, each in blueprint.areas.items()},
        {name: _need(blueprint, each) for name, each in blueprint.levels.items()},
        _need(blueprint, Between(blueprint.length, blueprint.length)),
    )


def _need(blueprint: Blueprint, each: Between) -> Need:
    """Count with all common items of this kind: with fewer of them more are needed."""
    own = max(each.least - blueprint.common, 0)
    return Need(each, each.least + (blueprint.forms - 1) * own)
