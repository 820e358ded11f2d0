"""Select point: a point in a picture, which is right where it lies in an area of the key."""

import re
from collections.abc import Iterator, Mapping, Sequence
from string import ascii_uppercase
from typing import Any, ClassVar

from examengine.bank.errors import ResponseMalformed
from examengine.bank.inline_text import plain
from examengine.bank.item_types import _fields as check
from examengine.bank.item_types import _options as options
from examengine.bank.item_types import _picture as pictures
from examengine.bank.item_types._fault import Content, ItemFault
from examengine.bank.item_types._form_fields import (
    GroupField,
    NumberField,
    RowsField,
    TextField,
)
from examengine.bank.item_types._item_type import Fields, ItemType, Rationale
from examengine.bank.item_types._picture_form import PICTURE, SHAPE
from examengine.bank.item_types._scoring_rules import (
    AllOrNothing,
    ScoringRule,
    gives_up_to,
    points_fault,
)
from examengine.bank.typing_signs import plain_signs

MOST_AREAS = 20
MOST_COLUMNS = 16
"""More cannot be told apart on a telephone, where nobody points between them."""
USUAL_COLUMNS = 8
_AREA = ("text", "rationale", *pictures.SHAPES)
_TEXT_FIELD = TextField("text", "What lies there", size="words")
_WHY_FIELD = TextField("rationale", "Why", "Why it is right or wrong; for staff.", size="words")
_FIELD = re.compile(r"([A-Z])([1-9][0-9]?)")
_POINT = re.compile(r"([0-9]{1,5}),([0-9]{1,5})")


def _areas_faults(
    content: Content, listed: object, at: str, also: Sequence[str] = ()
) -> Iterator[ItemFault]:
    """Check a list of areas, each with words for what lies there, and a shape."""
    if not isinstance(listed, list) or not 1 <= len(listed) <= MOST_AREAS:
        what = f"must list 1 to {MOST_AREAS} areas, each with text, rationale and a shape"
        yield ItemFault(at, what)
        return
    for index, area in enumerate(listed):
        where = f"{at}[{index}]"
        if not isinstance(area, Mapping):
            yield ItemFault(where, "is no mapping; give it text, rationale and a shape")
            continue
        yield from check.known(area, (*_AREA, *also), at=where)
        yield from check.text(area, "text", "say what lies there", at=where, longest=1_000)
        if "rationale" in area:
            yield from check.text(area, "rationale", "say why it is right or wrong", at=where)
        yield from pictures.shape_faults(area, content.get("picture"), where)


def _point_of(response: Any) -> tuple[int, int] | None:
    """Return the place that a stored response names; None when it names none."""
    found = _POINT.fullmatch(response) if isinstance(response, str) else None
    return None if found is None else (int(found[1]), int(found[2]))


def _lies_in(response: Any, areas: Sequence[Mapping[str, Any]]) -> int | None:
    """Return the first of some areas in which a point lies, counted from 0; None for none."""
    point = _point_of(response)
    if point is None:
        return None
    return next((n for n, area in enumerate(areas) if pictures.contains(area, *point)), None)


def _is_right(content: Content, response: Any) -> bool:
    return _lies_in(response, content["key"]) is not None


def _grid(content: Content) -> tuple[int, int]:
    """Return how many columns and rows of fields lie over the picture, nearly square ones."""
    grid, picture = content.get("grid", {}), content["picture"]
    columns = grid.get("columns", USUAL_COLUMNS)
    rows = max(1, min(MOST_COLUMNS, round(columns * picture["height"] / picture["width"])))
    return columns, grid.get("rows", rows)


def _middles(content: Content) -> dict[str, str]:
    """Return the middle of each field as a response, by the name of the field: `C3`."""
    columns, rows = _grid(content)
    width, height = content["picture"]["width"], content["picture"]["height"]
    return {
        f"{ascii_uppercase[column]}{row + 1}": _response(
            (2 * column + 1) * width // (2 * columns), (2 * row + 1) * height // (2 * rows)
        )
        for row in range(rows)
        for column in range(columns)
    }


