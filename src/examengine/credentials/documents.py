"""Where a verifier looks up what a credential only names: DID documents, key sets, status lists.

Nothing here reaches the network. A verifier is given what it may know, as bytes by URL; what it
was not given it cannot tell.
"""

from collections.abc import Iterable, Mapping
from typing import Protocol

from examengine.credentials import did, parsing
from examengine.credentials.errors import NotCredentialJson


class Documents(Protocol):
    """Finds published documents by their URL."""

    def get(self, url: str) -> bytes | None:
        """Return the bytes published at `url`, or None when they cannot be had."""
        ...


class GivenDocuments:
    """The documents that somebody put beside the credential."""

    def __init__(self, by_url: Mapping[str, bytes]):
        self._by_url = dict(by_url)

    def get(self, url: str) -> bytes | None:
        """Return the bytes given for `url`, or None."""
        return self._by_url.get(url)


def from_files(contents: Iterable[bytes]) -> GivenDocuments:
    """Return documents found by the `id` they state: what a downloaded copy still knows of itself.

    Raises:
        NotCredentialJson: One of them is not a JSON object, or states no `id`.
    """
    by_url = {}
    for content in contents:
        stated = parsing.parse(content).get("id")
        if not isinstance(stated, str):
            raise NotCredentialJson("no_id", "a DID document or a status list states its `id`")
        url = did.document_url(stated) if stated.startswith("did:web:") else stated
        by_url[url] = content
    return GivenDocuments(by_url)
