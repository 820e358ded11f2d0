"""Evidence that an attempt was what it seems: verified logs, signals, and rulings by people."""

from examengine.integrity.audit_file import (
    AuditFile,
    AuditFinding,
    AuditVerdict,
    read_audit,
    verify_audit,
)
from examengine.integrity.auditing import export_audit
from examengine.integrity.cases import Case, Subject, subject_id_of
from examengine.integrity.detectors import DETECTORS, Detector, Signal
from examengine.integrity.errors import (
    AuditFileUnusable,
    ClearanceMoved,
    NothingToAudit,
    NotSubmittedYet,
    ReasonMissing,
)
from examengine.integrity.evidence import verdict_on
from examengine.integrity.log_verification import Head, LogFault, LogVerdict, verify_log
from examengine.integrity.rules import Clearance, Evidence, State
from examengine.integrity.rules import body as clearance_body
from examengine.integrity.service import (
    clear,
    clearance_of,
    clearances,
    find_case,
    find_clearance,
    hold,
    settle,
    void,
    watch,
)
from examengine.integrity.timeline import TimelineEntry, timeline

__all__ = [
    "DETECTORS",
    "AuditFile",
    "AuditFileUnusable",
    "AuditFinding",
    "AuditVerdict",
    "Case",
    "Clearance",
    "ClearanceMoved",
    "Detector",
    "Evidence",
    "Head",
    "LogFault",
    "LogVerdict",
    "NotSubmittedYet",
    "NothingToAudit",
    "ReasonMissing",
    "Signal",
    "State",
    "Subject",
    "TimelineEntry",
    "clear",
    "clearance_body",
    "clearance_of",
    "clearances",
    "export_audit",
    "find_case",
    "find_clearance",
    "hold",
    "read_audit",
    "settle",
    "subject_id_of",
    "timeline",
    "verdict_on",
    "verify_audit",
    "verify_log",
    "void",
    "watch",
]
