"""The pages on which items are written."""

import html
import re
from typing import Any

import pytest

from examengine import accounts, bank
from examengine.accounts import Role
from examengine.bank import ITEM_TYPES
from examengine.bank.formats import load_files
from examengine.bank.inline_text import paragraphs
from examengine.bank.item_form import fits_form, form_values
from tests.bank.media_files import picture, subtitles, wav, webm
from tests.bank.small_bank import files, item, three_items

HERE = "/bank/small/drafts"
TEXT = r"[^>]*>\n(.*?)</textarea>"


@pytest.fixture
def author(visitors, clock):
    """An author who is signed in, and the small bank."""
    found = visitors.add(Role.AUTHOR, name="Ada Author")
    with visitors.writing() as session:
        bank.import_bank(session, clock, accounts.system_actor(), load_files(files(*three_items())))
    return visitors.enter(found)


@pytest.fixture
def drafted(author, visitors):
    """The draft of S-1."""
    answer = visitors.send("/bank/small/items/S-1", "/bank/small/items/S-1/edit")
    assert answer.headers["location"] == f"{HERE}/S-1"
    return f"{HERE}/S-1"


def draft_of(visitors, author, item_id: str):
    """What is stored of a draft."""
    with visitors.writing() as session:
        return bank.find_draft(session, author, "small", item_id)


def filled(text: str) -> dict[str, list[str]]:
    """The fields of a page's form, as a browser sends them."""
    found: dict[str, list[str]] = {}
    body = text[text.index('<form id="draft"') : text.index("</form>", text.index('id="draft"'))]
    for tag in re.findall(r"<input[^>]*>", body):
        name, kind = re.search(r' name="([^"]*)"', tag), re.search(r'type="(\w+)"', tag)
        if not name or name[1].startswith("try.") or kind[1] == "file":
            continue
        if kind[1] in {"radio", "checkbox"} and " checked" not in tag:
            continue
        value = html.unescape(re.search(r' value="([^"]*)"', tag)[1])
        found.setdefault(html.unescape(name[1]), []).append(value)
    for name, value in re.findall(
        r'<textarea[^>]* name="([^"]*)"[^>]*>\n(.*?)</textarea>', body, re.S
    ):
        if not name.startswith("try."):
            found.setdefault(name, []).append(html.unescape(value).replace("\n", "\r\n"))
    for name, options in re.findall(r'<select[^>]* name="([^"]*)"[^>]*>(.*?)</select>', body, re.S):
        if not name.startswith("try."):
            chosen = re.search(r'<option value="([^"]*)" selected', options)
            found.setdefault(name, []).append(html.unescape(chosen[1]) if chosen else "")
    return found


def yaml_on(page: str) -> str:
    """The YAML of a page."""
    return html.unescape(re.search(f'name="yaml"{TEXT}', page, re.S)[1])


def send(client, address: str, changes: dict[str, Any] | None = None, **headers: str):
    """Send the form of an editor with some fields changed."""
    fields = filled(client.get(address).text) | (changes or {})
    return client.post(address, data=fields, headers=headers)


@pytest.mark.parametrize("name", sorted(n for n, one in ITEM_TYPES.items() if one.form_fields))
def test_the_page_draws_every_field_of_every_type(client, visitors, author, clock, name):
    """
    What a browser sends of an unchanged page is what stands in the item: nothing is left out.
    """
    about = {"tags": ["a tag"], "notes": "See *S-2*.", "stimulus": [TABLE, FORMULA]}
    for rule in ITEM_TYPES[name].scoring_rules:
        content = item("N-1", name, scoring=dict(rule.example), **about)
        if not fits_form(content):
            continue
        with visitors.writing() as session:
            bank.begin_item(session, clock, author, "small", "N-1", name)
            bank.save_draft(session, clock, author, "small", "N-1", content, 1)

        page = client.get(f"{HERE}/N-1")

        sent = {
            field: [value.replace("\r\n", "\n") for value in values]
            for field, values in filled(page.text).items()
            if field not in {"csrf", "draft_seen", "draft_rule"}
        }
        assert sent == {field: values for field, values in form_values(content).items() if values}
        assert send(client, f"{HERE}/N-1").status_code == 200
        assert draft_of(visitors, author, "N-1").content == content
        with visitors.writing() as session:
            bank.discard_draft(session, clock, author, "small", "N-1", 2)


