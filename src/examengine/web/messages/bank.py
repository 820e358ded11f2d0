"""Words for what the bank refuses."""

from examengine.web.messages._message import Message

WORDS = {
    "bank_unknown": Message(
        "There is no such item bank", "It may have another name. Go back to the list of banks."
    ),
    "figure_unknown": Message(
        "There is no such figure", "It belongs to no item that is stored here."
    ),
    "item_unknown": Message(
        "There is no such item",
        "The bank has no item {item_id}, or not in this version. Go back to the list of items.",
    ),
    "parameters_refused": Message(
        "These item parameters cannot be adopted", "Nothing was changed: {reason}."
    ),
    "parameters_unknown": Message(
        "There are no such item parameters", "Go back to the list and choose a set from it."
    ),
    "response_malformed": Message(
        "This answer could not be saved",
        "The answer saved before it still counts: {reason}. Reload the page and answer again.",
    ),
}
