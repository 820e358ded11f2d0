"""The awarding body of one installation: its name, its addresses, its keys."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from examengine.credentials.achievements import Issuer
from examengine.credentials.did import did_document, did_web
from examengine.credentials.keys import KeyRing, load_keys
from examengine.credentials.signing import Signer


@dataclass(frozen=True, slots=True)
class AwardingBody:
    """Who awards here. Keys are read when they are used, so that rotating them needs no restart.

    Attributes:
        public_url: The address of this installation; credentials carry it for ever.
        keys: The folder of the signing keys.
        named: What people call the awarding body; without it, its host stands in.
    """

    public_url: str
    keys: Path
    named: str | None = None

    @property
    def name(self) -> str:
        """What people call it."""
        return self.named or f"Awarding body at {urlsplit(self.public_url).netloc}"

    @property
    def did(self) -> str:
        """Its decentralised identifier."""
        return did_web(self.public_url)

    def issuer(self) -> Issuer:
        """Return it as a credential names it."""
        return Issuer(self.did, self.name, self.public_url)

    def key_ring(self) -> KeyRing:
        """Return its keys.

        Raises:
            KeyUnusable: There is none, or one is badly kept.
        """
        return load_keys(self.keys, self.did)

    def signer(self) -> Signer:
        """Return who signs: the newest key.

        Raises:
            KeyUnusable: There is no key that can sign.
        """
        return self.key_ring().signer

    def did_document(self) -> dict[str, Any]:
        """Return the document that lists all its keys.

        Raises:
            KeyUnusable: There is no key to list.
        """
        return did_document(self.did, self.key_ring().published)

    def achievement_url(self, exam_id: str) -> str:
        """Return the address of the page about what passing an exam means."""
        return f"{self.public_url}/achievements/{exam_id}"

    def image_url(self, exam_id: str, *, test: bool) -> str:
        """Return the address of an achievement's picture."""
        return f"{self.achievement_url(exam_id)}/{'test' if test else 'badge'}.png"

    def status_list_url(self, number: int) -> str:
        """Return the address of a status list."""
        return f"{self.public_url}/status/{number}"

    def credential_url(self, credential_id: UUID) -> str:
        """Return the address of the page of a credential."""
        return f"{self.public_url}/credentials/{credential_id}"
