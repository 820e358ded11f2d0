"""What an item type must bring, so that it can be checked, shown, answered, marked and explained.

An item type knows the content of an item (as its file says it) and nothing else: no database, no
page, no candidate. A response travels and is stored as a small JSON value, its *canonical* form;
`None` stands for no answer. It is worth whole points, from 0 to the most that its item gives; how
much an item weighs in an exam is not said here.
"""

import json
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from examengine.bank.errors import ResponseMalformed
from examengine.bank.inline_text import paragraphs
from examengine.bank.item_types import _fields as check
from examengine.bank.item_types._fault import Content, ItemFault
from examengine.bank.item_types._form_fields import FormField
from examengine.bank.item_types._picture import MarkedArea
from examengine.bank.item_types._scoring_rules import ScoringRule, declared_rule
from examengine.bank.item_types._stimulus import presented_stimulus
from examengine.kernel.languages import direction_of

Fields = Mapping[str, Sequence[str]]

UNREADABLE = "unreadable"
"""Where an answer is counted that nobody can have given: what somebody wrote into a record."""


@dataclass(frozen=True, slots=True)
class Rationale:
    """One answer that the item foresees, and why it is right or what leads to it."""

    label: str
    """What stands for it in records: an option's id, a typed value."""
    text: str
    rationale: str
    right: bool | None
    """Whether it is right; None where only the whole answer can be (an order, a match)."""
    points: int | None = None
    """What it is worth, where the item gives it points of its own."""


