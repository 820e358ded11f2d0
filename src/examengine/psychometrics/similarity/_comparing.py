"""Compare many pairs, control for how many they are, and keep those that stand out.

Detection is a signal, never a verdict: a small figure says that two persons agree more than the
model expects of independent work. Friends who were taught together, a leaked key or a wrong key
look the same. What it means is for people to find out who can hear those concerned.
"""

from collections.abc import Iterator, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from itertools import islice

import numpy as np

from examengine.psychometrics.arrays import FloatArray
from examengine.psychometrics.multiplicity import ADJUSTMENTS
from examengine.psychometrics.shown import Result, Table, table_of
from examengine.psychometrics.similarity._contract import (
    CannotCompareAnswers,
    PairTest,
    Screen,
    SimilarityMethod,
)
from examengine.psychometrics.similarity._evidence import SimilarityEvidence
from examengine.psychometrics.similarity._pairs import (
    Block,
    RowNumbers,
    in_blocks,
    members,
    pairs_within,
    rows_of,
)

LEVELS = (0.05, 0.01, 0.001)
# Blocks handed to an executor at a time, so that waiting blocks do not fill the memory.
AT_ONCE = 32


@dataclass(frozen=True, slots=True)
class SimilarPair:
    """One pair and how much it agrees.

    Attributes:
        first: One person; for directed methods the one who may have copied.
        second: The other; for directed methods the source.
        n_items: Items that both answered.
        matches: Agreements, of the kind the method counts.
        matches_wrong: Identical wrong answers; nan when nobody said which answers are right.
        expected: Agreements expected of independent work.
        statistic: Agreements in standard deviations above what was expected.
        p: Chance of agreeing at least as much when working alone.
        p_adjusted: The same after control for the number of pairs compared.
        flagged: Whether `p_adjusted` is at most the level: a signal, not a verdict.
    """

    first: str
    second: str
    n_items: int
    matches: int
    matches_wrong: float
    expected: float
    statistic: float
    p: float
    p_adjusted: float
    flagged: bool


@dataclass(frozen=True, slots=True)
class Tail:
    """How many pairs lie below a level; of independent pairs about that share does.

    Attributes:
        level: The level.
        share: Share of the pairs whose p is at most that; nan without pairs.
    """

    level: float
    share: float


@dataclass(frozen=True, slots=True, repr=False)
class Similarity(Result):
    """A comparison of many pairs.

    Attributes:
        method: Code of the method.
        directed: Whether the order within a pair matters.
        ability_method: How abilities were estimated; None for methods without a model.
        adjustment: Code of the control for the number of pairs.
        level: Pairs are flagged up to this adjusted p.
        n_persons: Persons in the file.
        n_compared: Pairs with a defined p.
        n_undefined: Pairs that could not be compared.
        tails: Shares of all pairs below usual levels: far larger ones say that the model does not
            describe independent work, and then no pair should be flagged by it.
        pairs: The pairs flagged, or all pairs when they were chosen; the smallest p first.
    """

    method: str
    directed: bool
    ability_method: str | None
    adjustment: str
    level: float
    n_persons: int
    n_compared: int
    n_undefined: int
    tails: tuple[Tail, ...]
    pairs: tuple[SimilarPair, ...]

    def headline(self) -> str:
        """How many pairs were compared, and how many stand out."""
        flagged = sum(pair.flagged for pair in self.pairs)
        return (
            f"Similarity by {self.method}: {self.n_compared} pairs of {self.n_persons} persons, "
            f"{flagged} flagged at {self.level:g} ({self.adjustment}); a signal, not a verdict"
        )

    def table(self) -> Table:
        """One row for each pair kept."""
        return table_of(self.pairs)


