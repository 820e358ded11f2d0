"""Everything that the pages of one administration show, put together once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlmodel import Session

from examengine.accounts import Actor
from examengine.assembly import Exam, Form, find_exam, find_form
from examengine.bank import current_parameters, sets_of_items
from examengine.calibration.analysis import ItemResponses, ResponseAnalysis
from examengine.calibration.analysis_cache import AnalysisCache
from examengine.calibration.curves import (
    PlottedFormCurves,
    PlottedItemCurves,
    error_at,
    form_curves,
    item_curves,
)
from examengine.calibration.errors import FiguresToCome
from examengine.calibration.item_figures import ShownAnalysis, shown_analysis
from examengine.calibration.item_table import ItemRow, item_row
from examengine.calibration.repository import RunSummary, made_of
from examengine.calibration.runs import CalibrationRun
from examengine.calibration.service import (
    find_run,
    list_runs,
    run_to_show,
)
from examengine.delivery import Administration, find_administration
from examengine.marking import LeftOut, NobodyCounts, Policy, Scope
from examengine.psychometrics.reliability import ReliabilitySummary


@dataclass(frozen=True, slots=True)
class Review:
    """One administration under review.

    Attributes:
        administration: What was sat.
        exam: Its exam.
        forms: Its forms, by code.
        shown: What is known of the responses, and since when.
        scope: Which items are shown.
        run: The calibration that is shown beside them (`run_to_show`), or None.
        runs: Every calibration that this administration took part in, the newest first.
        adopted_run: The run whose parameters the bank's scores are computed with, or None.
    """

    administration: Administration
    exam: Exam
    forms: tuple[Form, ...]
    shown: ShownAnalysis
    scope: Scope
    run: CalibrationRun | None
    runs: tuple[RunSummary, ...]
    adopted_run: UUID | None

    @property
    def analysis(self) -> ResponseAnalysis | None:
        """Return the classical figures; None before anybody counts, or before they are there."""
        return self.shown.analysis

    @property
    def policy(self) -> Policy:
        """Return who and what counts."""
        return Policy(self.scope)

    @property
    def left_out(self) -> LeftOut:
        """How many sets of responses are in no figure."""
        return LeftOut() if self.analysis is None else self.analysis.matrix.left_out

    @property
    def run_of_these_responses(self) -> bool:
        """Tell whether the run that is shown was made of these very responses."""
        if self.run is None or self.analysis is None:
            return False
        return made_of(self.run.snapshot_digest, self.analysis.matrix)

    @property
    def has_pretest(self) -> bool:
        """Tell whether some item of the forms does not count."""
        return any(not one.scored for form in self.forms for one in form.items)

    def reliability(self) -> tuple[tuple[str, ReliabilitySummary], ...]:
        """Return the reliability of each form, under the codes of the forms it holds for."""
        if self.analysis is None:
            return ()
        everything = self.scope is Scope.ALL
        contents = {
            form.code: {one.ref.item_id for one in form.items if one.scored or everything}
            for form in self.forms
        }
        return tuple(
            (", ".join(code for code, ids in contents.items() if ids == set(one.item_ids)), one)
            for one in self.analysis.reliability
        )

    def form_curves(self) -> tuple[PlottedFormCurves, ...]:
        """Return the curves of every form whose operational items the run has calibrated."""
        if self.run is None:
            return ()
        found = (form_curves(self.run, form.code, _scored(form)) for form in self.forms)
        return tuple(curves for curves in found if curves is not None)

    def errors_at(self, theta: float | None) -> tuple[tuple[str, float], ...]:
        """Return the conditional standard error of each form at one ability, by its code."""
        if self.run is None or theta is None:
            return ()
        found = ((form.code, error_at(self.run, _scored(form), theta)) for form in self.forms)
        return tuple((code, error) for code, error in found if error is not None)


@dataclass(frozen=True, slots=True)
class ItemReview:
    """One item of an administration under review."""

    review: Review
    item: ItemResponses
    row: ItemRow
    curves: PlottedItemCurves | None
    before: str | None
    """The item before it, by id; None at the beginning."""
    after: str | None


@dataclass(frozen=True, slots=True)
class RunReview:
    """One calibration run under review."""

    run: CalibrationRun
    administrations: tuple[Administration, ...]
    adopted: bool
    sets: Mapping[str, str]
    """The item set of each item of the bank that is of one."""

    def of_one_set(self, item_ids: Sequence[str]) -> str:
        """Return the set that all of these items are of; "" where they are of none, or several."""
        found = {self.sets.get(item_id, "") for item_id in item_ids}
        return found.pop() if len(found) == 1 else ""


def review(
    session: Session,
    actor: Actor,
    cache: AnalysisCache,
    administration_id: UUID,
    scope: Scope,
    asked: UUID | None = None,
) -> Review:
    """Return what is known of one administration.

    Args:
        session: A transaction; nothing is written.
        actor: A psychometrician.
        cache: Where analyses are kept.
        administration_id: The administration.
        scope: Which items are shown.
        asked: The run to show beside it; None for the one that is shown by itself.

    Raises:
        NotAllowed: The actor is no psychometrician.
        AdministrationUnknown, RunUnknown: There is no such administration, or run.
    """
    runs = tuple(list_runs(session, actor, administration_id))
    administration = find_administration(session, administration_id)
    exam = find_exam(session, administration.exam_id)
    found = (find_form(session, form_id) for form_id in administration.form_ids)
    forms = tuple(sorted(found, key=lambda form: form.code))
    shown = shown_analysis(session, actor, cache, administration_id, forms, scope)
    analysis = shown.analysis
    adopted = current_parameters(session, exam.bank_id)
    return Review(
        administration=administration,
        exam=exam,
        forms=forms,
        shown=shown,
        scope=scope,
        run=None if analysis is None else run_to_show(session, actor, analysis.matrix, asked),
        runs=runs,
        adopted_run=None if adopted is None else adopted.run_id,
    )


def item_review(found: Review, item_id: str) -> ItemReview:
    """Return what is known of one item of an administration.

    Raises:
        ItemNotInMatrix: It is not among the responses.
        NobodyCounts: Nobody has submitted yet.
        FiguresToCome: So many have that a job has to compute the figures, and none has yet.
    """
    analysis = found.analysis
    if analysis is None:
        raise NobodyCounts if found.shown.current else FiguresToCome
    item = analysis.item(item_id)
    ids = analysis.matrix.item_ids
    place = ids.index(item_id)
    return ItemReview(
        review=found,
        item=item,
        row=item_row(item, found.run),
        curves=_curves(found.run, item_id),
        before=ids[place - 1] if place else None,
        after=ids[place + 1] if place + 1 < len(ids) else None,
    )


def run_review(session: Session, actor: Actor, run_id: UUID) -> RunReview:
    """Return one run with whose responses it was made of, and whether it was adopted.

    Raises:
        NotAllowed: The actor is neither psychometrician nor awarding officer.
        RunUnknown: There is none with this id.
    """
    run = find_run(session, actor, run_id)
    adopted = current_parameters(session, run.bank_id)
    return RunReview(
        run=run,
        administrations=tuple(find_administration(session, one) for one in run.administration_ids),
        adopted=adopted is not None and adopted.run_id == run.id,
        sets=sets_of_items(session, run.bank_id),
    )


def _curves(run: CalibrationRun | None, item_id: str) -> PlottedItemCurves | None:
    return None if run is None or item_id not in run.items else item_curves(run, item_id)


def _scored(form: Form) -> list[str]:
    return [one.ref.item_id for one in form.items if one.scored]
