"""What can be edited of the gaps of a text: rows that come and go with their marks, and a key."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from examengine.bank.errors import FormUnreadable
from examengine.bank.item_types._fault import Content
from examengine.bank.item_types._form_fields import (
    MOST_ROWS,
    FilledForm,
    FormField,
    SentForm,
    TextField,
    unless_absent,
)
from examengine.bank.item_types._gaps import gap_ids, gap_names, text_faults

GAP_TEXT = TextField(
    "text",
    "Text with its gaps",
    "Write [[g1]] where the first gap is, [[g2]] where the second is, and so on. What belongs in "
    "each comes below when the draft is saved.",
    size="page",
)


@dataclass(frozen=True, slots=True)
class GapKeyField(FormField):
    """For each gap of the text one row of `of`, by the id of the gap.

    The ids are sent along: the text may have other gaps by then, and none gets another's key.
    """

    shape: ClassVar[str] = "gap_key"

    of: str = "options"

    def gaps_of(self, item: Content) -> list[str]:
        """Return the gaps of the text, then those that the key names and the text lacks."""
        key = item.get(self.name)
        named = [gap for gap in key if isinstance(gap, str)] if isinstance(key, Mapping) else []
        return list(dict.fromkeys((*gap_ids(item), *named)))[:MOST_ROWS]

    def called(self, item: Content) -> list[str]:
        """Return what each of these gaps is called: by the words around it, once the text is sound.

        A gap that the text lacks says so.
        """
        there = set(gap_ids(item))
        names = {} if any(text_faults(item)) else gap_names(item["text"])
        return [
            names.get(gap, f"Gap {gap}" if gap in there else f"Gap {gap}, which the text lacks")
            for gap in self.gaps_of(item)
        ]

    def fill(self, form: FilledForm, holder: Mapping[str, Any], at: str) -> None:
        """Say it for each gap."""
        key = holder.get(self.name)
        form.mark(at + self.name, there=isinstance(key, Mapping))
        for row, gap in enumerate(self.gaps_of(form.item)):
            option = key.get(gap) if isinstance(key, Mapping) else None
            form.values[f"{at}{self.name}.{row}.gap"] = [gap]
            form.values[f"{at}{self.name}.{row}.of"] = [option if isinstance(option, str) else ""]

    def entries(self, sent: SentForm, at: str) -> dict[str, Any]:
        """Return it by gap.

        Raises:
            FormUnreadable: A gap was sent twice.
        """
        name, given = at + self.name, {}
        gaps: set[str] = set()
        for row in sent.rows(name):
            gap, option = sent.one(f"{name}.{row}.gap"), sent.one(f"{name}.{row}.of")
            if gap in gaps:
                raise FormUnreadable(f"{name}.{row}.gap")
            gaps.add(gap)
            if gap and option:
                given[gap] = option
        return unless_absent(self.name, given, there=sent.is_there(name))
