"""An item as the fields of a form, and back: pure functions that serve every item type.

    content ── form_values ──▶ fields of a form ── read_form ──▶ the same content

What a form cannot hold (a field that nobody reads, a number where a text belongs) would be lost on
the way. `fits_form` tells, and the item is edited as YAML until it is mended.
"""

from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from examengine.bank.errors import FormUnreadable, UploadUnusable
from examengine.bank.formulas import formula_fault, spoken
from examengine.bank.item_file import IDENTITY, item_type_of
from examengine.bank.item_types import Content, ItemType
from examengine.bank.item_types._form_fields import (
    ChoiceField,
    FilledForm,
    ForEachField,
    FormField,
    FormValues,
    GroupField,
    KindsField,
    LinesField,
    NumberField,
    RowsField,
    RuleField,
    SentForm,
    TextField,
    row_ids,
    taken,
)
from examengine.bank.item_types._gaps import MOST_GAPS, gap_ids
from examengine.bank.item_types._stimulus_form import STIMULUS

_STEM = TextField(
    "stem",
    "Question",
    r"An empty line begins a paragraph; *stressed*, `code`, \( formula \); lines that begin with - "
    "are a list.",
    size="page",
)
_ABOUT: tuple[FormField, ...] = (
    TextField("rationale", "Why the key is right", "For staff.", size="words"),
    TextField("title", "Title", "By which authors know it; candidates never see it."),
    ChoiceField("area", "Content area", of="areas"),
    ChoiceField("level", "Cognitive level", of="levels"),
    NumberField("seconds", "Seconds it is expected to take"),
    LinesField("tags", "Tags", "One a line; short words by which the item is found."),
    LinesField("enemies", "Enemies", "Ids of items that may not stand in one form with it."),
    GroupField(
        "set",
        "Item set",
        "Items of a set have one stimulus, and stand next to each other in a form.",
        fields=(
            TextField("id", "Id of the set", "Such as reading-1; empty where it stands alone."),
            NumberField("place", "Place in the set"),
        ),
        stays=False,
    ),
    GroupField(
        "provenance",
        "Where it comes from",
        fields=(
            TextField("author", "Author"),
            TextField("written", "Written", "Such as 2026-11-30."),
            TextField("licence", "Licence"),
            TextField("source", "Source"),
        ),
    ),
    TextField("notes", "Notes", "For authors; candidates never see them.", size="page"),
)


@dataclass(frozen=True, slots=True)
class FormSection:
    """Fields under one heading."""

    title: str
    fields: tuple[FormField, ...]


def form_sections(item_type: ItemType) -> tuple[FormSection, ...]:
    """Return what an author fills in for an item of a type; nothing where it has no form."""
    if not item_type.form_fields:
        return ()
    rules = tuple(
        GroupField(rule.name, rule.name.replace("_", " ").capitalize(), fields=rule.form_fields)
        for rule in item_type.scoring_rules
        if rule.form_fields or not rule.fields  # what a form cannot say is written as YAML
    )
    return (
        FormSection("Question", (_STEM, STIMULUS)),
        FormSection("Answer", item_type.form_fields),
        FormSection("Points", (_rule_field(item_type, rules),)),
        FormSection("About the item", _ABOUT),
    )


def _rule_field(item_type: ItemType, rules: tuple[GroupField, ...]) -> RuleField:
    if not item_type.by_person:
        return RuleField("scoring", "Rule", rules=rules)
    undeclared = "1 point at most, and a person says how many"
    return RuleField("scoring", "Rule", rules=rules, undeclared=undeclared)


def form_values(content: Content) -> FormValues:
    """Return a content as the fields of a form; {} where its type has none."""
    form = FilledForm(content)
    for field in _fields_of(content):
        field.fill(form, content, "")
    return form.values


def read_form(identity: Content, values: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """Return the content that the fields of a form say.

    Args:
        identity: What the form does not change: at least the schema, id, version and type.
        values: The fields, by name.

    Raises:
        FormUnreadable: A field is none that an item of this type has, or was sent twice.
    """
    sent = SentForm(values)
    kept = {name: identity[name] for name in IDENTITY if name in identity}
    content = {**kept, **taken(_fields_of(identity), sent, "")}
    sent.refuse_strangers()
    return content


def fits_form(content: Content) -> bool:
    """Tell whether nothing of a content is lost on the way to a form and back."""
    if item_type_of(content) is None or not _fields_of(content):
        return False
    return not lost_in_form(content)


def lost_in_form(content: Content) -> tuple[str, ...]:
    """Return the fields of a content that its form would lose or change, in their order.

    Of a type that has no form these are none.
    """
    if not _fields_of(content):
        return ()
    try:
        back = read_form(content, form_values(content))
    except FormUnreadable as refusal:
        return (refusal.name.partition(".")[0],)
    names = [*content, *(name for name in back if name not in content)]
    return tuple(
        name
        for name in names
        if name not in content or name not in back or not same_content(back[name], content[name])
    )


def same_content(one: object, other: object) -> bool:
    """Tell whether two contents are one; True is not 1 in an item."""
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return one.keys() == other.keys() and all(
            same_content(one[name], other[name]) for name in one
        )
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same_content, one, other))
    return type(one) is type(other) and one == other


