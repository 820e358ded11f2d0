"""The response matrix of one or more administrations, frozen, with a digest.

Scoring policy: an item of a candidate's form is presented. One without an answer scores 0, whether
it was passed over or never reached, because that is how the exam itself scores it. An item of
another form is not presented: missing by design.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from typing import Any
from uuid import UUID

import numpy as np
import numpy.typing as npt

from examengine.assembly import Form, FormItem
from examengine.bank import ITEM_TYPES, ItemRef, ItemVersion
from examengine.calibration.errors import ItemNotInSnapshot, SnapshotRefused
from examengine.delivery import ResponseRecord
from examengine.kernel.digest import digest, digest_of_bytes
from examengine.psychometrics.responses import NOT_PRESENTED, Responses

SCHEMA = "examengine/snapshot/1"
POLICY = "unanswered items of the form score 0, omitted or not reached; other forms are missing"
OMITTED = "omitted"
"""The category of a presented item without an answer, in raw files and distractor tables."""
NOT_SHOWN = ""


class Scope(StrEnum):
    """Which items of the forms go into a matrix."""

    OPERATIONAL = "operational"
    ALL = "all"


@dataclass(frozen=True, slots=True, eq=False)
class Snapshot:
    """A scored response matrix that knows where every cell came from.

    Attributes:
        administration_ids: The administrations, sorted.
        bank_id: The bank of the items.
        scope: Whether pretest items are in it.
        records: Id and digest of each response record, one per row.
        items: The item version of each column.
        scored: Whether each column counts towards the score of its form.
        scores: Shape (n_persons, n_items), int8, −1 = not presented.
        categories: What was answered, as rows of a distractor table name it; shape as `scores`,
            "" = not presented, "omitted" = no answer.
        digest: Over all of it.
    """

    administration_ids: tuple[UUID, ...]
    bank_id: str
    scope: Scope
    records: tuple[tuple[str, str], ...]
    items: tuple[ItemVersion, ...]
    scored: tuple[bool, ...]
    scores: npt.NDArray[np.int8]
    categories: npt.NDArray[np.object_]
    digest: str = ""

    def __hash__(self) -> int:
        """Two snapshots with one digest are the same, so what is computed of one can be kept."""
        return hash(self.digest)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Snapshot) and self.digest == other.digest

    @property
    def item_ids(self) -> tuple[str, ...]:
        """The columns."""
        return tuple(item.item_id for item in self.items)

    @property
    def responses(self) -> Responses:
        """The matrix as the measurement library takes it."""
        return Responses(
            person_ids=tuple(record_id for record_id, _ in self.records),
            item_ids=self.item_ids,
            scores=self.scores,
            max_scores=np.ones(len(self.items), dtype=np.int64),
        )

    def place(self, item_id: str) -> int:
        """Return the column of an item.

        Raises:
            ItemNotInSnapshot: There is none.
        """
        if item_id not in self.item_ids:
            raise ItemNotInSnapshot(item_id)
        return self.item_ids.index(item_id)

    def keys(self, place: int) -> tuple[str, ...]:
        """Return the categories of a column that score 1: the key's first, then observed ones."""
        item = self.items[place]
        item_type = ITEM_TYPES[item.item_type]
        own = _category(item_type.category(item.content, item_type.key_response(item.content)))
        right = self.categories[self.scores[:, place] == 1, place]
        return (own, *sorted({str(category) for category in right} - {own}))


def take_snapshot(
    administration_ids: Iterable[UUID],
    bank_id: str,
    forms: Mapping[UUID, Form],
    versions: Mapping[ItemRef, ItemVersion],
    records: Sequence[ResponseRecord],
    scope: Scope,
) -> Snapshot:
    """Score every record by the pinned keys and put the results into one matrix.

    Args:
        administration_ids: Where the records come from.
        bank_id: The bank of all items.
        forms: Every form that a record was answered on.
        versions: The item versions of those forms.
        records: One for each row.
        scope: Operational items only, or pretest items too.

    Raises:
        SnapshotRefused: There are no records or items, or one item appears in two versions.
    """
    if not records:
        raise SnapshotRefused("nobody has submitted answers yet")
    chosen = _columns(forms.values(), scope)
    place = {ref: column for column, ref in enumerate(chosen)}
    scores = np.full((len(records), len(chosen)), NOT_PRESENTED, dtype=np.int8)
    categories = np.full(scores.shape, NOT_SHOWN, dtype=object)
    markers = {ref: _Marker(versions[ref]) for ref in chosen}
    for row, record in enumerate(records):
        for form_item in forms[record.form_id].items:
            column = place.get(form_item.ref)
            if column is not None:
                response = record.responses.get(form_item.ref.item_id)
                scores[row, column], categories[row, column] = markers[form_item.ref].mark(response)
    return _sealed(
        administration_ids, bank_id, scope, records, chosen, versions, scores, categories
    )


