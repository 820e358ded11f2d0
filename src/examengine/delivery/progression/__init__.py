"""Progressions, one file each: which item comes next, and when there are no more.

To add one, add a file that brings `PROGRESSION`; an exam names it, and its forms go by it. The
conformance suite picks it up and checks it.
"""

import sys
from collections.abc import Mapping
from types import MappingProxyType

from examengine.delivery.errors import ProgressionUnknown
from examengine.delivery.form_in_play import FormInPlay
from examengine.delivery.progression._progression import Progression
from examengine.kernel import plugins

PROGRESSIONS: Mapping[str, Progression] = MappingProxyType(
    plugins.load(sys.modules[__name__], attribute="PROGRESSION")
)

__all__ = [
    "PROGRESSIONS",
    "Progression",
    "progression_named",
    "progression_of",
    "progressions_offered",
]


def progression_of(form: FormInPlay) -> Progression:
    """Return the progression that a form goes by.

    Raises:
        ProgressionUnknown: This version has none of the name that its exam gives.
    """
    return progression_named(form.exam.progression, in_sections=bool(form.form.sections))


def progression_named(name: str | None, *, in_sections: bool) -> Progression:
    """Return the progression of a name; for None the usual one, as forms went by before names.

    Raises:
        ProgressionUnknown: There is none of this name.
    """
    usual = "sections" if in_sections else "fixed_order"
    found = PROGRESSIONS.get(name or usual)
    if found is None:
        raise ProgressionUnknown(name or usual)
    return found


def progressions_offered() -> dict[str, bool]:
    """Return what an exam may name, and whether it goes by the sections of the exam."""
    return {name: found.by_sections for name, found in PROGRESSIONS.items()}
