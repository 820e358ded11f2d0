"""No regular expression of the product takes more than a fixed number of steps for each sign."""

import ast
import importlib
import pkgutil
import re
import sys
from collections.abc import Iterator
from math import inf
from pathlib import Path
from typing import Any

import pytest

import examengine
from tests.architecture.backtracking import MOST_STEPS, pumped, steps

ROOT = Path(examengine.__file__).parent
SHORT, LONG = 25, 50
GROWTH = 2.6
"""Steps of a text twice as long; a linear expression comes to 2, a quadratic one to 4."""
USES = {
    **dict.fromkeys(("search", "finditer", "findall", "sub", "subn", "split"), "search"),
    "match": "match",
    "fullmatch": "fullmatch",
}
sys.setrecursionlimit(max(sys.getrecursionlimit(), 20_000))


def kept() -> dict[re.Pattern[Any], list[tuple[str, str]]]:
    """Every expression that modules of the product keep, with each module and name it has there."""
    found: dict[re.Pattern[Any], list[tuple[str, str]]] = {}
    for module in pkgutil.walk_packages(examengine.__path__, "examengine."):
        if "migrations" in module.name or module.name.endswith("__main__"):
            continue
        for name, value in vars(importlib.import_module(module.name)).items():
            if isinstance(value, re.Pattern):
                found.setdefault(value, []).append((module.name.removeprefix("examengine."), name))
    return found


def calls() -> Iterator[tuple[str, ast.Call]]:
    """Every call of a method in the product, with the module it stands in."""
    for path in ROOT.rglob("*.py"):
        module = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                yield module, node


def expressions() -> dict[str, tuple[re.Pattern[Any], str]]:
    """Every expression with the hardest use that is made of it."""
    uses: dict[tuple[str, str], str] = {}
    found = {}
    for module, call in calls():
        assert isinstance(call.func, ast.Attribute)
        holder, use = ast.unparse(call.func.value), USES.get(call.func.attr)
        if use is None:
            continue
        if holder == "re" and isinstance(call.args[0], ast.Constant):
            found[f"{module}:{call.lineno}"] = (re.compile(call.args[0].value), use)
        place = (module, holder.rpartition(".")[2])
        uses[place] = "search" if "search" in {use, uses.get(place)} else use
    for pattern, places in kept().items():
        made = {uses.get(place, "match") for place in places}
        hardest = "search" if "search" in made else min(made, key=["match", "fullmatch"].index)
        found[".".join(places[0])] = (pattern, hardest)
    return found


EXPRESSIONS = expressions()


def growth(pattern: re.Pattern[Any], use: str) -> tuple[float, str]:
    """Return by how much the steps grow on the worst text, and that text."""
    worst = (0.0, "")
    for short, long in zip(pumped(pattern, SHORT), pumped(pattern, LONG), strict=True):
        few, many = steps(pattern, short, use), steps(pattern, long, use)
        worst = max(worst, (inf if few >= MOST_STEPS else many / (few + 20), short))
        if worst[0] > GROWTH:
            break
    return worst


def test_the_expressions_of_the_product_are_found():
    """
    The walk sees what modules keep and what stands in a call.
    """
    assert "bank.inline_text._MARK" in EXPRESSIONS
    assert EXPRESSIONS["bank.inline_text._MARK"][1] == "search"
    assert any(":" in name for name in EXPRESSIONS)


@pytest.mark.parametrize(
    ("expression", "use"),
    [
        (r"(a+)+b", "match"),
        (r"(?:<!--.*?-->|\s)*<svg", "match"),
        (r"\d+\.?\d*", "fullmatch"),
        (r"\\\((.+?)\\\)", "search"),
        (r"\s+$", "search"),
    ],
)
def test_the_count_knows_an_expression_that_backtracks(expression, use):
    """
    Exponential, quadratic by two neighbours, quadratic by every start: each is told.
    """
    assert growth(re.compile(expression, re.DOTALL), use)[0] > GROWTH


@pytest.mark.parametrize("name", sorted(EXPRESSIONS))
def test_an_expression_is_linear(name):
    """
    Twice the text, twice the steps, on texts made of what the expression itself repeats.
    """
    found, text = growth(*EXPRESSIONS[name])

    assert found < GROWTH, f"{EXPRESSIONS[name][0].pattern!r} on {text!r}"
