"""What a page shows of a credential: read from the signed document, and from nothing else."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from examengine.credentials.vc.credential import Credential
from examengine.credentials.vc.moments import moment


@dataclass(frozen=True, slots=True)
class ShownResult:
    """One result, with how it is to be read."""

    name: str
    value: str
    least: str | None
    most: str | None
    required: str | None


@dataclass(frozen=True, slots=True)
class ShownRecord:
    """A record the credential rests on."""

    name: str
    identity: str
    digest: str


@dataclass(frozen=True, slots=True)
class ShownCredential:
    """A credential for people.

    Attributes:
        name: What was awarded.
        description: What a holder has shown.
        criteria: What it took.
        language: The language of the words above, as a tag.
        achievement: The address of the achievement.
        image: The address of the picture.
        issuer: What the awarding body calls itself.
        issuer_id: Its identifier, which the signature proves.
        holder: The name, when the holder agreed that it be shown; else None.
        awarded: When it was first awarded.
        since: Since when this version holds.
        until: Until when, or None.
        results: With which results.
        records: Resting on which records.
        test: Whether it says of itself that it is a TEST.
        key: The key that signed it.
    """

    name: str
    description: str
    criteria: str
    language: str
    achievement: str
    image: str
    issuer: str
    issuer_id: str
    holder: str | None
    awarded: datetime
    since: datetime
    until: datetime | None
    results: tuple[ShownResult, ...]
    records: tuple[ShownRecord, ...]
    test: bool
    key: str

    @property
    def image_path(self) -> str:
        """The picture's address within the site that awarded it."""
        return urlsplit(self.image).path


def present(document: bytes) -> ShownCredential:
    """Return what people see of a credential that was issued here."""
    parsed = Credential(json.loads(document))
    credential, subject = parsed.document, parsed.subject
    achievement = subject["achievement"]
    return ShownCredential(
        name=credential["name"],
        description=credential["description"],
        criteria=achievement["criteria"]["narrative"],
        language=achievement.get("inLanguage", "en"),
        achievement=achievement["id"],
        image=achievement["image"]["id"],
        issuer=credential["issuer"]["name"],
        issuer_id=str(parsed.issuer),
        holder=_holder(subject),
        awarded=moment(credential["awardedDate"]),
        since=parsed.since,
        until=parsed.until,
        results=tuple(_results(subject)),
        records=tuple(
            ShownRecord(link["name"], link["id"], link["narrative"])
            for link in credential["evidence"]
        ),
        test=parsed.test,
        key=credential["proof"][0]["verificationMethod"],
    )


def _holder(subject: Mapping[str, Any]) -> str | None:
    for identity in subject["identifier"]:
        if identity["identityType"] == "name" and not identity["hashed"]:
            return str(identity["identityHash"])
    return None


def _results(subject: Mapping[str, Any]) -> list[ShownResult]:
    described = {part["id"]: part for part in subject["achievement"]["resultDescription"]}
    shown = []
    for result in subject["result"]:
        how = described[result["resultDescription"]]
        shown.append(
            ShownResult(
                name=how["name"],
                value=str(result.get("value") or result.get("status")),
                least=how.get("valueMin"),
                most=how.get("valueMax"),
                required=how.get("requiredValue"),
            )
        )
    return shown
