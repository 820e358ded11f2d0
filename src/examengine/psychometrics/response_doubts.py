"""Responses that can be read but hardly mean what they say: totals, ids, codes, other keys.

A doubt is a sentence to read beside the figures; where a figure would be wrong without anybody
noticing, the file is refused instead.
"""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from examengine.psychometrics.arrays import BoolArray, FloatArray, IntArray
from examengine.psychometrics.enumeration import some_of
from examengine.psychometrics.item_keys import ItemKey
from examengine.psychometrics.response_cells import ABSENT, missing_in_words
from examengine.psychometrics.responses import NOT_PRESENTED, Responses

# What columns of ids are called in other programs, letters only and in lower case.
ID_NAMES = frozenset(
    {
        *("id", "personid", "person", "personnr", "candidateid", "candidate", "studentid"),
        *("student", "examinee", "examineeid", "userid", "user", "respondent", "respondentid"),
        *("participant", "participantid", "subject", "subjectid", "row", "rownumber", "number"),
        *("nr", "no", "index", "case", "caseid", "unnamed", "matriculation", "registration"),
    }
)
# Codes that other programs write for what was not answered.
MISSING_CODES = frozenset({7, 8, 9, 77, 88, 98, 99})
SMALLEST_JUMP = 3
# Fewer rows than these may be all different, or without a 0, by chance.
ROWS_FOR_IDS, ROWS_FOR_CODES, ROWS_FOR_TOTALS = 10, 10, 10
NOT_BELOW_ONE = 1 - 1e-9
OPTIONS_SHOWN = 6


def id_faults(source: str, responses: Responses) -> Iterator[str]:
    """A sentence for each column of scores that numbers the persons instead.

    Args:
        source: What the file is called in sentences.
        responses: The scores as read.

    Yields:
        Columns whose values are all different and stand in the order of the rows, or which are
        called as ids are.
    """
    for name, column in zip(responses.item_ids, responses.scores.T, strict=True):
        if _all_different(column):
            in_order = bool((np.diff(column.astype(np.int64)) > 0).all())
            if in_order or _plain(name) in ID_NAMES:
                yield (
                    f"{source}: column {name!r} has another number for every person: if it holds "
                    "ids, call it person_id; it is no item, so else take it out"
                )


def doubts(
    source: str,
    responses: Responses,
    keys: Mapping[str, ItemKey],
    chosen: Mapping[str, Sequence[str]],
) -> Iterator[str]:
    """What a reader has to know of responses before any figure of them.

    Args:
        source: What the file is called in sentences.
        responses: The scores.
        keys: Every key that was given.
        chosen: Chosen options of the items that were scored by a key.

    Yields:
        One sentence for each kind of doubt.
    """
    scored = np.array([name not in chosen for name in responses.item_ids])
    for sentence in (
        *_names(responses, scored),
        *_codes(responses, scored),
        *_totals(responses),
        *_keys(responses, keys, chosen),
        *_empty(responses),
    ):
        yield f"{source}: {sentence}"


def key_faults(
    source: str, keys: Mapping[str, ItemKey], chosen: Mapping[str, Sequence[str]]
) -> Iterator[str]:
    """A sentence where a key and the chosen options cannot mean the same.

    Args:
        source: What the file is called in sentences.
        keys: The keys.
        chosen: Chosen options of the items that have one.

    Yields:
        Scored answers beside a key; keys that nobody chose, but for the way they are written.
    """
    seen = {name: set(cells) - ABSENT for name, cells in chosen.items()}
    all_seen = set().union(*seen.values()) if seen else set()
    options = {option for name in chosen for option in keys[name].options}
    if all_seen and all_seen <= {"0", "1"} and not options <= {"0", "1"}:
        yield (
            f"{source}: the answers are 0 and 1 throughout, so they are scored already; leave the "
            "key out, or its key column empty, or give the file of chosen options"
        )
        return
    alike = {}
    for name, cells in seen.items():
        key = keys[name].options
        folded = {_folded(cell) for cell in cells}
        if folded & {_folded(option) for option in key} and not cells & set(key):
            alike[name] = key[0]
    if alike:
        name, option = next(iter(alike.items()))
        more = f"; likewise {some_of(list(alike)[1:])}" if len(alike) > 1 else ""
        if unknown := [one for one in keys if one not in chosen]:
            more += f"; {some_of(unknown)}: in the key, but not in the responses"
        yield (
            f"{source}: nobody chose the key {option} of {name}; options seen: "
            f"{some_of(sorted(seen[name]), OPTIONS_SHOWN)}; write keys as answers are written{more}"
        )


def _names(responses: Responses, scored: BoolArray) -> Iterator[str]:
    """Columns that are no items by all appearances."""
    different = [
        name
        for name, column, one in zip(responses.item_ids, responses.scores.T, scored, strict=True)
        if one and _all_different(column)
    ]
    if different:
        yield (
            f"every person has another score on {some_of(different)}; if these are ids, call the "
            "column person_id"
        )


