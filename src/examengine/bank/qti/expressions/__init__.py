"""The expressions of QTI by name, one file for each family; `EVALUATORS` gathers them.

To add an expression, write its function in a file that brings `EVALUATORS`, and its line in
`OPERANDS`, which says how many expressions it works on.
"""

import sys
from collections.abc import Callable, Mapping
from types import MappingProxyType

from examengine.bank.qti.nodes import QtiNode
from examengine.bank.qti.scope import ProcessingScope
from examengine.bank.qti.values import Nullable
from examengine.kernel import plugins

Evaluator = Callable[[ProcessingScope, QtiNode], Nullable]

EVALUATORS: Mapping[str, Evaluator] = MappingProxyType(
    {
        name: evaluator
        for family in plugins.load(sys.modules[__name__], attribute="EVALUATORS").values()
        for name, evaluator in family.items()
    }
)

_NONE = dict.fromkeys(
    [
        "qti-variable",
        "qti-correct",
        "qti-default",
        "qti-base-value",
        "qti-null",
        "qti-map-response",
        "qti-map-response-point",
        "qti-math-constant",
        "qti-random-integer",
        "qti-random-float",
    ],
    (0, 0),
)
_ONE = dict.fromkeys(
    [
        "qti-is-null",
        "qti-not",
        "qti-round",
        "qti-round-to",
        "qti-truncate",
        "qti-integer-to-float",
        "qti-inside",
        "qti-container-size",
        "qti-index",
        "qti-field-value",
        "qti-random",
        "qti-pattern-match",
        "qti-stats-operator",
    ],
    (1, 1),
)
_TWO = dict.fromkeys(
    [
        "qti-match",
        "qti-equal",
        "qti-equal-rounded",
        "qti-lt",
        "qti-lte",
        "qti-gt",
        "qti-gte",
        "qti-duration-lt",
        "qti-duration-gte",
        "qti-subtract",
        "qti-divide",
        "qti-power",
        "qti-integer-divide",
        "qti-integer-modulus",
        "qti-member",
        "qti-contains",
        "qti-delete",
        "qti-string-match",
        "qti-substring",
    ],
    (2, 2),
)
_ANY = dict.fromkeys(
    [
        "qti-and",
        "qti-or",
        "qti-any-n",
        "qti-sum",
        "qti-product",
        "qti-min",
        "qti-max",
        "qti-gcd",
        "qti-lcm",
    ],
    (1, 1_000),
)
OPERANDS: Mapping[str, tuple[int, int]] = MappingProxyType(
    {
        **_NONE,
        **_ONE,
        **_TWO,
        **_ANY,
        "qti-multiple": (0, 1_000),
        "qti-ordered": (0, 1_000),
        "qti-repeat": (1, 1_000),
        "qti-math-operator": (1, 2),
    }
)
"""How many expressions stand in each: the least and the most."""
