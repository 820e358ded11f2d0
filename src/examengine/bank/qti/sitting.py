"""An item as one candidate works at it: drawn once, then scored attempt by attempt.

A non-adaptive item forgets its outcomes before each attempt, an adaptive one keeps them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from examengine.bank.qti.declarations import (
    COMPLETION_STATUS,
    NUM_ATTEMPTS,
    VariableKind,
)
from examengine.bank.qti.expressions import EVALUATORS
from examengine.bank.qti.item import QtiItem
from examengine.bank.qti.processing import run_response_processing, run_template_processing
from examengine.bank.qti.randomness import Draws
from examengine.bank.qti.refusal import QtiRefused, RefusedBecause
from examengine.bank.qti.scope import ProcessingScope
from examengine.bank.qti.values import BaseType, Nullable, single

MOST_DRAWINGS = 200
"""How often template variables are drawn anew because a constraint is not met."""

Values = Mapping[str, Nullable]


@dataclass(frozen=True, slots=True)
class ItemSitting:
    """Where the work at an item stands.

    Attributes:
        templates: What was drawn.
        corrects: The correct responses, which may depend on what was drawn.
        defaults: What variables start with, where template processing set it.
        outcomes: What the last attempt set.
        attempts: How many there were.
        notes: What was strange while it was worked out.
        work: The steps that the last attempt took.
    """

    templates: Values
    corrects: Values
    defaults: Values
    outcomes: Values
    attempts: int = 0
    notes: tuple[str, ...] = ()
    work: int = 0


def begin(item: QtiItem, draws: Draws) -> ItemSitting:
    """Draw the template variables of an item until its constraints are met.

    Raises:
        QtiRefused: A rule cannot be worked out, or no drawing meets a constraint.
    """
    work = 0
    for _ in range(MOST_DRAWINGS):
        scope = _scope(item, given(item, {}, {}), draws)
        scope.steps = work
        processing = item.template_processing
        if processing is None or run_template_processing(scope, processing):
            templates = _of_kind(item, scope.values, VariableKind.TEMPLATE)
            sitting = ItemSitting(templates, scope.corrects, scope.defaults, {})
            notes = tuple(scope.notes)
            return replace(sitting, outcomes=_start(item, sitting), notes=notes)
        work = scope.steps
    what = f"has a template constraint that none of {MOST_DRAWINGS} drawings meets"
    line = item.template_processing.line if item.template_processing is not None else None
    raise QtiRefused(RefusedBecause.TEMPLATE_CONSTRAINT_UNMET, what, line)


def given(
    item: QtiItem, templates: Values, corrects: Values, defaults: Values | None = None
) -> ItemSitting:
    """Return a sitting of what was drawn before: variables, correct responses and defaults."""
    declared = item.declarations.values()
    known = {
        one.identifier: templates.get(one.identifier, one.default)
        for one in declared
        if one.kind is VariableKind.TEMPLATE
    }
    right = {one.identifier: one.correct for one in declared if one.kind is VariableKind.RESPONSE}
    starts = {one.identifier: one.start for one in declared} | dict(defaults or {})
    sitting = ItemSitting(known, {**right, **corrects}, starts, {})
    return replace(sitting, outcomes=_start(item, sitting))


def attempt(
    item: QtiItem, sitting: ItemSitting, responses: Values, draws: Draws, duration: float = 0.0
) -> ItemSitting:
    """Score an attempt.

    Args:
        item: The item.
        sitting: Where the work stood.
        responses: The candidate's responses; one that is not listed is NULL.
        draws: Where random numbers of the response processing come from.
        duration: Seconds that were worked at it.

    Raises:
        QtiRefused: A rule cannot be worked out.
    """
    n_attempts = sitting.attempts + 1
    before = sitting if item.adaptive else replace(sitting, outcomes=_start(item, sitting))
    scope = _scope(item, before, draws)
    status = scope.values.get(COMPLETION_STATUS)
    if item.adaptive and status is not None and status.scalar == "not_attempted":
        scope.values[COMPLETION_STATUS] = single(BaseType.IDENTIFIER, "unknown")
    scope.values.update(_of_kind(item, responses, VariableKind.RESPONSE))
    scope.values[NUM_ATTEMPTS] = single(BaseType.INTEGER, n_attempts)
    scope.values["duration"] = single(BaseType.DURATION, duration)
    if item.response_processing is not None:
        run_response_processing(scope, item.response_processing)
    outcomes = _of_kind(item, scope.values, VariableKind.OUTCOME)
    notes = tuple(dict.fromkeys((*sitting.notes, *scope.notes)))
    return replace(sitting, outcomes=outcomes, attempts=n_attempts, notes=notes, work=scope.steps)


def _scope(item: QtiItem, sitting: ItemSitting, draws: Draws) -> ProcessingScope:
    return ProcessingScope(
        declarations=item.declarations,
        values={**sitting.templates, **sitting.outcomes},
        corrects=dict(sitting.corrects),
        defaults=dict(sitting.defaults),
        draws=draws,
        evaluators=EVALUATORS,
    )


def _start(item: QtiItem, sitting: ItemSitting) -> Values:
    return {
        one.identifier: sitting.defaults.get(one.identifier, one.start)
        for one in item.declarations.values()
        if one.kind is VariableKind.OUTCOME
    }


def _of_kind(item: QtiItem, values: Values, kind: VariableKind) -> dict[str, Nullable]:
    return {
        one.identifier: values.get(one.identifier)
        for one in item.declarations.values()
        if one.kind is kind
    }