def _response(x: int, y: int) -> str:
    return f"{x},{y}"


class GradedAreas(ScoringRule):
    """Fewer points for a point that lies in an area which is partly right."""

    name = "graded_areas"
    fields = frozenset({"points", "areas"})
    form_fields = (
        NumberField("points", "Points of the right place"),
        RowsField(
            "areas",
            "Areas that are partly right",
            row="Partly right",
            columns=(
                _TEXT_FIELD,
                TextField("rationale", "What is right in it, and what not", size="words"),
                NumberField("points", "Points"),
                SHAPE,
            ),
        ),
    )

    @property
    def example(self) -> Content:
        """Show what there is to declare."""
        area = {
            "text": "The column before it",
            "points": 1,
            "rationale": "Reads a day too early.",
            "rectangle": [220, 60, 60, 200],
        }
        return {"rule": self.name, "points": 2, "areas": [area]}

    def faults(self, content: Content) -> Iterator[ItemFault]:
        """Check the areas and their points, and that some field of the grid is worth nothing."""
        own = tuple(self._area_faults(content))
        yield from own
        if not own and all(self.points(content, middle) for middle in _middles(content).values()):
            what = "leave no field of the grid that is worth nothing; make them smaller"
            yield ItemFault("scoring.areas", what)

    def _area_faults(self, content: Content) -> Iterator[ItemFault]:
        """Check each area: what it says, its shape, and points that are fewer than the key's."""
        scoring = content["scoring"]
        most, areas = scoring.get("points"), scoring.get("areas")
        yield from points_fault(most, "scoring.points", least=2)
        yield from _areas_faults(content, areas, "scoring.areas", ("points",))
        for index, area in enumerate(areas[:MOST_AREAS] if isinstance(areas, list) else ()):
            if isinstance(area, Mapping):
                where = f"scoring.areas[{index}].points"
                yield from points_fault(area.get("points"), where, below=most)

    def most_points(self, content: Content) -> int:
        """Return the points of the key."""
        return int(content["scoring"]["points"])

    def points(self, content: Content, response: Any) -> int:
        """Return the points of the area that the point lies in; of several the most."""
        if _is_right(content, response):
            return self.most_points(content)
        areas = content["scoring"]["areas"]
        worth = [int(one["points"]) for one in areas if _lies_in(response, [one]) is not None]
        return max(worth, default=0)

    def in_words(self, content: Content) -> str:
        """Say that there are places that are partly right."""
        most = self.most_points(content)
        return f"{gives_up_to(most)}: {most} for the right place, fewer for one partly right."


