"""Mean/mean: slopes and locations of the common items have the same means in both metrics."""

from examengine.psychometrics.linking._contract import (
    CannotLink,
    CommonItems,
    Constants,
    CurveWeights,
    LinkingMethod,
    known_slope,
    locations,
    slopes,
)


class MeanMean(LinkingMethod):
    """A = mean(a_from) / mean(a_to), B = mean(b_to) − A mean(b_from).

    References:
        Loyd & Hoover (1980), Journal of Educational Measurement 17, 179–193; Kolen & Brennan
        (2014), Test Equating, Scaling, and Linking, eq. 6.9 and 6.10.
    """

    code = "mean-mean"
    title = "mean/mean"
    uses_curves = False

    def constants(self, common: CommonItems, weights: CurveWeights) -> Constants:  # noqa: ARG002
        """The constants; see `LinkingMethod.constants`."""
        known = known_slope(common)
        slope = known or float(slopes(common.source).mean() / slopes(common.target).mean())
        if not slope > 0:
            raise CannotLink(["the mean slopes of the common items differ in sign"])
        source, target = locations(common.source).mean(), locations(common.target).mean()
        return Constants(slope, float(target - slope * source))


METHOD = MeanMean()
