"""How much of their wording two texts share: runs of three words, counted exactly.

A run is kept as a number, so that the runs of a whole bank fit into a few megabytes and are
compared by numpy. Two runs have one number by chance once in four thousand million pairs.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from heapq import nlargest
from math import ceil
from typing import Any
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from examengine.bank.inline_text import plain
from examengine.bank.item_words import shown_texts, words_of

RUN = 3
"""Words of a run."""
MOST_RUNS = 2_000
"""Runs of one text that count."""
MOST_COMPARED = 500
"""Items that one is compared with at most: where more are alike, these say so."""

Runs = NDArray[np.uint32]
"""Runs of three words, each once, in ascending order; shape (n_runs,)."""

_BYTES = 4
_LOW = np.uint32(0xFFFF)
_PER_WORD = np.array([0x9E3779B1, 0x85EBCA6B, 0xC2B2AE35], dtype=np.uint32)


@dataclass(frozen=True, slots=True)
class Likeness:
    """How much of its wording an item shares with another text."""

    item_id: str
    share: float
    """From 0 to 1."""


def runs_in(text: str) -> Runs:
    """Return the runs of three words of a text; of a shorter one, the words it has."""
    words = list(words_of(text))[: MOST_RUNS + RUN - 1]
    numbers = np.array([crc32(word.encode()) for word in words], dtype=np.uint32)
    if len(numbers) < RUN:
        return np.unique(numbers)
    windows = np.lib.stride_tricks.sliding_window_view(numbers, RUN)
    mixed = np.bitwise_xor.reduce(windows * _PER_WORD, axis=1, dtype=np.uint32)
    return np.unique(mixed ^ (mixed >> np.uint32(15)))


def runs_of(content: Mapping[str, Any]) -> Runs:
    """Return the runs of all that a candidate reads of an item, whatever order its options have."""
    return runs_in(wording(content))


def wording(content: Mapping[str, Any]) -> str:
    """Return all that a candidate reads or hears of an item, its options in no order of meaning."""
    options = sorted(map(plain, shown_texts({"options": content.get("options", ())})))
    others = shown_texts({name: value for name, value in content.items() if name != "options"})
    return "\n".join([*map(plain, others), *options])


def common_runs(own: Runs, every: Runs, sizes: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return how many runs a text shares with each of others, shape (n_others,).

    Args:
        own: The runs of the text.
        every: The runs of the others, one after another, shape (sum of sizes,).
        sizes: How many each of them has, shape (n_others,).
    """
    if not len(own) or not len(every):
        return np.zeros(len(sizes), dtype=np.int64)
    may_be = np.zeros(_LOW + 1, dtype=np.bool_)  # nearly all runs are told apart by their low bits
    may_be[own & _LOW] = True
    places = np.flatnonzero(may_be[every & _LOW])
    shared = places[np.isin(every[places], own)]
    of_text = np.searchsorted(np.cumsum(sizes), shared, side="right")
    return np.bincount(of_text, minlength=len(sizes)).astype(np.int64)


def most_alike(
    texts: Sequence[Runs], least: float, *, known: Callable[[int, int], bool]
) -> Iterator[tuple[int, int, float]]:
    """Yield each text that shares enough with another: its place, the likest one, and the share.

    The share is that of the runs that both have among those that either has (Jaccard).

    Args:
        texts: The runs of each text.
        least: The share from which two are told of, above 0.
        known: Tells of two places whether nobody need hear that they are alike.

    Notes:
        Two texts that share so much have one of their rarest runs in common, if of n runs the
        n − ⌈least · n⌉ + 1 rarest are looked at; so only texts that do are compared.

    References:
        Xiao, Wang, Lin & Yu (2008), Efficient similarity joins for near duplicate detection.
    """
    rarest = _rarest_runs(texts, least)
    having: defaultdict[int, list[int]] = defaultdict(list)
    for place, runs in enumerate(rarest):
        for run in runs:
            having[run].append(place)
    for place, runs in enumerate(rarest):
        met = dict.fromkeys(other for run in runs for other in having[run])
        others = [other for other in met if other != place and not known(place, other)]
        others = others[:MOST_COMPARED]
        if not others:
            continue
        met_texts = [texts[other] for other in others]
        sizes = np.array([len(text) for text in met_texts])
        common = common_runs(texts[place], np.concatenate(met_texts), sizes)
        shares = common / (sizes + len(texts[place]) - common)
        best = int(shares.argmax())
        if shares[best] >= least:
            yield place, others[best], float(shares[best])


def _rarest_runs(texts: Sequence[Runs], least: float) -> list[list[int]]:
    """Return the runs by which a text meets every other that shares enough with it."""
    if not texts:
        return []
    found, inverse, counts = np.unique(
        np.concatenate(texts), return_inverse=True, return_counts=True
    )
    rank = np.empty(len(found), dtype=np.int64)
    rank[np.argsort(counts, kind="stable")] = np.arange(len(found))
    ends = np.cumsum([len(runs) for runs in texts])
    ranked = np.split(rank[inverse], ends[:-1])
    return [np.sort(runs)[: len(runs) - ceil(least * len(runs)) + 1].tolist() for runs in ranked]


def likest(
    own: Runs, others: Mapping[str, bytes], *, least: float, most: int
) -> tuple[Likeness, ...]:
    """Return the items that hold most of the runs of a text, the likest first.

    What is being written is shorter than what is kept, so the share is that of its own runs. Among
    items that hold equally many the shorter one is the likest.

    Args:
        own: The runs of the text.
        others: The runs of each item, as `packed` keeps them.
        least: The share from which an item is told of.
        most: How many are told of.
    """
    sizes = np.array([len(data) for data in others.values()], dtype=np.int64) // _BYTES
    common = common_runs(own, unpacked(b"".join(others.values())), sizes)
    alike = (common > 0) & (common >= least * len(own))
    ids = list(others)
    found = [
        (common[place] / len(own), -sizes[place], ids[place]) for place in np.flatnonzero(alike)
    ]
    return tuple(Likeness(item_id, float(share)) for share, _, item_id in nlargest(most, found))


def packed(runs: Runs) -> bytes:
    """Return runs as bytes."""
    return runs.astype("<u4").tobytes()


def unpacked(data: bytes) -> Runs:
    """Return runs of what `packed` made of them."""
    return np.frombuffer(data, dtype="<u4").astype(np.uint32, copy=False)
