"""QTI: an item of QTI as it came, for what no other type holds; shown, answered and scored by it.

The item keeps the XML it came as, and beside it what was drawn of it, its key, and how its SCORE
becomes points. What scores it stays with the XML; a page gets the body alone.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from math import isfinite
from typing import Any, ClassVar

from examengine.bank.errors import ResponseMalformed
from examengine.bank.inline_text import plain
from examengine.bank.item_types import _fields as check
from examengine.bank.item_types._fault import Content, ItemFault
from examengine.bank.item_types._item_type import Fields, ItemType, Rationale
from examengine.bank.item_types._scoring_rules import MOST_POINTS, AllOrNothing, gives_up_to
from examengine.bank.media import KINDS, ending_of
from examengine.bank.qti.answer_parts import AnswerPart, answer_parts, values_of
from examengine.bank.qti.checking import item_refusals
from examengine.bank.qti.declarations import VariableDeclaration
from examengine.bank.qti.item import SCORE, QtiItem, read_item
from examengine.bank.qti.nodes import QtiNode
from examengine.bank.qti.presentation import Presenting, ShownFile, shuffled_choices
from examengine.bank.qti.randomness import SeededDraws
from examengine.bank.qti.refusal import QtiRefused
from examengine.bank.qti.showing import shown_body
from examengine.bank.qti.sitting import ItemSitting, attempt, given
from examengine.bank.qti.values import (
    Cardinality,
    Nullable,
    container,
    scalar_of,
    single,
    text_of,
)
from examengine.bank.qti.worth import tried_answers
from examengine.bank.qti.xml_reading import read_xml
from examengine.kernel.languages import is_language_tag

LONGEST_XML = 150_000
MOST_FILES, MOST_SHARED, MOST_MISSING = 60, 6, 50
_INSTANCE = ("templates", "corrects", "defaults")
_N_MISTAKES, _MOST_MISTAKES_TRIED = 4, 60


@dataclass(frozen=True, slots=True)
class _Worked:
    """An item that was read once: what of it is drawn, shown and answered."""

    item: QtiItem
    sitting: ItemSitting
    body: QtiNode
    parts: tuple[AnswerPart, ...]


def worked_item(content: Content) -> _Worked:
    """Return what the XML of an item and what was drawn of it come to.

    Raises:
        QtiRefused: The XML is no item, or one that cannot be taken.
    """
    instance = json.dumps(content.get("instance", {}), sort_keys=True)
    return _worked(content["qti"], tuple(content.get("shared", ())), instance)


@lru_cache(maxsize=256)
def _worked(xml: str, shared: tuple[str, ...], instance: str) -> _Worked:
    item = read_item(xml.encode())
    for refusal in item_refusals(item):
        raise refusal
    sitting = _drawn(item, json.loads(instance))
    stimuli = tuple(_stimulus_body(read_xml(one.encode())) for one in shared)
    body = shown_body(item, sitting, stimuli)
    return _Worked(item, sitting, body, answer_parts(item, body))


def _stimulus_body(root: QtiNode) -> QtiNode:
    return root.first("qti-stimulus-body") or root


def instance_of(sitting: ItemSitting) -> dict[str, dict[str, list[str]]]:
    """Return what was drawn of an item as content keeps it: texts, by variable."""
    kept = {
        "templates": sitting.templates,
        "corrects": sitting.corrects,
        "defaults": sitting.defaults,
    }
    return {
        name: {
            identifier: [text_of(one) for one in value.scalars]
            for identifier, value in values.items()
            if value is not None and value.cardinality is not Cardinality.RECORD
        }
        for name, values in kept.items()
    }


def _drawn(item: QtiItem, instance: Mapping[str, Any]) -> ItemSitting:
    """Return the sitting of what was drawn; what an item draws nothing of is as it declares."""
    if not instance:
        return given(item, {}, {})
    templates, corrects, defaults = (
        {
            name: _value(item.declarations[name], texts)
            for name, texts in instance.get(kind, {}).items()
            if name in item.declarations
        }
        for kind in _INSTANCE
    )
    return given(item, templates, corrects, defaults)


def _value(declaration: VariableDeclaration, texts: Sequence[str]) -> Nullable:
    try:
        scalars = [scalar_of(text, declaration.base_type) for text in texts]
    except ValueError:
        return None
    if declaration.cardinality is Cardinality.SINGLE:
        return single(declaration.base_type, scalars[0]) if scalars else None
    return container(declaration.cardinality, declaration.base_type, scalars)


def score_of(worked: _Worked, answers: Mapping[str, Any]) -> tuple[float, int]:
    """Return the SCORE of answers in canonical form, and the steps that it took.

    What draws while scoring draws by the answers, so that it draws the same again.

    Raises:
        QtiRefused: A rule cannot be worked out.
    """
    draws = SeededDraws(worked.item.identifier + json.dumps(answers, sort_keys=True))
    ended = attempt(worked.item, worked.sitting, values_of(worked.parts, answers), draws)
    found = ended.outcomes.get(SCORE)
    if found is None or isinstance(found.scalar, bool) or not isinstance(found.scalar, int | float):
        return 0.0, ended.work
    score = float(found.scalar)
    return (score if isfinite(score) else 0.0), ended.work


def _is_right(content: Content, response: Any) -> bool:
    return ITEM_TYPE.points(content, response) == ITEM_TYPE.most_points(content)


class Qti(ItemType):
    """An item of QTI. Response: an answer for each variable, `{"RESPONSE": ["A", "C"]}`."""

    name = "qti"
    title = "QTI"
    kind = "map"
    fields = frozenset(
        {
            *("qti", "shared", "media", "instance", "key", "points", "rationale"),
            "missing",
        }
    )
    scoring_rules = (AllOrNothing(_is_right),)
    example: ClassVar[Content] = {
        "stem": "The median of 1, 3 and 8 is …",
        "qti": (
            '<qti-assessment-item xmlns="http://www.imsglobal.org/xsd/imsqtiasi_v3p0" '
            'identifier="median" title="The median" adaptive="false" time-dependent="false">\n'
            '  <qti-response-declaration identifier="RESPONSE" cardinality="single" '
            'base-type="identifier">\n'
            "    <qti-correct-response><qti-value>M3</qti-value></qti-correct-response>\n"
            "  </qti-response-declaration>\n"
            '  <qti-outcome-declaration identifier="SCORE" cardinality="single" '
            'base-type="float"/>\n'
            "  <qti-item-body>\n"
            "    <p>The median of 1, 3 and 8 is <qti-hottext-interaction "
            'response-identifier="RESPONSE" max-choices="1">\n'
            '      <qti-hottext identifier="M1">the first</qti-hottext>,\n'
            '      <qti-hottext identifier="M3">the second</qti-hottext> or\n'
            '      <qti-hottext identifier="M8">the third</qti-hottext>\n'
            "    </qti-hottext-interaction> of them.</p>\n"
            "  </qti-item-body>\n"
            "  <qti-response-processing "
            'template="https://purl.imsglobal.org/spec/qti/v3p0/rptemplates/match_correct.xml"/>\n'
            "</qti-assessment-item>\n"
        ),
        "key": {"RESPONSE": "M3"},
        "rationale": "One value lies below it, and one above.",
        "points": {"most": 1, "unit": "1"},
    }

    def faults(self, content: Content) -> Iterator[ItemFault]:
        """Check that the XML is an item, and that what is kept beside it belongs to it."""
        own = (
            *_text_faults(content.get("qti"), "qti", LONGEST_XML),
            *_texts_faults(content, "shared", MOST_SHARED, LONGEST_XML),
            *_texts_faults(content, "missing", MOST_MISSING, check.LONGEST_TEXT),
            *_media_faults(content.get("media", [])),
            *_instance_faults(content.get("instance", {})),
            *_points_faults(content.get("points")),
        )
        yield from own
        if not own:
            yield from self._scored_faults(content)

    def _scored_faults(self, content: Content) -> Iterator[ItemFault]:
        try:
            worked_item(content)
            if "key" not in content:
                return
            key = self.read(content, content["key"])
            if key is None or self.points(content, key) < self.most_points(content):
                yield ItemFault("key", "scores less than points.most; give answers that score it")
        except QtiRefused as refused:
            yield ItemFault("qti", f"{refused.what} ({refused.because})")
        except ResponseMalformed as error:
            yield ItemFault("key", f"can be no answer: {error.reason}")

    def drawn_ids(self, content: Content) -> tuple[str, ...]:
        """Return the choices that the item has shuffled, but those it has fixed."""
        worked = worked_item(content)
        found = shuffled_choices(worked.body, {one.identifier: one for one in worked.parts})
        return found if len(found) > 1 else ()

    def present(
        self, content: Content, order: Sequence[str], language: str = ""
    ) -> Mapping[str, Any]:
        """Return what the template may see, with the points where they are several."""
        most = self.most_points(content)
        shown = super().present(content, order, language)
        return {**shown, "points": self.points_in_words(content)} if most > 1 else shown

    def controls(self, content: Content, order: Sequence[str]) -> Mapping[str, Any]:
        """Return the body as pieces of HTML with the controls between them."""
        if order and sorted(order) != sorted(self.drawn_ids(content)):
            raise ValueError(f"the order {list(order)} is not one of the options")
        worked = worked_item(content)
        presenting = presenting_of(content, worked, order)
        speaks, direction = worked.item.language, worked.body.get("dir")
        return {
            "speaks": speaks if is_language_tag(speaks) else "",
            "body_direction": direction if direction in {"ltr", "rtl"} else "",
            "pieces": list(presenting.pieces(worked.body)),
        }

    def read(self, content: Content, raw: object) -> dict[str, str | list[str]] | None:
        """Take the answer of each response variable; some may still be open."""
        if raw is None:
            return None
        if not isinstance(raw, Mapping):
            raise ResponseMalformed("the answer to this question names its parts")
        parts = {part.identifier: part for part in worked_item(content).parts}
        if any(name not in parts for name in raw):
            raise ResponseMalformed("the answer names a part that this question does not have")
        found: dict[str, str | list[str]] = {}
        for name, part in parts.items():
            try:
                answer = part.read(raw[name]) if name in raw else None
            except ValueError as error:
                raise ResponseMalformed(str(error)) from None
            if answer is not None:
                found[name] = answer
        return found or None

    def read_fields(self, content: Content, fields: Fields) -> object:
        """Take the boxes, and the fields that are numbered `response.<id>:<n>`."""
        found: dict[str, list[str]] = {}
        for part in worked_item(content).parts:
            name = f"response.{part.identifier}"
            values = list(fields.get(name, ()))
            for n in range(1, part.lines + 1):
                values += fields.get(f"{name}:{n}", ())
            if any(value.strip() for value in values):
                found[part.identifier] = [value for value in values if value.strip()]
        return found or None

    def unfinished(self, content: Content, response: Any) -> str | None:
        """Say what cannot be read, and how many parts are open."""
        if response is None:
            return None
        parts = worked_item(content).parts
        for part in parts:
            fault = part.fault(response[part.identifier]) if part.identifier in response else None
            if fault is not None:
                return fault
        n_open = len(parts) - len(response)
        have = "part has" if n_open == 1 else "parts have"
        return f"{n_open} of {len(parts)} {have} no answer yet." if n_open else None

    def most_points(self, content: Content) -> int:
        """Return the points of what scores most."""
        return int(content["points"]["most"])

    def points(self, content: Content, response: Any) -> int:
        """Return the SCORE in whole points; nothing where the item cannot work it out."""
        try:
            answers = self.read(content, response)
            score, _ = (0.0, 0) if answers is None else score_of(worked_item(content), answers)
        except (QtiRefused, ResponseMalformed):
            return 0
        if answers is None or "key" not in content:
            return 0
        units = Fraction(score).limit_denominator(10_000) / Fraction(content["points"]["unit"])
        return max(0, min(self.most_points(content), int(units)))

    def points_in_words(self, content: Content) -> str:
        """Say how many points there are."""
        return f"{gives_up_to(self.most_points(content))}."

    def in_words(self, content: Content, response: Any) -> str:
        """Say what each part was answered with."""
        if response is None:
            return "No answer"
        parts = worked_item(content).parts
        told = [
            (part.identifier, part.said(response[part.identifier]))
            for part in parts
            if part.identifier in response
        ]
        if len(parts) == 1:
            return told[0][1]
        return "; ".join(f"{name}: {said}" for name, said in told)

    def key_response(self, content: Content) -> Any:
        """Answer what scores most; nothing where nobody knows."""
        return self.read(content, content.get("key"))

    def likely_mistakes(self, content: Content) -> tuple[Any, ...]:
        """Answer otherwise than the key, in ways that are whole answers."""
        worked = worked_item(content)
        key, found = self.key_response(content), []
        tried = tried_answers(worked.item, worked.parts, worked.sitting)
        for answers, _ in zip(tried, range(_MOST_MISTAKES_TRIED), strict=False):
            whole = bool(answers) and self.unfinished(content, answers) is None
            if whole and answers != key and self.points(content, answers) == 0:
                found.append(answers)
            if len(found) == _N_MISTAKES:
                break
        return tuple(found)

    def expected_responses(self, content: Content) -> Mapping[int, tuple[Any, ...]]:
        """Return the responses to be expected; there is a list of wrong ones, if an empty one."""
        found = super().expected_responses(content)
        return found if 0 in found else {**found, 0: ()}

    def explanations(self, content: Content) -> tuple[Rationale, ...]:
        """Explain the key and other answers, all with the item's rationale: it has no others."""
        most, why = self.most_points(content), plain(content.get("rationale", ""))
        listed = [self.key_response(content), *self.likely_mistakes(content)]
        told = []
        for answers in (one for one in listed if one is not None):
            points = self.points(content, answers)
            said = self.in_words(content, answers)
            own = points if most > 1 else None
            told.append(Rationale(said, said, why, points == most, own))
        return tuple(told)

    def category(self, content: Content, response: Any) -> str:
        """Count by all answers together."""
        if response is None:
            return ""
        parts = [part.identifier for part in worked_item(content).parts]
        return " ".join(f"{name}={_joined(response[name])}" for name in parts if name in response)


