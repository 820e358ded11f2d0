"""A recording that may be played twice, and a video once, by keyboard, with and without script."""

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.bank.media_files import picture, subtitles, wav, webm
from tests.bank.small_bank import FIGURE, item
from tests.browser import faults_found_by_axe, sign_in_with, widest_overflow
from tests.delivery.awkward_items import sitting_of
from tests.delivery.examples import Candidate
from tests.journeys.keyboard import answer, follow, tab_until

pytestmark = pytest.mark.browser

DESCRIPTION = "Two axes.\n\n- The first is time.\n- The second is *distance*."
HEARD = item(
    "H-1",
    "single_choice",
    stimulus=[
        {"audio": {"file": "recordings/a.wav", "plays": 2, "caption": "A talk"}},
        {
            "figure": {
                "file": "figures/line.svg",
                "alt": "A rising line.",
                "description": DESCRIPTION,
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
                "file": "videos/b.webm",
                "subtitles": {"file": "subtitles/b.vtt"},
                "poster": {"file": "figures/b.png"},
                "plays": 1,
            }
        },
        {
            "video": {
                "file": "videos/c.webm",
                "subtitles": {"file": "subtitles/b.vtt"},
                "transcript": "Nobody speaks.",
            }
        },
    ],
)
MEDIA = {
    "recordings/a.wav": wav(2.0),
    "videos/b.webm": webm(2.0, size=(320, 180)),
    "videos/c.webm": webm(1.0, size=(320, 180)),
    "subtitles/b.vtt": subtitles(),
    "figures/b.png": picture("PNG", (320, 180)),
    "figures/line.svg": FIGURE.encode(),
}


@pytest.fixture
def candidate(live_app, live_clock, context: BrowserContext, server: str) -> Candidate:
    """A candidate, signed in, before an exam of these items."""
    found = sitting_of(
        live_app.state.components.engine_of_first, live_clock, (HEARD, SEEN), media=MEDIA
    )
    sign_in_with(context, server, found.cookie)
    return found


def started(page: Page, candidate: Candidate) -> None:
    """Start the exam."""
    page.goto(f"/attempts/{candidate.attempt_id}")
    page.get_by_label("I have read this and agree").check()
    page.get_by_role("button", name="Start the exam").click()
    expect(page.get_by_role("heading", name="Question 1")).to_be_visible()


def until(page: Page, what: str) -> None:
    """Wait until an expression is true, which the page itself may not evaluate again and again."""
    for _ in range(50):
        if page.evaluate(what):
            return
        page.wait_for_timeout(100)
    raise AssertionError(f"never: {what}")


def test_a_recording_is_played_twice_by_keyboard_and_not_a_third_time(page, candidate, live_clock):
    """
    Started with Enter, told in words, not to be wound back; a reload gives nothing more.
    """
    page.set_viewport_size({"width": 320, "height": 700})
    started(page, candidate)
    words = page.locator(".player-words")
    expect(words).to_have_text("Played 0 of 2")

    follow(page, "Play the recording")
    expect(words).to_have_text("Playing 1 of 2")
    expect(page.get_by_role("progressbar", name="How far it has played")).to_be_visible()
    until(page, "document.querySelector('.player audio')?.currentTime > 0.2")
    assert page.locator(".player audio[controls]").count() == 0
    assert page.evaluate("document.activeElement.value") == "play-0"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowLeft")
    assert page.evaluate("document.querySelector('.player audio').volume") == 0.95
    live_clock.forward(seconds=3)
    expect(words).to_have_text("Played 1 of 2")
    answer(page, "b")
    assert faults_found_by_axe(page) == []
    assert widest_overflow(page) == 0

    page.reload()
    expect(words).to_have_text("Played 1 of 2")
    follow(page, "Play again")
    expect(words).to_have_text("Playing 2 of 2")
    live_clock.forward(seconds=3)
    expect(words).to_have_text("Played 2 of 2")
    expect(page.get_by_text("It cannot be played again.")).to_be_focused()

    page.reload()
    expect(words).to_have_text("Played 2 of 2")
    assert page.locator(".player button").count() == 0
    assert page.locator(".player audio").count() == 0


