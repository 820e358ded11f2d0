"""Hotspot: one or several regions of a picture are the key."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from string import ascii_uppercase
from typing import Any, ClassVar

from examengine.bank.errors import ResponseMalformed
from examengine.bank.inline_text import inline, plain
from examengine.bank.item_types import _chosen as chosen
from examengine.bank.item_types import _fields as check
from examengine.bank.item_types import _options as options
from examengine.bank.item_types import _picture as pictures
from examengine.bank.item_types._fault import Content, ItemFault
from examengine.bank.item_types._form_fields import FlagField, PickField, RowsField, TextField
from examengine.bank.item_types._item_type import Fields, ItemType, Rationale
from examengine.bank.item_types._picture_form import PICTURE, SHAPE
from examengine.bank.item_types._scoring_rules import AllOrNothing, ByMistakes

_REGION = ("id", "text", "rationale", *pictures.SHAPES)


class Hotspot(ItemType):
    """Regions of a picture are chosen, one unless it says `several: true`. Response: `["a", "d"]`.

    Each region has words of its own, and can be chosen by them, for whoever does not see it.
    """

    name = "hotspot"
    title = "Hotspot"
    kind = "regions"
    fields = frozenset({"picture", "regions", "several", "key", "scoring"})
    form_fields = (
        PICTURE,
        FlagField("several", "Several regions may be chosen"),
        RowsField(
            "regions",
            "Regions",
            "Candidates see each with its letter, and can choose it by its words.",
            row="Region",
            lettered=True,
            columns=(
                options.PART_ID_FIELD,
                TextField("text", "What it shows, in words", size="words"),
                TextField(
                    "rationale",
                    "Why",
                    "Why it is right, or what leads to it; for staff.",
                    size="words",
                ),
                SHAPE,
            ),
        ),
        PickField("key", "Right answer", of="regions", several=True),
    )
    blank: ClassVar[Content] = {"regions": [{"id": "a"}, {"id": "b"}, {"id": "c"}]}
    scoring_rules = (
        AllOrNothing(chosen.is_right),
        chosen.PerRightOption(),
        ByMistakes(
            chosen.n_mistakes,
            lambda content: chosen.n_of_nothing(content, "regions"),
            words="A wrong region chosen is a mistake, and so is a right one left out.",
            example_points=(2, 1),
        ),
    )
    example: ClassVar[Content] = {
        "stem": "The columns show the visitors of four days. On which days did more than 20 come? "
        "Choose two.",
        "picture": {
            "file": "figures/columns.svg",
            "alt": "Four columns: Monday 12, Tuesday 24, Wednesday 30, Thursday 8.",
            "width": 400,
            "height": 300,
            "digest": f"sha256:{'0' * 64}",
        },
        "regions": [
            {
                "id": "a",
                "text": "Monday",
                "rationale": "Twelve came.",
                "rectangle": [60, 180, 60, 80],
            },
            {
                "id": "b",
                "text": "Tuesday",
                "rationale": "Right: 24 came.",
                "rectangle": [140, 100, 60, 160],
            },
            {
                "id": "c",
                "text": "Wednesday",
                "rationale": "Right: 30 came.",
                "rectangle": [220, 60, 60, 200],
            },
            {
                "id": "d",
                "text": "Thursday",
                "rationale": "Eight came.",
                "rectangle": [300, 206, 60, 54],
            },
        ],
        "several": True,
        "key": ["b", "c"],
    }
    unfinished_example: ClassVar[object] = ["a"]

    def faults(self, content: Content) -> Iterator[ItemFault]:
        """Check the picture and its regions, and that the key names as many as may be chosen."""
        yield from pictures.picture_faults(content)
        most = len(ascii_uppercase)
        yield from check.parts(content, "regions", _REGION, least=2, most=most)
        listed = content.get("regions")
        for index, region in enumerate(listed[:most] if isinstance(listed, list) else ()):
            if isinstance(region, Mapping):
                at = f"regions[{index}]"
                yield from pictures.shape_faults(region, content.get("picture"), at)
        yield from check.flag(content, "several")
        key = content.get("key")
        yield from chosen.key_faults(key, check.part_ids(content, "regions"), "region")
        if isinstance(key, list) and len(key) > 1 and content.get("several", False) is not True:
            what = (
                f"names {len(key)} regions, and one may be chosen; say several: true, or name one"
            )
            yield ItemFault("key", what)

    def controls(self, content: Content, order: Sequence[str]) -> Mapping[str, Any]:  # noqa: ARG002
        """Show the picture with its regions, lettered, and the words of each."""
        return {
            "picture": pictures.presented_picture(content),
            "regions": [
                {
                    "id": region["id"],
                    "letter": letter,
                    "text": inline(region["text"]),
                    **pictures.presented_shape(region),
                }
                for letter, region in zip(ascii_uppercase, content["regions"], strict=False)
            ],
            "several": content.get("several", False),
        }

    def marked_areas(self, content: Content) -> Iterator[pictures.MarkedArea]:
        """Yield the regions with their letters, right or wrong by the key."""
        key = content.get("key")
        right = key if isinstance(key, list) else []
        found = pictures.marked_areas(content.get("regions"), "regions", "", "wrong")
        for letter, region in zip(ascii_uppercase, found, strict=False):
            role = "right" if region.holder.get("id") in right else "wrong"
            yield replace(region, label=letter, role=role)

    def read(self, content: Content, raw: object) -> list[str] | None:
        """Take the ids of the chosen regions, in any order."""
        read = chosen.read_chosen(raw, check.part_ids(content, "regions"), "region")
        if read is not None and len(read) > 1 and not content.get("several", False):
            raise ResponseMalformed("the answer to this question is one region")
        return read

    def read_fields(self, content: Content, fields: Fields) -> object:  # noqa: ARG002
        """Take the ticked boxes, or the radio button."""
        return list(fields.get("response", ()))

    def unfinished(self, content: Content, response: Any) -> str | None:
        """Say when more or fewer regions are chosen than the stem asks for."""
        return chosen.more_or_fewer(content, response, "region")

    def in_words(self, content: Content, response: Any) -> str:
        """Say the words of the chosen regions."""
        if response is None:
            return "No answer"
        texts = {region["id"]: plain(region["text"]) for region in content["regions"]}
        return "; ".join(texts[one] for one in response)

    def key_response(self, content: Content) -> list[str]:
        """Choose the key."""
        return sorted(content["key"])

    def likely_mistakes(self, content: Content) -> tuple[list[str], ...]:
        """Take a wrong region for a right one, in every way; choose too few, or all wrong."""
        likely = chosen.likely_mistakes(content, check.part_ids(content, "regions"))
        if content.get("several", False):
            return likely
        return tuple(one for one in likely if len(one) == 1)

    def explanations(self, content: Content) -> tuple[Rationale, ...]:
        """Explain each region."""
        return tuple(
            Rationale(
                region["id"],
                f"{letter}: {plain(region['text'])}",
                plain(region.get("rationale", "")),
                right=region["id"] in content["key"],
            )
            for letter, region in zip(ascii_uppercase, content["regions"], strict=False)
        )

    def category(self, content: Content, response: Any) -> str:  # noqa: ARG002
        """Count by the set of regions: `a+d`."""
        return "" if response is None else "+".join(response)


ITEM_TYPE = Hotspot()
