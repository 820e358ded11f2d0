"""The programs that measure, beside the product: they are run by hand, and must not rot unseen."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LOCUSTFILE = "loadtests.locustfile"
"""Locust imports it, with people to sign in named by its environment."""
PROGRAMS = sorted(
    f"{folder}.{path.stem}"
    for folder in ("benchmarks", "loadtests")
    for path in (ROOT / folder).glob("*.py")
)


def _program(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": os.pathsep.join((str(ROOT / "src"), str(ROOT)))},
        capture_output=True,
        text=True,
        check=False,
    )


def test_every_program_that_measures_can_be_imported():
    """
    What they use of the product is there, under the name by which they use it.
    """
    named = ", ".join(name for name in PROGRAMS if name != LOCUSTFILE)

    assert len(PROGRAMS) > 10
    assert _program("-c", f"import {named}").stderr == ""


@pytest.mark.parametrize(
    "program", ["loadtests.under_attack", "loadtests.measure", "benchmarks.requests"]
)
def test_a_program_that_measures_says_what_it_can_be_asked(program):
    """
    Its help names the options, and nothing is measured for it.
    """
    asked = _program("-m", program, "--help")

    assert asked.returncode == 0
    assert "--" in asked.stdout
