"""The banks of the project as they are read, each read once for all tests of a process."""

from functools import cache
from pathlib import Path

from examengine.bank import LoadedBank, load_folder

BANKS = Path(__file__).parents[1] / "item_banks"


@cache
def sample_bank(name: str) -> LoadedBank:
    """Return one of `item_banks/`; no test changes what it is given."""
    return load_folder(BANKS / name)
