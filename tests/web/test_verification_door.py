"""The door for strangers: counted before they are read, few at a time, told when to come back."""

import asyncio
import threading

import pytest

from examengine.web import verification_door
from examengine.web.verification_door import (
    AT_ONCE,
    MOST_WAITING,
    SECONDS_EACH,
    Sources,
    TooManyVerifications,
    Verifications,
)
from tests import event_loop


@pytest.fixture
def seconds():
    """A clock of the test's own, as a list of one."""
    return [1000.0]


@pytest.fixture
def sources(seconds):
    """Sources that have sent nothing yet."""
    return Sources(lambda: seconds[0])


def test_a_source_may_send_some_at_once_and_more_with_time(sources, seconds):
    """
    Whoever waits as long as was said comes in again.
    """
    at_once = [sources.wait("192.0.2.1") for _ in range(AT_ONCE)]
    wait = sources.wait("192.0.2.1")
    seconds[0] += wait

    assert at_once == [0.0] * AT_ONCE
    assert 0 < wait <= SECONDS_EACH
    assert sources.wait("192.0.2.1") == 0.0
    assert sources.wait("192.0.2.1") > 0


def test_one_source_does_not_shut_out_another(sources):
    """
    Of IPv6 a whole network is one source, because one customer has it.
    """
    for _ in range(AT_ONCE):
        sources.wait("192.0.2.1")
        sources.wait("2001:db8::1")

    assert sources.wait("192.0.2.2") == 0.0
    assert sources.wait("2001:db8::2") > 0
    assert sources.wait("2001:db8:0:1::1") == 0.0
    assert sources.wait("unix") == 0.0


def test_sources_do_not_fill_the_memory(sources, monkeypatch):
    """
    The one that has been quiet longest is forgotten.
    """
    monkeypatch.setattr(verification_door, "MOST_SOURCES", 3)

    for number in range(10):
        sources.wait(f"192.0.2.{number}")

    assert len(sources._full_again) == 3


def test_few_wait_and_the_rest_are_told_at_once():
    """
    While one verification runs, only so many wait; nobody waits for a place to wait.
    """
    go_on = threading.Event()

    class Desk:
        def verify(self, data: bytes, _recipient: str | None) -> bytes:
            go_on.wait(10)
            return data

        def stop(self) -> None:
            go_on.set()

    verifications = Verifications(Desk())

    async def many() -> list[object]:
        asked = [asyncio.create_task(verifications.verify(b"x", None)) for _ in range(12)]
        await asyncio.sleep(0.05)
        go_on.set()
        return await asyncio.gather(*asked, return_exceptions=True)

    answers = event_loop.run(many())
    verifications.stop()

    assert answers.count(b"x") == MOST_WAITING
    assert sum(isinstance(answer, TooManyVerifications) for answer in answers) == 4


def test_a_source_that_sends_too_much_is_refused_in_words(client):
    """
    429 with the time to wait, before anything that was sent is read.
    """
    token = client.get("/verify").text.split('name="csrf" value="')[1].split('"')[0]
    for _ in range(AT_ONCE):
        client.post("/verify", data={"csrf": token, "pasted": ""})

    refused = client.post("/verify", data={"csrf": token, "pasted": ""})

    assert refused.status_code == 429
    assert int(refused.headers["retry-after"]) >= 1
    assert "Wait" in refused.text
    assert client.get("/verify").status_code == 200


def test_verifying_holds_no_transaction(client, monkeypatch):
    """
    While the verifier works, no transaction is open: not even one that reads.
    """
    parts, held = client.app.state.components, []
    work = parts.verifications._desk._process.verify

    def watched(*asked: object) -> object:
        held.append(parts.engine.pool.checkedout())
        return work(*asked)

    monkeypatch.setattr(parts.verifications._desk._process, "verify", watched)
    token = client.get("/verify").text.split('name="csrf" value="')[1].split('"')[0]

    answer = client.post("/verify", data={"csrf": token, "pasted": "{"})

    assert answer.status_code == 200
    assert held == [0]
    parts.verifications.stop()