TABLE = {"table": {"caption": "Sales", "columns": ["Day", "a|b"], "rows": [["Monday", "1"]]}}
FORMULA = {"formula": {"tex": r"\frac{a}{b}", "spoken": "a over b"}}


def test_a_new_item_begins_where_it_is_written(client, visitors, author):
    """
    Id and type are all it takes; an id that is taken is refused, and what was typed stays.
    """
    begun = visitors.send(HERE, HERE, item_id=" N-1 ", item_type="numeric_entry")
    taken = visitors.send(HERE, HERE, item_id="S-1", item_type="matching")

    assert begun.headers["location"] == f"{HERE}/N-1"
    assert taken.status_code == 422
    assert "there is an item S-1 already" in taken.text
    assert 'value="matching" selected' in taken.text
    assert f'href="{HERE}/N-1"' in client.get(HERE).text


def test_saving_stores_what_was_written_and_tells_what_is_to_be_mended(
    client, visitors, author, drafted
):
    """
    Faults are told beside their field and in a list that leads there; the draft is saved anyway.
    """
    answer = send(client, drafted, {"options.1.text": [""], "stem": ["Why?\r\nWhy not?"]})

    kept = draft_of(visitors, author, "S-1").content
    assert kept["stem"] == "Why?\nWhy not?"
    assert "text" not in kept["options"][1]
    assert re.search(r'data-beside="options.1.text"><span>is missing', answer.text)
    assert 'data-to="options.1.text">Option B, What candidates read</a>' in answer.text
    assert re.search(r'name="options.1.text"[^>]*aria-invalid="true"', answer.text)


def test_a_script_is_answered_with_what_it_puts_in_place(client, visitors, author, drafted):
    """
    While somebody types, the preview and what is to be mended come as parts; the form stays.
    """
    answer = send(
        client, drafted, {"stem": ["Is it *so*?"], "key": []}, accept="application/json"
    ).json()

    assert answer["revision"] == 2
    assert "<em>so</em>" in answer["preview"]
    assert [*answer["beside"]] == ["key"]
    assert "tell" not in answer["preview"]
    assert draft_of(visitors, author, "S-1").saved_at.isoformat() == answer["saved_at"]


def test_rows_come_move_and_go_by_buttons(client, visitors, author, drafted):
    """
    Each button sends the whole form, so nothing that was typed is lost; the new row has the focus.
    """
    added = send(client, drafted, {"draft_act": ["add:options"], "stem": ["Typed before?"]})
    moved = send(client, drafted, {"draft_act": ["up:options.4"]})
    gone = send(client, drafted, {"draft_act": ["remove:options.0"]}, **{"hx-request": "true"})

    kept = draft_of(visitors, author, "S-1").content
    assert kept["stem"] == "Typed before?"
    assert [one["id"] for one in kept["options"]] == ["b", "c", "e", "d"]
    assert 'data-focus="options.4"' in added.text
    assert 'data-focus="options.3"' in moved.text
    assert gone.text.strip().startswith('<div id="editing" data-focus="options.0"')


def test_a_rule_for_points_brings_its_fields(client, visitors, author, drafted):
    """
    Another rule is chosen with its button; what the rule before had is gone with it.
    """
    chosen = send(client, drafted, {"scoring.rule": ["graded_options"], "draft_act": ["rule"]})
    send(client, drafted, {"scoring.points.2.of": ["2"], "scoring.points.1.of": ["1"]})
    graded = draft_of(visitors, author, "S-1").content["scoring"]
    send(client, drafted, {"scoring.rule": [""]})

    assert 'name="scoring.points.2.of"' in chosen.text
    assert graded == {"rule": "graded_options", "points": {"c": 2, "b": 1}}
    assert "scoring" not in draft_of(visitors, author, "S-1").content


