"""A page, or the one block of it that HTMX asked for; the same template makes both."""

from collections.abc import Mapping
from functools import cache
from math import isnan
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from sqlmodel import Session

from examengine.accounts import Actor, Role
from examengine.resources import data_folder
from examengine.web import times
from examengine.web.masthead import masthead_of
from examengine.web.security import CSRF_FIELD, SAFE_METHODS, csrf_token


@cache
def page_templates() -> Environment:
    """Return the template environment of this process: escaping on, unknown names an error."""
    environment = Environment(
        loader=FileSystemLoader(data_folder("templates")),
        autoescape=select_autoescape(("html", "svg", "xml")),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,  # a page is made of up to ten files, each looked at for every answer
    )
    environment.filters.update(times.FILTERS)
    environment.filters["number"] = number
    environment.globals["Role"] = Role
    environment.globals["csrf_field"] = CSRF_FIELD
    return environment


def number(value: float | None, decimals: int = 2) -> str:
    """Return a number for a table: fixed decimals, a true minus sign, a dash for none."""
    if value is None or isnan(value):
        return "–"
    rounded = round(value, decimals) + 0.0  # no minus sign before a zero
    return f"{rounded:.{decimals}f}".replace("-", "−")


def render(
    templates: Environment, template: str, block: str | None, context: Mapping[str, Any]
) -> str:
    """Render a whole template, or one named block of it."""
    loaded = templates.get_template(template)
    if block is None:
        return loaded.render(context)
    within = loaded.new_context(dict(context))
    return "".join(loaded.blocks[block](within))


class Page:
    """Renders for one request: it knows who is asking and whether HTMX is."""

    def __init__(self, request: Request, templates: Environment, actor: Actor | None) -> None:
        self._request = request
        self._templates = templates
        self._actor = actor

    @property
    def time_zone(self) -> str:
        """The zone in which the page shows and takes times."""
        return masthead_of(self._request).time_zone

    def __call__(
        self,
        template: str,
        block: str | None = None,
        *,
        then: str | None = None,
        status: int = 200,
        **context: Any,
    ) -> Response:
        """Return the page; the block for HTMX; or, after a form, a redirect to `then`.

        Args:
            template: A file of `templates/`.
            block: What HTMX swaps. Without it HTMX gets the whole page too.
            then: Where a form goes after it was taken, unless HTMX has a block to swap.
            status: The status of a page that is shown.
            context: What the template may see.
        """
        asked = self._request.headers
        # When HTMX goes back in the history it needs the whole page again, not a block of it.
        by_htmx = asked.get("hx-request") == "true" and "hx-history-restore-request" not in asked
        if then is not None and not (by_htmx and block):
            return RedirectResponse(then, status_code=303)
        self._end_transaction(refused=status >= 400)
        shown = {**self._surroundings(), **context}
        html = render(self._templates, template, block if by_htmx else None, shown)
        return HTMLResponse(html, status_code=status, headers={"vary": "HX-Request"})

    def _end_transaction(self, *, refused: bool) -> None:
        """End the transaction of a form before its page is drawn.

        Nobody then waits for the drawing, what a page says was done is done, and a form that was
        refused leaves nothing behind.
        """
        transaction: Session | None = getattr(self._request.state, "transaction", None)
        if transaction is None or self._request.method in SAFE_METHODS:
            return
        if refused:
            transaction.rollback()
        else:
            transaction.commit()

    def _surroundings(self) -> dict[str, Any]:
        return {
            "actor": self._actor,
            "csrf": csrf_token(self._request.state.cookie),
            "masthead": masthead_of(self._request),
            "path": self._request.url.path,
        }
