"""Words for what integrity refuses."""

from examengine.web.messages._message import Message

WORDS = {
    "audit_file_unusable": Message(
        "This is not an audit file", "Export it again with the audit command. {faults}"
    ),
    "clearance_moved": Message(
        "Somebody else has ruled on this attempt",
        "Another ruling was made after this page was drawn. Reload the page, read it, and decide "
        "again if you still want to. Nothing was changed.",
    ),
    "clearance_reason_missing": Message(
        "A reason is needed",
        "Say what was seen and why you decide so, in {shortest} to {longest} characters. The "
        "candidate, and an appeal panel, may read it.",
    ),
    "not_submitted_yet": Message(
        "This attempt still runs",
        "It can be held now; it can be cleared or voided once it has ended.",
    ),
    "nothing_to_audit": Message(
        "There is nothing with this id",
        "Give the id of an administration, of an attempt or of a response record.",
    ),
}
