"""`python -m examengine` is the command `examengine`."""

from examengine.cli import main

main()
