"""Whole exams: everybody signs in, starts together, answers for a while, and hands in.

Run it through `python -m loadtests.measure --locust`, which makes the people. It is bounded: each
user sits one exam, and the run ends when the last has handed in.
"""

import json
import os
import random
import re
from pathlib import Path

import gevent
from gevent.event import Event
from locust import FastHttpUser, events, task
from locust.env import Environment

SIGN_INS: list[list[str]] = json.loads(Path(os.environ["SIGN_INS"]).read_text())
SECONDS = float(os.environ.get("SECONDS", "30"))
EVERYBODY = len(SIGN_INS)
BELL = Event()

ready: list[str] = []
finished: list[str] = []


@events.init.add_listener
def end_after_the_last(environment: Environment, **_: object) -> None:
    """End the run when everybody has handed in."""

    def watch() -> None:
        while len(finished) < EVERYBODY:
            gevent.sleep(0.5)
        if environment.runner is not None:
            environment.runner.quit()

    gevent.spawn(watch)


class Candidate(FastHttpUser):
    """Somebody who sits one exam."""

    token = ""
    attempt = ""

    def on_start(self) -> None:
        """Sign in, find the exam, and wait for the bell."""
        self.email, password = SIGN_INS.pop()
        form = {"csrf": self._token_of("/sign-in"), "email": self.email, "password": password}
        self.client.post("/sign-in", data=form, name="sign in")
        page = self.client.get("/attempts", name="my exams").text or ""
        self.attempt = re.findall(r'href="(/attempts/[0-9a-f-]{36})"', page)[0]
        self.token = self._token_of(self.attempt)
        ready.append(self.email)
        if len(ready) == EVERYBODY:
            BELL.set()

    def _token_of(self, address: str) -> str:
        page = self.client.get(address, name="a form").text or ""
        return re.findall(r'name="csrf" value="([0-9a-f]+)"', page)[0]

    @task
    def sit(self) -> None:
        """Start with everybody else, answer, look around, hand in, and leave."""
        BELL.wait()
        form = {"csrf": self.token, "consent": "yes"}
        with self.client.post(
            f"{self.attempt}/start", data=form, name="start", allow_redirects=False,
            catch_response=True,
        ) as answer:  # fmt: skip
            answer.success() if answer.status_code == 303 else answer.failure("did not start")
        self._answer()
        self.client.get(f"{self.attempt}/review", name="review")
        self.client.post(f"{self.attempt}/submit", data={"csrf": self.token}, name="hand in")
        finished.append(self.email)
        self.stop()

    def _answer(self) -> None:
        page = self.client.get(f"{self.attempt}/items/1", name="question").text or ""
        places = len(re.findall(r'<li><a href="[^"]*/items/\d+"', page))
        think = SECONDS / max(1, places)
        for seq, place in enumerate(range(1, places + 1), start=1):
            page = self.client.get(f"{self.attempt}/items/{place}", name="question").text or ""
            gevent.sleep(random.uniform(0.5, 1.5) * think)
            self._save(page, seq)

    def _save(self, page: str, seq: int) -> None:
        """Answer the question of the page as its form would, with the first choice it offers."""
        fields: dict[str, list[str]] = {}
        choice = re.search(r'name="(response)" value="([^"]+)"', page)
        if choice:
            fields[choice[1]] = [choice[2]]
        elif 'type="text" name="response"' in page or 'name="response"' in page:
            fields["response"] = ["12"]
        body = {
            "item_id": re.findall(r'name="item_id" value="([^"]+)"', page)[0],
            "fields": fields,
            "seen": int(re.findall(r'name="seen" value="(\d+)"', page)[0]),
            "client": f"locust-{id(self):x}".ljust(12, "0"),
            "seq": seq,
        }
        self.client.post(
            f"{self.attempt}/saves", json=body, headers={"x-csrf-token": self.token}, name="save"
        )
