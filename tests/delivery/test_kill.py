"""A server that is killed in the middle of an exam loses no answer it acknowledged."""

import http.client
import json
import threading
import time
from dataclasses import dataclass, field
from typing import Any

from examengine import db, delivery
from examengine.kernel.clock import SystemClock
from examengine.web.security import csrf_token
from tests.delivery.examples import SINGLE, Candidate, sitting
from tests.delivery.server_process import server_process

PAGE = "page-number-one"
CANDIDATES = 12


@dataclass
class Exam:
    """One candidate's browser: it saves as fast as it is answered, and notes each answer."""

    port: int
    candidate: Candidate
    acknowledged: dict[int, dict[str, Any]] = field(default_factory=dict)
    seq: int = 0

    def post(self, path: str, body: str, content_type: str) -> tuple[int, bytes]:
        """Send one request on a connection of its own."""
        headers = {
            "cookie": f"examengine={self.candidate.cookie}",
            "x-csrf-token": csrf_token(self.candidate.cookie),
            "content-type": content_type,
        }
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request(
                "POST", f"/attempts/{self.candidate.attempt_id}{path}", body, headers
            )
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()

    def start(self) -> None:
        """Begin the exam."""
        form = "application/x-www-form-urlencoded"
        assert self.post("/start", "consent=yes", form)[0] == 303

    def save(self, seq: int) -> dict[str, Any]:
        """Save one answer and return the acknowledgement."""
        response = "abcd"[seq % 4]
        body = {"item_id": SINGLE, "response": response, "seen": 1, "client": PAGE, "seq": seq}
        status, answer = self.post("/saves", json.dumps(body), "application/json")
        assert status == 200, answer
        found: dict[str, Any] = json.loads(answer)
        return found

    def save_until_it_dies(self) -> None:
        """Save again and again until nobody answers any more."""
        while True:
            self.seq += 1
            try:
                self.acknowledged[self.seq] = self.save(self.seq)
            except (OSError, http.client.HTTPException):
                return


def test_killed_under_load_every_acknowledged_answer_is_there(database_url, tmp_path):
    """
    After kill -9 the log holds each acknowledged save, unchanged, in an unbroken chain; started
    again, the server answers the save that was cut off as if nothing had happened.
    """
    engine = db.within(db.make_engine(database_url), db.FIRST_ORGANISATION)
    people = sitting(engine, SystemClock(), CANDIDATES)
    with server_process(database_url, tmp_path) as server:
        exams = [Exam(server.port, person) for person in people]
        for exam in exams:
            exam.start()
        threads = [threading.Thread(target=exam.save_until_it_dies) for exam in exams]
        for thread in threads:
            thread.start()
        time.sleep(1.5)

        server.kill()
        for thread in threads:
            thread.join()

        for exam in exams:
            _check(engine, exam)
        server.start()
        for exam in exams:
            again = exam.save(exam.seq)
            assert again["version"] in {exam.seq, exam.seq + 1}
            last = max(exam.acknowledged)
            replay, first = exam.save(last), exam.acknowledged[last]
            assert (replay["version"], replay["digest"]) == (first["version"], first["digest"])
    engine.dispose()


def _check(engine, exam: Exam) -> None:
    with db.reading(engine) as session:
        log = delivery.attempt_log(session, exam.candidate.attempt_id)
    assert len(exam.acknowledged) > 3
    assert [row.version for row in log] == list(range(1, len(log) + 1))
    by_seq = {row.body["seq"]: row for row in log if row.type == "saved"}
    for seq, answer in exam.acknowledged.items():
        row = by_seq[seq]
        assert (row.version, row.digest) == (answer["version"], answer["digest"])
        assert row.body["response"] == "abcd"[seq % 4]
    for row in log:
        covered = (row.attempt_id, row.version, row.at, row.type, row.body, row.previous)
        assert row.digest == delivery.chain_event(*covered)
