"""The response matrix of one or more administrations, frozen, with a digest. Pure.

A cell holds the points that `by_key` gives an answer; who and what counts is the `Policy`.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any
from uuid import UUID

import numpy as np
import numpy.typing as npt

from examengine.assembly import Form, KeyCorrection, ScoringPolicy
from examengine.bank import ITEM_TYPES, ItemRef, ItemVersion
from examengine.delivery import CodedResponses
from examengine.kernel.digest import digest, digest_of_bytes
from examengine.marking.by_key import mark_response, most_points
from examengine.marking.errors import ItemNotInMatrix, MatrixRefused, NobodyCounts
from examengine.marking.policy import LeftOut, NotReached, Policy, Scope
from examengine.marking.scored_file import scored_rows
from examengine.psychometrics.arrays import BoolArray, IntArray
from examengine.psychometrics.responses import NOT_PRESENTED, Responses

SCHEMA = "examengine/response-matrix/1"
FORMER_SCHEMA = "examengine/snapshot/1"
FORMER_POLICY = (
    "unanswered items of the form score 0, omitted or not reached; other forms are missing"
)
NOBODY = LeftOut()
AS_KEYED = ScoringPolicy()
"""Every item counts as its key says."""
OMITTED = "omitted"
"""The category of a presented item without an answer, in raw files and distractor tables."""
NOT_SHOWN = ""
NOT_SHOWN_CODE, OMITTED_CODE = 0, 1


@dataclass(frozen=True, slots=True)
class MatrixOutline:
    """What a response matrix is made of, without its cells.

    Attributes:
        administration_ids: The administrations, sorted.
        bank_id: The bank of the items.
        policy: Who and what counts.
        left_out: How many sets of responses do not.
        n_persons: How many do, one for each row.
        items: The item version of each column.
        most_points: What each item is worth at most.
        scored: Whether each column counts towards the score of its form.
        digest: Over all of the matrix.
        former_digest: The digest that a run made before policies had names gave these responses;
            "" where such a run could not have been made of them.
    """

    administration_ids: tuple[UUID, ...]
    bank_id: str
    policy: Policy
    left_out: LeftOut
    n_persons: int
    items: tuple[ItemVersion, ...]
    most_points: tuple[int, ...]
    scored: tuple[bool, ...]
    digest: str
    former_digest: str

    @property
    def scope(self) -> Scope:
        """Whether pretest items are in it."""
        return self.policy.scope

    @property
    def item_ids(self) -> tuple[str, ...]:
        """The columns."""
        return tuple(item.item_id for item in self.items)

    def place(self, item_id: str) -> int:
        """Return the column of an item.

        Raises:
            ItemNotInMatrix: There is none.
        """
        if item_id not in self.item_ids:
            raise ItemNotInMatrix(item_id)
        return self.item_ids.index(item_id)


@dataclass(frozen=True, slots=True, eq=False)
class ResponseMatrix(MatrixOutline):
    """Points by person and item; every cell can be followed to the record it came from.

    Attributes, besides those of its outline:
        records: Id and digest of each response record, one per row.
        scores: Points, shape (n_persons, n_items), int8, −1 = not presented.
        codes: What was answered, as numbers of the column's categories; shape as `scores`.
        categories: For each column what its codes mean, as rows of a distractor table name it:
            "" = not presented, "omitted" = no answer, then each category that was answered.
    """

    records: tuple[tuple[str, str], ...]
    scores: npt.NDArray[np.int8]
    codes: npt.NDArray[np.unsignedinteger[Any]]
    categories: tuple[tuple[str, ...], ...]

    def __hash__(self) -> int:
        """Two matrices with one digest are the same, so what is computed of one can be kept."""
        return hash(self.digest)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ResponseMatrix) and self.digest == other.digest

    @property
    def responses(self) -> Responses:
        """The matrix as the measurement library takes it."""
        return Responses(
            person_ids=tuple(record_id for record_id, _ in self.records),
            item_ids=self.item_ids,
            scores=self.scores,
            max_scores=np.array(self.most_points, dtype=np.int64),
        )

    def keys(self, place: int) -> tuple[str, ...]:
        """Return the categories worth all points of a column: the key's first, then observed."""
        item = self.items[place]
        item_type = ITEM_TYPES[item.item_type]
        own = _category(item_type.category(item.content, item_type.key_response(item.content)))
        best = self.scores[:, place] == self.most_points[place]
        right = np.bincount(self.codes[:, place], weights=best)
        names = self.categories[place]
        return (own, *sorted({names[code] for code in np.flatnonzero(right)} - {own}))

    def answered(self, place: int) -> npt.NDArray[np.object_]:
        """Return the category of each person in a column, shape (n_persons,)."""
        names = np.array(self.categories[place], dtype=object)
        answered: npt.NDArray[np.object_] = names[self.codes[:, place]]
        return answered

    def points_of_answers(self, place: int) -> Mapping[str, float]:
        """Return the mean points of each category of a column that somebody was given."""
        codes, scores = self.codes[:, place], self.scores[:, place]
        shown = scores != NOT_PRESENTED
        names = self.categories[place]
        n = np.bincount(codes[shown], minlength=len(names))
        points = np.bincount(codes[shown], weights=scores[shown], minlength=len(names))
        return {names[code]: float(points[code] / n[code]) for code in np.flatnonzero(n)}


