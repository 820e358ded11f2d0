"""The settings of the environment: used, or refused with the name of the wrong one."""

import pytest
from typer.testing import CliRunner

from examengine.cli import app
from examengine.integrity import AuditFileUnusable
from examengine.settings import SettingUnusable, read_settings


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("EXAMENGINE_PORT", "9" * 5000),
        ("EXAMENGINE_PORT", "\u0663"),
        ("EXAMENGINE_PORT", "0"),
        ("EXAMENGINE_WORKERS", "-1"),
        ("EXAMENGINE_WORKERS", "2"),
        ("EXAMENGINE_POOL", "1"),
        ("EXAMENGINE_TRUSTED_PROXIES", "*"),
        ("EXAMENGINE_TRUSTED_PROXIES", "nginx"),
        ("EXAMENGINE_TRUSTED_PROXIES", "10.0.0.1/8"),
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


def test_proxies_are_addresses_and_networks():
    """
    They are separated by commas; an address is a network of one. Nobody is trusted by default.
    """
    named = read_settings({"EXAMENGINE_TRUSTED_PROXIES": "127.0.0.1, 10.0.0.0/8,2001:db8::/32"})

    assert named.trusted_proxies == ("127.0.0.1/32", "10.0.0.0/8", "2001:db8::/32")
    assert read_settings({}).trusted_proxies == ()


def test_a_command_that_asks_for_no_setting_needs_none(monkeypatch, tmp_path):
    """
    What an operator set for the server keeps nobody from verifying a file.
    """
    monkeypatch.setenv("EXAMENGINE_WORKERS", "2")
    monkeypatch.setenv("EXAMENGINE_PORT", "none")

    result = CliRunner().invoke(app, ["audit", "verify", str(tmp_path / "missing.json")])

    assert isinstance(result.exception, AuditFileUnusable)
