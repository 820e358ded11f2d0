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
    "draft_moved": Message(
        "Somebody else saved this draft meanwhile",
        "{saved_by} saved it at {saved_at}. Nothing of theirs was overwritten, and what you wrote "
        "stands in the form below, not saved yet.",
    ),
    "draft_there": Message(
        "This item is being written already",
        "{item_id} has a draft, which {saved_by} saved last. Open it from the page of the item; "
        "discard it there if it is not needed.",
    ),
    "draft_unknown": Message(
        "There is no draft of this item",
        "{item_id} is not being written: its draft became a version, or was discarded. Go to the "
        "page of the item and choose Edit.",
    ),
    "draft_unusable": Message("This cannot be done yet", "The draft stays as it was: {why}."),
    "form_unreadable": Message(
        "This form cannot be read",
        "Nothing was changed: the field {name} belongs to no item of this type, or came twice. "
        "Load the page again.",
    ),
    "item_moved": Message(
        "The item has a newer version",
        "{item_id} got another version after this page was drawn. Nothing was changed; compare the "
        "two before you make one.",
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
    "items_not_approved": Message(
        "These items are not approved",
        "Nothing was published or opened: {shown}. Each has to come into a usable state in the "
        "workflow of the bank {bank_id}; its page of review says who has to agree.",
    ),
    "move_refused": Message("The item cannot go there", "It stays where it is: {why}."),
    "no_workflow": Message(
        "This bank has no workflow",
        "Versions of the bank {bank_id} are used as they arrive. A psychometrician can give it a "
        "workflow, on the page of the bank.",
    ),
    "statistics_refused": Message("These statistics were not kept", "Nothing was stored. {faults}"),
    "remark_refused": Message("This was not taken", "Nothing was changed: {why}."),
    "workflow_unusable": Message(
        "This workflow cannot be set",
        "Nothing was changed. Each line that has to be mended is named below.",
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
    "upload_unusable": Message(
        "This file cannot be used", "What you wrote is saved. The file {name} {why}."
    ),
    "model_moved": Message(
        "Somebody else saved this model meanwhile",
        "{saved_by} saved it. Nothing of theirs was overwritten, and what you wrote stands in the "
        "form below, not saved yet.",
    ),
    "model_unknown": Message(
        "There is no such item model",
        "The bank has no item model {model_id}. Go back to the item models of the bank.",
    ),
    "model_unusable": Message("This cannot be done yet", "The model stays as it was: {why}."),
    "set_unknown": Message(
        "There is no such item set",
        "No item of the bank is of the set {set_id}. Go back to the item sets of the bank.",
    ),
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
