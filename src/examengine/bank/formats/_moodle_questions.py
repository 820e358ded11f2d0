"""Elements of Moodle XML as questions: one function for each type that an item can be."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from examengine.bank.formats._cloze import kept, literal
from examengine.bank.formats._html_text import (
    Gathered,
    decoded_base64,
    html_of,
    html_of_run,
    marked_aside,
    marked_html,
    marked_lines,
    marked_plain,
)
from examengine.bank.formats._markdown import marked_markdown
from examengine.bank.formats._moodle_gaps import (
    GAPPED,
    STEM_ADDED,
    Gapped,
    GappedReading,
    parted,
)
from examengine.bank.formats._question import (
    Answer,
    Essay,
    QuestionRefused,
    SourceQuestion,
    each_once,
    number_of,
    title_of,
    weight_of,
)
from examengine.bank.formats._question_files import texts_said
from examengine.bank.formats._question_items import is_item_id
from examengine.bank.item_types._gaps import gap_ids
from examengine.bank.item_types._scoring_rules import MOST_POINTS
from examengine.bank.item_types.extended_text import MOST_WORDS

_READERS: Mapping[str, Callable[..., str]] = {
    "html": marked_html,
    "moodle_auto_format": marked_lines,
    "markdown": marked_markdown,
    "plain_text": marked_plain,
}
_ORDER_RULES = {
    "ALL_OR_NOTHING": "",
    **dict.fromkeys(("ABSOLUTE_POSITION", "ABSOLUTE", "ABS"), "per_right_place"),
    **dict.fromkeys(("RELATIVE_NEXT_EXCLUDE_LAST", "RELATIVE"), "per_right_neighbour"),
}
"""What gives the points of an order, by the names that Moodle writes and wrote."""
_ON_PICTURES = {
    "ddmarker": ("markers-on-picture", "drags markers onto a picture, several at once"),
    "ddimageortext": ("words-on-picture", "drags words or pictures onto a picture"),
}
_USUAL_PENALTIES = frozenset(map(Fraction, ("0", "1", "0.1", "1/3", "0.3333333", "0.3333")))
STIMULUS, STIMULUS_END = '<div class="stimulus">', "</div>\n"
"""Around what our own export sets before the words of a question."""
_USUAL_FEEDBACK = frozenset(
    {
        "your answer is correct.",
        "your answer is partially correct.",
        "your answer is incorrect.",
    }
)


@dataclass(frozen=True, slots=True)
class MoodleElement:
    """One `<question>`: its element, what was noted beside it, and where marks are gathered."""

    element: Any
    said: Mapping[str, Any]
    marks: Gathered

    def child(self, name: str) -> str:
        """Return the text of a child, or of the `<text>` in it."""
        found = self.element.find(name)
        return "" if found is None else text_in(found)

    def flag(self, name: str, *, otherwise: bool) -> bool:
        """Return a child that says yes or no, as Moodle writes either."""
        said = self.child(name).casefold()
        return said in {"1", "true", "yes"} if said else otherwise


def text_in(element: Any) -> str:
    """Return the text of an element, or of the `<text>` in it."""
    inner = element.find("text")
    return (inner if inner is not None else element).text or ""


def question_of(asked: MoodleElement, category: str) -> SourceQuestion:
    """Return the question that an element holds.

    Raises:
        QuestionRefused: No item can be what it is; the code tells why.
    """
    kind = (asked.element.get("type") or "").strip().casefold()
    read, gapped = _KINDS.get(kind), GAPPED.get(kind)
    if read is None and gapped is None:
        raise _not_read(kind)
    stem_element = asked.element.find("questiontext")
    if stem_element is None:
        raise QuestionRefused("no-text", "has no questiontext; write the question")
    asked.marks.files = files_of(stem_element)
    fields: dict[str, Any] = {}
    if gapped is None:
        stem = _marked(asked, stem_element, html_of)
    else:
        stem, fields = _with_gaps(asked, stem_element, gapped)
    attached, asked.marks.files = asked.marks.files, {}
    unused = sorted(set(attached) - asked.marks.used)
    if unused:
        asked.marks.note("file-unused", f"attaches {unused[0][:60]} and does not show it")
    number = asked.child("idnumber").strip()
    own = fields if read is None else read(asked)
    rationale = asked.element.find("generalfeedback")
    _note_the_rest(asked, _own_points(own))
    return SourceQuestion(
        kind=own.pop("kind"),
        stem=stem,
        stimulus=tuple(asked.marks.stimulus),
        title=title_of(asked.child("name"), stem, number),
        item_id=number if is_item_id(number) else "",
        category=category,
        tags=_tags(asked.element, "" if is_item_id(number) else number),
        rationale="" if rationale is None else _marked(asked, rationale, html_of, keep=False),
        said=asked.said,
        **own,
    )


def _own_points(own: Mapping[str, Any]) -> Fraction:
    """Return the marks that a question of its own says: of a cloze what its gaps add up to."""
    if "essay" in own:
        return Fraction(own["essay"].points)
    return sum((gap.weight for gap in own.get("gaps", ())), Fraction(0))


def files_of(element: Any) -> dict[str, bytes]:
    """Return the files attached to a text, by name.

    Raises:
        QuestionRefused: One is in no coding that is read.
    """
    found = {}
    for file in element.findall("file"):
        if (file.get("encoding") or "base64").casefold() != "base64":
            raise QuestionRefused("file-coding", "attaches a file that is not in base64")
        found[(file.get("name") or "").rpartition("/")[2]] = decoded_base64(file.text or "")
    return found


def _not_read(kind: str) -> QuestionRefused:
    if kind == "description":
        what = "asks nothing; put its words or pictures into the questions that need them"
        return QuestionRefused("not-a-question", what)
    if kind in _ON_PICTURES:
        code, what = _ON_PICTURES[kind]
        return QuestionRefused(code, f"{what}, which no item does; ask for one place, or in words")
    if kind.startswith("calculated"):
        what = f"is of the type {kind}: its numbers are drawn for each candidate"
        return QuestionRefused("drawn-numbers", f"{what}; write one question for each set of them")
    known = ", ".join(sorted({**_KINDS, **GAPPED}))
    what = f"is of the type {kind[:40] or 'none'}, which no item can be; {known} are read"
    return QuestionRefused("question-type", what)


def _marked(
    asked: MoodleElement, element: Any, written: Callable[[str], str], *, keep: bool = True
) -> str:
    """Return a text of a question, as our own export noted it where the two are one."""
    return _marked_source(asked, text_in(element), _format_of(element), written, keep=keep)


def _format_of(element: Any) -> str:
    return (element.get("format") or "html").casefold()


def _marked_source(
    asked: MoodleElement,
    source: str,
    text_format: str,
    written: Callable[[str], str],
    *,
    keep: bool = True,
) -> str:
    for said in texts_said(asked.said):
        if source and written(said) == source:
            return said
        if source.startswith(STIMULUS) and source.endswith(STIMULUS_END + written(said)):
            before = source[: len(source) - len(written(said))]
            marked_html(before, asked.marks)
            return said
    reader = _READERS.get(text_format, marked_html)
    if keep:
        return reader(source, asked.marks, one_run=written is html_of_run)
    return marked_aside(reader, source, asked.marks)


def _with_gaps(
    asked: MoodleElement, element: Any, gapped: Callable[[GappedReading], Gapped]
) -> tuple[str, dict[str, Any]]:
    """Return what stands before a text with gaps, and the fields of its question."""
    text_format, noted = _format_of(element), asked.said.get("gap_ids")
    named = noted if isinstance(noted, list) and all(map(_is_gap_id, noted)) else []

    runs, asides = _said_by_source(asked, html_of_run), _said_by_source(asked, html_of)

    def run(source: str) -> str:
        said = runs.get(source)
        return marked_html(source, asked.marks, one_run=True) if said is None else said

    def aside(source: str) -> str:
        said = asides.get(source)
        return marked_aside(marked_html, source, asked.marks) if said is None else said

    reading = GappedReading(
        text_in(element), asked.marks, run, literal, aside, asked.element, named
    )
    found = gapped(reading)
    if found.alone:
        return _marked_source(asked, found.source, text_format, html_of), dict(found.fields)
    stem, text = _said_before_gaps(asked, found.source) or parted(
        _marked_source(asked, found.source, text_format, html_of)
    )
    if not stem:
        asked.marks.note("stem-added", STEM_ADDED)
    return stem, {**found.fields, "text": text}


def _is_gap_id(name: object) -> bool:
    return isinstance(name, str) and gap_ids({"text": f"[[{name}]]"}) == (name,)


def _said_by_source(asked: MoodleElement, written: Callable[[str], str]) -> dict[str, str]:
    """Return what our own export noted by how it is written, also with what cloze keeps of signs.

    It is made once for all answers of a question, of which there can be many.
    """
    found: dict[str, str] = {}
    for said in texts_said(asked.said):
        source = written(said)
        for one in (source, kept(source)):
            found.setdefault(one, said)
    return found


def _said_before_gaps(asked: MoodleElement, source: str) -> tuple[str, str] | None:
    """Return the stem and the text that our own export noted, where the two are what is there."""
    said = [one for one in texts_said(asked.said) if one]
    stem = said[0] if said else ""
    for text in said[1:]:
        whole = html_of(stem) + html_of(text)
        if source == whole or (
            source.startswith(STIMULUS) and source.endswith(STIMULUS_END + whole)
        ):
            marked_html(source.removesuffix(whole), asked.marks)
            return stem, text
    return None


def _answer(asked: MoodleElement, element: Any, *, is_html: bool = True) -> Answer:
    weight = weight_of(element.get("fraction") or text_of_child(element, "fraction") or "0")
    feedback = element.find("feedback")
    why = "" if feedback is None else _marked(asked, feedback, html_of, keep=False)
    text = _marked(asked, element, html_of_run) if is_html else text_in(element).strip()
    return Answer(text, weight, why)


def text_of_child(element: Any, name: str) -> str:
    """Return the text of one child of an element."""
    found = element.find(name)
    return "" if found is None else (found.text or "").strip()


def _multichoice(asked: MoodleElement) -> dict[str, Any]:
    single = asked.flag("single", otherwise=True)
    answers = tuple(_answer(asked, one) for one in asked.element.findall("answer"))
    shuffle = asked.flag("shuffleanswers", otherwise=False)
    return {"kind": "choice" if single else "several", "answers": answers, "shuffle": shuffle}


def _multichoiceset(asked: MoodleElement) -> dict[str, Any]:
    return {**_multichoice(asked), "kind": "all_or_nothing"}


def _truefalse(asked: MoodleElement) -> dict[str, Any]:
    """Read the two answers by their words, or by their order where the words are of no language."""
    listed = asked.element.findall("answer")
    if len(listed) != 2:
        raise QuestionRefused("no-answers", "must have two answers, true and false")
    answers = [_answer(asked, one, is_html=False) for one in listed]
    if answers[0].text.casefold() == "false" or answers[1].text.casefold() == "true":
        answers.reverse()
    return {"kind": "true_false", "answers": tuple(answers), "shuffle": False}


def _shortanswer(asked: MoodleElement) -> dict[str, Any]:
    listed = asked.element.findall("answer")
    answers = tuple(_answer(asked, one, is_html=False) for one in listed)
    exact = asked.flag("usecase", otherwise=False)
    return {"kind": "typed", "answers": answers, "case_sensitive": exact}


def _numerical(asked: MoodleElement) -> dict[str, Any]:
    answers = []
    for element in asked.element.findall("answer"):
        found = _answer(asked, element, is_html=False)
        if not found.text:
            found = Answer((element.text or "").strip(), found.weight, found.feedback)
        if found.text in {"*", ""}:
            _note_catch_all(asked.marks, found)
            continue
        if text_of_child(element, "tolerancetype") not in {"", "2"}:
            what = "names a kind of tolerance, which Moodle reads as a distance, as is done here"
            asked.marks.note("tolerance-kind", what)
        tolerance = abs(number_of(text_of_child(element, "tolerance") or "0"))
        number = str(number_of(found.text))
        answers.append(Answer(number, found.weight, found.feedback, tolerance))
    return {"kind": "number", "answers": tuple(answers), "unit": _unit(asked)}


def _note_catch_all(marks: Gathered, answer: Answer) -> None:
    if answer.weight:
        raise QuestionRefused("catch-all-points", "gives points for every number there is")
    if answer.feedback:
        marks.note("feedback", "the feedback to every other number was left out")


def _unit(asked: MoodleElement) -> str:
    if text_of_child(asked.element, "unitgradingtype") not in {"", "0"}:
        what = "marks the unit apart from the number; ask for the unit in a question of its own"
        raise QuestionRefused("unit-graded", what)
    units = asked.element.findall("units/unit")
    if len(units) > 1 or any(number_of(text_of_child(u, "multiplier") or "1") != 1 for u in units):
        what = "takes numbers in several units; keep one, and say in the question which"
        raise QuestionRefused("unit-conversion", what)
    if text_of_child(asked.element, "showunits") == "3":
        return ""
    return text_of_child(units[0], "unit_name") if units else ""


def _matching(asked: MoodleElement) -> dict[str, Any]:
    pairs = []
    for element in asked.element.findall("subquestion"):
        answer = element.find("answer")
        option = "" if answer is None else _marked(asked, answer, _plain_html)
        if option:
            pairs.append((_marked(asked, element, html_of_run), option))
    return {"kind": "pairs", "pairs": tuple(pairs)}


def _plain_html(text: str) -> str:
    return html_of_run(text)


def _ordering(asked: MoodleElement) -> dict[str, Any]:
    selected = asked.child("selecttype") or asked.child("logical") or "RANDOM"
    shown = number_of(asked.child("selectcount") or asked.child("studentsee") or "6")
    listed = asked.element.findall("answer")
    if selected.upper() not in {"ALL", "EXACT"} and shown < len(listed):
        what = "draws some of its lines for each candidate; let it show all of them"
        raise QuestionRefused("drawn-lines", what)
    grading = (asked.child("gradingtype") or "RELATIVE").upper()
    if grading not in _ORDER_RULES:
        what = f"gives points by {grading[:40]}; absolute position, next line or all are read"
        raise QuestionRefused("order-points", what)
    texts = [_marked(asked, one, html_of_run) for one in listed]
    answers = tuple(Answer(text, Fraction(0)) for text in texts)
    return {"kind": "order", "answers": answers, "order_rule": _ORDER_RULES[grading]}


def _essay(asked: MoodleElement) -> dict[str, Any]:
    """Read a question that wants a text; one that must have a file is refused."""
    element, marks = asked.element, asked.marks
    needed = number_of(text_of_child(element, "attachmentsrequired") or "0")
    if needed or text_of_child(element, "responseformat") == "noinline":
        raise QuestionRefused("file-as-answer", "wants a file as its answer; ask for a text")
    if text_of_child(element, "attachments") not in {"", "0"}:
        marks.note("attachments", "could be answered by files too; here by a text alone")
    least, limit = (_count(element, name) for name in ("minwordlimit", "maxwordlimit"))
    if max(least, limit) > MOST_WORDS:
        what = f"takes {max(least, limit)} words, and {MOST_WORDS} are the most"
        raise QuestionRefused("too-many-words", f"{what}; ask for fewer")
    if least:
        marks.note("word-count", f"wanted {least} words at least, which are now recommended")
    recommended = asked.said.get("recommended", 0)
    template = element.find("responsetemplate")
    began = "" if template is None else _marked(asked, template, html_of, keep=False)
    if began:
        marks.note("response-template", "gave a text to begin from, which stands in its notes")
    key = element.find("graderinfo")
    essay = Essay(
        key="" if key is None else _marked(asked, key, html_of, keep=False),
        recommended=least or (recommended if isinstance(recommended, int) else 0),
        limit=limit,
        points=_points_by_person(asked),
        template=began,
    )
    if not essay.key:
        marks.note("no-key", "says nothing for whoever marks; write it into its key")
    return {"kind": "essay", "essay": essay}


def _count(element: Any, name: str) -> int:
    text = text_of_child(element, name)
    return int(text) if text.isascii() and text.isdigit() and len(text) < 7 else 0


def _points_by_person(asked: MoodleElement) -> int:
    """Return the marks of a question that a person gives, where they are whole points."""
    grade = number_of(asked.child("defaultgrade").strip() or "1")
    return int(grade) if grade.denominator == 1 and 1 <= grade <= MOST_POINTS else 1


_KINDS: Mapping[str, Callable[[MoodleElement], dict[str, Any]]] = {
    "essay": _essay,
    "multichoice": _multichoice,
    "multichoiceset": _multichoiceset,
    "truefalse": _truefalse,
    "shortanswer": _shortanswer,
    "numerical": _numerical,
    "matching": _matching,
    "match": _matching,
    "ordering": _ordering,
}


def _tags(element: Any, *more: str) -> tuple[str, ...]:
    tags = (" ".join(text_in(tag).split()) for tag in element.findall("tags/tag"))
    return each_once((*tags, *more))


def _note_the_rest(asked: MoodleElement, own_points: Fraction) -> None:
    """Note what the question says, and no item has a place for."""
    marks = asked.marks
    if asked.flag("hidden", otherwise=False):
        marks.note("hidden", "was hidden in Moodle; it comes in as any other")
    if asked.element.find("hint") is not None:
        marks.note("hints", "has hints for further tries, which an exam does not give")
    grade = asked.child("defaultgrade").strip() or "1"
    if number_of(grade) != 1 and number_of(grade) != own_points:
        marks.note(
            "weight", f"counted {grade[:20]} marks; what a question weighs is said in the exam"
        )
    penalty = asked.child("penalty").strip() or "0"
    if number_of(penalty).limit_denominator(1000) not in _USUAL_PENALTIES:
        marks.note("penalty", f"took {penalty[:20]} off for each further try; here there is one")
    for name in ("correctfeedback", "partiallycorrectfeedback", "incorrectfeedback"):
        found = asked.element.find(name)
        text = "" if found is None else _marked(asked, found, html_of, keep=False)
        if text and text.casefold() not in _USUAL_FEEDBACK:
            marks.note("feedback", f"its {name} was left out: {text[:80]}")
    if text_in_child(asked.element, "instructions"):
        marks.note("instructions", "its instructions on units were left out")


def text_in_child(element: Any, name: str) -> str:
    """Return the text of one child, or of the `<text>` in it."""
    found = element.find(name)
    return "" if found is None else text_in(found).strip()
