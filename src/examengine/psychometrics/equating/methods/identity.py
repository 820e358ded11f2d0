"""Identity: scores stand for themselves, the yardstick for every other method."""

import numpy as np

from examengine.psychometrics.equating.distributions import ScoreDistribution
from examengine.psychometrics.equating.methods._contract import (
    Derivatives,
    EquatingOptions,
    Equivalents,
    ObservedEquivalents,
    ObservedScoreMethod,
)


class Identity(ObservedScoreMethod):
    """e(x) = x: right when forms are equally hard, and free of sampling error.

    References:
        Kolen & Brennan (2014), Test Equating, Scaling, and Linking, section 2.2.
    """

    code = "identity"
    title = "identity"

    def equate(
        self,
        new: ScoreDistribution,
        old: ScoreDistribution,
        options: EquatingOptions,  # noqa: ARG002 - nothing is left open
    ) -> ObservedEquivalents:
        """Find the equivalents; see `EquatingMethod.equate`."""

        def derivatives() -> Derivatives:
            n_scores = new.scores.size
            return np.zeros((n_scores, *new.joint.shape)), np.zeros((n_scores, *old.joint.shape))

        return Equivalents(new.scores, derivatives, line=(1.0, 0.0))


METHOD = Identity()
