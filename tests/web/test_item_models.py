"""The pages of item models: written as YAML, looked at as they are typed, and made into items."""

import html
import re

import pytest

from examengine import accounts, bank
from examengine.accounts import Role
from examengine.bank.formats import load_files
from tests.bank.small_bank import files, three_items
from tests.bank.test_item_models import model_text

MODELS = "/bank/small/models"


@pytest.fixture
def author(visitors, clock):
    """An author who is signed in, and has begun a model."""
    found = visitors.add(Role.AUTHOR, name="Ada Author")
    with visitors.writing() as session:
        bank.import_bank(session, clock, accounts.system_actor(), load_files(files(*three_items())))
    visitors.enter(found)
    begun = visitors.send(MODELS, MODELS, model_id="M")
    assert begun.headers["location"] == f"{MODELS}/M"
    return found


def text_of(visitors):
    """The text that stands in the page of the model."""
    page = visitors.client.get(f"{MODELS}/M").text
    return html.unescape(re.search(r"<textarea[^>]*>\n(.*?)</textarea>", page, re.S)[1])


def test_a_model_begins_with_a_text_that_works(author, visitors):
    """
    The page of a new model shows its instances, three of them as candidates see them.
    """
    page = visitors.client.get(f"{MODELS}/M").text

    assert f'href="{MODELS}"' in visitors.client.get("/bank/small").text
    assert f'href="{MODELS}/M"' in visitors.client.get(MODELS).text
    assert page.count('name="struck"') == 6
    assert [f'aria-label="M-0{n}"' in page for n in range(1, 5)] == [True, True, True, False]
    assert "6 instances become versions" in page


def test_an_id_that_is_taken_comes_back(author, visitors):
    """
    What was typed stands in the form, with the reason.
    """
    refused = visitors.send(MODELS, MODELS, model_id="m")

    assert refused.status_code == 422
    assert "there is a model M already" in refused.text


def test_a_model_is_looked_at_while_it_is_written(author, visitors):
    """
    A script gets the instances of what is typed, faults and all; nothing is saved.
    """
    before = text_of(visitors)

    sent = {"text": model_text(seed=3), "struck": ["2"]}
    looked = visitors.swap(f"{MODELS}/M", f"{MODELS}/M/look", sent)
    faulty = visitors.swap(f"{MODELS}/M", f"{MODELS}/M/look", {"text": "id: M"})

    assert looked.text.lstrip().startswith('<div id="instances">')
    assert looked.text.count('name="struck"') == 4
    assert "left out" in looked.text
    assert "This is no model yet" in faulty.text
    assert "schema: must be examengine/item-model/1" in faulty.text
    assert text_of(visitors) == before


def test_instances_are_made_of_what_is_saved(author, visitors, clock):
    """
    Save, leave one out, say why: the others are items, and their pages name the model.
    """
    saved = visitors.send(f"{MODELS}/M", f"{MODELS}/M", text=model_text(), draft_seen="1")
    clock.forward(seconds=1)
    struck = {"text": text_of(visitors), "draft_seen": "2", "struck": ["2"]}
    left_out = visitors.send(f"{MODELS}/M", f"{MODELS}/M", **struck)
    clock.forward(seconds=1)
    address = f"{MODELS}/M/instances"
    unsaid = visitors.send(f"{MODELS}/M", address, draft_seen="3", reason="")
    made = visitors.send(f"{MODELS}/M", address, draft_seen="3", reason="For the spring forms.")

    assert saved.status_code == left_out.status_code == made.status_code == 303
    assert unsaid.status_code == 422
    item = visitors.client.get("/bank/small/items/M-01").text
    assert f'href="{MODELS}/M"' in item
    assert "town = <bdi>" in item
    assert visitors.client.get("/bank/small/items/M-02").status_code == 404
    listed = visitors.client.get("/bank/small?model=M&column=model").text
    assert "items/M-03" in listed
    assert "items/S-1" not in listed


def test_an_older_page_overwrites_nothing(author, visitors):
    """
    It is told who saved, and what was typed stands in its form.
    """
    visitors.send(f"{MODELS}/M", f"{MODELS}/M", text=model_text(), draft_seen="1")

    stale = visitors.send(f"{MODELS}/M", f"{MODELS}/M", text="seed: 5", draft_seen="1")

    assert stale.status_code == 409
    assert "Ada Author saved it" in stale.text
    assert "seed: 5" in stale.text
    assert text_of(visitors) == model_text()


def test_a_model_is_thrown_away(author, visitors):
    """
    Its page is gone, and the list is shown.
    """
    gone = visitors.send(f"{MODELS}/M", f"{MODELS}/M/discard", draft_seen="1")

    assert gone.headers["location"] == MODELS
    assert visitors.client.get(f"{MODELS}/M").status_code == 404


def test_a_reviewer_looks_and_is_offered_nothing(author, visitors):
    """
    Whoever does not write sees the instances, and no button that would be refused.
    """
    visitors.enter(visitors.add(Role.REVIEWER))

    page = visitors.client.get(f"{MODELS}/M")

    assert page.status_code == 200
    assert "M-01" in page.text
    assert "<button>Save" not in page.text
    assert "Make items" not in page.text