def with_proposed_words(content: Mapping[str, Any]) -> dict[str, Any]:
    """Return a content in which each formula that can be read says how it is read aloud."""
    listed = content.get("stimulus")
    if not isinstance(listed, list):
        return dict(content)
    return {**content, "stimulus": [_spoken_part(part) for part in listed]}


def with_rows_of_marks(content: Mapping[str, Any]) -> dict[str, Any]:
    """Return a content in which each mark of a text, such as `[[g1]]`, has its row.

    A row whose mark has gone goes too, unless somebody wrote something in it.
    """
    found = dict(content)
    for field in _fields_of(content):
        if not isinstance(field, RowsField) or not field.marked_in:
            continue
        rows = found.get(field.name, [])
        if not isinstance(rows, list):
            continue
        marks = gap_ids(found)[:MOST_GAPS]
        kept = [row for row in rows if _row_id(row) in marks or _is_written_in(row)]
        known = [_row_id(row) for row in kept]
        kept += [
            {"id": mark, **deepcopy(dict(field.new_row or {}))}
            for mark in marks
            if mark not in known
        ]
        if kept != rows:
            found = _without_strays({**found, field.name: kept}, field.name)
    return found


def changed_rows(content: Mapping[str, Any], act: str, place: str) -> dict[str, Any]:
    """Return a content with a row added, taken away or moved.

    Args:
        content: The item.
        act: `add`, `remove`, `up` or `down`.
        place: The list for `add` (`options`, `gaps.0.options`, and `stimulus.figure` for a part of
            a kind), else the row (`options.1`).

    Raises:
        FormUnreadable: There is no such list, row or act.
    """
    field, names, row = _row_named(content, act, place)
    if field is None:
        raise FormUnreadable(place)
    inner = deepcopy(dict(content))
    holder = _holder_of(inner, names[:-1], place)
    listed = holder.get(names[-1])
    rows = list(listed) if isinstance(listed, list) else []
    if act == "add":
        rows.append(_new_row(field, rows, row))
    else:
        moved = _move(rows, act, int(row), place)
        if act == "remove" and isinstance(field, RowsField) and field.marked_in:
            _unmark(inner, field.marked_in, moved)
    holder[names[-1]] = rows
    return _without_strays(inner, *names) if act == "remove" and len(names) == 1 else inner


def _holder_of(content: dict[str, Any], names: Sequence[str], place: str) -> dict[str, Any]:
    """Return the mapping that names lead to, those begun that were not there yet.

    Raises:
        FormUnreadable: There is no such row on the way.
    """
    holder: Any = content
    for name in names:
        if name.isdecimal():
            if not isinstance(holder, list) or int(name) >= len(holder):
                raise FormUnreadable(place)
            holder = holder[int(name)]
            continue
        if not isinstance(holder, dict):
            raise FormUnreadable(place)
        if not isinstance(holder.get(name), dict | list):
            holder[name] = {}
        holder = holder[name]
    if not isinstance(holder, dict):
        raise FormUnreadable(place)
    return holder


def _unmark(content: dict[str, Any], name: str, row: Any) -> None:
    """Take the mark of a row out of its text, so that the row does not come back."""
    text = content.get(name)
    if isinstance(text, str):
        content[name] = text.replace(f"[[{_row_id(row)}]]", "")


def _row_id(row: object) -> object:
    return row.get("id") if isinstance(row, Mapping) else None


def _is_written_in(value: object) -> bool:
    """Tell whether a row holds a text that somebody wrote."""
    if isinstance(value, Mapping):
        return any(_is_written_in(held) for name, held in value.items() if name != "id")
    if isinstance(value, list):
        return any(map(_is_written_in, value))
    return value is not None and value != ""


