"""K: the chance of sharing a wrong answer from the persons with as many wrong answers."""

from examengine.psychometrics.arrays import FloatArray
from examengine.psychometrics.similarity._shared_errors import SharedErrors


class KIndex(SharedErrors):
    """π is the mean of the group with as many wrong answers as the copier.

    References:
        Holland (1996), Assessing Unusual Agreement between the Incorrect Answers of Two Examinees
        Using the K-Index, ETS Research Report 96-7.
    """

    code = "k"
    title = "the K-index"

    def chance(self, mean: FloatArray) -> FloatArray:
        """The means themselves; see `SharedErrors.chance`."""
        return mean


METHOD = KIndex()
