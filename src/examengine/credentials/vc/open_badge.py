"""Whether a credential is an Open Badge: its members, its recipient, its results.

What one member may hold, a JSON Schema says. It is our own, written from the data model of the
specification, because the published one may not be shipped here; on every mutation of sound badges
both give the same verdict. It says "one, or a list of" by `if type is array`, so that no
alternative is tried in vain and a fault is named where it stands. What members must say together,
and no schema sees, is said in code. Every rule returns the faults it found, so that an issuer sees
several at once; a step of the verification names the first.

References:
    1EdTech, Open Badges Specification 3.0, appendix B (data models). JSON Schema 2019-09.
"""

import hashlib
import hmac
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any

from jsonschema import Draft201909Validator, FormatChecker, ValidationError

from examengine.credentials.vc.context_loader import OPEN_BADGES_EXTENSIONS
from examengine.credentials.vc.credential import Credential
from examengine.credentials.vc.moments import day, moment
from examengine.credentials.vc.report import VerificationStep, failed, passed, untold

_FILE = Path(__file__).parent / "schemas" / "open-badges-3.0.json"
_MOST_FAULTS = 10
_REASONS = {
    "required": "member_missing",
    "additionalProperties": "member_unknown",
    "contains": "type_missing",
    "format": "moment_invalid",
}
_REASONS_OF_TYPES = {"object": "member_not_object", "string": "member_not_text"}

_FORMATS = FormatChecker(formats=())
_FORMATS.checks("date-time", raises=ValueError)(lambda text: moment(text) is not None)
_FORMATS.checks("date", raises=ValueError)(lambda text: day(text) is not None)
_NEEDS_EXTENSIONS = frozenset(
    {"1EdTechJsonSchemaValidator2019", "1EdTechRevocationList", "1EdTechCredentialRefresh"}
)
_BADGES = frozenset({"OpenBadgeCredential", "AchievementCredential"})
_ADDRESSES = frozenset({"emailAddress", "systemId"})


@dataclass(frozen=True, slots=True)
class BadgeFault:
    """One thing that is not as Open Badges 3.0 wants it."""

    reason: str
    where: str
    detail: str


def check_structure(credential: Credential) -> VerificationStep:
    """Return whether a credential has the members of an Open Badge; untold of any other kind."""
    if "VerifiableCredential" in credential.types and not _is_badge(credential):
        return untold("structure", "kind_unknown", str(credential.document.get("type"))[:200])
    return _faultless("structure", "open_badge", badge_faults(credential))


def check_results(credential: Credential) -> VerificationStep:
    """Return whether each result of an Open Badge says by what it is to be read."""
    return _faultless("results", "results_described", result_faults(credential))


def check_endorsement(credential: Credential, where: str) -> VerificationStep:
    """Return whether a credential that stands inside another has an endorsement's members."""
    return _faultless("endorsements", "endorsements_hold", endorsement_faults(credential, where))


def check_recipient(credential: Credential, stated: str | None) -> VerificationStep:
    """Return whether an Open Badge was given to this person; untold when nobody asked."""
    if stated is None:
        return untold("recipient", "recipient_not_asked", decisive=False)
    if is_recipient(credential, stated):
        return passed("recipient", "recipient_matches")
    return failed("recipient", "recipient_differs")


def lacks_extensions(credential: Credential) -> bool:
    """Return whether words of the extensions are used and their context is not named.

    Then no context says what they mean, and programs differ on whether they are signed.
    """
    used = {
        kind
        for member in ("credentialSchema", "credentialStatus", "refreshService")
        for value in credential.said.get(member, [])
        if isinstance(value, Mapping)
        for kind in value.get("type", [])
        if isinstance(kind, str)
    }
    named = OPEN_BADGES_EXTENSIONS in credential.contexts
    return bool(used & _NEEDS_EXTENSIONS) and not named


