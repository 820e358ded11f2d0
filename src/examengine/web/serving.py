"""How the application is served: its socket, its processes, and their end.

A stop is over in ten seconds, whatever clients and requests do. What was acknowledged is on disk
already; what waits in the writer is written before a process ends.
"""

import logging
import multiprocessing
import os
import resource
import signal
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Timer
from time import monotonic, sleep
from types import FrameType

import uvicorn
from fastapi import FastAPI
from jinja2 import Environment
from uvicorn.config import STARTUP_FAILURE
from uvicorn.supervisors import Multiprocess

from examengine.db import DatabaseUnreachable
from examengine.kernel.errors import ExamError, Kind
from examengine.kernel.processes import follow_parent
from examengine.web import logs
from examengine.web.connections import KEEP_ALIVE_S, LimitedProtocol

log = logging.getLogger("examengine.serving")

CLIENTS_S = 5
"""How long a stop waits for requests that are being answered."""
STOP_S = 9.0
"""When a process ends itself, whatever it waits for."""
KILL_S = 9.7
"""When the supervisor ends a worker that could not do so itself."""
OWN_FILES = 200
"""Files that a process needs beside its clients' connections."""
FILES_OF_A_CLIENT = 2
"""Its connection, and the one by which it is handed over to the gatehouse."""
MOST_CLIENTS = 20_000
BACKLOG = 2048
_HANG_S = 30
_AGAIN_S = 2.0


class AddressUnusable(ExamError):
    """The server cannot listen where it was told to."""

    code = "address_unusable"
    kind = Kind.UNAVAILABLE

    def __init__(self, host: str, port: int, why: str) -> None:
        super().__init__(
            f"the server cannot listen on {host} port {port}: {why}; stop what listens there, or "
            "set EXAMENGINE_PORT and EXAMENGINE_HOST to others"
        )


def serve(factory: str, *, host: str, port: int, workers: int) -> None:
    """Serve what `factory` makes, until it is told to stop.

    Raises:
        AddressUnusable: Something listens there already, or this process may not.
    """
    listening = _listen(host, port)
    config = _configured(factory, workers)
    log.info("listening on %s port %d, %d workers", host, port, workers)
    if workers > 1:
        supervisor = Supervisor(config, sockets=[listening])
        supervisor.run()
        log.info("stopped")
        if supervisor.refused:
            sys.exit(STARTUP_FAILURE)
    else:
        uvicorn.Server(config).run(sockets=[listening])


def serve_by(factory: str, listening: socket.socket) -> None:
    """Serve what `factory` makes by a socket that is there already, in this process alone."""
    uvicorn.Server(_configured(factory, workers=1)).run(sockets=[listening])


def _configured(factory: str, workers: int) -> uvicorn.Config:
    return uvicorn.Config(
        factory,
        factory=True,
        workers=workers,
        loop="uvloop",
        http=LimitedProtocol,
        ws="none",
        log_config=dict(logs.configuration()),
        log_level=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,  # the application does so, from the proxies that are trusted
        timeout_keep_alive=KEEP_ALIVE_S,
        timeout_graceful_shutdown=CLIENTS_S,
        timeout_worker_healthcheck=_HANG_S,
    )


class Supervisor(Multiprocess):
    """Keeps the workers running, says when one died, and ends with all of them."""

    refused = False
    """A worker refused to serve, as each in its place would."""

    def keep_subprocess_alive(self) -> None:
        """Replace workers that have died or do not answer."""
        before = {process.pid: process for process in self.processes}
        for pid, process in before.items():
            if process.exitcode is not None:
                log.error("worker %s died (%s)", pid, _how(process.exitcode))
                self.refused = self.refused or process.exitcode == STARTUP_FAILURE
        super().keep_subprocess_alive()
        for process in self.processes:
            if process.pid not in before:
                log.warning("worker %s begins in the place of one that ended", process.pid)

    def join_all(self) -> None:
        """Wait for the workers, but not for ever."""
        until = monotonic() + KILL_S
        for process in self.processes:
            process.process.join(max(0.0, until - monotonic()))
            if process.process.is_alive():
                log.error("worker %s did not end in time and was killed", process.pid)
                process.process.kill()
                process.process.join()


