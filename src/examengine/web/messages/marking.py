"""Words for what marking refuses."""

from examengine.web.messages._message import Message

WORDS = {
    "answer_unmarked": Message(
        "An answer waits to be marked",
        "The answer to {item_id} has to be marked by a person. Until then the score of this "
        "attempt waits.",
    ),
    "impossible_points": Message(
        "An item gives points that it cannot have",
        "Item {item_id} version {version} gives {points} points, of {most_points} at most, so its "
        "type marks wrongly. Leave it out of the figures, and tell whoever looks after the "
        "program.",
    ),
    "item_not_in_matrix": Message(
        "This item is not among these responses",
        "No form of this administration holds the item {item_id}. Go back to the item table.",
    ),
    "matrix_refused": Message("There is nothing to analyse here", "Reason: {reason}."),
    "nobody_counts": Message(
        "There is nothing to analyse here yet",
        "Nobody has submitted answers that count. Voided attempts are in no figure.",
    ),
}
