"""How often a sign-in may be tried, and by whose budget: pure. Decision record 8 says why.

Every try is counted before its password is looked at. Which budgets it is counted against follows
from what the browser brings along, never from whether the account exists.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from ipaddress import IPv4Address, IPv6Address, ip_address

LONGEST_SOURCE = 64


@dataclass(frozen=True, slots=True)
class Budget:
    """So many tries in a window of time, which begins with the first of them."""

    name: str
    most: int
    window: timedelta


ACCOUNT_FROM_SOURCE = Budget("account-source", 5, timedelta(minutes=5))
"""One account from one address of the network: somebody types it wrong, or guesses."""
ACCOUNT = Budget("account", 200, timedelta(hours=1))
"""One account from everywhere: guessing that comes from many addresses."""
SOURCE = Budget("source", 1500, timedelta(minutes=15))
"""All accounts from one address: five typing errors each of a room of three hundred fit in."""
KNOWN_BROWSER = Budget("known-browser", 10, timedelta(minutes=15))
"""One account in a browser in which its owner has signed in before: no stranger can use it up."""
ENTRY_CODE = Budget("entry-code", 10, timedelta(minutes=15))
"""One account with the code that the invigilator gave to its owner."""
OWN_PASSWORD = Budget("own-password", 20, timedelta(minutes=15))
"""Changing one's own password: the present one is a guess, and a new one takes time to judge."""
FIRST_TOKEN = Budget("first-token", 20, timedelta(minutes=15))
"""The token for the first administrator, from everywhere: 256 bits need no more."""
TOLD = Budget("told", 0, timedelta(hours=1))
"""Counts what goes into the trail; nothing is refused by it."""


@dataclass(frozen=True, slots=True)
class Count:
    """One count that a try belongs to.

    Attributes:
        budget: How many there may be.
        key: A digest of whom or what is counted: the table names nobody.
    """

    budget: Budget
    key: str


def count_of(budget: Budget, *of: object) -> Count:
    """Return the count of a budget for these things, each in its own place."""
    text = "\x1f".join((budget.name, *map(str, of)))
    return Count(budget, hashlib.sha256(text.encode()).hexdigest())


def counts_of_stranger(email: str, source: str) -> tuple[Count, ...]:
    """Return what a try from a browser that is not known counts against, in this order.

    A try that one of them refuses counts against none that comes after it. So whoever hammers at
    one account from one place soon uses up nothing but that.
    """
    return (
        count_of(ACCOUNT_FROM_SOURCE, email, source),
        count_of(ACCOUNT, email),
        count_of(SOURCE, source),
    )


def source_of(host: str | None) -> str:
    """Return what counts as one place of the network: an IPv4 address, an IPv6 network of 64 bits.

    Whoever has one IPv6 address has 2⁶⁴ of them.
    """
    text = (host or "unknown").partition("%")[0][:LONGEST_SOURCE]
    try:
        address: IPv4Address | IPv6Address = ip_address(text)
    except ValueError:
        return text
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped is not None:
            return str(address.ipv4_mapped)
        return f"{IPv6Address(int(address) >> 64 << 64)}/64"
    return str(address)


def worth_telling(count: int) -> bool:
    """Tell whether the trail gets a line at this count: at 1, 5, 10, 50, 100, 500 and so on.

    So the trail knows how much there was, and no attack can fill it.
    """
    return str(count).rstrip("0") in {"1", "5"}


def over(counts: Sequence[Count], stood: dict[str, int]) -> Count | None:
    """Return the first count that leaves no further try, or None.

    Args:
        counts: What the try belongs to.
        stood: How far each key has come in its present window.
    """
    return next((one for one in counts if stood.get(one.key, 0) >= one.budget.most), None)
