"""From a question to the content of an item that scores exactly as the question did."""

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from string import ascii_lowercase
from typing import Any

from examengine.bank.formats._gap_items import gap_match_of, inline_choice_of
from examengine.bank.formats._question import (
    Answer,
    QuestionRefused,
    SourceQuestion,
    decimal_text,
    points_of,
)
from examengine.bank.item_file import ITEM_ID, SCHEMA
from examengine.bank.item_types._options import MOST_OPTIONS
from examengine.bank.rules import Bank
from examengine.kernel.digest import digest

SAID = ("level", "seconds", "enemies", "provenance", "notes", "differences")
"""Fields of an item that no question has; our own exports note them beside it."""
NO_KEY = "Nothing is noted for whoever marks. Say here what a full answer holds."
NO_KEY_NOTED = "came without a word for whoever marks; say in its key what a full answer holds"
_FULL = Fraction(1)
TRUE_FALSE = {
    "en": ("True", "False"),
    "de": ("Wahr", "Falsch"),
    "es": ("Verdadero", "Falso"),
    "fr": ("Vrai", "Faux"),
    "it": ("Vero", "Falso"),
    "nl": ("Waar", "Onwaar"),
    "pt": ("Verdadeiro", "Falso"),
}


def content_of(question: SourceQuestion, bank: Bank | None) -> dict[str, Any]:
    """Return the content of an item, without its version.

    Raises:
        QuestionRefused: No item would score as the question does, or ask the same.
    """
    own = _KINDS[question.kind](question, "" if bank is None else bank.language)
    area = area_of(question.category, bank)
    found = {
        "schema": SCHEMA,
        **({"title": question.title} if question.title else {}),
        **({"area": area} if area else {}),
        **({"tags": list(question.tags)} if question.tags else {}),
        **{name: question.said[name] for name in SAID if name in question.said},
        "stem": question.stem,
        **({"stimulus": list(question.stimulus)} if question.stimulus else {}),
        **({"rationale": question.rationale} if question.rationale else {}),
        **own,
        **({"original": question.original} if question.original else {}),
    }
    return {"id": question.item_id or _id_of(found), **found}


def is_item_id(text: str) -> bool:
    """Tell whether a text can be the id of an item."""
    return ITEM_ID.fullmatch(text) is not None


def area_of(category: str, bank: Bank | None) -> str:
    """Return the area that a category means: one of the bank by id or title, else its own words."""
    parts = [part for part in _parts_of(category) if part]
    if not parts:
        return ""
    named = {
        name.casefold(): area.id
        for area in (() if bank is None else bank.areas)
        for name in (area.title, area.id)
    }
    for said in ("/".join(parts), *reversed(parts)):
        if said.casefold() in named:
            return named[said.casefold()]
    return "/".join(parts)


def _parts_of(category: str) -> list[str]:
    """Return the names on the way to a category, without those that every course has."""
    marked = category.replace("//", "\0").split("/")
    names = [part.replace("\0", "/").strip() for part in marked]
    while names and (names[0] in {"top", ""} or names[0].startswith("$")):
        names = names[1:]
    return names


def _id_of(content: Mapping[str, Any]) -> str:
    """Return an id made of what a candidate sees: it tells nothing that the page does not."""
    names = ("type", "stem", "stimulus", "prompts", "text")
    shown: dict[str, Any] = {name: content[name] for name in names if name in content}
    if "gaps" in content:
        shown["gaps"] = [_words_of(gap) for gap in content["gaps"]]
    return "q-" + digest({**shown, "options": _words_of(content)}).removeprefix("sha256:")[:12]


def _words_of(holder: Mapping[str, Any]) -> list[str]:
    return sorted(option["text"] for option in holder.get("options", ()))


