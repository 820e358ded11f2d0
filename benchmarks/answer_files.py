"""How long a file that is stored keeps others from writing, and what saved answers notice of it.

Prints for a file that is stored whole, and in pieces: how long that takes, how long its longest
transaction holds SQLite's write lock, and how long saves take that are waited for one by one
meanwhile; before them, saves in quiet.

Examples:
    python -m benchmarks.answer_files
    python -m benchmarks.answer_files --megabytes 25 --files 20 --folder /srv/disk
"""

import argparse
import io
import secrets
import tempfile
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import quantiles

from sqlalchemy import Engine
from tests.bank.small_bank import item
from tests.delivery.awkward_items import sitting_of
from tests.delivery.examples import Candidate

from examengine import db, delivery
from examengine.delivery import answer_file_repository as repository
from examengine.delivery.answer_file_storage import PIECE
from examengine.kernel.clock import SystemClock
from examengine.kernel.digest import digest_of_bytes

FILES, CHOICE = item("U-1", "file_upload"), item("U-2", "single_choice")
QUIET_S = 3.0


def main() -> None:
    """Store files whole and in pieces, save beside them, print the table."""
    parser = argparse.ArgumentParser(prog="benchmarks.answer_files", description=__doc__)
    parser.add_argument("--megabytes", type=int, default=10)
    parser.add_argument("--files", type=int, default=10)
    parser.add_argument("--folder", type=Path, help="where the database lies")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="answer-files", dir=chosen.folder) as folder:
        engine = db.make_engine(f"sqlite:///{Path(folder) / 'examengine.db'}")
        db.upgrade(engine)
        engine = db.within(engine, db.FIRST_ORGANISATION)
        candidate = sitting_of(engine, SystemClock(), (FILES, CHOICE))
        writer = delivery.AttemptWriter(engine, SystemClock(), delivery.FormsInPlay())
        writer.start()
        saves = Saves(writer, candidate)
        print(f"{'':>10}  {'file, ms':>9}  {'lock, ms':>9}  {'save p50, p99, longest, ms':>27}")
        saves.start()
        time.sleep(QUIET_S)
        print(f"{'in quiet':>10}  {'':>9}  {'':>9}  {saves.end()}")
        size = chosen.megabytes * 1024 * 1024
        for words, piece in (("whole", size), ("in pieces", PIECE)):
            held, took = stored(engine, candidate, size, piece, chosen.files)
            saves.start()
            stored(engine, candidate, size, piece, chosen.files)
            print(f"{words:>10}  {took:>9.0f}  {held:>9.1f}  {saves.end()}")
        writer.stop()


def stored(
    engine: Engine, candidate: Candidate, size: int, piece: int, n_files: int
) -> tuple[float, float]:
    """Store files; return the longest transaction and the mean of a file, in milliseconds."""
    longest, began = 0.0, time.perf_counter()
    for _ in range(n_files):
        data = secrets.token_bytes(size)
        digest = digest_of_bytes(data)
        with db.writing(engine) as session:
            about = (digest, size, "application/pdf", SystemClock().now())
            repository.begin(session, candidate.attempt_id, *about)
        source = io.BytesIO(data)
        for number, part in enumerate(iter(lambda: source.read(piece), b""), start=1):  # noqa: B023
            since = time.perf_counter()
            with db.writing(engine) as session:
                repository.add_piece(session, candidate.attempt_id, digest, number, part)
            longest = max(longest, time.perf_counter() - since)
    return longest * 1000, (time.perf_counter() - began) * 1000 / n_files


class Saves:
    """Saves of one candidate, one after another, for as long as it runs."""

    def __init__(self, writer: delivery.AttemptWriter, candidate: Candidate) -> None:
        self._writer, self._seq = writer, 0
        self._asked = {"attempt_id": candidate.attempt_id, "session": candidate.session}
        self._took: list[float] = []
        self._thread: threading.Thread | None = None
        self._ends = threading.Event()
        writer.record(
            delivery.Start(**self._asked, received_at=SystemClock().now(), consented=True)
        )
        writer.record(delivery.ShowItem(**self._asked, received_at=SystemClock().now(), place=1))

    def start(self) -> None:
        """Begin."""
        self._took, self._ends = [], threading.Event()
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def end(self) -> str:
        """Stop; return the median, the 99th percentile and the longest, as the table has them."""
        assert self._thread is not None  # noqa: S101  (it was started)
        self._ends.set()
        self._thread.join()
        return _in_words(self._took)

    def _run(self) -> None:
        while not self._ends.is_set():
            self._seq += 1
            save = delivery.Save(
                **self._asked,
                received_at=SystemClock().now(),
                item_id=CHOICE["id"],
                response="ab"[self._seq % 2],
                seen=0,
                client="page-number-one",
                seq=self._seq,
            )
            began = time.perf_counter()
            self._writer.record(save)
            self._took.append((time.perf_counter() - began) * 1000)
            time.sleep(0.005)


def _in_words(took: Sequence[float]) -> str:
    parts = quantiles(took, n=100, method="inclusive")
    return f"{parts[49]:>9.1f} {parts[98]:>8.1f} {max(took):>8.1f}"


if __name__ == "__main__":
    main()
