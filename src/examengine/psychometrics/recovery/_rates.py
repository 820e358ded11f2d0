"""Rates of rejection: how often a test of a given size says that something is wrong."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from examengine.psychometrics.recovery._contract import moment

SIZE = 0.05
TWO_SIDED = 1.959963984540054
LOWER = -1.6448536269514722


@dataclass(frozen=True, slots=True)
class Claim:
    """What a rate is about.

    Attributes:
        statistic: Name of the statistic.
        about: What was tested, such as "items" or "altered items".
        true: Whether the hypothesis tested is true: the rate is a Type I error; else power.
        size: Size of the test, the rate to expect when the hypothesis is true.
    """

    statistic: str
    about: str
    true: bool
    size: float = SIZE


@dataclass(frozen=True, slots=True)
class RateRow:
    """How often one statistic rejects.

    Attributes:
        condition: What the data are and what was fitted.
        n_persons: Persons.
        n_items: Items.
        statistic: Name of the statistic.
        about: What was tested.
        kind: "type I" when the hypothesis is true, "power" when it is not.
        size: Size of the test.
        replications: Data sets.
        refused: Data sets that were refused.
        tests: Tests that went into the rate.
        rate: Share of tests that reject.
        rate_error: Its Monte Carlo standard error, taken between data sets.
    """

    condition: str
    n_persons: int
    n_items: int
    statistic: str
    about: str
    kind: str
    size: float
    replications: int
    refused: int
    tests: int
    rate: float
    rate_error: float


@dataclass(frozen=True, slots=True)
class Rejections:
    """Tests of one kind in one data set.

    Attributes:
        rejected: Number that rejected.
        tests: Number made; tests without an answer are none.
    """

    rejected: int
    tests: int


def rejections(decided: Sequence[bool | None]) -> Rejections:
    """Count decisions; None is a test without an answer."""
    known = [one for one in decided if one is not None]
    return Rejections(sum(known), len(known))


def rate_rows(
    condition: str,
    size: tuple[int, int],
    found: Sequence[Mapping[Claim, Rejections]],
    refused: int,
) -> list[RateRow]:
    """Rates over replications, a row for each claim.

    rate = mean over data sets of rejected / tests

    Args:
        condition: What the data are.
        size: Persons and items.
        found: For each replication, rejections by claim.
        refused: Data sets that were refused.

    Returns:
        Rows in the order of the claims of the first replication.
    """
    rows = []
    for claim in found[0] if found else ():
        parts = [one[claim] for one in found]
        rate = moment([one.rejected / one.tests if one.tests else float("nan") for one in parts])
        rows.append(
            RateRow(
                condition=condition,
                n_persons=size[0],
                n_items=size[1],
                statistic=claim.statistic,
                about=claim.about,
                kind="type I" if claim.true else "power",
                size=claim.size,
                replications=len(found),
                refused=refused,
                tests=sum(one.tests for one in parts),
                rate=rate.value,
                rate_error=rate.error,
            )
        )
    return rows


def below(values: Sequence[float], bound: float) -> list[bool | None]:
    """Whether each value lies below a bound; None for nan."""
    return [None if value != value else value < bound for value in values]  # noqa: PLR0124 - nan
