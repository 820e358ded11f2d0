"""What can be edited of an item, as data: one template draws it, one pair of functions reads it.

A field goes both ways: `fill` says a content as the fields of an HTML form, `entries` reads the
fields back. Names in a form are places in the content: `options.0.text`. A field that holds
something else than it can draw says less than the content, so the way there and back differs; such
an item is edited as YAML (`item_form.fits_form`). Left empty is left out, and `<name>.is` says of a
list or a mapping that it is there although nothing stands in it.
"""

import re
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from examengine.bank.errors import FormUnreadable
from examengine.bank.item_types._fault import Content

MOST_ROWS = 200
_LONGEST_NAME = 120
_NAME = re.compile(r"[a-z_]{1,30}(\.([a-z_]{1,30}|\d{1,3})){0,8}")
_WHOLE = re.compile(r"0|-?[1-9]\d{0,8}")
_BETWEEN = re.compile(r"[\s,;]{1,9}")
_UNSAID = "unsaid"

FormValues = dict[str, list[str]]
"""What stands in the fields of a form, by name."""


class FilledForm:
    """The fields of a form that an item fills."""

    def __init__(self, item: Content) -> None:
        self.item = item
        self.values: FormValues = {}

    def mark(self, name: str, *, there: bool) -> None:
        """Say that a list or a mapping is there, though it may be empty."""
        if there:
            self.values[f"{name}.is"] = ["there"]


class SentForm:
    """The fields of a form that came in; it knows which of them were asked for.

    Raises:
        FormUnreadable: A name is none that a page of ours has.
    """

    def __init__(self, values: Mapping[str, Sequence[str]]) -> None:
        for name in values:
            if len(name) > _LONGEST_NAME or not _NAME.fullmatch(name):
                raise FormUnreadable(name)
        self._values = values
        self._left = set(values)
        self._holders = {
            name[:place] for name in values for place, sign in enumerate(name) if sign == "."
        }

    def several(self, name: str) -> list[str]:
        """Return every value of a field, its lines ended as everywhere here."""
        self._left.discard(name)
        return [text.replace("\r\n", "\n") for text in self._values.get(name, ())]

    def one(self, name: str) -> str:
        """Return the value of a field that has one; "" when it was not sent.

        Raises:
            FormUnreadable: It was sent twice.
        """
        found = self.several(name)
        if len(found) > 1:
            raise FormUnreadable(name)
        return found[0] if found else ""

    def is_there(self, name: str) -> bool:
        """Tell whether a list or a mapping was said to be there, though it may be empty."""
        return bool(self.several(f"{name}.is"))

    def rows(self, name: str) -> range:
        """Return the rows of a list that were sent, without a gap, from the first."""
        count = 0
        while count < MOST_ROWS and f"{name}.{count}" in self._holders:
            count += 1
        return range(count)

    def ids(self, name: str) -> list[str]:
        """Return the ids of the rows of a list, "" where one has none."""
        return [self.one(f"{name}.{row}.id") for row in self.rows(name)]

    def refuse_strangers(self) -> None:
        """Refuse what nobody asked for: it must not be lost in silence.

        Raises:
            FormUnreadable: A field was sent that the item does not have.
        """
        if self._left:
            raise FormUnreadable(min(self._left))


@dataclass(frozen=True, slots=True)
class FormField(ABC):
    """One thing to be filled in.

    Attributes:
        name: The field of the content, within its holder.
        label: What stands beside it.
        hint: What is said below it; "" for nothing.
        shape: Which macro draws it.
    """

    shape: ClassVar[str]

    name: str
    label: str
    hint: str = ""

    @property
    def held(self) -> tuple[str, ...]:
        """Return the fields of the holder that stand in this one."""
        return (self.name,)

    @abstractmethod
    def fill(self, form: FilledForm, holder: Mapping[str, Any], at: str) -> None:
        """Say what a holder, which stands at `at`, has of this field."""

    @abstractmethod
    def entries(self, sent: SentForm, at: str) -> dict[str, Any]:
        """Return what the holder is to have of this field; {} for nothing."""


