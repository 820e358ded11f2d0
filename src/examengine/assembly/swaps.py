"""Makes forms more alike by swapping items, one or two at a time, for others that fit as well.

A swap takes an item out of a form and puts another in its place, from those that stand in no form
or from another form, and breaks no requirement. Two swaps together are found without trying all
pairs: the second is the nearest neighbour of what the first leaves to be done. What is drawn at
random is drawn from a seed, so the same forms come out every time.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations, islice

import numpy as np
import scipy.sparse
from scipy.spatial import cKDTree

from examengine.assembly.balance import Balance
from examengine.assembly.forms_in_turn import Chosen
from examengine.assembly.requirements import Rows
from examengine.psychometrics.arrays import BoolArray, FloatArray, IntArray

GOOD_ENOUGH = 0.001
"""Forms this alike, a tenth of a percent, are not improved further."""

TIMES = 4
"""How often all forms are gone through, with other swaps drawn, until they are alike."""

CLOSE = 0.0001
"""A form this close to what it should be like is left alone: a hundredth of a percent."""

ROUNDS = 12
"""How often each form is gone through."""

TRIED = 5_000
"""How many swaps, drawn at random, are paired with each other."""

NEIGHBOURS = 4
"""How many partners of each swap are looked at; the nearest may hold the same item."""

EXCHANGES = 200
"""How many swaps between forms are made at the most."""

SLIGHT = 1e-9
"""An improvement smaller than this is rounding."""

LOOKED_AT = 200
"""How many exchanges of two items between two forms are looked at for one that is allowed."""

Swap = tuple[IntArray, IntArray]
"""The items that leave a form, and as many that enter it."""

NO_SWAP: Swap = (np.empty(0, dtype=int), np.empty(0, dtype=int))


@dataclass(frozen=True, slots=True)
class Swaps:
    """What may be swapped for what.

    Attributes:
        fit: What the requirements say of each item.
        balance: In what forms should be alike.
    """

    fit: "_Fit"
    balance: Balance

    @classmethod
    def under(cls, rows: Rows, balance: Balance) -> "Swaps":
        """Return the swaps that keep the requirements."""
        return cls(_Fit.of(rows), balance)

    def polished(self, chosen: Chosen, seed: int) -> Chosen:
        """Return forms at least as alike as `chosen` that meet what `chosen` meets."""
        rng = np.random.default_rng(seed)
        best = chosen
        for _ in range(TIMES):
            if self.balance.difference(best.unique) <= GOOD_ENOUGH:
                break
            moved = self._between_forms(self._towards_the_middle(best, rng), rng)
            best = min(best, moved, key=lambda forms: self.balance.difference(forms.unique))
        return best

    def _towards_the_middle(self, chosen: Chosen, rng: np.random.Generator) -> Chosen:
        """Make every form like the one in the middle, with items that stand in no form."""
        unique = list(chosen.unique)
        target = self._middle(unique)
        unused = np.setdiff1d(
            np.arange(len(self.balance.shares)), np.concatenate([chosen.common, *unique])
        )
        for number in range(len(unique)):
            for _ in range(ROUNDS):
                place = self.fit.place(chosen.common, unique[number])
                swap = self._nearest(place, unused, target, rng)
                unique[number] = _swapped(unique[number], swap)
                unused = _swapped(unused, swap[::-1])
        return replace(chosen, unique=tuple(unique))

    def _middle(self, unique: Sequence[IntArray]) -> FloatArray:
        """Return what the form has that is nearest to all others."""
        sums = np.array([self.balance.shares[form].sum(axis=0) for form in unique])
        apart = np.abs(sums[:, np.newaxis] - sums).max(axis=(1, 2))
        middle: FloatArray = sums[np.argmin(apart)]
        return middle

    def _nearest(
        self,
        place: "_Place",
        unused: IntArray,
        target: FloatArray,
        rng: np.random.Generator,
    ) -> Swap:
        """Return the swap, of one item or two, that brings a form nearest to the target.

        Nothing is swapped when the form is close already, or no swap that was tried helps.
        """
        shares = self.balance.shares
        left = target - shares[place.form].sum(axis=0)
        distance = float(np.abs(left).max())
        if distance <= CLOSE:
            return NO_SWAP
        leaving, entering = place.swaps_with(unused)
        if not len(leaving):
            return NO_SWAP
        change = shares[entering] - shares[leaving]
        alone = np.abs(left - change).max(axis=1)
        nearest = int(np.argmin(alone))
        best = min(distance, float(alone[nearest])) - SLIGHT
        for one, other, _ in _pairs(change, left, best, rng):
            swap = leaving[[one, other]], entering[[one, other]]
            if _apart(swap) and place.may_take_together(*swap):
                return swap
        if alone[nearest] < distance - SLIGHT:
            return leaving[[nearest]], entering[[nearest]]
        return NO_SWAP

    def _between_forms(self, chosen: Chosen, rng: np.random.Generator) -> Chosen:
        """Swap items of two forms for each other as long as the forms become more alike."""
        unique = list(chosen.unique)
        for _ in range(EXCHANGES):
            if self.balance.difference(unique) <= CLOSE:
                break
            exchange = self._exchange(chosen.common, unique, rng)
            if exchange is None:
                break
            one, other, swap = exchange
            unique[one] = _swapped(unique[one], swap)
            unique[other] = _swapped(unique[other], swap[::-1])
        return replace(chosen, unique=tuple(unique))

    def _exchange(
        self, common: IntArray, unique: Sequence[IntArray], rng: np.random.Generator
    ) -> tuple[int, int, Swap] | None:
        """Return the exchange between two forms that leaves the least difference, if any."""
        sums = np.array([self.balance.shares[form].sum(axis=0) for form in unique])
        places = [self.fit.place(common, form) for form in unique]
        best, found = float(np.ptp(sums, axis=0).max()) - SLIGHT, None
        for one, other in combinations(range(len(unique)), 2):
            two = _Two(places[one], places[other], sums, one, other)
            for swap, after in two.exchanges(self.balance.shares, rng):
                if after < best:
                    best, found = after, (one, other, swap)
        return found


@dataclass(frozen=True, slots=True)
class _Two:
    """Two forms that may exchange items, and what all forms amount to.

    Attributes:
        place: The one form.
        other_place: The other.
        sums: What each form has of each attribute, shape (n_forms, n_attributes).
        one: Which form the one is.
        other: Which form the other is.
    """

    place: "_Place"
    other_place: "_Place"
    sums: FloatArray
    one: int
    other: int

    def exchanges(
        self, shares: FloatArray, rng: np.random.Generator
    ) -> Iterator[tuple[Swap, float]]:
        """Yield the best exchange of one item and the best of two, each with what it leaves."""
        leaving, entering = self.place.swaps_with(self.other_place.form)
        back = self.other_place.may_take(entering, leaving)
        leaving, entering = leaving[back], entering[back]
        if not len(leaving):
            return
        change = shares[entering] - shares[leaving]
        after = self._difference(change)
        best = int(np.argmin(after))
        yield (leaving[[best]], entering[[best]]), float(after[best])
        half = (self.sums[self.other] - self.sums[self.one]) / 2
        within = float(np.abs(half).max())
        for first, second, _ in islice(_pairs(change, half, within, rng), LOOKED_AT):
            swap = leaving[[first, second]], entering[[first, second]]
            if not (_apart(swap) and self._may(swap)):
                continue
            yield swap, float(self._difference((change[first] + change[second])[np.newaxis])[0])
            return

    def _may(self, swap: Swap) -> bool:
        return self.place.may_take_together(*swap) and self.other_place.may_take_together(
            *swap[::-1]
        )

    def _difference(self, change: FloatArray) -> FloatArray:
        """Return the largest difference between forms after each exchange, (n_exchanges,)."""
        one, other = self.sums[self.one] + change, self.sums[self.other] - change
        most, least = np.maximum(one, other), np.minimum(one, other)
        rest = np.delete(self.sums, [self.one, self.other], axis=0)
        if len(rest):
            most, least = np.maximum(most, rest.max(axis=0)), np.minimum(least, rest.min(axis=0))
        widest: FloatArray = (most - least).max(axis=1)
        return widest


def _pairs(
    change: FloatArray, left: FloatArray, within: float, rng: np.random.Generator
) -> Iterator[tuple[int, int, float]]:
    """Yield pairs of swaps that leave a form nearer than `within`, the nearest pair first."""
    tried = np.arange(len(change))
    if len(tried) > TRIED:
        tried = np.sort(rng.choice(tried, TRIED, replace=False))
    tree = cKDTree(change[tried])
    count = min(NEIGHBOURS, len(tried))
    found = tree.query(
        left - change[tried],
        k=list(range(1, count + 1)),
        p=np.inf,
        distance_upper_bound=within,
    )
    far, partner = np.asarray(found[0]), np.asarray(found[1])
    for place in np.argsort(far, axis=None, kind="stable"):
        one, rank = divmod(int(place), count)
        if far[one, rank] == np.inf:
            return
        yield int(tried[one]), int(tried[partner[one, rank]]), float(far[one, rank])


def _apart(swap: Swap) -> bool:
    """Tell whether two swaps are about four items."""
    leaving, entering = swap
    return bool(leaving[0] != leaving[1] and entering[0] != entering[1])


def _swapped(items: IntArray, swap: Swap) -> IntArray:
    leaving, entering = swap
    return np.sort(np.append(np.setdiff1d(items, leaving), entering))


@dataclass(frozen=True, slots=True)
class _Fit:
    """What the requirements say of each item, so that swaps can be judged many at a time.

    Attributes:
        rows: The requirements.
        counted: Which rows count items of a sort, as against adding up or keeping enemies apart.
        sorts: What each sort of item counts for, shape (n_sorts, n_counted).
        sort_of: The sort of each item, shape (n_items,).
        added: Which rows add something up, such as seconds.
        enemies: Which items must not meet, shape (n_items, n_items).
        set_of: The set of each item, shape (n_items,), where requirements are about sets: a swap
            within a set, or of items that stand alone, leaves every set as it is.
    """

    rows: Rows
    counted: IntArray
    sorts: FloatArray
    sort_of: IntArray
    added: IntArray
    enemies: scipy.sparse.csr_array
    set_of: IntArray

    @classmethod
    def of(cls, rows: Rows) -> "_Fit":
        """Return what the rows say of each item."""
        pairs = rows.of_kind("enemies")
        added = rows.of_kind("seconds")
        counted = np.setdiff1d(np.arange(len(rows.least)), np.append(pairs, added))
        sorts, sort_of = np.unique(rows.matrix[counted].toarray().T, axis=0, return_inverse=True)
        enemies = rows.matrix[pairs].T @ rows.matrix[pairs]
        enemies.setdiag(0.0)
        set_of = np.zeros(len(sort_of), dtype=int) if rows.sets is None else rows.sets.set_of
        return cls(rows, counted, sorts, sort_of.ravel(), added, enemies.tocsr(), set_of)

    def place(self, common: IntArray, form: IntArray) -> "_Place":
        """Return a form, and what its requirements leave room for."""
        stands = np.zeros(len(self.sort_of))
        stands[common] = stands[form] = 1.0
        return _Place(self, form, self.rows.matrix @ stands, self.enemies @ stands)


@dataclass(frozen=True, slots=True)
class _Place:
    """One form, and what its requirements leave room for.

    Attributes:
        fit: What the requirements say of each item.
        form: The form's own items, by their place in the pool.
        amounts: What the form has of each requirement, common items included.
        enemies: How many enemies of each item of the pool stand in the form, shape (n_items,).
    """

    fit: _Fit
    form: IntArray
    amounts: FloatArray
    enemies: FloatArray

    def swaps_with(self, candidates: IntArray) -> Swap:
        """Return each swap of one item for one of `candidates` that breaks no requirement."""
        leaving = np.repeat(self.form, len(candidates))
        entering = np.tile(candidates, len(self.form))
        kept = self.may_take(leaving, entering)
        return leaving[kept], entering[kept]

    def may_take(self, leaving: IntArray, entering: IntArray) -> BoolArray:
        """Tell for each swap of one item for one whether the form still meets its requirements."""
        fit = self.fit
        may = np.array(self._sorts_for_sorts()[fit.sort_of[leaving], fit.sort_of[entering]])
        may &= fit.set_of[leaving] == fit.set_of[entering]
        for row in fit.added:
            weights = fit.rows.matrix[[row]].toarray()[0]
            after = self.amounts[row] + weights[entering] - weights[leaving]
            within = (fit.rows.least[row] <= after) & (after <= fit.rows.most[row])
            may &= within
        hated = np.flatnonzero(may & (self.enemies[entering] > 0))
        if len(hated):  # an enemy may enter when it is the only one in the form that leaves
            leaves: FloatArray = fit.enemies[leaving[hated], entering[hated]]
            may[hated] = leaves == self.enemies[entering[hated]]
        return may

    def _sorts_for_sorts(self) -> BoolArray:
        """Tell which sort of item may be replaced by which, shape (n_sorts, n_sorts)."""
        fit, counted = self.fit, self.fit.counted
        after = self.amounts[counted] - fit.sorts[:, np.newaxis] + fit.sorts
        within = (fit.rows.least[counted] <= after) & (after <= fit.rows.most[counted])
        may: BoolArray = np.array(within.all(axis=2))
        return may

    def may_take_together(self, leaving: IntArray, entering: IntArray) -> bool:
        """Tell whether the form still meets its requirements after several swaps at once."""
        change = np.zeros(len(self.fit.sort_of))
        change[leaving], change[entering] = -1.0, 1.0
        rows = self.fit.rows
        after = self.amounts + rows.matrix @ change
        return bool(((rows.least <= after) & (after <= rows.most)).all())
