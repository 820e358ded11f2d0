"""From a text with gaps to the content of an item that scores exactly as the question did."""

from fractions import Fraction
from math import gcd, lcm
from string import ascii_lowercase
from typing import Any

from examengine.bank.formats._question import Answer, Gap, QuestionRefused, SourceQuestion
from examengine.bank.item_types._gaps import MOST_GAPS, gap_ids
from examengine.bank.item_types._options import MOST_OPTIONS
from examengine.bank.item_types._scoring_rules import MOST_POINTS
from examengine.bank.item_types.inline_choice import MOST_CHOICES

_COMPLETE = {
    "en": "Complete the text.",
    "de": "Vervollständigen Sie den Text.",
    "es": "Complete el texto.",
    "fr": "Complétez le texte.",
    "it": "Completi il testo.",
    "nl": "Vul de tekst aan.",
    "pt": "Complete o texto.",
}
"""What a question says that begins with its text, by the language of the bank."""


def inline_choice_of(question: SourceQuestion, language: str) -> dict[str, Any]:
    """Return the fields of an inline choice.

    Raises:
        QuestionRefused: No item would score as the question does; the gap is named by its number.
    """
    named = _named(question)
    refuse_many_gaps(len(named))
    gaps: list[dict[str, Any]] = []
    worths: dict[str, dict[str, Fraction]] = {}
    for number, (gap, asked) in enumerate(zip(named, question.gaps, strict=True), start=1):
        _refuse_unscored(number, asked)
        listed = _options(question, gap, asked)
        gaps.append({"id": gap, "options": [option for option, _ in listed]})
        worths[gap] = {
            option["id"]: asked.weight * answer.weight for option, answer in listed if answer.weight
        }
    return {
        "type": "inline_choice",
        **_texts(question, language),
        "gaps": _as_listed(question, gaps),
        "key": {gap: max(worth, key=lambda one: worth[one]) for gap, worth in worths.items()},
        **({} if question.shuffle else {"shuffle": False}),
        **_scoring(question, worths),
    }


def gap_match_of(question: SourceQuestion, language: str) -> dict[str, Any]:
    """Return the fields of a gap match.

    Raises:
        QuestionRefused: It has too many gaps or words.
    """
    named = _named(question)
    refuse_many_gaps(len(named))
    listed = list(range(len(question.answers)))
    if len(listed) > MOST_OPTIONS:
        what = f"has {len(listed)} words to choose from, and {MOST_OPTIONS} are the most"
        raise QuestionRefused("too-many-answers", f"{what}; take some out")
    if len(listed) < 2:
        raise QuestionRefused("nothing-wrong", "has one word to choose from; add a wrong one")
    said = _ids_in(question.said.get("ids"), len(listed))
    if question.shuffle and not said:
        listed.sort(key=lambda place: _by_words(question.answers[place]))
    ids = dict(zip(listed, said or ascii_lowercase, strict=False))
    return {
        "type": "gap_match",
        **_texts(question, language),
        "options": [_option(question, ids[place], question.answers[place]) for place in listed],
        "key": {gap: ids[place] for gap, place in zip(named, question.right, strict=True)},
        **({"reuse": True} if question.reuse else {}),
        **({} if question.shuffle else {"shuffle": False}),
        **({"scoring": {"rule": "per_right_gap"}} if _per_gap(question) else {}),
    }


def _texts(question: SourceQuestion, language: str) -> dict[str, str]:
    """Return the text, and a stem where nothing stands before it."""
    said = _COMPLETE.get(language.partition("-")[0].casefold(), _COMPLETE["en"])
    return {"stem": question.stem or said, "text": question.text}


def _named(question: SourceQuestion) -> tuple[str, ...]:
    """Return the ids of the gaps, in the order of the text.

    Raises:
        QuestionRefused: A gap stood where the text of an item has no place for one.
    """
    named = gap_ids({"text": question.text})
    if len(named) != max(len(question.gaps), len(question.right)):
        what = "has a gap in a table, where items have none"
        raise QuestionRefused("gap-place", f"{what}; write the table as lines of text")
    return named


def refuse_many_gaps(n_gaps: int) -> None:
    """Refuse more gaps than a text can have.

    Raises:
        QuestionRefused: There are.
    """
    if n_gaps > MOST_GAPS:
        what = f"has {n_gaps} gaps, and {MOST_GAPS} are the most; part it into several questions"
        raise QuestionRefused("too-many-gaps", what)


