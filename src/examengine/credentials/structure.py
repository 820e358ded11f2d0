"""Whether a credential is an Open Badge: its members, its recipient, its results.

Every check walks plain JSON and returns the faults it found, so that an issuer sees all of them
at once and a verifier can name the first.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from examengine.credentials import shapes
from examengine.credentials.context_loader import OPEN_BADGES_EXTENSIONS
from examengine.credentials.shapes import SHAPES, Shape

CLOCKS_DIFFER = timedelta(minutes=5)
"""How far the clocks of issuers and verifiers may lie apart."""

_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)\Z")
_EXTENSION = re.compile(r"ext:[A-Za-z0-9._|-]+\Z")
_NEEDS_EXTENSIONS = frozenset(
    {"1EdTechJsonSchemaValidator2019", "1EdTechRevocationList", "1EdTechCredentialRefresh"}
)


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is not as Open Badges 3.0 wants it."""

    reason: str
    where: str
    detail: str


def badge_faults(document: Mapping[str, Any]) -> list[Fault]:
    """Return what keeps `document` from being an OpenBadgeCredential; empty when nothing does."""
    faults = [*_credential(document, "Credential")]
    return faults or [*_achievement_rules(document["credentialSubject"])]


def endorsement_faults(document: Mapping[str, Any], where: str) -> list[Fault]:
    """Return what keeps `document` from being an EndorsementCredential."""
    return [
        Fault(fault.reason, fault.where.replace("$", where, 1), fault.detail)
        for fault in _credential(document, "Endorsement")
    ]


def result_faults(document: Mapping[str, Any]) -> list[Fault]:
    """Return the results that point at nothing, and the levels that nobody described.

    JSON Schema cannot see these, and a score without its description says nothing.
    """
    subject = document["credentialSubject"]
    described = {
        description["id"]: description
        for description in as_list(subject["achievement"].get("resultDescription"))
    }
    return [
        *(fault for description in described.values() for fault in _required_level(description)),
        *(
            fault
            for index, result in enumerate(as_list(subject.get("result")))
            for fault in _result(result, described, f"$.credentialSubject.result[{index}]")
        ),
    ]


