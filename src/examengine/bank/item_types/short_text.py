"""Short text: a word or a short phrase is typed, and is right when the key accepts it."""

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Any, ClassVar

from examengine.bank.inline_text import plain
from examengine.bank.item_types import _fields as check
from examengine.bank.item_types import _options as options
from examengine.bank.item_types._fault import Content, ItemFault
from examengine.bank.item_types._form_fields import (
    FlagField,
    GroupField,
    LinesField,
    NumberField,
    RowsField,
    TextField,
)
from examengine.bank.item_types._item_type import Fields, ItemType, Rationale
from examengine.bank.item_types._patterns import bare_pattern, matches
from examengine.bank.item_types._scoring_rules import (
    MOST_POINTS,
    AllOrNothing,
    ScoringRule,
    gives_up_to,
    listed_faults,
    points_fault,
)
from examengine.bank.item_types._typed import (
    MISTAKE_ROWS,
    explained_answers,
    typed,
)
from examengine.bank.typing_signs import plain_signs

LONGEST = 200
_GRADED = ("accept", "points", "rationale")
_MATCHED = ("match", "points", "rationale")


class GradedAnswers(ScoringRule):
    """Fewer points for answers that are partly right, each listed with its points."""

    name = "graded_answers"
    fields = frozenset({"points", "answers"})
    form_fields = (
        NumberField("points", "Points of the key"),
        RowsField(
            "answers",
            "Answers that are partly right",
            row="Answer",
            columns=(
                LinesField("accept", "What is typed", "One spelling a line."),
                NumberField("points", "Points"),
                TextField("rationale", "What is right in it, and what not", size="words"),
            ),
        ),
    )

    @property
    def example(self) -> Content:
        """Show what there is to declare."""
        return {
            "rule": self.name,
            "points": 2,
            "answers": [
                {
                    "accept": ["middle value", "the middle value"],
                    "points": 1,
                    "rationale": "Says what it is, and not its name.",
                }
            ],
        }

    def faults(self, content: Content) -> Iterator[ItemFault]:
        """Check the answers: each with fewer points than the key, none of them listed elsewhere."""
        scoring = content["scoring"]
        yield from points_fault(scoring.get("points"), "scoring.points", least=2)
        of_each = partial(self._answer_faults, scoring.get("points"))
        own = [*listed_faults(scoring, "answers", _GRADED, check.MOST_MISTAKES, of_each)]
        yield from own
        if not own:
            yield from self._listed_elsewhere(content)

    def _answer_faults(
        self, most: object, answer: Mapping[str, Any], at: str
    ) -> Iterator[ItemFault]:
        yield from _accept_faults(answer.get("accept"), f"{at}.accept")
        yield from points_fault(answer.get("points"), f"{at}.points", below=most)

    def _listed_elsewhere(self, content: Content) -> Iterator[ItemFault]:
        """Refuse an answer that the key accepts, that is listed twice, or called a mistake."""
        exact = _is_exact(content)
        seen = {_bare(answer, exact=exact): "key.accept" for answer in content["key"]["accept"]}
        mistakes = {error["value"] for error in check.expected_mistakes(content)}
        for index, graded in enumerate(content["scoring"]["answers"]):
            for place, answer in enumerate(graded["accept"]):
                where, bare = (
                    f"scoring.answers[{index}].accept[{place}]",
                    _bare(answer, exact=exact),
                )
                if bare in seen:
                    yield ItemFault(where, f"{answer!r} is taken already, in {seen[bare]}")
                elif answer in mistakes:
                    yield ItemFault(
                        where, f"{answer!r} is among the errors as well; keep one of the two"
                    )
                seen.setdefault(bare, f"scoring.answers[{index}]")

    def most_points(self, content: Content) -> int:
        """Return the points of the key."""
        return int(content["scoring"]["points"])

    def points(self, content: Content, response: Any) -> int:
        """Return the points of the list that holds the answer; a listed mistake has none."""
        if not isinstance(response, str):
            return 0
        scoring, exact = content["scoring"], _is_exact(content)
        lists = [(content["key"]["accept"], scoring["points"])]
        lists += [(graded["accept"], graded["points"]) for graded in scoring["answers"]]
        spelled = {answer: points for accept, points in reversed(lists) for answer in accept}
        if response in spelled:
            return int(spelled[response])
        if response in {error["value"] for error in check.expected_mistakes(content)}:
            return 0
        bare = _bare(response, exact=exact)
        for accept, points in lists:
            if bare in {_bare(answer, exact=exact) for answer in accept}:
                return int(points)
        return 0

    def in_words(self, content: Content) -> str:
        """Say that there are answers that are partly right."""
        most = self.most_points(content)
        return f"{gives_up_to(most)}: {most} for a right answer, fewer for one partly right."


