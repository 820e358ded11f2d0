"""Reads the file that describes an exam (TOML), and names every fault with its place."""

import re
import tomllib
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

from examengine.assembly.blueprint import Between, Blueprint, SetBounds
from examengine.assembly.errors import ExamSpecUnusable
from examengine.assembly.scoring_policy import ScoringBasis
from examengine.assembly.sections import section_faults

SCHEMA = "examengine/exam/1"
LARGEST_FILE = 200_000

_TEXTS = ("id", "title", "bank", "description", "instructions", "consent")
_ACHIEVEMENT = ("name", "description", "criteria")
_IDENTIFIER = re.compile(r"[a-z0-9][a-z0-9-]{0,59}")
_PROGRESSION = re.compile(r"[a-z][a-z0-9_]{0,59}")
_DECIMAL = re.compile(r"-?\d{1,6}(\.\d{1,6})?")
_WEIGHT = re.compile(r"\d{1,4}(\.\d{1,4})?")
MOST_WEIGHT = 1000


def read_exam(path: Path) -> dict[str, Any]:
    """Return the specification of an exam, checked, as canonical JSON values.

    Raises:
        ExamSpecUnusable: The file has faults; each says where it is and what would be right.
    """
    try:
        data = path.read_bytes()
        if len(data) > LARGEST_FILE:
            raise ExamSpecUnusable([f"{path.name}: larger than {LARGEST_FILE} bytes"])
        spec = tomllib.loads(data.decode("utf-8"))
    except FileNotFoundError as error:
        raise ExamSpecUnusable([f"{path}: there is no such file"]) from error
    except OSError as error:
        raise ExamSpecUnusable([f"{path}: {error.strerror or error}"]) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ExamSpecUnusable([f"{path.name}: not TOML in UTF-8 ({error})"]) from error
    return checked_exam(spec, path.name)


def checked_exam(spec: Mapping[str, Any], name: str = "exam.toml") -> dict[str, Any]:
    """Return `spec` when it can be used.

    Raises:
        ExamSpecUnusable: It cannot; every fault is listed.
    """
    faults = [
        *_text_faults(spec, _TEXTS, ""),
        *_text_faults(_table(spec, "achievement"), _ACHIEVEMENT, "achievement."),
        *scoring_faults(spec),
        *_blueprint_faults(_table(spec, "blueprint")),
        *_pilot_faults(_table(spec, "pilot")),
        *_integrity_faults(spec.get("integrity", {})),
        *section_faults(spec),
        *_progression_faults(spec),
    ]
    if spec.get("schema") != SCHEMA:
        faults.insert(0, f'schema: is {spec.get("schema")!r}; write schema = "{SCHEMA}"')
    if not _IDENTIFIER.fullmatch(str(spec.get("id", ""))):
        faults.append("id: give 1 to 60 small letters, digits and hyphens, as data-literacy")
    if not _whole(spec.get("minutes"), 1, 24 * 60):
        faults.append("minutes: give the time allowed, a whole number from 1 to 1440")
    known = {
        "schema",
        "minutes",
        "achievement",
        "scale",
        "scoring",
        "weights",
        "blueprint",
        "pilot",
        "integrity",
        "sections",
        "progression",
        *_TEXTS,
    }
    faults += [f"{field}: is not a field of an exam" for field in sorted(spec.keys() - known)]
    if faults:
        raise ExamSpecUnusable([f"{name}: {fault}" for fault in faults])
    return dict(spec)


def unknown_progression(spec: Mapping[str, Any], progressions: Mapping[str, bool]) -> list[str]:
    """Return why forms of a checked specification could not be given by what it names.

    Args:
        spec: The specification.
        progressions: Those there are, by name: whether one goes by the sections of an exam.
    """
    name, in_sections = spec.get("progression"), bool(spec.get("sections"))
    fitting = [
        f'"{one}"' for one, by_sections in progressions.items() if by_sections == in_sections
    ]
    if name is None or progressions.get(name) == in_sections:
        return []
    wrong = (
        f"is {name!r}, and there is none of this name"
        if name not in progressions
        else f"is {name!r}, which goes by sections, and the exam has none"
        if progressions[name]
        else f"is {name!r}, which knows no sections, and the exam has some"
    )
    return [f"progression: {wrong}; give {' or '.join([*fitting, 'nothing'])}"]


def blueprint_of(spec: Mapping[str, Any]) -> Blueprint:
    """Return the blueprint of a checked specification."""
    table = spec["blueprint"]
    return Blueprint(
        forms=table["forms"],
        length=table["length"],
        common=table.get("common", 0),
        areas=_bounds(table, "areas"),
        types=_bounds(table, "types"),
        levels=_bounds(table, "levels"),
        seconds=Between(*table["seconds"]) if "seconds" in table else None,
        sets=_set_bounds(table["sets"]) if "sets" in table else None,
    )


def _set_bounds(table: Mapping[str, Any]) -> SetBounds:
    return SetBounds(
        **{
            field: Between(asked, asked) if isinstance(asked, int) else Between(*asked)
            for field, asked in table.items()
        }
    )


def _bounds(table: Mapping[str, Any], name: str) -> dict[str, Between]:
    return {
        value: Between(asked, asked) if isinstance(asked, int) else Between(*asked)
        for value, asked in table.get(name, {}).items()
    }