def _choice(question: SourceQuestion, _language: str) -> dict[str, Any]:
    weights = tuple(answer.weight for answer in question.answers)
    _refuse_negative(weights, "a wrong choice here costs points, and no item does that")
    _refuse_below_full(weights)
    content = _options(question)
    ids = [option["id"] for option in content["options"]]
    points = dict(zip(ids, points_of(weights), strict=True))
    most = max(points.values())
    found = {"type": "single_choice", **content, "key": _first(points, most)}
    if sum(map(bool, points.values())) > 1:
        graded = {option: worth for option, worth in points.items() if worth}
        if len(graded) == len(points):
            what = "every answer gives points, so there is no wrong one; give one of them 0 %"
            raise QuestionRefused("nothing-wrong", what)
        found["scoring"] = {"rule": "graded_options", "points": graded}
    return found


def _first(points: Mapping[str, int], most: int) -> str:
    return next(option for option, worth in points.items() if worth == most)


def _several(question: SourceQuestion, _language: str) -> dict[str, Any]:
    weights = tuple(answer.weight for answer in question.answers)
    gained = sum((weight for weight in weights if weight > 0), Fraction(0))
    if gained < 1:
        what = f"its right answers make {float(gained):.0%} together; 100 % are needed"
        raise QuestionRefused("key-below-full", what)
    if all(weight > 0 for weight in weights):
        what = "every answer gives points, so there is no wrong one; give one of them 0 %"
        raise QuestionRefused("nothing-wrong", what)
    content = _options(question)
    ids = [option["id"] for option in content["options"]]
    points = points_of((*weights, _FULL))
    by_id = {option: worth for option, worth in zip(ids, points, strict=False) if worth}
    key = [option for option in ids if by_id.get(option, 0) > 0]
    right = Fraction(1, len(key))
    if all(weight in {right, -right} for weight in weights):
        scoring: dict[str, Any] = {"rule": "per_right_option", "deduction": True}
    else:
        scoring = {"rule": "weighted_options", "points": by_id}
        if gained > 1:
            scoring["most"] = points[-1]
    return {"type": "multiple_response", **content, "key": key, "scoring": scoring}


def _all_or_nothing(question: SourceQuestion, _language: str) -> dict[str, Any]:
    content = _options(question)
    pairs = zip(content["options"], question.answers, strict=True)
    key = [option["id"] for option, answer in pairs if answer.weight > 0]
    return {"type": "multiple_response", **content, "key": key}


def _true_false(question: SourceQuestion, language: str) -> dict[str, Any]:
    words = TRUE_FALSE.get(language.partition("-")[0].casefold(), TRUE_FALSE["en"])
    answers = [
        Answer(word, answer.weight, answer.feedback)
        for word, answer in zip(words, question.answers, strict=True)
    ]
    weights = [answer.weight for answer in answers]
    if sorted(weights) != [0, 1]:
        raise QuestionRefused("key-below-full", "one of true and false must give 100 %, one 0 %")
    content = _options(question, answers)
    return {
        "type": "single_choice",
        **content,
        "shuffle": False,
        "key": content["options"][weights.index(_FULL)]["id"],
    }


def _typed(question: SourceQuestion, _language: str) -> dict[str, Any]:
    weights = tuple(answer.weight for answer in question.answers)
    _refuse_negative(weights, "an answer that costs points has no counterpart here")
    _refuse_below_full(weights)
    points = points_of(weights)
    most = max(points)
    accept = [
        one.text for one, worth in zip(question.answers, points, strict=True) if worth == most
    ]
    key: dict[str, Any] = {"accept": accept}
    if question.case_sensitive or question.said.get("says_case") is True:
        key["case_sensitive"] = question.case_sensitive
    if question.said.get("spelling") == "lenient" and set(points) <= {0, most}:
        return {"type": "short_text", "key": key, **_mistakes(question, points)}
    answers = [
        {"match": one.text, "points": worth, **_why(one.feedback)}
        for one, worth in zip(question.answers, points, strict=True)
    ]
    scoring = {"rule": "first_match", "answers": answers}
    return {"type": "short_text", "key": key, "scoring": scoring}


