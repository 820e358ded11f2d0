"""The form of an item as it is drawn: what stands in it, and what is said beside which field."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from examengine.bank.inline_text import plain
from examengine.bank.item_file import item_type_of
from examengine.bank.item_form import FormSection, form_sections, form_values
from examengine.bank.item_types import Content
from examengine.bank.item_types._form_fields import (
    ForEachField,
    FormField,
    GroupField,
    KindsField,
    PickField,
    RowsField,
    RuleField,
    row_ids,
)
from examengine.bank.item_types._gaps_form import GapKeyField
from examengine.bank.rules import Bank

_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


@dataclass(frozen=True, slots=True)
class Advice:
    """Something that is said about a field."""

    where: str
    """The place in the content: `options[1].text`."""
    what: str
    grave: bool
    """Whether no version can be made, or no form can show it, before it is mended."""
    name: str = ""
    """The field of the form that it stands beside; "" where there is none."""
    called: str = ""
    """What people call the place: "Option B, What candidates read"."""


@dataclass(frozen=True, slots=True)
class NamedRow:
    """A row as choices call it: "B: By a third"."""

    id: str
    letter: str
    words: str


class DrawnForm:
    """What a template asks while it draws the form of one item."""

    def __init__(self, content: Content, bank: Bank, told: Iterable[Advice] = ()) -> None:
        item_type = item_type_of(content)
        self.content, self._bank = content, bank
        self.sections: Sequence[FormSection] = () if item_type is None else form_sections(item_type)
        self.values = form_values(content)
        self._names = {
            ".".join(parts[:length])
            for parts in (name.removesuffix(".is").split(".") for name in self.values)
            for length in range(1, len(parts) + 1)
        }
        self.called: dict[str, str] = {}
        self._standing_in: dict[str, str] = {}
        for section in self.sections:
            for field in section.fields:
                self.called |= self._called(field, "", "")
        self.told = tuple(self._placed_beside(one) for one in told)

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

    def shows(self, part: str) -> bool:
        """Tell whether the item shows or plays something of this kind, such as `video`."""
        return any([part] == said for name, said in self.values.items() if name.endswith(".part"))

    def beside(self, name: str) -> list[Advice]:
        """Return what is said beside a field."""
        return [one for one in self.told if one.name == name]

    def rows(self, name: str) -> list[NamedRow]:
        """Return the rows of a list of the item, as a choice among them calls them."""
        listed = self.content.get(name)
        texts = [row.get("text") if isinstance(row, dict) else "" for row in listed or ()]
        return [
            NamedRow(row_id, _letter(number), plain(text) if isinstance(text, str) else "")
            for number, (row_id, text) in enumerate(
                zip(row_ids(self.content, name), texts, strict=False)
            )
        ]

    def marks_in(self, name: str) -> list[tuple[FormField, str]]:
        """Return the fields that are drawn in the rows of a list, with their names.

        What chooses among rows within a row is one of them, and is drawn there (`own_marks`).
        """
        return [
            (field, at)
            for field, at in self._placed()
            if (isinstance(field, PickField) and field.of == name)
            or (isinstance(field, ForEachField) and field.each == name)
        ]

    def marks_of_own(self, name: str, number: int) -> list[tuple[FormField, str]]:
        """Return what says which of the rows within a row is right, with its name in the form."""
        return [
            (field, f"{at}.{number}.of")
            for field, at in self._placed()
            if isinstance(field, ForEachField) and field.each == name and field.own
        ]

    def own_marks(self, name: str) -> list[tuple[FormField, str]]:
        """Return what says which row of a list is right that stands in a row itself."""
        outer, _, inner = name.rpartition(".")
        listed, _, number = outer.rpartition(".")
        if not number.isdecimal():
            return []
        return [
            (field, place)
            for field, place in self.marks_of_own(listed, int(number))
            if isinstance(field, ForEachField) and field.of == inner
        ]

    def row_words(self, field: RowsField, name: str, number: int) -> str:
        """Return what a row is called: "Option B", "Gap g1", "Wrong area 2"."""
        if field.marked_in:
            return f"{field.row} {self.value(f'{name}.{number}.id') or number + 1}"
        return f"{field.row} {_letter(number) if field.lettered else number + 1}"

    @property
    def rows_of_marks(self) -> list[RowsField | GapKeyField]:
        """Return what is filled in for each mark of a text."""
        fields = (field for section in self.sections for field in section.fields)
        return [
            field
            for field in fields
            if isinstance(field, GapKeyField) or (isinstance(field, RowsField) and field.marked_in)
        ]

    def marks_of(self, field: RowsField | GapKeyField) -> str:
        """Return the marks that have a row, one after another."""
        if isinstance(field, GapKeyField):
            return " ".join(field.gaps_of(self.content))
        return " ".join(row_ids(self.content, field.name))

    def called_at(self, where: str) -> str:
        """Return what people call a place of the content."""
        return self._placed_beside(Advice(where, "", grave=True)).called

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

    def _placed_beside(self, one: Advice) -> Advice:
        name = self._name_of(one.where)
        nearest = name
        while nearest and nearest not in self.called:
            nearest = nearest.rpartition(".")[0]
        return replace(one, name=name, called=self.called.get(nearest, one.where))

    def _called(self, field: FormField, at: str, within: str) -> Iterator[tuple[str, str]]:
        """Yield what each field is called, and each row: "Option B"."""
        name = at + field.name
        self._standing_in |= dict.fromkeys((at + held for held in field.held), name)
        words = f"{within}, {field.label}" if within else field.label
        yield name, words
        if isinstance(field, GroupField):
            yield from self._called_within(field.fields, name, words)
        elif isinstance(field, RuleField):
            rule = field.rule_of(self.content)
            yield from self._called_within(() if rule is None else rule.fields, name, "Points")
        elif isinstance(field, RowsField):
            for row in range(self.size(name)):
                one = self.row_words(field, name, row)
                if at.rpartition(".")[0].rpartition(".")[2].isdecimal():
                    one = f"{within}, {one}"
                yield f"{name}.{row}", one
                yield from self._called_within(field.columns, f"{name}.{row}", one)
        elif isinstance(field, KindsField):
            kinds = [field.kind_of(part) for part in self.content.get(field.name, ())]
            for row, kind in enumerate(kinds):
                yield from self._called_within((kind,) if kind else (), f"{name}.{row}", "")

    def _called_within(
        self, fields: Sequence[FormField], at: str, words: str
    ) -> Iterator[tuple[str, str]]:
        for field in fields:
            yield from self._called(field, f"{at}.", words)

    def _name_of(self, where: str) -> str:
        """Return the name of the field that a place of the content is nearest to."""
        name = where.replace("[", ".").replace("]", "")
        for field, at in self._placed():
            if isinstance(field, ForEachField) and name.startswith(f"{at}."):
                ids = row_ids(self.content, field.each)
                row_id = name.removeprefix(f"{at}.")
                return f"{at}.{ids.index(row_id)}.of" if row_id in ids else field.each
            if isinstance(field, GapKeyField) and name.startswith(f"{at}."):
                gaps, gap = field.gaps_of(self.content), name.removeprefix(f"{at}.")
                return f"{at}.{gaps.index(gap)}.of" if gap in gaps else at
            if isinstance(field, PickField) and name.startswith(at):
                return at
        while name and name not in self._names and name not in self._standing_in:
            name = name.rpartition(".")[0]
        return self._standing_in.get(name, name)


def _letter(number: int) -> str:
    return _LETTERS[number] if number < len(_LETTERS) else str(number + 1)