@dataclass(frozen=True, slots=True)
class TextField(FormField):
    """A text. `size` is `line`, `words` (it grows), `page`, `short` or `hidden`."""

    shape: ClassVar[str] = "text"

    size: str = "line"

    def fill(self, form: FilledForm, holder: Mapping[str, Any], at: str) -> None:
        """Say the text."""
        value = holder.get(self.name, "")
        form.values[at + self.name] = [value if isinstance(value, str) else ""]

    def entries(self, sent: SentForm, at: str) -> dict[str, Any]:
        """Return the text."""
        text = sent.one(at + self.name)
        return {self.name: text} if text else {}


@dataclass(frozen=True, slots=True)
class ChoiceField(TextField):
    """One of what the bank has, such as `areas`."""

    shape: ClassVar[str] = "choice"

    of: str = ""


@dataclass(frozen=True, slots=True)
class NumberField(FormField):
    """A whole number; what is none stays as it was typed, and is told."""

    shape: ClassVar[str] = "number"

    def fill(self, form: FilledForm, holder: Mapping[str, Any], at: str) -> None:
        """Say the number."""
        form.values[at + self.name] = [typed_whole(holder.get(self.name))]

    def entries(self, sent: SentForm, at: str) -> dict[str, Any]:
        """Return the number."""
        text = sent.one(at + self.name).strip()
        return {self.name: _number(text)} if text else {}


@dataclass(frozen=True, slots=True)
class FlagField(FormField):
    """Yes or no; what an item leaves unsaid stays so until somebody changes it."""

    shape: ClassVar[str] = "flag"

    unsaid: bool = False
    """What it is when nothing is said."""

    def fill(self, form: FilledForm, holder: Mapping[str, Any], at: str) -> None:
        """Say what unticked is, then, if it is ticked, what ticked is."""
        value = holder.get(self.name)
        said = isinstance(value, bool)
        off = "false" if said or self.unsaid else _UNSAID
        on = "true" if said or not self.unsaid else _UNSAID
        ticked = self.unsaid if value is None else value
        form.values[at + self.name] = [off, on] if ticked else [off]

    def entries(self, sent: SentForm, at: str) -> dict[str, Any]:
        """Return the last that was said."""
        said = sent.several(at + self.name)
        if len(said) > 2 or not set(said) <= {"true", "false", _UNSAID}:
            raise FormUnreadable(at + self.name)
        return {self.name: said[-1] == "true"} if said and said[-1] != _UNSAID else {}


@dataclass(frozen=True, slots=True)
class LinesField(FormField):
    """Texts, one a line."""

    shape: ClassVar[str] = "lines"

    def fill(self, form: FilledForm, holder: Mapping[str, Any], at: str) -> None:
        """Say them line by line."""
        listed = holder.get(self.name)
        form.mark(at + self.name, there=isinstance(listed, list))
        texts = listed if isinstance(listed, list) else []
        form.values[at + self.name] = ["\n".join(text for text in texts if isinstance(text, str))]

    def entries(self, sent: SentForm, at: str) -> dict[str, Any]:
        """Return the lines that hold something."""
        name = at + self.name
        lines = [line for line in sent.one(name).split("\n") if line.strip()]
        return unless_absent(self.name, lines, there=sent.is_there(name))


@dataclass(frozen=True, slots=True)
class NumbersField(FormField):
    """Whole numbers on one line, with commas between them."""

    shape: ClassVar[str] = "numbers"

    def fill(self, form: FilledForm, holder: Mapping[str, Any], at: str) -> None:
        """Say them one after another."""
        listed = holder.get(self.name)
        form.mark(at + self.name, there=isinstance(listed, list))
        form.values[at + self.name] = [
            ", ".join(map(typed_whole, listed)) if isinstance(listed, list) else ""
        ]

    def entries(self, sent: SentForm, at: str) -> dict[str, Any]:
        """Return them."""
        name = at + self.name
        numbers = numbers_in(sent.one(name))
        return unless_absent(self.name, numbers, there=sent.is_there(name))


