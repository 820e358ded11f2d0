"""In which time zone a refusal names its times where no page is drawn: that of whoever asks."""

from collections.abc import Mapping

from sqlalchemy.exc import SQLAlchemyError
from starlette.concurrency import run_in_threadpool

from examengine.accounts import find_organisation, people_signed_in
from examengine.db import reading
from examengine.kernel.errors import ExamError
from examengine.kernel.tokens import token_digest
from examengine.web.dependencies import Components
from examengine.web.messages import names_times
from examengine.web.security import cookie_of

UNTOLD = "UTC"
"""Where nobody is signed in, or the database does not say."""


async def time_zone_of(
    components: Components, headers: Mapping[str, str], refusal: ExamError
) -> str:
    """Return the time zone of the organisation of whoever asks; looked up for what names times."""
    cookie = cookie_of(headers)
    if cookie is None or not names_times(refusal):
        return UNTOLD
    return await run_in_threadpool(_looked_up, components, token_digest(cookie))


def _looked_up(components: Components, session_digest: str) -> str:
    try:
        with reading(components.engine) as session:
            found = people_signed_in(session, components.clock, [session_digest])
            if session_digest not in found:
                return UNTOLD
            return find_organisation(session, found[session_digest].organisation_id).time_zone
    except SQLAlchemyError:  # the refusal is worth more than its zone
        return UNTOLD
