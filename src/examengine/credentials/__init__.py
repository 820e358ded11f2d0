"""Achievements, issued credentials, their status and their verification: the end of the chain."""

from examengine.credentials.awarding_bodies import awarding_body_at, awarding_body_of
from examengine.credentials.awarding_body import AwardingBody
from examengine.credentials.badge.image import draw_seal
from examengine.credentials.badge.presentation import ShownCredential, present
from examengine.credentials.errors import (
    CredentialNotFound,
    CredentialRevoked,
    IssuingMoved,
    KeyUnusable,
    NotAwardable,
    NotReplaceable,
    OverturnedMoved,
    RevocationReasonMissing,
    SelfCheckFailed,
    StatusListNotFound,
)
from examengine.credentials.issued_credential import (
    Award,
    CredentialState,
    Ground,
    IssuedCredential,
    Revocation,
)
from examengine.credentials.issuing.due import (
    AwardsDue,
    administrations_to_award,
    awards_due,
    awards_of,
    candidate_of,
    stamps_now,
)
from examengine.credentials.issuing.issue import issue, issue_due
from examengine.credentials.issuing.issue_jobs import ISSUE, ask_issue, issuing_kind
from examengine.credentials.issuing.press import Press, as_bytes, unsigned_again
from examengine.credentials.issuing.signing_again import resign
from examengine.credentials.issuing.standing_by_administration import (
    AWARD_FIGURES,
    AwardsLine,
    awards_overview,
)
from examengine.credentials.keys.files import (
    create_key,
    delete_keys,
    holds_keys,
    retire_key,
    revoke_key,
)
from examengine.credentials.keys.used import check_every_key, check_keys
from examengine.credentials.publishing import own_documents, status_list_document
from examengine.credentials.rules import achievement_of, is_holder, may_read_reason
from examengine.credentials.service import (
    credential_for,
    credentials_of,
    credentials_of_administration,
    exam_behind_achievement,
    find_credential,
    issuer_of_credential,
    show,
)
from examengine.credentials.status.current import (
    VersionStatus,
    status_of,
    status_of_file,
    statuses_of,
)
from examengine.credentials.status.revoking import (
    allow_replacement,
    overturned,
    revoke,
    revoke_overturned,
    revoke_several,
)
from examengine.credentials.status.rules import Cause, CredentialStatus, Force
from examengine.credentials.vc.baking import bake
from examengine.credentials.vc.documents import Documents, GivenDocuments, from_files
from examengine.credentials.vc.errors import (
    ContextsMissing,
    NotBaked,
    NotCanonical,
    NotCredentialJson,
)
from examengine.credentials.vc.multibase import decode_public_key, encode_public_key
from examengine.credentials.vc.reading import unbake
from examengine.credentials.vc.report import (
    Report,
    Statement,
    StepOutcome,
    Verdict,
    VerificationStep,
)
from examengine.credentials.vc.verification import Question, verify
from examengine.credentials.verifying.desk import (
    VerificationDesk,
    verify_among,
    verify_here,
    with_own_keys,
)
from examengine.credentials.verifying.signed_by import SignedBy, cautions, signed_by

__all__ = [
    "AWARD_FIGURES",
    "ISSUE",
    "Award",
    "AwardingBody",
    "AwardsDue",
    "AwardsLine",
    "Cause",
    "ContextsMissing",
    "CredentialNotFound",
    "CredentialRevoked",
    "CredentialState",
    "CredentialStatus",
    "Documents",
    "Force",
    "GivenDocuments",
    "Ground",
    "IssuedCredential",
    "IssuingMoved",
    "KeyUnusable",
    "NotAwardable",
    "NotBaked",
    "NotCanonical",
    "NotCredentialJson",
    "NotReplaceable",
    "OverturnedMoved",
    "Press",
    "Question",
    "Report",
    "Revocation",
    "RevocationReasonMissing",
    "SelfCheckFailed",
    "ShownCredential",
    "SignedBy",
    "Statement",
    "StatusListNotFound",
    "StepOutcome",
    "Verdict",
    "VerificationDesk",
    "VerificationStep",
    "VersionStatus",
    "achievement_of",
    "administrations_to_award",
    "allow_replacement",
    "as_bytes",
    "ask_issue",
    "awarding_body_at",
    "awarding_body_of",
    "awards_due",
    "awards_of",
    "awards_overview",
    "bake",
    "candidate_of",
    "cautions",
    "check_every_key",
    "check_keys",
    "create_key",
    "credential_for",
    "credentials_of",
    "credentials_of_administration",
    "decode_public_key",
    "delete_keys",
    "draw_seal",
    "encode_public_key",
    "exam_behind_achievement",
    "find_credential",
    "from_files",
    "holds_keys",
    "is_holder",
    "issue",
    "issue_due",
    "issuer_of_credential",
    "issuing_kind",
    "may_read_reason",
    "overturned",
    "own_documents",
    "present",
    "resign",
    "retire_key",
    "revoke",
    "revoke_key",
    "revoke_overturned",
    "revoke_several",
    "show",
    "signed_by",
    "stamps_now",
    "status_list_document",
    "status_of",
    "status_of_file",
    "statuses_of",
    "unbake",
    "unsigned_again",
    "verify",
    "verify_among",
    "verify_here",
    "with_own_keys",
]
