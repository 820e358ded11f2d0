"""The one place that knows where data and results of other programs lie: beside the repository.

They are other people's, so they are not committed. A test that needs them is marked `references`;
`make test` runs everything else with the folder hidden, `make test-references` runs these and lets
none be skipped.
"""

import os
from pathlib import Path

import pytest

VARIABLE = "EXAMENGINE_SHARED"
"""Names the folder; empty hides it, so that the suite runs as on a machine that lacks it."""

BESIDE_THE_REPOSITORY = Path(__file__).parents[2] / "shared"


def shared_folder() -> Path | None:
    """Return the folder of references, or None where there is none or it is hidden."""
    named = os.environ.get(VARIABLE, str(BESIDE_THE_REPOSITORY))
    folder = Path(named)
    return folder if named and folder.is_dir() else None


def shared(*parts: str) -> Path:
    """Return a file or folder of the references.

    A test that comes here without them lacks the mark `references`, so it fails and says so.
    """
    folder = shared_folder()
    if folder is None:
        pytest.fail(f"needs the folder of references ({VARIABLE}); mark it `references`")
    path = folder.joinpath(*parts)
    if not path.exists():
        pytest.fail(f"{'/'.join(parts)} is missing from the folder of references")
    return path


def listed(folder: str, pattern: str) -> list[Path]:
    """Return files of the references by pattern, for parameters; none where it is hidden."""
    root = shared_folder()
    return sorted(root.joinpath(folder).glob(pattern)) if root else []
