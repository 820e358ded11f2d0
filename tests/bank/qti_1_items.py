"""Items of QTI 1.2 as Canvas and Blackboard write them, written for the tests."""

import io
import zipfile
from collections.abc import Iterable, Mapping
from html import escape

from examengine.bank.formats import Destination, load_files
from examengine.bank.rules import Area, Bank, LoadedBank

AREAS = (Area("cells", "Cell biology", "Knows cells."),)
BANK = Bank("quiz", "Quiz", "Own items.", "en", "CC-BY-4.0", "Ours.", AREAS, ())
NAMESPACE = "http://www.imsglobal.org/xsd/ims_qtiasiv1p2"
MANIFEST = b'<manifest xmlns="http://www.imsglobal.org/xsd/imscp_v1p1" identifier="m"/>'


def material(text: str, kind: str = "text/html") -> str:
    """One text of Canvas."""
    return f'<material><mattext texttype="{kind}">{escape(text, quote=False)}</mattext></material>'


def canvas(
    kind: str, answered: str, scored: str, *, text: str = "<p>What?</p>", **more: str
) -> str:
    """One item of Canvas: its type, what is answered, its conditions, and feedback by its name."""
    fields = {"question_type": f"{kind}_question", "points_possible": more.pop("points", "1.0")}
    said = "".join(
        f"<qtimetadatafield><fieldlabel>{name}</fieldlabel><fieldentry>{value}</fieldentry>"
        "</qtimetadatafield>"
        for name, value in fields.items()
    )
    ident, title = more.pop("ident", "g1"), more.pop("title", "Question")
    feedback = "".join(
        f'<itemfeedback ident="{name}"><flow_mat>{material(words)}</flow_mat></itemfeedback>'
        for name, words in more.items()
    )
    outcome = '<decvar maxvalue="100" minvalue="0" varname="SCORE" vartype="Decimal"/>'
    return (
        f'<item ident="{ident}" title="{title}"><itemmetadata><qtimetadata>{said}</qtimetadata>'
        f"</itemmetadata><presentation>{material(text)}{answered}</presentation>"
        f"<resprocessing><outcomes>{outcome}</outcomes>{scored}</resprocessing>{feedback}</item>"
    )


def listed(labels: Mapping[str, str], *, ident: str = "response1", several: bool = False) -> str:
    """What can be chosen, by identifier, as Canvas writes it."""
    each = "".join(
        f'<response_label ident="{label}">{material(words, "text/plain")}</response_label>'
        for label, words in labels.items()
    )
    cardinality = "Multiple" if several else "Single"
    return (
        f'<response_lid ident="{ident}" rcardinality="{cardinality}"><render_choice>{each}'
        "</render_choice></response_lid>"
    )


def typed(ident: str = "response1", fibtype: str = "") -> str:
    """A field in which something is typed."""
    kind = f' fibtype="{fibtype}"' if fibtype else ""
    return f'<response_str ident="{ident}" rcardinality="Single"><render_fib{kind}/></response_str>'


def when(condition: str, score: str = "100", action: str = "Set", more: str = "") -> str:
    """One condition, and what it gives."""
    setting = f'<setvar action="{action}" varname="SCORE">{score}</setvar>'
    return f"<respcondition{more}><conditionvar>{condition}</conditionvar>{setting}</respcondition>"


def equal(value: str, ident: str = "response1") -> str:
    """What an answer is compared with."""
    return f'<varequal respident="{ident}">{escape(value)}</varequal>'


def document(*items: str, head: str = '<?xml version="1.0" encoding="UTF-8"?>\n') -> bytes:
    """A quiz of some items."""
    return (
        f'{head}<questestinterop xmlns="{NAMESPACE}"><assessment ident="a" title="Week 3">'
        f'<section ident="root_section">{"".join(items)}</section></assessment></questestinterop>'
    ).encode()


def pool(*items: str) -> bytes:
    """A pool of Blackboard, which has no namespace."""
    return (
        '<?xml version="1.0" encoding="UTF-8"?><questestinterop><assessment title="Cell biology">'
        "<assessmentmetadata><bbmd_assessmenttype>Pool</bbmd_assessmenttype></assessmentmetadata>"
        f"<section>{''.join(items)}</section></assessment></questestinterop>"
    ).encode()