@contextmanager
def refusing_in_words() -> Iterator[None]:
    """Let a worker that cannot begin say why in one line, and not be begun again for nothing.

    A database that is away comes back, so for that alone the next worker tries again.
    """
    try:
        yield
    except ExamError as refusal:
        if multiprocessing.parent_process() is None:
            raise
        log.critical("this worker does not begin: %s", refusal)
        if isinstance(refusal, DatabaseUnreachable):
            sleep(_AGAIN_S)
            sys.exit(1)
        sys.exit(STARTUP_FAILURE)


def warm_up(app: FastAPI, templates: Environment) -> None:
    """Build now what would be built at its first use, while others wait.

    FastAPI makes the routes of a router when a request first comes by, and Jinja compiles a page
    when it is first shown: on a cold process that held saves up for a tenth of a second each.
    """
    nowhere = {"type": "http", "method": "GET", "path": "/-", "root_path": "", "headers": []}
    for route in app.router.routes:
        route.matches(nowhere)
    for name in templates.list_templates(filter_func=_is_page):
        templates.get_template(name)


def _is_page(template: str) -> bool:
    """Tell whether a template is shown by the server; `reports/` is for whoever runs commands."""
    return template.endswith(".html") and not template.startswith("reports/")


def end_in_time() -> None:
    """Make this process end in time once it is told to, and when its supervisor is gone.

    Called in every process that serves, after the server has set its own signal handlers.
    """
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _with_deadline(signal.getsignal(number)))
    follow_parent(_end_without_supervisor)


def _with_deadline(handler: object) -> Callable[[int, FrameType | None], None]:
    def handle(number: int, frame: FrameType | None) -> None:
        log.info("stopping: %s", signal.Signals(number).name)
        last = Timer(STOP_S, _end_now)
        last.daemon = True
        last.start()
        if callable(handler):
            handler(number, frame)

    return handle


def _end_now() -> None:
    log.warning("what was still running after %d s was cut off", STOP_S)
    os._exit(0)


def _end_without_supervisor() -> None:
    """End with the supervisor: nobody would replace this worker, and it would hold the port."""
    log.error("the supervisor is gone; stopping")
    os.kill(os.getpid(), signal.SIGTERM)


def _listen(host: str, port: int) -> socket.socket:
    listening = None
    try:
        family, _, _, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listening = socket.socket(family, socket.SOCK_STREAM)
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(address)
        listening.listen(BACKLOG)
    except OSError as error:
        if listening is not None:
            listening.close()
        raise AddressUnusable(host, port, error.strerror or str(error)) from error
    listening.set_inheritable(True)
    return listening


def limit_connections() -> None:
    """Let in as many clients as this process can have files, and leave some for its own."""
    LimitedProtocol.most_connections = _most_clients()


def _most_clients() -> int:
    """Raise the limit of open files as far as it goes, and return how many clients that allows."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    enough = OWN_FILES + FILES_OF_A_CLIENT * MOST_CLIENTS
    hard_enough = enough if hard == resource.RLIM_INFINITY else min(hard, enough)
    if soft != resource.RLIM_INFINITY and soft < hard_enough:
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard_enough, hard))
        soft = hard_enough
    if soft == resource.RLIM_INFINITY:
        return MOST_CLIENTS
    return max(OWN_FILES, min(MOST_CLIENTS, (soft - OWN_FILES) // FILES_OF_A_CLIENT))


def _how(exit_code: int) -> str:
    if exit_code < 0:
        return f"signal {signal.Signals(-exit_code).name}"
    return f"exit status {exit_code}"