@dataclass(frozen=True, slots=True)
class GroupField(FormField):
    """Fields that stand together in a mapping."""

    shape: ClassVar[str] = "group"

    fields: tuple[FormField, ...] = ()
    stays: bool = True
    """Whether it is still there when nothing stands in its fields any more."""

    def fill(self, form: FilledForm, holder: Mapping[str, Any], at: str) -> None:
        """Say each of them."""
        inner = holder.get(self.name)
        form.mark(at + self.name, there=self.stays and isinstance(inner, Mapping))
        for field in self.fields:
            held = inner if isinstance(inner, Mapping) else {}
            field.fill(form, held, f"{at}{self.name}.")

    def entries(self, sent: SentForm, at: str) -> dict[str, Any]:
        """Return the mapping."""
        name = at + self.name
        inner = taken(self.fields, sent, f"{name}.")
        return unless_absent(self.name, inner, there=sent.is_there(name))


@dataclass(frozen=True, slots=True)
class FileField(GroupField):
    """A file beside another one, such as the subtitles of a video: kept, or taken away."""

    shape: ClassVar[str] = "file"

    def entries(self, sent: SentForm, at: str) -> dict[str, Any]:
        """Return the file, unless it is to be kept no longer."""
        inner = taken(self.fields, sent, f"{at}{self.name}.")
        return {self.name: inner} if sent.is_there(at + self.name) else {}


@dataclass(frozen=True, slots=True)
class RowsField(FormField):
    """A list of mappings that have the same fields: options, expected mistakes, bands."""

    shape: ClassVar[str] = "rows"

    row: str = "Row"
    """What one of them is called: "Option"."""
    columns: tuple[FormField, ...] = ()
    lettered: bool = False
    """Whether a row is known by a letter, as candidates see it, and not by a number."""
    marked_in: str = ""
    """The text in which each row has its mark, `[[g1]]`: rows come and go with the marks."""
    new_row: Mapping[str, Any] | None = None
    """What a new row begins with beside its id; None for nothing."""

    def fill(self, form: FilledForm, holder: Mapping[str, Any], at: str) -> None:
        """Say each row."""
        listed = holder.get(self.name)
        form.mark(at + self.name, there=isinstance(listed, list))
        for index, row in enumerate(listed[:MOST_ROWS] if isinstance(listed, list) else ()):
            for column in self.columns:
                held = row if isinstance(row, Mapping) else {}
                column.fill(form, held, f"{at}{self.name}.{index}.")

    def entries(self, sent: SentForm, at: str) -> dict[str, Any]:
        """Return the list."""
        name = at + self.name
        listed = [taken(self.columns, sent, f"{name}.{row}.") for row in sent.rows(name)]
        return unless_absent(self.name, listed, there=sent.is_there(name))


@dataclass(frozen=True, slots=True)
class KindsField(FormField):
    """A list of parts of several kinds, each a mapping of one name: what an item shows."""

    shape: ClassVar[str] = "kinds"

    kinds: tuple[GroupField, ...] = ()

    def fill(self, form: FilledForm, holder: Mapping[str, Any], at: str) -> None:
        """Say of each part what it is, and its fields."""
        listed = holder.get(self.name)
        form.mark(at + self.name, there=isinstance(listed, list))
        for index, part in enumerate(listed[:MOST_ROWS] if isinstance(listed, list) else ()):
            kind = self.kind_of(part)
            if kind is not None:
                form.values[f"{at}{self.name}.{index}.part"] = [kind.name]
                kind.fill(form, part, f"{at}{self.name}.{index}.")

    def kind_of(self, part: object) -> GroupField | None:
        """Return the kind of a part, or None when it is none of these."""
        name = next(iter(part), None) if isinstance(part, Mapping) and len(part) == 1 else None
        return next((kind for kind in self.kinds if kind.name == name), None)

    def entries(self, sent: SentForm, at: str) -> dict[str, Any]:
        """Return the parts.

        Raises:
            FormUnreadable: A part is of no kind that there is.
        """
        name = at + self.name
        listed = [self._part(sent, f"{name}.{row}.") for row in sent.rows(name)]
        return unless_absent(self.name, listed, there=sent.is_there(name))

    def _part(self, sent: SentForm, at: str) -> dict[str, Any]:
        said = sent.one(f"{at}part")
        kind = next((kind for kind in self.kinds if kind.name == said), None)
        if kind is None:
            raise FormUnreadable(f"{at}part")
        return {said: {}} | kind.entries(sent, at)


