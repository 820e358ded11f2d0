"""Words for what assembly refuses."""

from examengine.web.messages._message import Message

WORDS = {
    "assembly_infeasible": Message(
        "No form can meet this blueprint",
        "These requirements clash: {clash}{held}. Ask less of one of them, or add items to the "
        "bank.",
    ),
    "assembly_unfinished": Message(
        "No form was found",
        "The solver did all the work it is allowed, and neither found a form nor ruled one out. "
        "Widen the ranges of the blueprint a little and try again.",
    ),
    "exam_spec_unusable": Message(
        "The description of this exam cannot be used",
        "Nothing was stored. Please mend: {faults}.",
    ),
    "exam_unknown": Message(
        "There is no such exam", "Nothing is known of “{exam_id}”. Go back to the list of exams."
    ),
    "form_unknown": Message(
        "There is no such form", "The address may be incomplete. Go back to the list of exams."
    ),
    "forms_published_already": Message(
        "The forms of this exam are published",
        "Candidates may have seen them, so {exam_id} stays as it is. To change it, describe a "
        "new exam with another id.",
    ),
    "scoring_policy_moved": Message(
        "Somebody else changed the scoring just now",
        "Nothing was stored. Look at what holds now, and decide again.",
    ),
    "scoring_policy_refused": Message(
        "The exam cannot be scored like this", "Nothing was stored. Please mend: {faults}."
    ),
    "pool_unusable": Message("These items cannot be used", "Please mend: {faults}."),
    "sections_unmet": Message(
        "The items of a form do not fall into the sections of the exam",
        "Nothing was published. Please mend: {faults}.",
    ),
}
