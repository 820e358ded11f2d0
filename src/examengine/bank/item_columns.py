"""The columns of the bank's list: what is shown, sorted, filtered and exported, in one place.

To add one, add a field to `IndexedItem` and its row, and a line here.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType


class ColumnKind(StrEnum):
    """What stands in a column; it says how the column is filtered and shown."""

    ITEM = "item"
    """The id of the item, which leads to it; found by words."""
    WORDS = "words"
    """A text; found by words."""
    CHOICE = "choice"
    """One of a few values; filtered by one."""
    NUMBER = "number"
    """Filtered from and to, both included."""
    MOMENT = "moment"
    """Filtered from and to a day in UTC, both included."""
    FLAGS = "flags"
    """Names of rules of the analysis; filtered by one of them."""
    ASKED = "asked"
    """People who were asked to look at the item; filtered by whether somebody, or you, was."""
    FINDINGS = "findings"
    """Names of rules of the lint; filtered by one of them."""
    YES_NO = "yes or no"
    ITEMS = "items"
    """Ids of other items."""
    FAMILY = "family"
    """The id of a set or a model, which leads to it; filtered by the whole of it."""


_NOT_FILTERED = frozenset({ColumnKind.ITEM, ColumnKind.WORDS, ColumnKind.ITEMS})
_NOT_SORTED = frozenset({ColumnKind.ASKED, ColumnKind.FINDINGS, ColumnKind.FLAGS, ColumnKind.ITEMS})
_WORKED_OUT = frozenset({"held", "taken"})
"""What a query works out of several columns; the list is not sorted by it."""
OF_WORKFLOW = frozenset({"state", "taken", "asked"})
"""Columns that say something only where the bank has a workflow."""

ASKED_OF_ME, ASKED_OF_SOMEBODY, ASKED_OF_NOBODY = "me", "somebody", "nobody"
ASKED = (ASKED_OF_ME, ASKED_OF_SOMEBODY, ASKED_OF_NOBODY)
"""By what the list is filtered of who was asked to look at an item."""


@dataclass(frozen=True, slots=True)
class ItemColumn:
    """One column.

    Attributes:
        name: What it is called in addresses and saved views: it does not change.
        field: The field of `IndexedItem`.
        title: What it is called on the page and in files.
        kind: What stands in it.
        decimals: Of a number that is not whole.
        at_first: Whether it is shown until somebody chooses columns.
        means: What it says, for whoever does not know the word.
    """

    name: str
    field: str
    title: str
    kind: ColumnKind
    decimals: int = 0
    at_first: bool = False
    means: str = ""

    @property
    def filtered(self) -> bool:
        """Whether the list can be filtered by it."""
        return self.kind not in _NOT_FILTERED

    @property
    def ranged(self) -> bool:
        """Whether it is filtered from one value to another."""
        return self.kind in {ColumnKind.NUMBER, ColumnKind.MOMENT}

    @property
    def sorted(self) -> bool:
        """Whether the list can be sorted by it."""
        return self.kind not in _NOT_SORTED and self.name not in _WORKED_OUT


def _number(
    name: str, title: str, means: str = "", *, decimals: int = 0, at_first: bool = False
) -> ItemColumn:
    return ItemColumn(name, name, title, ColumnKind.NUMBER, decimals, at_first, means)


ITEM_COLUMNS: Mapping[str, ItemColumn] = MappingProxyType(
    {
        column.name: column
        for column in (
            ItemColumn("item", "item_id", "Item", ColumnKind.ITEM, at_first=True),
            ItemColumn("question", "heading", "Question", ColumnKind.WORDS, at_first=True),
            ItemColumn("area", "area", "Content area", ColumnKind.CHOICE, at_first=True),
            ItemColumn("type", "item_type", "Type", ColumnKind.CHOICE, at_first=True),
            ItemColumn("level", "level", "Level", ColumnKind.CHOICE, at_first=True),
            ItemColumn("state", "state", "State", ColumnKind.CHOICE, at_first=True),
            ItemColumn(
                "taken",
                "taken",
                "Forms take",
                ColumnKind.CHOICE,
                means="the version that the workflow lets into forms",
            ),
            ItemColumn(
                "asked",
                "asked",
                "Asked to review",
                ColumnKind.ASKED,
                means="and has not looked at it yet",
            ),
            ItemColumn("language", "language", "Language", ColumnKind.CHOICE),
            _number("seconds", "Seconds", "the time it is expected to take", at_first=True),
            _number("points", "Points", "the most that an answer gives"),
            ItemColumn("enemies", "enemies", "Enemies", ColumnKind.ITEMS, at_first=True),
            ItemColumn(
                "stimulus",
                "stimulus",
                "Stimulus",
                ColumnKind.YES_NO,
                means="a figure, table, formula or recording",
            ),
            ItemColumn("set", "set_id", "Set", ColumnKind.FAMILY, means="items with one stimulus"),
            ItemColumn(
                "model", "model_id", "Model", ColumnKind.FAMILY, means="items with other numbers"
            ),
            _number("version", "Version", at_first=True),
            ItemColumn("added", "added_at", "Added", ColumnKind.MOMENT),
            ItemColumn("changed", "changed_at", "Changed", ColumnKind.MOMENT),
            ItemColumn(
                "held",
                "held",
                "Not for candidates",
                ColumnKind.YES_NO,
                means="a finding keeps it out of forms",
            ),
            ItemColumn("finding", "findings", "Findings", ColumnKind.FINDINGS),
            _number("n", "n", "answers to this version"),
            _number("p", "p", "mean share of its points", decimals=2),
            ItemColumn(
                "rest",
                "item_rest_r",
                "Item-rest",
                ColumnKind.NUMBER,
                decimals=2,
                means="correlation with the sum of the other items",
            ),
            _number("a", "a", "discrimination", decimals=2),
            _number("b", "b", "difficulty, or the mean of the steps", decimals=2),
            _number("c", "c", "lower asymptote", decimals=2),
            ItemColumn("flag", "flags", "Flags", ColumnKind.FLAGS),
            _number("forms", "Forms", "published forms it stands in"),
            _number("administrations", "Administrations", "that somebody has sat"),
            _number("candidates", "Candidates", "who had it before them"),
            ItemColumn("used", "last_used_at", "Last used", ColumnKind.MOMENT),
            _number("n_elsewhere", "n elsewhere", "answers, as its source says"),
            _number("p_elsewhere", "p elsewhere", "as its source says", decimals=2),
            ItemColumn(
                "rest_elsewhere",
                "item_rest_r_elsewhere",
                "Item-rest elsewhere",
                ColumnKind.NUMBER,
                decimals=2,
                means="as its source says",
            ),
        )
    }
)
"""By their names, in their order."""

FIRST_COLUMNS = tuple(name for name, column in ITEM_COLUMNS.items() if column.at_first)
