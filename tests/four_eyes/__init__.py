"""Tests of what two people agree on; and how other tests do without the second one."""

from sqlmodel import Session

from examengine import four_eyes
from examengine.accounts import system_actor
from examengine.kernel.clock import Clock


def let_one_be_enough(session: Session, clock: Clock) -> None:
    """Ask for no second person, as a body with one officer does."""
    four_eyes.switch(
        session, clock, system_actor(), on=False, reason="There is a single officer here."
    )
