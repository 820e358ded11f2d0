"""Reads an administration that took place elsewhere: a TOML file that says which CSV holds what.

Everything is checked before anything is stored, and every fault is named with its file, row and
column. What comes out knows nothing of databases; `importing` stores it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from examengine.importing.administration_spec import (
    AdministrationFileUnusable,
    AdministrationSpec,
    read_spec,
)
from examengine.importing.answer_key import (
    NOT_GIVEN,
    ImportedItem,
    column,
    imported_items,
    option_letters,
    read_key,
    refuse,
)
from examengine.importing.recognised_forms import (
    FormsUnclear,
    ImportedForm,
    Recognised,
    forms_by_label,
    forms_by_pattern,
)
from examengine.kernel.digest import digest, digest_of_bytes
from examengine.psychometrics.csv_tables import CsvTable, UnusableFile, first_faults, read_csv

LONGEST_SECONDS = 24 * 3600.0
LONGEST_LABEL = 200


@dataclass(frozen=True, slots=True)
class ImportedPerson:
    """One row of the data."""

    label: str
    form_code: str
    responses: Mapping[str, str | None]
    """The chosen option of each item of the form; None where nothing was chosen."""
    seconds: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class ImportedAdministration:
    """An administration from files, checked."""

    spec: AdministrationSpec
    items: tuple[ImportedItem, ...]
    forms: tuple[ImportedForm, ...]
    persons: tuple[ImportedPerson, ...]
    digest: str
    """Over the specification and every file it names, so that the data can be told again."""


@dataclass(frozen=True, slots=True)
class _Tables:
    responses: CsvTable
    items: CsvTable
    seconds: CsvTable | None
    persons: CsvTable | None
    digest: str


def read_administration(path: Path) -> ImportedAdministration:
    """Read and check an administration.

    Args:
        path: The TOML file; the files it names lie beside it.

    Returns:
        Items, forms and persons, ready to be stored.

    Raises:
        AdministrationFileUnusable: Something cannot be used; one sentence per fault.
    """
    spec = read_spec(path)
    tables = _tables(spec, path.parent)
    key = read_key(spec, tables.items, tables.responses)
    answers = _answers(spec, tables.responses, tuple(key.keys))
    labels = _labels(spec, tables)
    seconds = _seconds(spec, tables, labels, tuple(key.keys))
    recognised = _forms(spec, tables, labels, answers, seconds)
    items = {form.code: form.item_ids for form in recognised.forms}
    return ImportedAdministration(
        spec=spec,
        items=imported_items(key, seconds),
        forms=recognised.forms,
        persons=tuple(
            ImportedPerson(label, code, {item: given.get(item) for item in items[code]}, times)
            for label, code, given, times in zip(
                labels, recognised.form_of, answers, seconds, strict=True
            )
        ),
        digest=tables.digest,
    )


def _tables(spec: AdministrationSpec, folder: Path) -> _Tables:
    """Read every file the specification names; all faults of all files together."""
    found: dict[str, CsvTable] = {}
    digests = {"administration.toml": spec.digest}
    faults: list[str] = []
    for part, name in spec.files.items():
        try:
            content = (folder / name).read_bytes()
            found[part] = read_csv(name, content)
            digests[name] = digest_of_bytes(content)
        except OSError:
            faults.append(f"{name}: there is no such file beside the specification ({part}.file)")
        except UnusableFile as unusable:
            faults.extend(unusable.faults)
    refuse(faults)
    return _Tables(
        found["responses"],
        found["items"],
        found.get("seconds"),
        found.get("persons"),
        digest(digests),
    )


def _answers(
    spec: AdministrationSpec, table: CsvTable, item_ids: Sequence[str]
) -> list[dict[str, str]]:
    """Return the option each person chose, by item; what was not chosen is left out."""
    letters = option_letters(spec)
    empty = NOT_GIVEN | set(spec.omitted)
    answers: list[dict[str, str]] = [{} for _ in table.rows]
    faults: list[str] = []
    needed = f"write one of {', '.join(spec.options)}, or leave it empty"
    for item in item_ids:
        for row, cell in enumerate(column(table, item)):
            if cell in letters:
                answers[row][item] = letters[cell]
            elif cell not in empty:
                faults.append(table.fault(row, item, cell, needed))
    refuse(faults)
    return answers


def _labels(spec: AdministrationSpec, tables: _Tables) -> tuple[str, ...]:
    """Return what each row of the responses is called."""
    rows = len(tables.responses.rows)
    own, named = spec.columns.get("responses.person"), spec.columns.get("persons.person")
    if own is not None:
        table, name = tables.responses, own
    elif tables.persons is not None and named is not None:
        table, name = tables.persons, named
    else:
        return tuple(f"row {row}" for row in range(1, rows + 1))
    labels = column(table, name)
    seen: set[str] = set()
    faults = []
    for row, label in enumerate(labels):
        if not label or label in seen or len(label) > LONGEST_LABEL:
            needed = f"give each person a name of their own, at most {LONGEST_LABEL} characters"
            faults.append(table.fault(row, name, label, needed))
        seen.add(label)
    refuse(faults)
    _same_length(table, tables.responses)
    return labels


def _seconds(
    spec: AdministrationSpec, tables: _Tables, labels: Sequence[str], item_ids: Sequence[str]
) -> list[dict[str, float]]:
    """Return how long each person spent on each item, as far as it is known."""
    found: list[dict[str, float]] = [{} for _ in labels]
    table = tables.seconds
    if table is None:
        return found
    place = _places(table, spec.columns.get("seconds.person"), labels, tables.responses)
    faults: list[str] = []
    needed = f"give seconds from 0 to {LONGEST_SECONDS:g}, or leave it empty"
    for item in (item for item in item_ids if item in table.header):
        for row, cell in enumerate(column(table, item)):
            if cell in NOT_GIVEN:
                continue
            seconds = _number(cell)
            if seconds is None or not 0 <= seconds <= LONGEST_SECONDS:
                faults.append(table.fault(row, item, cell, needed))
            elif seconds > 0:
                # Whole seconds stay whole numbers: the digest is the same, and quicker to take.
                found[place[row]][item] = int(seconds) if seconds.is_integer() else seconds
    refuse(faults)
    return found


def _forms(
    spec: AdministrationSpec,
    tables: _Tables,
    labels: Sequence[str],
    answers: Sequence[Mapping[str, str]],
    seconds: Sequence[Mapping[str, float]],
) -> Recognised:
    presented = [
        frozenset(given) | frozenset(times) for given, times in zip(answers, seconds, strict=True)
    ]
    empty = [label for label, items in zip(labels, presented, strict=True) if not items]
    refuse(
        f"{tables.responses.source}: {label} answered nothing; leave the row out" for label in empty
    )
    item_ids = column(tables.items, spec.columns["items.item"])
    form = spec.columns.get("persons.form")
    try:
        if tables.persons is None or form is None:
            return forms_by_pattern(presented, item_ids, labels)
        table = tables.persons
        place = _places(table, spec.columns.get("persons.person"), labels, tables.responses)
        codes = dict(zip(place, column(table, form), strict=True))
        return forms_by_label([codes[row] for row in range(len(labels))], presented, item_ids)
    except FormsUnclear as unclear:
        raise AdministrationFileUnusable(first_faults(unclear.faults)) from unclear


def _places(
    table: CsvTable, person: str | None, labels: Sequence[str], responses: CsvTable
) -> Sequence[int]:
    """Return which row of the responses each row of `table` belongs to."""
    _same_length(table, responses)
    if person is None:
        return range(len(labels))
    names = column(table, person)
    known = {label: row for row, label in enumerate(labels)}
    refuse(
        table.fault(row, person, name, f"is nobody in {responses.source}")
        for row, name in enumerate(names)
        if name not in known
    )
    return [known[name] for name in names]


def _same_length(table: CsvTable, responses: CsvTable) -> None:
    if len(table.rows) != len(responses.rows):
        raise AdministrationFileUnusable(
            [
                f"{table.source}: {len(table.rows)} rows, but {responses.source} has "
                f"{len(responses.rows)}; both need one row per person"
            ]
        )


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None
