"""What this installation publishes, answered without asking itself over the network."""

from collections.abc import Callable

from examengine.credentials.awarding_body import AwardingBody
from examengine.credentials.errors import StatusListNotFound
from examengine.credentials.issuing import press as release
from examengine.credentials.vc.did import document_url


class OwnDocuments:
    """The DID document and the status lists of one awarding body, as they are at this moment."""

    def __init__(self, body: AwardingBody, status_list: Callable[[int], bytes]):
        self._body = body
        self._status_list = status_list

    def get(self, url: str) -> bytes | None:
        """Return what stands at `url`, or None when it is not ours or not there."""
        if url == document_url(self._body.did):
            return release.as_bytes(self._body.did_document())
        number = url.removeprefix(self._body.status_list_url(0)[:-1])
        # `isdecimal` alone would take digits of every script.
        if number == url or not (number.isascii() and number.isdecimal()) or len(number) > 9:
            return None
        try:
            return self._status_list(int(number))
        except StatusListNotFound:
            return None
