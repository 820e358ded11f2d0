"""What an answer to an item of QTI 1.2 is worth: its response processing, carried out.

Nothing of it is guessed from names: an answer is given, every condition is asked in its turn, and
what is then in the variable of the score is the score. Read is what question banks write:
comparisons joined by `and`, `or` and `not`, `other`, and the five ways of setting a variable.

Where QTI leaves open, or programs write otherwise than it says, they are followed:

- Several equal signs about one answer that can be only one thing are alternatives.
- What adds to a score lets the next condition be asked, unless it says `continue="No"`, and so does
  what only shows a feedback: a matching question of Canvas would else give its first pair alone.
- `other` holds where no condition before it has set a score.
- A condition that sets nothing and shows the feedback "correct" gives everything (Blackboard).
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from examengine.bank.formats._question import QuestionRefused, number_of

GivenAnswers = Mapping[str, Sequence[str]]
"""What is answered, by the identifier of the response: ids of what is chosen, or what is typed."""
SCORE = "SCORE"
DEEPEST = 20
MOST_CONDITIONS = 500
MOST_PARTS = 1_500
"""Elements of all conditions of one item."""
MOST_WORK = 100_000
"""So many elements may be asked while answers to one item are tried."""
_RIGHT = "correct"
_COMPARED: Mapping[str, Callable[[Fraction, Fraction], bool]] = {
    "varlt": lambda said, bound: said < bound,
    "varlte": lambda said, bound: said <= bound,
    "vargt": lambda said, bound: said > bound,
    "vargte": lambda said, bound: said >= bound,
}
_CHANGES: Mapping[str, Callable[[Fraction, Fraction], Fraction]] = {
    "set": lambda _, value: value,
    "add": lambda score, value: score + value,
    "subtract": lambda score, value: score - value,
    "multiply": lambda score, value: score * value,
    "divide": lambda score, value: score / value if value else score,
}


_ASKED = frozenset(
    {"and", "or", "not", "other", "unanswered", "varequal", "varsubstring", *_COMPARED}
)


@dataclass(frozen=True, slots=True)
class _Test:
    """One element of a condition, as it is asked again and again."""

    name: str
    response: str = ""
    text: str = ""
    folded: str = ""
    number: Fraction | None = None
    exact: bool = False
    place: int | None = None
    tests: tuple["_Test", ...] = ()


@dataclass(frozen=True, slots=True)
class _Rule:
    """One condition: what it asks, how it changes the score, and whether it is the last then."""

    tests: tuple[_Test, ...]
    changes: tuple[tuple[Callable[[Fraction, Fraction], Fraction], Fraction], ...]
    ends: bool


@dataclass(frozen=True, slots=True)
class Scoring:
    """The response processing of one item.

    Attributes:
        conditions: The elements `respcondition`, in their order.
        rules: The same, as they are carried out.
        several: Which responses can be several things at once.
        numbers: Which responses are numbers: 4 and 4.0 are one.
        most: The most that its declaration allows; None where it does not say.
        least: The least.
        n_parts: How many elements its conditions have.
    """

    conditions: tuple[Any, ...] = ()
    rules: tuple[_Rule, ...] = ()
    several: frozenset[str] = frozenset()
    numbers: frozenset[str] = frozenset()
    most: Fraction | None = None
    least: Fraction = Fraction(0)
    n_parts: int = 0

    def can_try(self, n_answers: int) -> bool:
        """Tell whether so many answers can be tried soon enough."""
        return n_answers * max(self.n_parts, 1) <= MOST_WORK

    def score(self, given: GivenAnswers) -> Fraction:
        """Return what an answer is worth, within what may be given."""
        return self.bounded(self.sum_of(given))

    def bounded(self, worth: Fraction) -> Fraction:
        """Return a sum within what may be given."""
        found = max(worth, self.least)
        return found if self.most is None else min(found, self.most)

    def sum_of(self, given: GivenAnswers) -> Fraction:
        """Return what an answer is worth, were there no bounds."""
        score, settled = Fraction(0), False
        for rule in self.rules:
            if not rule.changes or not self._holds(rule.tests, given, settled=settled):
                continue
            for change, value in rule.changes:
                score = change(score, value)
            settled = True
            if rule.ends:
                break
        return score

    def texts_of(self, response: str) -> tuple[str, ...]:
        """Return everything that an answer is compared with, each once, in the order it stands."""
        compared = (
            element
            for condition in self.conditions
            for element in condition.iter("varequal", "varsubstring", *_COMPARED)
            if element.get("respident", response) == response
        )
        return tuple(dict.fromkeys((element.text or "").strip() for element in compared))

    def _holds(self, tests: Sequence[_Test], given: GivenAnswers, *, settled: bool) -> bool:
        """Tell whether what stands side by side holds: all of it, and one of the alternatives."""
        equal: dict[str, bool] = {}
        bounds: dict[str, bool] = {}
        rest = True
        for test in tests:
            holds = self._one(test, given, settled=settled)
            if test.name == "varequal" and test.response not in self.several:
                equal[test.response] = equal.get(test.response, False) or holds
            elif test.name in _COMPARED:
                bounds[test.response] = bounds.get(test.response, True) and holds
            else:
                rest = rest and holds
        asks = [*equal, *(response for response in bounds if response not in equal)]
        return rest and all(equal.get(one, False) or bounds.get(one, False) for one in asks)

    def _one(self, test: _Test, given: GivenAnswers, *, settled: bool) -> bool:
        if test.tests:
            held = (self._one(one, given, settled=settled) for one in test.tests)
            return any(held) if test.name == "or" else all(held) is (test.name == "and")
        if test.name in {"and", "or", "not", "other"}:
            return test.name == "and" or (test.name == "other" and not settled)
        said = given.get(test.response, ())
        if test.name == "unanswered":
            return not said
        if test.name == "varequal":
            return self._is_equal(test, said)
        if test.name == "varsubstring":
            return any(test.folded in _folded(one, exact=test.exact) for one in said)
        numbers = map(_number_in, said)
        compare, bound = _COMPARED[test.name], test.number or Fraction(0)
        return any(one is not None and compare(one, bound) for one in numbers)

    def _is_equal(self, test: _Test, said: Sequence[str]) -> bool:
        if test.place is not None:
            return test.place < len(said) and said[test.place] == test.text
        if test.response in self.numbers:
            return test.number is not None and test.number in map(_number_in, said)
        return any(_folded(one, exact=test.exact) == test.folded for one in said)


def scoring_of(item: Any, several: frozenset[str], numbers: frozenset[str]) -> Scoring:
    """Return the response processing of an item.

    Args:
        item: The element, its names without namespace.
        several: Which of its responses can be several things at once.
        numbers: Which are numbers.

    Raises:
        QuestionRefused: It has several scores, or more conditions than anybody writes.
    """
    conditions = tuple(item.iterfind("resprocessing//respcondition"))
    if len(conditions) > MOST_CONDITIONS:
        what = f"has {len(conditions)} conditions of scoring; {MOST_CONDITIONS} are the most"
        raise QuestionRefused("too-long", what)
    n_parts = sum(1 for each in conditions for _ in each.iter())
    if n_parts > MOST_PARTS:
        what = f"has {n_parts} parts of conditions; {MOST_PARTS} are the most"
        raise QuestionRefused("too-long", what)
    set_by = dict.fromkeys(
        name_of_variable(one) for each in conditions for one in each.findall("setvar")
    )
    variable = SCORE if SCORE in set_by or not set_by else next(iter(set_by))
    if SCORE not in set_by and len(set_by) > 1:
        what = f"sets several variables ({', '.join(list(set_by)[:5])}), and none is called {SCORE}"
        raise QuestionRefused("several-scores", what)
    declared = next(
        (
            one
            for one in item.iterfind("resprocessing/outcomes/decvar")
            if (one.get("varname") or SCORE) == variable
        ),
        None,
    )
    most = least = None
    if declared is not None:
        most, least = _bound(declared, "maxvalue"), _bound(declared, "minvalue")
    highest = most if most is not None and most > 0 else None
    lowest = Fraction(0) if least is None else least
    full = Fraction(1) if highest is None else highest
    return Scoring(
        conditions=conditions,
        rules=tuple(_rule(one, variable, full, lowest) for one in conditions),
        several=several,
        numbers=numbers,
        most=highest,
        least=lowest,
        n_parts=n_parts,
    )


def _rule(condition: Any, variable: str, full: Fraction, least: Fraction) -> _Rule:
    asked = condition.find("conditionvar")
    tests = () if asked is None else tuple(_test(one, 0) for one in _elements_in(asked))
    changes = () if asked is None else tuple(_changes(condition, variable, full, least))
    return _Rule(tests, changes, _ends(condition))


def _test(element: Any, depth: int) -> _Test:
    if depth > DEEPEST:
        raise QuestionRefused("too-deep", "its conditions are nested too deeply to be read")
    name = str(element.tag).casefold()
    if name not in _ASKED:
        what = f"its scoring asks for <{name[:40]}>, which is not read"
        raise QuestionRefused("condition", f"{what}; choices, texts and numbers are")
    text, index = (element.text or "").strip(), (element.get("index") or "").strip()
    exact = (element.get("case") or "No").strip().casefold() == "yes"
    return _Test(
        name=name,
        response=element.get("respident", ""),
        text=text,
        folded=_folded(text, exact=exact),
        number=number_of(text) if name in _COMPARED else _number_in(text),
        exact=exact,
        place=int(index[:4]) - 1 if index.isdecimal() and int(index[:4]) else None,
        tests=tuple(_test(one, depth + 1) for one in _elements_in(element)),
    )


def _changes(
    condition: Any, variable: str, full: Fraction, least: Fraction
) -> Iterator[tuple[Callable[[Fraction, Fraction], Fraction], Fraction]]:
    setting = condition.findall("setvar")
    for element in setting:
        if name_of_variable(element) != variable:
            continue
        change = _CHANGES.get(element.get("action", "Set").strip().casefold())
        if change is None:
            what = f"changes its score by {element.get('action', '')[:40]!r}"
            raise QuestionRefused("score-action", f"{what}, which is not read")
        said = (element.text or "").strip()
        ending = said.casefold().rpartition(".")[2]
        known = {"max": full, "min": least}
        yield change, known[ending] if ending in known else number_of(said)
    shown = (one.get("linkrefid", "") for one in condition.findall("displayfeedback"))
    if not setting and _RIGHT in {name.casefold() for name in shown}:
        yield _CHANGES["set"], full


def name_of_variable(element: Any) -> str:
    """Return which variable an element sets; Blackboard has a name of its own for the attribute."""
    name = element.get("varname") or element.get("variablename") or SCORE
    return SCORE if name.casefold() == SCORE.casefold() else str(name)[:60]


def _bound(declared: Any, name: str) -> Fraction | None:
    said = (declared.get(name) or "").strip()
    return number_of(said) if said else None


def _ends(condition: Any) -> bool:
    said = condition.get("continue")
    if said is not None:
        return bool(said.strip().casefold() != "yes")
    actions = {one.get("action", "Set").strip().casefold() for one in condition.findall("setvar")}
    return actions <= {"set"}


def _elements_in(element: Any) -> Iterator[Any]:
    return (child for child in element if isinstance(child.tag, str))


def _number_in(text: str) -> Fraction | None:
    try:
        return number_of(text)
    except QuestionRefused:
        return None


def _folded(text: str, *, exact: bool) -> str:
    bare = text.strip()
    return bare if exact else bare.casefold()
