"""The tour names real things: a newcomer finds each function it speaks of."""

import importlib
import re
from pathlib import Path

import pytest

import examengine

ROOT = Path(__file__).parents[2]
TOUR = (ROOT / "docs" / "tour.md").read_text()
NAMES = sorted(
    {
        name
        for name in re.findall(r"`([a-z_]+(?:\.[A-Za-z_]+)+)`", TOUR)
        if not name.endswith((".py", ".md"))
    }
)


@pytest.mark.parametrize("name", NAMES)
def test_each_function_the_tour_names_is_there(name):
    """
    A name like `bank.import_bank` can be imported from that package.
    """
    module, _, attribute = name.rpartition(".")

    assert hasattr(importlib.import_module(f"{examengine.__name__}.{module}"), attribute)


def test_the_tour_names_enough_to_be_one():
    """
    Every context is visited.
    """
    visited = {name.partition(".")[0] for name in NAMES}

    assert visited >= {
        *("bank", "assembly", "delivery", "integrity", "calibration", "standard_setting"),
        *("importing", "marking", "scoring", "credentials", "psychometrics", "web", "accounts"),
    }


PAPERS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])


@pytest.mark.parametrize("page", PAPERS, ids=lambda page: page.name)
def test_links_between_the_papers_lead_somewhere(page):
    """
    A link to a file of the project has that file at its end.
    """
    targets = re.findall(r"\]\((?!https?:|#|mailto:)([^)#]+)", page.read_text())

    assert [target for target in targets if not (page.parent / target).exists()] == []