def test_an_answer_is_tried_in_the_preview(client, drafted):
    """
    The page says how it was read, what it gives and why; nothing of it is stored.
    """
    right = send(client, drafted, {"try.response": ["c"], "draft_act": ["try"]})
    wrong = send(client, drafted, {"try.response": ["d"], "draft_act": ["try"]})
    foreign = send(client, drafted, {"try.response": ["zz"], "draft_act": ["try"]})

    assert "<dt>Points</dt><dd>1 of 1</dd>" in right.text
    assert "<dt>Points</dt><dd>0 of 1</dd>" in wrong.text
    assert "Divides the rise by the total sold." in wrong.text
    assert "This could be no answer" in foreign.text
    assert re.search(r'name="try.response" value="d" checked', wrong.text)


def test_a_typed_answer_is_tried_with_its_tolerance(client, visitors, author):
    """
    A number says how it was read; what is no number says so.
    """
    visitors.send(HERE, HERE, item_id="N-2", item_type="numeric_entry")
    here = f"{HERE}/N-2"
    send(client, here, {"stem": ["How much?"], "key.value": ["12.5"], "key.tolerance": ["0.1"]})

    near = send(client, here, {"try.response": ["12,6"], "draft_act": ["try"]})
    words = send(client, here, {"try.response": ["twelve"], "draft_act": ["try"]})

    assert "Read as 12.6." in near.text
    assert "1 of 1" in near.text
    assert "This is not read as a number." in words.text


def test_a_picture_is_taken_in_with_the_form(client, visitors, author, drafted):
    """
    It is checked and made anew as an import does it, named by what it holds, and shown at once.
    """
    fields = filled(client.get(drafted).text) | {"draft_act": ["upload"], "stem": ["Typed?"]}
    sent = {"upload": ("the answer is c.png", picture("PNG", (40, 30)), "image/png")}

    answer = client.post(drafted, data=fields, files=sent)
    broken = client.post(
        drafted,
        data=filled(answer.text) | {"notes": ["Kept"]},
        files={"upload": ("x.png", b"none", "image/png")},
    )

    kept = draft_of(visitors, author, "S-1").content
    figure = kept["stimulus"][-1]["figure"]
    assert kept["stem"] == "Typed?"
    assert re.fullmatch(r"figures/[0-9a-f]{16}\.png", figure["file"])
    assert f"/media/{figure['digest'][7:]}.png" in answer.text
    assert "has no alt" in answer.text
    assert client.get(f"/media/{figure['digest'][7:]}.png").status_code == 200
    assert "What you wrote is saved. The file x.png" in broken.text
    assert kept["notes"] == "Kept"
    assert len(kept["stimulus"]) == 2


@pytest.fixture
def hotspot(visitors, author, client):
    """The draft of a hotspot that was just begun, with a picture."""
    visitors.send(HERE, HERE, item_id="N-3", item_type="hotspot")
    here = f"{HERE}/N-3"
    fields = filled(client.get(here).text) | {"draft_act": ["picture"]}
    sent = {"upload_picture": ("b is right.png", picture("PNG", (400, 300)), "image/png")}
    answer = client.post(here, data=fields, files=sent)
    assert 'data-focus="picture.alt"' in answer.text
    return here


def test_the_picture_that_is_answered_in_comes_with_the_form(client, visitors, author, hotspot):
    """
    It brings its size, hides its name, and its shapes are drawn on it as they are typed.
    """
    regions = {"regions.0.shape.kind": ["circle"], "regions.0.shape.numbers": ["50, 60, 20"]}

    answer = send(client, hotspot, {**regions, "key": ["a"]}, accept="application/json").json()

    kept = draft_of(visitors, author, "N-3").content
    assert (kept["picture"]["width"], kept["picture"]["height"]) == (400, 300)
    assert "b is right" not in client.get(hotspot).text
    assert kept["regions"][0] == {"id": "a", "circle": [50, 60, 20]}
    assert '<circle cx="50" cy="60" r="20"/>' in answer["areas"]
    assert "<strong>A</strong>, right: circle 50, 60, 20" in answer["areas"]
    assert "<strong>B</strong>, wrong: has no shape on the picture yet" in answer["areas"]
    assert "Region B" in answer["preview"]