def _joined(answer: str | list[str]) -> str:
    return answer if isinstance(answer, str) else "+".join(answer)


def presenting_of(content: Content, worked: _Worked, order: Sequence[str] = ()) -> Presenting:
    """Return what draws an item, with its files where they are served."""
    files = {
        one["href"]: ShownFile(
            f"/media/{one.get('digest', '').removeprefix('sha256:')}{ending_of(one['file'])}",
            KINDS[ending_of(one["file"])].media_type,
        )
        for one in content.get("media", ())
    }
    return Presenting({part.identifier: part for part in worked.parts}, files, order)


def _texts_faults(content: Content, name: str, most: int, longest: int) -> Iterator[ItemFault]:
    listed = content.get(name, [])
    if not isinstance(listed, list) or len(listed) > most:
        yield ItemFault(name, f"must list at most {most} texts")
        return
    for place, text in enumerate(listed):
        yield from _text_faults(text, f"{name}[{place}]", longest)


def _text_faults(value: object, where: str, longest: int) -> Iterator[ItemFault]:
    """Check a text that may hold anything: XML has marks that other texts of an item may not."""
    if not isinstance(value, str) or not value.strip():
        yield ItemFault(where, "is missing; write the text")
    elif len(value) > longest:
        yield ItemFault(where, f"has {len(value)} characters; {longest} are the most")


