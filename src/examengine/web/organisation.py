"""The administrator's page about their own organisation: name, logo, time zone, language."""

from dataclasses import dataclass, replace
from typing import Annotated, Literal

from fastapi import APIRouter, File, Form, Query, UploadFile
from fastapi.responses import Response
from sqlmodel import Session

from examengine import accounts
from examengine.accounts import Actor, OrganisationChange, OrganisationNameAlike
from examengine.kernel.errors import ExamError
from examengine.web.dependencies import (
    Components,
    DepActor,
    DepClock,
    DepComponents,
    DepPage,
    DepSession,
)
from examengine.web.errors import STATUS
from examengine.web.messages import message_for
from examengine.web.page import Page

router = APIRouter(prefix="/administration/organisation")

ADDRESS = "/administration/organisation"
ACTS = 20
MENDED_ON_THE_PAGE = (
    accounts.LanguageMalformed,
    accounts.LogoUnusable,
    OrganisationNameAlike,
    accounts.OrganisationNameUnfit,
    accounts.TimeZoneUnknown,
)
"""Refusals of what was typed: shown above the form, so that nothing has to be typed again."""

Text = Annotated[str, Form(max_length=1000)]
Ticked = Annotated[Literal["yes"] | None, Form()]


@dataclass(frozen=True, slots=True)
class Typed:
    """What stands in the form; a file has to be chosen again."""

    name: str
    language: str
    time_zone: str


@router.get("")
def show_organisation(
    actor: DepActor,
    session: DepSession,
    components: DepComponents,
    page: DepPage,
    saved: Annotated[Literal["yes"] | None, Query()] = None,
) -> Response:
    """Show what the organisation says of itself, and who said so."""
    return _page(actor, session, components, page, saved=saved is not None)


@router.post("")
def change_organisation(
    actor: DepActor,
    session: DepSession,
    clock: DepClock,
    components: DepComponents,
    page: DepPage,
    name: Text = "",
    language: Text = "",
    time_zone: Text = "",
    logo: Annotated[UploadFile | None, File()] = None,
    without_logo: Ticked = None,
    sure: Ticked = None,
) -> Response:
    """Change it; a refusal is shown above the form, all but the file kept."""
    sent = logo.file.read(accounts.LARGEST_LOGO + 1) if logo is not None and logo.filename else None
    change = OrganisationChange(
        name=name,
        language=language,
        time_zone=time_zone,
        logo=sent or (b"" if without_logo else None),
    )
    try:
        accounts.change_organisation(
            *(session, clock, actor, change),
            first_named=components.awarding_body.name,
            sure=sure is not None,
        )
    except MENDED_ON_THE_PAGE as refusal:
        return _page(actor, session, components, page, Typed(name, language, time_zone), refusal)
    return page("administration/organisation.html", then=f"{ADDRESS}?saved=yes")


def _page(
    actor: Actor,
    session: Session,
    components: Components,
    page: Page,
    typed: Typed | None = None,
    refusal: ExamError | None = None,
    *,
    saved: bool = False,
) -> Response:
    own = accounts.own_organisation(session, actor)
    body = components.awarding_body.of(own)
    return page(
        "administration/organisation.html",
        status=200 if refusal is None else STATUS[refusal.kind],
        body=body,
        stands_in=components.awarding_body.of(replace(own, name=None)).name,
        typed=typed or Typed(own.name or "", own.language, own.time_zone),
        zones=accounts.time_zones(),
        largest_kb=accounts.LARGEST_LOGO // 1024,
        acts=accounts.staff_acts(session, actor, subject=f"organisation:{own.code}", limit=ACTS),
        refusal=None if refusal is None else message_for(refusal),
        alike=isinstance(refusal, OrganisationNameAlike),
        saved=saved,
    )
