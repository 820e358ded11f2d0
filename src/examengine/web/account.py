"""Signing in and out, and the page everybody begins on."""

from collections.abc import Callable
from functools import partial
from typing import Annotated, Literal, TypeVar

from anyio import CapacityLimiter, to_thread
from fastapi import APIRouter, Form, Query, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import RedirectResponse, Response

from examengine import four_eyes
from examengine.accounts import (
    BROWSER_KNOWN_FOR,
    LONGEST_PASSWORD,
    SHORTEST_PASSWORD,
    Actor,
    Admitted,
    Entered,
    Role,
    SignIn,
    SignInBusy,
    SignInRefused,
    TooManySignIns,
    admit,
    change_own_password,
    check_new_password,
    enter,
    failed_sign_in,
    own_organisations,
    sign_out,
    source_of,
    switch_organisation,
    take_over,
    withdraw,
)
from examengine.db import writing
from examengine.kernel.errors import ExamError
from examengine.kernel.tokens import new_token
from examengine.web.dependencies import (
    Components,
    DepActor,
    DepClock,
    DepComponents,
    DepPage,
    DepSession,
    DepVisitor,
    DepWhoever,
)
from examengine.web.errors import STATUS
from examengine.web.messages import message_for
from examengine.web.page import Page
from examengine.web.security import DepCookie, browser_of, set_browser_cookie, set_cookie

router = APIRouter()

T = TypeVar("T")

COUNTING = CapacityLimiter(4)
"""The threads in which sign-ins are counted: each waits for the write lock now and then."""
MOST_WAITING = 600
"""How many sign-ins may wait to be counted: two rooms at the bell."""
RETRY_AFTER_S = 5

Password = Annotated[str, Form(max_length=1000)]
Changed = Annotated[Literal["password"] | None, Query()]

DOORS = (
    (Role.CANDIDATE, "/attempts", "My exams", "Sit an exam, go on with one, see results."),
    (Role.CANDIDATE, "/credentials", "My credentials", "Show, share or download what you earned."),
    (Role.AUTHOR, "/bank", "Item bank", "Read items with their keys and rationales, import more."),
    (Role.REVIEWER, "/review", "Review", "Items that wait for you: comment, vote, approve."),
    (Role.AUTHOR, "/exams", "Exams", "Blueprints, and the parallel forms that meet them."),
    (Role.PSYCHOMETRICIAN, "/analysis", "Analysis", "Item statistics, calibration, reliability."),
    (Role.PANELIST, "/panels", "Panels", "Rate items for a standard-setting panel."),
    (Role.AWARDING_OFFICER, "/awards", "Awards", "Cut scores, results, credentials."),
    (Role.INVIGILATOR, "/invigilation", "Invigilation", "See attempts, signals, hold or clear."),
    (Role.ADMINISTRATOR, "/administration", "Administration", "People, roles, the audit trail."),
)


@router.get("/")
def home(
    page: DepPage, session: DepSession, visitor: DepVisitor, changed: Changed = None
) -> Response:
    """Show the start page, with what waits for whoever asks."""
    proposed = 0 if visitor is None else four_eyes.waiting(session, visitor)
    return page("account/home.html", doors=DOORS, changed=changed, proposed=proposed)


@router.get("/sign-in")
def show_sign_in(page: DepPage, then: str = "/") -> Response:
    """Show the sign-in form."""
    return page(
        "account/sign_in.html",
        next_path=_own_path(then),
        email="",
        refusal=None,
        code_asked=False,
    )


@router.post("/sign-in")
async def do_sign_in(
    request: Request,
    components: DepComponents,
    page: DepPage,
    email: Annotated[str, Form(max_length=1000)],
    password: Annotated[str, Form(max_length=1000)],
    code: Annotated[str, Form(max_length=40)] = "",
    then: Annotated[str, Form(max_length=500)] = "/",
) -> Response:
    """Sign in; a refusal is shown above the form, the typed address kept.

    The password is looked at in the hasher's own threads, and what is counted, in a few threads
    of sign-ins alone: however many try, the threads that draw pages are free.
    """
    asked = SignIn(
        email=email,
        source=source_of(request.client.host if request.client else None),
        browser=browser_of(request),
        code=code,
        replaces=request.state.cookie,
    )
    try:
        admitted = await _admitted(components, asked)
    except (TooManySignIns, SignInBusy) as refusal:
        return _refused(page, refusal, email, then)
    try:
        entered = await _entered(components, admitted, password)
    except (SignInRefused, SignInBusy) as refusal:
        if isinstance(refusal, SignInRefused):
            components.sign_in_trail.note(failed_sign_in(components.clock, admitted))
        return _refused(page, refusal, email, then)
    there = "/account/password" if entered.password_due else _own_path(then)
    answer = RedirectResponse(there, status_code=303)
    set_cookie(answer, entered.token, secure=components.secure)
    seconds = int(BROWSER_KNOWN_FOR.total_seconds())
    set_browser_cookie(answer, entered.browser, seconds=seconds, secure=components.secure)
    return answer


async def _in_thread(work: Callable[..., T], *given: object) -> T:
    """Do what reads or writes a count, in one of the threads that sign-ins have."""
    return await to_thread.run_sync(work, *given, limiter=COUNTING)


