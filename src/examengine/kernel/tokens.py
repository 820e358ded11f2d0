"""Secrets that are handed out once and stored only as digests."""

import hashlib
import hmac
import secrets


def new_token() -> str:
    """Return 256 random bits, safe in a cookie or a link."""
    return secrets.token_urlsafe(32)


def token_digest(token: str) -> str:
    """Return what is stored of a token: enough to know it again, not enough to use it."""
    return hashlib.sha256(token.encode()).hexdigest()


def derived(token: str, purpose: str) -> str:
    """Return a second secret that only the holder of `token` can have, for one purpose."""
    return hmac.new(token.encode(), purpose.encode(), hashlib.sha256).hexdigest()


def same(left: str, right: str) -> bool:
    """Compare two secrets in a time that does not tell how much of them agrees."""
    return hmac.compare_digest(left.encode(), right.encode())