class ItemType(ABC):
    """One type of item.

    Attributes:
        name: The name used in files; the template is `item_types/<name>.html`.
        title: The name used in sentences.
        kind: How the answer is given: `single` (a radio button), `multiple` (boxes), `text`,
            `number`, `point` or `essay` (what is typed), `map` (lists), `grid` (rows of radio
            buttons), `regions` (of a picture), `order` or `files`. It stands in the page as
            `data-response-kind`.
        fields: The fields of the item file that this type adds to those every item has.
        form_fields: The same, but for `scoring`, as an author fills them in; without any an item of
            this type is edited as YAML alone.
        blank: What a new item begins with, beside what every item begins with.
        example: The content of one item without a fault; it declares no scoring rule.
        unfinished_example: What `read` takes and is no whole answer to the example; None for a type
            whose answers are always whole.
        scoring_rules: The rules that an item of this type may declare, all-or-nothing the first.
        by_person: Whether a person has to mark an answer: then it has no points before, no mistake
            of it is known beforehand, and `points` must not be asked.

    Everything but `faults` may take the content to be without faults.
    """

    name: ClassVar[str]
    title: ClassVar[str]
    kind: ClassVar[str]
    fields: ClassVar[frozenset[str]]
    form_fields: ClassVar[tuple[FormField, ...]] = ()
    blank: ClassVar[Content] = {}
    example: ClassVar[Content]
    unfinished_example: ClassVar[object] = None
    scoring_rules: ClassVar[tuple[ScoringRule, ...]]
    by_person: ClassVar[bool] = False

    @property
    def is_typed(self) -> bool:
        """Tell whether an answer stands in one field as it was typed, read or not."""
        return self.kind in {"text", "number", "point", "essay"}

    @abstractmethod
    def faults(self, content: Content) -> Iterator[ItemFault]:
        """Say what is wrong with the fields of this type; never raises, whatever they hold.

        What an item declares under `scoring` is for `scoring_faults`.
        """

    def scoring_faults(self, content: Content) -> Iterator[ItemFault]:
        """Say what is wrong with `scoring` in an item whose other fields have no fault."""
        if "scoring" not in content:
            return
        scoring, rules = content["scoring"], {rule.name: rule for rule in self.scoring_rules}
        name = scoring.get("rule") if isinstance(scoring, Mapping) else None
        rule = rules.get(name) if isinstance(name, str) else None
        if rule is None:
            what = f"must name one of {', '.join(rules)}, as in {{rule: {next(iter(rules))}}}"
            yield ItemFault("scoring.rule" if isinstance(scoring, Mapping) else "scoring", what)
            return
        yield from check.known(scoring, ("rule", *rule.fields), at="scoring")
        yield from rule.faults(content)

    def drawn_ids(self, content: Content) -> tuple[str, ...]:  # noqa: ARG002 - none, by default
        """Return the ids whose order is drawn for each candidate; none when it is fixed."""
        return ()

    def present(
        self, content: Content, order: Sequence[str], language: str = ""
    ) -> Mapping[str, Any]:
        """Return all that the item's template may see: nothing in it tells the key.

        Args:
            content: The item.
            order: The drawn order of `drawn_ids`; empty for the order of the file.
            language: The language of the item's bank; "" when it is not known.

        Raises:
            ValueError: The order is not one of these ids.
        """
        return {
            "type": self.name,
            "kind": self.kind,
            "language": language,
            "direction": direction_of(language),
            "stimulus": presented_stimulus(content),
            "stem": paragraphs(content["stem"]),
            "points": self.points_in_words(content) if "scoring" in content else "",
            **self.controls(content, order),
        }

    @abstractmethod
    def controls(self, content: Content, order: Sequence[str]) -> Mapping[str, Any]:
        """Return what the template needs to draw the part that is answered; as `present`."""

    def marked_areas(self, content: Content) -> Iterator[MarkedArea]:  # noqa: ARG002
        """Yield what an author has marked on the picture of an item, whatever its faults."""
        yield from ()

    @abstractmethod
    def read(self, content: Content, raw: object) -> Any:
        """Return a response in canonical form, or None for no answer.

        Args:
            content: The item.
            raw: What was sent, as JSON or from `read_fields`.

        Raises:
            ResponseMalformed: It can be no response to this item.
        """

    @abstractmethod
    def read_fields(self, content: Content, fields: Fields) -> object:
        """Return what the fields of a plain HTML form say, ready for `read`.

        Args:
            content: The item.
            fields: The values of `response` and of `response.<id>`, as the template names them.
        """

    def echo(self, content: Content, response: Any) -> str | None:  # noqa: ARG002
        """Say in a sentence how a typed answer was read; None when that is plain.

        The sentence rests on the answer alone, so it tells nothing of the key, and marking reads
        exactly what it says.
        """
        return None

    @abstractmethod
    def unfinished(self, content: Content, response: Any) -> str | None:
        """Say what an answer lacks that it could not be marked as meant, or return None.

        The sentence is for the candidate: it rests on the answer and on what the page shows, never
        on the key. No answer at all is not unfinished: it is None here too.
        """

    def scoring_rule(self, content: Content) -> ScoringRule:
        """Return the rule that an item declares."""
        name = declared_rule(content)
        return next(rule for rule in self.scoring_rules if rule.name == name)

    def most_points(self, content: Content) -> int:
        """Return what the key is worth, at least 1."""
        return self.scoring_rule(content).most_points(content)

    def points(self, content: Content, response: Any) -> int:
        """Return what a response is worth, from 0 to `most_points`; no answer is worth 0.

        Args:
            content: The item.
            response: In canonical form. One that this item could never have been given is worth
                what a wrong answer is, and raises nothing.
        """
        return 0 if response is None else self.scoring_rule(content).points(content, response)

    def points_in_words(self, content: Content) -> str:
        """Say to the candidate how many points the item gives, and for what; never for which."""
        return self.scoring_rule(content).in_words(content)

    @abstractmethod
    def in_words(self, content: Content, response: Any) -> str:
        """Return a response as a person would say it."""

    def told(self, content: Content, stored: Any) -> str:
        """Return a stored response as a person would say it, whatever somebody made of it."""
        try:
            return self.in_words(content, self.read(content, stored))
        except ResponseMalformed:
            return f"No answer to this question: {json.dumps(stored, ensure_ascii=False)[:200]}"

    def counted_as(self, content: Content, stored: Any) -> str:
        """Return the row of a distractor table that a stored response belongs to.

        One that nobody can have given has a row of its own, `UNREADABLE`.
        """
        try:
            return self.category(content, self.read(content, stored))
        except ResponseMalformed:
            return UNREADABLE

    @abstractmethod
    def key_response(self, content: Content) -> Any:
        """Return a response that is worth the most points, in canonical form."""

    @abstractmethod
    def likely_mistakes(self, content: Content) -> tuple[Any, ...]:
        """Return responses to be expected besides the key, in canonical form.

        Where the item declares a scoring rule some of them are worth points, and some are not.
        """

    def expected_responses(self, content: Content) -> Mapping[int, tuple[Any, ...]]:
        """Return the responses to be expected by what they are worth, most points first.

        Of an item that a person marks that is the key alone.
        """
        worth: dict[int, list[Any]] = {self.most_points(content): [self.key_response(content)]}
        for response in self.likely_mistakes(content):
            worth.setdefault(self.points(content, response), []).append(response)
        return {points: tuple(worth[points]) for points in sorted(worth, reverse=True)}

    def wrong_responses(self, content: Content) -> tuple[Any, ...]:
        """Return the expected responses that are worth nothing; none where nobody named one."""
        return () if self.by_person else self.expected_responses(content).get(0, ())

    @abstractmethod
    def explanations(self, content: Content) -> tuple[Rationale, ...]:
        """Return each answer that the item foresees with its rationale."""

    def key_in_words(self, content: Content) -> str:
        """Return the key as a person would say it."""
        return self.in_words(content, self.key_response(content))

    @abstractmethod
    def category(self, content: Content, response: Any) -> str:
        """Return the row a response belongs to in a distractor table; "" for no answer."""