def make_matrix(
    administration_ids: Iterable[UUID],
    bank_id: str,
    forms: Mapping[UUID, Form],
    versions: Mapping[ItemRef, ItemVersion],
    records: Sequence[tuple[str, str]],
    coded: Iterable[CodedResponses],
    policy: Policy,
    left_out: LeftOut = NOBODY,
    scorings: Mapping[str, ScoringPolicy] | None = None,
) -> ResponseMatrix:
    """Mark every record by the pinned keys and put the points into one matrix.

    Args:
        administration_ids: Where the records come from.
        bank_id: The bank of all items.
        forms: Every form that a record was answered on.
        versions: The item versions of those forms.
        records: Id and digest of the record of each row: those that count.
        coded: The responses of these records; of others as well, which are left out.
        policy: What counts.
        left_out: How many records do not count.
        scorings: How exams are scored, by id: they hold the corrections of keys. An item that
            counts for nobody any more, or for everybody, is in no figure of those that count.

    Raises:
        NobodyCounts: There are no records.
        ImpossiblePoints: An item gives points that it cannot have.
        MatrixRefused: There are no items, or one item appears in two versions.
    """
    if not records:
        raise NobodyCounts
    scorings = scorings or {}
    chosen = _columns(forms.values(), versions, policy, scorings)
    matrix = _Cells.empty(len(records), [versions[ref] for ref in chosen])
    place = {ref: column for column, ref in enumerate(chosen)}
    row_of = {record_id: row for row, (record_id, _) in enumerate(records)}
    for part in coded:
        rows = np.array([row_of.get(record_id, -1) for record_id, _ in part.records])
        wanted = rows >= 0
        if wanted.any():
            reached = _reached(part, wanted, policy)
            refs = [item.ref for item in forms[part.form_id].items]
            scoring = scorings.get(forms[part.form_id].exam_id, AS_KEYED)
            for source, ref in enumerate(refs):
                if ref in place:
                    matrix.fill(
                        place[ref],
                        rows[wanted],
                        part,
                        wanted,
                        source,
                        reached >= source,
                        scoring.correction_of(ref) if chosen[ref] else None,
                    )
    return _sealed(
        ResponseMatrix(
            administration_ids=tuple(sorted(administration_ids)),
            bank_id=bank_id,
            policy=policy,
            left_out=left_out,
            n_persons=len(records),
            records=tuple(records),
            items=tuple(versions[ref] for ref in chosen),
            most_points=tuple(matrix.most_points),
            scored=tuple(chosen.values()),
            scores=matrix.scores,
            codes=matrix.codes,
            categories=tuple(map(tuple, matrix.categories)),
            digest="",
            former_digest="",
        )
    )


@dataclass(slots=True)
class _Cells:
    """The cells of a matrix while it is filled, form by form."""

    items: Sequence[ItemVersion]
    most_points: Sequence[int]
    scores: npt.NDArray[np.int8]
    codes: npt.NDArray[np.unsignedinteger[Any]]
    categories: list[list[str]]

    @classmethod
    def empty(cls, n_persons: int, items: Sequence[ItemVersion]) -> "_Cells":
        """Return cells in which nothing was presented to anybody."""
        shape = (n_persons, len(items))
        width = np.uint16 if n_persons < 2**16 - 2 else np.uint32
        return cls(
            items=items,
            most_points=[most_points(item) for item in items],
            scores=np.full(shape, NOT_PRESENTED, dtype=np.int8, order="F"),
            codes=np.zeros(shape, dtype=width, order="F"),
            categories=[[NOT_SHOWN, OMITTED] for _ in items],
        )

    def fill(
        self,
        place: int,
        rows: npt.NDArray[np.intp],
        part: CodedResponses,
        wanted: BoolArray,
        source: int,
        reached: BoolArray,
        correction: KeyCorrection | None,
    ) -> None:
        """Mark the responses of one form to one item, each different response once.

        Args:
            place: The column to fill.
            rows: The rows to fill, in the order of the form's wanted records.
            part: The responses.
            wanted: Which of its records are wanted.
            source: Its column.
            reached: Which of the wanted got as far as this item.
            correction: How the item counts since its key was found wrong.
        """
        item, names = self.items[place], self.categories[place]
        item_type = ITEM_TYPES[item.item_type]
        known = {name: code for code, name in enumerate(names)}
        scores, codes = [0], [OMITTED_CODE]
        for response in part.responses[source]:
            name = _category(item_type.counted_as(item.content, response)) or OMITTED
            if name not in known:
                known[name] = len(names)
                names.append(name)
            codes.append(known[name])
            scores.append(mark_response(item, response, correction).points)
        answered = part.codes[wanted, source]
        shown = np.array(scores, dtype=np.int8)[answered]
        self.scores[rows, place] = np.where(reached, shown, NOT_PRESENTED)
        given = np.array(codes, dtype=self.codes.dtype)[answered]
        self.codes[rows, place] = np.where(reached, given, NOT_SHOWN_CODE)