def compare_answers(
    evidence: SimilarityEvidence,
    method: SimilarityMethod,
    *,
    pairs: Sequence[tuple[str, str]] | None = None,
    rooms: Sequence[str] | None = None,
    adjustment: str = "holm",
    level: float = 0.05,
    executor: Executor | None = None,
) -> Similarity:
    """Compare pairs of persons.

    Args:
        evidence: Answers, and abilities for methods with a model.
        method: How to compare.
        pairs: The pairs to compare, by person; all pairs when not given.
        rooms: Room (or group) of each person: only pairs within a room are compared.
        adjustment: "holm", "bonferroni" or "bh", over all pairs compared.
        level: Pairs are flagged up to this adjusted p.
        executor: Runs blocks of pairs at the same time; one after the other when not given.

    Returns:
        The flagged pairs, or every pair when pairs were given, and the shares of small p.

    Raises:
        CannotCompareAnswers: A person is unknown or paired with themselves, the adjustment is
            unknown, there is no pair, or the method needs a model or a key that is not there.

    Notes:
        Memory holds p and two row numbers of every pair (16 bytes) and some blocks of pairs.
    """
    if adjustment not in ADJUSTMENTS:
        raise CannotCompareAnswers([f"{adjustment!r} is none of {', '.join(ADJUSTMENTS)}"])
    names = evidence.answers.person_ids
    if pairs is None:
        blocks = pairs_within(members(rooms, len(names)), directed=method.directed)
    else:
        blocks = in_blocks(*rows_of(pairs, names))
    test = method.against(evidence)
    # Chosen pairs are all shown, so every p has to be exact; of all pairs only what is counted is.
    exact_to = 1.0 if pairs is not None else max(level, *LEVELS)
    screen = method.screen(evidence, exact_to) if exact_to < 1 else lambda *both: test(*both).p
    first, second, p = _tested(screen, blocks, executor)
    adjusted = ADJUSTMENTS[adjustment](p)
    kept = np.arange(p.size) if pairs is not None else np.flatnonzero(adjusted <= level)
    kept = kept[np.argsort(p[kept], kind="stable")]
    n_compared = int(np.isfinite(p).sum())
    model = evidence.model if method.uses_model else None
    return Similarity(
        method=method.code,
        directed=method.directed,
        ability_method=None if model is None else model.ability_method,
        adjustment=adjustment,
        level=level,
        n_persons=len(names),
        n_compared=n_compared,
        n_undefined=p.size - n_compared,
        tails=tuple(
            Tail(one, float((p <= one).sum() / n_compared) if n_compared else float("nan"))
            for one in LEVELS
        ),
        pairs=tuple(_rows(names, test, (first[kept], second[kept]), adjusted[kept], level)),
    )


def _tested(
    screen: Screen, blocks: Iterator[Block], executor: Executor | None
) -> tuple[RowNumbers, RowNumbers, FloatArray]:
    """The pairs of all blocks and their p."""
    firsts, seconds, ps = [], [], []
    run = map if executor is None else executor.map
    while some := list(islice(blocks, AT_ONCE)):
        found = run(lambda block: screen(*block), some)
        for (first, second), p in zip(some, found, strict=True):
            firsts.append(first)
            seconds.append(second)
            ps.append(p)
    if not ps:
        raise CannotCompareAnswers(["there is no pair to compare"])
    return np.concatenate(firsts), np.concatenate(seconds), np.concatenate(ps)


def _rows(
    names: Sequence[str], test: PairTest, kept: Block, adjusted: FloatArray, level: float
) -> Iterator[SimilarPair]:
    """The kept pairs in full."""
    done = 0
    for first, second in in_blocks(*kept):
        found = test(first, second)
        z = found.statistic
        for row in range(first.size):
            yield SimilarPair(
                first=names[first[row]],
                second=names[second[row]],
                n_items=int(found.n_items[row]),
                matches=int(found.matches[row]),
                matches_wrong=float(found.matches_wrong[row]),
                expected=float(found.expected[row]),
                statistic=float(z[row]),
                p=float(found.p[row]),
                p_adjusted=float(adjusted[done + row]),
                flagged=bool(adjusted[done + row] <= level),
            )
        done += first.size