def formatted(text: str) -> str:
    """One text of Blackboard."""
    return (
        '<flow class="FORMATTED_TEXT_BLOCK"><material><mat_extension>'
        f'<mat_formattedtext type="HTML">{escape(text, quote=False)}</mat_formattedtext>'
        "</mat_extension></material></flow>"
    )


def blackboard(
    kind: str,
    answered: str,
    scored: str,
    *,
    text: str = "What?",
    most: str = "1.0",
    parts: str = "",
) -> str:
    """One item of Blackboard: its type, what is answered, its conditions."""
    outcome = f'<decvar defaultval="0.0" maxvalue="{most}" minvalue="0.0" varname="SCORE"/>'
    return (
        '<item maxattempts="0"><itemmetadata><bbmd_asi_object_id>_77_1</bbmd_asi_object_id>'
        f"<bbmd_questiontype>{kind}</bbmd_questiontype>"
        f"<bbmd_partialcredit>{parts}</bbmd_partialcredit><qmd_weighting>0.0</qmd_weighting>"
        '</itemmetadata><presentation><flow class="Block"><flow class="QUESTION_BLOCK">'
        f'{formatted(text)}</flow><flow class="RESPONSE_BLOCK">{answered}</flow></flow>'
        f'</presentation><resprocessing scoremodel="SumOfScores"><outcomes>{outcome}</outcomes>'
        f"{scored}</resprocessing></item>"
    )


def offered(labels: Mapping[str, str], cardinality: str = "Single", shuffle: str = "No") -> str:
    """What can be chosen, as Blackboard writes it."""
    each = "".join(
        f'<flow_label class="Block"><response_label ident="{label}" shuffle="Yes">'
        f"{formatted(words).replace('flow ', 'flow_mat ').replace('</flow>', '</flow_mat>')}"
        "</response_label></flow_label>"
        for label, words in labels.items()
    )
    return (
        f'<response_lid ident="response" rcardinality="{cardinality}">'
        f'<render_choice shuffle="{shuffle}">{each}</render_choice></response_lid>'
    )


def right(condition: str) -> str:
    """The condition of Blackboard that gives everything, and the one that gives nothing."""
    return (
        f'<respcondition title="correct"><conditionvar>{condition}</conditionvar>'
        '<setvar variablename="SCORE" action="Set">SCORE.max</setvar>'
        '<displayfeedback linkrefid="correct" feedbacktype="Response"/></respcondition>'
        f"{wrong()}"
    )


def wrong() -> str:
    """The condition of Blackboard that gives nothing."""
    return (
        '<respcondition title="incorrect"><conditionvar><other/></conditionvar>'
        '<setvar variablename="SCORE" action="Set">0.0</setvar>'
        '<displayfeedback linkrefid="incorrect" feedbacktype="Response"/></respcondition>'
    )


def percent(label: str, share: str) -> str:
    """What Blackboard gives for one option, where parts count."""
    return (
        f'<respcondition><conditionvar><varequal respident="{label}" case="No"></varequal>'
        f'</conditionvar><setvar variablename="SCORE" action="Set">{share}</setvar></respcondition>'
    )


def package(files: Mapping[str, bytes | str]) -> bytes:
    """A package of files."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return packed.getvalue()


def read(data: bytes, name: str = "quiz.xml", **more: bytes) -> LoadedBank:
    """What files say, for a bank that is there."""
    return load_files({name: data, **more}, Destination(BANK))


def content(data: bytes, name: str = "quiz.xml") -> dict:
    """The only item of a file."""
    loaded = read(data, name)
    assert loaded.faults == ()
    assert len(loaded.items) == 1
    return dict(loaded.items[0].content)


def codes(loaded: LoadedBank) -> list[str]:
    """Why questions were refused."""
    return [fault.what.rpartition("[")[2].rstrip("]") for fault in loaded.faults]


def told(found: Mapping[str, object]) -> set[str]:
    """What an item says is otherwise than it was."""
    notes: Iterable[str] = found.get("differences", ())  # type: ignore[assignment]
    return {note.rpartition("[")[2].rstrip("]") for note in notes}