def _reached(part: CodedResponses, wanted: BoolArray, policy: Policy) -> IntArray:
    """Return the last item of the form that each wanted record is taken to have reached.

    Shape (n_wanted,): the place of the last answer, or of the last item where items that were not
    reached count.
    """
    last = len(part.items) - 1
    if policy.not_reached is NotReached.ZERO:
        return np.full(int(wanted.sum()), last)
    given = part.codes[wanted] > 0
    from_behind = given[:, ::-1].argmax(axis=1)
    reached: IntArray = np.where(given.any(axis=1), last - from_behind, -1)
    return reached


def _columns(
    forms: Iterable[Form],
    versions: Mapping[ItemRef, ItemVersion],
    policy: Policy,
    scorings: Mapping[str, ScoringPolicy],
) -> dict[ItemRef, bool]:
    """Return the items of all forms by id, with whether each counts in any form.

    Items that a person marks are none of them: what their answers are worth is not known.
    """
    scored: dict[ItemRef, bool] = {}
    for form in forms:
        scoring = scorings.get(form.exam_id, AS_KEYED)
        measured = {item.ref for item in form.counted(scoring) if not scoring.credits(item.ref)}
        for ref in (item.ref for item in form.items):
            wanted = policy.scope is Scope.ALL or ref in measured
            if ITEM_TYPES[versions[ref].item_type].by_person:
                continue
            if wanted and ref.item_id not in policy.dropped:
                scored[ref] = scored.get(ref, False) or ref in measured
    if not scored:
        raise MatrixRefused("the forms hold no item of this kind")
    ordered = sorted(scored, key=lambda ref: (ref.item_id, ref.version))
    for earlier, later in pairwise(ordered):
        if earlier.item_id == later.item_id:
            raise MatrixRefused(
                f"item {later.item_id} was used in version {earlier.version} and in version "
                f"{later.version}; they are two different items, so choose administrations of one"
            )
    return {ref: scored[ref] for ref in ordered}


def _sealed(matrix: ResponseMatrix) -> ResponseMatrix:
    matrix.scores.flags.writeable = matrix.codes.flags.writeable = False
    body = matrix_body(matrix)
    return replace(matrix, digest=digest(body), former_digest=_former_digest(matrix, body))


def matrix_body(matrix: ResponseMatrix) -> dict[str, Any]:
    """Return what the digest of a matrix covers, so that a stranger can compute it again."""
    return {
        "schema": SCHEMA,
        "administrations": [str(one) for one in matrix.administration_ids],
        "bank_id": matrix.bank_id,
        "policy": matrix.policy.body(),
        "records": [{"id": one, "digest": its} for one, its in matrix.records],
        "items": [
            {
                "item_id": item.item_id,
                "version": item.version,
                "digest": item.digest,
                "most_points": most,
                "scored": scored,
            }
            for item, most, scored in zip(
                matrix.items, matrix.most_points, matrix.scored, strict=True
            )
        ],
        "scores": digest_of_bytes(scored_rows(matrix.item_ids, matrix.records, matrix.scores)),
    }


def _former_digest(matrix: ResponseMatrix, body: Mapping[str, Any]) -> str:
    """Return what `examengine/snapshot/1` called these responses, or "" where it had no word."""
    says_more = matrix.left_out.repeated or any(most > 1 for most in matrix.most_points)
    if says_more or not matrix.policy.plain:
        return ""
    former = {
        **body,
        "schema": FORMER_SCHEMA,
        "scope": matrix.scope.value,
        "policy": FORMER_POLICY,
        "items": [
            {name: value for name, value in item.items() if name != "most_points"}
            for item in body["items"]
        ],
    }
    return digest(former)


def _category(text: str) -> str:
    """Return a category as files can hold it.

    In response files an outer space is lost, NA means "not presented", and the bar separates the
    accepted answers of a key; a candidate may have typed any of them.
    """
    plain = " ".join(text.split()).replace("|", "/")
    return f"{plain} (typed)" if plain in {"NA", OMITTED} else plain
