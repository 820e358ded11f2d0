"""The command line as people type it."""

from click.testing import Result
from typer.testing import CliRunner

from examengine.cli import app


def typed(*words: object) -> Result:
    """Run a command; nothing may end in a traceback."""
    result = CliRunner().invoke(app, [str(word) for word in words])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result
