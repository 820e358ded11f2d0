"""Subtitles of a video: WebVTT, read strictly and written anew.

Only what is shown is kept: moments, where on the picture, words with plain marks. Notes and what
stands beside the first line are left out; styles and regions, which could draw anything, and marks
that browsers read in different ways are refused by line.

Source: W3C, WebVTT: The Web Video Text Tracks Format (2019), 4.
"""

import re

LARGEST_SUBTITLES = 256 * 1024
MOST_CUES = 3_000
MOST_LINES, LONGEST_LINE = 6, 200
_MOMENT = r"((?:\d{2,3}:)?[0-5]\d:[0-5]\d\.\d{3})"
_TIMING = re.compile(rf"{_MOMENT}[ \t]+-->[ \t]+{_MOMENT}((?:[ \t]+[!-~]{{1,60}}){{0,6}})[ \t]*")
_SETTING = re.compile(
    r"(?:align:(?:start|center|end|left|right)|vertical:(?:rl|lr)|size:\d{1,3}(?:\.\d{1,3})?%"
    r"|(?:line|position):-?\d{1,3}(?:\.\d{1,3})?%?(?:,[a-z-]{3,12})?)"
)
_MARK = re.compile(r"</?(?:b|i|u|ruby|rt)>|<v [^<>&\n]{1,60}>|</v>")
_UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_SIGN = re.compile(r"&(?:amp|lt|gt|nbsp|lrm|rlm);")


def read_subtitles(_ending: str, data: bytes) -> bytes:
    """Return subtitles as they are served.

    Raises:
        ValueError: They are no WebVTT, or hold more than words; the message names the line.
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ValueError("are not UTF-8; save them in that encoding") from error
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    if not re.match(r"WEBVTT(?:[ \t]|$)", lines[0]):
        raise ValueError("do not begin with WEBVTT in their first line; save them as WebVTT")
    cues = [cue for number, block in _blocks(lines) if (cue := _cue(number, block)) is not None]
    if not 1 <= len(cues) <= MOST_CUES:
        raise ValueError(f"hold {len(cues)} subtitles; 1 to {MOST_CUES} can be shown")
    return ("WEBVTT\n\n" + "\n\n".join(cues) + "\n").encode()


def _blocks(lines: list[str]) -> list[tuple[int, list[str]]]:
    """Return what stands between empty lines, each with the number of its first line.

    The first, which says WEBVTT, is left out.
    """
    found: list[tuple[int, list[str]]] = []
    after_gap = False
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            after_gap = True
        elif after_gap:
            found.append((number, [line]))
            after_gap = False
        elif found:
            found[-1][1].append(line)
    return found


def _cue(number: int, block: list[str]) -> str | None:
    """Return one subtitle as it is served; None for a note.

    Raises:
        ValueError: It is none.
    """
    first = block[0].split()[0]
    if first == "NOTE":
        return None
    if first in {"STYLE", "REGION"} and "-->" not in block[0]:
        raise ValueError(f"have a {first} in line {number}; take it out, for words alone are shown")
    named = 0 if "-->" in block[0] else 1
    timing = _TIMING.fullmatch(block[named].strip()) if named < len(block) else None
    if timing is None:
        what = "say no moments such as 00:01.000 --> 00:04.500"
        raise ValueError(f"{what} in line {number + min(named, len(block) - 1)}")
    place, words = number + named, block[named + 1 :]
    if _seconds(timing[1]) >= _seconds(timing[2]):
        raise ValueError(f"end before they begin in line {place}")
    settings = timing[3].split()
    if not all(map(_SETTING.fullmatch, settings)):
        what = f"have a setting in line {place} that is not shown"
        raise ValueError(f"{what}; it can be line, position, size, align or vertical")
    if not 1 <= len(words) <= MOST_LINES:
        raise ValueError(f"have {len(words)} lines of words after line {place}; 1 to {MOST_LINES}")
    for line, text in enumerate(words, start=place + 1):
        _check_words(line, text)
    return "\n".join([" ".join([timing[1], "-->", timing[2], *settings]), *words])


def _check_words(line: int, text: str) -> None:
    if len(text) > LONGEST_LINE or _UNSEEN.search(text):
        what = f"have more than {LONGEST_LINE} signs, or one that nobody can see"
        raise ValueError(f"{what}, in line {line}")
    bare = _SIGN.sub("", _MARK.sub("", text))
    if "-->" in bare or any(sign in bare for sign in "<&"):
        what = (
            "write &lt; and &amp; for < and &; marks can be <b>, <i>, <u>, <ruby>, <rt>, <v NAME>"
        )
        raise ValueError(f"hold a mark in line {line} that is not shown: {what}")


def _seconds(moment: str) -> float:
    *hours, minutes, seconds = moment.split(":")
    return int(hours[0] if hours else 0) * 3600 + int(minutes) * 60 + float(seconds)
