"""The form of an item as it is drawn: what stands in it, and what is said beside which field."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from examengine.bank.inline_text import plain
from examengine.bank.item_file import item_type_of
from examengine.bank.item_form import FormSection, form_sections, form_values
from examengine.bank.item_types import Content
from examengine.bank.item_types._form_fields import (
    ForEachField,
    FormField,
    PickField,
    RuleField,
    row_ids,
)
from examengine.bank.rules import Bank

_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


@dataclass(frozen=True, slots=True)
class Told:
    """Something that is said about a field."""

    where: str
    """The place in the content: `options[1].text`."""
    what: str
    grave: bool
    """Whether no version can be made, or no form can show it, before it is mended."""
    name: str = ""
    """The field of the form that it stands beside; "" where there is none."""


@dataclass(frozen=True, slots=True)
class FormRow:
    """A row as choices call it: "B: By a third"."""

    id: str
    letter: str
    words: str


class DrawnForm:
    """What a template asks while it draws the form of one item."""

    def __init__(self, content: Content, bank: Bank, told: Iterable[Told] = ()) -> None:
        item_type = item_type_of(content)
        self.content, self._bank = content, bank
        self.sections: Sequence[FormSection] = () if item_type is None else form_sections(item_type)
        self.values = form_values(content)
        self._names = {
            ".".join(parts[:length])
            for parts in (name.removesuffix(".is").split(".") for name in self.values)
            for length in range(1, len(parts) + 1)
        }
        self.told = tuple(
            Told(one.where, one.what, one.grave, self._name_of(one.where)) for one in told
        )

    def value(self, name: str) -> str:
        """Return what stands in a field; "" for nothing."""
        found = self.values.get(name, [])
        return found[0] if found else ""

    def chosen(self, name: str) -> list[str]:
        """Return all that is chosen in a field."""
        return self.values.get(name, [])

    def is_there(self, name: str) -> bool:
        """Tell whether a list or a mapping is there, though it may be empty."""
        return f"{name}.is" in self.values

    def size(self, name: str) -> int:
        """Return how many rows a list has."""
        count = 0
        while f"{name}.{count}" in self._names:
            count += 1
        return count

    def beside(self, name: str) -> list[Told]:
        """Return what is said beside a field."""
        return [one for one in self.told if one.name == name]

    def rows(self, name: str) -> list[FormRow]:
        """Return the rows of a list of the item, as a choice among them calls them."""
        listed = self.content.get(name)
        texts = [row.get("text") if isinstance(row, dict) else "" for row in listed or ()]
        return [
            FormRow(row_id, _letter(number), plain(text) if isinstance(text, str) else "")
            for number, (row_id, text) in enumerate(
                zip(row_ids(self.content, name), texts, strict=False)
            )
        ]

    def marks_in(self, name: str) -> list[tuple[FormField, str]]:
        """Return the fields that are drawn in the rows of a list, with their names."""
        return [
            (field, at)
            for field, at in self._placed()
            if (isinstance(field, PickField) and field.of == name)
            or (isinstance(field, ForEachField) and field.each == name)
        ]

    def choices(self, of: str) -> list[tuple[str, str]]:
        """Return what of the bank can be chosen: ids and titles."""
        listed = self._bank.areas if of == "areas" else self._bank.levels
        return [(one.id, one.title) for one in listed]

    def letter(self, number: int) -> str:
        """Return the letter of a row."""
        return _letter(number)

    def _placed(self) -> list[tuple[FormField, str]]:
        """Return the fields of the item and of its scoring rule, with their names."""
        fields = [field for section in self.sections for field in section.fields]
        found = [(field, field.name) for field in fields]
        for field in fields:
            rule = field.rule_of(self.content) if isinstance(field, RuleField) else None
            found += [(one, f"{field.name}.{one.name}") for one in (rule.fields if rule else ())]
        return found

    def _name_of(self, where: str) -> str:
        """Return the name of the field that a place of the content is nearest to."""
        name = where.replace("[", ".").replace("]", "")
        for field, at in self._placed():
            if isinstance(field, ForEachField) and name.startswith(f"{at}."):
                ids = row_ids(self.content, field.each)
                row_id = name.removeprefix(f"{at}.")
                return f"{at}.{ids.index(row_id)}.of" if row_id in ids else field.each
            if isinstance(field, PickField) and name.startswith(at):
                return at
        while name and name not in self._names:
            name = name.rpartition(".")[0]
        return name


def _letter(number: int) -> str:
    return _LETTERS[number] if number < len(_LETTERS) else str(number + 1)