def test_a_file_that_is_no_picture_is_told_and_the_text_kept(client, visitors, author, hotspot):
    """
    The picture before stays as well.
    """
    fields = filled(client.get(hotspot).text) | {"stem": ["Where?"], "draft_act": ["picture"]}
    before = draft_of(visitors, author, "N-3").content["picture"]

    answer = client.post(
        hotspot, data=fields, files={"upload_picture": ("a.wav", wav(), "audio/wav")}
    )

    kept = draft_of(visitors, author, "N-3").content
    assert "The file a.wav is no picture" in html.unescape(answer.text)
    assert (kept["stem"], kept["picture"]) == ("Where?", before)


@pytest.mark.parametrize(
    ("name", "changes", "beside"),
    [
        ("matrix", {"key.1.of": [""]}, "key.1.of"),
        ("matrix", {"statements.2.text": [""]}, "statements.2.text"),
        ("matrix", {"options.0.text": [""]}, "options.0.text"),
        ("inline_choice", {"gaps.1.options.2.text": [""]}, "gaps.1.options.2.text"),
        ("inline_choice", {"key.1.of": []}, "key.1.of"),
        ("inline_choice", {"text": ["[[g1]] [[g1]] [[g2]] [[g3]]"]}, "text"),
        ("gap_match", {"key.2.of": [""]}, "key.2.of"),
        ("gap_match", {"options.3.text": [""]}, "options.3.text"),
        ("slider", {"scale.step": ["0"]}, "scale.step"),
        ("slider", {"scale.from": ["x"]}, "scale.from"),
        ("slider", {"key.from": ["10"]}, "key.value"),
        ("slider", {"key.value": ["1"]}, "key.value"),
        ("slider", {"errors.0.value": ["75"]}, "errors.0.value"),
        ("hotspot", {"regions.1.shape.numbers": ["1, 2"]}, "regions.1.shape"),
        ("hotspot", {"regions.1.shape.numbers": ["1, 2, 3, 4000"]}, "regions.1.shape"),
        ("hotspot", {"regions.0.text": [""]}, "regions.0.text"),
        ("hotspot", {"picture.width": ["wide"]}, "picture.width"),
        ("hotspot", {"key": []}, "key"),
        ("select_point", {"grid.columns": ["99"]}, "grid.columns"),
        ("select_point", {"key.0.shape.numbers": ["a, b, c, d"]}, "key.0.shape"),
        ("select_point", {"wrong_areas.0.text": [""]}, "wrong_areas.0.text"),
        ("select_point", {"scoring.points": ["many"]}, "scoring.points"),
        ("select_point", {"scoring.areas.0.points": ["9"]}, "scoring.areas.0.points"),
        ("select_point", {"scoring.areas.0.shape.numbers": ["1"]}, "scoring.areas.0.shape"),
        ("extended_text", {"words.limit": ["5"]}, "words.recommended"),
        ("extended_text", {"key": [""]}, "key"),
        ("extended_text", {"scoring.points": ["0"]}, "scoring.points"),
    ],
)
def test_a_fault_is_told_beside_the_field_it_is_about(
    client, visitors, author, clock, name, changes, beside
):
    """
    In the page and to a script, and the list of faults calls it by its words.
    """
    rule = [one for one in ITEM_TYPES[name].scoring_rules if one.form_fields or not one.fields][-1]
    content = item("N-4", name, scoring=dict(rule.example))
    with visitors.writing() as session:
        bank.begin_item(session, clock, author, "small", "N-4", name)
        bank.save_draft(session, clock, author, "small", "N-4", content, 1)
    before = client.get(f"{HERE}/N-4").text

    told = send(client, f"{HERE}/N-4", changes, accept="application/json").json()["beside"]
    page = client.get(f"{HERE}/N-4").text

    assert not re.search(f'data-beside="{re.escape(beside)}"><span>', before)
    assert beside in told
    assert re.search(f'data-beside="{re.escape(beside)}"><span>', page)
    assert f'href="#beside.{beside}"' in page
    assert not re.search(r'data-to="[^"]*">[a-z_]+[\[.]', page)


