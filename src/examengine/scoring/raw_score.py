"""Points added up: the raw score, and the weighted points of an exam that reports them. Pure."""

from collections.abc import Sequence
from decimal import Decimal

from examengine.assembly import Form, ScoringPolicy, shown
from examengine.marking import Mark, Marks
from examengine.scoring.score_record import Scored


def raw_score(form: Form, marks: Marks, scoring: ScoringPolicy) -> tuple[int, int]:
    """Return the points of the items that count, and the most they could be."""
    counted = [mark for _, mark in counted_marks(form, marks, scoring)]
    return sum(mark.points for mark in counted), sum(mark.most_points for mark in counted)


def counted_marks(form: Form, marks: Marks, scoring: ScoringPolicy) -> Sequence[tuple[str, Mark]]:
    """Return the marks of the items that count, in the order of the form.

    Pretest items do not, nor do items that were dropped because their key was found wrong.
    """
    ids = (item.ref.item_id for item in form.counted(scoring))
    return [(item_id, marks.by_item[item_id]) for item_id in ids]


def scored_by_points(form: Form, marks: Marks, scoring: ScoringPolicy) -> Scored:
    """Return what responses are worth in an exam that is scored by points.

    The reported score is Σ w_j x_j over the items that count, of Σ w_j m_j, in exact decimals.
    """
    counted = [
        (scoring.weight(item_id), mark) for item_id, mark in counted_marks(form, marks, scoring)
    ]
    points = sum((weight * mark.points for weight, mark in counted), Decimal(0))
    most = sum((weight * mark.most_points for weight, mark in counted), Decimal(0))
    raw = raw_score(form, marks, scoring)
    return Scored(marks.points, *raw, points=shown(points), most_points=shown(most))