@dataclass(frozen=True, slots=True)
class GridField(FormField):
    """The headings and the rows of a table: a line for each row, `|` or a tab between cells.

    A line is what people paste from a spreadsheet, and one field where there would be hundreds.
    """

    shape: ClassVar[str] = "grid"

    @property
    def held(self) -> tuple[str, ...]:
        """Return what a table has of cells."""
        return ("columns", "rows")

    def fill(self, form: FilledForm, holder: Mapping[str, Any], at: str) -> None:
        """Say the headings, then the rows."""
        columns, rows = holder.get("columns"), holder.get("rows")
        lines = [columns, *rows] if isinstance(columns, list) and isinstance(rows, list) else []
        cells = [line if isinstance(line, list) else [] for line in lines]
        form.values[at + self.name] = ["\n".join(map(_as_line, cells))]

    def entries(self, sent: SentForm, at: str) -> dict[str, Any]:
        """Return `columns` and `rows`."""
        lines = [line for line in sent.one(at + self.name).split("\n") if line.strip()]
        cells = [_cells_of(line) for line in lines]
        return {"columns": cells[0], "rows": cells[1:]} if cells else {}


@dataclass(frozen=True, slots=True)
class PickField(FormField):
    """Which of the rows of `of` is right; drawn beside each row. `several` for more than one."""

    shape: ClassVar[str] = "pick"

    of: str = "options"
    several: bool = False

    def fill(self, form: FilledForm, holder: Mapping[str, Any], at: str) -> None:
        """Say the ids."""
        value = holder.get(self.name)
        if not self.several:
            form.values[at + self.name] = [value] if isinstance(value, str) and value else []
            return
        listed = value if isinstance(value, list) else []
        form.mark(at + self.name, there=isinstance(value, list))
        form.values[at + self.name] = [picked for picked in listed if isinstance(picked, str)]

    def entries(self, sent: SentForm, at: str) -> dict[str, Any]:
        """Return the id, or the list of ids."""
        name = at + self.name
        if not self.several:
            picked = sent.one(name)
            return {self.name: picked} if picked else {}
        return unless_absent(self.name, sent.several(name), there=sent.is_there(name))


@dataclass(frozen=True, slots=True)
class OrderField(FormField):
    """The rows of `of` in their right order: a choice for each place."""

    shape: ClassVar[str] = "order"

    of: str = "options"

    def fill(self, form: FilledForm, holder: Mapping[str, Any], at: str) -> None:
        """Say which row stands at each place."""
        listed = holder.get(self.name)
        form.mark(at + self.name, there=isinstance(listed, list))
        for place, picked in enumerate(listed[:MOST_ROWS] if isinstance(listed, list) else ()):
            form.values[f"{at}{self.name}.{place}.of"] = [picked if isinstance(picked, str) else ""]

    def entries(self, sent: SentForm, at: str) -> dict[str, Any]:
        """Return the ids in order; a place that is open is left out."""
        name = at + self.name
        picked = [sent.one(f"{name}.{place}.of") for place in sent.rows(name)]
        return unless_absent(self.name, [one for one in picked if one], there=sent.is_there(name))


@dataclass(frozen=True, slots=True)
class ForEachField(FormField):
    """Something for each row of `each`, by its id: one row of `of`, or a whole number."""

    shape: ClassVar[str] = "for_each"

    each: str = "prompts"
    of: str = ""
    """The list that is chosen from; "" for a number."""
    own: bool = False
    """Whether each row of `each` has a list `of` its own; then it is drawn in the rows of that."""

    def fill(self, form: FilledForm, holder: Mapping[str, Any], at: str) -> None:
        """Say it for each row, by the number of the row: an id may hold any sign."""
        given = holder.get(self.name)
        form.mark(at + self.name, there=isinstance(given, Mapping))
        for index, row_id in enumerate(row_ids(form.item, self.each)):
            value = given.get(row_id) if isinstance(given, Mapping) and row_id else None
            said = (value if isinstance(value, str) else "") if self.of else typed_whole(value)
            form.values[f"{at}{self.name}.{index}.of"] = [said] if said or not self.own else []

    def entries(self, sent: SentForm, at: str) -> dict[str, Any]:
        """Return it by id."""
        name = at + self.name
        said = [
            (row_id, sent.one(f"{name}.{row}.of").strip())
            for row, row_id in enumerate(sent.ids(self.each))
        ]
        given = {
            row_id: text if self.of else _number(text) for row_id, text in said if row_id and text
        }
        return unless_absent(self.name, given, there=sent.is_there(name))


