"""The response matrix as the contexts above ask for it: who counts, then what they got.

It does not ask who is asking: the use case that calls it does.
"""

from collections.abc import Collection, Hashable, Iterable, Sequence
from uuid import UUID

from sqlmodel import Session

from examengine.assembly import ScoringPolicy, exams_with_corrections, find_exam, find_form
from examengine.bank import item_versions
from examengine.delivery import (
    coded_responses,
    find_administration,
    record_counts,
    submissions,
)
from examengine.integrity import voided_subjects, voided_subjects_of_each
from examengine.kernel.clock import iso
from examengine.kernel.digest import digest
from examengine.marking.errors import MatrixRefused
from examengine.marking.matrix import ResponseMatrix, make_matrix
from examengine.marking.policy import Candidacy, Policy, who_counts


def counting(
    session: Session, administration_ids: Sequence[UUID], policy: Policy
) -> tuple[Hashable, ...]:
    """Return a name of the matrix that would be made now, cheap to ask for.

    Response records are only ever added, so that their number and the rulings that void some of
    them name a matrix for good, with the corrections of keys.

    It does not ask who is asking: the use case that calls it does.
    """
    counts = record_counts(session)
    return (
        tuple(administration_ids),
        policy,
        tuple(counts.get(one, 0) for one in administration_ids),
        tuple(voided_subjects(session, one) for one in administration_ids),
        tuple(_scoring(session, one).corrections_digest for one in administration_ids),
    )


def states_of_responses(session: Session, administration_ids: Sequence[UUID]) -> dict[UUID, str]:
    """Return a digest for each administration that is another one once other responses count.

    One that nobody has handed in has none. It names what `counting` names, for many
    administrations in a few statements. It does not ask who is asking: the use case that calls it
    does.
    """
    counts = record_counts(session, administration_ids)
    voided = voided_subjects_of_each(session, administration_ids)
    corrections = _corrections(session, counts)
    return {
        one: digest(
            {"records": count, "voided": sorted(map(str, voided[one])), **corrections.get(one, {})}
        )
        for one, count in counts.items()
    }


def response_matrix(
    session: Session, administration_ids: Iterable[UUID], policy: Policy
) -> ResponseMatrix:
    """Return the response matrix of one or more administrations of one bank.

    It does not ask who is asking: the use case that calls it does.

    Raises:
        AdministrationUnknown: There is no such administration.
        NobodyCounts: Nobody has handed in, or all of it is voided.
        ImpossiblePoints: An item gives points that it cannot have.
        MatrixRefused: The administrations do not go together.
    """
    wanted = tuple(sorted(set(administration_ids)))
    banks, candidacies, coded = set(), [], []
    scorings: dict[str, ScoringPolicy] = {}
    for administration_id in wanted:
        exam = find_exam(session, find_administration(session, administration_id).exam_id)
        banks.add(exam.bank_id)
        scorings[exam.id] = exam.scoring
        candidacies += _candidacies(session, administration_id)
        coded += coded_responses(session, administration_id)
    if len(banks) != 1:
        raise MatrixRefused(
            f"these administrations draw on {len(banks)} banks; calibrate one bank at a time"
        )
    readable = {record_id for one in coded for record_id, _ in one.records}
    records, left_out = who_counts(candidacies, readable)
    kept = {record_id for record_id, _ in records}
    answered = [one for one in coded if any(record_id in kept for record_id, _ in one.records)]
    forms = {one: find_form(session, one) for one in dict.fromkeys(c.form_id for c in answered)}
    refs = [item.ref for form in forms.values() for item in form.items]
    versions = item_versions(session, refs)
    bank_id = banks.pop()
    return make_matrix(
        wanted, bank_id, forms, versions, records, answered, policy, left_out, scorings
    )


def _candidacies(session: Session, administration_id: UUID) -> list[Candidacy]:
    voided = voided_subjects(session, administration_id)
    return [
        Candidacy(
            record_id=str(one.id),
            record_digest=one.digest,
            person=None if one.person_id is None else str(one.person_id),
            at=iso(one.submitted_at),
            voided=(one.attempt_id or one.id) in voided,
        )
        for one in submissions(session, administration_id)
    ]


def _scoring(session: Session, administration_id: UUID) -> ScoringPolicy:
    return find_exam(session, find_administration(session, administration_id).exam_id).scoring


def _corrections(
    session: Session, administration_ids: Collection[UUID]
) -> dict[UUID, dict[str, str]]:
    """Return what names the corrections of keys behind administrations; most have none."""
    corrected = exams_with_corrections(session)
    if not corrected:
        return {}
    exams = {one: find_administration(session, one).exam_id for one in administration_ids}
    return {
        one: {"corrections": corrected[exam_id].corrections_digest}
        for one, exam_id in exams.items()
        if exam_id in corrected
    }
