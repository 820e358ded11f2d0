"""Whether a client asks for a page or for the document behind it."""

_JSON = ("application/vc+ld+json", "application/vc", "application/ld+json", "application/json")


def prefers_json(accept: str) -> bool:
    """Return whether an Accept header asks for JSON before it asks for a page.

    Browsers name `text/html` first; programs that follow a credential's address name JSON alone
    or before HTML. Weights are not weighed: their order says enough.
    """
    named = [part.partition(";")[0].strip().lower() for part in accept.split(",")]
    page = named.index("text/html") if "text/html" in named else len(named)
    return any(kind in _JSON for kind in named[:page])


def prefers_page(accept: str) -> bool:
    """Return whether an Accept header asks for a page; whoever names none is a program."""
    named = [part.partition(";")[0].strip().lower() for part in accept.split(",")]
    return "text/html" in named and not prefers_json(accept)
