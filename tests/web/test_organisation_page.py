"""The administrator's page about their organisation, and what bears its face."""

import pytest

from examengine import accounts, db
from examengine.accounts import OrganisationChange, Role
from tests.bank.media_files import SECRET, picture, with_metadata
from tests.web.visitors import Visitors

PAGE = "/administration/organisation"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 2 1"><path d="M0 0h2v1z"/></svg>'
FILLED = {"name": "Data <i>Board", "language": "de-AT", "time_zone": "Europe/Vienna"}


@pytest.fixture
def administrator(client, clock, hasher):
    """An administrator who is signed in, at their browser."""
    visitors = Visitors(client, clock, hasher)
    visitors.enter(visitors.add(Role.ADMINISTRATOR, name="Ida"))
    return visitors


def save(visitors, logo=None, **fields):
    """Send the form of the page."""
    files = {"logo": ("a logo.png", logo, "image/png")} if logo is not None else None
    return visitors.send(PAGE, PAGE, files=files, **{**FILLED, **fields})


def own(app):
    """Return the first organisation as it is now."""
    with db.reading(app.state.components.engine) as session:
        return accounts.find_organisation(session, db.FIRST_ORGANISATION)


def test_what_is_saved_stands_at_the_head_of_every_page(client, app, administrator):
    """
    Name and logo lead to the start page; the form holds what was saved, and who saved it.
    """
    answer = save(administrator, logo=with_metadata("PNG"))

    page, home = client.get(answer.headers["location"]).text, client.get("/").text
    head = home[home.index("<header") : home.index("</header>")]
    logo = f"/logo?{own(app).logo_digest[7:23]}"
    assert (answer.status_code, answer.headers["location"]) == (303, f"{PAGE}?saved=yes")
    assert "<bdi>Data &lt;i&gt;Board</bdi>" in head
    assert f'src="{logo}"' in head
    assert 'value="Data &lt;i&gt;Board"' in page
    assert 'value="Europe/Vienna"' in page
    assert 'value="de-AT"' in page
    assert "accounts.change_organisation" in page
    assert "examengine</a>" not in head


def test_a_logo_is_the_picture_alone_and_kept_by_browsers(client, app, administrator):
    """
    Under its digest it is kept for a year; at the address that badges name, for a minute.
    """
    save(administrator, logo=with_metadata("PNG"))
    address = f"/logo?{own(app).logo_digest[7:23]}"
    client.cookies.clear()

    named, plain = client.get(address), client.get("/logo")

    assert SECRET not in named.content
    assert named.content == plain.content
    assert named.headers["content-type"] == "image/png"
    assert named.headers["content-security-policy"] == "default-src 'none'; sandbox"
    assert named.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert plain.headers["cache-control"] == "public, max-age=60"
    assert client.get("/logo?0000000000000000").headers["cache-control"] == "public, max-age=60"
    again = client.get(address, headers={"if-none-match": named.headers["etag"]})
    assert again.status_code == 304
    assert "set-cookie" not in named.headers


def test_without_a_file_the_logo_stays_and_a_tick_takes_it_away(client, app, administrator):
    """
    What is not chosen again is not lost, and what is taken away is not found.
    """
    save(administrator, logo=SVG)
    kept = save(administrator, time_zone="Asia/Tokyo")
    assert client.get("/logo").headers["content-type"] == "image/svg+xml"

    gone = save(administrator, without_logo="yes")

    assert (kept.status_code, gone.status_code) == (303, 303)
    assert client.get("/logo").status_code == 404
    assert own(app).time_zone == "Europe/Vienna"


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"time_zone": "Mars/Olympus"}, "There is no such time zone"),
        ({"language": "??"}, "This is no language tag"),
        ({"name": "x" * 201}, "201 characters"),
        ({"logo": b"GIF89a and more"}, "PNG, JPEG or SVG"),
        ({"logo": picture("PNG", (2000, 8))}, "1024 on a side"),
        ({"logo": b"<svg" + b" " * 300_000}, "larger than 200 KB"),
    ],
)
def test_what_cannot_be_used_stays_in_the_form(client, app, administrator, fields, words):
    """
    The refusal stands above it, what was typed is kept, and nothing was changed.
    """
    answer = save(administrator, **fields)

    assert answer.status_code == 422
    assert words in answer.text
    assert fields.get("name", FILLED["name"])[:4] in answer.text
    assert own(app).name is None


def test_a_name_that_looks_like_anothers_needs_a_tick(client, app, clock, administrator):
    """
    The page warns, offers the tick, and takes the name with it.
    """
    parts, system = app.state.components, accounts.system_actor()
    accounts.add_organisation(parts.engine, clock, system, code="second", name="Second Board")

    warned = save(administrator, name="Sec0nd Board")
    before = own(app).name
    taken = save(administrator, name="Sec0nd Board", sure="yes")

    assert (warned.status_code, before) == (409, None)
    assert "Second Board" in warned.text
    assert 'name="sure"' in warned.text
    assert (taken.status_code, own(app).name) == (303, "Sec0nd Board")


def test_an_empty_name_is_what_the_settings_say(client, app, administrator):
    """
    The page says what would stand in its place; the head then bears the program's name again.
    """
    save(administrator)

    save(administrator, name=" ")

    assert own(app).name is None
    assert "Empty: “Awarding body at " in client.get(PAGE).text
    assert '<a class="mark" href="/">examengine</a>' in client.get("/").text


@pytest.mark.parametrize("role", [one for one in Role if one is not Role.ADMINISTRATOR])
def test_nobody_else_opens_or_sends_it(client, app, clock, hasher, role):
    """
    Every other role is refused the page, and a form that is sent all the same.
    """
    visitors = Visitors(client, clock, hasher)
    visitors.enter(visitors.add(role, name="Otto"))

    assert client.get(PAGE).status_code == 403
    assert visitors.send("/sign-in", PAGE, **FILLED).status_code == 403
    assert own(app).name is None


def test_a_form_of_another_site_changes_nothing(client, app, administrator):
    """
    Without the token of the page it is refused.
    """
    assert client.post(PAGE, data=FILLED).status_code == 403
    assert own(app).name is None


def test_each_organisation_has_its_logo_at_its_own_address(client, app, clock):
    """
    That of the second is below its code; where there is none, none is found.
    """
    engine, system = app.state.components.engine, accounts.system_actor()
    second = accounts.add_organisation(engine, clock, system, code="second", name="Second Board")
    with db.writing(db.within(engine, second.id)) as session:
        accounts.change_organisation(
            *(session, clock, accounts.system_actor(second.id), OrganisationChange(logo=SVG)),
            first_named="First Board",
        )

    assert client.get("/o/second/logo").content == SVG
    assert client.get("/logo").status_code == 404
    assert client.get("/o/main/logo").status_code == 404
    assert client.get("/o/third/logo").status_code == 404