def _refuse_unscored(number: int, gap: Gap) -> None:
    """Refuse a gap of which no list of choices scores as it does."""
    weights = [answer.weight for answer in gap.answers]
    if len(weights) > MOST_CHOICES:
        what = f"gap {number} offers {len(weights)} choices, and {MOST_CHOICES} are the most"
        raise QuestionRefused("too-many-answers", f"{what}; take some out")
    if any(weight < 0 for weight in weights):
        what = f"gap {number} has an answer that takes points away, and no item does that"
        raise QuestionRefused("negative-points", f"{what}; give it 0 %")
    if max(weights, default=Fraction(0)) != 1:
        what = f"no answer of gap {number} gives 100 %; give it to the right one"
        raise QuestionRefused("key-below-full", what)
    if not gap.weight:
        raise QuestionRefused("key-below-full", f"gap {number} counts nothing; give it a weight")
    if all(weights):
        what = f"every answer of gap {number} gives points; give one of them 0 %"
        raise QuestionRefused("nothing-wrong", what)


def _options(question: SourceQuestion, gap: str, asked: Gap) -> list[tuple[dict[str, Any], Answer]]:
    """Return the options of a gap, each with its answer.

    Where their order is drawn they are listed by their words, so that neither places nor ids tell
    which of them belongs in the gap.
    """
    answers = list(asked.answers)
    said = _ids_in(_ids_said(question).get(gap), len(answers))
    if question.shuffle and not said:
        answers.sort(key=_by_words)
    ids = said or ascii_lowercase
    return [
        (_option(question, one, answer), answer) for one, answer in zip(ids, answers, strict=False)
    ]


def _option(question: SourceQuestion, one: str, answer: Answer) -> dict[str, Any]:
    why = question.said.get("rationales")
    noted = why.get(one) if isinstance(why, dict) else None
    rationale = noted if isinstance(noted, str) else answer.feedback
    return {"id": one, "text": answer.text, **({"rationale": rationale} if rationale else {})}


def _by_words(answer: Answer) -> tuple[str, str]:
    return answer.text.casefold(), answer.text


def _ids_said(question: SourceQuestion) -> dict[str, object]:
    """Return the ids of the options of each gap, as our own export noted them."""
    said = question.said.get("gaps")
    pairs = [one for one in (said if isinstance(said, list) else ()) if isinstance(one, list)]
    return {one[0]: one[1] for one in pairs if len(one) == 2 and isinstance(one[0], str)}


def _ids_in(said: object, n_options: int) -> list[str]:
    """Return the ids that our own export noted; none where they are not those of the options."""
    ids = [one for one in (said if isinstance(said, list) else ()) if isinstance(one, str)]
    return ids if len(ids) == len(set(ids)) == n_options else []


def _as_listed(question: SourceQuestion, gaps: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the gaps in the order in which our own export noted them."""
    said = list(_ids_said(question))
    if sorted(said) != sorted(gap["id"] for gap in gaps):
        return gaps
    return sorted(gaps, key=lambda gap: said.index(gap["id"]))


def _scoring(question: SourceQuestion, worths: dict[str, dict[str, Fraction]]) -> dict[str, Any]:
    """Return whole points that stand to each other as the worths do, as few as possible.

    Raises:
        QuestionRefused: They would be more points than an item can give.
    """
    every = [worth for listed in worths.values() for worth in listed.values()]
    if len(every) == len(worths) and len(set(every)) == 1 and not _says_points(question):
        return {"scoring": {"rule": "per_right_gap"}} if _per_gap(question) else {}
    times = question.said.get("times", 1)
    whole = lcm(*(worth.denominator for worth in every))
    common = gcd(*(int(worth * whole) for worth in every))
    scale = Fraction(whole * (times if isinstance(times, int) and times > 0 else 1), common)
    points = {
        gap: {option: int(worth * scale) for option, worth in listed.items()}
        for gap, listed in worths.items()
    }
    most = sum(max(listed.values()) for listed in points.values())
    if most > MOST_POINTS:
        what = f"its weights need {most} points, and {MOST_POINTS} are the most; make them coarser"
        raise QuestionRefused("too-many-points", what)
    return {"scoring": {"rule": "graded_gaps", "points": points}}


def _says_points(question: SourceQuestion) -> bool:
    return question.said.get("rule") == "graded_gaps"


def _per_gap(question: SourceQuestion) -> bool:
    """Tell whether each gap gives a point; a single one may say so or not."""
    n_gaps = max(len(question.gaps), len(question.right))
    return n_gaps > 1 or question.said.get("rule") == "per_right_gap"
