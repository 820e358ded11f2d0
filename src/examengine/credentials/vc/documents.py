"""Where a verifier looks up what a credential only names: DID documents, key sets, status lists.

Nothing here reaches the network. A verifier is given what it may know, as bytes by URL; what it
was not given it cannot tell.
"""

from collections.abc import Iterable, Mapping
from typing import Protocol

from examengine.credentials.vc import did, limits
from examengine.credentials.vc.errors import NotCredentialJson
from examengine.credentials.vc.reading import parse_list


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


NO_DOCUMENTS = GivenDocuments({})


class FirstFound:
    """Documents of several sources: the first that has one at an address answers for it."""

    def __init__(self, *sources: Documents):
        self._sources = sources

    def get(self, url: str) -> bytes | None:
        """Return what stands at `url` in the first source that has it, or None."""
        found = (source.get(url) for source in self._sources)
        return next((content for content in found if content is not None), None)


class LookedUpOnce:
    """Documents that are looked up once each, and not more of them than one credential needs."""

    def __init__(self, documents: Documents):
        self._documents = documents
        self._found: dict[str, bytes | None] = {}

    def get(self, url: str) -> bytes | None:
        """Return what stands at `url`, or None; also None once too many were asked for."""
        if url not in self._found:
            if len(self._found) >= limits.MOST_LOOKUPS:
                return None
            self._found[url] = self._documents.get(url)
        return self._found[url]


def from_files(contents: Iterable[bytes]) -> GivenDocuments:
    """Return documents found by the `id` they state: what a downloaded copy still knows of itself.

    Raises:
        NotCredentialJson: One of them is not a JSON object, or states no `id`.
    """
    by_url = {}
    for content in contents:
        stated = parse_list(content).get("id")
        if not isinstance(stated, str):
            raise NotCredentialJson("no_id", "a DID document or a status list states its `id`")
        url = did.document_url(stated) if stated.startswith("did:web:") else stated
        by_url[url] = content
    return GivenDocuments(by_url)
