"""What an exam lets be played so many times: started, sent and refused, whoever asks and how."""

import re

import pytest

from examengine import bank, db, delivery
from examengine.accounts import Role
from examengine.web.security import csrf_token
from tests.bank.media_files import mp4, picture, subtitles, wav
from tests.bank.small_bank import item
from tests.delivery.awkward_items import sitting_of
from tests.delivery.examples import PASSWORD
from tests.web.test_author import enter, token  # noqa: F401 - a fixture

PAGE = "page-number-one"
HEARD = item(
    "H-1",
    "single_choice",
    stimulus=[
        {"formula": {"tex": "x", "spoken": "x"}},
        {
            "audio": {
                "file": "recordings/a.wav",
                "plays": 2,
                "transcript": "Secret words.",
                "show_transcript": False,
            }
        },
    ],
)
SEEN = item(
    "H-2",
    "single_choice",
    stimulus=[
        {
            "video": {
                "file": "videos/b.mp4",
                "subtitles": {"file": "subtitles/b.vtt"},
                "poster": {"file": "figures/b.png"},
                "plays": 1,
            }
        }
    ],
)
FREE = item("H-3", "single_choice", stimulus=[{"audio": {"file": "recordings/c.wav"}}])
MEDIA = {
    "recordings/a.wav": wav(30.0),
    "recordings/c.wav": wav(1.0),
    "videos/b.mp4": mp4(),
    "subtitles/b.vtt": subtitles(),
    "figures/b.png": picture("PNG"),
}


@pytest.fixture
def candidate(app, client, clock):
    """Somebody who has started an exam of these, in this browser."""
    engine = app.state.components.engine_of_first
    found = sitting_of(engine, clock, (HEARD, SEEN, FREE), media=MEDIA)
    client.cookies.set("examengine", found.cookie)
    form = {"csrf": csrf_token(found.cookie), "consent": "yes"}
    client.post(f"/attempts/{found.attempt_id}/start", data=form)
    clock.forward(seconds=1)
    return found


def play(client, candidate, item_id="H-1", place=1):
    """Ask for a playing as the script of the page does."""
    return client.post(
        f"/attempts/{candidate.attempt_id}/plays",
        json={"item_id": item_id, "place": place, "client": PAGE},
        headers={"x-csrf-token": csrf_token(candidate.cookie), "accept": "application/json"},
    )


def question(client, candidate, place=1) -> str:
    """The page of a question."""
    return client.get(f"/attempts/{candidate.attempt_id}/items/{place}").text


def pressed(client, candidate, go, place=1, item_id="H-1"):
    """Press a button of a question without script."""
    seen = re.search(r'name="seen" value="(\d+)"', question(client, candidate, place))[1]
    form = {"csrf": csrf_token(candidate.cookie), "item_id": item_id, "seen": seen, "go": go}
    address = f"/attempts/{candidate.attempt_id}/items/{place}"
    return client.post(address, data={**form, "response": "a"}, follow_redirects=True)


def digests(app, item_id) -> dict[str, str]:
    """The digests of what an item plays and shows, by the name of its file."""
    with db.reading(app.state.components.engine_of_first) as session:
        [version] = [
            one for one in bank.latest_versions(session, "small") if one.item_id == item_id
        ]
    found: dict[str, str] = {}

    def gather(value):
        if isinstance(value, dict):
            if "digest" in value:
                found[value["file"]] = value["digest"].removeprefix("sha256:")
            for inner in value.values():
                gather(inner)
        elif isinstance(value, list):
            for inner in value:
                gather(inner)

    gather(version.content["stimulus"])
    return found


def test_a_question_offers_its_playings_and_no_file(client, app, candidate):
    """
    A button and how often it was played; no address by which the file could be had, and no word.
    """
    page = question(client, candidate)

    assert "Played 0 of 2" in page
    assert re.search(r'<button name="go" value="play-1"[^>]*>Play<', page)
    assert "Secret words" not in page
    assert "<audio" not in page
    assert all(digest not in page for digest in digests(app, "H-1").values())
    other = question(client, candidate, 2)
    assert digests(app, "H-2")["subtitles/b.vtt"] not in other
    assert digests(app, "H-2")["figures/b.png"] in other
    assert "<audio controls" in question(client, candidate, 3)


def test_the_script_starts_it_twice_and_no_more(client, clock, candidate):
    """
    Each playing has an address of its own; the third time there are words, and nothing to hear.
    """
    first = play(client, candidate).json()
    clock.forward(seconds=31)
    second = play(client, candidate).json()
    clock.forward(seconds=31)
    third = play(client, candidate)

    assert (first["played"], second["played"], first["plays"]) == (1, 2, 2)
    assert first["seconds"] == pytest.approx(30)
    assert first["address"] != second["address"]
    assert third.status_code == 409
    assert third.json()["code"] == "plays_used_up"
    assert "Played 2 of 2" in question(client, candidate)
    assert 'value="play-1"' not in question(client, candidate)


def test_a_reload_goes_on_by_the_clock_and_is_not_counted(client, clock, candidate):
    """
    The page that is drawn anew plays from where the playing is by now.
    """
    first = play(client, candidate).json()
    clock.forward(seconds=12)

    page = question(client, candidate)
    again = play(client, candidate).json()

    assert f'src="{first["address"]}#t=12.0"' in page
    assert "Playing 1 of 2" in page
    assert "Go on playing" in page
    assert (again["address"], again["played"], again["position"]) == (first["address"], 1, 12.0)


