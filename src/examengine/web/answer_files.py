"""Files of answers, as they came: for the candidate who sent them, and for staff who may read them.

Whatever a file says that it is, a browser stores it and shows nothing: what candidates send must
never run, or be drawn, at the address of the exam.
"""

from urllib.parse import quote
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import Response, StreamingResponse

from examengine.delivery import AnswerFile, answer_file_for_staff, own_answer_file
from examengine.web.dependencies import DepActor, DepComponents

router = APIRouter()

HEADERS = {
    "content-security-policy": "sandbox; default-src 'none'",
    "x-content-type-options": "nosniff",
    "cache-control": "private, no-store",
    "cross-origin-resource-policy": "same-origin",
}


@router.get("/attempts/{attempt_id}/files/{digest}")
def send_own_file(
    attempt_id: UUID, digest: str, components: DepComponents, actor: DepActor
) -> Response:
    """Send a file of one's own answer."""
    found = own_answer_file(
        *(components.engine_of(actor), components.forms, components.attempts),
        *(actor, attempt_id, f"sha256:{digest}"),
    )
    return _as_download(found)


@router.get("/awards/attempts/{attempt_id}/files/{digest}")
def send_file_to_staff(
    attempt_id: UUID, digest: str, components: DepComponents, actor: DepActor
) -> Response:
    """Send a file of a candidate's answer."""
    engine = components.engine_of(actor)
    return _as_download(answer_file_for_staff(engine, actor, attempt_id, f"sha256:{digest}"))


def _as_download(file: AnswerFile) -> Response:
    """Return a file for a browser to store, under its name (RFC 6266, RFC 8187)."""
    plain = "".join(sign if sign.isascii() and sign.isprintable() else "_" for sign in file.name)
    named = f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(file.name, safe='')}"
    about = {
        "content-type": file.media_type,  # as it is: in which letters a text is, nobody knows
        "content-disposition": named,
        "content-length": str(file.size),
    }
    return StreamingResponse(file.pieces(), headers={**HEADERS, **about})