def _media_faults(listed: object) -> Iterator[ItemFault]:
    if not isinstance(listed, list) or len(listed) > MOST_FILES:
        yield ItemFault("media", f"must list at most {MOST_FILES} files, each with href and file")
        return
    for place, one in enumerate(listed):
        at = f"media[{place}]"
        if not isinstance(one, Mapping):
            yield ItemFault(at, "is no mapping; give it href and file")
            continue
        yield from check.known(one, ("href", "file", "digest"), at=at)
        yield from check.text(one, "href", "say what the XML calls it", at=at, longest=500)
        yield from check.text(one, "file", "name the file", at=at, longest=200)
        if isinstance(one.get("file"), str) and ending_of(one["file"]) not in KINDS:
            yield ItemFault(f"{at}.file", f"can be {', '.join(KINDS)}")


def _instance_faults(instance: object) -> Iterator[ItemFault]:
    if not isinstance(instance, Mapping):
        yield ItemFault("instance", f"is no mapping; give it {', '.join(_INSTANCE)}")
        return
    yield from check.known(instance, _INSTANCE, at="instance")
    for kind in _INSTANCE:
        values = instance.get(kind, {})
        sound = isinstance(values, Mapping) and all(
            isinstance(texts, list) and all(isinstance(text, str) for text in texts)
            for texts in values.values()
        )
        if not sound:
            yield ItemFault(f"instance.{kind}", "must give each variable a list of texts")


def _points_faults(points: object) -> Iterator[ItemFault]:
    if not isinstance(points, Mapping):
        yield ItemFault("points", 'is missing; give most and unit: {most: 2, unit: "1/2"}')
        return
    yield from check.known(points, ("most", "unit", "whole"), at="points")
    yield from check.flag(points, "whole", at="points")
    most = points.get("most")
    if not isinstance(most, int) or isinstance(most, bool) or not 1 <= most <= MOST_POINTS:
        yield ItemFault("points.most", f"must be a whole number from 1 to {MOST_POINTS}")
    if not _is_unit(points.get("unit")):
        yield ItemFault("points.unit", 'must be the SCORE of one point, as "1", "2" or "1/2"')


def _is_unit(text: object) -> bool:
    if not isinstance(text, str) or len(text) > 20:
        return False
    above, _, below = text.partition("/")
    parts = (above, below or "1")
    return all(part.isascii() and part.isdigit() and int(part) > 0 for part in parts)


ITEM_TYPE = Qti()
