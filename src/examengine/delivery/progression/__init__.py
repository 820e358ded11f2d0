"""Progressions, one file each: which item comes next, and when there are no more.

To add one, add a file that brings `PROGRESSION`; the conformance suite picks it up and checks it.
"""

import sys
from collections.abc import Mapping
from types import MappingProxyType

from examengine.assembly import Form
from examengine.delivery.progression._progression import Progression
from examengine.kernel import plugins

PROGRESSIONS: Mapping[str, Progression] = MappingProxyType(
    plugins.load(sys.modules[__name__], attribute="PROGRESSION")
)

__all__ = ["PROGRESSIONS", "Progression", "progression_of"]


def progression_of(form: Form) -> Progression:
    """Return the progression that a form goes by."""
    return next(found for found in PROGRESSIONS.values() if found.suits(form))
