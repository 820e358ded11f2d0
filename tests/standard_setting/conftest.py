"""An exam to set a standard for, an officer, judges and their panel."""

from collections.abc import Callable

import pytest
from sqlmodel import Session

from examengine import standard_setting
from examengine.accounts import Actor, Role
from tests.clock import SetClock
from tests.standard_setting.exams import Setting, make_setting, set_up


@pytest.fixture
def setting(session: Session, clock: SetClock) -> Setting:
    """A calibrated exam with one form."""
    return make_setting(session, clock)


@pytest.fixture
def officer(person: Callable[..., Actor]) -> Actor:
    """Whoever leads the panel and adopts the cut."""
    return person(Role.AWARDING_OFFICER, name="Olive Officer")


@pytest.fixture
def judges(person: Callable[..., Actor]) -> tuple[Actor, Actor]:
    """Two panelists."""
    return person(Role.PANELIST, name="Jo First"), person(Role.PANELIST, name="Jo Second")


@pytest.fixture
def panel(
    session: Session, clock: SetClock, officer: Actor, setting: Setting, judges: tuple[Actor, Actor]
) -> standard_setting.Panel:
    """A panel of the two, planned for two rounds."""
    return set_up(session, clock, officer, setting, *judges)
