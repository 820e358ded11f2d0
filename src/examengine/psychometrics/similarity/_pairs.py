"""Which pairs are compared, in blocks of few persons and many pairs."""

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt

from examengine.psychometrics.arrays import IntArray
from examengine.psychometrics.similarity._contract import CannotCompareAnswers

RowNumbers = npt.NDArray[np.int32]
Block = tuple[RowNumbers, RowNumbers]

# A block of all pairs has at most so many persons on each side, a block of chosen pairs so many
# pairs.
SIDE = 256


def members(rooms: Sequence[str] | None, n_persons: int) -> list[IntArray]:
    """Row numbers of the persons of each room.

    Args:
        rooms: Room of each person; one room for everybody when not given.
        n_persons: Number of persons.

    Returns:
        Row numbers, one array a room.
    """
    if rooms is None:
        return [np.arange(n_persons)]
    _, room = np.unique(np.array(rooms, dtype=np.str_), return_inverse=True)
    order = np.argsort(room, kind="stable")
    return np.split(order, np.cumsum(np.bincount(room))[:-1])


def pairs_within(rooms: Sequence[IntArray], *, directed: bool) -> Iterator[Block]:
    """Every pair within a room.

    Args:
        rooms: Row numbers of the persons of each room.
        directed: Whether (one, other) and (other, one) are two pairs.

    Yields:
        Row numbers of the firsts and of the seconds, at most 256 persons on each side.
    """
    for rows in rooms:
        tiles = [rows[start : start + SIDE] for start in range(0, rows.size, SIDE)]
        for place, one in enumerate(tiles):
            for other in tiles if directed else tiles[place:]:
                first = np.repeat(one, other.size).astype(np.int32)
                second = np.tile(other, one.size).astype(np.int32)
                wanted = first != second
                if one is other and not directed:
                    wanted = np.repeat(np.arange(one.size), one.size) < np.tile(
                        np.arange(one.size), one.size
                    )
                if wanted.any():
                    yield first[wanted], second[wanted]


def in_blocks(first: RowNumbers, second: RowNumbers) -> Iterator[Block]:
    """Given pairs, 256 at a time.

    Args:
        first: Row numbers, shape (n_pairs,).
        second: Row numbers, shape (n_pairs,).

    Yields:
        The same in order.
    """
    for start in range(0, first.size, SIDE):
        yield first[start : start + SIDE], second[start : start + SIDE]


def rows_of(pairs: Sequence[tuple[str, str]], person_ids: Sequence[str]) -> Block:
    """Row numbers of pairs of persons.

    Args:
        pairs: Pairs of person ids.
        person_ids: One per row.

    Returns:
        Row numbers of the firsts and of the seconds, both (n_pairs,).

    Raises:
        CannotCompareAnswers: A person is unknown, or paired with themselves.
    """
    place = {name: row for row, name in enumerate(person_ids)}
    faults = [
        f"pair {one!r}, {other!r}: {name!r} is not in the responses"
        for one, other in pairs
        for name in (one, other)
        if name not in place
    ]
    faults += [f"pair {one!r}, {other!r}: one person twice" for one, other in pairs if one == other]
    if faults:
        raise CannotCompareAnswers(faults)
    first = np.array([place[one] for one, _ in pairs], dtype=np.int32)
    second = np.array([place[other] for _, other in pairs], dtype=np.int32)
    return first, second
