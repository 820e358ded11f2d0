"""Levine's slope of true scores on the form by true scores on the anchor."""

from examengine.psychometrics.equating.methods._lines import GroupMoments
from examengine.psychometrics.equating.score_tables import AnchorKind


def levine_gamma(group: GroupMoments, anchor: AnchorKind | None) -> complex:
    """γ under the classical congeneric model.

    Internal anchor γ = σ²(X) / σ(X, V); external γ = (σ²(X) + σ(X, V)) / (σ²(V) + σ(X, V)).

    Args:
        group: Moments of one group.
        anchor: Whether the anchor counts towards the total.

    Returns:
        Points of the form per point of the anchor.

    References:
        Kolen & Brennan (2014), Test Equating, Scaling, and Linking, section 4.2, with
        error variances after Angoff.
    """
    if anchor == "external":
        return (group.variance + group.covariance) / (group.anchor_variance + group.covariance)
    return group.variance / group.covariance