def badge_faults(credential: Credential) -> list[BadgeFault]:
    """Return what keeps `credential` from being an OpenBadgeCredential; empty when nothing does."""
    faults = [*schema_faults(credential, "AchievementCredential"), *_kind_and_contexts(credential)]
    return faults or [*_achievement_rules(credential.subject)]


def endorsement_faults(credential: Credential, where: str) -> list[BadgeFault]:
    """Return what keeps `credential` from being an EndorsementCredential."""
    return [
        BadgeFault(fault.reason, fault.where.replace("$", where, 1), fault.detail)
        for fault in schema_faults(credential, "EndorsementCredential")
    ]


def result_faults(credential: Credential) -> list[BadgeFault]:
    """Return the results that point at nothing, and the levels that nobody described.

    JSON Schema cannot see these, and a score without its description says nothing.
    """
    subject = credential.subject
    # Of an achievement it is a description, or a list of them; of a result it is the name of one.
    stated = subject["achievement"].get("resultDescription", [])
    described = {
        str(description["id"]): description
        for description in (stated if isinstance(stated, list) else [stated])
    }
    levels = {level for description in described.values() for level in _levels(description)}
    return [
        *(fault for description in described.values() for fault in _required_level(description)),
        *(
            fault
            for index, result in enumerate(subject.get("result", []))
            for fault in _result(result, described, levels, f"$.credentialSubject.result[{index}]")
        ),
    ]


def schema_faults(credential: Credential, kind: str) -> list[BadgeFault]:
    """Return what in `credential` does not fit the data model, the first few.

    Args:
        credential: The credential.
        kind: The name of its class: `AchievementCredential` or `EndorsementCredential`.
    """
    errors = islice(_validator(kind).iter_errors(credential.document), _MOST_FAULTS)
    return list(dict.fromkeys(fault for error in errors for fault in _faults(error)))


def identity_hash(value: str, salt: str) -> str:
    """Return `sha256$` and the hexadecimal SHA-256 of value and salt, in UTF-8.

    A salted hash keeps an address from being read off; it is no secrecy, since an address can be
    guessed. It lets whoever knows the address check that this credential is meant for it.

    References:
        1EdTech, Open Badges Specification 3.0, § B.1.12 (IdentityObject), § B.2.6 (IdentityHash).
    """
    return "sha256$" + hashlib.sha256((value + salt).encode("utf-8")).hexdigest()


def is_recipient(credential: Credential, stated: str) -> bool:
    """Return whether a credential was given to the person with this address or number.

    Args:
        credential: The credential.
        stated: The address, as its owner writes it. The specification hashes the text as it is
            given, so the issuer may have written it in lower case or as the owner does: both are
            tried, and the domain alone in lower case. Or the number under which somebody sat.
    """
    subject = credential.subject
    written = stated.strip()
    local, at, domain = written.rpartition("@")
    spellings = {written, written.lower(), local + at + domain.lower()}
    if subject.get("id") in {f"mailto:{spelling}" for spelling in spellings}:
        return True
    identities = [
        identity
        for identity in subject.get("identifier", [])
        if isinstance(identity, Mapping) and identity.get("identityType") in _ADDRESSES
    ]
    return any(_matches(identity, value) for identity in identities for value in spellings)


def _faultless(name: str, reason: str, faults: Sequence[BadgeFault]) -> VerificationStep:
    if not faults:
        return passed(name, reason)
    told = "; ".join(f"{fault.where[:200]} {fault.detail}" for fault in faults[:5])
    return failed(name, faults[0].reason, told)


def _is_badge(credential: Credential) -> bool:
    """Return whether `credential` calls itself an Open Badge, and not some other credential."""
    return any(kind in _BADGES for kind in credential.types if isinstance(kind, str))


