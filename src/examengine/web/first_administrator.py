"""The page on which an installation gets its first administrator; not there once it has one."""

from typing import Annotated

from fastapi import APIRouter, Form
from fastapi.responses import RedirectResponse, Response

from examengine.accounts import (
    AdministratorThere,
    TooManySignIns,
    add_first_administrator,
    is_administered,
)
from examengine.db import reading
from examengine.kernel.errors import ExamError, Kind
from examengine.web.dependencies import DepComponents, DepPage
from examengine.web.errors import STATUS
from examengine.web.messages import message_for
from examengine.web.page import Page

router = APIRouter()

ADDRESS = "/first-administrator"

Short = Annotated[str, Form(max_length=300)]


@router.get(ADDRESS)
def show_first_administrator(components: DepComponents, page: DepPage) -> Response:
    """Show the form for the first administrator.

    Raises:
        AdministratorThere: There is one.
    """
    with reading(components.engine_of_first) as session:
        if is_administered(session):
            raise AdministratorThere
    return _form(page)


@router.post(ADDRESS)
def make_first_administrator(
    components: DepComponents,
    page: DepPage,
    token: Short = "",
    name: Short = "",
    email: Short = "",
    password: Annotated[str, Form(max_length=1000)] = "",
) -> Response:
    """Add the first administrator, and lead to the sign-in; what was typed stays but the secrets.

    No transaction is open here while the password is hashed.
    """
    try:
        add_first_administrator(
            *(components.engine, components.clock, components.hasher, components.first_token),
            typed=token,
            email=email,
            name=name,
            password=password,
        )
    except ExamError as refusal:
        if refusal.kind not in {Kind.INVALID, Kind.CONFLICT} and not isinstance(
            refusal, TooManySignIns
        ):
            raise
        return _form(page, name, email, refusal)
    return RedirectResponse("/sign-in", status_code=303)


def _form(
    page: Page, name: str = "", email: str = "", refusal: ExamError | None = None
) -> Response:
    return page(
        "account/first_administrator.html",
        status=200 if refusal is None else STATUS[refusal.kind],
        name=name,
        email=email,
        refusal=None if refusal is None else message_for(refusal),
    )
