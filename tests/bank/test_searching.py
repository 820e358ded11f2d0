"""Finding items among many, on both databases: they find the same."""

from datetime import timedelta
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from examengine import accounts, bank, db
from examengine.accounts import NotAllowed, Role
from examengine.bank import ItemUsage, ItemView, TextTooShort, view_of
from examengine.bank.formats import load_files
from examengine.db.organisation_rows import delete_rows_of
from tests.bank.small_bank import BANK, files, item

STEMS = {
    "W-1": "Which *marmalade* is sweeter than 12.5 %?",
    "W-2": "Größe und Straße: welche Würfel?",
    "W-3": "東京都の人口は?",
    "W-4": "कौन सी पुस्तक हिन्दी में है?",
    "W-5": "What's a well-known (quoted) “phrase” OR NOT?",
}


@pytest.fixture
def author(person):
    """An author."""
    return person(Role.AUTHOR, name="Ann")


@pytest.fixture
def words_bank(session, clock, author):
    """Items in several languages, imported."""
    come_in(session, clock, author, *(item(name, "short_text", stem=STEMS[name]) for name in STEMS))


def come_in(session, clock, author, *items, **about):
    """Import items into the small bank."""
    loaded = load_files(files(*items, bank={**BANK, **about}))
    report = bank.import_bank(session, clock, author, loaded)
    assert report.accepted, report


def ids(session, author, query="", **more):
    """The items that an address asks for."""
    found = bank.search_items(session, author, "small", view_of(query), **more)
    return [line.item_id for line in found.lines]


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("marmalade", ["W-1"]),
        ("MARMA", ["W-1"]),
        ("malade", []),
        ("12.5", ["W-1"]),
        ("12", ["W-1"]),
        ("w-3", ["W-3"]),
        ("grosse strasse", ["W-2"]),
        ("wurf", ["W-2"]),
        ("東", ["W-3"]),
        ("京都", ["W-3"]),
        ("京東", []),
        ("हिन्", ["W-4"]),
        ("what's", ["W-5"]),
        ("well-known", ["W-5"]),
        ('"phrase"', ["W-5"]),
        ("phrase OR NOT quoted", ["W-5"]),
        ("-phrase", ["W-5"]),
        ("phrase -marmalade", []),
        ("(quoted*", ["W-5"]),
        ("stem:phrase", []),
        ("!!!", []),
    ],
)
def test_words_find_items_as_people_type_them(session, author, words_bank, words, found):
    """
    Prefixes of words in any script; quotes, a minus and operators are signs and words like others.
    """
    looked = bank.search_items(session, author, "small", ItemView(words=words))

    assert [line.item_id for line in looked.lines] == found
    assert looked.n_found == len(found)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=80))
def test_no_search_is_an_error(session, author, words_bank, words):
    """
    Whatever is typed finds some items or none.
    """
    assert set(ids(session, author, ItemView(words=words[:80]).query())) <= set(STEMS)


def test_rationales_find_items_for_those_who_may_read_them(session, clock, author):
    """
    A word of a rationale finds its item, and not for somebody who is kept from keys.
    """
    come_in(session, clock, author, item("S-1", "short_text", rationale="Because of the kumquat."))

    assert ids(session, author, "q=kumquat") == ["S-1"]
    assert ids(session, author, "q=kumquat", explained=False) == []
    assert ids(session, author, "q=summary", explained=False) == ["S-1"]


def test_a_new_version_is_found_by_its_own_words(session, clock, author, words_bank):
    """
    The words before are forgotten, answers to the question before are no figures of this one.
    """
    expert = accounts.system_actor()
    used = ItemUsage("W-1", n=40, p=0.5, flags=("weak",), forms=2, candidates=40)
    bank.keep_usage(session, clock, expert, "small", [used])
    clock.forward(minutes=5)

    come_in(session, clock, author, item("W-1", "short_text", version=2, stem="Which quince?"))

    line = bank.search_items(session, author, "small", ItemView(words="quince")).lines[0]
    assert ids(session, author, "q=marmalade") == []
    assert (line.version, line.n, line.p, line.flags) == (2, None, None, ())
    assert (line.forms, line.candidates) == (2, 40)
    assert line.changed_at - line.added_at == timedelta(minutes=5)


def test_filters_and_order(session, clock, author, words_bank):
    """
    Bounds are included, what has no figure is last either way, and yes and no part the items.
    """
    usage = [
        ItemUsage("W-1", n=50, p=0.25, flags=("weak", "hard"), last_used_at=clock.now()),
        ItemUsage("W-2", n=50, p=0.75, flags=("weaker",)),
        ItemUsage("W-4", n=60, p=0.5, forms=1),
    ]
    bank.keep_usage(session, clock, accounts.system_actor(), "small", usage)
    day = clock.now().date()

    assert ids(session, author, "p_from=0.25&p_to=0.5") == ["W-1", "W-4"]
    assert ids(session, author, "flag=weak") == ["W-1"]
    assert ids(session, author, "sort=p") == ["W-1", "W-4", "W-2", "W-3", "W-5"]
    assert ids(session, author, "sort=p&order=down") == ["W-2", "W-4", "W-1", "W-3", "W-5"]
    assert ids(session, author, f"used_from={day}&used_to={day}") == ["W-1"]
    assert ids(session, author, f"used_from={day + timedelta(days=1)}") == []
    assert ids(session, author, f"added_to={day - timedelta(days=1)}") == []
    assert ids(session, author, "type=short_text&level=recall") == []
    assert ids(session, author, "stimulus=yes") == []
    assert ids(session, author, "sort=item&order=down&q=w")[0] == "W-5"
    assert ids(session, author, "used_to=9999-12-31") == ["W-1"]


