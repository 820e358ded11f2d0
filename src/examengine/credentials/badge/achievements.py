"""What is awarded, and by whom: the part of a credential that is the same for all who earn it.

References:
    1EdTech, Open Badges Specification 3.0, § B.1 (Achievement, Profile, ResultDescription).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any


class ResultType(Enum):
    """What a result is counted in."""

    RAW_SCORE = "RawScore"
    SCALED_SCORE = "ScaledScore"
    PERCENT = "Percent"
    STATUS = "Status"
    PERFORMANCE_LEVEL = "PerformanceLevel"


@dataclass(frozen=True, slots=True)
class Issuer:
    """The awarding body, as a credential names it.

    Attributes:
        did: Its decentralised identifier, which answers for the signing keys.
        name: What people call it.
        url: Its home on the web.
        image_url: Its sign, or None.
        email: Where questions go, or None.
    """

    did: str
    name: str
    url: str
    image_url: str | None = None
    email: str | None = None

    def as_json(self) -> dict[str, Any]:
        """Return the issuer as an Open Badges Profile."""
        image = {"id": self.image_url, "type": "Image"} if self.image_url else None
        return _present(
            {
                "id": self.did,
                "type": ["Profile"],
                "name": self.name,
                "url": self.url,
                "email": self.email,
                "image": image,
            }
        )


@dataclass(frozen=True, slots=True)
class ResultDescription:
    """How one kind of result is to be read. All values are text: nothing rounds a signed score.

    Attributes:
        key: Names it within the achievement, such as `scale-score`.
        name: What people call it.
        result_type: What it is counted in.
        least: The least possible value, or None.
        most: The greatest possible value, or None.
        required: The value from which one passes, or None.
        allowed: The values it may take, lowest first, when they are words.
    """

    key: str
    name: str
    result_type: ResultType
    least: str | None = None
    most: str | None = None
    required: str | None = None
    allowed: tuple[str, ...] = ()

    def identity(self, achievement_url: str) -> str:
        """Return the id under which results point here."""
        return f"{achievement_url}#{self.key}"

    def as_json(self, achievement_url: str) -> dict[str, Any]:
        """Return it as an Open Badges ResultDescription."""
        return _present(
            {
                "id": self.identity(achievement_url),
                "type": ["ResultDescription"],
                "name": self.name,
                "resultType": self.result_type.value,
                "allowedValue": list(self.allowed) or None,
                "valueMin": self.least,
                "valueMax": self.most,
                "requiredValue": self.required,
            }
        )


@dataclass(frozen=True, slots=True)
class BadgeAchievement:
    """What somebody can do who holds the credential, and what it took.

    Attributes:
        url: Its id, and the page that describes it.
        name: What people call it.
        description: What a holder has shown, in a sentence.
        criteria: What it took to earn it, in words.
        image_url: The badge's picture.
        results: How its results are to be read.
        achievement_type: One of the Open Badges list, such as `MicroCredential`.
        tags: Words to find it by.
        language: The language of the words above.
    """

    url: str
    name: str
    description: str
    criteria: str
    image_url: str
    results: tuple[ResultDescription, ...] = ()
    achievement_type: str = "MicroCredential"
    tags: tuple[str, ...] = ()
    language: str = "en"

    def as_json(self, issuer: Issuer) -> dict[str, Any]:
        """Return it as an Open Badges Achievement, created by `issuer`."""
        return _present(
            {
                "id": self.url,
                "type": ["Achievement"],
                "achievementType": self.achievement_type,
                "creator": {"id": issuer.did, "type": ["Profile"], "name": issuer.name},
                "name": self.name,
                "description": self.description,
                "criteria": {"id": f"{self.url}#criteria", "narrative": self.criteria},
                "image": {"id": self.image_url, "type": "Image"},
                "inLanguage": self.language,
                "tag": list(self.tags) or None,
                "resultDescription": [part.as_json(self.url) for part in self.results] or None,
            }
        )


def _present(members: Mapping[str, Any]) -> dict[str, Any]:
    """Return the members that say something: no null and no empty list is ever signed."""
    return {name: value for name, value in members.items() if value is not None}
