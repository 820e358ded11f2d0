"""The picture of the house in the docs is the house as it stands."""

import re

from tests.architecture import picture


def test_the_picture_shows_the_house_as_it_stands():
    """
    Its floors, its rooms and what they say of themselves: `make picture` draws them anew.
    """
    assert picture.PICTURE.read_text("utf-8") == picture.drawn(), "run `make picture`"


def test_the_page_invents_no_import():
    """
    What the page says a room stands on, the room imports.
    """
    rows = re.findall(r"^\| `(\w+)` \| .* \| (.*) \|$", picture.MARKDOWN.read_text("utf-8"), re.M)
    said = {room: set(re.findall(r"`(\w+)`", stands_on)) for room, stands_on in rows}

    assert said.keys() == picture.rooms().keys(), "run `make picture`"
    for room, stands_on in said.items():
        assert stands_on <= set(picture.rooms()[room].stands_on), "run `make picture`"


def test_every_room_says_what_it_is_for():
    """
    A newcomer reads one sentence for every room.
    """
    assert [room.name for room in picture.rooms().values() if not room.says] == []