def test_without_script_the_form_leads_to_the_same(client, app, clock, candidate):
    """
    The button saves what is there, starts a playing, and the page that comes back plays.
    """
    page = pressed(client, candidate, "play-1").text

    assert re.search(r'<audio autoplay [^>]*src="/attempts/[0-9a-f-]+/playings/\d+#t=0', page)
    assert "controls" not in re.search(r"<audio[^>]*>", page)[0]
    assert re.search(r'value="a" checked', page)
    for _ in range(2):
        clock.forward(seconds=31)
        page = pressed(client, candidate, "play-1").text
    assert "Played 2 of 2" in page
    assert "It cannot be played again." in page
    assert "<audio" not in page
    with db.reading(app.state.components.engine_of_first) as session:
        log = delivery.attempt_log(session, candidate.attempt_id)
    assert [row.body["number"] for row in log if row.type == "play_started"] == [1, 2]


def test_a_playing_is_sent_in_pieces_to_its_candidate_while_it_lasts(client, clock, candidate):
    """
    To nobody else, never kept by a cache, and not after its time.
    """
    address = play(client, candidate).json()["address"]

    whole = client.get(address)
    piece = client.get(address, headers={"range": "bytes=4-9"})
    subtitles_of_sound = client.get(f"{address}/subtitles")

    assert (whole.status_code, whole.headers["content-type"]) == (200, "audio/wav")
    assert whole.headers["cache-control"] == "no-store"
    assert whole.headers["x-content-type-options"] == "nosniff"
    assert (piece.status_code, piece.content) == (206, whole.content[4:10])
    assert subtitles_of_sound.status_code == 404
    clock.forward(minutes=3)
    over = client.get(address)
    assert over.status_code == 404
    assert "This playing is over" in over.text


def test_the_subtitles_of_a_video_are_sent_with_its_playing(client, candidate):
    """
    They say what is said, so they are had as the video is, and not before.
    """
    told = play(client, candidate, "H-2", 0).json()

    assert client.get(told["subtitles"]).text.startswith("WEBVTT")
    assert client.get(told["address"]).headers["content-type"] == "video/mp4"
    assert f'src="{told["subtitles"]}"' in question(client, candidate, 2)


def test_the_plain_address_is_closed_to_those_whose_exam_counts(client, app, clock, candidate):
    """
    Whoever has learnt a digest gets nothing by it, in the exam and after; what is free stays free.
    """
    counted = (
        f"/media/{digests(app, 'H-1')['recordings/a.wav']}.wav",
        f"/media/{digests(app, 'H-2')['videos/b.mp4']}.mp4",
        f"/media/{digests(app, 'H-2')['subtitles/b.vtt']}.vtt",
    )

    refused = [client.get(address) for address in counted]
    free = client.get(f"/media/{digests(app, 'H-3')['recordings/c.wav']}.wav")
    form = {"csrf": csrf_token(candidate.cookie)}
    client.post(f"/attempts/{candidate.attempt_id}/submit", data=form)
    after = client.get(counted[0])

    assert {one.status_code for one in refused} == {403}
    assert "This is played in the exam alone" in refused[0].text
    assert free.status_code == 200
    assert after.status_code == 403


def test_authors_hear_it_as_often_as_they_like(client, app, enter, candidate):  # noqa: F811
    """
    Who writes the item is shown a player with controls, and told what the exam does.
    """
    client.cookies.clear()
    enter(Role.AUTHOR)

    page = client.get("/bank/small/items/H-1").text

    assert "<audio controls" in page
    assert "In an exam it may be played 2 times" in page
    address = f"/media/{digests(app, 'H-1')['recordings/a.wav']}.wav"
    assert client.get(address).status_code == 200


def test_nobody_gets_the_playing_of_somebody_else(client, enter, candidate):  # noqa: F811
    """
    Neither another person nor the same one on another device, where the exam is not sat.
    """
    address = play(client, candidate).json()["address"]
    client.cookies.clear()
    anonymous = client.get(address)
    form = {"csrf": token(client), "email": candidate.email, "password": PASSWORD}
    client.post("/sign-in", data=form)
    elsewhere = client.get(address)
    client.cookies.clear()
    enter(Role.CANDIDATE)
    stranger = client.get(address)

    assert elsewhere.status_code == 409
    assert anonymous.status_code == 303
    assert stranger.status_code == 404


def test_turning_the_page_brings_the_count_of_each_candidate(client, candidate):
    """
    The question that comes back alone says how often it was played, and plays what goes on.
    """

    def turned():
        body = {"client": PAGE, "place": 1, "chosen": 3, "answer": None}
        found = client.post(
            f"/attempts/{candidate.attempt_id}/turns",
            json=body,
            headers={"x-csrf-token": csrf_token(candidate.cookie)},
        )
        return found.json()["question"]["html"]

    before = turned()
    address = play(client, candidate).json()["address"]

    assert "Played 0 of 2" in before
    assert address in turned()


@pytest.mark.parametrize(
    ("item_id", "place", "status"),
    [("H-1", 0, 404), ("H-3", 0, 404), ("H-9", 0, 404), ("H-1", 100, 422), ("H-1", -1, 422)],
)
def test_what_has_no_limit_is_no_playing(client, candidate, item_id, place, status):
    """
    A formula, a recording without a limit, an item of another exam, a place that is none.
    """
    assert play(client, candidate, item_id, place).status_code == status


def test_an_invigilator_reads_when_it_was_played(client, enter, candidate):  # noqa: F811
    """
    The timeline of an attempt says so, and nothing of what was answered.
    """
    play(client, candidate)
    client.cookies.clear()
    enter(Role.INVIGILATOR)

    page = client.get(f"/invigilation/cases/{candidate.attempt_id}")

    assert "The recording of H-1 was played, 1 of 2 times" in page.text
