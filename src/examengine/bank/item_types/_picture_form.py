"""What can be edited of a picture that is answered in, and of the shapes that lie on it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from examengine.bank.errors import FormUnreadable
from examengine.bank.item_types._form_fields import (
    FilledForm,
    FormField,
    GroupField,
    NumberField,
    SentForm,
    TextField,
    numbers_in,
    typed_whole,
)
from examengine.bank.item_types._picture import SHAPES


@dataclass(frozen=True, slots=True)
class ShapeField(FormField):
    """A shape on a picture: which one, and its numbers on one line with commas between them.

    It has no name of its own in the content: `rectangle: [60, 180, 60, 80]` stands in the holder.
    Numbers of no named shape are taken for the shape that has so many.
    """

    shape: ClassVar[str] = "shape_on_picture"

    @property
    def held(self) -> tuple[str, ...]:
        """Return the shapes."""
        return SHAPES

    @property
    def kinds(self) -> tuple[str, ...]:
        """Return the shapes there are."""
        return SHAPES

    def fill(self, form: FilledForm, holder: Mapping[str, Any], at: str) -> None:
        """Say the shape and its numbers; of several the first."""
        kind = next((name for name in SHAPES if name in holder), "")
        listed = holder.get(kind)
        numbers = listed if isinstance(listed, list) else []
        form.values[f"{at}{self.name}.kind"] = [kind]
        form.values[f"{at}{self.name}.numbers"] = [", ".join(map(typed_whole, numbers))]

    def entries(self, sent: SentForm, at: str) -> dict[str, Any]:
        """Return the numbers, by the name of the shape.

        Raises:
            FormUnreadable: There is no such shape.
        """
        kind = sent.one(f"{at}{self.name}.kind")
        numbers = numbers_in(sent.one(f"{at}{self.name}.numbers"))
        if kind and kind not in SHAPES:
            raise FormUnreadable(f"{at}{self.name}.kind")
        if not kind and not numbers:
            return {}
        return {kind or _shape_of(len(numbers)): numbers}


@dataclass(frozen=True, slots=True)
class PictureField(GroupField):
    """The picture that an item is answered in, with the file it is taken from."""

    shape: ClassVar[str] = "picture"


PICTURE = PictureField(
    "picture",
    "Picture",
    fields=(
        TextField("file", "File", size="hidden"),
        TextField("digest", "Digest", size="hidden"),
        TextField(
            "alt",
            "In words",
            "What somebody needs to know of it who cannot see it, and no more.",
            size="words",
        ),
        TextField("caption", "Caption", "Stands below it, for everybody.", size="words"),
        NumberField(
            "width",
            "Units it is wide",
            "Shapes are placed in these units, from the top left corner; a new picture brings its "
            "own.",
        ),
        NumberField("height", "Units it is high"),
    ),
)
SHAPE = ShapeField(
    "shape",
    "Shape",
    "With commas between them. Rectangle: x, y, width, height. Circle: x, y, radius. "
    "Polygon: x, y of each corner.",
)


def _shape_of(n_numbers: int) -> str:
    """Return the shape that has so many numbers."""
    return {3: "circle", 4: "rectangle"}.get(n_numbers, "polygon")
