"""What an author has marked on a picture, and the picture that comes to an item."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from examengine.bank import ITEM_TYPES, MediaFile, UploadUnusable, areas_on_picture, with_picture
from examengine.bank.drafts import read_upload
from tests.bank.media_files import picture, turned, wav
from tests.bank.shown_items import json_values
from tests.bank.small_bank import item

HOTSPOT = item("S-1", "hotspot")
POINT = item(
    "S-2", "select_point", scoring=dict(ITEM_TYPES["select_point"].scoring_rules[1].example)
)


def drawing(view_box: str) -> MediaFile:
    """A drawing of a size of its own."""
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{view_box}"><path d="M0 0H1"/></svg>'
    return read_upload("a.svg", svg.encode())[1]


def test_regions_are_lettered_and_told_right_or_wrong():
    """
    As candidates see the letters, with the key besides.
    """
    areas = areas_on_picture(HOTSPOT).areas

    assert [(one.label, one.words, one.role) for one in areas] == [
        ("A", "Monday", "wrong"),
        ("B", "Tuesday", "right"),
        ("C", "Wednesday", "right"),
        ("D", "Thursday", "wrong"),
    ]
    assert areas[1].drawn["numbers"] == [140, 100, 60, 160]
    assert areas[1].place == "regions.1"


def test_areas_of_a_point_are_right_partly_right_and_wrong():
    """
    Each is found in the form by its place.
    """
    found = [(one.label, one.role, one.place) for one in areas_on_picture(POINT).areas]

    assert found == [
        ("1", "right", "key.0"),
        ("½ 1", "partly", "scoring.areas.0"),
        ("× 1", "wrong", "wrong_areas.0"),
    ]


def test_an_area_without_a_shape_yet_is_listed_and_not_drawn():
    """
    A shape that is half typed, or lies outside, hides none of the others.
    """
    regions = [{"id": "a"}, {"id": "b", "circle": [1, 2]}, {"id": "c", "circle": [999, 1, 1]}]
    regions += HOTSPOT["regions"][3:]

    areas = areas_on_picture({**HOTSPOT, "regions": regions, "key": None}).areas

    assert [one.drawn is None for one in areas] == [True, True, True, False]


@pytest.mark.parametrize(
    "content",
    [
        item("S-3", "single_choice"),
        {**HOTSPOT, "picture": {"alt": "Nothing yet."}},
        {**HOTSPOT, "picture": {**HOTSPOT["picture"], "digest": 3}},
        {**HOTSPOT, "picture": {**HOTSPOT["picture"], "width": 0}},
        {**HOTSPOT, "type": "unheard_of"},
    ],
)
def test_without_a_picture_nothing_is_drawn(content):
    """
    There is nothing to lay shapes on.
    """
    assert areas_on_picture(content) is None


@given(data=st.data())
def test_whatever_a_draft_holds_nothing_raises(data):
    """
    A draft may hold anything anywhere.
    """
    content = data.draw(st.sampled_from([HOTSPOT, POINT]))
    field = data.draw(st.sampled_from(["picture", "regions", "key", "wrong_areas", "scoring"]))
    value = data.draw(json_values | st.lists(st.fixed_dictionaries({"text": json_values})))

    areas_on_picture({**content, field: value})


@pytest.mark.parametrize(
    ("file", "units"),
    [
        (drawing("0 0 400 300"), (400, 300)),
        (drawing("-5,-5,10,20"), (100, 200)),
        (drawing("0 0 0.5 0.25"), (200, 100)),
        (drawing("0 0 90000 30000"), (10000, 3333)),
        (drawing("none"), (200, 200)),
        (drawing("0 0 0 10"), (200, 200)),
        (read_upload("a.png", picture("PNG", (640, 480)))[1], (640, 480)),
        (read_upload("a.jpg", turned("JPEG", 6))[1], (150, 200)),
    ],
)
def test_a_picture_brings_the_units_it_is_measured_in(file, units):
    """
    Pixels, or what a drawing says; fine enough for whole numbers, and as it is shown.
    """
    found = with_picture(item("S-1", "hotspot", picture={"alt": "Kept."}), "figures/a.svg", file)

    assert (found["picture"]["width"], found["picture"]["height"]) == units
    assert found["picture"]["alt"] == "Kept."
    assert found["picture"]["digest"] == file.digest


def test_the_same_picture_in_a_better_quality_keeps_its_shapes():
    """
    Of the same proportions: its units stay, so that no shape moves; of others they are its own.
    """
    better = read_upload("a.png", picture("PNG", (1600, 1201)))[1]
    other = read_upload("a.png", picture("PNG", (300, 300)))[1]

    kept = with_picture(HOTSPOT, "figures/a.png", better)["picture"]
    new = with_picture(HOTSPOT, "figures/a.png", other)["picture"]

    assert (kept["width"], kept["height"]) == (400, 300)
    assert (new["width"], new["height"]) == (300, 300)


@pytest.mark.parametrize(
    ("content", "name", "data", "why"),
    [
        (item("S-3", "single_choice"), "a.png", picture("PNG"), "belongs to no field"),
        (HOTSPOT, "a.wav", wav(), "is no picture"),
    ],
)
def test_a_file_that_cannot_be_answered_in_is_refused(content, name, data, why):
    """
    A recording shows nothing, and a type without a picture has no place for one.
    """
    with pytest.raises(UploadUnusable, match=why):
        with_picture(content, name, read_upload(name, data)[1])
