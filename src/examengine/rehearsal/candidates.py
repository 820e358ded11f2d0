"""Simulated candidates who sit an exam by its pages, as attempt.js would: one request an answer."""

import re
import secrets
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from html import unescape
from typing import Any

import numpy as np
from scipy.special import expit

from examengine.bank import ITEM_TYPES, ItemVersion
from examengine.rehearsal.browser import Browser, PageReply, Unexpected

DISCRIMINATION = 1.1
"""Slope of the simulated candidates' answers, 1/logit."""
BETWEEN_LEVELS = 0.8
"""How much easier each lower number of points of an item is, in logits."""


@dataclass(frozen=True, slots=True)
class Sat:
    """What one simulated candidate brought home."""

    email: str
    attempt: str
    theta: float
    answered: int
    receipt_head: str
    browser: Browser
    """Still signed in."""


@dataclass(frozen=True, slots=True)
class Difficulties:
    """How hard each item is for the simulated candidates, in logits, drawn once from a seed."""

    of: Mapping[str, float]

    @classmethod
    def draw(cls, items: Mapping[str, ItemVersion], rng: np.random.Generator) -> "Difficulties":
        """Draw a difficulty from N(−0.3, 1) for each item."""
        return cls({item_id: float(rng.normal(-0.3, 1.0)) for item_id in sorted(items)})


@dataclass(frozen=True, slots=True)
class SimulatedCandidate:
    """One simulated candidate: who they are, how able, and how they find the items."""

    email: str
    password: str
    theta: float
    items: Mapping[str, ItemVersion]
    difficulties: Difficulties
    rng: np.random.Generator

    def answer(self, item_id: str) -> Any:
        """Return what this candidate answers, as a JSON value of the item's type."""
        item = self.items[item_id]
        kind = ITEM_TYPES[item.item_type]
        if kind.kind == "files":  # a program has none to send
            return None
        if kind.by_person:
            return kind.key_response(item.content)
        (key,), *others = kind.expected_responses(item.content).values()
        chance, threshold = self.rng.random(), self.difficulties.of[item_id]
        if chance < expit(DISCRIMINATION * (self.theta - threshold)):
            return key
        *partly, answers = others
        for easier, worth_some in enumerate(partly, start=1):
            if chance < expit(DISCRIMINATION * (self.theta - threshold + easier * BETWEEN_LEVELS)):
                answers = worth_some
                break
        return answers[int(self.rng.integers(len(answers)))]


def sign_in(browser: Browser, email: str, password: str) -> PageReply:
    """Sign in by the page."""
    page = browser.get("/sign-in")
    return browser.submit(page, "/sign-in", {"email": email, "password": password})


def sit(base_url: str, who: SimulatedCandidate) -> Sat:
    """Sign in, read, consent, start, answer every item, look them over, hand in.

    Raises:
        Unexpected: A page was not what a candidate would need to go on.
    """
    browser = Browser(base_url)
    with closing(browser):
        sign_in(browser, who.email, who.password)
        attempt = _found(r'href="/attempts/([0-9a-f-]{36})"', browser.get("/attempts"))
        instructions = browser.get(f"/attempts/{attempt}")
        page = browser.submit(instructions, f"/attempts/{attempt}/start", {"consent": "yes"})
        answered = _answer_all(browser, who, attempt, page)
        page = browser.get(f"/attempts/{attempt}/submit")
        receipt = browser.submit(page, f"/attempts/{attempt}/submit")
        head = _found(r"(sha256:[0-9a-f]{64})", receipt)
    return Sat(who.email, attempt, who.theta, answered, head, browser)


def _answer_all(browser: Browser, who: SimulatedCandidate, attempt: str, page: PageReply) -> int:
    places = len(re.findall(r'<li><a href="/attempts/[0-9a-f-]{36}/items/\d+"', page.text))
    client = secrets.token_hex(12)
    for place in range(1, places + 1):
        if place > 1:
            page = browser.get(f"/attempts/{attempt}/items/{place}")
        _save(browser, who, attempt, page, client, place)
    return places


def _save(
    browser: Browser, who: SimulatedCandidate, attempt: str, page: PageReply, client: str, seq: int
) -> None:
    item_id = _found(r'name="item_id" value="([^"]+)"', page)
    answer = browser.send_json(
        f"/attempts/{attempt}/saves",
        {
            "client": client,
            "seq": seq,
            "item_id": item_id,
            "response": who.answer(item_id),
            "seen": int(_found(r'name="seen" value="(\d+)"', page)),
        },
        _found(r'name="csrf" value="([0-9a-f]+)"', page),
    )
    if answer.status != 200:
        raise Unexpected(f"{item_id} was not saved: {answer.status} {answer.text[:200]}")


def _found(pattern: str, page: PageReply) -> str:
    match = re.search(pattern, page.text)
    if match is None:
        raise Unexpected(f"{page.url} does not hold {pattern}")
    return unescape(match[1])
