"""Markdown as question editors take it: a small part of it, turned into HTML first."""

import re

from examengine.bank.formats._html_text import Gathered, marked_html

_STRONG = re.compile(r"\*\*([^\s*][^*\n]{0,400})\*\*|__([^\s_][^_\n]{0,400})__")
_EMPHASIS = re.compile(
    r"(?<![\w*])\*([^\s*][^*\n]{0,400})\*(?![\w*])|(?<![\w_])_([^\s_][^_\n]{0,400})_(?![\w_])"
)
_CODE = re.compile(r"`([^`\n]{1,400})`")
_LINK = re.compile(r"(?<!!)\[([^\[\]\n]{1,200})\]\((https?://[^()\s]{1,400})\)")
_IMAGE = re.compile(r"!\[([^\[\]\n]{0,200})\]\(([^()\s]{1,400})\)")
_HEADING = re.compile(r"#{1,6}[ \t]+(\S.*)")
_ITEM = re.compile(r"[ \t]{0,3}(?:([-*+])|([0-9]{1,2})[.)])[ \t]+(\S.*)")


def marked_markdown(source: str, marks: Gathered, *, one_run: bool = False) -> str:
    """Return Markdown as marked text.

    Raises:
        QuestionRefused: It holds something that an item cannot.
    """
    parts = source.split("```")
    out = []
    for place, part in enumerate(parts):
        if place % 2 and place < len(parts) - 1:
            lines = part.partition("\n")[2] if "\n" in part else part
            out.append(f"<pre>{_escaped(lines)}</pre>")
        else:
            out.extend(_block(block) for block in re.split(r"\n[ \t]*\n", part) if block.strip())
    return marked_html("\n".join(out), marks, one_run=one_run)


def _block(block: str) -> str:
    lines = block.strip("\n").split("\n")
    items = [_ITEM.fullmatch(line) for line in lines]
    if all(items):
        tag = "ul" if items[0] and items[0][1] else "ol"
        inner = "".join(f"<li>{_inline(item[3])}</li>" for item in items if item)
        return f"<{tag}>{inner}</{tag}>"
    heading = _HEADING.fullmatch(lines[0])
    if heading and len(lines) == 1:
        return f"<h3>{_inline(heading[1])}</h3>"
    return f"<p>{_inline(' '.join(line.strip() for line in lines))}</p>"


def _inline(text: str) -> str:
    kept: list[str] = []
    place = 0
    for code in _CODE.finditer(text):
        kept += [_words(text[place : code.start()]), f"<code>{_escaped(code[1])}</code>"]
        place = code.end()
    return "".join((*kept, _words(text[place:])))


def _words(text: str) -> str:
    text = _IMAGE.sub(r'<img src="\2" alt="\1">', text)
    text = _LINK.sub(r'<a href="\2">\1</a>', text)
    text = _STRONG.sub(lambda found: f"<b>{found[1] or found[2]}</b>", text)
    return _EMPHASIS.sub(lambda found: f"<em>{found[1] or found[2]}</em>", text)


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;")
