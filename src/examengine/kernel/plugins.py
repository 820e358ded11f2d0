"""A small loud loader: one file in a folder is one method, and a broken file stops the start.

`load` takes a whole folder at once; `find` takes one thing when it is needed, for tables that name
more than one run uses.
"""

import importlib
import pkgutil
from types import ModuleType
from typing import Any


def load(package: ModuleType, *, attribute: str) -> dict[str, Any]:
    """Return what each public module of `package` brings under the name `attribute`.

    Modules are taken in alphabetical order and keyed by their file name, so that adding a file
    adds a method and nothing else. Modules whose name begins with an underscore are shared
    parts of the folder, not methods.

    Raises:
        ImportError: A module cannot be imported.
        AttributeError: A module does not bring `attribute`.
    """
    found: dict[str, Any] = {}
    for name in sorted(module.name for module in pkgutil.iter_modules(package.__path__)):
        if name.startswith("_"):
            continue
        module = importlib.import_module(f"{package.__name__}.{name}")
        if not hasattr(module, attribute):
            raise AttributeError(f"{module.__name__} must bring `{attribute}`; see its neighbours")
        found[name] = getattr(module, attribute)
    return found


def find(target: str) -> Any:
    """Return what `target`, written `module:attribute`, names; the module is imported now.

    Raises:
        ImportError: The module cannot be imported.
        AttributeError: The module does not bring the attribute.
    """
    module, _, attribute = target.partition(":")
    return getattr(importlib.import_module(module), attribute)
