r"""The text of GIFT: blocks, comments, and signs that a backslash keeps from being marks.

A block is read into signs, each with whether it was escaped, so that no mark is looked for twice.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

_MARKS = ":#={}~"
MOST_LINES_OF_A_BLOCK = 400
_SHADOW = {sign: chr(0xE000 + place) for place, sign in enumerate(f"{_MARKS}\n")}
"""What stands for an escaped sign while marks are looked for: signs of private use."""
_LIGHT = {shadow: sign for sign, shadow in _SHADOW.items()}


@dataclass(slots=True)
class GiftBlock:
    """One question, or one line that names a category, with its comments before it."""

    line: int
    text: str
    """With its escaped signs in shadow."""
    comments: list[str] = field(default_factory=list)


def blocks_of(text: str) -> Iterator[GiftBlock]:
    """Yield the blocks of a file, parted by blank lines; none is parted inside its braces."""
    block: GiftBlock | None = None
    comments: list[str] = []
    for line, raw in enumerate(text.split("\n"), start=1):
        bare = raw.strip()
        if bare.startswith("//"):
            comments.append(bare[2:].strip())
            continue
        ends = _is_category(bare) or (not bare and block is not None and not _is_open(block, line))
        if ends and block is not None:
            yield block
            block = None
        if _is_category(bare):
            yield GiftBlock(line, bare)
            comments = []
        elif block is not None:
            block.text += "\n" + shadowed(raw.rstrip())
        elif bare:
            block, comments = GiftBlock(line, shadowed(raw.rstrip()), comments), []
    if block is not None:
        yield block


def _is_category(line: str) -> bool:
    return line.startswith("$CATEGORY:")


def _is_open(block: GiftBlock, line: int) -> bool:
    """Tell whether a block has an opening brace without its end, and is not endless."""
    opened, closed = block.text.find("{"), block.text.rfind("}")
    return opened > closed and line - block.line < MOST_LINES_OF_A_BLOCK


def shadowed(text: str) -> str:
    """Return text with its escaped signs in shadow."""
    out: list[str] = []
    signs = iter(text)
    for sign in signs:
        if sign != "\\":
            out.append(sign)
            continue
        after = next(signs, "")
        if after == "n":
            out.append(_SHADOW["\n"])
        elif after == "\\":
            out.append("\\")
        else:
            out.append(_SHADOW.get(after, f"\\{after}"))
    return "".join(out)


def lit(text: str) -> str:
    """Return text with every sign in shadow as itself."""
    return "".join(_LIGHT.get(sign, sign) for sign in text)


def escaped(text: str) -> str:
    """Return text in which no sign is a mark of GIFT, on one line."""
    out = text.replace("\\", "\\\\")
    for sign in _MARKS:
        out = out.replace(sign, f"\\{sign}")
    return out.replace("\n", "\\n")
