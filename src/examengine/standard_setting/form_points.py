"""What the items of a form count at most, under the way its exam is scored."""

from decimal import Decimal

from sqlmodel import Session

from examengine.assembly import Exam, Form
from examengine.bank import item_versions
from examengine.marking import most_points


def most_points_of(session: Session, form: Form) -> dict[str, int]:
    """Return what each item of a form that was made to count is worth at most, unweighted."""
    refs = [item.ref for item in form.items if item.scored]
    versions = item_versions(session, refs)
    return {ref.item_id: most_points(versions[ref]) for ref in refs}


def form_points(session: Session, exam: Exam, form: Form) -> tuple[Decimal, ...]:
    """Return what each item of a form that was made to count is worth at most, in its order.

    Points are weighted where the exam is scored by them. A raw cut of an exam that is scored by
    ability is a sum of plain points, because that is what the expected score of an ability is. An
    item that was dropped because its key was found wrong is worth 0.
    """
    scoring = exam.scoring
    refs = [item.ref for item in form.items if item.scored]
    versions = item_versions(session, refs)
    return tuple(
        Decimal(0)
        if scoring.drops(ref)
        else most_points(versions[ref])
        * (scoring.weight(ref.item_id) if scoring.by_points else Decimal(1))
        for ref in refs
    )
