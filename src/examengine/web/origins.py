"""The address that people use: what a form must have come from, and what redirects lead to.

It is a setting. The `Host` of a request is what the last proxy wrote there.
"""

from urllib.parse import urlsplit

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
"""Names of this machine for itself: on a first look any of them will do."""
_PORTS = {"http": 80, "https": 443}

SchemeHostPort = tuple[str, str, int]
"""Scheme, host and port, as RFC 6454 compares them."""


class OwnOrigin:
    """The origin of the pages of this installation."""

    def __init__(self, public_url: str) -> None:
        address = urlsplit(public_url)
        self.scheme, self.host = address.scheme, address.netloc.lower()
        place = place_of(public_url)
        if place is None:
            raise ValueError(f"{public_url!r} is no address of a web server")
        self._place = place

    def __str__(self) -> str:
        return f"{self.scheme}://{self.host}"

    def is_of(self, origin: str) -> bool:
        """Tell whether what a browser calls the origin of a request is ours."""
        place = place_of(origin)
        if place is None:
            return False
        scheme, host, port = self._place
        if host in LOOPBACK and place[1] in LOOPBACK:
            return place[0] == scheme and place[2] == port
        return place == self._place


def place_of(origin: str) -> SchemeHostPort | None:
    """Return what an origin is compared by; None for what is none."""
    try:
        address = urlsplit(origin)
        if address.scheme not in _PORTS or not address.hostname:
            return None
        return address.scheme, address.hostname, address.port or _PORTS[address.scheme]
    except ValueError:  # no address at all, such as http://[::1
        return None