def scored_csv(snapshot: Snapshot) -> bytes:
    """Return the scored response file: person_id and one column per item, empty = not presented."""
    cells = np.where(snapshot.scores == NOT_PRESENTED, "", snapshot.scores.astype(str))
    return _csv(snapshot, cells)


def raw_csv(snapshot: Snapshot) -> bytes:
    """Return the raw response file: what was answered, empty = not presented."""
    return _csv(snapshot, snapshot.categories)


def key_csv(snapshot: Snapshot) -> bytes:
    """Return the key file that goes with the raw file."""
    lines = ["item_id,key,max_score"]
    lines += [
        f"{_cell(item_id)},{_cell('|'.join(snapshot.keys(place)))},1"
        for place, item_id in enumerate(snapshot.item_ids)
    ]
    return ("\n".join(lines) + "\n").encode()


class _Marker:
    """Scores the answers to one item; each different answer once."""

    def __init__(self, item: ItemVersion) -> None:
        self._content = item.content
        self._type = ITEM_TYPES[item.item_type]
        self._known: dict[str, tuple[int, str]] = {}

    def mark(self, response: Any) -> tuple[int, str]:
        """Return score and category of an answer."""
        if response is None:
            return 0, OMITTED
        name = response if isinstance(response, str) else json.dumps(response, sort_keys=True)
        if name not in self._known:
            category = _category(self._type.category(self._content, response))
            self._known[name] = self._type.score(self._content, response), category or OMITTED
        return self._known[name]


def _columns(forms: Iterable[Form], scope: Scope) -> dict[ItemRef, bool]:
    """Return the items of all forms by id, with whether each counts in any form."""
    scored: dict[ItemRef, bool] = {}
    for form_item in (form_item for form in forms for form_item in form.items):
        if _wanted(form_item, scope):
            counts = scored.get(form_item.ref, False) or form_item.scored
            scored[form_item.ref] = counts
    if not scored:
        raise SnapshotRefused("the forms hold no item of this kind")
    ordered = sorted(scored, key=lambda ref: (ref.item_id, ref.version))
    for earlier, later in pairwise(ordered):
        if earlier.item_id == later.item_id:
            raise SnapshotRefused(
                f"item {later.item_id} was used in version {earlier.version} and in version "
                f"{later.version}; they are two different items, so choose administrations of one"
            )
    return {ref: scored[ref] for ref in ordered}


def _wanted(form_item: FormItem, scope: Scope) -> bool:
    return scope is Scope.ALL or form_item.scored


def _sealed(
    administration_ids: Iterable[UUID],
    bank_id: str,
    scope: Scope,
    records: Sequence[ResponseRecord],
    chosen: Mapping[ItemRef, bool],
    versions: Mapping[ItemRef, ItemVersion],
    scores: npt.NDArray[np.int8],
    categories: npt.NDArray[np.object_],
) -> Snapshot:
    unsealed = Snapshot(
        administration_ids=tuple(sorted(administration_ids)),
        bank_id=bank_id,
        scope=scope,
        records=tuple((str(record.id), record.digest) for record in records),
        items=tuple(versions[ref] for ref in chosen),
        scored=tuple(chosen.values()),
        scores=scores,
        categories=categories,
    )
    scores.flags.writeable = categories.flags.writeable = False
    object.__setattr__(unsealed, "digest", digest(snapshot_body(unsealed)))
    return unsealed


def snapshot_body(snapshot: Snapshot) -> dict[str, Any]:
    """Return what the digest of a snapshot covers, so that a stranger can compute it again."""
    return {
        "schema": SCHEMA,
        "administrations": [str(one) for one in snapshot.administration_ids],
        "bank_id": snapshot.bank_id,
        "scope": snapshot.scope.value,
        "policy": POLICY,
        "records": [{"id": one, "digest": its} for one, its in snapshot.records],
        "items": [
            {
                "item_id": item.item_id,
                "version": item.version,
                "digest": item.digest,
                "scored": scored,
            }
            for item, scored in zip(snapshot.items, snapshot.scored, strict=True)
        ],
        "scores": digest_of_bytes(scored_csv(snapshot)),
    }


def _csv(snapshot: Snapshot, cells: npt.NDArray[Any]) -> bytes:
    lines = [",".join(["person_id", *map(_cell, snapshot.item_ids)])]
    lines += [
        ",".join([record_id, *map(_cell, row)])
        for (record_id, _), row in zip(snapshot.records, cells.tolist(), strict=True)
    ]
    return ("\n".join(lines) + "\n").encode()


def _cell(text: str) -> str:
    if not any(mark in text for mark in ',"\n\r'):
        return text
    return '"' + text.replace('"', '""') + '"'


def _category(text: str) -> str:
    """Return a category as files can hold it.

    In response files an outer space is lost, NA means "not presented", and the bar separates the
    accepted answers of a key; a candidate may have typed any of them.
    """
    plain = " ".join(text.split()).replace("|", "/")
    return f"{plain} (typed)" if plain in {"NA", OMITTED} else plain
