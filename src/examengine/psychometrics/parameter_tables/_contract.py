"""What a table of item parameters must bring, and what it leaves to whoever sends it to say.

A format reads one row at a time into the parameters of an item in the logistic metric, D = 1, and
writes them again. What a table does not say (the scaling constant, the model of items worth several
points) is asked, never guessed.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from types import MappingProxyType
from typing import ClassVar

from examengine.psychometrics.csv_tables import CsvTable
from examengine.psychometrics.models import MODELS, Value
from examengine.psychometrics.parameter_tables._exact import NOTHING, exact
from examengine.psychometrics.parameters import ItemParameters
from examengine.psychometrics.refusals import Refusal, UnusableParameters

SCALINGS: Mapping[str, Fraction] = MappingProxyType(
    {"1": Fraction(1), "1.7": Fraction("1.7"), "1.702": Fraction("1.702")}
)
"""The constants D in use, as people write them: P = 1 / (1 + exp(−D a (θ − b)))."""
STEP_MODELS = ("grm", "gpcm")
"""What b1, b2 … of an item worth several points can be: thresholds of the graded response model, or
steps of the generalized partial credit model."""
FREER: Mapping[str, str] = MappingProxyType({"rasch": "2pl", "pcm": "gpcm", "rsm": "gpcm"})
"""Models of slope 1, and what they are with another slope."""
LONGEST_NAME = 200


@dataclass(frozen=True, slots=True)
class TableConventions:
    """What whoever sends a table says of it, where the table does not.

    Attributes:
        scaling: The constant D, one of `SCALINGS`; None for the program's own.
        step_model: The model of items with b1, b2 …, one of `STEP_MODELS`; None where the table
            tells it.
    """

    scaling: str | None = None
    step_model: str | None = None


@dataclass(frozen=True, slots=True)
class TabledItem:
    """What became of one row of a table.

    Attributes:
        item_id: The item it is about.
        line: Its line in the file.
        parameters: In the logistic metric, D = 1; None where the row cannot be used.
        faults: Why it cannot be used, and what would be right.
        notes: What of the row was left out, or read otherwise than it is written.
    """

    item_id: str
    line: int
    parameters: ItemParameters | None
    faults: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TableReading:
    """A table as it was read.

    Attributes:
        format: Code of its format.
        scaling: The constant D it was read with.
        items: One for each row, in the order of the table.
        unread: Columns that say nothing of parameters, and were passed over.
    """

    format: str
    scaling: str
    items: tuple[TabledItem, ...]
    unread: tuple[str, ...] = ()


class RowFault(ValueError):
    """A row cannot be used; the message says what would be right."""


@dataclass(slots=True)
class TableCells:
    """One row of a table, by the headings in small letters.

    Attributes:
        cells: What stands in each column.
        scaling: The constant D by which slopes are multiplied.
        conventions: What whoever sends the table says of it.
        notes: What is told of the row; formats add to it.
    """

    cells: Mapping[str, str]
    scaling: Fraction
    conventions: TableConventions
    notes: list[str] = field(default_factory=list)

    def has(self, name: str) -> bool:
        """Whether something stands in a column."""
        return self.cells.get(name, "") not in NOTHING

    def text(self, *names: str) -> str:
        """What stands in the first of these columns that says something; "" for none."""
        return next((self.cells[name] for name in names if self.has(name)), "")

    def number(self, name: str) -> Fraction | None:
        """The number of a column; None where it says nothing.

        Raises:
            RowFault: Something else stands there.
        """
        if not self.has(name):
            return None
        found = exact(self.cells[name])
        if found is None:
            shown = self.cells[name][:40]
            raise RowFault(f"{name} is {shown!r}; a number with a decimal point is needed")
        return found

    def needed(self, name: str) -> Fraction:
        """The number of a column that has to say one.

        Raises:
            RowFault: It says none.
        """
        found = self.number(name)
        if found is None:
            raise RowFault(f"{name} is empty; a number is needed")
        return found

    def numbered(self, stem: str, start: int = 1) -> list[Fraction]:
        """The numbers of `stem`1, `stem`2 … up to the first that says nothing.

        Raises:
            RowFault: One in between says nothing, or something that is no number.
        """
        found: list[Fraction] = []
        place = start
        while (one := self.number(f"{stem}{place}")) is not None:
            found.append(one)
            place += 1
        later = [name for name in self.cells if name.startswith(stem) and self.has(name)]
        beyond = [
            name for name in later if name[len(stem) :].isdigit() and int(name[len(stem) :]) > place
        ]
        if beyond:
            raise RowFault(f"{stem}{place} is empty and {beyond[0]} is not; none may be left out")
        return found

    def slope(self, value: Fraction) -> float:
        """A slope in the metric D = 1."""
        return float(value * self.scaling)

    def n(self, *names: str) -> int:
        """How many people answered, as the first of these columns says; 0 where none does."""
        for name in names:
            found = self.number(name)
            if found is not None:
                if not 0 <= found <= 10**9:
                    raise RowFault(f"{name} is {self.cells[name]}; a number of people is needed")
                return int(found)
        return 0


class ParameterTableFormat(ABC):
    """The table of one program.

    Attributes:
        code: What commands and records call it.
        title: What pages call it.
        program: The program that writes it; "" where several do.
        own_scaling: The constant D that the program always has; "" where it has to be said.
        asks_step_model: Whether it writes b1, b2 … without saying of which model.
        writes: Whether parameters can be written so.
        example: A small table.
        said: What has to be said to read the example.
    """

    code: ClassVar[str]
    title: ClassVar[str]
    program: ClassVar[str] = ""
    own_scaling: ClassVar[str] = ""
    asks_step_model: ClassVar[bool] = False
    writes: ClassVar[bool] = True
    example: ClassVar[str]
    said: ClassVar[TableConventions] = TableConventions()
    names: ClassVar[tuple[str, ...]] = ("item", "item_id", "id", "item id")
    """Headings of the column of item ids, in small letters."""

    @abstractmethod
    def recognises(self, header: Sequence[str]) -> bool:
        """Whether these headings, in small letters, are those of this table."""

    @abstractmethod
    def reads(self, name: str) -> bool:
        """Whether a column, by its heading in small letters, says something of parameters."""

    @abstractmethod
    def parameters(self, item_id: str, row: TableCells) -> ItemParameters:
        """The parameters of one row.

        Raises:
            RowFault, UnusableParameters: The row does not describe an item.
        """

    def write(self, items: Sequence[ItemParameters]) -> tuple[list[str], list[list[str]]]:  # noqa: ARG002
        """Headings and rows of a table of these items, in full precision.

        Raises:
            UnusableParameters: The table has no column for a model; `cannot_hold` names them.
        """
        raise UnusableParameters([f"{self.title} is read and not written"])

    def cannot_hold(self, item: ItemParameters) -> str | None:  # noqa: ARG002 - all, by default
        """Why an item cannot be written so; None where it can."""
        return None

    def faults_of(self, conventions: TableConventions) -> Iterator[str]:
        """What of the conventions does not go with this table."""
        if conventions.scaling is not None and conventions.scaling not in SCALINGS:
            yield f"D is {conventions.scaling!r}; {', '.join(SCALINGS)} are in use"
        elif self.own_scaling and conventions.scaling not in {None, self.own_scaling}:
            yield (
                f"{self.program} writes slopes for D = {self.own_scaling}, and D = "
                f"{conventions.scaling} was said; if the slopes were changed since, send the table "
                "as “generic”"
            )
        elif not self.own_scaling and conventions.scaling is None:
            yield (
                "the table does not say for which constant D its slopes are; say D = 1 (logistic "
                "metric) or D = 1.7 (normal metric)"
            )
        if conventions.step_model not in {None, *STEP_MODELS}:
            yield f"the model of b1, b2 … is {conventions.step_model!r}; say grm or gpcm"

    def read(self, table: CsvTable, conventions: TableConventions) -> TableReading:
        """Read a table row by row.

        Args:
            table: As `read_table` gives it.
            conventions: What whoever sends it says of it.

        Returns:
            What became of each row.

        Raises:
            Refusal: What was said does not go with the table, or nothing names the items.
        """
        faults = list(self.faults_of(conventions))
        header = tuple(name.casefold() for name in table.header)
        place = next((header.index(name) for name in self.names if name in header), None)
        if place is None:
            faults.append(f"no column names the items; one called {' or '.join(self.names)} does")
        if faults or place is None:
            raise Refusal(f"{table.source}: {fault}" for fault in faults)
        scaling = conventions.scaling or self.own_scaling
        seen: dict[str, int] = {}
        items = []
        for line, row_cells in zip(table.lines, table.rows, strict=True):
            row = TableCells(
                dict(zip(header, row_cells, strict=True)), SCALINGS[scaling], conventions
            )
            item = self._tabled(row_cells[place], line, row)
            if item.item_id in seen and not item.faults:
                words = f"the item stands in line {seen[item.item_id]} already; keep one of them"
                item = TabledItem(item.item_id, line, None, (words,))
            seen.setdefault(item.item_id, line)
            items.append(item)
        unread = [
            name
            for at, name in enumerate(table.header)
            if at != place and not self.reads(header[at])
        ]
        named = "model" in header and self.reads("model")
        return TableReading(
            self.code, scaling, tuple(items) if named else settled(items), tuple(unread)
        )

    def _tabled(self, item_id: str, line: int, row: TableCells) -> TabledItem:
        if not item_id or len(item_id) > LONGEST_NAME:
            nameless = f"the row names no item; an id of 1 to {LONGEST_NAME} signs is needed"
            return TabledItem(item_id[:LONGEST_NAME], line, None, (nameless,))
        try:
            parameters = self.parameters(item_id, row)
        except RowFault as fault:
            return TabledItem(item_id, line, None, (str(fault),), tuple(row.notes))
        except UnusableParameters as refusal:
            found = tuple(one.removeprefix(f"item {item_id!r}: ") for one in refusal.faults)
            return TabledItem(item_id, line, None, found, tuple(row.notes))
        return TabledItem(item_id, line, parameters, (), tuple(row.notes))


def logistic(
    item_id: str,
    a: float,
    b: float,
    c: Fraction | None,
    d: Fraction | None,
    *,
    se: Mapping[str, Value],
    n: int,
    model: str = "",
) -> ItemParameters:
    """A right/wrong item, under the least model that has room for it, or under the one named.

    Args:
        item_id: The item.
        a: Slope, 1/logit, D = 1.
        b: Difficulty, logits.
        c: Lower asymptote; None for 0.
        d: Upper asymptote; None for 1.
        se: Standard errors by name.
        n: How many people answered.
        model: Its code; "" where the table does not say.

    Raises:
        UnusableParameters: The values do not describe an item of the model.
    """
    lower, upper = float(c or 0), 1.0 if d is None else float(d)
    code = model or ("4pl" if upper < 1.0 else "3pl" if lower > 0.0 else "2pl")
    if a != 1.0:
        code = FREER.get(code, code)
    values: dict[str, Value] = {"a": a, "b": b, "c": lower, "d": upper}
    fixed = MODELS[code].constants if code in MODELS else {}
    kept = {name: value for name, value in se.items() if name not in fixed}
    return ItemParameters(item_id, code, values, kept, n=n)


def stepped(
    item_id: str,
    model: str,
    a: float,
    places: Sequence[float],
    *,
    se: Mapping[str, Value],
    n: int,
) -> ItemParameters:
    """An item worth several points: thresholds of the GRM, or steps of the others.

    Raises:
        UnusableParameters: The values do not describe an item of the model.
    """
    code = FREER.get(model, model) if a != 1.0 else model
    name = "thresholds" if code == "grm" else "steps"
    kept = {("thresholds" if key == "places" and code == "grm" else "steps" if key == "places"
             else key): value for key, value in se.items()}  # fmt: skip
    return ItemParameters(item_id, code, {"a": a, name: tuple(places)}, kept, n=n)


def settled(items: Sequence[TabledItem]) -> tuple[TabledItem, ...]:
    """The items, under the Rasch or partial credit model where a table fixes every slope at 1.

    A table that names no model cannot tell a slope of 1 that was fixed from one that came out so;
    the curves are the same. Where all are 1, they were fixed.
    """
    known = [item.parameters for item in items if item.parameters is not None]
    plain = [one for one in known if one.model in {"2pl", "gpcm"}]
    if len(plain) != len(known) or not plain or any(one.values.get("a") != 1.0 for one in plain):
        return tuple(items)
    return tuple(
        item
        if item.parameters is None
        else replace(item, parameters=_of_slope_one(item.parameters))
        for item in items
    )


def _of_slope_one(item: ItemParameters) -> ItemParameters:
    se = {name: value for name, value in item.se.items() if name != "a"}
    return replace(item, model="rasch" if item.model == "2pl" else "pcm", se=se)
