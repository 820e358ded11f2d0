"""Words for what the bank refuses."""

from examengine.web.messages._message import Message

WORDS = {
    "bank_moved": Message(
        "Somebody else imported at the same moment",
        "The bank {bank_id} is another one than the files were checked against. Nothing of yours "
        "was stored; send the files again.",
    ),
    "bank_unknown": Message(
        "There is no such item bank", "It may have another name. Go back to the list of banks."
    ),
    "item_unknown": Message(
        "There is no such item",
        "The bank has no item {item_id}, or not in this version. Go back to the list of items.",
    ),
    "items_held": Message(
        "These items are not ready for candidates",
        "Nothing was published: {shown}. Mend the items and import them again in a higher version; "
        "or let a psychometrician rule, with a reason, what the finding means in the bank "
        "{bank_id}.",
    ),
    "media_file_unknown": Message(
        "There is no such picture or recording", "It belongs to no item that is stored here."
    ),
    "no_files_sent": Message(
        "There were no files",
        "Nothing was checked or imported. Choose the item files on your device and send them.",
    ),
    "parameters_refused": Message(
        "These item parameters cannot be adopted", "Nothing was changed: {reason}."
    ),
    "parameters_unknown": Message(
        "There are no such item parameters", "Go back to the list and choose a set from it."
    ),
    "response_malformed": Message(
        "This answer could not be saved",
        "It stays on this device, and the answer before it still counts: {reason}.",
    ),
    "rule_unknown": Message(
        "There is no such rule", "Go back to the findings of the bank and choose a rule there."
    ),
    "ruling_refused": Message("This cannot be ruled", "Nothing was changed: {why}."),
    "text_too_short": Message(
        "This is too short to resemble anything",
        "Nothing was compared. Write at least {least_words} words of the question.",
    ),
    "view_refused": Message("This view was not saved", "Nothing was changed: {why}."),
    "view_unknown": Message(
        "There is no such view of yours",
        "It may be deleted already, or be somebody else's. Go back to the bank.",
    ),
}
