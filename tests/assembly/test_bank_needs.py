"""What blueprints need of a bank."""

import pytest

from examengine.assembly import Between, Blueprint, exam_needs


@pytest.mark.parametrize(
    ("forms", "common", "different"),
    [(1, 0, 5), (3, 0, 15), (3, 2, 11), (3, 5, 5), (3, 40, 5)],
)
def test_forms_that_share_items_need_fewer(forms, common, different):
    """
    At least so many different items: the first form's, and of each other one what is not shared.
    """
    blueprint = Blueprint(
        forms, 40, common, {"change": Between(5, 6)}, {}, {"recall": Between(0, 9)}, None
    )

    needs = exam_needs("exam", "Exam", blueprint)

    assert needs.areas["change"].different == different
    assert str(needs.areas["change"].each_form) == "5 to 6"
    assert needs.levels["recall"].different == 0
    assert needs.all_items.different == 40 + (forms - 1) * (40 - min(common, 40))