class FirstMatch(ScoringRule):
    r"""The points of the first pattern that an answer matches, sign by sign, as Moodle marks.

        scoring: {rule: first_match, answers: [{match: "*median*", points: 2}, …]}

    `*` stands for any signs, none among them, and `\*` for itself. Blanks at the ends do not
    count, nor does case, unless the key is `case_sensitive`; everything else does. `key.accept`
    repeats the patterns that give the most.
    """

    name = "first_match"
    fields = frozenset({"answers"})
    form_fields = (
        RowsField(
            "answers",
            "Patterns, the first that fits counts",
            row="Pattern",
            columns=(
                TextField("match", "What is typed", "* stands for any signs."),
                NumberField("points", "Points"),
                TextField("rationale", "What is right in it, and what not", size="words"),
            ),
        ),
    )

    @property
    def example(self) -> Content:
        """Show what there is to declare."""
        return {
            "rule": self.name,
            "answers": [
                {"match": "median", "points": 2},
                {"match": "the median", "points": 2},
                {"match": "*middle*", "points": 1, "rationale": "Says what it is, not its name."},
                {"match": "*mode*", "points": 0, "rationale": "It is the most frequent value."},
            ],
        }

    def faults(self, content: Content) -> Iterator[ItemFault]:
        """Check the patterns, and that the key is those that give the most."""
        scoring, most_listed = content["scoring"], check.MOST_MISTAKES
        own = [*listed_faults(scoring, "answers", _MATCHED, most_listed, self._answer_faults)]
        yield from own
        if own:
            return
        answers = scoring["answers"]
        most = self.most_points(content)
        best = [answer["match"] for answer in answers if answer["points"] == most]
        if not most or content["key"]["accept"] != best:
            yield ItemFault("key.accept", "must repeat the patterns that give the most points")
        elif self.points(content, bare_pattern(best[0])) != most:
            yield ItemFault(
                "key.accept[0]", "can never be given, or another pattern takes it first"
            )
        else:
            yield from self._worth_something(content)

    def _worth_something(self, content: Content) -> Iterator[ItemFault]:
        for index, error in enumerate(check.expected_mistakes(content)):
            if self.points(content, error["value"]):
                what = f"{error['value']!r} matches a pattern that gives points; take it out"
                yield ItemFault(f"errors[{index}].value", what)

    def _answer_faults(self, answer: Mapping[str, Any], at: str) -> Iterator[ItemFault]:
        yield from check.text(answer, "match", "write what is typed", at=at, longest=LONGEST)
        worth = answer.get("points")
        if not isinstance(worth, int) or isinstance(worth, bool) or not 0 <= worth <= MOST_POINTS:
            yield ItemFault(f"{at}.points", f"must be whole points from 0 to {MOST_POINTS}")

    def most_points(self, content: Content) -> int:
        """Return the most that a pattern gives."""
        return max(int(answer["points"]) for answer in content["scoring"]["answers"])

    def points(self, content: Content, response: Any) -> int:
        """Return the points of the first pattern that an answer matches."""
        if not isinstance(response, str):
            return 0
        exact = _is_exact(content)
        for answer in content["scoring"]["answers"]:
            if matches(answer["match"], response, exact=exact):
                return int(answer["points"])
        return 0

    def in_words(self, content: Content) -> str:
        """Say whether there are answers that are partly right."""
        most = self.most_points(content)
        if {answer["points"] for answer in content["scoring"]["answers"]} <= {0, most}:
            return f"{gives_up_to(most)}, for a right answer."
        return f"{gives_up_to(most)}: {most} for a right answer, fewer for one partly right."


def _by_patterns(content: Content) -> bool:
    return bool(content.get("scoring", {}).get("rule") == FirstMatch.name)


def _is_exact(content: Content) -> bool:
    return bool(content["key"].get("case_sensitive", False))


def _accept_faults(accepted: object, at: str) -> Iterator[ItemFault]:
    """Check a list of accepted answers."""
    if not isinstance(accepted, list) or not accepted:
        yield ItemFault(at, "must list at least one accepted answer")
        return
    for index, answer in enumerate(accepted):
        where = f"{at}[{index}]"
        why = "write the accepted answer"
        yield from check.text({where: answer}, where, why, longest=LONGEST)
        if isinstance(answer, str) and answer.strip() and not _bare(answer, exact=True):
            yield ItemFault(where, "holds no sign that counts; write a word")


def _is_right(content: Content, response: Any) -> bool:
    """Tell whether an answer is accepted; how signs are typed and, by default, case do not count.

    What the item itself lists as a mistake stays one, however like an accepted answer it is.
    """
    if not isinstance(response, str):
        return False
    key, exact = content["key"], _is_exact(content)
    if response in {error["value"] for error in check.expected_mistakes(content)} - {
        *key["accept"]
    }:
        return False
    return _bare(response, exact=exact) in {_bare(one, exact=exact) for one in key["accept"]}


