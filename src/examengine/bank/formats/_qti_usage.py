"""Usage data of QTI: what a package says of how its items did, written and read.

Names are those of the glossaries of item statistics of QTI 2.1 and 3.0; those of QTI 2.0 (A-Parm)
are read, too. They have no word for the correlation with the sum of the other items, so that one is
written under a glossary of our own: PTbis is the one with the whole sum.

References:
    1EdTech QTI Usage Data & Item Statistics 3.0 and 2.2; glossaries of item statistics 1.0.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import islice
from types import MappingProxyType
from typing import Any

from examengine.bank.formats._format import ExportedFigures
from examengine.bank.qti.nodes import QtiNode
from examengine.bank.qti.refusal import QtiRefused
from examengine.bank.qti.xml_reading import read_xml
from examengine.bank.qti.xml_writing import QTI_3, write_xml
from examengine.bank.rules import FileFault
from examengine.bank.statistics_elsewhere import ItemStatisticsElsewhere, figure_faults

ITEMS_IN_A_FILE = 2_000
"""So that a file stays within what is read of one."""
MOST_NAMED = 5
OWN_GLOSSARY = "urn:examengine:item-statistics"
ITEM_REST = "item-rest-correlation"
_NAMESPACES: Mapping[str, tuple[str, str, str]] = MappingProxyType(
    {
        QTI_3: (
            "http://www.imsglobal.org/xsd/imsqti_usagedata_v3p0",
            "https://purl.imsglobal.org/spec/qti/v3p0/vocab/vdex/"
            "imsqti_usagedatav3p0_itemstatisticsglossary_v1p0.xml",
            "imsqti_usagedata_xmlv3p0",
        )
    }
)
_QTI_2 = (
    "http://www.imsglobal.org/xsd/imsqti_usagedata_v2p2",
    "http://www.imsglobal.org/question/qtiv2p1/glossaries/itemstatisticsglossaryv1p0.xml",
    "imsqti_usagedata_xmlv2p2",
)
_READ: Mapping[str, str] = MappingProxyType(
    {
        "p-value": "p",
        "ais": "mean",
        "ptbis": "item_total_r",
        ITEM_REST: "item_rest_r",
        **{f"{name}-{word}": name for name in "abc" for word in ("param", "parm")},
    }
)
"""What each name, in small letters, says of an item."""


def with_usage_data(
    files: Mapping[str, bytes], told: Sequence[ExportedFigures], bank_id: str, namespace: str
) -> dict[str, bytes]:
    """Return the files of a package with what is known of how its items did.

    Args:
        files: The package, with its manifest.
        told: What is known of items; of one of which nothing is, nothing is written.
        bank_id: Whose context the figures are of.
        namespace: The version of QTI.
    """
    space, glossary, kind = _NAMESPACES.get(namespace, _QTI_2)
    known = [one for one in told if any(_statistics(one, bank_id))]
    added: dict[str, bytes] = {}
    for number, some in enumerate(_parts(known), start=1):
        children = tuple(node for one in some for node in _statistics(one, bank_id))
        root = QtiNode("usageData", {"glossary": glossary}, children)
        added[f"usage/usage-data-{number}.xml"] = write_xml(root, space)
    resources = "".join(
        f'<resource identifier="usage-data-{number}" type="{kind}" href="{name}">'
        f'<file href="{name}"/></resource>'
        for number, name in enumerate(added, start=1)
    )
    end = b"</resources>"
    manifest = files["imsmanifest.xml"].replace(end, resources.encode() + end)
    return {**files, "imsmanifest.xml": manifest, **added}


def _parts(told: Sequence[ExportedFigures]) -> Iterator[list[ExportedFigures]]:
    left = iter(told)
    while some := list(islice(left, ITEMS_IN_A_FILE)):
        yield some


def _statistics(one: ExportedFigures, bank_id: str) -> Iterator[QtiNode]:
    """Yield an element for each figure of an item."""
    made_up = ":simulated" if one.simulated else ""
    answers = f"urn:examengine:bank:{bank_id}:answers{made_up}"
    single = one.points == 1
    named = (
        ("P-value" if single else "AIS", one.p if single else _mean(one), answers, None),
        (ITEM_REST, one.item_rest_r, answers, None),
        *(
            (f"{name.upper()}-Param", one.parameters[name], f"urn:examengine:bank:{bank_id}:scale",
             one.errors.get(name))
            for name in ("a", "b", "c")
            if name in one.parameters
        ),
    )  # fmt: skip
    for name, value, context, error in named:
        if value is None:
            continue
        attributes = {"name": name, "context": context}
        if name == ITEM_REST:
            attributes["glossary"] = OWN_GLOSSARY
        if context == answers and one.n is not None:
            attributes["caseCount"] = str(round(one.n))
        if error is not None:
            attributes["stdError"] = repr(float(error))
        if context == answers and one.as_of is not None:
            attributes["lastUpdated"] = one.as_of.isoformat()
        target = QtiNode("targetObject", {"identifier": one.item_id})
        text = QtiNode("value", {}, (repr(float(value)),))
        yield QtiNode("ordinaryStatistic", attributes, (target, text))


def _mean(one: ExportedFigures) -> float | None:
    return None if one.p is None else one.p * one.points


@dataclass(slots=True)
class UsageTold:
    """What the usage data of a package says.

    Attributes:
        told: What is kept, an entry for each item.
        notes: What is not kept, and why.
    """

    told: list[ItemStatisticsElsewhere] = field(default_factory=list)
    notes: list[FileFault] = field(default_factory=list)


def usage_told(files: Mapping[str, bytes], points: Mapping[str, int]) -> UsageTold:
    """Return what usage data among files says of items; it never refuses an item.

    Args:
        files: The files, packages opened.
        points: The most points of each item that comes in, by which a mean becomes a share.
    """
    found = UsageTold()
    figures: dict[str, ItemStatisticsElsewhere] = {}
    for name in sorted(files):
        if name.lower().endswith(".xml") and b"usageData" in files[name][:4096]:
            _read_file(name, files[name], points, figures, found.notes)
    for item_id, one in figures.items():
        faults = list(figure_faults(one))
        if faults:
            what = f"its usage data cannot be true and is not kept: {'; '.join(faults)}"
            found.notes.append(FileFault(item_id, None, "", what, item_id))
        elif not one.is_empty:
            found.told.append(one)
    return found


def _read_file(
    name: str,
    data: bytes,
    points: Mapping[str, int],
    figures: dict[str, ItemStatisticsElsewhere],
    notes: list[FileFault],
) -> None:
    try:
        root = read_xml(data)
    except QtiRefused as refused:
        notes.append(FileFault(name, refused.line, "", f"is usage data that {refused.what}"))
        return
    if root.name != "qti-usage-data":
        return
    passed: defaultdict[str, set[str]] = defaultdict(set)
    for statistic in root.elements:
        _read_statistic(statistic, points, figures, passed)
    for why, names in passed.items():
        shown = sorted(names)
        more = f" and {len(shown) - MOST_NAMED} more" if len(shown) > MOST_NAMED else ""
        what = f"{why}: {', '.join(one[:60] for one in shown[:MOST_NAMED])}{more}"
        notes.append(FileFault(name, None, "", what))


def _read_statistic(
    statistic: QtiNode,
    points: Mapping[str, int],
    figures: dict[str, ItemStatisticsElsewhere],
    passed: Mapping[str, set[str]],
) -> None:
    name = statistic.get("name")
    said = _READ.get(name.casefold())
    if statistic.name != "qti-ordinary-statistic" or said is None:
        passed["has statistics that are not kept"].add(name or "one without a name")
        return
    value = _number(next((node.text for node in statistic.named("qti-value")), ""))
    if value is None:
        passed["has values that are no numbers"].add(name)
        return
    for target in statistic.named("qti-target-object"):
        item_id = target.get("identifier")
        if target.get("part-identifier") or item_id not in points:
            passed["is about what does not come in"].add(item_id or "nothing")
            continue
        before = figures.get(item_id, ItemStatisticsElsewhere(item_id))
        figures[item_id] = _with(before, said, value, points[item_id], statistic)


def _with(
    before: ItemStatisticsElsewhere, said: str, value: float, points: int, statistic: QtiNode
) -> ItemStatisticsElsewhere:
    if said == "mean":
        said, value = "p", value / max(points, 1)
    elif said == "p" and 1 < value <= 100:
        value /= 100  # of one hundred: the glossary calls it a per cent, and the examples a share
    count = _number(statistic.get("case-count"))
    day = _day(statistic.get("last-updated"))
    figure: dict[str, Any] = {said: value}
    if count is not None:
        figure["n"] = count
    return replace(before, **figure, last_used=before.last_used or day)


def _number(text: str) -> float | None:
    try:
        return float(text.strip()) if len(text) < 60 else None
    except ValueError:
        return None


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text[:10]) if text else None
    except ValueError:
        return None
