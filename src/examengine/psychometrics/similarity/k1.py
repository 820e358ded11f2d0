"""K1: the chance of sharing a wrong answer from a straight line through all groups of persons."""

from examengine.psychometrics.arrays import FloatArray
from examengine.psychometrics.similarity._shared_errors import SharedErrors, fitted_chance


class K1(SharedErrors):
    """π is a straight line in the share of wrong answers, fitted to the means of all groups.

    References:
        Sotaridona & Meijer (2002), Journal of Educational Measurement 39, 115–132.
    """

    code = "k1"
    title = "K1"

    def chance(self, mean: FloatArray) -> FloatArray:
        """The fitted straight line; see `SharedErrors.chance`."""
        return fitted_chance(mean, degree=1)


METHOD = K1()
