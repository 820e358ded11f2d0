"""Ability estimates of persons, one file per estimator; `METHODS` finds them by name.

To add an estimator, add a file that brings `METHOD`; the tests of the folder pick it up.
"""

import sys
from collections.abc import Mapping
from types import MappingProxyType

from examengine.kernel import plugins
from examengine.psychometrics.ability._method import Abilities, AbilityMethod
from examengine.psychometrics.ability._plausible_values import plausible_values
from examengine.psychometrics.binding import bind
from examengine.psychometrics.parameters import ParameterSet
from examengine.psychometrics.refusals import CannotScore
from examengine.psychometrics.responses import Responses

METHODS: Mapping[str, AbilityMethod] = MappingProxyType(
    {
        method.code: method
        for method in plugins.load(sys.modules[__name__], attribute="METHOD").values()
    }
)


def estimate_abilities(
    responses: Responses,
    parameters: ParameterSet,
    method: str = "eap",
    *,
    scale_nodes: bool = True,
    bounds: tuple[float, float] = (-8.0, 8.0),
) -> Abilities:
    """Estimate the ability of every person.

    Args:
        responses: Persons by items; every item must be in the parameters.
        parameters: A calibrated test.
        method: "eap", "map", "ml", "wle" or "eapsum".
        scale_nodes: Whether quadrature points move with the persons' ability distribution.
        bounds: Where ml, map and wle end their search, logits.

    Returns:
        Estimates and standard errors in the metric of the parameters.

    Raises:
        CannotScore: The method is unknown, or responses and parameters do not belong together.
    """
    if method not in METHODS:
        raise CannotScore([f"method {method!r} is none of {', '.join(sorted(METHODS))}"])
    binding = bind(responses, parameters, scale_nodes=scale_nodes, bounds=bounds)
    estimate = METHODS[method].estimate(binding)
    return Abilities(
        method=method,
        person_ids=responses.person_ids,
        theta=estimate.theta,
        se=estimate.se,
        n_answered=responses.n_answered,
        raw_score=responses.raw_scores,
        at_bound=estimate.at_bound,
        notes=(binding.coarse,) if binding.coarse and METHODS[method].has_prior else (),
    )


__all__ = ["METHODS", "Abilities", "AbilityMethod", "estimate_abilities", "plausible_values"]
