"""Coded responses in the database: blocks are appended, and read as far as they are whole."""

import zlib
from collections.abc import Collection
from uuid import UUID

from sqlalchemy import insert
from sqlmodel import Session, col, func, select

from examengine.delivery.coded_responses import CodedResponses, packed, unpacked
from examengine.delivery.tables import CodedResponsesRow, ResponseRecordRow


def uncoded_counts(session: Session) -> dict[UUID, int]:
    """Return how many records of each administration are in no block."""
    records, blocks = ResponseRecordRow, CodedResponsesRow
    handed_in = dict(
        session.exec(
            select(records.administration_id, func.count()).group_by(col(records.administration_id))
        ).all()
    )
    done = dict(
        session.exec(
            select(blocks.administration_id, func.sum(blocks.n_records)).group_by(
                col(blocks.administration_id)
            )
        ).all()
    )
    return {one: n - int(done.get(one, 0)) for one, n in handed_in.items()}


def coded_ids(session: Session, administration_id: UUID) -> set[str]:
    """Return the ids of the response records of an administration that are in a block."""
    query = select(CodedResponsesRow.records).where(
        col(CodedResponsesRow.administration_id) == administration_id
    )
    return {one for names in session.exec(query).all() for one, _ in names}


def digests(session: Session, administration_id: UUID) -> dict[str, str]:
    """Return the digest of each response record by its id."""
    query = select(ResponseRecordRow.id, ResponseRecordRow.digest).where(
        col(ResponseRecordRow.administration_id) == administration_id
    )
    return {str(one): its for one, its in session.exec(query)}


def blocks(session: Session, administration_id: UUID) -> list[CodedResponses]:
    """Return the blocks of an administration that are what was stored, form by form."""
    query = (
        select(CodedResponsesRow)
        .where(col(CodedResponsesRow.administration_id) == administration_id)
        .order_by(col(CodedResponsesRow.form_id), col(CodedResponsesRow.number))
    )
    found = (_block(row) for row in session.exec(query))
    return [block for block in found if block is not None]


def _block(row: CodedResponsesRow) -> CodedResponses | None:
    """Return a stored block, or None when it is not what was stored."""
    try:
        codes = unpacked(row.width, row.codes, len(row.records), len(row.items))
    except (ValueError, TypeError, zlib.error):
        return None
    block = CodedResponses(
        form_id=row.form_id,
        items=tuple(row.items),
        records=tuple((one, its) for one, its in row.records),
        responses=tuple(tuple(different) for different in row.responses),
        codes=codes,
    )
    return block if block.digest == row.digest else None


def add(session: Session, administration_id: UUID, blocks: Collection[CodedResponses]) -> None:
    """Store blocks, after those of their forms that are there."""
    last = last_numbers(session, administration_id)
    for block in blocks:
        last[block.form_id] = number = last.get(block.form_id, 0) + 1
        width, codes = packed(block.codes)
        values = {
            "administration_id": administration_id,
            "form_id": block.form_id,
            "number": number,
            "n_records": len(block.records),
            "records": [list(record) for record in block.records],
            "items": list(block.items),
            "responses": [list(different) for different in block.responses],
            "width": width,
            "codes": codes,
            "digest": block.digest,
        }
        session.execute(insert(CodedResponsesRow).values(**values))


def last_numbers(session: Session, administration_id: UUID) -> dict[UUID, int]:
    """Return the number of the last block of each form."""
    query = (
        select(CodedResponsesRow.form_id, func.max(CodedResponsesRow.number))
        .where(col(CodedResponsesRow.administration_id) == administration_id)
        .group_by(col(CodedResponsesRow.form_id))
    )
    return dict(session.exec(query).all())
