"""The guides "how to add …" are true: their files are there, and their code passes the suites."""

import inspect
import re
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from tests.conformance import test_cut_scores, test_detectors

ROOT = Path(__file__).parents[2]
GUIDE = (ROOT / "docs" / "adding.md").read_text("utf-8")
NAMED = sorted(set(re.findall(r"`((?:src|templates|tests)/[\w./]+)`", GUIDE)))
BLOCKS = re.findall(r"^```python\n(.*?)^```$", GUIDE, re.M | re.S)


def brought(attribute: str) -> Any:
    """What the one block of the guide brings that ends with this name."""
    (block,) = (one for one in BLOCKS if f"\n{attribute} = " in one)
    space: dict[str, Any] = {"__name__": "examengine.guide"}
    exec(compile(block, "docs/adding.md", "exec"), space)  # noqa: S102 - our own page
    return space[attribute]


def suite(module: ModuleType, takes: str) -> list[Any]:
    """The checks of a conformance suite that need nothing but the plug-in."""
    return [
        check
        for name, check in inspect.getmembers(module, inspect.isfunction)
        if name.startswith("test_") and list(inspect.signature(check).parameters) == [takes]
    ]


@pytest.mark.parametrize("place", NAMED)
def test_each_file_of_a_guide_is_there(place):
    """
    A newcomer who follows a guide finds every file and folder that it names.
    """
    assert (ROOT / place).exists()


@pytest.mark.parametrize("check", suite(test_cut_scores, "method"), ids=lambda one: one.__name__)
def test_the_cut_score_method_of_the_guide_passes_the_suite(check):
    """
    Angoff, as the guide writes it, is held to what every method is held to.
    """
    check(brought("METHOD"))


@pytest.mark.parametrize("check", suite(test_detectors, "detector"), ids=lambda one: one.__name__)
def test_the_detector_of_the_guide_passes_the_suite(check):
    """
    The detector of changed answers is held to what every detector is held to.
    """
    check(brought("DETECTOR"))
