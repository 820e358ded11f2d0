"""Takes the forms in which candidates send files; hands everything else on.

A file is larger than anything else that is sent, so this lies around the framework, whose limits
are for the rest. Who sends it, and to which item, is known before a byte of the file is read; it
lies on the disk while it arrives, and is in the database before it is acknowledged. A script sends
each file by itself, and is told what became of it. Without script a file comes with the form of its
question; when it is stored, the rest of the form is answered as ever.
"""

import asyncio
import hashlib
import json
import logging
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from sqlalchemy.exc import SQLAlchemyError
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.requests import ClientDisconnect
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.types import Message as ReceivedMessage

from examengine.accounts import Actor, NotSignedIn
from examengine.bank import FileKind, cleaned_file_name, file_name_ending_in, recognised_kind
from examengine.db import is_unavailable, reading
from examengine.delivery import (
    AttachFile,
    AwaitedFile,
    FileRefused,
    Recorded,
    SaveMalformed,
    await_file,
    check_file,
    keep_file,
)
from examengine.kernel.errors import ExamError, Kind
from examengine.kernel.tokens import token_digest
from examengine.web.attempt_exchange import LARGEST_NUMBER, acknowledgement
from examengine.web.connections import allow_time
from examengine.web.dependencies import Components, visit_of
from examengine.web.errors import STATUS, DatabaseAway
from examengine.web.form_parts import ArrivingFile, PartTooLarge, files_in
from examengine.web.messages import Message, message_for, message_for_status
from examengine.web.refusal_times import time_zone_of
from examengine.web.security import (
    CSRF_FIELD,
    CSRF_HEADER,
    check_csrf,
    cookie_of,
    headers_of_pages,
)
from examengine.web.sittings import FILE_REFUSAL, sitting_shown
from examengine.web.verification_door import Sources

MULTIPART = "multipart/form-data"
MOST_AT_ONCE = 64
"""Files that arrive in a process at the same time; whoever comes then is told to come again.

So many that a few who send slowly on purpose keep nobody out, and that all find room on the disk.
"""
MOST_OF_ONE = 2
"""Of one attempt: one that is cut off may not have been noticed yet when it is sent anew."""
AT_ONCE, SECONDS_EACH = 20, 6.0
"""How many files one attempt may send without a pause, and how long each costs after that."""
AT_WORK = 2
"""Files that are recognised, and put into the database, at the same time."""
FILE_S = 600.0
"""How long a file may take to arrive: 25 MB at 350 kbit/s."""
_ADDRESS = re.compile(r"/attempts/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})/items/(\d{1,9})")
_CLIENT = re.compile("[A-Za-z0-9-]{8,40}")
_SEQ = re.compile("[0-9]{1,10}")
_STAYING = frozenset({"upload", "stay"})
_NAMING, _WITHOUT = "response.", "response.without"
"""How the fields begin that name the files of an answer, and the one that names those to remove."""

log = logging.getLogger("examengine.web")


class UploadsBusy(ExamError):
    """As many files arrive at this moment as may, or one attempt sends them too quickly."""

    code = "uploads_busy"
    kind = Kind.TOO_MANY

    def __init__(self, retry_after: int = 2) -> None:
        super().__init__(f"come back in {retry_after} s")
        self.retry_after = retry_after


class UploadDoor:
    """How many files arrive at once, and how often one attempt may send one."""

    def __init__(self) -> None:
        self._arriving: dict[UUID, int] = {}
        self._rates = Sources(at_once=AT_ONCE, seconds_each=SECONDS_EACH)

    def enter(self, attempt_id: UUID) -> None:
        """Let a file in; whoever was let in leaves.

        Raises:
            UploadsBusy: As many are in as may be, or the attempt has sent too many lately.
        """
        own = self._arriving.get(attempt_id, 0)
        if own >= MOST_OF_ONE or sum(self._arriving.values()) >= MOST_AT_ONCE:
            raise UploadsBusy
        wait = self._rates.wait(str(attempt_id))
        if wait > 0:
            raise UploadsBusy(int(wait) + 1)
        self._arriving[attempt_id] = own + 1

    def leave(self, attempt_id: UUID) -> None:
        """Make room for the next."""
        self._arriving[attempt_id] -= 1
        if not self._arriving[attempt_id]:
            del self._arriving[attempt_id]


