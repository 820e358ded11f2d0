"""What administrators say of their own organisation, on each database."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from examengine import accounts, db
from examengine.accounts import (
    LanguageMalformed,
    LogoMissing,
    LogoUnusable,
    NotAllowed,
    OrganisationChange,
    OrganisationNameAlike,
    OrganisationNameUnfit,
    Role,
    TimeZoneUnknown,
)
from tests.bank.media_files import SECRET, moving, picture, with_metadata

FIRST_NAMED = "Awarding body at exams.example"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 2 1"><path d="M0 0h2v1z"/></svg>'


@pytest.fixture
def change(engine, clock):
    """Change the first organisation, or another one, as its administrator."""

    def to(organisation_id=db.FIRST_ORGANISATION, *, sure=False, actor=None, **what):
        with db.writing(db.within(engine, organisation_id)) as session:
            return accounts.change_organisation(
                *(session, clock, actor or accounts.system_actor(organisation_id)),
                OrganisationChange(**what),
                first_named=FIRST_NAMED,
                sure=sure,
            )

    return to


@pytest.fixture
def second(engine, clock):
    """A second organisation."""
    system = accounts.system_actor()
    return accounts.add_organisation(engine, clock, system, code="second", name="Second Board")


def trail(engine, organisation_id=db.FIRST_ORGANISATION):
    """Return what the trail says was changed, the newest first."""
    with db.reading(db.within(engine, organisation_id)) as session:
        acts = accounts.staff_acts(session, accounts.system_actor(organisation_id))
    return [act.detail for act in acts if act.action == "accounts.change_organisation"]


def test_everything_is_set_and_stands_in_the_trail(engine, change):
    """
    Name, language, time zone and logo are there afterwards; the trail has old and new values.
    """
    changed = change(
        name="  Data   Board ", language="de-AT", time_zone="Europe/Vienna", logo=picture("PNG")
    )

    with db.reading(engine) as session:
        found = accounts.find_organisation(session, db.FIRST_ORGANISATION)
        logo = accounts.logo_of(session, db.FIRST_ORGANISATION)
    assert changed == found
    assert (found.name, found.language, found.time_zone) == (
        *("Data Board", "de-AT"),
        "Europe/Vienna",
    )
    assert (logo.media_type, logo.digest) == ("image/png", found.logo_digest)
    assert trail(engine) == [
        {
            "name": {"from": None, "to": "Data Board"},
            "language": {"from": "en", "to": "de-AT"},
            "time_zone": {"from": "UTC", "to": "Europe/Vienna"},
            "logo_digest": {"from": None, "to": logo.digest},
        }
    ]


def test_what_is_not_named_stays_and_what_is_empty_goes(engine, change):
    """
    A change of the time zone leaves name and logo; an empty name and an empty file take them away.
    """
    change(name="Data Board", logo=SVG)

    after = change(time_zone="Asia/Tokyo")
    without = change(name="", logo=b"")

    assert (after.name, after.logo_digest is None) == ("Data Board", False)
    assert (without.name, without.logo_digest, without.time_zone) == (None, None, "Asia/Tokyo")
    with db.reading(engine) as session, pytest.raises(LogoMissing):
        accounts.logo_of(session, db.FIRST_ORGANISATION)


def test_saying_the_same_again_is_no_act(engine, change):
    """
    A form that is sent twice leaves one line in the trail.
    """
    for _ in range(2):
        change(name="Data Board", language="en", logo=SVG)

    assert [list(one) for one in trail(engine)] == [["name", "logo_digest"]]


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMINISTRATOR])
def test_nobody_but_an_administrator_changes_or_reads_it(engine, change, added, role):
    """
    Every other role is refused, and nothing changes.
    """
    actor = added(role, email="ada@example.org")

    with pytest.raises(NotAllowed):
        change(name="Mine", actor=actor)

    with db.reading(engine) as session, pytest.raises(NotAllowed):
        accounts.own_organisation(session, actor)
    assert trail(engine) == []


def test_an_administrator_changes_their_own_and_no_other(engine, change, second):
    """
    The change is that of the organisation for which they ask, in the trail of that one.
    """
    change(second.id, name="Other Board")

    with db.reading(engine) as session:
        first, other = accounts.list_organisations(session)
    assert (first.name, other.name) == (None, "Other Board")
    assert trail(engine) == []
    assert len(trail(engine, second.id)) == 1


@pytest.mark.parametrize(
    ("what", "refusal", "words"),
    [
        ({"name": "x" * 201}, OrganisationNameUnfit, "201 characters"),
        ({"name": "Board\u202egnp.exe"}, OrganisationNameUnfit, "U\\+202E"),
        ({"name": "Bo\x07ard"}, OrganisationNameUnfit, "U\\+0007"),
        ({"name": "–!"}, OrganisationNameUnfit, "no letter"),
        ({"language": "deutsch!"}, LanguageMalformed, "pt-BR"),
        ({"language": "en-" + "a" * 30}, LanguageMalformed, "pt-BR"),
        ({"time_zone": "Mars/Olympus"}, TimeZoneUnknown, "Europe/Vienna"),
        ({"time_zone": "../../etc/passwd"}, TimeZoneUnknown, "Europe/Vienna"),
        ({"time_zone": "localtime"}, TimeZoneUnknown, "Europe/Vienna"),
        ({"logo": b"hello"}, LogoUnusable, "PNG, JPEG or SVG"),
        ({"logo": picture("GIF")}, LogoUnusable, "PNG, JPEG or SVG"),
        ({"logo": moving("PNG")}, LogoUnusable, "moves"),
        ({"logo": picture("PNG", (1025, 10))}, LogoUnusable, "1024 on a side"),
        ({"logo": picture("PNG")[:60]}, LogoUnusable, "PNG|whole|damaged"),
        ({"logo": SVG + b" " * 210_000}, LogoUnusable, "larger than 200 KB"),
        ({"logo": SVG.replace(b"<path", b"<script/><path")}, LogoUnusable, "script"),
    ],
)
def test_what_cannot_be_used_is_refused_in_words(engine, change, what, refusal, words):
    """
    Each says what is wrong or what would be right, and nothing is changed by it.
    """
    with pytest.raises(refusal, match=words):
        change(**what)

    assert trail(engine) == []


@pytest.mark.parametrize("name", ["PNG", "JPEG"])
def test_a_logo_is_nothing_but_the_picture(engine, change, name):
    """
    Who made it, and a second file behind its end, are not kept.
    """
    change(logo=with_metadata(name))

    with db.reading(engine) as session:
        logo = accounts.logo_of(session, db.FIRST_ORGANISATION)
    assert SECRET not in logo.data
    assert logo.media_type == f"image/{name.lower()}"


@pytest.mark.parametrize("name", ["second board", "SECOND-BOARD", "Ѕecond Board", "Second B0ard"])
def test_a_name_that_looks_like_anothers_is_warned_of(engine, change, second, name):
    """
    It is refused until somebody says that it is meant.
    """
    with pytest.raises(OrganisationNameAlike, match="Second Board"):
        change(name=name)
    assert trail(engine) == []

    assert change(name=name, sure=True).name == name


def test_what_stands_in_for_a_name_is_a_name_like_any_other(change, second):
    """
    The first organisation has no name of its own: what the settings call it is looked at, too.
    """
    with pytest.raises(OrganisationNameAlike):
        change(second.id, name=FIRST_NAMED.upper())


def test_ones_own_name_is_nobody_elses(change):
    """
    A name may be written in another way: it looks like itself.
    """
    change(name="Data Board")

    assert change(name="DATA BOARD").name == "DATA BOARD"


def test_two_changes_at_once_both_stand_in_the_trail(engine, change):
    """
    Each line begins with what another one ended with, whoever was first; none is passed over.
    """
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(lambda n: change(name=f"Board {n}"), range(4)))

    changes = [one["name"] for one in trail(engine)]
    before, after = {one["from"] for one in changes}, {one["to"] for one in changes}
    assert len(changes) == len(before) == len(after) == 4
    assert before - after == {None}
