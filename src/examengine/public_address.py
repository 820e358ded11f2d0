"""The address people use, in the one form that credentials carry for ever.

It becomes the awarding body's `did:web`, and stands in every credential, so it is settled before
the first is signed: lower case, an international name in its ASCII form, no default port, nothing
behind the host. What cannot be served, or cannot be a `did:web`, is refused in one sentence.

References:
    W3C CCG, did:web Method Specification, § 2.1; RFC 5890–5895 and UTS 46 (international names).
"""

import ipaddress
from urllib.parse import SplitResult, urlsplit

import idna

_DEFAULT_PORTS = {"http": 80, "https": 443}
_LONGEST = 253


def public_address(text: str) -> str:
    """Return an address in its one form: scheme, host, and a port that is not the usual one.

    Raises:
        ValueError: It cannot be used; the text says what is wrong with it, and never a password.
    """
    if text != text.strip() or any(letter.isspace() or not letter.isprintable() for letter in text):
        raise ValueError("holds a space or a character that cannot be seen")
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError as error:
        raise ValueError("is no web address") from error
    _check_form(parts, text)
    if port == 0:
        raise ValueError("names the port 0")
    shown = "" if port in (None, _DEFAULT_PORTS[parts.scheme]) else f":{port}"
    return f"{parts.scheme}://{_host(parts.hostname or '')}{shown}"


def is_loopback(address: str) -> bool:
    """Tell whether an address is one of this machine alone."""
    host = urlsplit(address).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def unfit_for_production(address: str) -> str | None:
    """Return why credentials that are no TEST must not carry an address; None when they may.

    What is signed on one's own machine is verified there, and nowhere else: it does no harm.
    """
    parts = urlsplit(address)
    if is_loopback(address):
        return None
    if parts.scheme != "https":
        return "is not https, and keys are published over https alone"
    try:
        ipaddress.ip_address(parts.hostname or "")
    except ValueError:
        return None
    return "is a number, and the keys of an awarding body are published under a name"


def _check_form(parts: SplitResult, text: str) -> None:
    if parts.scheme not in _DEFAULT_PORTS or not parts.hostname:
        raise ValueError("is no web address")
    if parts.username is not None or parts.password is not None:
        raise ValueError("holds a user's name or password, which everybody would read")
    if parts.query or "?" in text or parts.fragment or "#" in text:
        raise ValueError("goes on behind the host with ? or #")
    if parts.path.strip("/"):
        raise ValueError(
            "names a path, and pages are served at the root of a host: give it a host of its own"
        )


def _host(host: str) -> str:
    """Return a host in its one form: a number, or a name in lower-case ASCII."""
    try:
        number = ipaddress.ip_address(host)
    except ValueError:
        return _name(host.removesuffix("."))
    if getattr(number, "scope_id", None):
        raise ValueError("names a network card, which other machines do not know")
    return f"[{number}]" if number.version == 6 else str(number)


def _name(name: str) -> str:
    try:
        encoded = idna.encode(name, uts46=True, std3_rules=True).decode("ascii")
    except idna.IDNAError as error:
        raise ValueError("has a host that is no name") from error
    if len(encoded) > _LONGEST or encoded.rpartition(".")[2].isdecimal():
        raise ValueError("has a host that is no name")
    return encoded
