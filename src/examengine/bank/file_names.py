"""Names of files as people may read them: what a device sent, without what could deceive.

A name is shown on pages, stands in the log, and becomes the name of a file on the disk of whoever
marks. So it has no folder, no control character, nothing that turns the direction of the text
around it, no sign that an operating system gives a meaning, and a length.
"""

import re
import unicodedata
from collections.abc import Collection, Sequence

LONGEST_NAME = 120
"""Characters of a name, its ending included."""
_LONGEST_ENDING = 12
UNNAMED = "file"
_FOLDERS = re.compile(r"[/\\]")
_MEANINGFUL = re.compile(r'[<>:"|?*]')
_BLANKS = re.compile(r"\s+")
_JOINERS = "\u200c\u200d"
"""They are part of how Persian and Indian words are written, and turn nothing around."""
_DEVICES = re.compile(r"(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\..*)?", re.IGNORECASE)


def cleaned_file_name(name: str) -> str:
    """Return a name of a file that can be shown and stored; cleaning it again changes nothing."""
    last = _FOLDERS.split(name)[-1][: 8 * LONGEST_NAME]
    shown = unicodedata.normalize("NFC", "".join(filter(_is_shown, last)))
    plain = _trimmed(_BLANKS.sub(" ", _MEANINGFUL.sub("_", shown)))
    if _DEVICES.fullmatch(plain):
        plain = f"_{plain}"
    stem, dot, ending = plain.rpartition(".")
    if dot and stem and len(ending) <= _LONGEST_ENDING:
        short = _trimmed(stem[: LONGEST_NAME - len(ending) - 1])
        plain = f"{short}.{ending}" if short else ending
    return _trimmed(plain[:LONGEST_NAME]) or UNNAMED


def ending_of(name: str) -> str:
    """Return the ending of a name in small letters, without its dot; "" where it has none."""
    stem, dot, ending = name.rpartition(".")
    return ending.lower() if dot and stem else ""


def file_name_ending_in(name: str, endings: Sequence[str]) -> str:
    """Return a name that ends as files of its kind do: what is a PDF never ends in `.exe`."""
    if ending_of(name) in endings:
        return name
    return cleaned_file_name(f"{name[: LONGEST_NAME - len(endings[0]) - 1]}.{endings[0]}")


def file_name_apart_from(name: str, taken: Collection[str]) -> str:
    """Return a name that is not taken yet: `plan (2).pdf` where there is a `plan.pdf`."""
    known = {one.casefold() for one in taken}
    stem, dot, ending = name.rpartition(".") if "." in name[1:] else (name, "", "")
    found, number = name, 1
    while found.casefold() in known:
        number += 1
        mark = f" ({number}){dot}{ending}"
        found = f"{stem[: LONGEST_NAME - len(mark)].rstrip(' .')}{mark}"
    return found


def _is_shown(sign: str) -> bool:
    """Tell whether a sign is one that is seen where it stands, and seen as itself."""
    category = unicodedata.category(sign)
    return sign in _JOINERS or sign.isspace() or category not in {"Cc", "Cf", "Cs", "Co", "Cn"}


def _trimmed(name: str) -> str:
    return name.strip(" .")
