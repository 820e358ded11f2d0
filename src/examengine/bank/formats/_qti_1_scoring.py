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


@dataclass(frozen=True, slots=True)
class Scoring:
    """The response processing of one item.

    Attributes:
        conditions: The elements `respcondition`, in their order.
        several: Which responses can be several things at once.
        numbers: Which responses are numbers: 4 and 4.0 are one.
        most: The most that its declaration allows; None where it does not say.
        least: The least.
        variable: Which variable is the score.
    """

    conditions: tuple[Any, ...] = ()
    several: frozenset[str] = frozenset()
    numbers: frozenset[str] = frozenset()
    most: Fraction | None = None
    least: Fraction = Fraction(0)
    variable: str = SCORE

    def score(self, given: GivenAnswers) -> Fraction:
        """Return what an answer is worth, within what may be given.

        Raises:
            QuestionRefused: It asks something that is not read here.
        """
        found = max(self.sum_of(given), self.least)
        return found if self.most is None else min(found, self.most)

    def sum_of(self, given: GivenAnswers) -> Fraction:
        """Return what an answer is worth, were there no bounds."""
        score, settled = Fraction(0), False
        for condition in self.conditions:
            asked = condition.find("conditionvar")
            if asked is None or not self._holds(asked, given, settled=settled):
                continue
            changes = list(self._changes(condition))
            for change, value in changes:
                score = change(score, value)
            settled = settled or bool(changes)
            if changes and _ends(condition):
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

    def _changes(self, condition: Any) -> Iterator[tuple[Callable[..., Fraction], Fraction]]:
        setting = condition.findall("setvar")
        for element in setting:
            if name_of_variable(element) != self.variable:
                continue
            change = _CHANGES.get(element.get("action", "Set").strip().casefold())
            if change is None:
                what = f"changes its score by {element.get('action', '')[:40]!r}"
                raise QuestionRefused("score-action", f"{what}, which is not read")
            yield change, self._value(element.text or "")
        shown = (one.get("linkrefid", "") for one in condition.findall("displayfeedback"))
        if not setting and _RIGHT in {name.casefold() for name in shown}:
            yield _CHANGES["set"], self._full()

    def _value(self, text: str) -> Fraction:
        said = text.strip()
        if said.casefold().endswith(".max"):
            return self._full()
        if said.casefold().endswith(".min"):
            return self.least
        return number_of(said)

    def _full(self) -> Fraction:
        return Fraction(1) if self.most is None else self.most

    def _holds(self, asked: Any, given: GivenAnswers, *, settled: bool) -> bool:
        """Tell whether what stands side by side holds: all of it, and one of the alternatives."""
        equal: dict[str, bool] = {}
        bounds: dict[str, bool] = {}
        rest = True
        for element in _elements_in(asked):
            name = _name(element)
            holds = self._one(element, given, settled=settled, depth=0)
            response = element.get("respident", "")
            if name == "varequal" and response not in self.several:
                equal[response] = equal.get(response, False) or holds
            elif name in _COMPARED:
                bounds[response] = bounds.get(response, True) and holds
            else:
                rest = rest and holds
        asks = [*equal, *(response for response in bounds if response not in equal)]
        return rest and all(equal.get(one, False) or bounds.get(one, False) for one in asks)

    def _one(self, element: Any, given: GivenAnswers, *, settled: bool, depth: int) -> bool:
        if depth > DEEPEST:
            raise QuestionRefused("too-deep", "its conditions are nested too deeply to be read")
        name = _name(element)
        if name == "other":
            return not settled
        if name in {"and", "or", "not"}:
            held = [
                self._one(child, given, settled=settled, depth=depth + 1)
                for child in _elements_in(element)
            ]
            return any(held) if name == "or" else all(held) is (name == "and")
        said = tuple(given.get(element.get("respident", ""), ()))
        if name == "unanswered":
            return not said
        if name == "varequal":
            return self._is_equal(element, said)
        if name == "varsubstring":
            return any(
                _folded(element, element.text or "") in _folded(element, one) for one in said
            )
        if name in _COMPARED:
            bound = number_of(element.text or "")
            numbers = (_number_in(one) for one in said)
            return any(one is not None and _COMPARED[name](one, bound) for one in numbers)
        what = f"its scoring asks for <{name[:40]}>, which is not read"
        raise QuestionRefused("condition", f"{what}; choices, texts and numbers are")

    def _is_equal(self, element: Any, said: Sequence[str]) -> bool:
        wanted = (element.text or "").strip()
        index = (element.get("index") or "").strip()
        if index.isdecimal():
            place = int(index[:4]) - 1
            return 0 <= place < len(said) and said[place] == wanted
        if element.get("respident") in self.numbers:
            value = _number_in(wanted)
            return value is not None and value in map(_number_in, said)
        own = _folded(element, wanted)
        return any(_folded(element, one) == own for one in said)


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
    return Scoring(
        conditions=conditions,
        several=several,
        numbers=numbers,
        most=most if most is not None and most > 0 else None,
        least=Fraction(0) if least is None else least,
        variable=variable,
    )


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


def _name(element: Any) -> str:
    return str(element.tag).casefold()


def _number_in(text: str) -> Fraction | None:
    try:
        return number_of(text)
    except QuestionRefused:
        return None


def _folded(element: Any, text: str) -> str:
    bare = text.strip()
    return bare if (element.get("case") or "No").strip().casefold() == "yes" else bare.casefold()
