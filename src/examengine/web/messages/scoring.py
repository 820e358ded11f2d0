"""Words for what scoring refuses."""

from examengine.web.messages._message import Message

WORDS = {
    "forms_without_cut": Message(
        "Some forms have no pass mark of their own",
        "Points of different forms are not comparable. Adopt a cut for form {codes} too, or score "
        "the exam by ability. Nothing was decided.",
    ),
    "items_without_parameters": Message(
        "Some items cannot be scored yet",
        "These items have no adopted parameters for the points they are worth: {named}. Calibrate "
        "them and adopt the run, or publish them as pretest items. Nothing was scored.",
    ),
    "no_cut_score": Message(
        "There is no pass mark yet",
        "Adopt a cut score for this exam first; only then can anybody pass or not pass.",
    ),
    "no_parameters": Message(
        "The items are not calibrated yet",
        "A psychometrician has to adopt item parameters for this bank first. Nothing was scored.",
    ),
    "not_scored_yet": Message(
        "Nobody has a score yet", "Score the administration first, then decide."
    ),
    "nothing_to_score": Message(
        "Nobody has handed in yet", "Come back when attempts have ended; there is nothing to score."
    ),
    "result_not_out": Message(
        "Your result is not out yet",
        "Your answers are safe. You will find your result here once the awarding body has decided.",
    ),
    "record_gone": Message(
        "A record is missing",
        "The {name} was sealed as {entry}, and is not here any more. Take an audit file away "
        "(examengine audit export), verify it against an earlier one, and find out who deleted it.",
    ),
    "scored_otherwise": Message(
        "The exam is scored in another way by now",
        "Some scores were made before that. Score the administration again, then decide.",
    ),
    "score_record_unknown": Message(
        "There is no such score", "Check the address, or go back to the list of results."
    ),
    "scoring_moved": Message(
        "Somebody else did this at the same moment",
        "Reload the page: their work is there. Nothing was recorded twice.",
    ),
}
