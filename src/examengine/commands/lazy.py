"""A command that is imported when it is typed, so that a help page costs no more than itself."""

from typing import Any

import typer
from typer.core import TyperCommand
from typer.main import get_group

from examengine.kernel import plugins


class LazyCommand(TyperCommand):
    """The name of a command, its line of help, and where the command itself is."""

    def __init__(self, name: str, target: str, line: str) -> None:
        super().__init__(name=name, help=line)
        self.target = target

    def make_context(self, *args: Any, **extra: Any) -> Any:
        """Import the command and let it read its own arguments."""
        return self.loaded().make_context(*args, **extra)

    def loaded(self) -> Any:
        """Return the command itself, made of a function or of a group of commands.

        Raises:
            ImportError: The module cannot be imported.
            AttributeError: The module does not bring what the table names.
        """
        found = plugins.find(self.target)
        house = typer.Typer()
        if isinstance(found, typer.Typer):
            house.add_typer(found, name=self.name)
        else:
            house.command(self.name)(found)
        return get_group(house).commands[str(self.name)]
