"""What can be refused when answers are put into a response matrix."""

from examengine.kernel.errors import ExamError, Kind


class MatrixRefused(ExamError):
    """These administrations give no response matrix; `reason` says what would."""

    code = "matrix_refused"
    kind = Kind.CONFLICT

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


class NobodyCounts(MatrixRefused):
    """Nobody has handed in, or what was handed in does not count."""

    code = "nobody_counts"

    def __init__(self) -> None:
        super().__init__("nobody has submitted answers that count yet")


class ItemNotInMatrix(ExamError):
    """The responses at hand do not hold this item."""

    code = "item_not_in_matrix"
    kind = Kind.NOT_FOUND

    def __init__(self, item_id: str) -> None:
        self.item_id = item_id[:60]
        super().__init__(f"no item {self.item_id} among these responses")


class AnswerUnmarked(ExamError):
    """An answer has to be marked by a person, and nobody has; it is not worth 0, but unknown."""

    code = "answer_unmarked"
    kind = Kind.CONFLICT

    def __init__(self, item_id: str) -> None:
        self.item_id = item_id
        super().__init__(f"the answer to {item_id} waits to be marked by a person")


class ImpossiblePoints(ExamError):
    """An item gives an answer points that it cannot have: its type marks wrongly."""

    code = "impossible_points"
    kind = Kind.CONFLICT

    def __init__(self, item_id: str, version: int, points: int, most_points: int) -> None:
        self.item_id, self.version = item_id, version
        self.points, self.most_points = points, most_points
        super().__init__(
            f"item {item_id} version {version} gives {points} points, of {most_points} at most"
        )