@dataclass(frozen=True, slots=True)
class RuleField(FormField):
    """By which rule an item gives points, and what that rule reads; none is all or nothing."""

    shape: ClassVar[str] = "rule"

    rules: tuple[GroupField, ...] = ()
    """Each rule by its name, with its fields."""
    undeclared: str = "1 point, for the whole right answer"
    """What an item gives that declares none."""

    def rule_of(self, item: Content) -> GroupField | None:
        """Return the rule that an item declares, or None."""
        declared = item.get(self.name)
        name = declared.get("rule") if isinstance(declared, Mapping) else None
        return next((rule for rule in self.rules if rule.name == name), None)

    def fill(self, form: FilledForm, holder: Mapping[str, Any], at: str) -> None:
        """Say the rule and its fields."""
        rule = self.rule_of(holder)
        form.values[f"{at}{self.name}.rule"] = ["" if rule is None else rule.name]
        for field in () if rule is None else rule.fields:
            field.fill(form, holder[self.name], f"{at}{self.name}.")

    def entries(self, sent: SentForm, at: str) -> dict[str, Any]:
        """Return the rule with its fields.

        Raises:
            FormUnreadable: There is no such rule.
        """
        said = sent.one(f"{at}{self.name}.rule")
        if not said:
            return {}
        rule = next((rule for rule in self.rules if rule.name == said), None)
        if rule is None:
            raise FormUnreadable(f"{at}{self.name}.rule")
        return {self.name: {"rule": said, **taken(rule.fields, sent, f"{at}{self.name}.")}}


def taken(fields: Sequence[FormField], sent: SentForm, at: str) -> dict[str, Any]:
    """Return what a form says of fields that stand in one holder."""
    found: dict[str, Any] = {}
    for field in fields:
        found |= field.entries(sent, at)
    return found


def row_ids(item: Content, name: str) -> list[str]:
    """Return the ids of the rows of a list, "" where one has none."""
    listed = item.get(name)
    ids = [
        row.get("id") if isinstance(row, Mapping) else None
        for row in (listed[:MOST_ROWS] if isinstance(listed, list) else ())
    ]
    return [found if isinstance(found, str) else "" for found in ids]


def fields_within(fields: Sequence[FormField]) -> Iterator[FormField]:
    """Yield fields, and those that stand in them."""
    for field in fields:
        yield field
        if isinstance(field, GroupField):
            yield from fields_within(field.fields)


def unless_absent(name: str, value: Any, *, there: bool) -> dict[str, Any]:
    """Return an entry, unless nothing stands in it and nobody said that it is there."""
    return {name: value} if value or there else {}


def typed_whole(value: object) -> str:
    """Return a whole number or a text as it stands in a field; "" for anything else."""
    return str(value) if isinstance(value, int | str) and not isinstance(value, bool) else ""


def numbers_in(text: str) -> list[int | str]:
    """Return the whole numbers of a line; what is none stays as it was typed."""
    return [_number(one) for one in _BETWEEN.split(text) if one]


def _number(text: str) -> int | str:
    return int(text) if _WHOLE.fullmatch(text) else text


def _as_line(cells: Sequence[object]) -> str:
    texts = (cell if isinstance(cell, str) else "" for cell in cells)
    return " | ".join(text.replace("\\", "\\\\").replace("|", "\\|") for text in texts)


def _cells_of(line: str) -> list[str]:
    """Split a line at `|` and tabs that no backslash stands before."""
    cells, taken_as_it_is = [""], False
    for sign in line:
        if taken_as_it_is or sign not in "\\|\t":
            cells[-1] += sign
            taken_as_it_is = False
        elif sign == "\\":
            taken_as_it_is = True
        else:
            cells.append("")
    return [cell.strip() for cell in cells]