class ShortText(ItemType):
    """A word or short phrase is typed. Response: what was typed, trimmed, `"median"`."""

    name = "short_text"
    title = "Short text"
    kind = "text"
    fields = frozenset({"key", "errors", "scoring"})
    form_fields = (
        GroupField(
            "key",
            "Right answer",
            fields=(
                LinesField("accept", "What is right", "One spelling a line."),
                FlagField("case_sensitive", "Capital letters have to be right"),
            ),
        ),
        MISTAKE_ROWS,
    )
    scoring_rules = (AllOrNothing(_is_right), GradedAnswers(), FirstMatch())
    example: ClassVar[Content] = {
        "stem": "Which summary divides ordered values into two halves of equal size?",
        "key": {"accept": ["median", "the median"], "case_sensitive": False},
        "errors": [{"value": "mean", "rationale": "It divides the sum, not the values."}],
        "rationale": "Half of the ordered values lie below it, half above.",
    }
    unfinished_example: ClassVar[object] = "\u200b."

    def faults(self, content: Content) -> Iterator[ItemFault]:
        """Check the accepted answers, and that no expected mistake is among them."""
        own = (*self._key_faults(content.get("key")), *check.mistakes(content))
        yield from own
        for index, error in enumerate(() if own else check.expected_mistakes(content)):
            if _is_right(content, error["value"]):
                what = f"{error['value']!r} would be marked as right"
                yield ItemFault(f"errors[{index}].value", what)

    def _key_faults(self, key: object) -> Iterator[ItemFault]:
        if not isinstance(key, Mapping):
            yield ItemFault("key", 'must list what is accepted: {accept: ["median", "the median"]}')
            return
        yield from check.known(key, ("accept", "case_sensitive"), at="key")
        yield from check.flag(key, "case_sensitive", at="key")
        yield from _accept_faults(key.get("accept"), "key.accept")

    def controls(self, content: Content, order: Sequence[str]) -> Mapping[str, Any]:  # noqa: ARG002
        """Show the field."""
        return {"longest": LONGEST}

    def read(self, content: Content, raw: object) -> str | None:  # noqa: ARG002
        """Take what was typed."""
        return typed(raw, LONGEST)

    def read_fields(self, content: Content, fields: Fields) -> object:  # noqa: ARG002
        """Take the field."""
        return options.first_field(fields)

    def echo(self, content: Content, response: Any) -> str | None:
        """Say what was read where signs were left out or taken for others."""
        if response is None or _by_patterns(content) or self.unfinished(content, response):
            return None
        read = _bare(response, exact=True)
        return None if read == " ".join(response.split()) else f"Read as {read}."

    def unfinished(self, content: Content, response: Any) -> str | None:
        """Say that nothing of an answer is left to read."""
        if response is None or _by_patterns(content) or _bare(response, exact=True):
            return None
        return "There is nothing to read in this answer. Write a word or a number."

    def in_words(self, content: Content, response: Any) -> str:  # noqa: ARG002
        """Say what was typed."""
        return "No answer" if response is None else str(response)

    def key_in_words(self, content: Content) -> str:
        """Say everything that is accepted."""
        return " / ".join(content["key"]["accept"])

    def key_response(self, content: Content) -> str:
        """Type the first accepted answer; of a pattern, what stands between its asterisks."""
        first = str(content["key"]["accept"][0])
        return bare_pattern(first) if _by_patterns(content) else first

    def likely_mistakes(self, content: Content) -> tuple[str, ...]:
        """Type each expected mistake, and each answer that is partly right."""
        graded = content.get("scoring", {}).get("answers", ())
        if _by_patterns(content):
            typed_in = [bare_pattern(answer["match"]) for answer in graded]
            typed_in += [error["value"] for error in check.expected_mistakes(content)]
            others = dict.fromkeys(one for one in typed_in if one)
            most = self.most_points(content)
            return tuple(one for one in others if self.points(content, one) < most)
        return (
            *(error["value"] for error in check.expected_mistakes(content)),
            *(answer["accept"][0] for answer in graded),
        )

    def explanations(self, content: Content) -> tuple[Rationale, ...]:
        """Explain the key, each answer that is partly right and each expected mistake."""
        answers = content.get("scoring", {}).get("answers", ())
        if _by_patterns(content):
            errors = check.expected_mistakes(content)
            listed = [(one["match"], one.get("rationale", ""), one["points"]) for one in answers]
            listed += [(one["value"], one.get("rationale", ""), 0) for one in errors]
            best = self.most_points(content)
            return tuple(
                Rationale(text, text, plain(why), points == best, points)
                for text, why, points in listed
            )
        graded = [
            (" / ".join(answer["accept"]), answer.get("rationale", ""), answer["points"])
            for answer in answers
        ]
        most = self.most_points(content) if graded else None
        return explained_answers(content, self.key_in_words(content), graded, most)

    def category(self, content: Content, response: Any) -> str:
        """Count by what was typed, small differences of writing left out."""
        if response is None:
            return ""
        if _by_patterns(content):
            return str(response) if _is_exact(content) else str(response).casefold()
        return _bare(response, exact=_is_exact(content)) or str(response)


def _bare(text: str, *, exact: bool) -> str:
    """Return text without the differences of writing that do not count."""
    joined = " ".join(plain_signs(text).split()).strip(" \"'").rstrip(" .。\"'")
    return joined if exact else plain_signs(joined.casefold())


ITEM_TYPE = ShortText()
