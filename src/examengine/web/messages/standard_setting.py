"""Words for what standard setting refuses."""

from examengine.web.messages._message import Message

WORDS = {
    "cut_out_of_range": Message(
        "This cut cannot be adopted",
        "{typed} does not lie between {lowest} and {highest}. Write a number of points, such as "
        "24.5, that candidates can reach and can miss.",
    ),
    "cut_score_moved": Message(
        "Another cut was adopted in the meantime",
        "Nothing was changed. Look at the cut that holds now, and adopt yours only if it should "
        "replace that one.",
    ),
    "cut_score_unknown": Message(
        "There is no such cut score", "The address may be incomplete. Go back to the cut scores."
    ),
    "item_not_on_panel": Message(
        "This item is not rated here", "Go back to the panel and choose an item from its list."
    ),
    "judge_unknown": Message(
        "There is no such judge", "The judge may have left the panel. Go back and look again."
    ),
    "nothing_recommended": Message(
        "The panel has not finished",
        "A cut can be adopted when the last round is closed. Close it on the panel's page.",
    ),
    "panel_moved": Message(
        "The panel has changed since this page was drawn",
        "Nothing was adopted. Look at what it recommends now, and decide again.",
    ),
    "panel_unknown": Message(
        "There is no such panel", "Go back to the list; it shows every panel that is yours to see."
    ),
    "panel_unusable": Message(
        "This panel cannot be set up yet", "Nothing was stored. Please mend: {faults}."
    ),
    "parameters_lacking": Message(
        "This cut cannot be placed on the scale yet",
        "These items have no adopted parameters: {named}. Ask a psychometrician to calibrate the "
        "exam and to adopt the parameters.",
    ),
    "expected_points_out_of_range": Message(
        "This is not a rating",
        "“{typed}” was not saved. Write a number from 0 to {most_points}, such as 1.5: how many "
        "points candidates who are just good enough would get on average.",
    ),
    "rating_out_of_range": Message(
        "This is not a rating",
        "“{typed}” was not saved. Write a whole number from 0 to 100: how many of 100 candidates "
        "would answer the item right.",
    ),
    "ratings_missing": Message(
        "Some items are not rated yet",
        "{missing} are missing. What you have rated is saved; rate the others, then finish.",
    ),
    "ratings_unusable": Message(
        "This file cannot be used as it is",
        "Nothing was stored. Mend every line named below and send the file again.",
    ),
    "round_moved": Message(
        "This round is closed",
        "Your page belongs to round {seen}. What was saved before stands. Reload the panel to go "
        "on.",
    ),
    "round_not_ready": Message(
        "This round cannot be closed yet",
        "Every judge must have rated, and every item must have been rated. Wait for the judges, "
        "or let a judge who is missing leave the panel.",
    ),
    "standard_setting_reason_missing": Message(
        "Please say why",
        "Whoever reads this later must be able to follow it. Write a reason of at most {longest} "
        "characters.",
    ),
}