def test_findings_part_the_items(session, clock, author):
    """
    Held are those with an error; a rule's name lists what it found, as the page does beside them.
    """
    *others, last = item("S-2", "multiple_response")["options"]
    options = [*others, {**last, "text": "All of the above"}]
    held = item("S-2", "multiple_response", options=options)
    come_in(session, clock, author, item("S-1", "single_choice"), held)

    line = bank.search_items(session, author, "small", view_of("held=yes")).lines[0]

    assert (line.item_id, line.held) == ("S-2", True)
    assert "catch_all_options" in line.findings
    assert ids(session, author, "held=no") == ["S-1"]
    assert ids(session, author, "finding=catch_all_options") == ["S-2"]
    assert ids(session, author, "finding=no_such_rule") == []
    assert bank.bank_in_short(session, author, "small").totals.n_held == 1


def test_pages_are_cut_and_never_beyond_the_last(session, clock, author):
    """
    The second page goes on where the first ended, and a page that is not there is the last.
    """
    some = [item(f"P-{n:03}", "short_text", stem=f"Which of number {n}?") for n in range(120)]
    come_in(session, clock, author, *some)

    first, second, far = (
        bank.search_items(session, author, "small", view_of(f"page={n}")) for n in (1, 2, 99)
    )
    everything = bank.every_item(session, author, "small", view_of("page=2&sort=item&order=down"))

    assert (first.n_found, first.n_pages) == (120, 3)
    assert [first.lines[-1].item_id, second.lines[0].item_id] == ["P-049", "P-050"]
    assert (far.view.page, len(far.lines)) == (3, 20)
    assert [line.item_id for line in everything] == [f"P-{n:03}" for n in range(119, -1, -1)]


def test_adopted_parameters_stand_beside_their_items(session, clock, author, words_bank):
    """
    The newest set counts alone; of an item with steps, b is their mean.
    """
    expert = accounts.system_actor()
    entries = [
        {"item_id": "W-1", "a": 1.25, "b": -0.5, "c": 0.2},
        {"item_id": "W-2", "a": 0.75, "steps": [0.0, 1.0]},
    ]
    for items in (entries[:1], entries[1:]):
        clock.forward(minutes=1)
        body = {"schema": "examengine/item-parameters/1", "model": "2pl", "items": items}
        bank.adopt_parameters(
            session, clock, expert, "small", body=body, run_id=UUID(int=7), run_digest="x",
            reason="For a test.",
        )  # fmt: skip

    lines = bank.search_items(session, author, "small", view_of("sort=b")).lines
    assert [(one.item_id, one.a, one.b) for one in lines][:2] == [
        ("W-2", 0.75, 0.5),
        ("W-1", None, None),
    ]


def test_the_index_can_be_made_anew(session, clock, author, words_bank):
    """
    What was lost of the index comes back from the versions, the language of the bank included.
    """
    before = bank.search_items(session, author, "small", ItemView()).lines
    session.execute(text("DELETE FROM item_words"))
    session.execute(text("UPDATE indexed_item SET heading = 'lost'"))
    session.expire_all()
    assert ids(session, author, "q=marmalade") == []

    assert bank.index_again(session, author, "small") == 5

    assert bank.search_items(session, author, "small", ItemView()).lines == before
    assert ids(session, author, "q=marmalade") == ["W-1"]


def test_items_follow_the_language_of_their_bank(session, clock, author, words_bank):
    """
    A bank that was called English by mistake is corrected, and with it every item.
    """
    come_in(session, clock, author, item("W-9", "short_text"), language="de")

    assert len(ids(session, author, "language=de")) == 6


def test_what_is_deleted_with_its_organisation_is_found_no_more(engine, clock, session, words_bank):
    """
    The databases' own indexes of words lose what the table loses.
    """
    connection = session.connection()
    delete_rows_of(connection, db.FIRST_ORGANISATION)

    assert connection.execute(text("SELECT count(*) FROM item_words")).scalar_one() == 0
    if engine.dialect.name == "sqlite":
        asked = text("SELECT count(*) FROM item_search WHERE item_search MATCH 'marmalade'")
        assert connection.execute(asked).scalar_one() == 0


def test_a_text_that_is_being_written_finds_what_it_resembles(session, clock, author, words_bank):
    """
    Nearly the same stem names the item with its share; a text of two words is refused.
    """
    long = "A shop counts its visitors on each day of one week and writes all numbers down."
    come_in(session, clock, author, item("S-1", "single_choice", stem=long))

    alike = bank.similar_to(session, author, "small", long.replace("shop", "library"))

    assert [one.item_id for one in alike] == ["S-1"]
    assert alike[0].share == pytest.approx(12 / 14)
    assert bank.similar_to(session, author, "small", "quite other words than there are") == ()
    with pytest.raises(TextTooShort):
        bank.similar_to(session, author, "small", "two words")


@pytest.mark.parametrize("role", [Role.CANDIDATE, Role.AWARDING_OFFICER, Role.INVIGILATOR])
def test_others_find_nothing(session, words_bank, person, role):
    """
    Whoever may not read items may neither list, count, compare nor export them.
    """
    who = person(role)

    for ask in (
        lambda: bank.search_items(session, who, "small", ItemView()),
        lambda: bank.every_item(session, who, "small", ItemView()),
        lambda: bank.bank_in_short(session, who, "small"),
        lambda: bank.similar_to(session, who, "small", "one two three"),
        lambda: bank.index_again(session, who, "small"),
        lambda: bank.views_of(session, who, "small"),
    ):
        with pytest.raises(NotAllowed):
            ask()
