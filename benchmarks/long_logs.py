"""What the length of a log costs: a page of an attempt that is not in memory, and handing in.

Prints a line for each length: CPU of the process (server, database driver and test client), the
median over attempts, and how it grows. A log of 10,000 events must cost no more than twice one
of 100.

Examples:
    python -m benchmarks.long_logs
    python -m benchmarks.long_logs --lengths 100 1150 10150 --attempts 9
"""

import argparse
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from statistics import median

from fastapi import FastAPI
from fastapi.testclient import TestClient
from tests.delivery.examples import QUICK, Candidate, sitting

from examengine import app as application
from examengine import db, delivery
from examengine.delivery import batch
from examengine.kernel.clock import SystemClock
from examengine.settings import Settings
from examengine.web.security import csrf_token

LENGTHS = (100, 1_150, 10_150)
"""Near the most rows that are ever read after what is kept: 150 of 200."""
MOST_AT_ONCE = 128
HOLDS = 2.0


def main() -> None:
    """Grow logs, time both, print the table."""
    parser = argparse.ArgumentParser(prog="benchmarks.long_logs", description=__doc__)
    parser.add_argument("--lengths", type=int, nargs="+", default=LENGTHS)
    parser.add_argument("--attempts", type=int, default=7)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="long-logs") as folder:
        app = _application(Path(folder))
        with TestClient(app, follow_redirects=False) as client:
            each = chosen.attempts + 1
            people = sitting(
                app.state.components.engine_of_first, SystemClock(), each * len(chosen.lengths)
            )
            figures = [
                _timed(app, client, length, people[place * each : (place + 1) * each])
                for place, length in enumerate(chosen.lengths)
            ]
    print(f"{'events':>8}  {'cold page, ms':>14}  {'hand in, ms':>12}")
    for length, (page, hand_in) in zip(chosen.lengths, figures, strict=True):
        print(f"{length:>8,}  {page * 1000:>14.1f}  {hand_in * 1000:>12.1f}")
    growth = [last / first for first, last in zip(figures[0], figures[-1], strict=True)]
    verdict = "holds" if max(growth) <= HOLDS else "does not hold"
    print(f"growth from the first to the last: {growth[0]:.2f} and {growth[1]:.2f}; "
          f"at most {HOLDS:.0f} {verdict}")  # fmt: skip


def _application(folder: Path) -> FastAPI:
    url = f"sqlite:///{folder / 'examengine.db'}"
    db.upgrade(db.make_engine(url))
    settings = Settings(
        database_url=url,
        state=folder,
        public_url="http://testserver",
        host="127.0.0.1",
        port=8000,
        workers=1,
    )
    return application.create_app(settings, SystemClock(), QUICK)


def _timed(
    app: FastAPI, client: TestClient, length: int, people: Sequence[Candidate]
) -> tuple[float, float]:
    """Return the CPU seconds of a cold page and of handing in, each the median over attempts."""
    for candidate in people:
        _grow(app, candidate, length)
    warm, *rest = people
    _page(app, client, warm)
    pages = [_cpu(lambda person=person: _page(app, client, person)) for person in rest]
    hand_ins = [_cpu(lambda person=person: _hand_in(client, person)) for person in rest]
    return median(pages), median(hand_ins)


def _cpu(work: Callable[[], None]) -> float:
    before = time.process_time()
    work()
    return time.process_time() - before


def _grow(app: FastAPI, candidate: Candidate, length: int) -> None:
    """Start, then look at questions and answer them until the log has so many events."""
    clock, engine = SystemClock(), app.state.components.engine_of_first
    forms = delivery.FormsInPlay()
    start = delivery.Start(**candidate.asked(clock), consented=True)
    steps = (_step(candidate, clock, number) for number in range(2, length + 1))
    commands: list[delivery.Command] = [start, *steps]
    for first in range(0, length, MOST_AT_ONCE):
        with db.writing(engine) as session:
            _check(batch.apply(session, clock, forms, commands[first : first + MOST_AT_ONCE]))


def _step(candidate: Candidate, clock: SystemClock, number: int) -> delivery.Command:
    asked = candidate.asked(clock)
    if number % 3 == 0:
        return delivery.ShowItem(**asked, place=number % 6 + 1, client="the-page-0001")
    sent = {"client": "the-page-0001", "seq": number, "seen": number - 1}
    return delivery.Save(**asked, item_id="DL-COR-002", response=f"text {number}", **sent)


def _check(outcomes: Sequence[object]) -> None:
    refused = [outcome for outcome in outcomes if not isinstance(outcome, delivery.Recorded)]
    if refused:
        raise SystemExit(f"a log could not be grown: {refused[0]!r}")


def _page(app: FastAPI, client: TestClient, candidate: Candidate) -> None:
    """Ask for a question, in a process that never saw the attempt."""
    app.state.components = replace(app.state.components, attempts=delivery.AttemptsInPlay())
    client.cookies.set("examengine", candidate.cookie)
    answer = client.get(f"/attempts/{candidate.attempt_id}/items/1")
    if answer.status_code != 200:
        raise SystemExit(f"the page answered {answer.status_code}")


def _hand_in(client: TestClient, candidate: Candidate) -> None:
    client.cookies.set("examengine", candidate.cookie)
    form = {"csrf": csrf_token(candidate.cookie)}
    answer = client.post(f"/attempts/{candidate.attempt_id}/submit", data=form)
    if answer.status_code != 303:
        raise SystemExit(f"handing in answered {answer.status_code}")


if __name__ == "__main__":
    main()