async def _admitted(components: Components, asked: SignIn) -> Admitted:
    """Count a try.

    Raises:
        TooManySignIns, SignInBusy: Its password is not looked at.
    """
    if COUNTING.statistics().tasks_waiting >= MOST_WAITING:
        raise SignInBusy(RETRY_AFTER_S)
    return await _in_thread(admit, components.engine, components.clock, asked)


async def _entered(components: Components, admitted: Admitted, password: str) -> Entered:
    """Look at the password, begin a session: each where it holds nobody else up.

    Raises:
        SignInRefused, SignInBusy: The sign-in is refused.
    """
    try:
        right = await components.hasher.matching(admitted.stored, password)
    except SignInBusy:
        await _in_thread(withdraw, components.engine, admitted)
        raise
    if not right:  # as `enter` would say, without a thread for it
        raise SignInRefused
    return await _in_thread(
        partial(enter, right=right), components.engine, components.clock, admitted
    )


@router.post("/sign-out")
def do_sign_out(components: DepComponents, session: DepSession, cookie: DepCookie) -> Response:
    """Sign out, and give the browser a session of nobody."""
    sign_out(session, cookie)
    answer = RedirectResponse("/", status_code=303)
    set_cookie(answer, new_token(), secure=components.secure)
    return answer


@router.get("/account/password")
def show_password(_: DepWhoever, request: Request, page: DepPage) -> Response:
    """Show the form with which everybody changes their own password."""
    return _password_page(request, page)


@router.post("/account/password")
async def change_password(
    request: Request,
    components: DepComponents,
    actor: DepWhoever,
    cookie: DepCookie,
    page: DepPage,
    present: Password = "",
    new: Password = "",
    again: Password = "",
) -> Response:
    """Change one's own password: the present one is asked, the new one twice."""
    try:
        stored = await run_in_threadpool(
            partial(check_new_password, present=present, new=new, again=again),
            components.engine,
            components.clock,
            actor,
        )
        right = await components.hasher.matching(stored, present)
        hashed = await components.hasher.hashing(new) if right else ""
        token = await run_in_threadpool(_change, components, actor, cookie, hashed)
    except ExamError as refusal:
        return _password_page(request, page, refusal)
    answer = RedirectResponse("/?changed=password", status_code=303)
    set_cookie(answer, token, secure=components.secure)
    return answer


@router.get("/account/organisation")
def show_organisations(components: DepComponents, actor: DepActor, page: DepPage) -> Response:
    """Show the organisations in which somebody has a part, the one they are in first."""
    own = own_organisations(components.engine, actor)
    bodies = [(one, components.body_of(one.organisation_id)) for one in own]
    return page("account/organisation.html", organisations=bodies)


@router.post("/account/organisation")
def switch(
    components: DepComponents,
    clock: DepClock,
    actor: DepActor,
    cookie: DepCookie,
    organisation: Annotated[str, Form(max_length=40)] = "",
) -> Response:
    """Go on in another organisation; what was drawn before can be sent no more."""
    token = switch_organisation(components.engine, clock, actor, cookie, organisation)
    answer = RedirectResponse("/", status_code=303)
    set_cookie(answer, token, secure=components.secure)
    return answer


@router.get("/account/move")
def show_move(_: DepActor, page: DepPage, then: str = "/attempts") -> Response:
    """Ask whether the exam that is being sat on another device goes on here."""
    return page("account/move.html", next_path=_own_path(then))


@router.post("/account/move")
def move(
    session: DepSession,
    clock: DepClock,
    actor: DepActor,
    cookie: DepCookie,
    then: Annotated[str, Form(max_length=500)] = "/attempts",
) -> Response:
    """Let the exam go on here, and sign the other device out."""
    take_over(session, clock, actor, cookie)
    return RedirectResponse(_own_path(then), status_code=303)


def _change(components: Components, actor: Actor, cookie: str, hashed: str) -> str:
    """Store the new password; without a hash of one the present password was wrong."""
    with writing(components.engine_of(actor)) as session:
        return change_own_password(
            session, components.clock, actor, cookie, hashed, right=bool(hashed)
        )


def _password_page(request: Request, page: Page, refusal: ExamError | None = None) -> Response:
    return page(
        "account/password.html",
        status=200 if refusal is None else STATUS[refusal.kind],
        due=request.state.password_due,
        shortest=SHORTEST_PASSWORD,
        longest=LONGEST_PASSWORD,
        refusal=None if refusal is None else message_for(refusal),
    )


def _refused(page: Page, refusal: ExamError, email: str, then: str) -> Response:
    answer = page(
        "account/sign_in.html",
        status=STATUS[refusal.kind],
        next_path=_own_path(then),
        email=email,
        refusal=message_for(refusal),
        code_asked=isinstance(refusal, TooManySignIns),
    )
    if isinstance(refusal, TooManySignIns | SignInBusy):
        answer.headers["retry-after"] = str(refusal.retry_after)
    return answer


def _own_path(then: str) -> str:
    """Return an address within this site; anything else becomes the start page."""
    return then if then.startswith("/") and not then.startswith(("//", "/\\")) else "/"
