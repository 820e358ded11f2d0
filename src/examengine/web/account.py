"""Signing in and out, and the page everybody begins on."""

from typing import Annotated

from fastapi import APIRouter, Form
from fastapi.responses import RedirectResponse, Response

from examengine.accounts import Role, SignInRefused, TooManySignIns, sign_in, sign_out
from examengine.kernel.errors import ExamError
from examengine.kernel.tokens import new_token
from examengine.web.dependencies import DepPage, DepParts, DepSession
from examengine.web.errors import STATUS
from examengine.web.messages import message_for
from examengine.web.security import DepCookie, set_cookie

router = APIRouter()

DOORS = (
    (Role.CANDIDATE, "/attempts", "My exams", "Sit an exam, go on with one, see results."),
    (Role.CANDIDATE, "/credentials", "My credentials", "Show, share or download what you earned."),
    (Role.AUTHOR, "/bank", "Item bank", "Read items with their keys and rationales, import more."),
    (Role.AUTHOR, "/exams", "Exams", "Blueprints, and the parallel forms that meet them."),
    (Role.PSYCHOMETRICIAN, "/analysis", "Analysis", "Item statistics, calibration, reliability."),
    (Role.PANELIST, "/panels", "Panels", "Rate items for a standard-setting panel."),
    (Role.AWARDING_OFFICER, "/awards", "Awards", "Cut scores, results, credentials."),
    (Role.INVIGILATOR, "/invigilation", "Invigilation", "See attempts, signals, hold or clear."),
    (Role.ADMINISTRATOR, "/administration", "Administration", "People, roles, the audit trail."),
)


@router.get("/")
def home(page: DepPage) -> Response:
    """Show the start page."""
    return page("account/home.html", doors=DOORS)


@router.get("/sign-in")
def show_sign_in(page: DepPage, then: str = "/") -> Response:
    """Show the sign-in form."""
    return page("account/sign_in.html", next_path=_own_path(then), email="", refusal=None)


@router.post("/sign-in")
def do_sign_in(
    parts: DepParts,
    page: DepPage,
    email: Annotated[str, Form(max_length=254)],
    password: Annotated[str, Form(max_length=200)],
    then: Annotated[str, Form(max_length=500)] = "/",
) -> Response:
    """Sign in; a refusal is shown above the form, the typed address kept."""
    try:
        token = sign_in(parts.engine, parts.clock, parts.hasher, email=email, password=password)
    except (SignInRefused, TooManySignIns) as refusal:
        return _refused(page, refusal, email, then)
    answer = RedirectResponse(_own_path(then), status_code=303)
    set_cookie(answer, token, secure=parts.secure)
    return answer


@router.post("/sign-out")
def do_sign_out(parts: DepParts, session: DepSession, cookie: DepCookie) -> Response:
    """Sign out, and give the browser a session of nobody."""
    sign_out(session, cookie)
    answer = RedirectResponse("/", status_code=303)
    set_cookie(answer, new_token(), secure=parts.secure)
    return answer


def _refused(page: DepPage, refusal: ExamError, email: str, then: str) -> Response:
    return page(
        "account/sign_in.html",
        status=STATUS[refusal.kind],
        next_path=_own_path(then),
        email=email,
        refusal=message_for(refusal),
    )


def _own_path(then: str) -> str:
    """Return an address within this site; anything else becomes the start page."""
    return then if then.startswith("/") and not then.startswith(("//", "/\\")) else "/"
