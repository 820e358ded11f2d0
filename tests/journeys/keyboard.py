"""Answering a question with the keyboard alone, as somebody without a mouse does."""

from typing import Any

from playwright.sync_api import Page, expect

MOST_TABS = 120


class Focused:
    """What has the focus now."""

    def __init__(self, page: Page) -> None:
        self._page = page

    def read(self) -> dict[str, str]:
        """Return its tag, type, name, value and text."""
        found: dict[str, str] = self._page.evaluate(
            """() => {
                const at = document.activeElement;
                return {tag: at.tagName, type: at.type ?? "", name: at.name ?? "",
                        value: at.value ?? "", text: at.textContent.trim()};
            }"""
        )
        return found


def tab_until(page: Page, wanted: str, **having: str) -> None:
    """Press Tab until something with these properties has the focus.

    Raises:
        AssertionError: The keyboard never gets there.
    """
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        now = Focused(page).read()
        if all(having[name] in now[name] for name in having):
            return
    raise AssertionError(f"Tab never reaches {wanted}")


def follow(page: Page, text: str) -> None:
    """Go to a link or button by Tab, and press Enter."""
    tab_until(page, text, text=text)
    page.keyboard.press("Enter")


def answer(page: Page, response: Any) -> None:
    """Answer the question on the page with the keyboard, and wait until it is saved."""
    kind = page.locator("[data-response-kind]").get_attribute("data-response-kind")
    ANSWERS[kind or ""](page, response)
    expect(page.locator("#save")).to_contain_text("Saved")


def _match(page: Page, response: dict[str, str]) -> None:
    for prompt, option in response.items():
        _choose_in_list(page, f"response.{prompt}", option)


def _put_in_order(page: Page, response: list[str]) -> None:
    places = {option: str(place) for place, option in enumerate(response, start=1)}
    for name in page.locator("select").evaluate_all("all => all.map(each => each.name)"):
        _choose_in_list(page, name, places[name.removeprefix("response.")])


def _tick(page: Page, response: list[str]) -> None:
    for box in page.locator("input[type=checkbox]").all():
        tab_until(page, "a box", type="checkbox")
        if box.get_attribute("value") in response:
            page.keyboard.press("Space")


def _type(page: Page, response: str) -> None:
    tab_until(page, "the field", name="response")
    page.keyboard.type(response)


def _judge(page: Page, response: dict[str, str]) -> None:
    for statement, option in response.items():
        _choose_radio(page, option, f"response.{statement}")


def _choose_in_list(page: Page, name: str, value: str) -> None:
    tab_until(page, name, name=name)
    for _ in range(20):
        if Focused(page).read()["value"] == value:
            return
        page.keyboard.press("ArrowDown")
    raise AssertionError(f"{value} is not in the list {name}")


def _choose_radio(page: Page, value: str, name: str = "response") -> None:
    tab_until(page, "the options", name=name)
    if Focused(page).read()["value"] == value:
        page.keyboard.press("Space")
        return
    for _ in range(10):
        page.keyboard.press("ArrowDown")
        if Focused(page).read()["value"] == value:
            return
    raise AssertionError(f"{value} is not among the options")


ANSWERS = {
    "single": _choose_radio,
    "multiple": _tick,
    "text": _type,
    "number": _type,
    "point": _type,
    "essay": _type,
    "map": _match,
    "grid": _judge,
    "regions": _tick,
    "order": _put_in_order,
}
