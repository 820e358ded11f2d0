"""Marking by key: the item version that was shown says what each answer is worth. Pure.

Where a key was found wrong after the exam, the exam's scoring says how the item counts instead.
"""

from collections.abc import Mapping
from typing import Any

from examengine.assembly import Form, KeyCorrection, Remedy, ScoringPolicy
from examengine.bank import ITEM_TYPES, ItemRef, ItemVersion
from examengine.marking.errors import AnswerUnmarked, ImpossiblePoints
from examengine.marking.mark import Mark, Marks


def most_points(version: ItemVersion) -> int:
    """Return what an item is worth at most: 1, unless the item declares more."""
    return ITEM_TYPES[version.item_type].most_points(version.content)


def mark_response(
    version: ItemVersion, response: Any, correction: KeyCorrection | None = None
) -> Mark:
    """Return the mark of one answer.

    An item that was not answered, or not reached, gets 0 points: the form is the test, and leaving
    something out is never worth more than trying.

    Args:
        version: The item version that was shown.
        response: The answer; None for none.
        correction: How the item counts since its key was found wrong; None as the key says.

    Raises:
        AnswerUnmarked: A person has to mark the answer.
        ImpossiblePoints: The item gives points that it cannot have.
    """
    most = most_points(version)
    if correction is not None and _gets_all(version, response, correction):
        return Mark(most, most, "correction", correction.digest)
    if _waits(version, response):
        raise AnswerUnmarked(version.item_id)
    points = ITEM_TYPES[version.item_type].points(version.content, response)
    if not 0 <= points <= most:
        raise ImpossiblePoints(version.item_id, version.version, points, most)
    return Mark(points, most, "key", version.digest)


def unmarked(
    form: Form,
    versions: Mapping[ItemRef, ItemVersion],
    responses: Mapping[str, Any],
    scoring: ScoringPolicy,
) -> tuple[str, ...]:
    """Return the items of a form whose answers wait for a person and hold the score.

    A pretest item holds nothing, nor does one that was dropped or gives everybody its points.

    Args:
        form: The published form.
        versions: Its item versions.
        responses: The responses by item.
        scoring: How the exam is scored.
    """
    return tuple(
        item.ref.item_id
        for item in form.counted(scoring)
        if not scoring.credits(item.ref)
        and _waits(versions[item.ref], responses.get(item.ref.item_id))
    )


def _waits(version: ItemVersion, response: Any) -> bool:
    """Tell whether an answer is for a person to mark; where there is none, there is nothing to."""
    return ITEM_TYPES[version.item_type].by_person and response is not None


def _gets_all(version: ItemVersion, response: Any, correction: KeyCorrection) -> bool:
    """Tell whether a correction gives an answer all points.

    Typed answers that are read alike are accepted alike: 1,200 where 1200 is.
    """
    if correction.remedy is not Remedy.ACCEPT:
        return correction.remedy is Remedy.CREDIT
    if response is None:
        return False
    item_type, content = ITEM_TYPES[version.item_type], version.content
    accepted = {item_type.counted_as(content, one) for one in correction.accept}
    return item_type.counted_as(content, response) in accepted


def mark_form(
    form: Form,
    versions: Mapping[ItemRef, ItemVersion],
    responses: Mapping[str, Any],
    response_record_digest: str,
    scoring: ScoringPolicy,
) -> Marks:
    """Return the marks of every item of a form, pretest items included.

    A pretest item that waits for a person has none.

    Args:
        form: The published form.
        versions: Its item versions.
        responses: The responses by item, as the response record has them.
        response_record_digest: The digest of that record.
        scoring: How the exam is scored; it holds the corrections of keys.

    Raises:
        AnswerUnmarked: An answer that counts has to be marked by a person.
        ImpossiblePoints: An item gives points that it cannot have.
    """
    waiting = unmarked(form, versions, responses, scoring)
    if waiting:
        raise AnswerUnmarked(waiting[0])
    return Marks(
        response_record_digest,
        {
            item.ref.item_id: mark_response(
                versions[item.ref],
                responses.get(item.ref.item_id),
                scoring.correction_of(item.ref),
            )
            for item in form.items
            if scoring.credits(item.ref)
            or not _waits(versions[item.ref], responses.get(item.ref.item_id))
        },
    )
