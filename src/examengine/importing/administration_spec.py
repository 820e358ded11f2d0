"""The TOML file of an imported administration: what it is, and which file and column hold what."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from examengine.kernel.digest import digest_of_bytes
from examengine.kernel.errors import ExamError, Kind

SCHEMA = "examengine/administration/1"
LARGEST_SPEC = 200_000
LONGEST_TITLE = 200

_FIELDS: Mapping[str, frozenset[str]] = {
    "": frozenset({"schema", "title", "simulated", "test", "date"}),
    "bank": frozenset({"id", "title", "description", "language", "licence", "provenance", "area"}),
    "exam": frozenset({"id", "title", "description", "minutes", "achievement", "scale"}),
    "responses": frozenset({"file", "person", "options", "omitted"}),
    "items": frozenset({"file", "item", "key", "role", "operational", "pretest", "area"}),
    "seconds": frozenset({"file", "person"}),
    "persons": frozenset({"file", "person", "form"}),
}
_NEEDED = {
    "bank": ("id", "title", "licence", "provenance"),
    "exam": ("id", "title", "description"),
    "responses": ("file",),
    "items": ("file", "item", "key"),
}
_COLUMNS = (
    "responses.person",
    "items.item",
    "items.key",
    "items.role",
    "items.area",
    "seconds.person",
    "persons.person",
    "persons.form",
)


class AdministrationFileUnusable(ExamError):
    """The files of an administration have faults; each is named with its file, row and column."""

    code = "administration_file_unusable"
    kind = Kind.INVALID

    def __init__(self, faults: Sequence[str]) -> None:
        self.faults = tuple(faults)
        super().__init__("; ".join(self.faults))


@dataclass(frozen=True, slots=True)
class AdministrationSpec:
    """What the TOML file says.

    Attributes:
        title: What the administration is called.
        date: The day it took place, when it is known.
        simulated: Whether a program made the responses.
        test: Whether what comes of it is for trying the system out.
        bank: The `[bank]` table.
        exam: The `[exam]` table; `assembly` checks it.
        files: File names by part: responses, items, seconds, persons.
        columns: Column names by place, such as `items.key`.
        options: How the data name the options of an item, the first one first.
        omitted: Cells that mean: presented, and nothing chosen.
        operational: What the role column calls an item that counts.
        pretest: What it calls an item that does not count.
        area: Content area of the items when no column names one.
        digest: Of the file itself.
    """

    title: str
    date: date | None
    simulated: bool
    test: bool
    bank: Mapping[str, Any]
    exam: Mapping[str, Any]
    files: Mapping[str, str]
    columns: Mapping[str, str]
    options: tuple[str, ...]
    omitted: tuple[str, ...]
    operational: str
    pretest: str
    area: str
    digest: str


def read_spec(path: Path) -> AdministrationSpec:
    """Read and check the TOML file.

    Raises:
        AdministrationFileUnusable: It cannot be used; every fault is listed.
    """
    name = path.name
    try:
        content = path.read_bytes()
        if len(content) > LARGEST_SPEC:
            raise AdministrationFileUnusable([f"{name}: larger than {LARGEST_SPEC} bytes"])
        tables = tomllib.loads(content.decode("utf-8"))
    except OSError as error:
        raise AdministrationFileUnusable([f"{path}: there is no such file"]) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise AdministrationFileUnusable([f"{name}: not TOML in UTF-8 ({error})"]) from error
    faults = _faults(tables)
    if faults:
        raise AdministrationFileUnusable([f"{name}: {fault}" for fault in faults])
    return _spec(tables, digest_of_bytes(content))


def _spec(tables: Mapping[str, Any], digest: str) -> AdministrationSpec:
    responses, items, bank = tables["responses"], tables["items"], tables["bank"]
    places = {place: place.split(".") for place in _COLUMNS}
    return AdministrationSpec(
        title=tables["title"].strip(),
        date=tables.get("date"),
        simulated=tables["simulated"],
        test=tables["test"],
        bank=bank,
        exam=tables["exam"],
        files={
            part: tables[part]["file"]
            for part in ("responses", "items", "seconds", "persons")
            if part in tables
        },
        columns={
            place: tables[part][field]
            for place, (part, field) in places.items()
            if field in tables.get(part, {})
        },
        options=tuple(responses["options"]),
        omitted=tuple(responses.get("omitted", ())),
        operational=items.get("operational", "operational"),
        pretest=items.get("pretest", "pretest"),
        area=bank.get("area", "all"),
        digest=digest,
    )


def _faults(tables: Mapping[str, Any]) -> list[str]:
    faults: list[str] = []
    if tables.get("schema") != SCHEMA:
        faults.append(f'schema: is {tables.get("schema")!r}; write schema = "{SCHEMA}"')
    title = tables.get("title")
    if not _text(title) or len(str(title)) > LONGEST_TITLE:
        faults.append(f"title: give a text of 1 to {LONGEST_TITLE} characters")
    if type(tables.get("date", date.min)) is not date:
        faults.append("date: write a day without quotes, as 2016-05-01")
    faults += [
        f"{flag}: write true or false; every page that shows the data says so"
        for flag in ("simulated", "test")
        if not isinstance(tables.get(flag), bool)
    ]
    for part, fields in _FIELDS.items():
        faults += _part_faults(tables, part, fields)
    if not faults:
        faults += _option_faults(tables["responses"])
    return faults


def _part_faults(tables: Mapping[str, Any], part: str, fields: frozenset[str]) -> list[str]:
    table = tables if not part else tables.get(part)
    needed = _NEEDED.get(part, ())
    if table is None:
        return [f"[{part}]: is missing; it needs {', '.join(needed)}"] if needed else []
    if not isinstance(table, Mapping):
        return [f"{part}: write it as a table, [{part}]"]
    at = f"{part}." if part else ""
    known = fields | (_FIELDS.keys() if not part else set())
    faults = [f"{at}{field}: is no field that is read here" for field in table.keys() - known]
    faults += [
        f"{at}{field}: is missing; give a text" for field in needed if not _text(table.get(field))
    ]
    texts = fields - {"simulated", "test", "date", "options", "omitted"} - set(needed)
    if part in {"responses", "items", "seconds", "persons"}:
        faults += [
            f"{at}{field}: is {table[field]!r}; give a text in quotes"
            for field in sorted(texts & table.keys())
            if not _text(table[field])
        ]
        if "file" not in table:
            faults += [] if "file" in needed else [f"{at}file: is missing; name a CSV file"]
        elif Path(str(table["file"])).name != table["file"]:
            faults.append(f"{at}file: name a file that lies beside the specification")
    return sorted(faults)


def _option_faults(responses: Mapping[str, Any]) -> list[str]:
    options, omitted = responses.get("options"), responses.get("omitted", [])
    faults = []
    if (
        not isinstance(options, list)
        or not 3 <= len(options) <= 5
        or not all(_text(option) for option in options)
        or len(set(options)) != len(options)
    ):
        faults.append('responses.options: list how the cells name the 3 to 5 options, as ["1", …]')
    elif not isinstance(omitted, list) or not all(_text(cell) for cell in omitted):
        faults.append('responses.omitted: list the cells that mean "left out", as ["8"]')
    elif set(omitted) & set(options):
        faults.append("responses.omitted: names an option; a cell means one of the two")
    return faults


def _text(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())
