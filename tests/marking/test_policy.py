"""Who counts in a matrix, and what a mark may say: pure rules."""

import pytest

from examengine.marking import LeftOut, Mark
from examengine.marking.policy import Candidacy, who_counts


def _sat(record, person, at, *, voided=False):
    return Candidacy(record, f"sha256:{record}", person, at, voided)


def _who_counts(candidacies):
    return who_counts(candidacies, {one.record_id for one in candidacies})


def test_of_several_attempts_of_a_person_the_first_counts():
    """
    Rows of a matrix are independent persons; the attempt that was handed in first stands.
    """
    records, left_out = _who_counts(
        [
            _sat("late", "ada", "2026-02-01"),
            _sat("early", "ada", "2026-01-01"),
            _sat("b", "ben", ""),
        ]
    )

    assert [record for record, _ in records] == ["early", "b"]
    assert left_out == LeftOut(repeated=1)


def test_a_voided_attempt_does_not_take_the_place_of_a_valid_one():
    """
    Whoever sat again after a void attempt counts with the attempt that stands.
    """
    records, left_out = _who_counts(
        [_sat("void", "ada", "2026-01-01", voided=True), _sat("valid", "ada", "2026-02-01")]
    )

    assert [record for record, _ in records] == ["valid"]
    assert left_out == LeftOut(voided=1)


def test_responses_from_a_file_are_persons_of_their_own():
    """
    Nobody is known to stand behind two rows of a file, so both count.
    """
    records, left_out = _who_counts([_sat("one", None, ""), _sat("other", None, "")])

    assert len(records) == 2
    assert left_out.total == 0


def test_a_record_that_somebody_changed_is_in_no_figure():
    """
    What is not what its digest says counts for nobody, and how many there are is told.
    """
    records, left_out = who_counts([_sat("a", "ada", ""), _sat("b", "ben", "")], {"a"})

    assert [record for record, _ in records] == ["a"]
    assert left_out == LeftOut(altered=1)


@pytest.mark.parametrize(("points", "most"), [(-1, 2), (3, 2), (0, 0)])
def test_a_mark_lies_between_nothing_and_the_most(points, most):
    """
    A mark that no item could give is refused where it is made.
    """
    with pytest.raises(ValueError, match="points"):
        Mark(points, most, "key", "sha256:item")
