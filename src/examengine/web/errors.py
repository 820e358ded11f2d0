"""Refusals become answers here: kind → status, code → words, page or fragment."""

import json
import logging

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.exceptions import HTTPException

from examengine.kernel.errors import ExamError, Kind
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


def install(app: FastAPI) -> None:
    """Make `app` answer every refusal, and every defect, in words."""
    app.add_exception_handler(ExamError, refuse)
    app.add_exception_handler(RequestValidationError, refuse_malformed)
    app.add_exception_handler(HTTPException, refuse_plainly)
    app.add_exception_handler(Exception, apologise)


async def refuse(request: Request, error: Exception) -> Response:
    """Answer a refusal with its status and its words."""
    assert isinstance(error, ExamError)  # noqa: S101  (registered for this type alone)
    if error.code == "not_signed_in" and _wants_page(request):
        return RedirectResponse(f"/sign-in?then={request.url.path}", status_code=303)
    answer = _answer(request, STATUS[error.kind], message_for(error), error.code)
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
    return _answer(request, error.status_code, message_for_status(error.status_code), "http")


async def apologise(request: Request, error: Exception) -> Response:
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
    }
    templates = request.app.state.parts.templates
    context = {**surroundings, "status": status, "message": message}
    return render(templates, "refusal.html", None, context)
