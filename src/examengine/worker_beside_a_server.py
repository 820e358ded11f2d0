"""The worker that a server brings along: it steps aside for the server, then imports the rest.

What a worker imports takes seconds of the processor, just when a server has begun to answer.
"""

from examengine.kernel import plugins
from examengine.kernel.processes import step_aside


def main() -> None:
    """Step aside, and run the command `examengine worker`."""
    step_aside()
    plugins.find("examengine.cli:main")()


if __name__ == "__main__":
    main()
