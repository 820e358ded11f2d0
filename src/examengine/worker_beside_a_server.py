"""The worker that a server brings along: it steps back behind the server, then imports the rest.

What a worker imports takes seconds of the processor, just when a server has begun to answer.
"""

import os

from examengine.kernel import plugins

NICENESS = 10
"""How far it stands behind the server, when both want the processor."""


def main() -> None:
    """Step back, and run the command `examengine worker`."""
    os.nice(NICENESS)
    plugins.find("examengine.cli:main")()


if __name__ == "__main__":
    main()
