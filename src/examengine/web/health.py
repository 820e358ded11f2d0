"""Whether the server lives and can work: for supervisors, load balancers and whoever is on call.

Open to everybody, so each costs next to nothing, sets no cookie and says nothing about anybody.
"""

from fastapi import APIRouter
from fastapi.responses import JSONResponse, Response
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from examengine.db import reading
from examengine.web.dependencies import DepComponents

router = APIRouter(prefix="/health")

NOT_KEPT = {"cache-control": "no-store"}
RETRY = {**NOT_KEPT, "retry-after": "5"}
_PING = text("SELECT 1")


@router.get("/live")
async def live() -> Response:
    """Answer: this process handles requests. If it does not for long, start it anew."""
    return JSONResponse({"status": "live"}, headers=NOT_KEPT)


@router.get("/ready")
def ready(components: DepComponents) -> Response:
    """Answer whether this process can take requests: its writer runs, its database answers."""
    if not components.writer.runs:
        return _not_ready("writer")
    try:
        with reading(components.engine) as session:
            session.connection().execute(_PING)
    except SQLAlchemyError:
        return _not_ready("database")
    return JSONResponse({"status": "ready"}, headers=NOT_KEPT)


def _not_ready(what: str) -> Response:
    return JSONResponse({"status": "not ready", "waits_for": what}, status_code=503, headers=RETRY)
