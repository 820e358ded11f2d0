"""The whole chain over real HTTP, step by step, each telling what it handed over."""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from html import unescape
from time import perf_counter, sleep

import numpy as np

from examengine.bank import ItemVersion
from examengine.rehearsal.browser import Browser, PageReply, Unexpected
from examengine.rehearsal.candidates import Difficulties, Sat, SimulatedCandidate, sign_in, sit
from examengine.rehearsal.programme import Programme

LOOK_EVERY_S = 0.5
"""How often a page of a job is looked at again."""
AT_ONCE = 8
"""Simulated candidates whose pages are drawn at the same moment; the others wait their turn."""

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class RehearsalResult:
    """What came of a rehearsal."""

    sat: int
    answers: int
    passed: int
    failed: int
    held: int
    issued: int
    verified: int


def rehearse(
    base_url: str,
    programme: Programme,
    passwords: Mapping[str, str],
    items: Mapping[str, ItemVersion],
    seed: int,
    say: Say,
) -> RehearsalResult:
    """Let everybody do their part: candidates sit, the officer adopts, scores, decides, issues.

    Args:
        base_url: Where the server answers.
        programme: What was set up.
        passwords: Of everybody, by address.
        items: The items of the forms, for the simulated candidates to know answers.
        seed: Of the simulated candidates.
        say: Takes one line for people at a time.

    Raises:
        Unexpected: Some page was not what a person would need to go on.
    """
    sat = _sit_all(base_url, programme, passwords, items, seed, say)
    officer = Browser(base_url)
    sign_in(officer, "officer@example.org", passwords["officer@example.org"])
    _adopt_cut(officer, programme, say)
    results = _score_and_decide(officer, programme, say)
    issued = _issue(officer, programme, say)
    verified = _verify_all(base_url, sat, say)
    officer.close()
    return RehearsalResult(
        sat=len(sat),
        answers=sum(each.answered for each in sat),
        passed=_count(results, "passed"),
        failed=_count(results, "not passed"),
        held=_count(results, "held"),
        issued=issued,
        verified=verified,
    )


def _sit_all(
    base_url: str,
    programme: Programme,
    passwords: Mapping[str, str],
    items: Mapping[str, ItemVersion],
    seed: int,
    say: Say,
) -> list[Sat]:
    rng = np.random.default_rng(seed)
    difficulties = Difficulties.draw(items, rng)
    people = [
        SimulatedCandidate(email, passwords[email], float(rng.normal()), items, difficulties, child)
        for email, child in zip(
            programme.candidates, rng.spawn(len(programme.candidates)), strict=True
        )
    ]
    started = perf_counter()
    with ThreadPoolExecutor(AT_ONCE) as room:
        sat = list(room.map(lambda who: sit(base_url, who), people))
    seconds = perf_counter() - started
    answers = sum(each.answered for each in sat)
    say(f"{len(sat)} candidates sat: {answers} answers saved one by one in {seconds:.1f} s")
    say(f"  response records, each with the head of its log, e.g. {sat[0].receipt_head}")
    return sat


def _adopt_cut(officer: Browser, programme: Programme, say: Say) -> None:
    address = f"/awards/panels/{programme.panel_id}"
    panel = officer.get(address)
    if f"{address}/close" in panel.text:
        officer.submit(panel, f"{address}/close", {"last": "true"})
    page = officer.get(f"{address}/recommendation")
    reason = "Rehearsal: the panel's recommendation, as it stands."
    adopted = officer.submit(page, f"{address}/cut", {"reason": reason})
    say(f"cut score adopted: {_digest_on(adopted)}")


def _score_and_decide(officer: Browser, programme: Programme, say: Say) -> PageReply:
    address = f"/awards/results/{programme.administration_id}"
    started = perf_counter()
    followed(officer, officer.submit(officer.get(address), f"{address}/scores"))
    say(f"score records written in {perf_counter() - started:.1f} s")
    started = perf_counter()
    page = followed(officer, officer.submit(officer.get(address), f"{address}/decisions"))
    say(f"decisions made in {perf_counter() - started:.1f} s")
    return page


def _issue(officer: Browser, programme: Programme, say: Say) -> int:
    address = f"/awards/credentials/{programme.administration_id}"
    started = perf_counter()
    page = officer.get(address)
    while _offers(officer, page, address):
        page = followed(officer, officer.submit(page, address))
    issued = _fact(page, "issued and in force")
    say(f"credentials issued and self-checked in {perf_counter() - started:.1f} s")
    return issued


def followed(browser: Browser, page: PageReply) -> PageReply:
    """Return what a form led to; where that is a job, wait for it and follow its first button.

    Raises:
        Unexpected: The job came to nothing.
    """
    state = _state_of_job(page)
    if state is None:
        return page
    while state in {"waiting", "running"}:
        sleep(LOOK_EVERY_S)
        page = browser.get(page.url)
        state = _state_of_job(page)
    button = re.search(r'<a class="button" href="([^"#]+)', page.text)
    if state != "done" or button is None:
        raise Unexpected(f"{page.url}: the job ended as {state}")
    return browser.get(unescape(button[1]))


def _state_of_job(page: PageReply) -> str | None:
    found = re.search(r'id="standing"[^>]* data-state="(\w+)"', page.text)
    return None if found is None else found[1]


def _verify_all(base_url: str, sat: Sequence[Sat], say: Say) -> int:
    started = perf_counter()
    with ThreadPoolExecutor(AT_ONCE) as room:
        verdicts = list(room.map(lambda who: _verified(base_url, who), sat))
    verified = sum(verdict is True for verdict in verdicts)
    refused = sum(verdict is False for verdict in verdicts)
    say(f"strangers verified {verified} credentials in {perf_counter() - started:.1f} s")
    say(f"  {refused} did not verify; {verdicts.count(None)} candidates hold none")
    return verified


def _verified(base_url: str, who: Sat) -> bool | None:
    """Let the holder hand the credential to a stranger, who verifies it; None when none is held."""
    with closing(who.browser) as holder, closing(Browser(base_url)) as stranger:
        held = re.search(r'href="(/credentials/[0-9a-f-]{36})"', holder.get("/credentials").text)
        if held is None:
            return None
        document = holder.get(f"{held[1]}/credential.json", accept="application/json")
        json.loads(document.body)
        page = stranger.get("/verify")
        answer = stranger.submit(page, "/verify", {"pasted": document.text, "recipient": who.email})
        return "notice-good" in answer.text


def _offers(browser: Browser, page: PageReply, action: str) -> bool:
    try:
        browser.form(page, action)
    except Unexpected:
        return False
    return True


def _fact(page: PageReply, words: str) -> int:
    found = re.search(rf"<dt>{words}</dt><dd>(\d+)</dd>", page.text)
    return int(found[1]) if found else 0


def _digest_on(page: PageReply) -> str:
    found = re.search(r"sha256:[0-9a-f]{64}", page.text)
    return found[0] if found else "(no digest on the page)"


def _count(page: PageReply, state: str) -> int:
    found = re.search(rf'value="{state}"[^>]*>[^<(]*\((\d+)\)', page.text)
    return int(found[1]) if found else 0
