"""The browser of a rehearsal goes on where a person would: after a page that did not come, too."""

import socket
from contextlib import closing
from threading import Thread

import pytest

from examengine.rehearsal import browser as browsers
from examengine.rehearsal.browser import Browser, NoAnswer

ANSWER = b"HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nHere"


def test_a_page_that_does_not_come_is_told_and_the_next_one_is_asked_for_anew(monkeypatch):
    """
    What was given up takes its connection with it, so that no answer comes to the wrong question.
    """
    monkeypatch.setattr(browsers, "TIMEOUT", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def answer_the_second() -> None:
            silent, _ = listening.accept()
            spoken_to, _ = listening.accept()
            with silent, spoken_to:
                spoken_to.recv(4096)
                spoken_to.sendall(ANSWER)

        server = Thread(target=answer_the_second)
        server.start()
        with closing(Browser(f"http://127.0.0.1:{listening.getsockname()[1]}")) as browser:
            with pytest.raises(NoAnswer):
                browser.get("/first")
            monkeypatch.setattr(browsers, "TIMEOUT", 60.0)

            found = browser.get("/second")

        server.join(60)
    assert found.text == "Here"
