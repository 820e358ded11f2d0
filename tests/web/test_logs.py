"""The log has one line for each thing, and nobody's words in it."""

import logging
import sys

import pytest

from examengine.web.logs import REQUEST, Coalescing, LineFormatter


def record(text: str, *arguments: object, level: int = logging.WARNING, **named) -> object:
    """Return what a logger would hand over."""
    return logging.LogRecord("examengine.web", level, "x.py", 1, text, arguments, **named)


def test_a_line_has_time_level_process_and_request():
    """
    Whatever happened can be placed, and found among the others.
    """
    token = REQUEST.set("1a")

    line = LineFormatter().format(record("refused %s", "it", exc_info=None))
    REQUEST.reset(token)

    time, level, process, request, name, *words = line.split(" ")
    assert time.endswith("Z")
    assert (level, request, name) == ("WARNING", "1a", "examengine.web:")
    assert process.isdecimal()
    assert words == ["refused", "it"]


@pytest.mark.parametrize("sign", ["\n", "\r", "\x1b", "\u2028", "\x00"])
def test_nobody_can_write_a_line_of_their_own(sign):
    """
    What would end a line, or colour it, is shown as what it is.
    """
    line = LineFormatter().format(record("from %s", f"a{sign}2026 ERROR", exc_info=None))

    assert sign not in line
    assert line.isprintable()


def test_an_exception_says_where_it_arose_and_never_what_it_says():
    """
    Its text may be an answer, an address or a password; its kind and place are enough.
    """
    try:
        try:
            int("ada@example.org")
        except ValueError as error:
            raise KeyError("secret") from error
    except KeyError:
        line = LineFormatter().format(record("defect", exc_info=sys.exc_info()))

    assert "ada@example.org" not in line
    assert "secret" not in line
    assert "defect: KeyError at web/test_logs.py" in line
    assert "after ValueError at web/test_logs.py" in line


def test_what_happens_again_and_again_is_one_line():
    """
    The same warning is written once; what is news is written at once.
    """
    coalescing = Coalescing()

    written = [coalescing.filter(record("away", exc_info=None)) for _ in range(100)]
    other = coalescing.filter(record("another", exc_info=None))
    info = [coalescing.filter(record("on", level=logging.INFO, exc_info=None)) for _ in range(2)]

    assert written.count(True) == 1
    assert other
    assert info == [True, True]
