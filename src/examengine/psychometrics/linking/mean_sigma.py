"""Mean/sigma: locations of the common items have the same mean and deviation in both metrics."""

from examengine.psychometrics.linking._contract import (
    CannotLink,
    CommonItems,
    Constants,
    CurveWeights,
    LinkingMethod,
    known_slope,
    locations,
)


class MeanSigma(LinkingMethod):
    """A = s(b_to) / s(b_from), B = mean(b_to) − A mean(b_from), unless A is known by the models.

    References:
        Marco (1977), Journal of Educational Measurement 14, 139–160; Kolen & Brennan (2014), Test
        Equating, Scaling, and Linking, eq. 6.8 and 6.10.
    """

    code = "mean-sigma"
    title = "mean/sigma"
    uses_curves = False

    def constants(self, common: CommonItems, weights: CurveWeights) -> Constants:  # noqa: ARG002
        """The constants; see `LinkingMethod.constants`."""
        source, target = locations(common.source), locations(common.target)
        slope = known_slope(common)
        if slope is None:
            if not (source.std() > 0 and target.std() > 0):
                raise CannotLink(
                    ["the common items all lie in one place: their spread gives no slope"]
                )
            slope = float(target.std() / source.std())
        return Constants(slope, float(target.mean() - slope * source.mean()))


METHOD = MeanSigma()