def _kind_and_contexts(credential: Credential) -> Iterator[BadgeFault]:
    if "VerifiableCredential" not in credential.types or not _is_badge(credential):
        yield BadgeFault(
            "type_missing", "$.type", "must hold VerifiableCredential, OpenBadgeCredential"
        )
    if lacks_extensions(credential):
        yield BadgeFault("context_missing", "$.@context", f"{OPEN_BADGES_EXTENSIONS} is missing")


def _achievement_rules(subject: Mapping[str, Any]) -> Iterator[BadgeFault]:
    where, criteria = "$.credentialSubject", subject["achievement"]["criteria"]
    if not subject.get("id") and not subject.get("identifier", []):
        yield BadgeFault("recipient_missing", where, "has neither `id` nor `identifier`")
    if not criteria.get("id") and not criteria.get("narrative"):
        yield BadgeFault("criteria_empty", f"{where}.achievement.criteria", "says nothing")


def _required_level(description: Mapping[str, Any]) -> Iterator[BadgeFault]:
    level = description.get("requiredLevel")
    if level is not None and str(level) not in _levels(description):
        where = str(description["id"])
        yield BadgeFault("result_dangling", where, f"requiredLevel {level} is not described")


def _result(
    result: Mapping[str, Any],
    described: Mapping[str, Mapping[str, Any]],
    levels: set[str],
    where: str,
) -> Iterator[BadgeFault]:
    named = result.get("resultDescription")
    if named is not None and str(named) not in described:
        yield BadgeFault("result_dangling", where, f"resultDescription {named} is not described")
    level = result.get("achievedLevel")
    # A level is known by its own id, under whichever description of the achievement it stands.
    if level is not None and str(level) not in levels:
        yield BadgeFault("result_dangling", where, f"achievedLevel {level} is not described")
    kind = described.get(str(named), {}).get("resultType")
    if kind == "Status" and result.get("status") is None:
        yield BadgeFault(
            "status_missing", f"{where}.status", "a result of type Status states a status"
        )


def _levels(description: Mapping[str, Any]) -> set[str]:
    return {str(level["id"]) for level in description.get("rubricCriterionLevel", [])}


@cache
def _validator(kind: str) -> Draft201909Validator:
    schema = json.loads(_FILE.read_text("utf-8"))
    return Draft201909Validator({**schema, "$ref": f"#/$defs/{kind}"}, format_checker=_FORMATS)


def _faults(error: ValidationError) -> Iterator[BadgeFault]:
    where, rule, wanted = error.json_path, str(error.validator), _plain(error.validator_value)
    if rule == "required":
        missing = [name for name in wanted if name not in _plain(error.instance)]
        yield from (
            BadgeFault("member_missing", f"{where}.{name}", "is missing") for name in missing
        )
    elif rule == "type":
        reason = _REASONS_OF_TYPES.get(str(wanted), "value_unknown")
        yield BadgeFault(reason, where, f"must be of type {wanted}")
    else:
        yield BadgeFault(_REASONS.get(rule, "value_unknown"), where, _detail(rule, wanted, error))


def _plain(value: Any) -> Any:
    """Return what a finished error holds; only one in the making may lack it."""
    return value


def _detail(rule: str, wanted: Any, error: ValidationError) -> str:
    if rule == "contains":
        return f"must hold {wanted.get('const', wanted.get('enum'))}"
    if rule == "format":
        return "must be a date and time with a time zone, or a date"
    if rule == "additionalProperties":
        return "holds a member that is not allowed here"
    return f"{str(error.instance)[:60]!r} is not allowed here"


def _matches(identity: Mapping[str, Any], value: str) -> bool:
    stated = str(identity.get("identityHash", ""))
    if identity.get("hashed") is not True:
        # Addresses are compared as mail is delivered: whoever reads one ignores its case.
        return hmac.compare_digest(stated.strip().lower().encode(), value.lower().encode())
    # Hexadecimal digits mean the same in either case.
    expected = identity_hash(value, str(identity.get("salt", "")))
    return hmac.compare_digest(stated.lower().encode(), expected.encode())