def test_a_gap_that_is_typed_gets_its_row(client, visitors, author):
    """
    A script puts it in its place while somebody writes; without one it comes with the page.
    """
    visitors.send(HERE, HERE, item_id="N-5", item_type="inline_choice")
    visitors.send(HERE, HERE, item_id="N-6", item_type="gap_match")
    text = {"text": ["One [[g1]], two [[g2]]."]}

    inline = send(client, f"{HERE}/N-5", text, accept="application/json").json()["rows"]["gaps"]
    words = send(client, f"{HERE}/N-6", text, accept="application/json").json()["rows"]["key"]
    page = client.get(f"{HERE}/N-5").text
    gone = send(client, f"{HERE}/N-5", {"draft_act": ["remove:gaps.0"]}).text

    assert inline["marks"] == words["marks"] == "g1 g2"
    assert 'name="gaps.1.options.0.text"' in inline["html"]
    assert "Gap 2: One …, two …." in words["html"]
    assert "<legend>Gap g2</legend>" in page
    assert draft_of(visitors, author, "N-5").content["text"] == "One , two [[g2]]."
    assert "<legend>Gap g1</legend>" not in gone


def test_what_is_kept_as_qti_says_what_can_be_done(client, visitors, author, clock):
    """
    It has no form, and the page says why, what can be edited, and the ways there are besides.
    """
    with visitors.writing() as session:
        bank.begin_item(session, clock, author, "small", "N-7", "qti")
        bank.save_draft(session, clock, author, "small", "N-7", item("N-7", "qti"), 1)

    page = client.get(f"{HERE}/N-7").text

    assert "It came as QTI, and is kept as it came" in page
    for way in ("import", "drafts", "changes"):
        assert f'href="/bank/small/{way}"' in page
        assert client.get(f"/bank/small/{way}").status_code == 200


def test_how_texts_are_formatted_is_told_where_they_are_written(client, drafted):
    """
    What the page says of each mark is what the mark does.
    """
    page = client.get(drafted).text

    told = page[page.index("How to format text") :]
    assert told.index("<code>*stressed*</code>") < told.index("</details>")
    assert "<em>stressed</em>" in paragraphs("*stressed*")
    assert "<code>code</code>" in paragraphs("`code`")
    assert "<ol" in paragraphs("1. one\n2. two")


def test_a_video_is_taken_in_with_its_subtitles_and_its_poster(client, visitors, author, drafted):
    """
    Subtitles go to the video that has none, and a picture too where the box is ticked.
    """

    def sent(name, data, **more):
        fields = filled(client.get(drafted).text) | {"draft_act": ["upload"]} | more
        return client.post(drafted, data=fields, files={"upload": (name, data, "x/y")})

    early = sent("b.vtt", subtitles())
    sent("b.webm", webm())
    offered = sent("b.vtt", subtitles())
    sent("b.png", picture("PNG"), upload_poster=["yes"])
    twice = sent("b.vtt", subtitles())
    limited = filled(client.get(drafted).text) | {"stimulus.1.video.plays": ["2"]}
    client.post(drafted, data=limited)

    video = draft_of(visitors, author, "S-1").content["stimulus"][-1]["video"]
    assert "needs a video that has no subtitles yet" in early.text
    assert "This picture stands before the video plays" in offered.text
    assert "needs a video that has no subtitles yet" in twice.text
    assert re.fullmatch(r"videos/[0-9a-f]{16}\.webm", video["file"])
    assert video["subtitles"]["file"].startswith("subtitles/")
    assert video["poster"]["file"].startswith("figures/")
    assert video["plays"] == 2
    page = client.get(drafted).text
    assert f'<track kind="captions" src="/media/{video["subtitles"]["digest"][7:]}.vtt"' in page
    assert "In an exam it may be played 2 times" in page
    without = {
        name: value for name, value in filled(page).items() if name != "stimulus.1.video.poster.is"
    }
    client.post(drafted, data=without)
    assert "poster" not in draft_of(visitors, author, "S-1").content["stimulus"][-1]["video"]