def _mistakes(question: SourceQuestion, points: Sequence[int]) -> dict[str, Any]:
    wrong = [one for one, worth in zip(question.answers, points, strict=True) if not worth]
    listed = [{"value": one.text, **_why(one.feedback)} for one in wrong]
    return {"errors": listed} if listed or question.said.get("errors") == [] else {}


def _number(question: SourceQuestion, _language: str) -> dict[str, Any]:
    numbers = [(answer, Fraction(answer.text)) for answer in question.answers]
    weights = tuple(answer.weight for answer in question.answers)
    _refuse_negative(weights, "an answer that costs points has no counterpart here")
    _refuse_below_full(weights)
    points = points_of(weights)
    _refuse_shadowed(numbers, points)
    most = max(points)
    right = points.index(most)
    best, value = numbers[right]
    found: dict[str, Any] = {
        "type": "numeric_entry",
        "key": {"value": decimal_text(value), "tolerance": decimal_text(best.tolerance)},
    }
    if question.unit:
        found["unit"] = question.unit
    if best.feedback and not question.rationale:
        found["rationale"] = best.feedback
    others = [(one, at, worth) for (one, at), worth in zip(numbers, points, strict=True)]
    del others[right]
    bands = [_band(one, at, worth) for one, at, worth in others if worth]
    if bands:
        found["scoring"] = {"rule": "bands", "points": most, "bands": bands}
    errors = [{"value": decimal_text(at), **_why(one.feedback)} for one, at, w in others if not w]
    return {**found, **({"errors": errors} if errors or question.said.get("errors") == [] else {})}


def _band(answer: Answer, value: Fraction, worth: int) -> dict[str, Any]:
    least, greatest = value - answer.tolerance, value + answer.tolerance
    ends = {"from": decimal_text(least), "to": decimal_text(greatest)}
    return {**ends, "points": worth, **_why(answer.feedback)}


def _refuse_shadowed(numbers: Sequence[tuple[Answer, Fraction]], points: Sequence[int]) -> None:
    """Refuse answers of which an earlier one takes numbers that a later one gives more for.

    Moodle gives what the first answer says that holds a number; a band gives the most of all.
    """
    for later, (answer, value) in enumerate(numbers):
        for earlier, (before, at) in enumerate(numbers[:later]):
            overlap = abs(value - at) <= answer.tolerance + before.tolerance
            if overlap and points[earlier] < points[later]:
                what = "an answer that gives less stands before one that gives more for the same"
                raise QuestionRefused("shadowed-answer", f"{what} number; put the better one first")
            if overlap and points[earlier] > 0 and not points[later] and not answer.tolerance:
                what = "an answer without points is listed, and an earlier one takes its number"
                raise QuestionRefused("shadowed-answer", f"{what}; take it out")


def _pairs(question: SourceQuestion, _language: str) -> dict[str, Any]:
    texts = list(dict.fromkeys(option for _, option in question.pairs))
    ids = _ids(question, "ids", len(texts), ascii_lowercase)
    prompts = [(prompt, option) for prompt, option in question.pairs if prompt]
    numbered = [f"p{place}" for place in range(1, len(prompts) + 1)]
    prompt_ids = _ids(question, "prompt_ids", len(prompts), numbered)
    by_text = dict(zip(texts, ids, strict=True))
    return {
        "type": "matching",
        "prompts": [
            {"id": one, "text": prompt}
            for one, (prompt, _) in zip(prompt_ids, prompts, strict=True)
        ],
        "options": _listed(question, [{"id": by_text[text], "text": text} for text in texts]),
        "key": {one: by_text[text] for one, (_, text) in zip(prompt_ids, prompts, strict=True)},
        "scoring": {"rule": question.order_rule or "per_right_pair"},
    }


