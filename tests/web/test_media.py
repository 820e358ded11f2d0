"""Pictures and recordings on pages: as what they are, in pieces, under no telling name."""

import pytest

from examengine import accounts, bank, db
from examengine.accounts import Role
from examengine.bank.formats import load_files
from examengine.web.media_sending import piece_asked_for
from tests.bank.media_files import SECRET, mp3, with_metadata
from tests.bank.small_bank import files, item
from tests.web.test_author import enter  # noqa: F401 - a fixture

STIMULUS = [
    {"figure": {"file": "figures/answer-is-B.png", "alt": "A half."}},
    {"audio": {"file": "recordings/answer-is-B.mp3", "transcript": "One half.\n\nIs blue."}},
]


@pytest.fixture
def shown(app, clock) -> bank.ItemVersion:
    """An item that shows a photograph and plays a recording."""
    sent = {
        **files(item("S-1", "single_choice", stimulus=STIMULUS)),
        "figures/answer-is-B.png": with_metadata("PNG"),
        "recordings/answer-is-B.mp3": mp3(),
    }
    with db.writing(app.state.components.engine_of_first) as session:
        report = bank.import_bank(session, clock, accounts.system_actor(), load_files(sent))
        assert report.held == ()
        return bank.latest_versions(session, "small")[0]


def test_a_page_shows_and_plays_them_under_names_that_tell_nothing(client, enter, shown):  # noqa: F811
    """
    The alternative and the transcript stand in the page; the file's name does not.
    """
    enter(Role.AUTHOR)

    page = client.get("/bank/small/items/S-1").text

    assert 'alt="A half."' in page
    assert "<audio controls" in page
    assert "<p>One half.</p>\n<p>Is blue.</p>" in page
    assert "answer-is-B" not in page


def test_a_recording_is_sent_whole_or_in_the_piece_that_is_asked_for(client, enter, shown):  # noqa: F811
    """
    Some players ask for two bytes first, and play nothing when they get all.
    """
    enter(Role.CANDIDATE)
    digest = shown.content["stimulus"][1]["audio"]["digest"].removeprefix("sha256:")
    address = f"/media/{digest}.mp3"

    whole = client.get(address)
    first = client.get(address, headers={"range": "bytes=0-1"})
    last = client.get(address, headers={"range": "bytes=-3"})
    none = client.get(address, headers={"range": "bytes=99999999-"})

    assert whole.status_code == 200
    assert whole.headers["content-type"] == "audio/mpeg"
    assert whole.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in whole.headers["content-security-policy"]
    assert SECRET not in whole.content
    assert (first.status_code, first.content) == (206, whole.content[:2])
    assert first.headers["content-range"] == f"bytes 0-1/{len(whole.content)}"
    assert last.content == whole.content[-3:]
    assert none.status_code == 416


def test_a_file_is_never_served_as_anything_else(client, enter, shown):  # noqa: F811
    """
    Another ending, another kind: there is nothing at that address; strangers sign in first.
    """
    digest = shown.content["stimulus"][0]["figure"]["digest"].removeprefix("sha256:")
    stranger = client.get(f"/media/{digest}.png")
    enter(Role.CANDIDATE)

    assert stranger.status_code == 303
    assert client.get(f"/media/{digest}.png").headers["content-type"] == "image/png"
    for ending in ("svg", "gif", "html", "mp3", "PNG"):
        assert client.get(f"/media/{digest}.{ending}").status_code == 404


@pytest.mark.parametrize(
    ("header", "piece"),
    [
        (None, None),
        ("", None),
        ("bytes=0-", range(10)),
        ("bytes=2-4", range(2, 5)),
        ("bytes=2-400", range(2, 10)),
        ("bytes=-4", range(6, 10)),
        ("bytes=-400", range(10)),
        ("bytes=4-2", range(0)),
        ("bytes=10-", range(0)),
        ("bytes=-", None),
        ("bytes=0-1,3-4", None),
        ("lines=0-1", None),
        ("bytes=" + "9" * 40 + "-", None),
    ],
)
def test_a_range_is_read_as_the_standard_says(header, piece):
    """
    One range of bytes is served; anything else is passed over, as RFC 9110 allows.
    """
    assert piece_asked_for(header, 10) == piece
