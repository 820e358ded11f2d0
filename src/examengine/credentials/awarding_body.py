"""An awarding body: its name, its addresses, its keys.

An installation begins with one, whose address is that of the installation. Others that share it are
organisations of a code, `/o/<code>` below that address, with a DID and keys of their own.
"""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from examengine.accounts import Organisation
from examengine.credentials.badge.achievements import Issuer
from examengine.credentials.errors import KeyUnusable
from examengine.credentials.keys.ring import KeyRing, OwnKey, load_keys
from examengine.credentials.vc.did import did_document, did_web
from examengine.db import FIRST_ORGANISATION
from examengine.kernel.signer import Signer
from examengine.public_address import unfit_for_production


@dataclass(frozen=True, slots=True)
class AwardingBody:
    """Who awards here. Keys are read when they are used, so that rotating them needs no restart.

    Attributes:
        public_url: The address of this installation; credentials carry it for ever.
        keys: The folder of the signing keys.
        named: What people call the awarding body; without it, its host stands in.
        organisation_id: The organisation whose credentials it signs.
        path: What its addresses begin with below that of the installation; nothing for the first.
        language: The language of what it awards.
    """

    public_url: str
    keys: Path
    named: str | None = None
    organisation_id: UUID = FIRST_ORGANISATION
    path: str = ""
    language: str = "en"

    def of(self, organisation: Organisation) -> "AwardingBody":
        """Return the awarding body that an organisation is, beside this one, the first."""
        if organisation.id == self.organisation_id:
            return self
        return replace(
            self,
            keys=self.keys / organisation.code,
            named=organisation.name or organisation.code,
            organisation_id=organisation.id,
            path=f"/o/{organisation.code}",
            language=organisation.language,
        )

    @property
    def url(self) -> str:
        """What its addresses begin with."""
        return f"{self.public_url}{self.path}"

    @property
    def document_path(self) -> str:
        """Where its DID document is published below the address of the installation."""
        return f"{self.path or '/.well-known'}/did.json"

    @property
    def name(self) -> str:
        """What people call it."""
        return self.named or f"Awarding body at {urlsplit(self.public_url).netloc}"

    @property
    def did(self) -> str:
        """Its decentralised identifier."""
        return did_web(self.url)

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

    def check_address(self) -> None:
        """Refuse to sign for production under an address that credentials must not carry.

        Raises:
            KeyUnusable: A key for production would sign, and the address is none for it.
        """
        if any(not key.development for key in self.key_ring().keys):
            self.check_fit_for_production()

    def check_fit_for_production(self) -> None:
        """Refuse an address that credentials which are no TEST must not carry.

        Raises:
            KeyUnusable: It is none for them.
        """
        why = unfit_for_production(self.public_url)
        if why is not None:
            raise KeyUnusable(
                f"a key for production cannot sign here: the address {self.public_url} {why}; set "
                "EXAMENGINE_PUBLIC_URL to https://exams.example, or try things out with a "
                "development key in another folder (EXAMENGINE_STATE)"
            )

    def did_document(self) -> dict[str, Any]:
        """Return the document that lists all its keys.

        Raises:
            KeyUnusable: There is no key to list.
        """
        return did_document(self.did, self.key_ring().published)

    def is_development(self, key_id: str) -> bool:
        """Tell whether a key of this name is here, and is for trying out."""
        key = self._find(key_id)
        return key is not None and key.development

    def publishes(self, key_id: str) -> bool:
        """Tell whether the DID document lists a key of this name."""
        try:
            return any(key.key_id == key_id for key in self.key_ring().published)
        except KeyUnusable:
            return False

    def _find(self, key_id: str) -> OwnKey | None:
        try:
            return self.key_ring().find(key_id)
        except KeyUnusable:
            return None

    def standing_url(self, credential_id: UUID) -> str:
        """Return the address of the document that says how a credential stands."""
        return f"{self.credential_url(credential_id)}/standing"

    def achievement_url(self, exam_id: str) -> str:
        """Return the address of the page about what passing an exam means."""
        return f"{self.url}/achievements/{exam_id}"

    def image_url(self, exam_id: str, *, test: bool) -> str:
        """Return the address of an achievement's picture."""
        return f"{self.achievement_url(exam_id)}/{'test' if test else 'badge'}.png"

    def status_list_url(self, number: int) -> str:
        """Return the address of a status list."""
        return f"{self.url}/status/{number}"

    def credential_url(self, credential_id: UUID) -> str:
        """Return the address of the page of a credential, whoever of the installation issued it."""
        return f"{self.public_url}/credentials/{credential_id}"
