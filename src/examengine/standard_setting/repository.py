"""Reads and writes of panels, ratings and cuts; no decision is taken here."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, insert
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from examengine import ledger
from examengine.assembly import find_form
from examengine.standard_setting.cut_score import CutScore
from examengine.standard_setting.errors import CutScoreMoved
from examengine.standard_setting.panel import ClosedRound, Judge, Panel, Rating, scored_items
from examengine.standard_setting.tables import (
    CUTS,
    CutScoreRow,
    JudgeLeftRow,
    JudgeRow,
    PanelRow,
    RatingRow,
    RoundClosedRow,
    RoundFinishedRow,
)

_NEWEST_FIRST = (col(PanelRow.set_up_at).desc(), col(PanelRow.id))


def panel(session: Session, panel_id: UUID) -> Panel | None:
    """Return a panel as it stands now."""
    row = session.get(PanelRow, panel_id)
    return None if row is None else _panel(session, row)


def panels_of_exam(session: Session, exam_id: str) -> list[Panel]:
    """Return the panels of an exam, the newest first."""
    query = select(PanelRow).where(col(PanelRow.exam_id) == exam_id)
    rows = session.exec(query.order_by(*_NEWEST_FIRST)).all()
    return [_panel(session, row) for row in rows]


def panels_of_judge(session: Session, person_id: UUID) -> list[Panel]:
    """Return the panels a person was named a judge of, the newest first."""
    query = (
        select(PanelRow)
        .join(JudgeRow, col(JudgeRow.panel_id) == col(PanelRow.id))
        .where(col(JudgeRow.person_id) == person_id)
    )
    rows = session.exec(query.order_by(*_NEWEST_FIRST)).all()
    return [_panel(session, row) for row in rows]


def _panel(session: Session, row: PanelRow) -> Panel:
    return Panel(
        id=row.id,
        exam_id=row.exam_id,
        exam_digest=row.exam_digest,
        form_id=row.form_id,
        form_digest=row.form_digest,
        method=row.method,
        definition=row.definition,
        rounds=row.rounds,
        item_ids=scored_items(find_form(session, row.form_id)),
        judges=_judges(session, row.id),
        closed=_closed_rounds(session, row.id),
        finished=_finished(session, row.id),
        set_up_at=row.set_up_at,
        set_up_by=row.set_up_by,
        simulated=row.simulated,
        points=None if row.points is None else tuple(row.points),
    )


def _judges(session: Session, panel_id: UUID) -> tuple[Judge, ...]:
    left = {
        row.judge_id: row
        for row in session.exec(
            select(JudgeLeftRow).where(col(JudgeLeftRow.panel_id) == panel_id)
        ).all()
    }
    query = select(JudgeRow).where(col(JudgeRow.panel_id) == panel_id)
    return tuple(
        Judge(
            row.judge_id, row.person_id, left[row.judge_id].left_at, left[row.judge_id].left_because
        )
        if row.judge_id in left
        else Judge(row.judge_id, row.person_id)
        for row in session.exec(query.order_by(col(JudgeRow.place))).all()
    )


def _closed_rounds(session: Session, panel_id: UUID) -> tuple[ClosedRound, ...]:
    query = select(RoundClosedRow).where(col(RoundClosedRow.panel_id) == panel_id)
    return tuple(
        ClosedRound(row.number, row.closed_at, row.last)
        for row in session.exec(query.order_by(col(RoundClosedRow.number))).all()
    )


def _finished(session: Session, panel_id: UUID) -> frozenset[tuple[int, str]]:
    query = select(RoundFinishedRow.round, RoundFinishedRow.judge_id).where(
        col(RoundFinishedRow.panel_id) == panel_id
    )
    return frozenset((number, judge_id) for number, judge_id in session.exec(query).all())


def lock_panel(session: Session, panel_id: UUID) -> None:
    """Make whoever else changes this panel wait; what is read from here on is as it stands now."""
    session.exec(select(PanelRow.id).where(col(PanelRow.id) == panel_id).with_for_update()).all()
    session.expire_all()


def add_panel(session: Session, row: PanelRow, judges: Sequence[Judge]) -> None:
    """Insert a panel with its judges."""
    session.execute(insert(PanelRow).values(**row.model_dump()))
    session.execute(
        insert(JudgeRow),
        [
            {
                "panel_id": row.id,
                "judge_id": judge.judge_id,
                "place": place,
                "person_id": judge.person_id,
            }
            for place, judge in enumerate(judges)
        ],
    )


def ratings(
    session: Session, panel_id: UUID, *, judge_id: str | None = None, number: int | None = None
) -> list[Rating]:
    """Return the newest rating of each judge for each item and round.

    Args:
        session: The transaction.
        panel_id: The panel.
        judge_id: Of this judge alone.
        number: Of this round alone.
    """
    row = RatingRow
    query = select(row.round, row.judge_id, row.item_id, row.share, row.at)  # type: ignore[call-overload]
    query = query.where(col(row.panel_id) == panel_id)
    if judge_id is not None:
        query = query.where(col(row.judge_id) == judge_id)
    if number is not None:
        query = query.where(col(row.round) == number)
    order = (col(row.round), col(row.judge_id), col(row.item_id), col(row.version))
    newest = {tuple(found[:3]): found for found in session.exec(query.order_by(*order))}
    return [Rating(*found) for found in newest.values() if found.share is not None]


def add_ratings(session: Session, panel_id: UUID, given: Sequence[Rating]) -> None:
    """Append ratings, each after the versions it has."""
    _append(session, panel_id, [(rating, rating.share) for rating in given])


def take_back(session: Session, panel_id: UUID, ratings: Sequence[Rating], now: datetime) -> None:
    """Append that ratings are taken back: from `now` on the judge has not rated these items."""
    _append(session, panel_id, [(replace(rating, at=now), None) for rating in ratings])


def _append(session: Session, panel_id: UUID, given: Sequence[tuple[Rating, float | None]]) -> None:
    if not given:
        return
    query = (
        select(RatingRow.round, RatingRow.judge_id, RatingRow.item_id, func.max(RatingRow.version))
        .where(
            col(RatingRow.panel_id) == panel_id,
            col(RatingRow.judge_id).in_({rating.judge_id for rating, _ in given}),
            col(RatingRow.round).in_({rating.round for rating, _ in given}),
        )
        .group_by(col(RatingRow.round), col(RatingRow.judge_id), col(RatingRow.item_id))
    )
    versions = {
        (number, judge, item): newest for number, judge, item, newest in session.exec(query)
    }
    rows = [
        {
            "panel_id": panel_id,
            "round": rating.round,
            "judge_id": rating.judge_id,
            "item_id": rating.item_id,
            "version": versions.get((rating.round, rating.judge_id, rating.item_id), 0) + 1,
            "share": share,
            "at": rating.at,
        }
        for rating, share in given
    ]
    session.execute(insert(RatingRow), rows)


def add_finished(
    session: Session, panel_id: UUID, number: int, judge_id: str, now: datetime
) -> None:
    """Append that a judge called a round done."""
    session.execute(
        insert(RoundFinishedRow).values(
            panel_id=panel_id, round=number, judge_id=judge_id, finished_at=now
        )
    )


def add_left(session: Session, panel_id: UUID, judge_id: str, now: datetime, reason: str) -> None:
    """Append that a judge left."""
    session.execute(
        insert(JudgeLeftRow).values(
            panel_id=panel_id, judge_id=judge_id, left_at=now, left_because=reason
        )
    )


def add_closed(session: Session, panel_id: UUID, closed: ClosedRound) -> None:
    """Append that a round was closed."""
    session.execute(
        insert(RoundClosedRow).values(
            panel_id=panel_id, number=closed.number, closed_at=closed.closed_at, last=closed.last
        )
    )


def cut_scores(session: Session, exam_id: str) -> list[CutScore]:
    """Return the adopted cuts of an exam, the newest first."""
    query = select(CutScoreRow).where(col(CutScoreRow.exam_id) == exam_id)
    rows = session.exec(query.order_by(col(CutScoreRow.version).desc())).all()
    return [CutScore(**row.model_dump()) for row in rows]


def cut_score(session: Session, cut_score_id: UUID) -> CutScore | None:
    """Return one adopted cut."""
    row = session.get(CutScoreRow, cut_score_id)
    return None if row is None else CutScore(**row.model_dump())


def add_cut_score(session: Session, row: CutScoreRow) -> None:
    """Append an adopted cut, and seal it.

    Raises:
        CutScoreMoved: Another one was adopted at the same moment.
    """
    try:
        # A savepoint, so that the page which says so can still be drawn from this transaction.
        with session.begin_nested():
            session.execute(insert(CutScoreRow).values(**row.model_dump()))
    except IntegrityError as error:
        raise CutScoreMoved(f"a newer cut of {row.exam_id} was adopted") from error
    ledger.append(session, CUTS, [row.model_dump()])
