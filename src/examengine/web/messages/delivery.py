"""Words for what delivery refuses. Candidates read most of these in the middle of an exam."""

from examengine.web.messages._message import Message

WORDS = {
    "administration_begun": Message(
        "Somebody has started already",
        "Nothing was changed: what candidates were told when they began stays as it is. Open "
        "another administration for those who have yet to sit.",
    ),
    "administration_malformed": Message(
        "This cannot be done as it stands", "Nothing was changed: {fault}."
    ),
    "administration_over": Message(
        "This administration is over",
        "Its window closed at {closes_at}. Open another one for those who have yet to sit.",
    ),
    "administration_unknown": Message(
        "There is no such administration", "Go back to the list and choose one of it."
    ),
    "administration_withdrawn": Message(
        "This administration was withdrawn",
        "Nobody can start it any more. The awarding body can say when the exam is held instead.",
    ),
    "already_enrolled": Message(
        "Somebody has a place already",
        "Nobody was enrolled. Already enrolled: {names}. Leave them out and send it again.",
    ),
    "answer_file_damaged": Message(
        "This file is not what was sent",
        "What is stored under its digest holds something else, so it is not handed out. The log "
        "of the attempt says what was sent; tell the operator of the installation.",
    ),
    "answer_file_unknown": Message(
        "There is no such file",
        "It was never part of this attempt, or it was removed before the end and is no longer "
        "kept.",
    ),
    "answer_moved": Message(
        "This question was answered on another page, too",
        "Your exam is open in another tab or on another device, and a newer answer to this "
        "question was given there. What you answered here is kept and does not count yet: say "
        "which of the two you mean.",
    ),
    "attempt_closed": Message(
        "This exam has ended",
        "It ended at {closed_at}. Every answer that was saved before then counts.",
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
    "exam_ahead": Message(
        "You have an exam of this bank before you",
        "You are enrolled in it and have not handed in yet, so its keys are not shown to you. "
        "They open again when you have. Until then somebody else has to do this.",
    ),
    "file_not_whole": Message(
        "Not saved yet", "Not all of the file has arrived. Please send it again."
    ),
    "file_refused": Message(
        "This file was not taken", "Nothing of your answer has changed: {why}."
    ),
    "item_not_in_form": Message(
        "Your exam has no such question", "Go back and choose a question of the list."
    ),
    "late_answers_refused": Message(
        "These answers were not taken",
        "They stay on this device: {why}. Save them as a file, and hand it to the invigilator or "
        "the awarding body.",
    ),
    "log_full": Message(
        "Nothing more can be noted in this exam",
        "More than {most} things happened in it, which no person does. What was answered before "
        "counts. Call the invigilator.",
    ),
    "medium_not_limited": Message(
        "There is nothing to be played there",
        "Go back to the question, and use the player that stands in it.",
    ),
    "medium_withheld": Message(
        "This is played in the exam alone",
        "Your exam says how often it may be played. Open the question, and press “Play” there.",
    ),
    "not_a_candidate": Message(
        "Only candidates can be enrolled",
        "{name} does not have the role of a candidate. An administrator can give it.",
    ),
    "not_stored": Message(
        "Not saved yet", "The answer could not be stored just now. Please try again."
    ),
    "playing_over": Message(
        "This playing is over",
        "Go back to the question: it says how often it was played, and whether it may be again.",
    ),
    "plays_used_up": Message(
        "It cannot be played again",
        "It was played as often as it may be ({plays}). Your answers are kept as they are. If you "
        "could not hear or see it, call the invigilator: they see when it was played.",
    ),
    "progression_unknown": Message(
        "This exam cannot be given here",
        "Its description names the progression “{name}”, which this version of the program does "
        "not have. The operator can install the version that has it.",
    ),
    "response_record_unknown": Message(
        "There is no such record", "Check the address, or go back to the list."
    ),
    "save_malformed": Message(
        "This could not be read",
        "The page sent something unexpected. What you answered stays on this device. Reload "
        "the page.",
    ),
    "section_not_open": Message(
        "This part of the exam is not open yet",
        "The parts are taken in their order. Go on where you are; “{section_title}” comes later.",
    ),
    "section_over": Message(
        "This part of the exam is closed",
        "You have left “{section_title}”, or its time is over. Every answer saved before then "
        "counts, and you cannot go back to it.",
    ),
    "section_unknown": Message(
        "There is no such part of the exam", "Go back to your exams, and go on from there."
    ),
    "sequence_reused": Message(
        "Not saved yet", "Two answers were sent under one number. Please answer again."
    ),
    "writer_busy": Message(
        "Not saved yet", "Many answers arrive at this moment. It is tried again in a second."
    ),
}
