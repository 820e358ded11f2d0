"""Use cases of looking at keys before they are corrected: which items count, what was answered."""

from collections import Counter
from dataclasses import dataclass
from typing import Any

import numpy as np
from sqlmodel import Session

from examengine.accounts import Actor, Role, require
from examengine.assembly import Exam, Form, KeyCorrection, find_exam, forms_of
from examengine.bank import ITEM_TYPES, ItemRef, ItemUnknown, ItemVersion
from examengine.delivery import (
    administrations_of,
    coded_responses,
    keep_sitters_from_keys,
    record_counts,
)
from examengine.kernel.clock import Clock
from examengine.kernel.digest import canonical_json
from examengine.marking import mark_response, most_points
from examengine.scoring.pinned_versions import Versions, versions_of

READERS = (Role.AWARDING_OFFICER, Role.PSYCHOMETRICIAN)
MOST_ANSWERS = 50
"""Different answers to an item that are listed, the most frequent first."""


@dataclass(frozen=True, slots=True)
class KeyInUse:
    """An item version that was made to count in an exam, and how it counts now."""

    version: ItemVersion
    forms: tuple[str, ...]
    """The codes of the forms that it stands in."""
    correction: KeyCorrection | None


@dataclass(frozen=True, slots=True)
class AnswerGiven:
    """One answer to an item, as all who gave it are marked now."""

    response: Any
    """In canonical form."""
    words: str
    n: int
    points: int
    by_key: bool
    """Whether it gets all points by the key of the version, whatever was corrected."""


@dataclass(frozen=True, slots=True)
class KeyReview:
    """One item version with what was answered to it in all administrations of an exam."""

    exam: Exam
    key: KeyInUse
    key_in_words: str
    most_points: int
    answers: tuple[AnswerGiven, ...]
    n_omitted: int
    n_handed_in: int
    """In all administrations of the exam."""


def keys_in_use(
    session: Session, clock: Clock, actor: Actor, exam_id: str
) -> tuple[Exam, list[KeyInUse]]:
    """Return an exam, and the item versions that were made to count on its forms, by id.

    Raises:
        NotAllowed: The actor is neither awarding officer nor psychometrician.
        ExamAhead: They have an exam from this bank before them.
        ExamUnknown: There is no such exam.
    """
    require(actor, *READERS)
    exam = find_exam(session, exam_id)
    keep_sitters_from_keys(session, clock, actor, exam.bank_id)
    return exam, _keys_in_use(session, exam)


def review_key(
    session: Session, clock: Clock, actor: Actor, exam_id: str, item_id: str, version: int
) -> KeyReview:
    """Return an item version with everything that was answered to it.

    Raises:
        NotAllowed: The actor is neither awarding officer nor psychometrician.
        ExamAhead: They have an exam from this bank before them.
        ExamUnknown, ItemUnknown: There is no such exam, or the version counts in none of its forms.
    """
    exam, keys = keys_in_use(session, clock, actor, exam_id)
    wanted = (item_id, version)
    key = next((k for k in keys if (k.version.item_id, k.version.version) == wanted), None)
    if key is None:
        raise ItemUnknown(f"{item_id} version {version} counts in no form of {exam_id}")
    answers, n_omitted = _answers(session, actor, exam, key)
    ids = [one.id for one in administrations_of(session, actor, exam_id)]
    item_type, content = ITEM_TYPES[key.version.item_type], key.version.content
    return KeyReview(
        exam=exam,
        key=key,
        key_in_words=item_type.key_in_words(content),
        most_points=most_points(key.version),
        answers=answers,
        n_omitted=n_omitted,
        n_handed_in=sum(record_counts(session, ids).values()),
    )


def _keys_in_use(session: Session, exam: Exam) -> list[KeyInUse]:
    codes: dict[ItemRef, list[str]] = {}
    versions: Versions = {}
    for form in forms_of(session, exam.id):
        versions = {**versions, **versions_of(session, form)}
        for ref in _made_to_count(form):
            codes.setdefault(ref, []).append(form.code)
    found = sorted(codes, key=lambda ref: (ref.item_id, ref.version))
    return [
        KeyInUse(versions[ref], tuple(codes[ref]), exam.scoring.correction_of(ref))
        for ref in found
        if ref in versions
    ]


def _made_to_count(form: Form) -> list[ItemRef]:
    return [item.ref for item in form.items if item.scored]


def _answers(
    session: Session, actor: Actor, exam: Exam, key: KeyInUse
) -> tuple[tuple[AnswerGiven, ...], int]:
    """Return the answers that were given or are likely, the most frequent first; and omissions."""
    item_type, content = ITEM_TYPES[key.version.item_type], key.version.content
    likely = [item_type.key_response(content), *item_type.likely_mistakes(content)]
    known = {canonical_json(one): one for one in likely}
    n: Counter[bytes] = Counter()
    n_omitted = 0
    forms = {form.id: form for form in forms_of(session, exam.id)}
    for administration in administrations_of(session, actor, exam.id):
        for coded in coded_responses(session, administration.id):
            places = [item.ref for item in forms[coded.form_id].items]
            if key.version.ref not in places:
                continue
            column = places.index(key.version.ref)
            given = np.bincount(coded.codes[:, column], minlength=1)
            n_omitted += int(given[0])
            for code, response in enumerate(coded.responses[column], start=1):
                name = canonical_json(response)
                known[name] = response
                n[name] += int(given[code]) if code < given.size else 0
    if item_type.by_person:  # nobody can tell from an answer what it is worth
        return (), n_omitted
    ordered = sorted(known, key=lambda name: -n[name])[:MOST_ANSWERS]
    answers = [_answer(key, known[name], n[name]) for name in ordered]
    return tuple(answers), n_omitted


def _answer(key: KeyInUse, response: Any, n: int) -> AnswerGiven:
    item_type, content = ITEM_TYPES[key.version.item_type], key.version.content
    by_key = mark_response(key.version, response)
    return AnswerGiven(
        response=response,
        words=item_type.told(content, response),
        n=n,
        points=mark_response(key.version, response, key.correction).points,
        by_key=by_key.points == by_key.most_points,
    )
