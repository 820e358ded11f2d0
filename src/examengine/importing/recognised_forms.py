"""Forms recognised in data: which items were presented together, and to whom.

Data from elsewhere seldom say which form somebody had, but they show it: an item that was not in
a person's form has neither an answer nor a time. An item that was in the form and was left out
by a person looks the same in that one row, so a form is read off all its rows together.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

MOST_FORMS = 100


@dataclass(frozen=True, slots=True)
class ImportedForm:
    """A form that somebody else assembled."""

    code: str
    item_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Recognised:
    """The forms that were found, and which of them each person had."""

    forms: tuple[ImportedForm, ...]
    form_of: tuple[str, ...]
    """The code of each person's form, in the order of the persons."""


class FormsUnclear(ValueError):
    """The data do not show the forms; `faults` says where, and what would."""

    def __init__(self, faults: Sequence[str]) -> None:
        self.faults = tuple(faults)
        super().__init__("; ".join(faults))


def forms_by_label(
    labels: Sequence[str], presented: Sequence[frozenset[str]], item_ids: Sequence[str]
) -> Recognised:
    """Return the forms when a column names them: all items any of a form's persons was shown.

    Args:
        labels: The name of each person's form.
        presented: The items with an answer or a time, of each person.
        item_ids: All items, in the order of the file.
    """
    shown: dict[str, frozenset[str]] = {}
    for label, items in zip(labels, presented, strict=True):
        shown[label] = shown.get(label, frozenset()) | items
    forms = tuple(_form(label, shown[label], item_ids) for label in sorted(shown))
    return Recognised(forms, tuple(labels))


def forms_by_pattern(
    presented: Sequence[frozenset[str]], item_ids: Sequence[str], persons: Sequence[str]
) -> Recognised:
    """Return the forms when nothing names them: the largest sets of items presented together.

    A set that lies within a larger one is the larger form with some answers left out.

    Args:
        presented: The items with an answer or a time, of each person.
        item_ids: All items, in the order of the file.
        persons: What each person is called in sentences.

    Raises:
        FormsUnclear: There are too many sets to be forms, or somebody's items fit several.
    """
    largest = _largest(presented)
    if len(largest) > MOST_FORMS:
        raise FormsUnclear(
            [
                f"{len(largest)} different sets of items were presented, none within another; "
                "name the form of each person in a column of the persons file"
            ]
        )
    codes = {items: f"F{place}" for place, items in enumerate(largest, start=1)}
    homes = {items: [home for home in largest if items <= home] for items in set(presented)}
    faults = list(_unclear(presented, homes, codes, persons))
    if faults:
        raise FormsUnclear(faults)
    forms = tuple(_form(code, items, item_ids) for items, code in codes.items())
    return Recognised(forms, tuple(codes[homes[items][0]] for items in presented))


def _largest(presented: Sequence[frozenset[str]]) -> list[frozenset[str]]:
    """Return the sets that lie within no other, in the order in which they first appear."""
    found: list[frozenset[str]] = []
    for items in sorted(set(presented), key=len, reverse=True):
        if not any(items <= other for other in found):
            found.append(items)
        if len(found) > MOST_FORMS:
            break
    first_seen = {items: place for place, items in reversed(list(enumerate(presented)))}
    return sorted(found, key=lambda items: first_seen[items])


def _unclear(
    presented: Sequence[frozenset[str]],
    homes: Mapping[frozenset[str], list[frozenset[str]]],
    codes: Mapping[frozenset[str], str],
    persons: Sequence[str],
) -> Iterator[str]:
    for person, items in zip(persons, presented, strict=True):
        if len(homes[items]) > 1:
            fitting = ", ".join(codes[home] for home in homes[items])
            yield (
                f"{person}: the {len(items)} items answered fit the forms {fitting}; "
                "name the form of each person in a column of the persons file"
            )


def _form(code: str, items: frozenset[str], item_ids: Sequence[str]) -> ImportedForm:
    return ImportedForm(code, tuple(item_id for item_id in item_ids if item_id in items))
