"""From the content of an item to the question that asks and scores the same, where there is one."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from fractions import Fraction
from math import gcd
from typing import Any

from examengine.bank.formats._format import Destination, Format
from examengine.bank.formats._question import (
    Answer,
    Essay,
    Gap,
    QuestionRefused,
    SourceQuestion,
)
from examengine.bank.formats._question_items import SAID
from examengine.bank.item_types._gaps import gap_ids
from examengine.bank.item_types._scoring_rules import declared_rule
from examengine.bank.item_types._stimulus import media_of
from examengine.bank.rules import Bank, ItemVersion, item_version
from examengine.kernel.digest import digest

_PLACEHOLDER = Bank("any", "", "", "en", "", "", (), ())
_INSTEAD = "export it as examengine_yaml"
_ORDERS = {
    "all_or_nothing": "ALL_OR_NOTHING",
    "per_right_place": "ABSOLUTE_POSITION",
    "per_right_neighbour": "RELATIVE_NEXT_EXCLUDE_LAST",
}


def question_from(content: Mapping[str, Any]) -> SourceQuestion:
    """Return the question that an item asks.

    Raises:
        QuestionRefused: No question would score as the item does.
    """
    read = _TYPES.get(content["type"])
    if read is None:
        raise _no_counterpart(content["type"])
    own = read(content)
    said = {
        "version": content["version"],
        **{name: content[name] for name in SAID if name in content},
        **own.pop("said", {}),
    }
    if content.get("errors") == []:
        said["errors"] = []
    if media_of(content):
        said["files"] = [body["file"] for _, body in media_of(content)]
    return SourceQuestion(
        stem=content["stem"],
        stimulus=tuple(content.get("stimulus", ())),
        title=content.get("title", ""),
        item_id=content["id"],
        category=content.get("area", ""),
        tags=tuple(content.get("tags", ())),
        rationale=content.get("rationale", ""),
        said={**said, "texts": list(dict.fromkeys(_texts_of(content)))},
        **own,
    )


def _no_counterpart(item_type: str) -> QuestionRefused:
    return QuestionRefused("item-type", f"its type {item_type} has no counterpart")


def left_out_of(version: ItemVersion, written_as: Format, *, files: bool = True) -> str | None:
    """Say what of an item a format of questions cannot hold, by writing and reading it.

    Args:
        version: The item.
        written_as: The format.
        files: Whether the format holds pictures and recordings; what is in them is not looked at.
    """
    if version.item_type not in _TYPES:
        return f"{_no_counterpart(version.item_type).what}; {_INSTEAD}"
    listed = [part for part in version.content.get("stimulus", ()) if not _is_file(part)]
    shown = media_of(version.content)
    if shown and not files:
        return f"it shows or plays a file, which has no place in {written_as.title}; {_INSTEAD}"
    if any(not body.keys() <= {"file", "alt", "digest"} for _, body in shown):
        return f"the {_said_of(shown)} of a file has no place there; {_INSTEAD}"
    bare = {name: value for name, value in version.content.items() if name != "stimulus"}
    wanted = item_version(version.bank_id, {**bare, "stimulus": listed} if listed else bare)
    try:
        question_from(version.content)
        data = written_as.write(_PLACEHOLDER, [wanted], {})
    except QuestionRefused as refused:
        return f"{refused.what}; {_INSTEAD}"
    place = replace(_PLACEHOLDER, language=version.language)
    read = written_as.read(data, Destination(place)).items
    again = read[0].content if len(read) == 1 else {}
    if again and digest(again) == wanted.digest:
        return None
    names = {*wanted.content, *again}
    lost = sorted(one for one in names if again.get(one) != wanted.content.get(one))
    return f"its {', '.join(lost)} cannot be written so that the same is read; {_INSTEAD}"


def _is_file(part: Mapping[str, Any]) -> bool:
    return "figure" in part or "audio" in part


def _said_of(shown: Iterable[tuple[str, Mapping[str, Any]]]) -> str:
    """Return what is said of files besides their alternatives, in words."""
    names = {name.replace("_", " ") for _, body in shown for name in body}
    return " or ".join(sorted(names - {"file", "alt", "digest"}))


def _texts_of(content: Mapping[str, Any]) -> Iterator[str]:
    """Yield every text of an item that is written as HTML."""
    yield content["stem"]
    yield content.get("text", "")
    yield content.get("rationale", "")
    if content["type"] == "extended_text":
        yield content["key"]
    for holder in (content, *content.get("gaps", ())):
        for name in ("options", "prompts", "errors"):
            for part in holder.get(name, ()):
                yield from (part.get("text", ""), part.get("rationale", ""))
    scoring = content.get("scoring", {})
    for name in ("answers", "bands"):
        for part in scoring.get(name, ()):
            yield part.get("rationale", "")


def _single_choice(content: Mapping[str, Any]) -> dict[str, Any]:
    rule, key = declared_rule(content), content["key"]
    points = content["scoring"]["points"] if rule == "graded_options" else {key: 1}
    most = points[key]
    answers = _answers(content, {one: Fraction(worth, most) for one, worth in points.items()})
    return {"kind": "choice", "answers": answers, **_shown(content)}


def _multiple_response(content: Mapping[str, Any]) -> dict[str, Any]:
    rule, key = declared_rule(content), content["key"]
    if rule == "all_or_nothing":
        answers = _answers(content, dict.fromkeys(key, Fraction(1, len(key))))
        return {"kind": "all_or_nothing", "answers": answers, **_shown(content)}
    if rule == "per_right_option" and content["scoring"].get("deduction") is True:
        part = Fraction(1, len(key))
        ids = [option["id"] for option in content["options"]]
        weights = {one: part if one in key else -part for one in ids}
    elif rule == "weighted_options":
        points = content["scoring"]["points"]
        gained = sum(worth for worth in points.values() if worth > 0)
        most = content["scoring"].get("most", gained)
        weights = {one: Fraction(worth, most) for one, worth in points.items()}
    else:
        raise _unscored(rule)
    return {"kind": "several", "answers": _answers(content, weights), **_shown(content)}


def _answers(content: Mapping[str, Any], weights: Mapping[str, Fraction]) -> tuple[Answer, ...]:
    if any(abs(weight) > 1 for weight in weights.values()):
        raise _unscored("weighted_options with points above the most")
    return tuple(
        Answer(one["text"], weights.get(one["id"], Fraction(0)), one.get("rationale", ""))
        for one in content["options"]
    )


def _shown(content: Mapping[str, Any]) -> dict[str, Any]:
    said = {"ids": [option["id"] for option in content["options"]]}
    return {"shuffle": content.get("shuffle", True), "said": said}


def _short_text(content: Mapping[str, Any]) -> dict[str, Any]:
    rule, key = declared_rule(content), content["key"]
    exact = bool(key.get("case_sensitive", False))
    said: dict[str, Any] = {"says_case": True} if "case_sensitive" in key else {}
    if rule == "first_match":
        listed = content["scoring"]["answers"]
        most = max(one["points"] for one in listed)
        answers = tuple(
            Answer(one["match"], Fraction(one["points"], most), one.get("rationale", ""))
            for one in listed
        )
        return {"kind": "typed", "answers": answers, "case_sensitive": exact, "said": said}
    if rule != "all_or_nothing":
        raise _unscored(rule)
    if any("*" in text for text in key["accept"]):
        raise QuestionRefused("asterisk", "its key holds *, which stands for anything in Moodle")
    right = tuple(Answer(text, Fraction(1)) for text in key["accept"])
    wrong = tuple(
        Answer(one["value"], Fraction(0), one.get("rationale", ""))
        for one in content.get("errors", ())
    )
    said = {"spelling": "lenient", **said}
    return {"kind": "typed", "answers": (*right, *wrong), "case_sensitive": exact, "said": said}


def _numeric_entry(content: Mapping[str, Any]) -> dict[str, Any]:
    rule, key = declared_rule(content), content["key"]
    if rule not in {"all_or_nothing", "bands"}:
        raise _unscored(rule)
    value, tolerance = Fraction(key["value"]), Fraction(key["tolerance"])
    answers = [Answer(str(value), Fraction(1), "", tolerance)]
    scoring = content.get("scoring", {})
    for band in sorted(scoring.get("bands", ()), key=lambda one: -int(one["points"])):
        least, greatest = Fraction(band["from"]), Fraction(band["to"])
        weight = Fraction(band["points"], scoring["points"])
        why, middle = band.get("rationale", ""), (least + greatest) / 2
        answers.append(Answer(str(middle), weight, why, greatest - middle))
    for error in content.get("errors", ()):
        try:
            number = str(Fraction(error["value"]))
        except ValueError:
            raise QuestionRefused(
                "no-number", "it expects a wrong answer that is no number"
            ) from None
        answers.append(Answer(number, Fraction(0), error.get("rationale", "")))
    return {"kind": "number", "answers": tuple(answers), "unit": content.get("unit", "")}


def _matching(content: Mapping[str, Any]) -> dict[str, Any]:
    rule = declared_rule(content)
    if rule != "per_right_pair":
        raise _unscored(rule)
    texts = {option["id"]: option["text"] for option in content["options"]}
    used = list(dict.fromkeys(content["key"][one["id"]] for one in content["prompts"]))
    rest = [one for one in texts if one not in used]
    pairs = [(one["text"], texts[content["key"][one["id"]]]) for one in content["prompts"]]
    said = {
        "ids": [*used, *rest],
        "prompt_ids": [one["id"] for one in content["prompts"]],
        **_listing(content),
    }
    return {"kind": "pairs", "pairs": (*pairs, *(("", texts[one]) for one in rest)), "said": said}


def _ordering(content: Mapping[str, Any]) -> dict[str, Any]:
    rule = declared_rule(content)
    if rule not in _ORDERS:
        raise _unscored(rule)
    texts = {option["id"]: option["text"] for option in content["options"]}
    answers = tuple(Answer(texts[one], Fraction(0)) for one in content["key"])
    said = {"ids": list(content["key"]), **_listing(content)}
    return {"kind": "order", "answers": answers, "order_rule": _ORDERS[rule], "said": said}


def _inline_choice(content: Mapping[str, Any]) -> dict[str, Any]:
    rule, key = declared_rule(content), content["key"]
    if rule == "by_mistakes" or (rule == "all_or_nothing" and len(key) > 1):
        raise _unscored(rule)
    points = (
        content["scoring"]["points"]
        if rule == "graded_gaps"
        else {gap: {option: 1} for gap, option in key.items()}
    )
    by_id = {gap["id"]: gap["options"] for gap in content["gaps"]}
    named = gap_ids(content)
    gaps = tuple(
        Gap(_answers_of(by_id[gap], points[gap]), Fraction(max(points[gap].values())))
        for gap in named
    )
    every = [worth for listed in points.values() for worth in listed.values()]
    said = {
        "rule": rule,
        "times": gcd(*every),
        "gap_ids": list(named),
        "gaps": [[gap["id"], [one["id"] for one in gap["options"]]] for gap in content["gaps"]],
    }
    shuffle = content.get("shuffle", True)
    return {"kind": "gaps", "text": content["text"], "gaps": gaps, "shuffle": shuffle, "said": said}


def _answers_of(
    listed: Iterable[Mapping[str, Any]], worth: Mapping[str, int]
) -> tuple[Answer, ...]:
    most = max(worth.values())
    return tuple(
        Answer(one["text"], Fraction(worth.get(one["id"], 0), most), one.get("rationale", ""))
        for one in listed
    )


def _gap_match(content: Mapping[str, Any]) -> dict[str, Any]:
    rule, key = declared_rule(content), content["key"]
    if rule == "by_mistakes" or (rule == "all_or_nothing" and len(key) > 1):
        raise _unscored(rule)
    listed, named = content["options"], gap_ids(content)
    ids = [one["id"] for one in listed]
    why = {one["id"]: one["rationale"] for one in listed if "rationale" in one}
    said = {
        "rule": rule,
        "gap_ids": list(named),
        "ids": ids,
        **({"rationales": why} if why else {}),
    }
    return {
        "kind": "words",
        "text": content["text"],
        "answers": tuple(Answer(one["text"], Fraction(0)) for one in listed),
        "right": tuple(ids.index(key[gap]) for gap in named),
        "reuse": content.get("reuse", False),
        "shuffle": content.get("shuffle", True),
        "said": said,
    }


def _extended_text(content: Mapping[str, Any]) -> dict[str, Any]:
    words, scoring = content.get("words", {}), content.get("scoring")
    essay = Essay(
        content["key"],
        words.get("recommended", 0),
        words.get("limit", 0),
        1 if scoring is None else scoring["points"],
    )
    said: dict[str, Any] = {} if scoring is None else {"says_points": True}
    if essay.recommended:
        said["recommended"] = essay.recommended
    return {"kind": "essay", "essay": essay, "said": said}


def _listing(content: Mapping[str, Any]) -> dict[str, Any]:
    listed = content["options"]
    why = {one["id"]: one["rationale"] for one in listed if "rationale" in one}
    return {"listed": [one["id"] for one in listed], **({"rationales": why} if why else {})}


def _unscored(rule: str) -> QuestionRefused:
    return QuestionRefused("points", f"its points by {rule} are none that Moodle gives")


_TYPES: Mapping[str, Callable[[Mapping[str, Any]], dict[str, Any]]] = {
    "single_choice": _single_choice,
    "multiple_response": _multiple_response,
    "short_text": _short_text,
    "numeric_entry": _numeric_entry,
    "matching": _matching,
    "ordering": _ordering,
    "inline_choice": _inline_choice,
    "gap_match": _gap_match,
    "extended_text": _extended_text,
}
