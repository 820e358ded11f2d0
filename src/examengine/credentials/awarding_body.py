"""An awarding body: its name, its addresses, its keys.

An installation begins with one, whose address is that of the installation. Others that share it are
organisations of a code, `/o/<code>` below that address, with a DID and keys of their own.
"""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from examengine.accounts import Organisation, short_digest
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

    What an operator sets is that of the first one before anybody has said more of it; `of` adds
    what its organisation says of itself.

    Attributes:
        public_url: The address of this installation; credentials carry it for ever.
        keys: The folder of the signing keys.
        named: What people call the awarding body; without it, its host stands in.
        organisation_id: The organisation whose credentials it signs.
        path: What its addresses begin with below that of the installation; nothing for the first.
        language: The language of what it awards.
        time_zone: The time zone in which its pages show and take times, such as `Europe/Vienna`.
        logo_digest: Of its logo, `sha256:…`; None where it has none.
    """

    public_url: str
    keys: Path
    named: str | None = None
    organisation_id: UUID = FIRST_ORGANISATION
    path: str = ""
    language: str = "en"
    time_zone: str = "UTC"
    logo_digest: str | None = None

    def of(self, organisation: Organisation) -> "AwardingBody":
        """Return the awarding body that an organisation is; this one is the first."""
        found = replace(
            self,
            named=organisation.name or self.named,
            language=organisation.language,
            time_zone=organisation.time_zone,
            logo_digest=organisation.logo_digest,
        )
        if organisation.id == self.organisation_id:
            return found
        return replace(
            found,
            keys=self.keys / organisation.code,
            named=organisation.name or organisation.code,
            organisation_id=organisation.id,
            path=f"/o/{organisation.code}",
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
        return Issuer(self.did, self.name, self.public_url, self.logo_url)

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

    @property
    def logo_path(self) -> str | None:
        """Where its logo as it is now is found below the address of the installation.

        Another logo has another address, so that a browser may keep what it has.
        """
        if self.logo_digest is None:
            return None
        return f"{self.path}/logo?{short_digest(self.logo_digest)}"

    @property
    def logo_url(self) -> str | None:
        """The address of its logo, whatever that is when it is asked for; None without one."""
        return None if self.logo_digest is None else f"{self.url}/logo"

    def status_list_url(self, number: int) -> str:
        """Return the address of a status list."""
        return f"{self.url}/status/{number}"

    def credential_url(self, credential_id: UUID) -> str:
        """Return the address of the page of a credential, whoever of the installation issued it."""
        return f"{self.public_url}/credentials/{credential_id}"
