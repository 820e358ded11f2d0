"""The glossary's last column leads to real places in the code."""

import re
from importlib.util import find_spec
from pathlib import Path
from pkgutil import resolve_name

import pytest

import examengine

PACKAGE = Path(examengine.__file__).parent
GLOSSARY = (Path(__file__).parents[2] / "docs" / "glossary.md").read_text()
WHERE = "".join(row.rsplit("|", 2)[-2] for row in GLOSSARY.splitlines() if row.endswith("|"))
PLACES = sorted(set(re.findall(r"`([^`]+)`", WHERE)))


def is_name(place: str) -> bool:
    """Whether a dotted place is a module, something in one, or a field of a class in one."""
    owner, _, last = place.rpartition(".")
    if find_spec(f"examengine.{place.partition('.')[0]}") is None:
        return False
    try:
        return resolve_name(f"examengine.{place}") is not None
    except AttributeError:
        return last in getattr(resolve_name(f"examengine.{owner}"), "__annotations__", {})


@pytest.mark.parametrize("place", PLACES)
def test_each_place_the_glossary_names_is_there(place):
    """
    A folder or file lies in the package; a name can be imported from it.
    """
    found = (PACKAGE / place).exists() if "/" in place else is_name(place)

    assert found
