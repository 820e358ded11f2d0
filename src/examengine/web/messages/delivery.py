"""Words for what delivery refuses. Candidates read most of these in the middle of an exam."""

from examengine.web.messages._message import Message

WORDS = {
    "administration_malformed": Message(
        "This cannot be opened as it stands", "Nothing was changed: {fault}."
    ),
    "administration_over": Message(
        "This administration is over",
        "Its window closed at {closes_at}. Open another one for those who have yet to sit.",
    ),
    "administration_unknown": Message(
        "There is no such administration", "Go back to the list and choose one of it."
    ),
    "already_enrolled": Message(
        "Somebody has a place already",
        "Nobody was enrolled. Already enrolled: {names}. Leave them out and send it again.",
    ),
    "attempt_closed": Message(
        "This exam has ended",
        "It ended at {closed_at}. Every answer that was saved before then counts.",
    ),
    "attempt_moved": Message(
        "This exam is open in another tab or on another device",
        "An answer was given there after this page was drawn, so the answer you just gave here "
        "was not saved. Reload this page to go on here; the answers given there are kept.",
    ),
    "attempt_not_open": Message(
        "This exam has not opened yet", "You can start at {opens_at}. Your place is kept."
    ),
    "attempt_not_started": Message(
        "You have not started yet", "Read the instructions first; the time begins when you start."
    ),
    "attempt_unknown": Message(
        "There is no such exam for you",
        "Go to “My exams”, where every exam you are enrolled in is listed.",
    ),
    "consent_missing": Message(
        "Please agree to the conditions first",
        "Tick the box below the conditions, then start. The time has not begun.",
    ),
    "end_reason_missing": Message(
        "A reason is needed",
        "Nothing was ended. Say in 1 to {longest} characters why the exam has to end now; the "
        "candidate reads it on the receipt.",
    ),
    "item_not_in_form": Message(
        "Your exam has no such question", "Go back and choose a question of the list."
    ),
    "not_a_candidate": Message(
        "Only candidates can be enrolled",
        "{name} does not have the role of a candidate. An administrator can give it.",
    ),
    "not_stored": Message(
        "Not saved yet", "The answer could not be stored just now. Please try again."
    ),
    "response_record_unknown": Message(
        "There is no such record", "Check the address, or go back to the list."
    ),
    "save_malformed": Message(
        "This could not be read", "The page sent something unexpected. Reload it and try again."
    ),
    "sequence_reused": Message(
        "Not saved yet", "Two answers were sent under one number. Please answer again."
    ),
    "writer_busy": Message(
        "Not saved yet", "Many answers arrive at this moment. It is tried again in a second."
    ),
}
