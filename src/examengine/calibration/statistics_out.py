"""The statistics of a bank taken out: a row for each item version and administration it was in."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel import Session

from examengine.accounts import Actor, Role, require
from examengine.assembly import Form, forms_of, list_exams
from examengine.bank import ItemRef, bank_of, current_parameters
from examengine.calibration.bank_usage import administrations_of, rows_of
from examengine.calibration.item_table import ItemRow, steps_of
from examengine.delivery import Administration, handed_in_by_form

Cell = str | int | float | bool | datetime | None

STATISTICS_HEAD = (
    *("item_id", "version", "exam", "administration", "administration_id", "simulated"),
    *("candidates", "last_used", "n", "p", "item_rest_r", "flags"),
    *("model", "a", "se_a", "b", "se_b", "c", "se_c", "steps", "parameters"),
)
"""The columns; `parameters` is the digest of the adopted set that model to steps are of."""


@dataclass(slots=True)
class _Sat:
    """How often an item version was sat in one administration."""

    candidates: int = 0
    last: datetime | None = None


def statistics_out(session: Session, actor: Actor, bank_id: str) -> Iterator[list[Cell]]:
    """Return a row for each version of an item and administration that somebody sat.

    Figures are those that were computed last of the administration; empty where none were. Those
    of administrations for trying out are left out. Parameters are those in use of the item.

    Raises:
        NotAllowed: The actor is no psychometrician.
        BankUnknown: There is no such bank.
    """
    require(actor, Role.PSYCHOMETRICIAN)
    bank = bank_of(session, bank_id)
    return _rows(session, bank.id)


def _rows(session: Session, bank_id: str) -> Iterator[list[Cell]]:
    exams = [exam.id for exam in list_exams(session) if exam.bank_id == bank_id]
    forms = {form.id: form for exam_id in exams for form in forms_of(session, exam_id)}
    administrations = administrations_of(session, bank_id)
    sat = _sat(session, forms, administrations)
    adopted = current_parameters(session, bank_id)
    known = {} if adopted is None else {one["item_id"]: one for one in adopted.body["items"]}
    digest = "" if adopted is None else adopted.digest
    for administration in sorted(administrations, key=lambda one: (one.title, str(one.id))):
        figures = {item.ref: row for item, row in rows_of(session, administration.id)}
        seen = sat[administration.id]
        refs = sorted({*figures, *seen}, key=lambda ref: (ref.item_id, ref.version))
        for ref in refs:
            yield [
                *_where(ref, administration),
                *_exposure(seen.get(ref)),
                *_figures(figures.get(ref)),
                *_parameters(known.get(ref.item_id), digest),
            ]


def _sat(
    session: Session, forms: Mapping[UUID, Form], administrations: Sequence[Administration]
) -> defaultdict[UUID, dict[ItemRef, _Sat]]:
    found: defaultdict[UUID, dict[ItemRef, _Sat]] = defaultdict(dict)
    ids = [one.id for one in administrations]
    for administration_id, form_id, n_candidates, last in handed_in_by_form(session, ids):
        for item in forms[form_id].items if form_id in forms else ():
            one = found[administration_id].setdefault(item.ref, _Sat())
            one.candidates += n_candidates
            one.last = max(filter(None, (one.last, last)))
    return found


def _where(ref: ItemRef, administration: Administration) -> list[Cell]:
    return [
        ref.item_id,
        ref.version,
        administration.exam_id,
        administration.title,
        str(administration.id),
        administration.simulated,
    ]


def _exposure(sat: _Sat | None) -> list[Cell]:
    return [0, None] if sat is None else [sat.candidates, sat.last]


def _figures(row: ItemRow | None) -> list[Cell]:
    if row is None:
        return [None, None, None, ""]
    flags = "; ".join(rule.code for rule in row.flags)
    return [row.n, row.p, row.item_rest_r, flags]


def _parameters(entry: Mapping[str, Any] | None, digest: str) -> list[Cell]:
    if entry is None:
        return ["", None, None, None, None, None, None, "", ""]
    se = entry.get("se") or {}
    steps = "; ".join(repr(step.value) for step in steps_of(entry))
    pairs = [(entry.get(name), se.get(name)) for name in ("a", "b", "c")]
    return [entry["model"], *(one for pair in pairs for one in pair), steps, digest]
