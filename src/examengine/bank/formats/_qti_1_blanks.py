"""What none of our own types says of QTI 1.2, written as an item of QTI 3.0, which scores itself.

Two things are: a text with several blanks in which something is typed, and a number between ends
that do not belong to it.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from markupsafe import escape

from examengine.bank.formats._qti_1_intervals import Interval
from examengine.bank.formats._qti_content import qti_content, refuse_unreadable
from examengine.bank.formats._question import QuestionRefused, decimal_text, points_of
from examengine.bank.inline_text import paragraphs
from examengine.bank.qti.item import item_of
from examengine.bank.qti.refusal import QtiRefused
from examengine.bank.qti.xml_reading import read_xml
from examengine.bank.qti.xml_writing import QTI_3

LONGEST_FIELD = 30
"""How many signs a field is wide; wider answers can be typed as well."""


def blanks_content(
    before: str,
    text: str,
    stimulus: Sequence[Mapping[str, Any]],
    accepted: Sequence[Sequence[str]],
    *,
    whole: bool,
) -> dict[str, Any]:
    """Return the content of a text with blanks; capital letters do not count in them.

    Args:
        before: What stands above the text.
        text: The text, its blanks as `[[g1]]`, `[[g2]]` …
        stimulus: What is shown above it.
        accepted: What each blank takes, in their order.
        whole: Whether only all blanks together give a point, or each of them one.

    Raises:
        QuestionRefused: It shows something that is not written here.
    """
    names = [f"R{place}" for place in range(1, len(accepted) + 1)]
    declared = "".join(map(_declared, names, accepted))
    body = _paragraphs(before) + _paragraphs(text)
    for place, (name, texts) in enumerate(zip(names, accepted, strict=True), start=1):
        wide = min(max(map(len, texts)) + 2, LONGEST_FIELD)
        field = (
            f'<qti-text-entry-interaction response-identifier="{name}" expected-length="{wide}"/>'
        )
        body = body.replace(f"[[g{place}]]", field)
    mapped = "".join(f'<qti-map-response identifier="{name}"/>' for name in names)
    total = f"<qti-sum>{mapped}</qti-sum>"
    rule = _set_score(total)
    if whole:
        bound = f'<qti-base-value base-type="float">{len(names)}</qti-base-value>'
        rule = _when(f"<qti-gte>{total}{bound}</qti-gte>", 1)
    return _content(declared, body, rule, stimulus)


def number_content(
    stem: str, stimulus: Sequence[Mapping[str, Any]], intervals: Sequence[Interval]
) -> dict[str, Any]:
    """Return the content of a question for a number, of which not every end belongs to the key.

    Raises:
        QuestionRefused: It shows something that is not written here.
    """
    points = points_of(tuple(one.worth for one in intervals))
    best = intervals[points.index(max(points))]
    middle = decimal_text((best.least + best.greatest) / 2)
    declared = (
        '<qti-response-declaration identifier="R1" cardinality="single" base-type="float">'
        f"<qti-correct-response><qti-value>{middle}</qti-value></qti-correct-response>"
        "</qti-response-declaration>"
    )
    field = '<qti-text-entry-interaction response-identifier="R1" expected-length="12"/>'
    body = f"{_paragraphs(stem)}<p>{field}</p>"
    rule = "".join(
        _when(_between(one), worth) for one, worth in zip(intervals, points, strict=True)
    )
    return _content(declared, body, rule, stimulus)


def _paragraphs(text: str) -> str:
    try:
        return str(paragraphs(text))
    except ValueError as error:
        what = f"has a formula that is not read: {error}"
        raise QuestionRefused("formula", what[:300]) from error


def _declared(name: str, texts: Sequence[str]) -> str:
    entries = "".join(
        f'<qti-map-entry map-key="{escape(text)}" mapped-value="1" case-sensitive="false"/>'
        for text in texts
    )
    return (
        f'<qti-response-declaration identifier="{name}" cardinality="single" base-type="string">'
        f"<qti-correct-response><qti-value>{escape(texts[0])}</qti-value></qti-correct-response>"
        f'<qti-mapping default-value="0">{entries}</qti-mapping></qti-response-declaration>'
    )


def _between(interval: Interval) -> str:
    variable = '<qti-variable identifier="R1"/>'
    ends = (
        ("qti-gte" if interval.with_least else "qti-gt", interval.least),
        ("qti-lte" if interval.with_greatest else "qti-lt", interval.greatest),
    )
    compared = "".join(
        f'<{name}>{variable}<qti-base-value base-type="float">{decimal_text(end)}'
        f"</qti-base-value></{name}>"
        for name, end in ends
    )
    return f"<qti-and>{compared}</qti-and>"


def _when(condition: str, points: int) -> str:
    value = f'<qti-base-value base-type="float">{points}</qti-base-value>'
    return (
        f"<qti-response-condition><qti-response-if>{condition}{_set_score(value)}"
        "</qti-response-if></qti-response-condition>"
    )


def _set_score(value: str) -> str:
    return f'<qti-set-outcome-value identifier="SCORE">{value}</qti-set-outcome-value>'


def _content(
    declared: str, body: str, rule: str, stimulus: Sequence[Mapping[str, Any]]
) -> dict[str, Any]:
    figures = [_figure(part) for part in stimulus]
    shown = "".join(
        f'<p><img src="{escape(one["file"])}" alt="{escape(one.get("alt", ""))}"/></p>'
        for one in figures
    )
    xml = (
        f'<qti-assessment-item xmlns="{QTI_3}" identifier="item" title="Item" adaptive="false" '
        f'time-dependent="false">{declared}<qti-outcome-declaration identifier="SCORE" '
        'cardinality="single" base-type="float"><qti-default-value><qti-value>0</qti-value>'
        f"</qti-default-value></qti-outcome-declaration><qti-item-body>{shown}{body}"
        f"</qti-item-body><qti-response-processing>{rule}</qti-response-processing>"
        "</qti-assessment-item>"
    )
    media = list(_media(figures))
    try:
        item = item_of(read_xml(xml.encode()))
        refuse_unreadable(item)
        return qti_content(item, xml, media, [])
    except QtiRefused as refused:
        what = f"cannot be written as an item of QTI: {refused.what}"
        raise QuestionRefused(str(refused.because), what) from refused


def _figure(part: Mapping[str, Any]) -> Mapping[str, Any]:
    if "figure" not in part:
        what = "shows a table or plays a recording above typed blanks; put it into a picture"
        raise QuestionRefused("stimulus-kind", what)
    figure: Mapping[str, Any] = part["figure"]
    return figure


def _media(figures: Iterable[Mapping[str, Any]]) -> Iterable[dict[str, str]]:
    for name in dict.fromkeys(str(figure["file"]) for figure in figures):
        yield {"href": name, "file": name}