def with_upload(
    content: Mapping[str, Any], file: Mapping[str, str], media_type: str, *, poster: bool
) -> dict[str, Any]:
    """Return a content that shows or plays a file which has just come.

    A picture, a recording or a video becomes a part of the stimulus. Subtitles, and a picture that
    is to stand before a video plays, go to the last video that has none.

    Args:
        content: The item.
        file: Its name and its digest.
        media_type: What it is.
        poster: Whether a picture is to stand before a video plays.

    Raises:
        UploadUnusable: It belongs to a video, and there is none without one.
    """
    kind = media_type.partition("/")[0]
    beside = "subtitles" if kind == "text" else "poster" if poster and kind == "image" else None
    if beside is None:
        part = {"image": "figure"}.get(kind, kind)
        found = changed_rows(content, "add", f"stimulus.{part}")
        found["stimulus"][-1][part] = dict(file)
        return found
    listed = list(content.get("stimulus") or ())
    for row in reversed(range(len(listed))):
        video = listed[row].get("video") if isinstance(listed[row], Mapping) else None
        if isinstance(video, Mapping) and beside not in video:
            listed[row] = {"video": {**video, beside: dict(file)}}
            return {**content, "stimulus": listed}
    what = f"needs a video that has no {beside} yet; add the video first"
    raise UploadUnusable(file["file"], what)


def _row_named(
    content: Content, act: str, place: str
) -> tuple[RowsField | KindsField | None, list[str], str]:
    """Return the list that a place names, the names that lead to it, and the row or kind."""
    names, row = place.split(".")[:6], ""
    if act != "add" or names[:1] == ["stimulus"]:
        *names, row = names
    if act not in {"add", "remove", "up", "down"} or (act != "add" and not row.isdecimal()):
        return None, names, row
    fields: Sequence[FormField] = _fields_of(content)
    found: FormField | None = None
    for name in names:
        if name.isdecimal() and isinstance(found, RowsField):
            fields, found = found.columns, None
            continue
        found = next((field for field in fields if field.name == name), None)
        if isinstance(found, RuleField):
            rule = found.rule_of(content)
            fields = () if rule is None else rule.fields
        elif isinstance(found, GroupField):
            fields = found.fields
        else:
            fields = ()
    return (found if isinstance(found, RowsField | KindsField) else None), names, row


def _new_row(field: RowsField | KindsField, rows: Sequence[Any], kind: str) -> dict[str, Any]:
    if isinstance(field, KindsField):
        if not any(known.name == kind for known in field.kinds):
            raise FormUnreadable(kind)
        return {kind: {}}
    begun = deepcopy(dict(field.new_row or {}))
    if any(column.name == "id" for column in field.columns):
        return {"id": _free_id(row_ids({"rows": list(rows)}, "rows"), field), **begun}
    return begun


def _free_id(used: Sequence[str], field: RowsField) -> str:
    """Return the next id: a letter for what candidates see lettered, else p1 and so on."""
    taken_ids = {one.casefold() for one in used}
    letters = "abcdefghijklmnopqrstuvwxyz" if field.lettered else ""
    numbered = (f"{field.name[0]}{number}" for number in range(1, len(used) + 28))
    free = (found for found in (*letters, *numbered) if found not in taken_ids)
    return next(free, "")


def _move(rows: list[Any], act: str, row: int, place: str) -> Any:
    """Move a row of a list, or take it away; return it."""
    if row >= len(rows):
        raise FormUnreadable(place)
    moved = rows.pop(row)
    if act != "remove":
        rows.insert(max(0, row - 1) if act == "up" else row + 1, moved)
    return moved


def _without_strays(content: dict[str, Any], name: str) -> dict[str, Any]:
    """Drop what is said for each row of a list, where the row has gone: no form shows it."""
    left = set(row_ids(content, name))
    rule = next(
        (field.rule_of(content) for field in _fields_of(content) if isinstance(field, RuleField)),
        None,
    )
    for fields, holder_name in (
        (_fields_of(content), ""),
        (rule.fields if rule else (), "scoring"),
    ):
        for field in fields:
            holder = content[holder_name] if holder_name else content
            given = holder.get(field.name)
            if (
                isinstance(field, ForEachField)
                and field.each == name
                and isinstance(given, Mapping)
            ):
                kept = {row: said for row, said in given.items() if row in left}
                content |= (
                    {holder_name: {**holder, field.name: kept}}
                    if holder_name
                    else {field.name: kept}
                )
    return content


def _fields_of(content: Content) -> tuple[FormField, ...]:
    item_type = item_type_of(content)
    sections = () if item_type is None else form_sections(item_type)
    return tuple(field for section in sections for field in section.fields)


def _spoken_part(part: Any) -> Any:
    formula = part.get("formula") if isinstance(part, Mapping) else None
    if not isinstance(formula, Mapping) or "spoken" in formula:
        return part
    tex = formula.get("tex")
    if not isinstance(tex, str) or formula_fault(tex) is not None:
        return part
    return {"formula": {**formula, "spoken": spoken(tex)}}
