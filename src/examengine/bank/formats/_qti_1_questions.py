"""Items of QTI 1.2 as questions: as Canvas, Blackboard, ExamView, Respondus and others write them.

What an answer is worth is tried (`_qti_1_scoring`) and never read off a name. Canvas and Blackboard
mark some of their types otherwise than their files say; what is then taken is what they do:

- Canvas gives parts of a question with multiple answers, and its file says all or nothing: each
  right one an equal part, each wrong one takes such a part away, never below nothing.
- Canvas takes every listed answer of a blank, and its file names the first.
- Blackboard says in its metadata whether parts count, and writes percentages after its conditions.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from itertools import combinations, product
from math import prod
from typing import Any

from examengine.bank.formats._html_text import Gathered
from examengine.bank.formats._qti_1_blanks import blanks_content, number_content
from examengine.bank.formats._qti_1_elements import (
    Response,
    blocks_of,
    metadata_of,
    question_parts,
    responses_of,
)
from examengine.bank.formats._qti_1_intervals import Interval, intervals_of
from examengine.bank.formats._qti_1_scoring import Scoring, scoring_of
from examengine.bank.formats._qti_1_texts import aside_of, text_of
from examengine.bank.formats._question import (
    Answer,
    QuestionRefused,
    SourceQuestion,
    each_once,
    number_of,
    title_of,
)
from examengine.bank.item_file import ITEM_ID, LONGEST_ORIGINAL
from examengine.bank.item_types._options import MOST_OPTIONS
from examengine.bank.item_types._scoring_rules import MOST_POINTS

_ALL_SUBSETS = 12
"""Of so many options every choice is tried; of more, those of up to two, and around the key."""
_FINEST = 20
_ROUNDED = Fraction(1, 1000)
"""What two decimals leave of a third, a sixth or a seventh."""
UNTITLED = frozenset({"question", "untitled question", "untitled", "item", "multiple choice"})
_FEEDBACK_ON_ALL = ("general_fb", "solution", "correct_fb", "correct")
"""What says why the key is right, the best first."""


@dataclass(slots=True)
class QtiElement:
    """One `<item>`, what is answered in it, how it is scored, and where its marks are gathered.

    Attributes:
        element: The item, its names without namespace.
        marks: Takes pictures, recordings, tables and notes.
        original: The XML as it stands in the file.
        shuffle: Whether the quiz draws the order of options, where an item does not say.
        words: What is put above a text with gaps that nothing stands above.
    """

    element: Any
    marks: Gathered
    original: str = ""
    shuffle: bool = False
    words: str = "Complete the text."
    said: Mapping[str, str] = field(init=False)
    responses: tuple[Response, ...] = field(init=False)
    scoring: Scoring = field(init=False)
    feedback: dict[str, Any] = field(init=False)
    stem: str = field(init=False, default="")

    def __post_init__(self) -> None:
        self.said = metadata_of(self.element)
        self.responses = responses_of(self.element)
        self.feedback = {
            (one.get("ident") or "").casefold(): one for one in self.element.iter("itemfeedback")
        }

    def text(self, holders: Iterable[Any], *, one_run: bool = False) -> str:
        """Return what elements say, as the marked text of an item."""
        return text_of(holders, self.marks, one_run=one_run)

    def feedback_named(self, *names: str) -> str:
        """Return the first feedback of some names that says something; it is told once."""
        for name in names:
            element = self.feedback.pop(name.casefold(), None)
            words = "" if element is None else aside_of([element], self.marks)
            if words:
                return words
        return ""

    def only(self) -> Response:
        """Return the only thing that is answered.

        Raises:
            QuestionRefused: There is none, or there are several.
        """
        if len(self.responses) != 1:
            what = f"asks for {len(self.responses)} answers where its type has one"
            raise QuestionRefused("several-answers", what)
        return self.responses[0]

    def gives_parts(self) -> bool | None:
        """Tell whether Blackboard counts parts of this question; None where it does not say."""
        said = self.said.get("bbmd_partialcredit", "").casefold()
        return None if said not in {"true", "false"} else said == "true"


def question_of(asked: QtiElement, category: str = "", tags: Iterable[str] = ()) -> SourceQuestion:
    """Return the question that an item asks.

    Raises:
        QuestionRefused: No item can be what it is; the code tells why.
    """
    kind = kind_of(asked)
    read = _READERS.get(kind)
    if read is None:
        raise _not_read(kind)
    several = frozenset(
        one.ident for one in asked.responses if one.cardinality in {"multiple", "ordered"}
    )
    numbers = frozenset(one.ident for one in asked.responses if one.is_number or read is _number)
    asked.scoring = scoring_of(asked.element, several, numbers)
    n_answers = sum(len(one.labels) for one in asked.responses)
    n_texts = sum(len(asked.scoring.texts_of(one.ident)) for one in asked.responses)
    if not asked.scoring.can_try(n_answers + n_texts):
        what = f"has {n_answers + n_texts} answers, more than can be tried with its conditions"
        raise QuestionRefused("too-many-answers", what)
    asked.stem = asked.text(question_parts(asked.element))
    if not asked.stem:
        _stem_of_pictures(asked)
    own = read(asked)
    rationale = own.pop("rationale", "") or asked.feedback_named(*_FEEDBACK_ON_ALL)
    _note_the_rest(asked)
    ident = (asked.said.get("bbmd_asi_object_id") or asked.element.get("ident") or "").strip()
    title = title_of(asked.element.get("title") or "", asked.stem, ident)
    stimulus = () if own.get("own", {}).get("type") == "qti" else tuple(asked.marks.stimulus)
    if len(asked.original) > LONGEST_ORIGINAL:
        asked.marks.note("original", "its XML is longer than an item can keep beside it")
    kept = asked.original if len(asked.original) <= LONGEST_ORIGINAL else ""
    return SourceQuestion(
        stem=own.pop("stem", asked.stem),
        stimulus=stimulus,
        title="" if title.casefold() in UNTITLED else title,
        item_id=ident if ITEM_ID.fullmatch(ident) else "",
        category=category,
        tags=each_once(tags),
        rationale=rationale,
        original=kept,
        **own,
    )


def kind_of(asked: QtiElement) -> str:
    """Return what an item says that it is, or what it must be by what is answered in it."""
    said = asked.said
    named = said.get("question_type") or said.get("bbmd_questiontype") or said.get("cc_profile", "")
    kind = named.strip().casefold().removesuffix(".v0p1").removesuffix(".v0p2")
    if kind:
        return kind
    if not asked.responses:
        return "text_only_question"
    if len(asked.responses) > 1:
        return _kind_of_several(asked.responses)
    only = asked.responses[0]
    if only.chooses:
        plain = {"multiple": "plain several", "ordered": "plain order"}
        return plain.get(only.cardinality, "multiple_choice_question")
    return _kind_of_typed(asked, only)


def _kind_of_several(responses: Sequence[Response]) -> str:
    if not all(one.chooses for one in responses):
        return "fill in the blank plus"
    return "matching_question" if _shares_labels(responses) else "several choices"


def _kind_of_typed(asked: QtiElement, only: Response) -> str:
    if only.is_number:
        return "numerical_question"
    if only.tag != "response_str":
        return only.tag
    compared = asked.element.iterfind("resprocessing//conditionvar//varequal")
    partly = asked.element.iterfind("resprocessing//conditionvar//varsubstring")
    return "short_answer_question" if any(True for _ in (*compared, *partly)) else "essay_question"


def _shares_labels(responses: Sequence[Response]) -> bool:
    """Tell whether all lists offer the same: then prompts are matched, and else gaps are filled."""
    offered = {
        tuple("".join(one.element.itertext()).strip() for one in each.labels) for each in responses
    }
    return len(offered) == 1


def _stem_of_pictures(asked: QtiElement) -> None:
    """Take the title as the question of an item that only shows something, or refuse it."""
    title = (asked.element.get("title") or "").strip()
    if not title or title.casefold() in UNTITLED:
        raise QuestionRefused("no-text", "asks nothing in words; write the question")
    asked.stem = title
    asked.marks.note("title-as-question", "has no text of its own; its title is the question")


def _relative(scores: Sequence[Fraction]) -> tuple[Fraction, ...]:
    """Return scores as parts of the best of them.

    Raises:
        QuestionRefused: None is above nothing.
    """
    best = max(scores, default=Fraction(0))
    if best <= 0:
        what = "gives no points to any answer; say in it which one is right"
        raise QuestionRefused("no-key", what)
    return tuple(map(_part, (score / best for score in scores)))


def _part(share: Fraction) -> Fraction:
    near = share.limit_denominator(_FINEST)
    if abs(near - share) > _ROUNDED:
        what = f"an answer counts {float(share):.4f} of the whole, which whole points cannot say"
        raise QuestionRefused("unknown-weight", what)
    return near


def _refuse_nothing(asked: QtiElement) -> None:
    if asked.scoring.score({}) > 0:
        what = "gives points to whoever answers nothing; no item does that"
        raise QuestionRefused("points-for-nothing", what)


def _refuse_too_many(response: Response) -> None:
    if len(response.labels) > MOST_OPTIONS:
        what = f"has {len(response.labels)} answers, and {MOST_OPTIONS} are the most"
        raise QuestionRefused("too-many-answers", f"{what}; take some out")


def _offered(asked: QtiElement, response: Response) -> list[str]:
    _refuse_too_many(response)
    if len({one.ident for one in response.labels}) < len(response.labels):
        raise QuestionRefused("same-ident", "has two answers of one identifier; give each its own")
    return [one.words() or asked.text([one.element], one_run=True) for one in response.labels]


def _shuffled(asked: QtiElement, response: Response) -> bool:
    return asked.shuffle if response.shuffle is None else response.shuffle


def _answers(
    asked: QtiElement, response: Response, weights: Sequence[Fraction]
) -> tuple[Answer, ...]:
    texts = _offered(asked, response)
    whys = [asked.feedback_named(one.ident, f"{one.ident}_fb") for one in response.labels]
    return tuple(Answer(*one) for one in zip(texts, weights, whys, strict=True))


def _choice(asked: QtiElement) -> dict[str, Any]:
    response = asked.only()
    _refuse_nothing(asked)
    scores = [asked.scoring.score({response.ident: [one.ident]}) for one in response.labels]
    weights = _relative(scores)
    if asked.gives_parts():
        weights = tuple(
            weight if weight == 1 else _percents(asked, response).get(label.ident, Fraction(0))
            for weight, label in zip(weights, response.labels, strict=True)
        )
    answers = _answers(asked, response, weights)
    return {"kind": "choice", "answers": answers, "shuffle": _shuffled(asked, response)}


def _true_false(asked: QtiElement) -> dict[str, Any]:
    """Read Blackboard's true and false, which it shows in the language of whoever looks."""
    found = _choice(asked)
    by_word = {answer.text.casefold(): answer for answer in found["answers"]}
    if set(by_word) != {"true", "false"}:
        return {**found, "shuffle": False}
    answers = (by_word["true"], by_word["false"])
    return {"kind": "true_false", "answers": answers, "shuffle": False}


