"""What stands at the head of a page besides who is signed in: the organisation it is of."""

from dataclasses import dataclass

from fastapi import Request

from examengine.accounts import Visit
from examengine.credentials import AwardingBody


@dataclass(frozen=True, slots=True)
class Masthead:
    """The organisation, as the head of a page shows it.

    Attributes:
        name: What it is called; None where the installation has no other, and none need be told
            from any.
        switchable: Whether whoever is signed in has a part in another one, too.
    """

    name: str | None = None
    switchable: bool = False


PLAIN = Masthead()
"""For whoever is not signed in, and where nothing could be asked."""


def masthead_for(visit: Visit, body: AwardingBody) -> Masthead:
    """Return what the pages of whoever is signed in bear."""
    several = visit.n_organisations > 1
    return Masthead(body.name if several else None, switchable=visit.n_own > 1)


def masthead_of(request: Request) -> Masthead:
    """Return what the pages of this request bear; plain where nobody was asked for yet."""
    return getattr(request.state, "masthead", PLAIN)
