"""One item as the cells of a row, by column, and back.

The columns are few and their names plain, because people make these tables in a spreadsheet:
`option_a` and the letters after it, `prompt_1` and the numbers after it. An empty cell says
nothing.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from string import ascii_lowercase
from typing import Any

from examengine.bank.item_file import PROVENANCE, SCHEMA
from examengine.bank.item_types._fault import ItemFault

Row = Mapping[str, str]
"""The cells of a row that say something, by column."""

ITEM_COLUMNS = (
    *("id", "version", "type", "title", "area", "level", "seconds", "enemies", *PROVENANCE),
    *("set", "set_place", "passage_heading", "passage"),
    *("figure", "alt", "figure_caption", "figure_description"),
    *("audio", "transcript", "show_transcript", "plays", "audio_caption"),
    *("stem", "key", "tolerance", "unit", "case_sensitive", "shuffle"),
    "rationale",
)
NUMBERED = re.compile(r"(option|rationale|prompt|error|error_rationale)_([a-z]|[1-9][0-9]?)")
SYNONYMS: Mapping[str, str] = {
    "item": "id",
    "item_id": "id",
    "question_id": "id",
    "name": "id",
    "question": "stem",
    "text": "stem",
    "answer": "key",
    "correct": "key",
    "correct_answer": "key",
    "item_type": "type",
    "content_area": "area",
    "topic": "area",
    "category": "area",
    "time": "seconds",
    "license": "licence",
    "alt_text": "alt",
    "image": "figure",
    "explanation": "rationale",
    "feedback": "rationale",
    **{letter: f"option_{letter}" for letter in ascii_lowercase},
    **{f"choice_{letter}": f"option_{letter}" for letter in ascii_lowercase},
    **{f"feedback_{letter}": f"rationale_{letter}" for letter in ascii_lowercase},
}
"""What people call a column besides."""

_AS_IT_IS = (
    *("id", "version", "type", "title", "area", "level", "seconds", "stem", "unit", "rationale"),
)
NONE = "none"
"""Says that a list is empty, where an empty cell would leave it unsaid."""
_SAID = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
_BETWEEN = re.compile(r"[|,;>\s]")
_DECIMAL_COMMA = re.compile(r"(-?\d{1,20}),(\d{1,20})")


def column_named(heading: str) -> str:
    """Return the column that a heading means: capital letters, blanks and hyphens do not count."""
    name = re.sub(r"[\s-]+", "_", heading.strip().casefold())
    return SYNONYMS.get(name, name)


def is_column(name: str) -> bool:
    """Tell whether a column is read."""
    return name in ITEM_COLUMNS or NUMBERED.fullmatch(name) is not None


def content_of(row: Row) -> dict[str, Any]:
    """Return the content that a row says, faults and all: what is no number stays text."""
    parts = {name: _numbered(row, name) for name in ("option", "prompt", "error")}
    item_type = row.get("type", "").casefold().replace(" ", "_") or _type_of(row, parts)
    found: dict[str, Any] = {
        "schema": SCHEMA,
        "id": row.get("id", ""),
        "version": _whole(row.get("version", "1")),
        "type": item_type,
        **{name: row[name] for name in ("title", "area", "level", "stem", "unit") if name in row},
        **({"seconds": _whole(row["seconds"])} if "seconds" in row else {}),
        **({"enemies": _listed(row["enemies"])} if "enemies" in row else {}),
        **({"shuffle": _flag(row["shuffle"])} if "shuffle" in row else {}),
        **({"rationale": row["rationale"]} if "rationale" in row else {}),
    }
    if "set" in row or "set_place" in row:
        places = {"place": _whole(row["set_place"])} if "set_place" in row else {}
        found["set"] = {**({"id": row["set"]} if "set" in row else {}), **places}
    said = {name: row[name] for name in PROVENANCE if name in row}
    if said:
        found["provenance"] = said
    stimulus = _stimulus(row)
    if stimulus:
        found["stimulus"] = stimulus
    if parts["option"]:
        found["options"] = [_part(row, "rationale", mark, text) for mark, text in parts["option"]]
    if parts["prompt"]:
        found["prompts"] = [{"id": f"p{mark}", "text": text} for mark, text in parts["prompt"]]
    if parts["error"]:
        found["errors"] = [_error(row, mark, value) for mark, value in parts["error"]]
    if "key" in row:
        read = _KEYS.get(item_type, _one_option)
        found["key"] = read(row, parts["option"])
    return found


def gaps_in(row: Row) -> Iterator[ItemFault]:
    """Say which columns are empty before others of their kind: something was lost, or shifted."""
    for name in ("option", "prompt", "error"):
        marks = _marks(name)
        used = [index for index, mark in enumerate(marks) if f"{name}_{mark}" in row]
        missing = [marks[index] for index in range(len(used)) if index not in used]
        if missing:
            last = f"{name}_{marks[used[-1]]}"
            yield ItemFault(f"{name}_{missing[0]}", f"is empty, and {last} is not; leave no gap")


def column_of(where: str) -> str:
    """Return the column in which a field of a content stands."""
    if where.startswith("set."):
        return {"set.id": "set", "set.place": "set_place"}.get(where, "set")
    part = re.match(r"(options|prompts|errors)\[(\d+)\]\.?(\w*)", where)
    if part is None:
        return re.split(r"[.\[]", where)[0] if where else where
    name, index, field = part[1].removesuffix("s"), int(part[2]), part[3]
    mark = ascii_lowercase[index % 26] if name == "option" else str(index + 1)
    if field == "rationale":
        name = "rationale" if name == "option" else "error_rationale"
    return f"{name}_{mark}"


def row_of(content: Mapping[str, Any]) -> dict[str, str]:
    """Return the cells of an item; what has no column is left out."""
    row = {name: str(content[name]) for name in _AS_IT_IS if name in content}
    row |= content.get("provenance", {})
    if "enemies" in content:
        row["enemies"] = "|".join(content["enemies"]) or NONE
    if "set" in content:
        row |= {"set": content["set"]["id"], "set_place": str(content["set"]["place"])}
    if "shuffle" in content:
        row["shuffle"] = _yes_or_no(content["shuffle"])
    for part in content.get("stimulus", ()):
        row |= _stimulus_cells(part)
    return row | _part_cells(content) | _key_cells(content["type"], content["key"])


def _part_cells(content: Mapping[str, Any]) -> dict[str, str]:
    """Return the cells of options, prompts and expected mistakes, each with its rationale."""
    row: dict[str, str] = {}
    for mark, option in zip(ascii_lowercase, content.get("options", ()), strict=False):
        row |= _with_rationale(f"option_{mark}", option["text"], f"rationale_{mark}", option)
    for index, prompt in enumerate(content.get("prompts", ()), start=1):
        row[f"prompt_{index}"] = prompt["text"]
    for index, error in enumerate(content.get("errors", ()), start=1):
        row |= _with_rationale(f"error_{index}", error["value"], f"error_rationale_{index}", error)
    return row


def _with_rationale(name: str, text: str, why: str, part: Mapping[str, Any]) -> dict[str, str]:
    return {name: text, **({why: part["rationale"]} if "rationale" in part else {})}


def _numbered(row: Row, name: str) -> list[tuple[str, str]]:
    """Return the cells of `name_a`, `name_b` … or `name_1`, `name_2` … that say something."""
    return [(mark, row[f"{name}_{mark}"]) for mark in _marks(name) if f"{name}_{mark}" in row]


def _marks(name: str) -> Sequence[str]:
    return ascii_lowercase if name == "option" else tuple(map(str, range(1, 100)))


def _type_of(row: Row, parts: Mapping[str, Sequence[tuple[str, str]]]) -> str:
    """Return the type that a row without one must be meant to have."""
    if parts["prompt"]:
        return "matching"
    if parts["option"]:
        key = row.get("key", "")
        if ">" in key and len(_letters(key)) == len(parts["option"]):
            return "ordering"
        several = _letters(key) <= {mark for mark, _ in parts["option"]} and len(_letters(key)) > 1
        return "multiple_response" if several else "single_choice"
    return "numeric_entry" if "tolerance" in row else "short_text"


def _letters(key: str) -> set[str]:
    return {part.casefold() for part in _BETWEEN.split(key) if part}


def _part(row: Row, why: str, mark: str, text: str) -> dict[str, str]:
    rationale = {"rationale": row[f"{why}_{mark}"]} if f"{why}_{mark}" in row else {}
    return {"id": mark, "text": text, **rationale}


def _error(row: Row, mark: str, value: str) -> dict[str, str]:
    name = f"error_rationale_{mark}"
    return {"value": value, **({"rationale": row[name]} if name in row else {})}


def _stimulus(row: Row) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    if "passage" in row:
        heading = {"heading": row["passage_heading"]} if "passage_heading" in row else {}
        found.append({"passage": {**heading, "text": row["passage"]}})
    if "figure" in row:
        names = {
            "alt": "alt",
            "figure_caption": "caption",
            "figure_description": "description",
        }
        found.append({"figure": _file(row, "figure", "figures", names)})
    if "audio" in row:
        names = {"transcript": "transcript", "audio_caption": "caption"}
        body: dict[str, Any] = _file(row, "audio", "recordings", names)
        if "show_transcript" in row:
            body["show_transcript"] = _flag(row["show_transcript"])
        if "plays" in row:
            body["plays"] = _whole(row["plays"])
        found.append({"audio": body})
    return found


def _file(row: Row, column: str, folder: str, names: Mapping[str, str]) -> dict[str, str]:
    name = row[column].replace("\\", "/")
    placed = name if "/" in name else f"{folder}/{name}"
    return {"file": placed, **{field: row[cell] for cell, field in names.items() if cell in row}}


def _stimulus_cells(part: Mapping[str, Any]) -> dict[str, str]:
    if "passage" in part:
        names = {"heading": "passage_heading", "text": "passage"}
        return {names[field]: words for field, words in part["passage"].items()}
    if "figure" in part:
        names = {
            "file": "figure",
            "alt": "alt",
            "caption": "figure_caption",
            "description": "figure_description",
        }
        return {names[field]: part["figure"][field] for field in names if field in part["figure"]}
    if "audio" not in part:
        return {}
    names = {"file": "audio", "transcript": "transcript", "caption": "audio_caption"}
    body = part["audio"]
    shown = (
        {"show_transcript": _yes_or_no(body["show_transcript"])}
        if ("show_transcript" in body)
        else {}
    )
    limit = {"plays": str(body["plays"])} if "plays" in body else {}
    return {names[field]: body[field] for field in names if field in body} | shown | limit


def _one_option(row: Row, options: Sequence[tuple[str, str]]) -> Any:
    """Read a letter, or the words of an option."""
    return _letter(row["key"], options)


def _several_options(row: Row, options: Sequence[tuple[str, str]]) -> Any:
    return [_letter(part, options) for part in _BETWEEN.split(row["key"]) if part]


def _pairs(row: Row, _options: Sequence[tuple[str, str]]) -> Any:
    pairs = [part.partition("=") for part in re.split(r"[|,;]", row["key"]) if part.strip()]
    return {f"p{prompt.strip()}": option.strip().casefold() for prompt, _, option in pairs}


def _number(row: Row, _options: Sequence[tuple[str, str]]) -> Any:
    tolerance = _decimal(row.get("tolerance", "0"))
    return {"value": _decimal(row["key"]), "tolerance": tolerance}


def _words(row: Row, _options: Sequence[tuple[str, str]]) -> Any:
    accepted = [part.strip() for part in row["key"].split("|") if part.strip()]
    exact = {"case_sensitive": _flag(row["case_sensitive"])} if "case_sensitive" in row else {}
    return {"accept": accepted, **exact}


_KEYS: Mapping[str, Callable[[Row, Sequence[tuple[str, str]]], Any]] = {
    "multiple_response": _several_options,
    "ordering": _several_options,
    "matching": _pairs,
    "numeric_entry": _number,
    "short_text": _words,
    "extended_text": lambda row, _options: row["key"],
}


def _key_cells(item_type: str, key: Any) -> dict[str, str]:
    if item_type == "matching":
        return {"key": "|".join(f"{one.removeprefix('p')}={other}" for one, other in key.items())}
    if item_type == "numeric_entry":
        return {"key": key["value"], "tolerance": key["tolerance"]}
    if item_type == "short_text":
        exact = key.get("case_sensitive")
        said = {} if exact is None else {"case_sensitive": _yes_or_no(exact)}
        return {"key": "|".join(key["accept"]), **said}
    if item_type == "ordering":
        return {"key": ">".join(key)}
    if isinstance(key, list) and all(isinstance(part, str) for part in key):
        return {"key": "|".join(key)}
    return {"key": key} if isinstance(key, str) else {}  # a type that tables have no words for


def _letter(said: str, options: Sequence[tuple[str, str]]) -> str:
    same = [mark for mark, text in options if text == said]
    return same[0] if len(same) == 1 else said.strip().casefold()


def _whole(cell: str) -> Any:
    return int(cell) if re.fullmatch(r"\d{1,9}", cell) else cell


def _decimal(cell: str) -> str:
    found = _DECIMAL_COMMA.fullmatch(cell)
    return cell if found is None else f"{found[1]}.{found[2]}"


def _listed(cell: str) -> list[str]:
    return [] if cell.casefold() == NONE else [part for part in _BETWEEN.split(cell) if part]


def _flag(cell: str) -> Any:
    return _SAID.get(cell.casefold(), cell)


def _yes_or_no(value: bool) -> str:
    return "yes" if value else "no"
