"""Keeps responses coded: on import at once, from exams as enough of them have been handed in."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Engine
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from examengine.assembly import find_form
from examengine.db import reading, writing
from examengine.delivery import coding_repository, repository
from examengine.delivery.coded_responses import (
    BLOCK,
    CodedResponses,
    by_form,
    coded,
    in_blocks,
    joined,
)
from examengine.delivery.response_record import ResponseRecord, agrees

MOST_AT_ONCE = 20 * BLOCK
"""Records of an administration that are coded in one go."""


def coded_responses(session: Session, administration_id: UUID) -> list[CodedResponses]:
    """Return the responses of an administration as numbers, one matrix for each form.

    Blocks are used as far as they name the records as they are; what is in no such block is read
    and coded here, but for records that are not what their digest says. It does not ask who is
    asking: the use case that calls it does.
    """
    named = coding_repository.digests(session, administration_id)
    blocks = [
        block
        for block in coding_repository.blocks(session, administration_id)
        if all(named.get(one) == its for one, its in block.records)
    ]
    done = {one for block in blocks for one, _ in block.records}
    rest = repository.response_records_by_id(
        session, [UUID(one) for one in named if one not in done]
    )
    for form_id, records in by_form(filter(agrees, rest)).items():
        blocks.append(coded(form_id, _items(session, form_id), records))
    forms: dict[UUID, list[CodedResponses]] = {}
    for block in blocks:
        forms.setdefault(block.form_id, []).append(block)
    return [joined(of_form) for of_form in forms.values()]


def keep_coded(
    session: Session, administration_id: UUID, records: Sequence[ResponseRecord]
) -> None:
    """Code records that were just stored, in the transaction that stored them."""
    coding_repository.add(session, administration_id, _coded(session, records))


def code_handed_in(engine: Engine) -> int:
    """Code what has been handed in since the last time, and return how many records that were.

    It opens its own transactions: records are read and coded in one that only reads. Of two
    processes that code the same records at the same time the second stores nothing.
    """
    with reading(engine) as session:
        waiting = {one: _uncoded(session, one)[:MOST_AT_ONCE] for one in _behind(session)}
        made = {one: _coded(session, records) for one, records in waiting.items()}
    stored = 0
    for administration_id, blocks in made.items():
        try:
            with writing(engine) as session:
                coding_repository.add(session, administration_id, blocks)
        except IntegrityError:
            continue
        stored += sum(len(block.records) for block in blocks)
    return stored


def _coded(session: Session, records: Sequence[ResponseRecord]) -> list[CodedResponses]:
    return [coded(form_id, _items(session, form_id), part) for form_id, part in in_blocks(records)]


def _items(session: Session, form_id: UUID) -> tuple[str, ...]:
    return tuple(item.ref.item_id for item in find_form(session, form_id).items)


def _behind(session: Session) -> list[UUID]:
    """Return the administrations that have a whole block of records in no block."""
    counts = coding_repository.uncoded_counts(session)
    return [one for one, uncoded in counts.items() if uncoded >= BLOCK]


def _uncoded(session: Session, administration_id: UUID) -> list[ResponseRecord]:
    done = coding_repository.coded_ids(session, administration_id)
    named = coding_repository.digests(session, administration_id)
    wanted = [UUID(one) for one in named if one not in done]
    return list(filter(agrees, repository.response_records_by_id(session, wanted)))
