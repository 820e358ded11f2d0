"""One name means one thing: a newcomer who searches for a class finds one."""

import ast
import importlib
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import examengine

ROOT = Path(examengine.__file__).parent
MODULES = sorted(
    path for path in ROOT.rglob("*.py") if not {"migrations", "_data"} & set(path.parts)
)
FACES = sorted(path.parent.name for path in ROOT.glob("*/__init__.py"))
TYPE = re.compile(r"[A-Z][A-Za-z]*[a-z][A-Za-z]*")


def classes_in(path: Path) -> Iterator[str]:
    """The public classes that a file defines."""
    for node in ast.parse(path.read_text("utf-8")).body:
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
            yield node.name


def aliases_in(path: Path) -> Iterator[str]:
    """The types that a file names, such as `Content = Mapping[str, Any]`; no type variables."""
    for node in ast.parse(path.read_text("utf-8")).body:
        if not isinstance(node, ast.Assign) or not isinstance(node.targets[0], ast.Name):
            continue
        if "TypeVar(" not in ast.unparse(node.value) and TYPE.fullmatch(node.targets[0].id):
            yield node.targets[0].id


def test_a_class_name_means_one_thing():
    """
    No two classes have one name, and no alias has that of a class defined in another file.
    """
    places: dict[str, list[str]] = defaultdict(list)
    for path in MODULES:
        for name in classes_in(path):
            places[name].append(str(path.relative_to(ROOT)))
    for path in MODULES:
        for name in set(aliases_in(path)) & places.keys():
            places[name].append(f"{path.relative_to(ROOT)}, an alias")

    assert {name: found for name, found in places.items() if len(found) > 1} == {}


def test_a_name_on_two_faces_is_one_thing():
    """
    Whoever imports a name from one context and from another gets the same.
    """
    found: dict[str, dict[str, object]] = defaultdict(dict)
    for face in FACES:
        module = importlib.import_module(f"examengine.{face}")
        for name in getattr(module, "__all__", ()):
            found[name][face] = getattr(module, name)

    two = {
        name: sorted(things)
        for name, things in found.items()
        if len({id(thing) for thing in things.values()}) > 1
    }
    assert two == {}
