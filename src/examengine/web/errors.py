"""Refusals become answers here: kind → status, code → words, page or fragment."""

import json
import logging

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from sqlalchemy import exc
from sqlalchemy.exc import SQLAlchemyError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from examengine.db import is_taken, is_unavailable
from examengine.kernel.errors import ExamError, Kind
from examengine.web.edge import methods_at
from examengine.web.masthead import masthead_of
from examengine.web.messages import Message, message_for, message_for_status
from examengine.web.page import render
from examengine.web.security import csrf_token

STATUS = {
    Kind.INVALID: 422,
    Kind.UNAUTHENTICATED: 401,
    Kind.FORBIDDEN: 403,
    Kind.NOT_FOUND: 404,
    Kind.CONFLICT: 409,
    Kind.TOO_LARGE: 413,
    Kind.TOO_MANY: 429,
    Kind.UNAVAILABLE: 503,
}

log = logging.getLogger("examengine.web")


class DatabaseAway(ExamError):
    """The database does not answer, or every connection to it is busy."""

    code = "database_away"
    kind = Kind.UNAVAILABLE
    retry_after = 5


class Overtaken(ExamError):
    """Another request has taken the place that this one wanted, between its look and its write."""

    code = "overtaken"
    kind = Kind.CONFLICT


class ArrivedLate(ExamError):
    """The rest of a request did not come; whoever sent it has probably left."""

    code = "arrived_late"
    kind = Kind.INVALID


def install(app: FastAPI) -> None:
    """Make `app` answer every refusal, and every defect, in words."""
    app.add_exception_handler(ExamError, refuse)
    app.add_exception_handler(RequestValidationError, refuse_malformed)
    app.add_exception_handler(HTTPException, refuse_plainly)
    app.add_exception_handler(SQLAlchemyError, refuse_for_the_database)
    app.add_exception_handler(ClientDisconnect, refuse_to_nobody)
    app.add_exception_handler(Exception, answer_defect)


async def refuse(request: Request, error: Exception) -> Response:
    """Answer a refusal with its status and its words."""
    assert isinstance(error, ExamError)  # noqa: S101  (registered for this type alone)
    if error.code == "not_signed_in" and _wants_page(request):
        return RedirectResponse(f"/sign-in?then={request.url.path}", status_code=303)
    if error.code == "password_due" and _wants_page(request):
        return RedirectResponse("/account/password", status_code=303)
    message = message_for(error, masthead_of(request).time_zone)
    answer = _answer(request, STATUS[error.kind], message, error.code)
    retry_after = getattr(error, "retry_after", None)
    if retry_after is not None:
        answer.headers["retry-after"] = str(retry_after)
    return answer


async def refuse_malformed(request: Request, error: Exception) -> Response:
    """Answer a request whose fields do not fit; the fault is named, its value is not repeated."""
    assert isinstance(error, RequestValidationError)  # noqa: S101
    fields = sorted({str(fault["loc"][-1]) for fault in error.errors()})
    words = message_for_status(422)
    message = Message(words.title, f"{words.text} Please look at: {', '.join(fields)}.")
    return _answer(request, 422, message, "malformed_request")


async def refuse_plainly(request: Request, error: Exception) -> Response:
    """Answer what the framework refuses: an unknown address, a method that is not offered."""
    assert isinstance(error, HTTPException)  # noqa: S101
    answer = _answer(request, error.status_code, message_for_status(error.status_code), "http")
    if error.status_code == 405:
        # The framework names the methods of the first route of an address, not of all.
        answer.headers["allow"] = ", ".join(methods_at(request.app, request.scope))
    return answer


async def refuse_for_the_database(request: Request, error: Exception) -> Response:
    """Answer when the database is away, or somebody was quicker; what else it says is a defect.

    That it is away is in the log once, from where its engine is made.
    """
    if isinstance(error, SQLAlchemyError) and is_unavailable(error):
        if isinstance(error, exc.TimeoutError):
            log.warning("every connection of EXAMENGINE_POOL was busy; requests were refused")
        return await refuse(request, DatabaseAway())
    if isinstance(error, exc.IntegrityError) and is_taken(error):
        log.warning("overtaken at %s %s", request.method, request.url.path)
        return await refuse(request, Overtaken())
    return await answer_defect(request, error)


async def refuse_to_nobody(request: Request, _error: Exception) -> Response:
    """Answer a request whose rest never came."""
    return await refuse(request, ArrivedLate())


async def answer_defect(request: Request, error: Exception) -> Response:
    """Answer a defect: logged with its traceback, told without it."""
    log.error("defect at %s %s", request.method, request.url.path, exc_info=error)
    return _answer(request, 500, message_for_status(500), "defect")


def _wants_page(request: Request) -> bool:
    return request.method == "GET" and "text/html" in request.headers.get("accept", "")


def _answer(request: Request, status: int, message: Message, code: str) -> Response:
    if "application/json" in request.headers.get("accept", ""):
        body = {"code": code, "title": message.title, "text": message.text}
        return JSONResponse(body, status_code=status)
    if request.headers.get("hx-request") == "true":
        # HTMX swaps no refusal; attention.js shows the words of this event instead.
        trigger = json.dumps({"refused": {"title": message.title, "text": message.text}})
        return Response(status_code=status, headers={"hx-trigger": trigger})
    return HTMLResponse(_page(request, status, message), status_code=status)


def _page(request: Request, status: int, message: Message) -> str:
    surroundings = {
        "actor": getattr(request.state, "visitor", None),
        "path": request.url.path,
        "csrf": csrf_token(request.state.cookie),
        "masthead": masthead_of(request),
    }
    templates = request.app.state.components.templates
    context = {**surroundings, "status": status, "message": message}
    return render(templates, "refusal.html", None, context)