@dataclass(frozen=True, slots=True)
class GoingOn:
    """What answers a request in the end, and what it is given."""

    app: ASGIApp
    scope: Scope
    receive: Receive


class AnswerUploads:
    """Takes forms with files for questions that ask for files.

    Args:
        app: What answers everything else, and the rest of a form.
        components: What the composition root built.
    """

    def __init__(self, app: ASGIApp, components: Components) -> None:
        self._app, self._components = app, components
        self._door, self._at_work = UploadDoor(), asyncio.Semaphore(AT_WORK)
        raw = headers_of_pages(secure=components.secure)
        self._headers = {name.decode(): value.decode() for name, value in raw}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        found = _ADDRESS.fullmatch(scope["path"]) if _is_form_with_files(scope) else None
        going_on: GoingOn | None = GoingOn(self._app, scope, receive)
        if found is not None:
            going_on = await self._answered(scope, receive, UUID(found[1]), int(found[2]))
        if going_on is not None:
            await going_on.app(going_on.scope, going_on.receive, send)

    async def _answered(
        self, scope: Scope, receive: Receive, attempt_id: UUID, place: int
    ) -> GoingOn | None:
        """Take what is sent, and return what answers it; None where nobody waits for an answer."""
        try:
            return await self._taken(scope, receive, attempt_id, place)
        except ClientDisconnect:
            return None
        except ExamError as refusal:
            return await self._refused(scope, receive, refusal)
        except SQLAlchemyError as error:
            if is_unavailable(error):
                return await self._refused(scope, receive, DatabaseAway())
            log.exception("defect at POST %s", scope["path"])
        except Exception:
            log.exception("defect at POST %s", scope["path"])
        return self._told(scope, receive, 500, "defect", message_for_status(500))

    async def _taken(self, scope: Scope, receive: Receive, attempt_id: UUID, place: int) -> GoingOn:
        """Know who sends what to which question, take the files, and go on with the rest.

        Raises:
            ExamError: It is refused.
            ClientDisconnect: Whoever sent it is gone.
        """
        headers = Headers(scope=scope)
        sender = await self._sender(headers, attempt_id, place)
        if sender.awaited is None:
            return GoingOn(self._app, scope, receive)
        allow_time(scope, FILE_S)
        upload = Upload(self._components, self._door, self._at_work, sender, attempt_id)
        try:
            await upload.take(headers, receive)
        finally:
            upload.end()
        if _by_script(scope):
            document = await upload.acknowledged(place)
            return GoingOn(JSONResponse(document, headers=self._headers), scope, receive)
        there = f"/attempts/{attempt_id}/items/{place}"
        if upload.is_done():
            answer = Response(status_code=303, headers={**self._headers, "location": there})
            return GoingOn(answer, scope, receive)
        return self._with_the_rest(scope, await upload.rest())

    async def _sender(self, headers: Headers, attempt_id: UUID, place: int) -> "Sender":
        """Return who sends something, and what is awaited from them.

        Raises:
            ExamError: Nobody is signed in, it is not theirs, or it is not open.
        """
        components, cookie = self._components, cookie_of(headers)
        visitor = None if cookie is None else await visit_of(components, cookie)
        if visitor is None or cookie is None:
            raise NotSignedIn
        if headers.get(CSRF_HEADER) is not None:
            check_csrf(headers, components.origin, cookie, headers[CSRF_HEADER])
        awaited = await run_in_threadpool(self._awaited, visitor.actor, attempt_id, place)
        return Sender(visitor.actor, cookie, awaited)

    def _awaited(self, actor: Actor, attempt_id: UUID, place: int) -> AwaitedFile | None:
        components = self._components
        with reading(components.engine_of(actor)) as session:
            return await_file(
                *(session, components.clock, components.forms, components.attempts),
                *(actor, attempt_id, place),
            )

    async def _refused(self, scope: Scope, receive: Receive, refusal: ExamError) -> GoingOn:
        time_zone = await time_zone_of(self._components, Headers(scope=scope), refusal)
        told = message_for(refusal, time_zone)
        wait: float | None = getattr(refusal, "retry_after", None)
        return self._told(scope, receive, STATUS[refusal.kind], refusal.code, told, wait)

    def _told(
        self,
        scope: Scope,
        receive: Receive,
        status: int,
        code: str,
        message: Message,
        wait: float | None = None,
    ) -> GoingOn:
        """Say why something was not taken: to a script, or on the page of the question."""
        if _by_script(scope):
            words = {"code": code, "title": message.title, "text": message.text}
            headers = self._headers if wait is None else {**self._headers, "retry-after": f"{wait}"}
            return GoingOn(JSONResponse(words, status, headers), scope, receive)
        state = {**scope.get("state", {}), FILE_REFUSAL: message}
        asked = _without_body(scope)
        return GoingOn(self._app, {**asked, "method": "GET", "state": state}, _whole(b""))

    def _with_the_rest(self, scope: Scope, fields: Sequence[tuple[str, str]]) -> GoingOn:
        """Go on with the fields of a form as if it had no files."""
        body = urlencode(fields).encode()
        inner = _without_body(scope)
        inner["headers"] += [
            (b"content-type", b"application/x-www-form-urlencoded"),
            (b"content-length", b"%d" % len(body)),
        ]
        return GoingOn(self._app, inner, _whole(body))


