"""Which requirements of a blueprint stand in each other's way."""

from collections.abc import Callable, Sequence

from examengine.assembly.requirements import KINDS, Requirement

MayBeMet = Callable[[Sequence[Requirement], bool], bool]
"""Whether requirements may be met together; the second argument: by forms that stand apart."""


def clash(
    asked: Sequence[Requirement], apart_in_words: str, may_be_met: MayBeMet
) -> tuple[str, ...]:
    """Return the words of a smallest set of requirements that cannot be met together.

    Requirements are left out in turn, first all of a kind together, then one by one, the plainest
    last; when the rest still clashes they are not part of the matter and stay out (the deletion
    filter of Chinneck & Dravnieks, 1991). Meeting any one of the named requirements less strictly
    resolves this clash. What is not ruled out within the work allowed may be met, so that a
    requirement too many may be named, never one too few.

    Args:
        asked: All requirements; together they cannot be met.
        apart_in_words: What forms may share, as its author would say it.
        may_be_met: Tells of some requirements whether they may be met.
    """
    kept = list(asked)
    apart = may_be_met(kept, False)
    kinds = [[one for one in asked if one.kind == kind] for kind in reversed(KINDS)]
    for left_out in (*kinds, *([one] for one in reversed(asked))):
        rest = [one for one in kept if one not in left_out]
        if len(rest) < len(kept) and not may_be_met(rest, apart):
            kept = rest
    named = tuple(requirement.words for requirement in kept)
    return (*named, apart_in_words) if apart else named
