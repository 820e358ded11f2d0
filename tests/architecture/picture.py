"""The picture of the house: its floors, its rooms and who stands on whom, read from the code.

The floors are those of the import contract in pyproject.toml; a room is a package or a module of
`examengine`, and says of itself what its docstring begins with.
"""

import ast
import tomllib
from collections.abc import Iterator
from functools import cache
from html import escape
from pathlib import Path
from typing import NamedTuple

import grimp

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "examengine"
PICTURE = ROOT / "docs" / "house.svg"
MARKDOWN = ROOT / "docs" / "house.md"

WIDTH, MARGIN, ROW, GAP = 960, 24, 58, 14
LABEL, WORDS = 15, 12.5
LETTERS = 6.4
"""Width of a letter of the smaller words, in units of the picture, on the safe side."""


class Room(NamedTuple):
    """A package or a module at the top of the project."""

    name: str
    says: str
    stands_on: tuple[str, ...]


@cache
def floors() -> tuple[tuple[str, ...], ...]:
    """The floors of the contract, the highest first."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    contract = next(
        one
        for one in settings["tool"]["importlinter"]["contracts"]
        if one["type"] == "layers" and one["containers"] == ["examengine"]
    )
    return tuple(
        tuple(name.strip(" ()") for name in floor.split("|")) for floor in contract["layers"]
    )


@cache
def rooms() -> dict[str, Room]:
    """Every room by its name."""
    graph = grimp.build_graph("examengine")
    names = [name for floor in floors() for name in floor]
    stands_on: dict[str, set[str]] = {name: set() for name in names}
    there = set()
    for module in graph.modules:
        own = _room_of(module)
        if own not in stands_on:
            continue
        there.add(own)
        others = {_room_of(one) for one in graph.find_modules_directly_imported_by(module)}
        stands_on[own] |= others & set(names) - {own}
    return {
        name: Room(name, _says(name), tuple(one for one in names if one in stands_on[name]))
        for name in names
        if name in there
    }


def _room_of(module: str) -> str:
    return module.split(".")[1] if "." in module else ""


def _says(name: str) -> str:
    """The first sentence of a room's docstring."""
    package, module = SOURCE / name / "__init__.py", SOURCE / f"{name}.py"
    source = (package if package.exists() else module).read_text("utf-8")
    words = ast.get_docstring(ast.parse(source)) or ""
    return " ".join(words.split("\n\n")[0].split())


def drawn() -> str:
    """The picture as SVG: a floor a row, a room a box, with what it says."""
    shown = [[rooms()[name] for name in floor if name in rooms()] for floor in floors()]
    shown = [floor for floor in shown if floor]
    height = 2 * MARGIN + len(shown) * (ROW + GAP) - GAP
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img" '
        'aria-labelledby="title" font-family="system-ui, sans-serif">',
        '<title id="title">The house of examengine: each floor may use only those below it</title>',
        f'<rect width="{WIDTH}" height="{height}" fill="#ffffff"/>',
    ]
    for place, floor in enumerate(shown):
        lines += _row(floor, MARGIN + place * (ROW + GAP), place, len(shown))
    return "\n".join([*lines, "</svg>"]) + "\n"


def _row(floor: list[Room], top: int, place: int, floors_shown: int) -> Iterator[str]:
    width = (WIDTH - 2 * MARGIN - (len(floor) - 1) * GAP) / len(floor)
    shade = 93 - round(14 * place / max(1, floors_shown - 1))
    for column, room in enumerate(floor):
        left = MARGIN + column * (width + GAP)
        yield (
            f'<rect x="{left:g}" y="{top}" width="{width:g}" height="{ROW}" rx="6" '
            f'fill="hsl(212 45% {shade}%)" stroke="#2b4a6f"/>'
        )
        yield (
            f'<text x="{left + 14:g}" y="{top + 24}" font-size="{LABEL}" font-weight="600" '
            f'fill="#12263f">{escape(room.name)}</text>'
        )
        yield (
            f'<text x="{left + 14:g}" y="{top + 44}" font-size="{WORDS}" fill="#12263f">'
            f"{escape(_cut(room.says, width - 28))}</text>"
        )


def _cut(words: str, width: float) -> str:
    """Words that fit, cut after a whole one."""
    most = int(width / LETTERS)
    if len(words) <= most:
        return words
    return words[: most - 1].rsplit(" ", 1)[0].rstrip(",;:.") + " …"


def written() -> str:
    """The page around the picture: every room, what it is for and which rooms it stands on."""
    rows = "\n".join(
        f"| `{room.name}` | {room.says} | "
        f"{', '.join(f'`{one}`' for one in room.stands_on) or '—'} |"
        for room in rooms().values()
    )
    return f"""# The house

Drawn from the imports of the code by `make picture`; a test fails when it is no longer true. A
room may use only rooms on floors below its own, and other contexts by their faces alone.

![The house of examengine, floor by floor](house.svg)

| room | what it is for | stands on |
| --- | --- | --- |
{rows}
"""