def test_of_two_authors_both_texts_are_shown(client, visitors, author, clock, drafted):
    """
    Whoever comes second sees both texts, and saves theirs over the other's only by pressing again.
    """
    mine = filled(client.get(drafted).text) | {"stem": ["Mine, all mine?"]}
    other = visitors.add(Role.AUTHOR, name="Bea Author")
    with visitors.writing() as session:
        theirs = bank.find_draft(session, author, "small", "S-1").content | {"stem": "Hers?"}
        bank.save_draft(session, clock, other, "small", "S-1", theirs, 1)

    told = client.post(drafted, data=mine, headers={"accept": "application/json"})
    again = client.post(drafted, data=mine)
    kept = draft_of(visitors, author, "S-1").content["stem"]
    client.post(drafted, data=filled(again.text))

    assert told.status_code == again.status_code == 409
    assert "Bea Author saved it at" in told.json()["text"]
    assert "<del>Hers</del>" in again.text
    assert "Mine, all mine?</textarea>" in again.text
    assert kept == "Hers?"
    assert draft_of(visitors, author, "S-1").content["stem"] == "Mine, all mine?"


def test_a_version_is_made_with_a_word_why(client, visitors, author, drafted):
    """
    The page shows what changes before; the item tells afterwards who made it and why.
    """
    led = send(client, drafted, {"stem": ["Another?"], "draft_act": ["version"]})
    asked = client.get(f"{drafted}/version")
    bare = visitors.send(f"{drafted}/version", f"{drafted}/version", draft_seen=2, newest=1)
    made = visitors.send(
        f"{drafted}/version", f"{drafted}/version", draft_seen=2, newest=1, reason="Shorter."
    )

    assert led.headers["location"] == f"{drafted}/version"
    assert "<ins>Another</ins>" in asked.text
    assert bare.status_code == 422
    assert made.headers["location"] == "/bank/small/items/S-1"
    page = client.get("/bank/small/items/S-1").text
    assert '<bdi>Ada Author</bdi></td>\n    <td class="wide">Shorter.</td>' in page
    assert client.get(drafted).status_code == 404


def test_an_older_version_is_restored_and_two_are_compared(client, visitors, author, drafted):
    """
    Words that differ are marked, the key is there, and what is the same can be unfolded.
    """
    send(client, drafted, {"stem": ["Another?"], "key": ["a"]})
    visitors.send(f"{drafted}/version", f"{drafted}/version", draft_seen=2, newest=1, reason="So.")

    compared = client.get("/bank/small/items/S-1/compare?old=1&new=2").text
    restored = visitors.send(
        "/bank/small/items/S-1?version=1", "/bank/small/items/S-1/edit", version=1
    )

    assert "<ins>Another</ins>" in compared
    assert re.search(r'aria-label="key".*<del>c</del>.*<ins>a</ins>', compared, re.S)
    assert restored.status_code == 303
    assert draft_of(visitors, author, "S-1").content["key"] == "c"
    assert client.get("/bank/small/items/S-1/compare?old=1&new=9").status_code == 404


def test_a_copy_and_a_discarded_draft(client, visitors, author, drafted):
    """
    A copy is begun from the page of the item; a draft is thrown away from its own.
    """
    page = "/bank/small/items/S-2"
    copied = visitors.send(page, f"{page}/copy", copy_id="S-2b", version=1)
    gone = visitors.send(f"{drafted}/version", f"{drafted}/discard", draft_seen=1)

    assert copied.headers["location"] == f"{HERE}/S-2b"
    assert gone.headers["location"] == HERE
    assert client.get(drafted).status_code == 404
    assert client.get("/bank/small/items/S-1").status_code == 200


