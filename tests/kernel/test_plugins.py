"""The loader is loud: what a table names is there, or the error says what is not."""

import pytest

from examengine.kernel import plugins
from examengine.kernel.clock import SystemClock


def test_a_target_is_found_by_module_and_attribute():
    """
    `module:attribute` is the object itself, not a copy.
    """
    found = plugins.find("examengine.kernel.clock:SystemClock")

    assert found is SystemClock


@pytest.mark.parametrize(
    ("target", "fault"),
    [
        ("examengine.kernel.nothing:SystemClock", ImportError),
        ("examengine.kernel.clock:Nothing", AttributeError),
    ],
)
def test_a_target_that_is_not_there_is_an_error(target, fault):
    """
    A wrong line in a table stops whoever uses it, and names what is missing.
    """
    with pytest.raises(fault, match=r"(?i)nothing"):
        plugins.find(target)
