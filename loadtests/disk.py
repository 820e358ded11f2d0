"""How many synced writes the disk does in a second: the figure beside every other figure."""

import os
import tempfile
import time
from pathlib import Path

BLOCK = b"\0" * 4096


def synced_writes_per_second(folder: Path, seconds: float = 2.0) -> float:
    """Append 4 KB and sync the data to the disk, again and again, and return the rate."""
    with tempfile.NamedTemporaryFile(dir=folder, buffering=0) as file:
        begun, count = time.perf_counter(), 0
        while time.perf_counter() - begun < seconds:
            file.write(BLOCK)
            os.fdatasync(file.fileno())
            count += 1
        return count / (time.perf_counter() - begun)
