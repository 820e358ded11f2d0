"""The gatehouse that a server brings along: what the server hands over is answered here.

What it runs is imported when it runs. The processes that hash for it import this module anew, and
would import all of that, too, before they step back.
"""

import os
import socket
import sys
from threading import Thread

from examengine.kernel import plugins
from examengine.kernel.processes import step_aside
from examengine.web.kept_process import wait_for_the_end_of_the_server


def main() -> None:
    """Answer what comes by the socket whose number is given, until the server ends."""
    step_aside()  # for answers; the server asks again until a lock is let go of
    Thread(target=_follow_server, name="follow", daemon=True).start()
    serve_by = plugins.find("examengine.web.serving:serve_by")
    serve_by("examengine.app:received", socket.socket(fileno=int(sys.argv[1])))


def _follow_server() -> None:
    wait_for_the_end_of_the_server()
    os._exit(0)


if __name__ == "__main__":
    main()