def as_list(value: Any) -> list[Any]:
    """Return the values of a member that may be absent, one value or a list."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def moment(text: str) -> datetime:
    """Return an XML Schema dateTimeStamp: a date and time with a time zone.

    Raises:
        ValueError: It has another form, no time zone, or is no date of the calendar.
    """
    if not _MOMENT.match(text):
        raise ValueError(f"{text!r} is not a date and time with a time zone")
    return datetime.fromisoformat(text)


def issuer_id(document: Mapping[str, Any]) -> str | None:
    """Return the id of the issuer, whether it stands alone or in a profile."""
    issuer = document.get("issuer")
    found = issuer.get("id") if isinstance(issuer, Mapping) else issuer
    return found if isinstance(found, str) else None


def _credential(document: Mapping[str, Any], name: str) -> Iterator[Fault]:
    yield from _object(document, SHAPES[name], "$")
    if "VerifiableCredential" not in as_list(document.get("type")):
        yield Fault("type_missing", "$.type", "VerifiableCredential is missing")
    if not isinstance(document.get("issuer"), str):
        yield from _object(document.get("issuer"), SHAPES["Profile"], "$.issuer")
    extended = OPEN_BADGES_EXTENSIONS in as_list(document.get("@context"))
    used = {
        kind
        for member in ("credentialSchema", "credentialStatus", "refreshService")
        for value in as_list(document.get(member))
        if isinstance(value, Mapping)
        for kind in as_list(value.get("type"))
    }
    if used & _NEEDS_EXTENSIONS and not extended:
        yield Fault("context_missing", "$.@context", f"{OPEN_BADGES_EXTENSIONS} is missing")


def _object(value: object, shape: Shape, where: str) -> Iterator[Fault]:
    if not isinstance(value, Mapping):
        yield Fault("member_not_object", where, "must be an object")
        return
    for name in shape.required:
        if value.get(name) in (None, "", []):
            yield Fault("member_missing", f"{where}.{name}", "is missing or empty")
    if shape.types and not set(shape.types) & {str(kind) for kind in as_list(value.get("type"))}:
        yield Fault("type_missing", f"{where}.type", f"must hold {shape.types[0]}")
    yield from _members(value, shape, where)


def _members(value: Mapping[str, Any], shape: Shape, where: str) -> Iterator[Fault]:
    for name, member in value.items():
        place = f"{where}.{name}"
        if member is None or member == []:
            yield Fault("member_empty", place, "is null or an empty list")
        elif name in shape.texts and not isinstance(member, str):
            yield Fault("member_not_text", place, "must be one string")
        elif name in shape.words and not all(isinstance(word, str) for word in as_list(member)):
            yield Fault("member_not_text", place, "must be strings")
        elif name in shape.moments and not _is_moment(member):
            yield Fault("moment_invalid", place, "must be a date and time with a time zone")
        else:
            yield from _parts(name, member, shape, place)


def _parts(name: str, member: Any, shape: Shape, place: str) -> Iterator[Fault]:
    if name in shape.objects:
        yield from _object(member, SHAPES[shape.objects[name]], place)
    elif name in shape.lists:
        for index, element in enumerate(as_list(member)):
            yield from _object(element, SHAPES[shape.lists[name]], f"{place}[{index}]")
    elif shape.closed and name not in (*shape.required, *shape.texts):
        yield Fault("member_unknown", place, "is not allowed here")


def _achievement_rules(subject: Mapping[str, Any]) -> Iterator[Fault]:
    where, achievement = "$.credentialSubject", subject["achievement"]
    if not subject.get("id") and not subject.get("identifier"):
        yield Fault("recipient_missing", where, "has neither `id` nor `identifier`")
    for index, identity in enumerate(as_list(subject.get("identifier"))):
        yield from _identity(identity, f"{where}.identifier[{index}]")
    if not achievement["criteria"].get("id") and not achievement["criteria"].get("narrative"):
        yield Fault("criteria_empty", f"{where}.achievement.criteria", "says nothing")
    kind = achievement.get("achievementType")
    if kind is not None and not _listed(kind, shapes.ACHIEVEMENT_TYPES):
        yield Fault("value_unknown", f"{where}.achievement.achievementType", f"{kind!r}")
    for index, description in enumerate(as_list(achievement.get("resultDescription"))):
        if not _listed(description["resultType"], shapes.RESULT_TYPES):
            place = f"{where}.achievement.resultDescription[{index}].resultType"
            yield Fault("value_unknown", place, f"{description['resultType']!r}")


def _identity(identity: Mapping[str, Any], where: str) -> Iterator[Fault]:
    if not isinstance(identity["hashed"], bool):
        yield Fault("value_unknown", f"{where}.hashed", "must be true or false")
    if not _listed(identity["identityType"], shapes.IDENTIFIER_TYPES):
        yield Fault("value_unknown", f"{where}.identityType", f"{identity['identityType']!r}")


def _required_level(description: Mapping[str, Any]) -> Iterator[Fault]:
    level = description.get("requiredLevel")
    if level is not None and level not in _levels(description):
        yield Fault("result_dangling", description["id"], f"requiredLevel {level} is not described")


def _result(
    result: Mapping[str, Any], described: Mapping[str, Mapping[str, Any]], where: str
) -> Iterator[Fault]:
    named = result.get("resultDescription")
    if named is not None and named not in described:
        yield Fault("result_dangling", where, f"resultDescription {named} is not described")
    status = result.get("status")
    if status is not None and status not in shapes.RESULT_STATUSES:
        yield Fault("value_unknown", f"{where}.status", f"{status!r}")
    description = described.get(named or "", {})
    level = result.get("achievedLevel")
    if level is not None and level not in _levels(description):
        yield Fault("result_dangling", where, f"achievedLevel {level} is not described")
    if description.get("resultType") == "Status" and status is None:
        yield Fault("status_missing", f"{where}.status", "a result of type Status states a status")


def _levels(description: Mapping[str, Any]) -> set[str]:
    return {level["id"] for level in as_list(description.get("rubricCriterionLevel"))}


def _listed(value: object, known: frozenset[str]) -> bool:
    return isinstance(value, str) and (value in known or bool(_EXTENSION.match(value)))


def _is_moment(value: object) -> bool:
    try:
        return isinstance(value, str) and bool(moment(value))
    except ValueError:
        return False


def described(faults: Sequence[Fault]) -> str:
    """Return the faults in one line, for a report or a log."""
    return "; ".join(f"{fault.where} {fault.detail}" for fault in faults[:5])
