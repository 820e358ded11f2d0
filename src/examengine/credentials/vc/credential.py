"""A credential as it is examined: one document, and what of it any check may ask for.

Every member may be missing or of another kind than it should be, until the steps of a verification
have said otherwise. What may stand alone or in a list is a list here.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from examengine.credentials.vc import limits
from examengine.credentials.vc.moments import moment
from examengine.credentials.vc.report import Statement

TEST_TAG = "TEST"
"""Among an achievement's tags, says that the credential is no qualification."""
_SEVERAL = frozenset(
    {
        *("type", "identifier", "result", "rubricCriterionLevel", "tag"),
        *("credentialSchema", "credentialStatus", "refreshService", "@context"),
    }
)
"""Members that may hold nothing, one value, or a list."""
_LONGEST_STATED = 300


@dataclass(frozen=True, slots=True)
class Token:
    """A compact JWS, taken apart but not yet believed."""

    header: Mapping[str, Any]
    claims: Mapping[str, Any]
    signed: bytes
    signature: bytes


@dataclass(frozen=True)
class Credential:
    """A credential as it is examined: one document, and the token in which it came.

    Attributes:
        document: The members as they are signed.
        token: The token whose payload they are, or None.
    """

    document: Mapping[str, Any]
    token: Token | None = None

    @cached_property
    def said(self) -> Mapping[str, Any]:
        """The members with each that may hold one value or several as a list."""
        listed: Mapping[str, Any] = _listed(self.document)
        return listed

    @property
    def id(self) -> str | None:
        """What it calls itself."""
        return _text_or_none(self.document.get("id"))

    @property
    def types(self) -> list[Any]:
        """Its types."""
        types: list[Any] = self.said.get("type", [])
        return types

    @property
    def contexts(self) -> list[Any]:
        """Its JSON-LD contexts."""
        contexts: list[Any] = self.said.get("@context", [])
        return contexts

    @property
    def proofs(self) -> list[Any]:
        """Its embedded proofs, as they stand there."""
        return _several(self.document, "proof")

    @property
    def unsigned(self) -> dict[str, Any]:
        """The document without its proofs: what these sign."""
        return {name: value for name, value in self.document.items() if name != "proof"}

    @property
    def issuer(self) -> str | None:
        """The id of the issuer, whether it stands alone or in a profile."""
        issuer = self.document.get("issuer")
        return _text_or_none(issuer.get("id") if isinstance(issuer, Mapping) else issuer)

    @property
    def subject(self) -> Mapping[str, Any]:
        """Who holds it, and what they achieved."""
        return _part(self.said, "credentialSubject")

    @property
    def since(self) -> datetime:
        """From when it holds.

        Raises:
            ValueError: It states no such moment.
        """
        return moment(self.document.get("validFrom", self.document.get("issuanceDate")))

    @property
    def until(self) -> datetime | None:
        """Until when it holds; None without an end.

        Raises:
            ValueError: It states something else than a moment.
        """
        stated = self.document.get("validUntil", self.document.get("expirationDate"))
        return None if stated is None else moment(stated)

    @property
    def test(self) -> bool:
        """Whether it says of itself that it is a TEST."""
        return TEST_TAG in _part(self.subject, "achievement").get("tag", [])

    @property
    def named_proofs(self) -> tuple[tuple[str, str], ...]:
        """The name of the key and the value of each proof that has both."""
        return tuple(
            (proof["verificationMethod"], proof["proofValue"])
            for proof in self.proofs[: limits.MOST_PROOFS]
            if isinstance(proof, Mapping)
            and isinstance(proof.get("verificationMethod"), str)
            and isinstance(proof.get("proofValue"), str)
        )

    @property
    def statement(self) -> Statement:
        """What it says: who signed, what was achieved, by whom and when."""
        achievement = _part(self.subject, "achievement")
        return Statement(
            issuer=_short(self.issuer),
            issuer_name=_short(_part(self.said, "issuer").get("name")),
            achievement=_short(achievement.get("id")),
            achievement_name=_short(achievement.get("name")) or _short(self.document.get("name")),
            creator=_short(_part(achievement, "creator").get("id")),
            holder=_short(_holder(self.subject)),
            awarded=_first_moment(self.document, "awardedDate", "validFrom", "issuanceDate"),
            until=_first_moment(self.document, "validUntil", "expirationDate"),
        )


def _several(owner: Mapping[str, Any], name: str) -> list[Any]:
    """Return the values of a member that may be absent, one value or a list."""
    value = owner.get(name)
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def _part(owner: object, name: str) -> Mapping[str, Any]:
    """Return a member that is an object, or an empty one."""
    value = owner.get(name) if isinstance(owner, Mapping) else None
    return value if isinstance(value, Mapping) else {}


def _listed(value: Any) -> Any:
    """Return a JSON value with every member that may hold one or several as a list."""
    if isinstance(value, Mapping):
        return {
            name: [_listed(one) for one in _several(value, name)]
            if name in _SEVERAL
            else _listed(member)
            for name, member in value.items()
        }
    return [_listed(element) for element in value] if isinstance(value, list) else value


def _holder(subject: Mapping[str, Any]) -> object:
    for identity in subject.get("identifier", []):
        if (
            isinstance(identity, Mapping)
            and identity.get("identityType") == "name"
            and identity.get("hashed") is not True
        ):
            return identity.get("identityHash")
    return None


def _first_moment(document: Mapping[str, Any], *names: str) -> datetime | None:
    for name in names:
        try:
            return moment(document.get(name))
        except ValueError:
            continue
    return None


def _short(value: object) -> str | None:
    found = _text(value)
    return found[:_LONGEST_STATED] if found else None


def _text(value: object) -> str | None:
    """Return a text that may be given in several languages: English, or else the first."""
    if isinstance(value, Mapping):
        spoken = {name: words for name, words in value.items() if isinstance(words, str)}
        value = spoken.get("en") or next(iter(spoken.values()), None)
    return _text_or_none(value)


def _text_or_none(value: object) -> str | None:
    return value if isinstance(value, str) else None