def _percents(asked: QtiElement, response: Response) -> dict[str, Fraction]:
    """Return what Blackboard gives for each option where parts count, by its identifier."""
    idents = {one.ident for one in response.labels}
    found = {}
    for condition in asked.scoring.conditions:
        compared = list(condition.iter("varequal"))
        if len(compared) != 1 or compared[0].get("respident") not in idents:
            continue
        setting = condition.find("setvar")
        if setting is not None:
            share = number_of(setting.text or "0") / 100
            found[compared[0].get("respident")] = _part(share)
    return found


def _several(asked: QtiElement) -> dict[str, Any]:
    """Try what can be chosen: one choice alone may be right, or options add up."""
    response = asked.only()
    _refuse_nothing(asked)
    idents = [one.ident for one in response.labels]
    _refuse_too_many(response)
    tried = list(_choices_tried(idents, asked.scoring, response.ident))
    sums = {chosen: asked.scoring.sum_of({response.ident: list(chosen)}) for chosen in tried}
    scores = {chosen: asked.scoring.bounded(worth) for chosen, worth in sums.items()}
    scoring = [chosen for chosen in tried if scores[chosen] > 0]
    shuffle = _shuffled(asked, response)
    if not scoring:
        raise QuestionRefused("no-key", "gives no points to any choice; say which ones are right")
    if asked.said.get("question_type") == "multiple_answers_question":
        scoring = _smallest_alone(scoring)
    if len(scoring) == 1:
        weights = [Fraction(int(one in scoring[0])) for one in idents]
        answers = _answers(asked, response, weights)
        return {"kind": "all_or_nothing", "answers": answers, "shuffle": shuffle}
    best = max(scores.values())
    own = [sums[(one,)] for one in idents]
    by_ident = dict(zip(idents, own, strict=True))
    adds_up = all(sums[each] == sum((by_ident[one] for one in each), Fraction(0)) for each in tried)
    if not adds_up or asked.scoring.least != 0:
        what = "gives points for choices in a way that is neither all or nothing nor a sum"
        raise QuestionRefused("scoring", f"{what} of options")
    answers = _answers(asked, response, [_part(one / best) for one in own])
    return {"kind": "several", "answers": answers, "shuffle": shuffle}


