"""The settings of the environment: used, or refused with the name of the wrong one."""

import pytest

from examengine.settings import SettingUnusable, read_settings


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("EXAMENGINE_PORT", "9" * 5000),
        ("EXAMENGINE_PORT", "\u0663"),
        ("EXAMENGINE_PORT", "0"),
        ("EXAMENGINE_WORKERS", "-1"),
        ("EXAMENGINE_WORKERS", "2"),
        ("EXAMENGINE_PUBLIC_URL", "http://[::1"),
        ("EXAMENGINE_PUBLIC_URL", "https://"),
        ("EXAMENGINE_PUBLIC_URL", "ftp://exams.example"),
    ],
)
def test_a_setting_that_cannot_be_used_is_named(name, value):
    """
    The refusal names the setting and stays short, however long its value is.
    """
    with pytest.raises(SettingUnusable, match=name) as refusal:
        read_settings({name: value})

    assert len(str(refusal.value)) < 200