def _codes(responses: Responses, scored: BoolArray) -> Iterator[str]:
    """Scores that are codes: none of 0, or a leap to a code for missing."""
    without_zero, leaping = [], []
    for name, column, one in zip(responses.item_ids, responses.scores.T, scored, strict=True):
        values = np.unique(column[column != NOT_PRESENTED])
        rows = int((column != NOT_PRESENTED).sum())
        if not one or values.size < 2 or rows < ROWS_FOR_CODES:
            continue
        if values[0] > 0:
            without_zero.append(name)
        leaps = np.flatnonzero(np.diff(values.astype(np.int64)) >= SMALLEST_JUMP)
        if leaps.size and set(values[leaps[-1] + 1 :].tolist()) <= MISSING_CODES:
            leaping.append((name, int(values[leaps[-1]]), int(values[leaps[-1] + 1])))
    if without_zero:
        yield (
            f"nobody scored 0 on {some_of(without_zero)}: if 1 and 2 are codes of wrong and right, "
            "write 0 and 1; a score is the number of points"
        )
    if leaping:
        named = some_of([name for name, _, _ in leaping])
        _, low, high = leaping[0]
        yield (
            f"the scores of {named} leap from {low} to {high}: if {high} stands for a missing "
            "answer, leave the cell empty (not presented) or write 0 (left out)"
        )


def _totals(responses: Responses) -> Iterator[str]:
    """Columns that are the sum of the others, or say what the others say together."""
    if responses.n_items < 3 or responses.n_persons < ROWS_FOR_TOTALS:
        return
    scores = np.where(responses.presented, responses.scores, 0).astype(np.float64)
    total = scores.sum(axis=1)
    highest = responses.max_scores
    sums = [
        name
        for name, column, most in zip(responses.item_ids, scores.T, highest, strict=True)
        if most > 1 and column.any() and (column == total - column).all()
    ]
    if sums:
        yield (
            f"{some_of(sums)} is the sum of the other columns, and counted as an item like them; "
            "take it out"
        )
        return
    same = [
        name
        for name, column in zip(responses.item_ids, scores.T, strict=True)
        if _correlation(column, total - column) > NOT_BELOW_ONE
    ]
    if same:
        yield (
            f"{some_of(same)} correlates 1.00 with the rest of the test: a total or a copy of it "
            "is no item; take it out"
        )


def _keys(
    responses: Responses, keys: Mapping[str, ItemKey], chosen: Mapping[str, Sequence[str]]
) -> Iterator[str]:
    """Keys that nobody chose, missing answers taken for options, and keys of other items."""
    unknown = [name for name in keys if name not in set(responses.item_ids)]
    if unknown:
        yield f"{some_of(unknown)}: in the key, but not in the responses"
    unchosen = {}
    words: dict[str, str] = {}
    for name, cells in chosen.items():
        seen = set(cells) - ABSENT
        if len(seen) > 1 and not seen & set(keys[name].options):
            unchosen[name] = sorted(seen)
        if said := sorted(filter(missing_in_words, seen)):
            words[name] = said[0]
    if unchosen:
        name = next(iter(unchosen))
        yield (
            f"nobody chose the key {'|'.join(keys[name].options)} of {name}; options seen: "
            f"{some_of(unchosen[name], OPTIONS_SHOWN)}"
            + (f"; likewise {some_of(list(unchosen)[1:])}" if len(unchosen) > 1 else "")
        )
    if words:
        name, cell = next(iter(words.items()))
        yield (
            f"{cell!r} counts as a wrong answer to {some_of(list(words))}: where nothing was "
            "presented leave the cell empty or write NA"
        )


def _empty(responses: Responses) -> Iterator[str]:
    """Persons without any answer."""
    nothing = float(responses.weights[responses.n_answered == 0].sum())
    if nothing:
        yield f"{nothing:g} persons were presented nothing: their rows are empty"


def _all_different(column: IntArray) -> bool:
    seen = column[column != NOT_PRESENTED]
    return len(seen) == len(column) >= ROWS_FOR_IDS and np.unique(seen).size == len(seen)


def _correlation(one: FloatArray, other: FloatArray) -> float:
    """Product-moment correlation; 0 where nothing varies."""
    a, b = one - one.mean(), other - other.mean()
    spread = float(np.sqrt((a @ a) * (b @ b)))
    return float(a @ b) / spread if spread > 0 else 0.0


def _plain(name: str) -> str:
    """A column's name without what people part words by."""
    return "".join(sign for sign in name.lower() if sign.isalpha())


def _folded(option: str) -> str:
    """An option as it is when case and decimals do not count."""
    return option.removesuffix(".0").removesuffix(",0").strip("'\"“”‘’ .)").casefold()
