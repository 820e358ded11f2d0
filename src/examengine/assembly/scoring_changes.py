"""What may be said anew of an exam's scoring: another way, or how a wrong key counts. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from examengine.assembly.errors import ScoringPolicyRefused
from examengine.assembly.exam_files import scoring_faults
from examengine.assembly.key_corrections import KeyCorrection, Remedy, corrected
from examengine.assembly.rules import Exam, Form
from examengine.assembly.scoring_policy import ScoringPolicy, policy_of
from examengine.bank import ITEM_TYPES, ItemVersion, ResponseMalformed

LONGEST_REASON = 2000


def checked_scoring(exam: Exam, spec: Mapping[str, Any], reason: str) -> tuple[ScoringPolicy, str]:
    """Return the policy that a specification asks for, and its reason; corrections stay. Pure.

    Args:
        exam: The exam.
        spec: `scoring`, `weights` and `scale`, as the specification of an exam has them.
        reason: Why.

    Raises:
        ScoringPolicyRefused: Something is missing or cannot be used, or nothing would change.
    """
    faults, words = scoring_faults(spec), reason.strip()
    policy = exam.scoring
    if not faults:
        policy = replace(policy_of(spec), corrections=exam.scoring.corrections)
        if policy == exam.scoring:
            faults.append("scoring: is what holds already")
    faults += _reason_faults(words)
    if faults:
        raise ScoringPolicyRefused(faults)
    return policy, words


def checked_correction(
    exam: Exam,
    forms: Sequence[Form],
    version: ItemVersion,
    correction: KeyCorrection | None,
    reason: str,
) -> tuple[ScoringPolicy, str]:
    """Return the policy in which an item version counts in another way, and its reason. Pure.

    Args:
        exam: The exam.
        forms: Its published forms.
        version: The item version whose key was found wrong.
        correction: How it counts; None as its key says.
        reason: Why.

    Raises:
        ScoringPolicyRefused: It counts nowhere, nothing would count, an answer is none of this
            item, nothing would change, or the reason is missing.
    """
    words = reason.strip()
    made = corrected(exam.scoring.corrections, version.ref, correction)
    policy = replace(exam.scoring, corrections=made)
    faults = [*_correction_faults(policy, forms, version, correction), *_reason_faults(words)]
    if policy == exam.scoring:
        faults.append("correction: is what holds already")
    if faults:
        raise ScoringPolicyRefused(faults)
    return policy, words


def _correction_faults(
    policy: ScoringPolicy,
    forms: Sequence[Form],
    version: ItemVersion,
    correction: KeyCorrection | None,
) -> Iterator[str]:
    if all(version.ref not in {item.ref for item in form.items if item.scored} for form in forms):
        yield f"item: {version.item_id} version {version.version} counts in no form of the exam"
    empty = [form.code for form in forms if not form.counted(policy)]
    if empty:
        yield f"correction: nothing would count on form {', '.join(empty)}; keep one item at least"
    if correction is not None:
        yield from _accept_faults(version, correction)


def _accept_faults(version: ItemVersion, correction: KeyCorrection) -> Iterator[str]:
    if correction.remedy is not Remedy.ACCEPT:
        return
    if not correction.accept:
        yield "accept: choose the answers that count besides the key"
    item_type, content = ITEM_TYPES[version.item_type], version.content
    if item_type.by_person:
        yield "accept: a person marks this item, so it has no key; drop it, or credit everybody"
        return
    for response in correction.accept:
        try:
            read = item_type.read(content, response)
        except ResponseMalformed as refusal:
            yield f"accept: {refusal}"
            continue
        if read is None:
            yield "accept: no answer at all cannot be accepted; give everybody the points"
        elif item_type.points(content, read) == item_type.most_points(content):
            yield f"accept: {item_type.told(content, read)} gets all points by the key"


def _reason_faults(words: str) -> list[str]:
    if 1 <= len(words) <= LONGEST_REASON:
        return []
    return [f"reason: say why, in 1 to {LONGEST_REASON} characters"]
