"""What a page shows of the organisation it is of: name and logo at its head, times in its zone."""

from dataclasses import dataclass, replace

from fastapi import Request

from examengine.accounts import Visit
from examengine.credentials import AwardingBody


@dataclass(frozen=True, slots=True)
class Masthead:
    """The organisation, as a page shows it.

    Attributes:
        name: What it is called; None where nobody has named it and there is no other, so that
            nobody needs telling.
        logo: The address of its logo; None where it has none.
        time_zone: The zone in which times are shown and taken, such as `Europe/Vienna`.
        switchable: Whether whoever is signed in has a part in another one, too.
    """

    name: str | None = None
    logo: str | None = None
    time_zone: str = "UTC"
    switchable: bool = False


PLAIN = Masthead()
"""For pages of the installation, and where nothing could be asked."""


def masthead_for(visit: Visit, body: AwardingBody) -> Masthead:
    """Return what the pages of whoever is signed in bear."""
    several = visit.n_organisations > 1
    own = _masthead_of_body(body)
    return replace(own, name=body.name if several else own.name, switchable=visit.n_own > 1)


def bear(request: Request, body: AwardingBody) -> None:
    """Let a page that everybody may see bear the organisation it is of.

    Whoever is signed in keeps the head of where they are: it leads to their own pages.
    """
    if getattr(request.state, "visitor", None) is None:
        request.state.masthead = _masthead_of_body(body)


def masthead_of(request: Request) -> Masthead:
    """Return what the page of this request bears; plain where nobody was asked for yet."""
    return getattr(request.state, "masthead", PLAIN)


def _masthead_of_body(body: AwardingBody) -> Masthead:
    named = body.named if body.logo_digest is None else body.name
    return Masthead(named, body.logo_path, body.time_zone)
