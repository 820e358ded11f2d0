"""Use cases of a panel: set it up, rate, close its rounds, read what it recommends."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlmodel import Session

from examengine.accounts import Actor, Role, find_person, record_act, require
from examengine.assembly import find_exam, find_form
from examengine.delivery import keep_candidates_apart
from examengine.kernel.clock import Clock
from examengine.kernel.ids import new_id
from examengine.kernel.reasons import checked_reason
from examengine.psychometrics.cut_scores import Recommendation
from examengine.psychometrics.cut_scores.modified_angoff import recommend
from examengine.standard_setting import repository, rules
from examengine.standard_setting.errors import (
    AdoptionReasonMissing,
    NothingRecommended,
    PanelUnknown,
    PanelUnusable,
    RoundMoved,
)
from examengine.standard_setting.form_points import form_points, most_points_of
from examengine.standard_setting.panel import (
    Judge,
    Panel,
    Rating,
    former_panel_digest,
    matrix,
    panel_digest,
)
from examengine.standard_setting.ratings_files import (
    ratings_csv,
    read_panel_ratings,
    refuse_overwriting,
    template_csv,
)
from examengine.standard_setting.tables import PanelRow


@dataclass(frozen=True, slots=True)
class RatingProgress:
    """How far one judge has come in the open round."""

    judge: Judge
    rated: int
    finished: bool


@dataclass(frozen=True, slots=True)
class PanelRecommendation:
    """What a panel recommends after its closed rounds, and the digest it was read under."""

    panel: Panel
    digest: str
    result: Recommendation


def set_up_panel(
    session: Session,
    clock: Clock,
    actor: Actor,
    exam_id: str,
    form_id: UUID,
    *,
    definition: str,
    rounds: int,
    person_ids: Sequence[UUID] = (),
    names: Sequence[str] = (),
    simulated: bool = False,
) -> Panel:
    """Set up a modified Angoff panel for the scored items of a form.

    Args:
        session: The transaction.
        clock: Tells when.
        actor: The awarding officer.
        exam_id: The exam a standard is set for.
        form_id: One of its forms.
        definition: Who the candidate is who is just good enough.
        rounds: How many rounds are planned.
        person_ids: Panelists who rate in the browser.
        names: Judges whose ratings come from a file.
        simulated: Whether a program makes the ratings; what rests on them says so.

    Raises:
        NotAllowed: The actor is no awarding officer.
        ExamUnknown, FormUnknown, PersonUnknown: One of the ids names nothing.
        PanelUnusable: The panel could not do its work; every fault is named.
    """
    require(actor, Role.AWARDING_OFFICER)
    exam, form = find_exam(session, exam_id), find_form(session, form_id)
    keep_candidates_apart(session, actor, exam.id)
    if form.exam_id != exam.id:
        raise PanelUnusable([f"the form belongs to {form.exam_id}, not to {exam.id}"])
    people = [find_person(session, person_id) for person_id in dict.fromkeys(person_ids)]
    strangers = [person.name for person in people if Role.PANELIST not in person.roles]
    if strangers:
        raise PanelUnusable([f"{name} is no panelist; ask an administrator" for name in strangers])
    judges = rules.named_judges([(person.id, person.name) for person in people], names)
    rules.checked_panel(definition, rounds, judges, most_points_of(session, form))
    points = form_points(session, exam, form)
    now = clock.now()
    row = PanelRow(
        id=new_id(now),
        exam_id=exam.id,
        exam_digest=exam.digest,
        form_id=form.id,
        form_digest=form.digest,
        method=rules.METHOD,
        definition=definition.strip(),
        rounds=rounds,
        set_up_at=now,
        set_up_by=actor.name,
        simulated=simulated,
        points=None if set(points) == {Decimal(1)} else [float(one) for one in points],
    )
    repository.add_panel(session, row, judges)
    detail = {
        "exam_id": exam.id,
        "form": form.digest,
        "judges": [judge.judge_id for judge in judges],
        **({"simulated": True} if simulated else {}),
    }
    record_act(session, now, actor, "standard_setting.set_up_panel", f"panel:{row.id}", detail)
    return _panel(session, row.id)


def panels_of_exam(session: Session, actor: Actor, exam_id: str) -> list[Panel]:
    """Return the panels of an exam, the newest first.

    Raises:
        NotAllowed: The actor is neither awarding officer nor psychometrician.
    """
    require(actor, Role.AWARDING_OFFICER, Role.PSYCHOMETRICIAN)
    return repository.panels_of_exam(session, exam_id)


def find_panel(session: Session, actor: Actor, panel_id: UUID) -> Panel:
    """Return one panel.

    Raises:
        NotAllowed: The actor is neither awarding officer nor psychometrician.
        PanelUnknown: There is no such panel.
    """
    require(actor, Role.AWARDING_OFFICER, Role.PSYCHOMETRICIAN)
    return _panel(session, panel_id)


def rating_progress(session: Session, actor: Actor, panel_id: UUID) -> list[RatingProgress]:
    """Return how far each active judge has come in the open round, or came in the last one.

    Raises:
        NotAllowed: The actor is neither awarding officer nor psychometrician.
        PanelUnknown: There is no such panel.
    """
    panel = find_panel(session, actor, panel_id)
    number = panel.open_round or len(panel.closed)
    given = repository.ratings(session, panel_id, number=number)
    return [
        RatingProgress(
            judge,
            sum(one.judge_id == judge.judge_id for one in given),
            (number, judge.judge_id) in panel.finished,
        )
        for judge in panel.active
    ]


def let_judge_leave(
    session: Session, clock: Clock, actor: Actor, panel_id: UUID, judge_id: str, *, reason: str
) -> Panel:
    """Take a judge, with all their ratings, out of what the panel recommends.

    Raises:
        NotAllowed: The actor is no awarding officer.
        PanelUnknown, JudgeUnknown: There is no such panel, or no such judge in it.
        RoundMoved: The panel is over.
        AdoptionReasonMissing: A reason is needed.
    """
    panel = _panel_to_lead(session, actor, panel_id)
    why = checked_reason(reason, AdoptionReasonMissing)
    judge = rules.leave(panel, judge_id)
    now = clock.now()
    repository.add_left(session, panel_id, judge.judge_id, now, why)
    detail = {"judge_id": judge.judge_id, "reason": why}
    record_act(session, now, actor, "standard_setting.judge_left", f"panel:{panel_id}", detail)
    return _panel(session, panel_id)


def import_ratings(
    session: Session, clock: Clock, actor: Actor, panel_id: UUID, *, source: str, content: bytes
) -> Panel:
    """Store a file of ratings for the open round, or for it and later ones. All of it, or nothing.

    Each judge in the file has then rated, in its rounds, exactly what the file says. Rounds before
    the last one of the file are closed by it; the last one stays open for the officer to look at.

    Raises:
        NotAllowed: The actor is no awarding officer.
        PanelUnknown: There is no such panel.
        RoundMoved: The panel is over.
        RatingsUnusable: The file has faults; every one is named.
        RoundNotReady: A round that the file would close lacks ratings.
    """
    require(actor, Role.AWARDING_OFFICER)
    now = clock.now()
    read_for = _panel(session, panel_id)
    given = read_panel_ratings(read_for, source, content, now)
    panel = _panel_to_lead(session, actor, panel_id)  # after the file was read: others wait
    if panel != read_for:
        raise RoundMoved(read_for.open_round or len(read_for.closed))
    known = repository.ratings(session, panel_id)
    refuse_overwriting(panel, given, known, source)
    keys = {(one.round, one.judge_id) for one in given}
    stale = [one for one in known if (one.round, one.judge_id) in keys]
    repository.take_back(session, panel_id, stale, now)
    repository.add_ratings(session, panel_id, given)
    for number in range(panel.open_round or 1, max(one.round for one in given)):
        panel = _close(session, panel, number, now, last=False)
    detail = {"source": source[:200], "ratings": len(given)}
    record_act(session, now, actor, "standard_setting.import_ratings", f"panel:{panel_id}", detail)
    return _panel(session, panel_id)


def close_round(
    session: Session, clock: Clock, actor: Actor, panel_id: UUID, *, seen: int, last: bool
) -> Panel:
    """Close the open round; with `last`, or after the last planned one, the panel is over.

    Raises:
        NotAllowed: The actor is no awarding officer.
        PanelUnknown: There is no such panel.
        RoundMoved: That round is not open any more.
        RoundNotReady: Its ratings would not give a cut score.
    """
    now = clock.now()
    panel = _close(session, _panel_to_lead(session, actor, panel_id), seen, now, last=last)
    closed = panel_digest(panel, repository.ratings(session, panel_id))
    detail = {"round": seen, "last": panel.over, "digest": closed}
    record_act(session, now, actor, "standard_setting.close_round", f"panel:{panel_id}", detail)
    return panel


def recommendation(session: Session, actor: Actor, panel_id: UUID) -> PanelRecommendation:
    """Return what the closed rounds of a panel recommend; worked out anew, never stored.

    Raises:
        NotAllowed: The actor is neither awarding officer nor psychometrician.
        PanelUnknown: There is no such panel.
        NothingRecommended: No round is closed yet.
    """
    panel = find_panel(session, actor, panel_id)
    given = _ratings_given(session, panel)
    result = recommend(matrix(panel, given, len(panel.closed)))
    return PanelRecommendation(panel, panel_digest(panel, given), result)


def panel_digest_now(session: Session, panel_id: UUID, recorded: str | None = None) -> str:
    """Return the digest of a panel and its ratings as they are now, for the contexts above.

    Digests that were recorded before they covered that ratings were simulated are known again. It
    does not ask who is asking: the use case that calls it does.

    Raises:
        PanelUnknown: There is no such panel.
        NothingRecommended: No round is closed yet.
    """
    panel = _panel(session, panel_id)
    given = _ratings_given(session, panel)
    former = former_panel_digest(panel, given)
    return former if former == recorded else panel_digest(panel, given)


def ratings_file(session: Session, actor: Actor, panel_id: UUID) -> str:
    """Return the ratings of the closed rounds as CSV, as `examengine cut` reads them.

    Raises:
        NotAllowed: The actor is neither awarding officer nor psychometrician.
        PanelUnknown: There is no such panel.
    """
    panel = find_panel(session, actor, panel_id)
    return ratings_csv(panel, repository.ratings(session, panel_id))


def ratings_template(session: Session, actor: Actor, panel_id: UUID) -> str:
    """Return a CSV file to fill in: a row for each judge and item of the open round.

    Raises:
        NotAllowed: The actor is neither awarding officer nor psychometrician.
        PanelUnknown: There is no such panel.
    """
    return template_csv(find_panel(session, actor, panel_id))


def _panel(session: Session, panel_id: UUID) -> Panel:
    found = repository.panel(session, panel_id)
    if found is None:
        raise PanelUnknown(f"no panel {panel_id}")
    return found


def _ratings_given(session: Session, panel: Panel) -> list[Rating]:
    if not panel.closed:
        raise NothingRecommended(f"panel {panel.id} has closed no round")
    return repository.ratings(session, panel.id)


def _panel_to_lead(session: Session, actor: Actor, panel_id: UUID) -> Panel:
    """Return a panel that this officer is about to change; whoever else would, waits.

    Raises:
        NotAllowed: The actor is no awarding officer.
        OwnMatter: They are enrolled in the exam.
        PanelUnknown: There is no such panel.
    """
    require(actor, Role.AWARDING_OFFICER)
    repository.lock_panel(session, panel_id)
    panel = _panel(session, panel_id)
    keep_candidates_apart(session, actor, panel.exam_id)
    return panel


def _close(session: Session, panel: Panel, seen: int, now: datetime, *, last: bool) -> Panel:
    given = repository.ratings(session, panel.id)
    repository.add_closed(session, panel.id, rules.close(panel, given, seen, now, last=last))
    return _panel(session, panel.id)
