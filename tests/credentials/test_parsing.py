"""Only JSON that means one thing is read."""

import pytest

from examengine.credentials.vc.errors import NotCredentialJson
from examengine.credentials.vc.limits import LARGEST_DOCUMENT as LARGEST
from examengine.credentials.vc.reading import parse


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"{" + b" " * LARGEST + b"}", "too_large"),
        (b'{"a": ' + b"[" * 40 + b"]" * 40 + b"}", "too_deep"),
        (b'{"a": 1, "a": 2}', "duplicate_member"),
        (b'{"a": {"b": 1, "b": 1}}', "duplicate_member"),
        (b"[]", "not_an_object"),
        (b'{"a": NaN}', "not_json"),
        (b'{"a": ' + b"9" * 5000 + b"}", "not_json"),
        (b'{"a": }', "not_json"),
        (b"", "not_json"),
        (b"\xff\xfe", "not_utf8"),
    ],
)
def test_ambiguous_or_hostile_json_is_refused_with_a_reason(data, reason):
    """
    Size, depth, doubled members and broken text each have their own reason.
    """
    with pytest.raises(NotCredentialJson) as refusal:
        parse(data)

    assert refusal.value.reason == reason


def test_brackets_inside_strings_are_not_depth():
    """
    A narrative may be full of brackets and quotation marks.
    """
    data = b'{"narrative": "' + b"[{" * 100 + b'\\" [[ \\\\"}'

    assert parse(data)["narrative"].endswith('" [[ \\')
