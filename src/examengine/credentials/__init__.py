"""Achievements, issued credentials, their status and their verification: the end of the chain."""

from examengine.credentials.awarding import (
    AwardsDue,
    award_of,
    awards_due,
    candidate_of,
    issue_due,
    stamps,
)
from examengine.credentials.awarding_body import AwardingBody
from examengine.credentials.awards import Award, IssuedCredential, Revocation, State
from examengine.credentials.baking import bake, unbake
from examengine.credentials.documents import GivenDocuments, from_files
from examengine.credentials.errors import (
    ContextsMissing,
    CredentialNotFound,
    CredentialRevoked,
    KeyUnusable,
    NotAwardable,
    NotBaked,
    NotCanonical,
    NotCredentialJson,
    ReasonMissing,
    SelfCheckFailed,
    StatusListNotFound,
)
from examengine.credentials.keys import create_key
from examengine.credentials.presentation import ShownCredential, present
from examengine.credentials.publishing import own_documents, status_list_document, verify_here
from examengine.credentials.release import as_bytes
from examengine.credentials.report import Answer, Report, Step, Verdict
from examengine.credentials.rules import achievement_of, is_holder, may_read_reason
from examengine.credentials.seal import draw_seal
from examengine.credentials.service import (
    credential_for,
    credentials_of,
    credentials_of_administration,
    find_credential,
    issue,
    revoke,
    show,
)
from examengine.credentials.signing import Signer
from examengine.credentials.verification import Question, verify

__all__ = [
    "Answer",
    "Award",
    "AwardingBody",
    "AwardsDue",
    "ContextsMissing",
    "CredentialNotFound",
    "CredentialRevoked",
    "GivenDocuments",
    "IssuedCredential",
    "KeyUnusable",
    "NotAwardable",
    "NotBaked",
    "NotCanonical",
    "NotCredentialJson",
    "Question",
    "ReasonMissing",
    "Report",
    "Revocation",
    "SelfCheckFailed",
    "ShownCredential",
    "Signer",
    "State",
    "StatusListNotFound",
    "Step",
    "Verdict",
    "achievement_of",
    "as_bytes",
    "award_of",
    "awards_due",
    "bake",
    "candidate_of",
    "create_key",
    "credential_for",
    "credentials_of",
    "credentials_of_administration",
    "draw_seal",
    "find_credential",
    "from_files",
    "is_holder",
    "issue",
    "issue_due",
    "may_read_reason",
    "own_documents",
    "present",
    "revoke",
    "show",
    "stamps",
    "status_list_document",
    "unbake",
    "verify",
    "verify_here",
]
