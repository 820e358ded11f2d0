"""Where the files that are no Python lie: in the wheel, or in a checkout."""

from importlib.resources import files
from pathlib import Path


def data_folder(name: str) -> Path:
    """Return the folder `templates` or `item_banks`, installed or checked out.

    Raises:
        FileNotFoundError: Neither the package nor a checkout around it has it.
    """
    package = Path(str(files("examengine")))
    for candidate in (package / "_data" / name, package.parent.parent / name):
        if candidate.is_dir():
            return candidate
    raise FileNotFoundError(f"this installation has no folder {name}; install the wheel again")


def static_folder() -> Path:
    """Return the folder of style sheets and scripts."""
    return Path(str(files("examengine"))) / "web" / "static"