class SelectPoint(ItemType):
    """A point in a picture is chosen. Response: its place in units of the picture, `"310,95"`.

    Who cannot point names a field of a grid that lies over the picture, which stands for its
    middle.
    """

    name = "select_point"
    title = "Select point"
    kind = "point"
    fields = frozenset({"picture", "grid", "key", "wrong_areas", "scoring"})
    form_fields = (
        PICTURE,
        GroupField(
            "grid",
            "Grid",
            "Who cannot point names one of its fields, such as C3; left empty, "
            f"{USUAL_COLUMNS} columns and as many rows as make them square.",
            fields=(NumberField("columns", "Columns"), NumberField("rows", "Rows")),
        ),
        RowsField(
            "key",
            "Areas that are right",
            "No candidate sees them.",
            row="Right area",
            columns=(_TEXT_FIELD, _WHY_FIELD, SHAPE),
        ),
        RowsField(
            "wrong_areas",
            "Areas that are wrong, and to be expected",
            "Where a known mistake leads to; everywhere else is wrong as well.",
            row="Wrong area",
            columns=(_TEXT_FIELD, _WHY_FIELD, SHAPE),
        ),
    )
    blank: ClassVar[Content] = {"key": [{}]}
    scoring_rules = (AllOrNothing(_is_right), GradedAreas())
    example: ClassVar[Content] = {
        "stem": "The columns show the visitors of four days. Point to the day with the fewest.",
        "picture": {
            "file": "figures/columns.svg",
            "alt": "Four columns: Monday 12, Tuesday 24, Wednesday 30, Thursday 8. In the grid "
            "Monday is column B, Tuesday C and D, Wednesday E, Thursday G.",
            "width": 400,
            "height": 300,
            "digest": f"sha256:{'0' * 64}",
        },
        "grid": {"columns": 8, "rows": 6},
        "key": [
            {
                "text": "Thursday",
                "rationale": "Right: eight came.",
                "rectangle": [300, 200, 60, 60],
            }
        ],
        "wrong_areas": [
            {
                "text": "Monday",
                "rationale": "Twelve came: takes the first day that is low.",
                "rectangle": [60, 180, 60, 80],
            }
        ],
    }

    def faults(self, content: Content) -> Iterator[ItemFault]:
        """Check picture, grid and areas, and that some field of the grid is right, and some not."""
        own = tuple(self._field_faults(content))
        yield from own
        if own:
            return
        right = [_is_right(content, middle) for middle in _middles(content).values()]
        if not any(right):
            what = (
                "holds the middle of no field of the grid, so that nobody who writes could answer; "
                "widen an area, or make the grid finer"
            )
            yield ItemFault("key", what)
        if all(right):
            yield ItemFault("key", "makes every field of the grid right; leave something wrong")

    def _field_faults(self, content: Content) -> Iterator[ItemFault]:
        yield from pictures.picture_faults(content)
        grid = content.get("grid", {})
        if isinstance(grid, Mapping):
            yield from check.known(grid, ("columns", "rows"), at="grid")
            for name in grid.keys() & {"columns", "rows"}:
                if not _is_count(grid[name]):
                    what = f"must be a whole number from 1 to {MOST_COLUMNS}, without quotes"
                    yield ItemFault(f"grid.{name}", what)
        else:
            yield ItemFault("grid", "must say how many fields: {columns: 8, rows: 6}")
        yield from _areas_faults(content, content.get("key"), "key")
        if "wrong_areas" in content:
            yield from _areas_faults(content, content["wrong_areas"], "wrong_areas")

    def controls(self, content: Content, order: Sequence[str]) -> Mapping[str, Any]:  # noqa: ARG002
        """Show the picture, the grid over it, and a field to write in."""
        picture, (columns, rows) = pictures.presented_picture(content), _grid(content)
        width, height = picture["width"], picture["height"]
        return {
            "picture": picture,
            "columns": [
                {"name": ascii_uppercase[at], "start": at * width // columns, "middle": middle}
                for at, middle in enumerate(
                    (2 * n + 1) * width // (2 * columns) for n in range(columns)
                )
            ],
            "rows": [
                {"name": str(at + 1), "start": at * height // rows, "middle": middle}
                for at, middle in enumerate((2 * n + 1) * height // (2 * rows) for n in range(rows))
            ],
            "names": {middle: name for name, middle in _middles(content).items()},
        }

    def marked_areas(self, content: Content) -> Iterator[pictures.MarkedArea]:
        """Yield the areas of the key, those that are partly right, and the wrong ones."""
        scoring = content.get("scoring")
        graded = scoring.get("areas") if isinstance(scoring, Mapping) else None
        yield from pictures.marked_areas(content.get("key"), "key", "", "right")
        yield from pictures.marked_areas(graded, "scoring.areas", "½ ", "partly")
        yield from pictures.marked_areas(content.get("wrong_areas"), "wrong_areas", "× ", "wrong")

    def read(self, content: Content, raw: object) -> str | None:
        """Take a place, or a field of the grid, which stands for its middle."""
        if raw is None:
            return None
        if not isinstance(raw, str) or len(raw) > 40:
            raise ResponseMalformed("the answer to this question is a place in the picture")
        said = "".join(plain_signs(raw).upper().split())
        if not said:
            return None
        if (field := _FIELD.fullmatch(said)) and field[0] in (middles := _middles(content)):
            return middles[field[0]]
        point, picture = _point_of(said), content["picture"]
        if point and point[0] <= picture["width"] and point[1] <= picture["height"]:
            return _response(*point)
        last = list(_middles(content))[-1]
        raise ResponseMalformed(f"this is no field of the grid, which go from A1 to {last}")

    def read_fields(self, content: Content, fields: Fields) -> object:  # noqa: ARG002
        """Take the field."""
        return options.first_field(fields)

    def echo(self, content: Content, response: Any) -> str | None:
        """Say in which field of the grid the point lies."""
        return None if response is None else f"In field {self._field(content, response)}."

    def unfinished(self, content: Content, response: Any) -> str | None:  # noqa: ARG002
        """Return None: one point is all there is to choose."""
        return None

    def _field(self, content: Content, response: str) -> str:
        """Return the field of the grid in which a point lies."""
        (x, y), (columns, rows) = _point_of(response) or (0, 0), _grid(content)
        column = min(columns - 1, x * columns // content["picture"]["width"])
        row = min(rows - 1, y * rows // content["picture"]["height"])
        return f"{ascii_uppercase[column]}{row + 1}"

    def in_words(self, content: Content, response: Any) -> str:
        """Say the place, and the field of the grid."""
        if response is None:
            return "No answer"
        return f"Field {self._field(content, response)} (at {response.replace(',', ', ')})"

    def key_in_words(self, content: Content) -> str:
        """Say what lies where it is right."""
        return " / ".join(plain(area["text"]) for area in content["key"])

    def key_response(self, content: Content) -> str:
        """Choose the first field of the grid that is right."""
        middles = _middles(content).values()
        return next(middle for middle in middles if _is_right(content, middle))

    def likely_mistakes(self, content: Content) -> tuple[str, ...]:
        """Choose the middle of each area foreseen as wrong or partly right, and other fields."""
        graded = content.get("scoring", {}).get("areas", ())
        areas = (*content.get("wrong_areas", ()), *graded)
        foreseen = [_response(*pictures.presented_shape(area)["middle"]) for area in areas]
        middles = _middles(content).values()
        beside = [middle for middle in middles if not self.points(content, middle)]
        likely = dict.fromkeys((*foreseen, *beside[:1], *beside[-1:]))
        return tuple(one for one in likely if not _is_right(content, one))

    def explanations(self, content: Content) -> tuple[Rationale, ...]:
        """Explain each area: of the key, partly right, and foreseen as wrong."""
        graded = content.get("scoring", {}).get("areas", ())
        most = self.most_points(content) if graded else None
        none = None if most is None else 0
        listed = [
            *((f"area {n}", area, True, most) for n, area in enumerate(content["key"], start=1)),
            *((f"part {n}", one, False, one["points"]) for n, one in enumerate(graded, start=1)),
            *(
                (f"wrong {n}", area, False, none)
                for n, area in enumerate(content.get("wrong_areas", ()), start=1)
            ),
        ]
        return tuple(
            Rationale(label, plain(one["text"]), plain(one.get("rationale", "")), right, points)
            for label, one, right, points in listed
        )

    def category(self, content: Content, response: Any) -> str:
        """Count by the area that the explanations name, elsewhere by the field of the grid."""
        if response is None:
            return ""
        graded = content.get("scoring", {}).get("areas", ())
        listed = {
            "area": content["key"],
            "part": graded,
            "wrong": content.get("wrong_areas", ()),
        }
        for name, areas in listed.items():
            within = _lies_in(response, areas)
            if within is not None:
                return f"{name} {within + 1}"
        return self._field(content, response)


def _is_count(value: object) -> bool:
    if not isinstance(value, int) or isinstance(value, bool):
        return False
    return 1 <= value <= MOST_COLUMNS


ITEM_TYPE = SelectPoint()