def test_yaml_is_edited_beside_the_form(client, visitors, author, drafted):
    """
    A text that can be read is saved, faults and all; one that cannot stays on the page with lines.
    """
    text = html.unescape(
        re.search(
            r'name="yaml"[^>]*>\n(.*?)</textarea>', client.get(f"{drafted}?view=yaml").text, re.S
        )[1]
    )
    page = f"{drafted}?view=yaml"
    faulty = text.replace("key: c", "key: z")

    saved = visitors.send(page, drafted, draft_act="yaml", draft_seen=1, yaml=faulty)
    broken = visitors.send(page, drafted, draft_act="yaml", draft_seen=2, yaml="stem: [")
    other = visitors.send(
        page, drafted, draft_act="yaml", draft_seen=2, yaml=text.replace("id: S-1", "id: S-2", 1)
    )

    kept = draft_of(visitors, author, "S-1").content
    assert saved.status_code == 200
    assert kept["key"] == "z"
    assert kept["stimulus"][0]["figure"]["digest"].startswith("sha256:")
    line = faulty.split("\n").index("key: z") + 1
    assert f"Line {line}: <code>key</code>" in saved.text
    assert broken.status_code == other.status_code == 422
    assert "stem: [</textarea>" in broken.text
    assert re.search(r"Line \d: is no YAML", broken.text)
    assert "this draft is of S-1" in other.text


def test_what_a_form_would_lose_is_edited_as_yaml(client, visitors, author, drafted):
    """
    A field that nobody reads is told with its line, and no form is offered that would drop it.
    """
    strange = yaml_on(client.get(f"{drafted}?view=yaml").text) + "colour: blue\n"

    visitors.send(f"{drafted}?view=yaml", drafted, draft_act="yaml", draft_seen=1, yaml=strange)
    shown = client.get(drafted).text

    assert "This item is edited as YAML" in shown
    assert "its form would lose: <code>colour</code>." in shown
    assert "is no field that is read here" in shown
    assert draft_of(visitors, author, "S-1").content["colour"] == "blue"


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"options.999999999.text": ["x"]}, 422),
        ({"options.0.text": ["one", "two"]}, 422),
        ({"a.b.c.d.e.f.g.h.i.j.k": ["x"]}, 422),
        ({"draft_act": ["remove:options.99"]}, 422),
        ({"draft_act": ["add:__class__"]}, 422),
        ({"scoring.rule": ["no_rule"]}, 422),
        ({"notes": ["x" * 300_000]}, 422),
        ({"notes": ["a\x00b"]}, 422),
        ({f"options.{row}.text": ["x"] for row in range(10_000)}, 400),
    ],
)
def test_a_form_that_no_page_has_sent_changes_nothing(
    client, visitors, author, drafted, changes, status
):
    """
    Deep paths, huge rows, duplicates and ten thousand rows are refused in words.
    """
    before = draft_of(visitors, author, "S-1")

    answer = send(client, drafted, changes)

    assert answer.status_code == status
    assert "<h1>" in answer.text
    assert draft_of(visitors, author, "S-1") == before


def test_nobody_else_comes_near_a_draft(client, visitors, author, drafted):
    """
    A psychometrician reads items and writes none; the page of an item offers them no editing.
    """
    visitors.enter(visitors.add(Role.PSYCHOMETRICIAN, name="Psy"))

    assert client.get(drafted).status_code == 403
    assert client.get(HERE).status_code == 403
    assert "Edit</button>" not in client.get("/bank/small/items/S-1").text


def test_many_items_are_changed_after_a_look(client, visitors, author):
    """
    The page marks what would change; what is chosen becomes drafts, and what is not stays.
    """
    page = "/bank/small/changes?find=measures&replacement=statistics&add_tags=spring"

    shown = client.get(page).text
    form = {"find": "measures", "replacement": "statistics", "add_tags": "spring"}
    none = visitors.send(page, "/bank/small/changes", **form)
    begun = visitors.send(page, "/bank/small/changes", **form, item_ids=["S-2"])

    assert "3 items." in shown
    assert "<ins>statistics</ins>" in shown
    assert none.status_code == 422
    assert begun.headers["location"] == HERE
    assert "statistics of spread" in draft_of(visitors, author, "S-2").content["stem"]
    assert client.get(f"{HERE}/S-1").status_code == 404
    assert client.get("/bank/small/changes?area=nowhere").status_code == 422