def _table(spec: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = spec.get(name, {})
    return found if isinstance(found, Mapping) else {}


def _text_faults(table: Mapping[str, Any], fields: tuple[str, ...], prefix: str) -> list[str]:
    missing = [
        f"{prefix}{field}: is missing; give a text"
        for field in fields
        if not isinstance(table.get(field), str) or not table[field].strip()
    ]
    return missing + [
        f"{prefix}{field}: holds the character NUL, which no database takes; leave it out"
        for field in fields
        if "\0" in str(table.get(field))
    ]


def scoring_faults(spec: Mapping[str, Any]) -> list[str]:
    """Return one sentence for each fault in what a specification says of scoring."""
    basis = spec.get("scoring", "ability")
    if not isinstance(basis, str) or basis not in set(ScoringBasis):
        return [f'scoring: is {basis!r}; write "points" or "ability"']
    if basis == ScoringBasis.ABILITY:
        stray = ['weights: count in an exam with scoring = "points" alone']
        return _scale_faults(_table(spec, "scale")) + stray * ("weights" in spec)
    faults = _scale_faults(_table(spec, "scale")) if "scale" in spec else []
    weights = spec.get("weights", {})
    if not isinstance(weights, Mapping):
        return [*faults, f"weights: is {weights!r}; write a table, [weights], item by item"]
    return faults + [
        f"weights.{item_id}: is {weight!r}; give a decimal number above 0, at most 1000, in "
        'quotes, as "1.5"'
        for item_id, weight in weights.items()
        if not (isinstance(weight, str) and _WEIGHT.fullmatch(weight))
        or not 0 < Decimal(weight) <= MOST_WEIGHT
    ]


def _progression_faults(spec: Mapping[str, Any]) -> list[str]:
    name = spec.get("progression", "fixed_order")
    if isinstance(name, str) and _PROGRESSION.fullmatch(name):
        return []
    return [f'progression: is {name!r}; give the name of one, as "fixed_order", or leave it out']


def _scale_faults(scale: Mapping[str, Any]) -> list[str]:
    faults = [
        f'scale.{field}: is {scale.get(field)!r}; give a decimal number in quotes, as "40"'
        for field in ("slope", "intercept")
        if not _DECIMAL.fullmatch(str(scale.get(field))) or not isinstance(scale.get(field), str)
    ]
    least, most = scale.get("minimum"), scale.get("maximum")
    if not (_whole(least, -9999, 9999) and _whole(most, -9999, 9999)):
        faults.append("scale.minimum, scale.maximum: give two whole numbers")
    elif int(str(least)) >= int(str(most)):
        faults.append(f"scale: the minimum {least} is not below the maximum {most}")
    return faults


def _blueprint_faults(table: Mapping[str, Any]) -> list[str]:
    faults = [
        f"blueprint.{field}: is {table.get(field)!r}; give a whole number from {least} to {most}"
        for field, least, most in (("forms", 1, 26), ("length", 1, 500))
        if not _whole(table.get(field), least, most)
    ]
    if not _whole(table.get("common", 0), 0, 500):
        faults.append("blueprint.common: give a whole number, at most the length")
    if "seconds" in table and not _range(table["seconds"]):
        faults.append("blueprint.seconds: give [least, most], two whole numbers")
    for name in ("areas", "types", "levels"):
        faults += [
            f"blueprint.{name}.{value}: is {asked!r}; give a whole number, or [least, most]"
            for value, asked in _table(table, name).items()
            if not _whole(asked, 0, 500) and not _range(asked)
        ]
    return [*faults, *_set_faults(table.get("sets", {}))]


def _set_faults(table: Any) -> list[str]:
    if not isinstance(table, Mapping):
        return [f"blueprint.sets: is {table!r}; write a table, [blueprint.sets]"]
    faults = [
        f"blueprint.sets.{field}: is not a field; number and items are the two that there are"
        for field in sorted(table.keys() - {"number", "items"})
    ]
    for field, least in (("number", 0), ("items", 1)):
        asked = table.get(field, least)
        low = asked[0] if _range(asked) else asked
        if not _whole(low, least, 500):
            faults.append(
                f"blueprint.sets.{field}: is {asked!r}; give a whole number from {least}, or "
                "[least, most]"
            )
    return faults


def _pilot_faults(table: Mapping[str, Any]) -> list[str]:
    return [
        f"pilot.{field}: is {table[field]!r}; give a whole number from {least} to {most}"
        for field, least, most in (("persons_per_form", 1, 100_000), ("seed", 0, 2**31 - 1))
        if field in table and not _whole(table[field], least, most)
    ] + [
        f"pilot.{field}: is not a field of a pilot"
        for field in sorted(table.keys() - {"persons_per_form", "seed"})
    ]


def _integrity_faults(table: Any) -> list[str]:
    if not isinstance(table, Mapping):
        return [f"integrity: is {table!r}; write a table, [integrity]"]
    asked = table.get("hold_below_effort", 0)
    faults = [
        f"integrity.{field}: is not a field; hold_below_effort is the only one"
        for field in sorted(table.keys() - {"hold_below_effort"})
    ]
    if not _share(asked):
        faults.append(
            f"integrity.hold_below_effort: is {asked!r}; give a number from 0 to 1 with at most "
            "two decimals, as 0.5; 0 holds nobody"
        )
    return faults


def _share(value: Any) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return 0 <= value <= 1 and round(value, 2) == value


def _whole(value: Any, least: int, most: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and least <= value <= most


def _range(value: Any) -> bool:
    return (
        isinstance(value, list)
        and len(value) == 2
        and all(_whole(bound, 0, 10**6) for bound in value)
        and value[0] <= value[1]
    )