@dataclass(frozen=True, slots=True)
class Sender:
    """Who sends a form, and the question for which a file is awaited from them, if it is so."""

    actor: Actor
    cookie: str
    awaited: AwaitedFile | None


class Upload:
    """One form while it arrives: its fields, and what became of its files."""

    def __init__(
        self,
        components: Components,
        door: UploadDoor,
        at_work: asyncio.Semaphore,
        sender: Sender,
        attempt_id: UUID,
    ) -> None:
        assert sender.awaited is not None  # noqa: S101  (else the form is handed on whole)
        self._components, self._door, self._at_work = components, door, at_work
        self._sender, self._awaited, self._attempt_id = sender, sender.awaited, attempt_id
        self._fields: list[tuple[str, str]] = []
        self._stored: list[tuple[Recorded, str]] = []
        self._headers = Headers()
        self._is_in = False

    async def take(self, headers: Headers, receive: Receive) -> None:
        """Take the form, and store each file in it.

        Raises:
            ExamError: Something is refused; files that came before it are stored.
            ClientDisconnect: Whoever sent it is gone.
        """
        self._headers = headers
        try:
            kind = headers["content-type"]
            async for file in files_in(receive, kind, self._fields, self._begun):
                with file:
                    if file.name:
                        self._stored.append(await self._store(file))
        except PartTooLarge:
            check_file(self._awaited.item, None, self._awaited.largest + 1)
        chosen = bool(self._stored)
        if not chosen and (_by_script_of(headers) or self._field("go") == "upload"):
            raise FileRefused("no file was chosen; choose one, then upload it")

    def end(self) -> None:
        """Make room for the next."""
        if self._is_in:
            self._door.leave(self._attempt_id)

    def is_done(self) -> bool:
        """Tell whether a file was stored and nothing else was asked for."""
        without = any(name == _WITHOUT for name, _ in self._fields)
        return bool(self._stored) and self._field("go") in _STAYING and not without

    async def rest(self) -> list[tuple[str, str]]:
        """Return the other fields, as if their page knew the answer as it stands by now.

        It names the files that are there, whatever other pages have added or removed meanwhile.
        """
        if not self._stored:
            return self._fields
        recorded, _ = self._stored[-1]
        sitting = await sitting_shown(self._components, self._sender.actor, recorded)
        there = sitting.attempt.responses.get(self._awaited.item.item_id) or ()
        named = [(f"{_NAMING}{one['digest'].partition(':')[2]}", json.dumps(one)) for one in there]
        kept = [
            (name, value)
            for name, value in self._fields
            if name == _WITHOUT or not (name == "seen" or name.startswith(_NAMING))
        ]
        return [*kept, *named, ("seen", str(recorded.version))]

    async def acknowledged(self, place: int) -> dict[str, object]:
        """Return what a script is told: what was recorded, and the file as it is listed."""
        recorded, digest = self._stored[-1]
        sitting = await sitting_shown(self._components, self._sender.actor, recorded)
        listed = sitting.shown(self._awaited.item) or []
        state = sitting.state_at(place)
        said = replace(recorded, unfinished=state.unfinished, echo=state.echo)
        return {
            **acknowledgement(said, self._components.clock.now()),
            "file": next((one for one in listed if one["digest"] == digest), None),
        }

    def _begun(self, name: str) -> int:
        """Let a file in that begins to arrive; return how many bytes it may have.

        Raises:
            ExamError: It may not come.
        """
        if not name:  # a field in which nothing was chosen
            return 0
        if self._headers.get(CSRF_HEADER) is None:
            sent = self._field(CSRF_FIELD)
            check_csrf(self._headers, self._components.origin, self._sender.cookie, sent)
        self._awaited.check_room()
        if not self._is_in:
            self._door.enter(self._attempt_id)
            self._is_in = True
        return self._awaited.largest

    async def _store(self, file: ArrivingFile) -> tuple[Recorded, str]:
        """Recognise a file, put it into the database, and have the log name it.

        Raises:
            ExamError: It is refused.
        """
        arrived_at = self._components.clock.now()
        async with self._at_work:
            name, digest, kind = await run_in_threadpool(self._kept, file)
        attached = AttachFile(
            attempt_id=self._attempt_id,
            session=token_digest(self._sender.cookie),
            received_at=arrived_at,
            item_id=self._awaited.item.item_id,
            name=name,
            size=file.size,
            digest=digest,
            kind=kind,
            **self._number(),
        )
        return await self._components.writer.recorded(attached), digest

    def _kept(self, file: ArrivingFile) -> tuple[str, str, FileKind]:
        """Return name, digest and kind of a file once it is in the database.

        Raises:
            FileRefused: The question does not take it.
        """
        name = cleaned_file_name(file.name)
        kind = recognised_kind(file.data, name) if file.size else None
        check_file(self._awaited.item, kind, file.size)
        assert kind is not None  # noqa: S101  (else it was refused)
        file.data.seek(0)
        digest = f"sha256:{hashlib.file_digest(file.data, 'sha256').hexdigest()}"
        actor = self._sender.actor
        engine = self._components.engine_of(actor)
        keep_file(
            *(engine, self._components.clock, actor, self._attempt_id, file.data),
            digest=digest,
            size=file.size,
            media_type=kind.media_type,
        )
        return file_name_ending_in(name, kind.endings), digest, kind

    def _number(self) -> dict[str, Any]:
        """Return the page that sends, and its count; nothing for a form sent without script.

        Raises:
            SaveMalformed: A script names them otherwise than ours does.
        """
        if not _by_script_of(self._headers):
            return {}
        client, seq = self._field("client"), self._field("seq")
        if not _CLIENT.fullmatch(client) or not _SEQ.fullmatch(seq) or int(seq) > LARGEST_NUMBER:
            raise SaveMalformed("client, seq")
        return {"client": client, "seq": int(seq)}

    def _field(self, name: str) -> str:
        return next((value for known, value in self._fields if known == name), "")


def _is_form_with_files(scope: Scope) -> bool:
    if scope["type"] != "http" or scope["method"] != "POST":
        return False
    return Headers(scope=scope).get("content-type", "").startswith(MULTIPART)


def _by_script(scope: Scope) -> bool:
    return _by_script_of(Headers(scope=scope))


def _by_script_of(headers: Headers) -> bool:
    """Tell whether a script sends a file by itself: it wants no page."""
    return "application/json" in headers.get("accept", "")


def _without_body(scope: Scope) -> Scope:
    """Return a request that says nothing of a body."""
    about_body = {b"content-type", b"content-length", b"transfer-encoding"}
    headers = [pair for pair in scope["headers"] if pair[0] not in about_body]
    return {**scope, "headers": headers}


def _whole(body: bytes) -> Receive:
    """Return what gives a body at once."""

    async def received() -> ReceivedMessage:
        return {"type": "http.request", "body": body, "more_body": False}

    return received
