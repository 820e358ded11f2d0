"""What can be refused when a panel sits and a cut score is adopted."""

from collections.abc import Sequence

from examengine.kernel.errors import ExamError, Kind
from examengine.kernel.reasons import ReasonMissing


class PanelUnknown(ExamError):
    """There is no such panel, or it is not one of the asker's."""

    code = "panel_unknown"
    kind = Kind.NOT_FOUND


class PanelUnusable(ExamError):
    """A panel cannot be set up as described; every fault is named."""

    code = "panel_unusable"
    kind = Kind.INVALID

    def __init__(self, faults: Sequence[str]) -> None:
        self.faults = tuple(faults)
        super().__init__("; ".join(faults))


class ItemNotOnPanel(ExamError):
    """The form of the panel has no such scored item."""

    code = "item_not_on_panel"
    kind = Kind.NOT_FOUND


class JudgeUnknown(ExamError):
    """The panel has no such judge, or the judge has left it."""

    code = "judge_unknown"
    kind = Kind.NOT_FOUND


class RatingOutOfRange(ExamError):
    """A rating is no whole number of candidates out of a hundred."""

    code = "rating_out_of_range"
    kind = Kind.INVALID

    def __init__(self, typed: str) -> None:
        self.typed = typed[:20]
        super().__init__(f"{self.typed!r} is no rating; write a whole number from 0 to 100")


class ExpectedPointsOutOfRange(ExamError):
    """A rating is no number of points that candidates could get on average."""

    code = "expected_points_out_of_range"
    kind = Kind.INVALID

    def __init__(self, typed: str, most_points: int) -> None:
        self.typed, self.most_points = typed[:20], most_points
        super().__init__(f"{self.typed!r} is no rating; write points from 0 to {most_points}")


class RoundMoved(ExamError):
    """The round a page was drawn for is not the open one any more."""

    code = "round_moved"
    kind = Kind.CONFLICT

    def __init__(self, seen: int) -> None:
        self.seen = seen
        super().__init__(f"round {seen} is not open")


class RatingsMissing(ExamError):
    """A judge wants to finish a round in which some items are not rated yet."""

    code = "ratings_missing"
    kind = Kind.CONFLICT

    def __init__(self, missing: int) -> None:
        self.missing = missing
        super().__init__(f"{missing} items are not rated yet")


class RoundNotReady(ExamError):
    """A round cannot be closed, because its ratings would not give a cut score."""

    code = "round_not_ready"
    kind = Kind.CONFLICT

    def __init__(self, faults: Sequence[str]) -> None:
        self.faults = tuple(faults)
        super().__init__("; ".join(faults))


class RatingsUnusable(ExamError):
    """A file of ratings has faults; each names its row, its column and what would be right."""

    code = "ratings_unusable"
    kind = Kind.INVALID

    def __init__(self, faults: Sequence[str]) -> None:
        self.faults = tuple(faults)
        super().__init__("; ".join(faults))


class AdoptionReasonMissing(ReasonMissing):
    """A staff act that has to be defended came without its reason, or with an endless one."""

    code = "standard_setting_reason_missing"
    lengths = (1, 2000)


class NothingRecommended(ExamError):
    """A panel has closed no round yet, or has rounds to go."""

    code = "nothing_recommended"
    kind = Kind.CONFLICT


class PanelMoved(ExamError):
    """The panel's ratings are not those the page was drawn from."""

    code = "panel_moved"
    kind = Kind.CONFLICT


class ParametersLacking(ExamError):
    """A raw cut cannot be placed on the scale: items of the form have no adopted parameters."""

    code = "parameters_lacking"
    kind = Kind.CONFLICT

    def __init__(self, item_ids: Sequence[str]) -> None:
        self.item_ids = tuple(item_ids)
        named = ", ".join(item_ids[:5])
        self.named = named if len(item_ids) <= 5 else f"{named} and {len(item_ids) - 5} more"
        super().__init__(f"no adopted parameters for {self.named}")


class CutOutOfRange(ExamError):
    """A raw cut lies where the form, or the scale, has no scores."""

    code = "cut_out_of_range"
    kind = Kind.INVALID

    def __init__(self, typed: str, lowest: str, highest: str) -> None:
        self.typed, self.lowest, self.highest = typed[:40], lowest, highest
        super().__init__(f"the cut {self.typed} does not lie between {lowest} and {highest}")


class CutScoreMoved(ExamError):
    """Another cut was adopted since the page was drawn."""

    code = "cut_score_moved"
    kind = Kind.CONFLICT


class CutScoreUnknown(ExamError):
    """There is no such adopted cut."""

    code = "cut_score_unknown"
    kind = Kind.NOT_FOUND
