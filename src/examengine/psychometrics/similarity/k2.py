"""K2: the chance of sharing a wrong answer from a parabola through all groups of persons."""

from examengine.psychometrics.arrays import FloatArray
from examengine.psychometrics.similarity._shared_errors import SharedErrors, fitted_chance


class K2(SharedErrors):
    """π is a parabola in the share of wrong answers, fitted to the means of all groups.

    References:
        Sotaridona & Meijer (2002), Journal of Educational Measurement 39, 115–132.
    """

    code = "k2"
    title = "K2"

    def chance(self, mean: FloatArray) -> FloatArray:
        """The fitted parabola; see `SharedErrors.chance`."""
        return fitted_chance(mean, degree=2)


METHOD = K2()
