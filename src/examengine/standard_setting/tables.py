"""The rows of panels, ratings and adopted cuts: insert only. Private to this context."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, UniqueConstraint
from sqlmodel import Field

from examengine.db import Document, OfOrganisation, UtcDateTime
from examengine.ledger import declare


def _of_exam() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["organisation_id", "exam_id"], ["exam.organisation_id", "exam.id"])


class PanelRow(OfOrganisation, table=True):
    """A panel, as it was set up."""

    __tablename__ = "panel"
    __table_args__ = (_of_exam(),)

    id: UUID = Field(primary_key=True)
    exam_id: str = Field(max_length=80, index=True)
    exam_digest: str = Field(max_length=71)
    form_id: UUID = Field(foreign_key="form.id")
    form_digest: str = Field(max_length=71)
    method: str = Field(max_length=40)
    definition: str = Field(max_length=4000)
    rounds: int
    set_up_at: datetime = Field(sa_type=UtcDateTime)
    set_up_by: str = Field(max_length=200)
    simulated: bool
    points: list[float] | None = Field(
        default=None, sa_type=Document, description="What each rated item counts at most."
    )


class JudgeRow(OfOrganisation, table=True):
    """A judge of a panel; one person is one judge."""

    __tablename__ = "panel_judge"
    __table_args__ = (UniqueConstraint("panel_id", "person_id"),)

    panel_id: UUID = Field(foreign_key="panel.id", primary_key=True)
    judge_id: str = Field(primary_key=True, max_length=80)
    place: int
    person_id: UUID | None = Field(default=None, foreign_key="person.id", index=True)


class JudgeLeftRow(OfOrganisation, table=True):
    """A judge left a panel, and why."""

    __tablename__ = "panel_judge_left"

    panel_id: UUID = Field(foreign_key="panel.id", primary_key=True)
    judge_id: str = Field(primary_key=True, max_length=80)
    left_at: datetime = Field(sa_type=UtcDateTime)
    left_because: str = Field(max_length=2000)


class RatingRow(OfOrganisation, table=True):
    """One rating. To rate again is another version; the last one counts.

    Without a share it says that the rating was taken back.
    """

    __tablename__ = "panel_rating"

    panel_id: UUID = Field(foreign_key="panel.id", primary_key=True)
    round: int = Field(primary_key=True)
    judge_id: str = Field(primary_key=True, max_length=80)
    item_id: str = Field(primary_key=True, max_length=128)
    version: int = Field(primary_key=True, description="1, 2, 3 … without gaps.")
    share: float | None
    at: datetime = Field(sa_type=UtcDateTime)


class RoundFinishedRow(OfOrganisation, table=True):
    """A judge called a round done."""

    __tablename__ = "panel_round_finished"

    panel_id: UUID = Field(foreign_key="panel.id", primary_key=True)
    round: int = Field(primary_key=True)
    judge_id: str = Field(primary_key=True, max_length=80)
    finished_at: datetime = Field(sa_type=UtcDateTime)


class RoundClosedRow(OfOrganisation, table=True):
    """An officer closed a round; its ratings stand for ever."""

    __tablename__ = "panel_round_closed"

    panel_id: UUID = Field(foreign_key="panel.id", primary_key=True)
    number: int = Field(primary_key=True)
    closed_at: datetime = Field(sa_type=UtcDateTime)
    last: bool


class CutScoreRow(OfOrganisation, table=True):
    """An adopted cut. The unique version makes a lost race an error, not a second truth."""

    __tablename__ = "cut_score"
    __table_args__ = (_of_exam(), UniqueConstraint("organisation_id", "exam_id", "version"))

    id: UUID = Field(primary_key=True)
    exam_id: str = Field(max_length=80)
    exam_digest: str = Field(max_length=71)
    version: int
    panel_id: UUID | None = Field(default=None, foreign_key="panel.id")
    panel_digest: str | None = Field(default=None, max_length=71)
    method: str = Field(max_length=40)
    form_id: UUID = Field(foreign_key="form.id")
    form_digest: str = Field(max_length=71)
    recommended_cut: float | None
    raw_cut: float
    theta_cut: float | None
    scale_cut: int | None
    standard_error: float
    parameters_id: UUID | None
    parameters_digest: str | None = Field(default=None, max_length=71)
    scoring_digest: str | None = Field(default=None, max_length=71)
    reason: str = Field(max_length=2000)
    adopted_by: UUID
    adopted_by_name: str = Field(max_length=200)
    adopted_at: datetime = Field(sa_type=UtcDateTime)
    digest: str = Field(max_length=71)


CUTS = declare(
    "cut_score",
    CutScoreRow,
    scope="exam:exam_id",
    at="adopted_at",
    apart=("adopted_by_name",),
)
