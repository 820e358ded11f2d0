"""What an item type must bring, so that it can be checked, shown, answered, scored and explained.

An item type knows the content of an item (as its file says it) and nothing else: no database, no
page, no candidate. All items are scored 0 or 1. A response travels and is stored as a small JSON
value, its *canonical* form; `None` stands for no answer.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from examengine.bank.inline_text import paragraphs
from examengine.bank.item_types._fault import Content, Fault
from examengine.bank.item_types._stimulus import presented_stimulus

Fields = Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class Explanation:
    """One answer that the item foresees, and why it is right or what leads to it."""

    label: str
    """What stands for it in records: an option's id, a typed value."""
    text: str
    rationale: str
    right: bool | None
    """Whether it is right; None where only the whole answer can be (an order, a match)."""


class ItemType(ABC):
    """One type of item.

    Attributes:
        name: The name used in files; the template is `item_types/<name>.html`.
        title: The name used in sentences.
        kind: How a script collects the answer from the page: `single`, `multiple`, `text`,
            `map` or `order`. It stands in the page as `data-response-kind`.
        fields: The fields of the item file that this type adds to those every item has.
        example: The content of one item without a fault.

    Everything but `faults` may take the content to be without faults.
    """

    name: ClassVar[str]
    title: ClassVar[str]
    kind: ClassVar[str]
    fields: ClassVar[frozenset[str]]
    example: ClassVar[Content]

    @abstractmethod
    def faults(self, content: Content) -> Iterator[Fault]:
        """Say what is wrong with the fields of this type; never raises, whatever they hold."""

    def drawn_ids(self, content: Content) -> tuple[str, ...]:  # noqa: ARG002 - none, by default
        """Return the ids whose order is drawn for each candidate; none when it is fixed."""
        return ()

    def present(self, content: Content, order: Sequence[str]) -> Mapping[str, Any]:
        """Return all that the item's template may see: nothing in it tells the key.

        Args:
            content: The item.
            order: The drawn order of `drawn_ids`; empty for the order of the file.

        Raises:
            ValueError: The order is not one of these ids.
        """
        return {
            "type": self.name,
            "kind": self.kind,
            "stimulus": presented_stimulus(content),
            "stem": paragraphs(content["stem"]),
            **self.controls(content, order),
        }

    @abstractmethod
    def controls(self, content: Content, order: Sequence[str]) -> Mapping[str, Any]:
        """Return what the template needs to draw the part that is answered; as `present`."""

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

    @abstractmethod
    def score(self, content: Content, response: Any) -> int:
        """Return 1 for the key, 0 for everything else and for no answer."""

    @abstractmethod
    def in_words(self, content: Content, response: Any) -> str:
        """Return a response as a person would say it."""

    @abstractmethod
    def key_response(self, content: Content) -> Any:
        """Return a response that scores 1, in canonical form."""

    @abstractmethod
    def wrong_responses(self, content: Content) -> tuple[Any, ...]:
        """Return responses that score 0 and are worth expecting, in canonical form."""

    @abstractmethod
    def explanations(self, content: Content) -> tuple[Explanation, ...]:
        """Return each answer that the item foresees with its rationale."""

    def key_in_words(self, content: Content) -> str:
        """Return the key as a person would say it."""
        return self.in_words(content, self.key_response(content))

    @abstractmethod
    def category(self, content: Content, response: Any) -> str:
        """Return the row a response belongs to in a distractor table; "" for no answer."""
