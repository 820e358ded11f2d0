"""Who signed a credential, seen from this installation, and what to be careful about.

A signature shows that a badge is as its signer made it, never who the signer is: anybody makes a
key, takes the name of an awarding body and signs. So what is said first is whose key it was, and
what a badge borrows from us without being ours is said in words.
"""

from collections.abc import Iterable
from enum import Enum
from urllib.parse import urlsplit

import idna

from examengine.accounts import as_seen, name_look
from examengine.credentials.awarding_body import AwardingBody
from examengine.credentials.vc.did import document_url
from examengine.credentials.vc.report import Report, Statement

_TELLING = 5
"""Letters from which on a name inside another one is no accident."""


class SignedBy(Enum):
    """Whose key it was."""

    OURS = "this_awarding_body"
    ELSEWHERE = "another_issuer"
    """The key is published under an address, so whoever holds that address signed."""
    A_KEY = "a_key_alone"
    """A `did:key`: it belongs to whoever made it, and says nothing about them."""
    NOT_SHOWN = "not_shown"


def signed_by(report: Report, body: AwardingBody) -> SignedBy:
    """Return whose key signed, as far as the report found it to be the issuer's."""
    if report.issuer is None:
        return SignedBy.NOT_SHOWN
    if report.issuer == body.did:
        return SignedBy.OURS
    return SignedBy.A_KEY if report.issuer.startswith("did:key:") else SignedBy.ELSEWHERE


def cautions(report: Report, body: AwardingBody, our_names: Iterable[str]) -> tuple[str, ...]:
    """Return the codes of what a reader should be careful about.

    Args:
        report: What a verification found.
        body: This installation's awarding body.
        our_names: The names of the achievements that are awarded here.
    """
    stated = report.stated
    if stated is None or signed_by(report, body) is SignedBy.OURS:
        return ()
    found = (
        ("bears_our_name", stated.issuer != body.did and _alike(stated.issuer_name, body.name)),
        ("bears_our_achievement", stated.issuer != body.did and _ours(stated, body, our_names)),
        ("address_like_ours", _like_our_address(stated, body)),
        ("signer_unknown", signed_by(report, body) is SignedBy.A_KEY),
        ("created_elsewhere", _created_elsewhere(stated)),
    )
    return tuple(code for code, holds in found if holds)


def _ours(stated: Statement, body: AwardingBody, our_names: Iterable[str]) -> bool:
    """Return whether the badge names an achievement as ours are named."""
    here = (stated.achievement or "").casefold().startswith(f"{body.public_url}/".casefold())
    named = any(_alike(stated.achievement_name, name) for name in our_names)
    return here or named or stated.creator == body.did


def _like_our_address(stated: Statement, body: AwardingBody) -> bool:
    """Return whether issuer or achievement live at another address that looks like ours."""
    ours = _domain(body.public_url)
    named = {_domain(stated.issuer), _domain(stated.achievement)} - {None, ours}
    look = as_seen(_unicode(ours or ""))
    return any(as_seen(_unicode(domain or "")) == look for domain in named)


def _created_elsewhere(stated: Statement) -> bool:
    """Return whether the achievement belongs to another domain than the issuer does."""
    issuer = _domain(stated.issuer)
    named = {_domain(stated.achievement), _domain(stated.creator)} - {None}
    differing = stated.creator is not None and stated.creator != stated.issuer
    if issuer is None:  # a key alone is of no domain: then any domain is another one
        return bool(named) or differing
    return any(domain != issuer for domain in named)


def _domain(identity: str | None) -> str | None:
    """Return the host that answers for an identifier, or None when no host does."""
    if identity is None:
        return None
    try:
        address = document_url(identity) if identity.startswith("did:web:") else identity
        host = urlsplit(address).hostname
    except ValueError:
        return None
    return host.removeprefix("www.") if isinstance(host, str) else None


def _alike(left: str | None, right: str) -> bool:
    """Return whether one name is, or contains, the other to the eye."""
    shorter, longer = sorted((name_look(left or ""), name_look(right)), key=len)
    return shorter == longer or (len(shorter) >= _TELLING and shorter in longer)


def _unicode(domain: str) -> str:
    """Return a host as a browser may show it: international names in their own letters."""
    try:
        return idna.decode(domain)
    except (idna.IDNAError, UnicodeError):
        return domain