def _order(question: SourceQuestion, _language: str) -> dict[str, Any]:
    """List the options by their words, so that neither places nor ids tell the order."""
    texts = [answer.text for answer in question.answers]
    if "ids" in question.said:
        key = _ids(question, "ids", len(texts), ())
    else:
        by_words = sorted(texts, key=lambda text: (text.casefold(), text))
        if by_words == texts:
            by_words.reverse()
        letters = dict(zip(by_words, ascii_lowercase, strict=False))
        key = [letters.get(text, "") for text in texts]
    options = sorted(
        ({"id": one, "text": text} for one, text in zip(key, texts, strict=True)),
        key=lambda option: option["id"],
    )
    found: dict[str, Any] = {
        "type": "ordering",
        "options": _listed(question, options),
        "key": key,
    }
    return {**found, **({"scoring": {"rule": question.order_rule}} if question.order_rule else {})}


def _essay(question: SourceQuestion, _language: str) -> dict[str, Any]:
    asked = question.essay
    counts = {"recommended": asked.recommended, "limit": asked.limit}
    words = {name: count for name, count in counts.items() if count}
    template = f"Candidates began from this text: {asked.template}" if asked.template else ""
    notes = "\n\n".join(one for one in (str(question.said.get("notes", "")), template) if one)
    graded = asked.points != 1 or question.said.get("says_points") is True
    return {
        "type": "extended_text",
        **({"words": words} if words else {}),
        **({"notes": notes} if notes else {}),
        **({"scoring": {"rule": "by_person", "points": asked.points}} if graded else {}),
        "key": asked.key or NO_KEY,
        **({} if asked.key else {"differences": [NO_KEY_NOTED]}),
    }


def _own(question: SourceQuestion, _language: str) -> dict[str, Any]:
    return dict(question.own)


_KINDS: Mapping[str, Callable[[SourceQuestion, str], dict[str, Any]]] = {
    "choice": _choice,
    "several": _several,
    "all_or_nothing": _all_or_nothing,
    "true_false": _true_false,
    "typed": _typed,
    "number": _number,
    "pairs": _pairs,
    "order": _order,
    "gaps": inline_choice_of,
    "words": gap_match_of,
    "essay": _essay,
    "own": _own,
}


def _options(question: SourceQuestion, answers: Sequence[Answer] | None = None) -> dict[str, Any]:
    listed = question.answers if answers is None else answers
    ids = _ids(question, "ids", len(listed), ascii_lowercase)
    options = [
        {"id": one, "text": answer.text, **_why(answer.feedback)}
        for one, answer in zip(ids, listed, strict=True)
    ]
    return {"options": options, **({} if question.shuffle else {"shuffle": False})}


def _ids(question: SourceQuestion, name: str, n_parts: int, otherwise: Sequence[str]) -> list[str]:
    """Return the ids that our own export noted, or letters."""
    said = question.said.get(name)
    if isinstance(said, list) and len(said) == n_parts and all(isinstance(i, str) for i in said):
        return said
    if n_parts > MOST_OPTIONS:
        what = f"has {n_parts} answers, and {MOST_OPTIONS} are the most; take some out"
        raise QuestionRefused("too-many-answers", what)
    return list(otherwise[:n_parts])


def _listed(question: SourceQuestion, options: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return options in the order, and with the rationales, that our own export noted."""
    said, why = question.said.get("listed"), question.said.get("rationales")
    ids = [option["id"] for option in options]
    if isinstance(said, list) and sorted(map(str, said)) == sorted(ids):
        options = sorted(options, key=lambda option: said.index(option["id"]))
    if isinstance(why, Mapping):
        options = [
            {**one, **({"rationale": why[one["id"]]} if one["id"] in why else {})}
            for one in options
        ]
    return options


def _why(feedback: str) -> dict[str, str]:
    return {"rationale": feedback} if feedback else {}


def _refuse_negative(weights: Sequence[Fraction], what: str) -> None:
    if any(weight < 0 for weight in weights):
        raise QuestionRefused("negative-points", f"{what}; give it 0 %")


def _refuse_below_full(weights: Sequence[Fraction]) -> None:
    if max(weights, default=Fraction(0)) != 1:
        raise QuestionRefused("key-below-full", "no answer gives 100 %; give it to the right one")
