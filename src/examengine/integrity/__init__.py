"""Evidence that an attempt was what it seems: verified logs, signals, and rulings by people."""

from examengine.integrity.audit_file import verify_audit
from examengine.integrity.audit_findings import AuditFinding, AuditVerdict
from examengine.integrity.audit_reading import source_of_document, source_of_file
from examengine.integrity.auditing import ExportReport, export_audit
from examengine.integrity.cases import CaseSubject, IntegrityCase, known_heads, subject_id_of
from examengine.integrity.detectors import DETECTORS, Detector, Signal
from examengine.integrity.errors import (
    AuditFileUnusable,
    ClearanceMoved,
    NothingToAudit,
    NotSubmittedYet,
    RulingReasonMissing,
)
from examengine.integrity.evidence import verdict_on
from examengine.integrity.log_heads import LogFault, WitnessedHead
from examengine.integrity.log_verification import LogVerdict, verify_log
from examengine.integrity.rules import Clearance, ClearanceState, Evidence, ListedRuling
from examengine.integrity.rules import body as clearance_body
from examengine.integrity.service import (
    add_rulings,
    clear,
    clearance_of,
    clearances,
    find_case,
    find_clearance,
    hold,
    listed_rulings,
    ruling_counts,
    ruling_digests,
    rulings_due,
    void,
    voided_subjects,
    voided_subjects_of_each,
    watch,
    with_genuine_ruling,
)
from examengine.integrity.signed_head import SignedHead
from examengine.integrity.timeline import TimelineEntry, timeline

__all__ = [
    "DETECTORS",
    "AuditFileUnusable",
    "AuditFinding",
    "AuditVerdict",
    "CaseSubject",
    "Clearance",
    "ClearanceMoved",
    "ClearanceState",
    "Detector",
    "Evidence",
    "ExportReport",
    "IntegrityCase",
    "ListedRuling",
    "LogFault",
    "LogVerdict",
    "NotSubmittedYet",
    "NothingToAudit",
    "RulingReasonMissing",
    "Signal",
    "SignedHead",
    "TimelineEntry",
    "WitnessedHead",
    "add_rulings",
    "clear",
    "clearance_body",
    "clearance_of",
    "clearances",
    "export_audit",
    "find_case",
    "find_clearance",
    "hold",
    "known_heads",
    "listed_rulings",
    "ruling_counts",
    "ruling_digests",
    "rulings_due",
    "source_of_document",
    "source_of_file",
    "subject_id_of",
    "timeline",
    "verdict_on",
    "verify_audit",
    "verify_log",
    "void",
    "voided_subjects",
    "voided_subjects_of_each",
    "watch",
    "with_genuine_ruling",
]
