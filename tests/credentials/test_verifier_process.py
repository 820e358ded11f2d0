"""Verification in a process of its own: the same answers, and nothing it can take with it."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime

import pytest

from examengine.credentials.vc import verifier_process, wire
from examengine.credentials.vc.documents import GivenDocuments
from examengine.credentials.vc.report import Verdict
from examengine.credentials.vc.verification import unanswered, verify
from examengine.credentials.vc.verifier_process import VerifierProcess
from tests.credentials.issuing import as_bytes, new_board

BOARD = new_board()
QUESTION = BOARD.question()
GOOD = as_bytes(BOARD.issue())


@pytest.fixture(scope="module")
def process():
    """A process that is ended at the end."""
    one = VerifierProcess()
    yield one
    one.stop()


@pytest.mark.parametrize("data", [GOOD, b"", b"<svg/>", GOOD.replace(b"612", b"712"), b"a.b.c"])
def test_the_process_answers_as_the_verifier_does(process, data):
    """
    The report is the same, field by field, the documents asked for over there included.
    """
    assert process.verify(data, QUESTION) == verify(data, QUESTION)


def test_what_cannot_be_looked_up_is_not_guessed_there_either(process):
    """
    A document that is not to be had is told apart from an empty one.
    """
    report = process.verify(GOOD, replace(QUESTION, documents=GivenDocuments({})))

    assert "did_document_unavailable" in report.reasons()


def test_threads_wait_for_each_other(process):
    """
    Eight at once ask one process, and each gets its own answer.
    """
    changed = GOOD.replace(b"Ada Example", b"Eve Example")

    with ThreadPoolExecutor(8) as threads:
        verdicts = list(
            threads.map(lambda data: process.verify(data, QUESTION).verdict, [GOOD, changed] * 8)
        )

    assert verdicts == [Verdict.VERIFIED, Verdict.REJECTED] * 8


def test_a_process_that_dies_is_followed_by_another(process):
    """
    Whoever asked is told that we could not tell; the next question is answered.
    """

    class Killing:
        def get(self, _url: str) -> bytes | None:
            process._process.kill()
            process._process.wait()

    gone = process.verify(GOOD, replace(QUESTION, documents=Killing()))

    assert gone == unanswered("verifier_gone")
    assert process.verify(GOOD, QUESTION).verdict is Verdict.VERIFIED


def test_a_question_that_takes_too_long_is_given_up(process, monkeypatch):
    """
    The process is ended after the time that a question has, whatever it is doing.
    """

    class Slow:
        def get(self, _url: str) -> bytes | None:
            process._process.send_signal(19)  # stopped, as by a loop that nothing interrupts
            return None

    process.verify(GOOD, QUESTION)
    monkeypatch.setattr(verifier_process, "ANSWERED_WITHIN", 0.5)
    late = process.verify(GOOD, replace(QUESTION, documents=Slow()))
    monkeypatch.undo()

    assert late == unanswered("took_too_long")
    assert late.verdict is Verdict.COULD_NOT_TELL
    assert process.verify(GOOD, QUESTION).verdict is Verdict.VERIFIED


def test_a_question_may_cost_so_much_and_no_more(monkeypatch):
    """
    Processor time is counted, so that a busy machine makes no sound badge unanswerable.
    """

    def endless(*_: object) -> None:
        while True:
            pass

    monkeypatch.setattr(verifier_process, "verify", endless)
    monkeypatch.setattr(verifier_process, "PROCESSOR_SECONDS", 0.05)
    before = verifier_process.signal.signal(
        verifier_process.signal.SIGVTALRM, verifier_process._give_up
    )

    report = verifier_process._within_limit(GOOD, QUESTION)

    verifier_process.signal.signal(verifier_process.signal.SIGVTALRM, before)
    assert report == unanswered("took_too_long")


def test_the_process_knows_no_secret(monkeypatch):
    """
    Neither address nor password of the database is in its environment.
    """
    monkeypatch.setenv("EXAMENGINE_DATABASE_URL", "postgresql://user:secret@host/name")
    one = VerifierProcess()
    one.verify(b"", QUESTION)

    with open(f"/proc/{one._process.pid}/environ", "rb") as file:  # noqa: PTH123
        environment = file.read()
    one.stop()

    assert b"EXAMENGINE" not in environment
    assert b"secret" not in environment


def test_a_stopped_process_is_gone():
    """
    Stopping twice harms nothing.
    """
    one = VerifierProcess()
    one.verify(b"", QUESTION)
    ended = one._process

    one.stop()
    one.stop()

    assert ended.poll() is not None


def test_a_report_survives_its_way():
    """
    Packed and unpacked it is the same report; anything else is no report.
    """
    report = verify(GOOD, QUESTION)

    assert wire.unpacked(wire.packed(report)) == report
    assert isinstance(report.stated.awarded, datetime)
    with pytest.raises((KeyError, TypeError, ValueError)):
        wire.unpacked(b'{"steps": [{"answer": "perhaps"}]}')


def test_many_threads_verify_many_documents():
    """
    In one process too: mixed documents, a cold memory in each thread, and no verdict that flips.
    """
    boards = [new_board() for _ in range(4)]
    sound = [(as_bytes(board.issue()), board.question()) for board in boards]
    sound += [
        (as_bytes(board.issue(test_reason="simulated")), board.question()) for board in boards
    ]

    with ThreadPoolExecutor(16) as threads:
        reports = list(threads.map(lambda one: verify(*one), sound * 8))

    assert {report.verdict for report in reports} == {Verdict.VERIFIED}