SILENT = """HTMLMediaElement.prototype.play =
    () => Promise.reject(new DOMException("", "NotAllowedError"))"""
"""A browser that lets no page sound before somebody has pressed something on it."""


def test_a_second_tab_goes_on_with_the_same_playing(page, context, candidate, live_clock):
    """
    While it plays, another tab finds it playing; when it is over neither has more than before.

    A tab that must not sound by itself keeps nothing back to be played later.
    """
    started(page, candidate)
    page.get_by_role("button", name="Play the recording").click()
    expect(page.locator(".player-words")).to_have_text("Playing 1 of 2")
    other = context.new_page()
    other.add_init_script(SILENT)

    other.goto(page.url)

    expect(other.locator(".player-words")).to_contain_text("Playing 1 of 2. Press")
    expect(other.get_by_role("button", name="Go on playing")).to_be_visible()
    expect(other.locator(".player audio")).to_have_count(0)
    expect(other.locator(".player-words")).to_have_text("Played 1 of 2")
    live_clock.forward(seconds=3)
    other.reload()
    expect(other.locator(".player-words")).to_have_text("Played 1 of 2")
    other.close()


def test_a_line_that_is_cut_costs_nothing_to_a_page_that_stays_open(page, candidate):
    """
    The page says so, tries again, and plays to the end of the same playing.
    """
    started(page, candidate)
    page.route("**/playings/*", lambda route: route.abort())
    page.get_by_role("button", name="Play the recording").click()
    expect(page.locator(".player-words")).to_contain_text("The line is cut")

    page.unroute("**/playings/*")

    expect(page.locator(".player-words")).to_have_text("Playing 1 of 2")
    expect(page.locator(".player-words")).to_have_text("Played 1 of 2")


def test_a_video_plays_once_with_its_subtitles_and_another_as_often_as_one_likes(
    page, candidate, live_clock
):
    """
    The first has a button and no controls, the second those of the browser; both show what is said.
    """
    started(page, candidate)
    page.goto(f"/attempts/{candidate.attempt_id}/items/2")
    free = page.locator("video[controls]")
    expect(free).to_be_visible()
    until(page, "document.querySelector('video[controls]').duration > 0.9")

    page.get_by_role("button", name="Play the video").click()

    playing = page.locator(".player video")
    expect(playing).to_be_visible()
    until(page, "document.querySelector('.player video').textTracks[0].cues?.length")
    until(page, "document.querySelector('.player video').videoWidth === 320")
    live_clock.forward(seconds=3)
    expect(page.locator(".player-words")).to_have_text("Played 1 of 1")
    expect(page.locator(".player button")).to_have_count(0)
    assert faults_found_by_axe(page) == []


def test_a_figure_is_described_in_full_beside_it(page, candidate):
    """
    The picture points to its details; they open by keyboard, and are read line by line.
    """
    started(page, candidate)
    details = page.get_by_role("img", name="A rising line.").first.get_attribute("aria-details")

    tab_until(page, "the description", text="Read this figure described in full")
    page.keyboard.press("Enter")

    expect(page.locator(f"[id='{details}'] li")).to_have_text(
        ["The first is time.", "The second is distance."]
    )


def test_without_script_the_button_leads_to_the_same(chromium, server, candidate, live_clock):
    """
    The page that comes back plays, without controls; asked for too often it says so.
    """
    with chromium.new_context(base_url=server, java_script_enabled=False) as plain:
        sign_in_with(plain, server, candidate.cookie)
        page = plain.new_page()
        started(page, candidate)
        for heard in (1, 2):
            page.get_by_role("button", name="Play").first.click()
            expect(page.locator(".player-words")).to_have_text(f"Playing {heard} of 2")
            expect(page.locator(".player audio[autoplay]:not([controls])")).to_have_count(1)
            live_clock.forward(seconds=5)
            page.reload()
            expect(page.locator(".player-words")).to_have_text(f"Played {heard} of 2")

        expect(page.locator(".player button")).to_have_count(0)
        expect(page.locator(".player audio")).to_have_count(0)
