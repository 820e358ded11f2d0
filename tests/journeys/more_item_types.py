"""One item of each type beyond the first six, and the picture that two of them are answered in."""

from copy import deepcopy
from typing import Any

from tests.bank.small_bank import item
from tests.delivery.awkward_items import LONG_WORD

PICTURE = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 400 300">'
    '<rect width="400" height="300" fill="#fff"/>'
    '<path d="M40 20V260H380" stroke="#333" fill="none"/>'
    '<g fill="#5f86b9"><rect x="60" y="180" width="60" height="80"/>'
    '<rect x="140" y="100" width="60" height="160"/><rect x="220" y="60" width="60" height="200"/>'
    '<rect x="300" y="206" width="60" height="54"/></g><g font-size="16" text-anchor="middle">'
    '<text x="90" y="280">Mon</text><text x="170" y="280">Tue</text>'
    '<text x="250" y="280">Wed</text><text x="330" y="280">Thu</text></g></svg>'
)
MEDIA = {"figures/columns.svg": PICTURE.encode()}

MATRIX = item("N-1", "matrix")
INLINE = item("N-2", "inline_choice")
GAPS = item("N-3", "gap_match")
SLIDER = item("N-4", "slider")
REGIONS = item("N-5", "hotspot")
POINT = item("N-6", "select_point")
ESSAY = item("N-7", "extended_text")
_OPTIONS = [
    {"id": letter, "text": text, "rationale": "Said for a test."}
    for letter, text in (("a", LONG_WORD), ("b", "القيمة الوسطى"), ("c", "x"))
]
_REGIONS = [
    {**region, "text": option["text"]}
    for region, option in zip(REGIONS["regions"], _OPTIONS, strict=False)
]
AWKWARD_ITEMS = (
    item(
        "A-1",
        "matrix",
        statements=[
            {**option, "id": f"s{option['id']}", "text": f"{option['text']}!"}
            for option in _OPTIONS
        ],
        options=[{"id": one["id"], "text": one["text"]} for one in _OPTIONS],
        key={"sa": "a", "sb": "b", "sc": "b"},
    ),
    item(
        "A-2",
        "inline_choice",
        text=f"في الوسط [[g1]] و{LONG_WORD} ثم [[g2]].",
        gaps=[{"id": gap, "options": deepcopy(_OPTIONS)} for gap in ("g1", "g2")],
        key={"g1": "a", "g2": "b"},
    ),
    item(
        "A-3",
        "gap_match",
        text=f"- في الوسط [[g1]]\n- {LONG_WORD} [[g2]]",
        options=_OPTIONS,
        key={"g1": "a", "g2": "b"},
    ),
    item("A-4", "slider", unit="دقيقة", scale={"from": "-5", "to": "100", "step": "2.5"}),
    item("A-5", "hotspot", regions=_REGIONS, several=False, key=["b"]),
    item("A-6", "select_point", grid={"columns": 16, "rows": 16}),
)
MORE_ITEMS: tuple[dict[str, Any], ...] = (MATRIX, INLINE, GAPS, SLIDER, REGIONS, POINT, ESSAY)
