"""Twelve items of nine types in a real browser, from nothing to approved, by three people.

One of the items is refused with a comment, written anew, compared with what it was, and passes.
"""

import pytest
import yaml
from playwright.sync_api import Page, expect

from examengine import bank
from tests.bank.small_bank import item
from tests.journeys.test_review import CHECKS, SIZES, people, signed_in, sound

__all__ = ["people"]

pytestmark = pytest.mark.browser

HERE = "/bank/small"
WRITTEN = {
    **{f"J-{n}": "single_choice" for n in (1, 2, 3)},
    **{f"J-{n}": "numeric_entry" for n in (4, 5)},
    "J-6": "multiple_response",
    "J-7": "short_text",
    "J-8": "matching",
    "J-9": "ordering",
    "J-10": "matrix",
    "J-11": "inline_choice",
    "J-12": "slider",
}
REFUSED = "J-2"


def write(page: Page, item_id: str, item_type: str) -> None:
    """Begin an item, write it as YAML beside its form, and make its first version."""
    page.goto(f"{HERE}/drafts")
    page.get_by_label("Id", exact=True).fill(item_id)
    page.get_by_label("Type").select_option(item_type)
    page.get_by_role("button", name="Begin to write").click()
    page.get_by_role("link", name="YAML").click()
    content = item(item_id, item_type)
    written = {**content, "stem": f"{content['stem']} Say it for case {item_id}."}
    page.get_by_label("The file of the item").fill(yaml.safe_dump(written, sort_keys=False))
    page.get_by_role("button", name="Save draft").click()
    expect(page.get_by_text("Draft saved").first).to_be_visible()
    page.get_by_role("link", name="Form").click()
    make_version(page, "First version")


def make_version(page: Page, reason: str) -> None:
    """Make a version of what stands in the form."""
    page.get_by_role("button", name="Make a version …").click()
    page.get_by_label("Why this version is made").fill(reason)
    page.locator("form", has=page.locator("[name=reason]")).get_by_role("button").first.click()
    expect(page.get_by_role("cell", name=reason)).to_be_visible()


def move_all(page: Page, state: str, target: str, said: str) -> None:
    """Move all items of a state at once, once the page has shown what would become of them."""
    page.goto(f"{HERE}/moves?state={state}&all=yes")
    page.get_by_label("To", exact=True).select_option(target)
    page.get_by_role("button", name="Show what would move").click()
    form = page.get_by_role("form", name="Move them")
    for box in form.get_by_role("checkbox").all():
        box.check()
    sound(page)
    form.get_by_role("button").click()
    expect(page.get_by_text(said, exact=True).first).to_be_visible()


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_twelve_items_are_written_reviewed_and_approved(chromium, server, people, width, height):
    """
    Eleven pass at once; the twelfth comes back with a comment, and passes as its second version.
    """
    author, one, two = (
        signed_in(chromium, server, name, width, height) for name in ("author", "rob", "rue")
    )
    for item_id, item_type in WRITTEN.items():
        write(author, item_id, item_type)
    sound(author)
    move_all(author, "draft", "In review", "13 items moved")

    one.goto(f"{HERE}/items/{REFUSED}/review")
    one.get_by_role("textbox", name="Comment").fill("“Case” says nothing to a candidate.")
    one.get_by_role("combobox", name="About").select_option("stem")
    one.get_by_role("button", name="Comment", exact=True).click()
    one.get_by_role("form", name="Being edited").get_by_role("button").click()
    expect(one.get_by_text("Being edited", exact=True).first).to_be_visible()
    sound(one)
    move_all(one, "review", "Approved", "12 items agreed to")

    author.goto(f"{HERE}/items/{REFUSED}/review")
    expect(author.get_by_text("“Case” says nothing to a candidate.")).to_be_visible()
    author.goto(f"{HERE}/items/{REFUSED}")
    author.get_by_role("button", name="Edit").first.click()
    author.get_by_role("textbox", name="Question").first.fill("Which of these is right?")
    make_version(author, "Without the case")
    author.goto(f"{HERE}/items/{REFUSED}")
    author.get_by_role("link", name="Compare versions").click()
    expect(author.get_by_text("Which of these is right?").first).to_be_visible()
    expect(author.get_by_text(f"Say it for case {REFUSED}.").first).to_be_visible()
    sound(author)
    author.goto(f"{HERE}/items/{REFUSED}/review")
    author.get_by_role("button", name="Dealt with").click()
    author.get_by_role("form", name="In review").get_by_role("button").click()

    move_all(two, "review", "Approved", "12 items moved")
    for page in (one, two):
        page.goto(f"{HERE}/items/{REFUSED}/review")
        form = page.get_by_role("form", name="Approved")
        if form.count() == 0:
            continue
        for box in form.get_by_role("checkbox").all():
            box.check()
        form.get_by_role("button").click()
    two.goto(f"{HERE}?state=approved")
    expect(
        two.get_by_text("13 of 13 items.").or_(two.get_by_text("13 items.")).first
    ).to_be_visible()
    sound(two)
    assert len(bank.DEFAULT_WORKFLOW.checklist) == CHECKS
    for page in (author, one, two):
        page.context.close()
