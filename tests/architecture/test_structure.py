"""The house keeps its shape: budgets, words for every refusal, who reads the clock."""

import ast
import importlib
import pkgutil
import re
from pathlib import Path

import pytest

import examengine
from examengine.kernel.errors import all_refusals
from examengine.web import messages

ROOT = Path(examengine.__file__).parent
MODULES = sorted(
    path for path in ROOT.rglob("*.py") if not {"migrations", "_data"} & set(path.parts)
)


def _import_everything() -> None:
    for module in pkgutil.walk_packages(examengine.__path__, "examengine."):
        if "migrations" not in module.name and not module.name.endswith("__main__"):
            importlib.import_module(module.name)


def test_every_refusal_has_words():
    """
    No candidate ever reads a code: each refusal has a title and a text in web/messages.
    """
    _import_everything()

    codes = {error.code for error in all_refusals() if error.__module__.startswith("examengine")}

    assert codes - messages.WORDS.keys() == set()


def test_there_are_no_words_without_a_refusal():
    """
    Words whose refusal is gone are gone too.
    """
    _import_everything()

    assert messages.WORDS.keys() - {error.code for error in all_refusals()} == set()


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_only_the_kernel_reads_the_clock(path):
    """
    Time is an argument: nobody below a composition root asks the system what time it is.
    """
    if path == ROOT / "kernel" / "clock.py":
        return
    text = path.read_text()

    assert not re.search(r"datetime\.(now|utcnow|today)\(|\btime\.time\(", text)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_only_the_composition_roots_read_settings(path):
    """
    The environment is read in one place, and only composition roots import the settings.
    """
    imported = {
        name
        for node in ast.walk(ast.parse(path.read_text()))
        for name in (
            [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else []
        )
    }

    if path.name not in {"app.py", "cli.py", "worker.py"} or path.parent != ROOT:
        assert "examengine.settings" not in imported
    if path not in {ROOT / "settings.py", ROOT / "__init__.py"}:
        assert "os" not in imported or "environ" not in path.read_text()


CONTEXTS = frozenset(
    {
        *("accounts", "jobs", "four_eyes", "bank", "assembly", "delivery", "integrity", "marking"),
        *("importing", "calibration", "standard_setting", "scoring", "credentials"),
    }
)


def _imports(path: Path) -> set[str]:
    return {
        node.module or ""
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ImportFrom)
    }


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_contexts_use_each_other_by_their_public_faces(path):
    """
    Whoever needs something of another context imports it from the package, never from inside.
    """
    own = path.relative_to(ROOT).parts[0]

    inside = {
        module
        for module in _imports(path)
        if module.startswith("examengine.")
        and module.count(".") > 1
        and module.split(".")[1] in CONTEXTS - {own}
    }

    assert inside == set()


def test_templates_bring_no_script_or_style_of_their_own():
    """
    The content security policy forbids inline script and style; no template has any.
    """
    folder = ROOT.parents[1] / "templates"
    forbidden = re.compile(r"<style|\sstyle=|<script(?![^>]*\ssrc=)|\son[a-z]+=|javascript:", re.I)

    guilty = [
        str(path.relative_to(folder))
        for path in folder.rglob("*")
        # A report is a file of its own that people keep; it is never served.
        if path.is_file() and path.parent.name != "reports" and forbidden.search(path.read_text())
    ]

    assert guilty == []