def _smallest_alone(scoring: list[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """Return the smallest choice that scores, where it is a part of all others that do.

    Programs that write for Canvas often name what is right and not what is wrong; Canvas takes
    every option that is named for right, and all others for wrong.
    """
    smallest = min(scoring, key=len)
    return [smallest] if all(set(smallest) <= set(one) for one in scoring) else scoring


def _choices_tried(
    idents: Sequence[str], scoring: Scoring, response: str
) -> Iterable[tuple[str, ...]]:
    """Yield the choices that are tried: all of them, or of many options those that tell most."""
    if len(idents) <= _ALL_SUBSETS and scoring.can_try(2 * 2 ** len(idents)):
        for size in range(len(idents) + 1):
            yield from combinations(idents, size)
        return
    compared = scoring.texts_of(response)
    key = tuple(one for one in idents if one in compared)
    around = [
        *(chosen for size in range(3) for chosen in combinations(idents, size)),
        tuple(idents),
        key,
        *(tuple(one for one in key if one != left) for left in key),
        *(tuple(one for one in idents if one != left) for left in idents),
    ]
    yield from dict.fromkeys(around)


def _canvas_several(asked: QtiElement) -> dict[str, Any]:
    """Count as Canvas does: an equal part for each right option, taken away by each wrong one."""
    found = _several(asked)
    if found["kind"] != "all_or_nothing":
        return found
    right = [bool(answer.weight) for answer in found["answers"]]
    share = Fraction(1, sum(right))
    answers = tuple(
        replace(answer, weight=share if is_right else -share)
        for answer, is_right in zip(found["answers"], right, strict=True)
    )
    if all(right):
        raise QuestionRefused("nothing-wrong", "every option is right; add one that is not")
    what = "its file gives all or nothing; Canvas gives each right option a part, and so is it here"
    asked.marks.note("canvas-parts", what)
    return {**found, "kind": "several", "answers": answers}


def _blackboard_several(asked: QtiElement) -> dict[str, Any]:
    found = _several(asked)
    if not asked.gives_parts() or found["kind"] != "all_or_nothing":
        return found
    response = asked.only()
    percents = _percents(asked, response)
    weights = [percents.get(one.ident, Fraction(0)) for one in response.labels]
    gained = sum((weight for weight in weights if weight > 0), Fraction(0))
    right = {
        label.ident
        for label, answer in zip(response.labels, found["answers"], strict=True)
        if answer.weight
    }
    named = {label for label, share in percents.items() if share > 0}
    if gained != 1 or named != right:
        what = f"counts parts, and its right options make {float(gained):.0%} together"
        raise QuestionRefused("parts-unknown", f"{what}; give each its percentage in Blackboard")
    answers = tuple(
        replace(answer, weight=weight)
        for answer, weight in zip(found["answers"], weights, strict=True)
    )
    return {**found, "kind": "several", "answers": answers}


def _typed(asked: QtiElement) -> dict[str, Any]:
    response = asked.only()
    if response.chooses:
        return _choice(asked)
    _refuse_nothing(asked)
    texts = [text for text in asked.scoring.texts_of(response.ident) if text]
    if asked.scoring.score({response.ident: ["\ufdd1"]}) > 0:
        raise QuestionRefused("catch-all-points", "gives points for whatever is typed")
    partly = {(one.text or "").strip() for one in asked.element.iter("varsubstring") if one.text}
    scores = [asked.scoring.score({response.ident: [text]}) for text in texts]
    weights = _relative(scores)
    listed = sorted(zip(texts, weights, strict=True), key=lambda one: one[0] in partly)
    answers = tuple(
        Answer(_pattern(text, inside=text in partly), weight) for text, weight in listed
    )
    exact = {
        (one.get("case") or "No").casefold() == "yes" for one in asked.element.iter("varequal")
    }
    if len(exact) > 1:
        what = "takes some answers in any case, and others only as they are written"
        raise QuestionRefused("mixed-case", f"{what}; choose one of the two")
    return {"kind": "typed", "answers": answers, "case_sensitive": exact == {True}}


def _pattern(text: str, *, inside: bool) -> str:
    bare = text.replace("*", "\\*")
    return f"*{bare}*" if inside else bare


def _number(asked: QtiElement) -> dict[str, Any]:
    response = asked.only()
    _refuse_nothing(asked)
    found = intervals_of(asked.scoring, response.ident)
    weights = _relative([one.worth for one in found])
    listed = [replace(one, worth=weight) for one, weight in zip(found, weights, strict=True)]
    if any(one.is_open for one in listed):
        return _own(asked, number_content(asked.stem, asked.marks.stimulus, listed))
    answers = tuple(map(_as_answer, sorted(listed, key=lambda one: -one.worth)))
    return {"kind": "number", "answers": answers}


def _as_answer(interval: Interval) -> Answer:
    middle = (interval.least + interval.greatest) / 2
    return Answer(str(middle), interval.worth, "", (interval.greatest - interval.least) / 2)


def _own(asked: QtiElement, content: Mapping[str, Any]) -> dict[str, Any]:
    """Return a question whose item says itself what it is; what is told beside joins the notes."""
    rest = dict(content)
    for words in rest.pop("differences", ()):
        asked.marks.note("otherwise", words)
    return {"kind": "own", "own": rest, "stem": rest.get("stem", asked.stem)}


def _essay(asked: QtiElement) -> dict[str, Any]:
    key = asked.feedback_named("solution", "general_fb", "correct_fb", "correct")
    if not key:
        key = "The source of this question gives no model answer."
        asked.marks.note("no-model-answer", "says nothing of what a full answer holds")
    points = _points_said(asked)
    scoring = {"scoring": {"rule": "by_person", "points": points}} if points != 1 else {}
    return {"kind": "own", "own": {"type": "extended_text", "key": key, **scoring}}


def _points_said(asked: QtiElement) -> int:
    """Return the points that a person may give, as whole ones."""
    said = asked.said.get("points_possible") or asked.said.get("qmd_absolutescore_max") or "1"
    number = number_of(said)
    if number.denominator == 1 and 1 <= number <= MOST_POINTS:
        return int(number)
    if number > 0:
        asked.marks.note("weight", f"counted {said[:20]} points; a person gives 0 or 1 here")
    return 1


def _pairs(asked: QtiElement) -> dict[str, Any]:
    texts = [_offered(asked, one) for one in asked.responses]
    prompts = [asked.text(_own_materials(one.element), one_run=True) for one in asked.responses]
    if not all(prompts):
        raise QuestionRefused("no-text", "has a list without words of what it is chosen for")
    right, whole = _key_of_lists(asked)
    listed = dict.fromkeys(text for each in texts for text in each if text)
    pairs = [
        (prompt, each[index]) for prompt, each, index in zip(prompts, texts, right, strict=True)
    ]
    offered = [("", text) for text in listed]
    rule = "all_or_nothing" if whole else "per_right_pair"
    return {"kind": "pairs", "pairs": (*offered, *pairs), "order_rule": rule}


def _own_materials(element: Any) -> list[Any]:
    return [one for one in element if one.tag == "material"] or [
        one
        for one in element.iter("material")
        if not any(up.tag == "render_choice" for up in one.iterancestors())
    ]


def _key_of_lists(asked: QtiElement) -> tuple[list[int], bool]:
    """Return which label of each list is right, and whether only all of them together count.

    Raises:
        QuestionRefused: A list has none or several that are right, or they count differently.
    """
    _refuse_nothing(asked)
    worth = [
        [asked.scoring.sum_of({one.ident: [label.ident]}) for label in one.labels]
        for one in asked.responses
    ]
    if not any(map(any, worth)):
        return _whole_key(asked), True
    right = [[at for at, score in enumerate(each) if score > 0] for each in worth]
    if any(len(each) != 1 for each in right):
        what = "has a list in which none, or more than one, is right by itself"
        raise QuestionRefused("no-key", f"{what}; give each one right answer")
    parts = [each[at[0]] for each, at in zip(worth, right, strict=True)]
    below = any(score < 0 for each in worth for score in each)
    if below or max(parts) - min(parts) > _ROUNDED * max(parts) * 10:
        raise QuestionRefused("unequal-parts", "its parts count differently; make them equal")
    key = [at[0] for at in right]
    _refuse_unless_sum(asked, key, sum(parts, Fraction(0)))
    return key, False


def _refuse_unless_sum(asked: QtiElement, key: Sequence[int], whole: Fraction) -> None:
    answer = {
        one.ident: [one.labels[at].ident] for one, at in zip(asked.responses, key, strict=True)
    }
    if abs(asked.scoring.sum_of(answer) - whole) > _ROUNDED * whole:
        what = "gives another score for all parts together than for each of them"
        raise QuestionRefused("scoring", what)


def _whole_key(asked: QtiElement) -> list[int]:
    """Return the only answers to all lists that score together."""
    named = [set(asked.scoring.texts_of(one.ident)) for one in asked.responses]
    candidates = [
        [at for at, label in enumerate(one.labels) if label.ident in mentioned]
        for one, mentioned in zip(asked.responses, named, strict=True)
    ]
    if not asked.scoring.can_try(prod(map(len, candidates))):
        raise QuestionRefused("scoring", "has more answers than can be tried")
    scoring = [
        list(each)
        for each in product(*candidates)
        if asked.scoring.score(
            {
                one.ident: [one.labels[at].ident]
                for one, at in zip(asked.responses, each, strict=True)
            }
        )
        > 0
    ]
    if len(scoring) != 1:
        what = "gives no points to any answer" if not scoring else "has several right answers"
        raise QuestionRefused("no-key", f"{what}; say in it which one is right")
    return scoring[0]


def _blackboard_pairs(asked: QtiElement) -> dict[str, Any]:
    """Read pairs by their places: each list of Blackboard has identifiers of its own for them."""
    options = [
        asked.text([one], one_run=True) for one in blocks_of(asked.element, "RIGHT_MATCH_BLOCK")
    ]
    rows = blocks_of(asked.element, "RESPONSE_BLOCK")
    if not options or not rows:
        return _pairs(asked)
    by_ident = {one.ident: one for one in asked.responses}
    pairs = []
    for row in rows:
        lists = [by_ident[one.get("ident") or ""] for one in row.iter("response_lid")]
        if len(lists) != 1:
            continue
        labels = [one.ident for one in lists[0].labels]
        right = [text for text in asked.scoring.texts_of(lists[0].ident) if text in labels]
        if len(right) != 1 or labels.index(right[0]) >= len(options):
            raise QuestionRefused("no-key", "has a line that no option is right for; give it one")
        outside = [
            one
            for one in row.iter("material")
            if not any(up.tag == "response_lid" for up in one.iterancestors())
        ]
        pairs.append((asked.text(outside, one_run=True), options[labels.index(right[0])]))
    rule = "all_or_nothing" if asked.gives_parts() is False else "per_right_pair"
    if asked.gives_parts() is None:
        what = "its file does not say whether single pairs count; here each of them does"
        asked.marks.note("parts-not-said", what)
    offered = [("", text) for text in dict.fromkeys(options)]
    return {"kind": "pairs", "pairs": (*offered, *pairs), "order_rule": rule}


def _order(asked: QtiElement) -> dict[str, Any]:
    """Read the order in which the lines stand in the condition that is right."""
    response = asked.only()
    idents = [one.ident for one in response.labels]
    key = list(asked.scoring.texts_of(response.ident))
    if sorted(key) != sorted(idents):
        raise QuestionRefused("no-key", "does not say the place of each line; give the order")
    texts = dict(zip(idents, _offered(asked, response), strict=True))
    answers = tuple(Answer(texts[one], Fraction(0)) for one in key)
    if asked.said.get("bbmd_questiontype"):
        rule = "per_right_place" if asked.gives_parts() else ""
    else:
        rule = _order_rule(asked, response, key)
    return {"kind": "order", "answers": answers, "order_rule": rule}


def _order_rule(asked: QtiElement, response: Response, key: list[str]) -> str:
    best = asked.scoring.score({response.ident: key})
    swapped = asked.scoring.score({response.ident: [key[1], key[0], *key[2:]]})
    if best > 0 and not swapped:
        return ""
    if best > 0 and swapped * len(key) == best * (len(key) - 2):
        return "per_right_place"
    what = "gives points to orders in another way than for the whole or for each place"
    raise QuestionRefused("scoring", what)


def _dropdowns(asked: QtiElement) -> dict[str, Any]:
    """Read a text with gaps, each with a list of its own: `[name]` marks the gap."""
    names = [_gap_name(one) for one in asked.responses]
    if not any(f"[{name}]" in asked.stem for name in names):
        return _pairs(asked)
    right, whole = _key_of_lists(asked)
    before, text = _gaps_in(asked, names)
    gaps, key = [], {}
    for place, (response, at) in enumerate(zip(asked.responses, right, strict=True), start=1):
        letters = [chr(ord("a") + n) for n in range(len(response.labels))]
        offered = zip(letters, _offered(asked, response), strict=True)
        options = [{"id": letter, "text": words} for letter, words in offered]
        gaps.append({"id": f"g{place}", "options": options})
        key[f"g{place}"] = letters[at]
    own = {
        "type": "inline_choice",
        "text": text,
        "gaps": gaps,
        "key": key,
        **({} if any(_shuffled(asked, one) for one in asked.responses) else {"shuffle": False}),
        **({} if whole or len(gaps) == 1 else {"scoring": {"rule": "per_right_gap"}}),
    }
    return {"kind": "own", "own": own, "stem": before}


def _gap_name(response: Response) -> str:
    """Return what a text calls a gap: Canvas writes response_ before the name of its list."""
    return response.ident.removeprefix("response_")


def _gaps_in(asked: QtiElement, names: Sequence[str]) -> tuple[str, str]:
    """Return what stands above a text with gaps, and the text, its gaps as items mark them."""
    text = asked.stem
    for place, name in enumerate(names, start=1):
        if text.count(f"[{name}]") != 1:
            what = f"names the gap [{name[:40]}] {text.count(f'[{name}]')} times in its text"
            raise QuestionRefused("gap", f"{what}; name it once")
        text = text.replace(f"[{name}]", f"[[g{place}]]")
    blocks = text.split("\n\n")
    first = next(at for at, block in enumerate(blocks) if "[[g" in block)
    if first:
        return "\n\n".join(blocks[:first]), "\n\n".join(blocks[first:])
    asked.marks.note("words-above", f"“{asked.words}” was set above its text with gaps")
    return asked.words, text


def _blanks(asked: QtiElement) -> dict[str, Any]:
    """Read a text with blanks in which something is typed, each with all that it takes."""
    if len(asked.responses) == 1 and not asked.responses[0].chooses:
        return _typed(asked)
    accepted: list[tuple[str, ...]] = []
    for response in asked.responses:
        if response.chooses:
            texts = ["".join(one.element.itertext()).strip() for one in response.labels]
        else:
            texts = list(asked.scoring.texts_of(response.ident))
        if not any(texts):
            raise QuestionRefused("no-key", f"the blank [{_gap_name(response)[:40]}] takes nothing")
        accepted.append(tuple(dict.fromkeys(text for text in texts if text)))
    before, text = _gaps_in(asked, [_gap_name(one) for one in asked.responses])
    whole = False
    if not any(one.chooses for one in asked.responses):
        whole = _blanks_are_whole(asked, accepted)
    content = blanks_content(before, text, asked.marks.stimulus, accepted, whole=whole)
    return _own(asked, content)


def _blanks_are_whole(asked: QtiElement, accepted: Sequence[tuple[str, ...]]) -> bool:
    """Tell whether only all blanks together count; each that is taken must be worth the same."""
    _refuse_nothing(asked)
    if asked.said.get("bbmd_questiontype"):
        return not asked.gives_parts()
    alone = [
        {asked.scoring.sum_of({response.ident: [text]}) for text in texts}
        for response, texts in zip(asked.responses, accepted, strict=True)
    ]
    if all(each == {Fraction(0)} for each in alone):
        answer = {
            response.ident: [texts[0]]
            for response, texts in zip(asked.responses, accepted, strict=True)
        }
        if asked.scoring.score(answer) <= 0:
            raise QuestionRefused("no-key", "gives no points to any answer")
        return True
    worth = {score for each in alone for score in each}
    if len(worth) != 1 or min(worth) <= 0:
        raise QuestionRefused("unequal-parts", "its blanks count differently; make them equal")
    return False


_READERS: Mapping[str, Callable[[QtiElement], dict[str, Any]]] = {
    "multiple_choice_question": _choice,
    "true_false_question": _choice,
    "multiple_answers_question": _canvas_several,
    "short_answer_question": _typed,
    "fill_in_multiple_blanks_question": _blanks,
    "multiple_dropdowns_question": _dropdowns,
    "missing_word_question": _dropdowns,
    "matching_question": _pairs,
    "numerical_question": _number,
    "essay_question": _essay,
    "multiple choice": _choice,
    "true/false": _true_false,
    "either/or": _choice,
    "multiple answer": _blackboard_several,
    "matching": _blackboard_pairs,
    "ordering": _order,
    "fill in the blank": _typed,
    "fill in the blank plus": _blanks,
    "jumbled sentence": _dropdowns,
    "numeric": _number,
    "essay": _essay,
    "short response": _essay,
    "cc.multiple_choice": _choice,
    "cc.true_false": _choice,
    "cc.multiple_response": _several,
    "cc.fib": _typed,
    "cc.pattern_match": _typed,
    "cc.essay": _essay,
    "plain several": _several,
    "plain order": _order,
    "several choices": _dropdowns,
}
_NO_ITEM: Mapping[str, tuple[str, str]] = {
    **dict.fromkeys(
        ("text_only_question",),
        ("not-a-question", "asks nothing; put its words into the questions that need them"),
    ),
    **dict.fromkeys(
        ("calculated_question", "calculated", "calculated formula", "calculated numeric"),
        (
            "drawn-numbers",
            "draws its numbers for each candidate; write one question for each set of them",
        ),
    ),
    **dict.fromkeys(
        ("file_upload_question", "file upload"),
        ("file-upload", "asks for a file, which no item takes; ask for a text"),
    ),
    **dict.fromkeys(
        ("opinion scale", "likert scale", "opinion_scale"),
        ("no-right-answer", "asks for an opinion, to which no answer is right"),
    ),
    **dict.fromkeys(
        ("hot spot", "response_xy", "hot_spot_question"),
        ("needs-select-point", "is answered in a picture, and is not read into such an item yet"),
    ),
}


def _not_read(kind: str) -> QuestionRefused:
    known = "choice, true or false, multiple answers, texts, numbers, pairs, orders and essays"
    what = f"is of the type {kind[:40]!r}, which no item can be; {known} are read"
    return QuestionRefused(*_NO_ITEM.get(kind, ("question-type", what)))


def _note_the_rest(asked: QtiElement) -> None:
    """Note what the item says, and no item of ours has a place for."""
    for name in list(asked.feedback):
        words = asked.feedback_named(name)
        if words:
            asked.marks.note("feedback", f"its feedback “{name[:40]}” was left out: {words[:80]}")
    said = asked.said.get("points_possible") or asked.said.get("qmd_weighting") or "1"
    if asked.said.get("question_type") != "essay_question":
        _note_weight(asked, said)
    if asked.element.find("hint") is not None:
        asked.marks.note("hints", "has hints, which an exam does not give")


def _note_weight(asked: QtiElement, said: str) -> None:
    try:
        number = number_of(said)
    except QuestionRefused:
        return
    if number not in {0, 1}:
        what = f"counted {said[:20]} points; what a question weighs is said in the exam"
        asked.marks.note("weight", what)
