"""Words for what pages and forms refuse."""

from examengine.web.messages._message import Message

WORDS = {
    "arrived_late": Message(
        "That took too long to arrive", "Please send it again. Nothing was changed."
    ),
    "body_too_large": Message(
        "That was too large", "Send a smaller file. The largest that is taken is 2 MB."
    ),
    "database_away": Message(
        "This cannot be answered right now",
        "Your request could not be answered in time, and nothing of it was changed. What was "
        "saved before is safe. Please try again in a few seconds.",
    ),
    "foreign_origin": Message(
        "This form is out of date, or came from another address",
        "It was sent from {seen}, and these pages are at {expected}. Open them there and send the "
        "form again. If {seen} is where they should be, the operator of the system sets "
        "EXAMENGINE_PUBLIC_URL to it.",
    ),
    "forged_request": Message(
        "This form is out of date",
        "It was drawn before you signed in or switched to another organisation, or by another "
        "page. Go back, reload the page and send it again.",
    ),
    "gatehouse_away": Message(
        "This cannot be answered right now",
        "Your request could not be taken in. Please send it again in a few seconds; if it was a "
        "file to import, look first whether it is in the list already.",
    ),
    "overtaken": Message(
        "Somebody else was quicker",
        "What you wanted to change has been changed in the same moment. Nothing of yours was "
        "stored. Go back, reload the page and look at it again.",
    ),
    "unusable_text": Message(
        "A character cannot be used",
        "What was sent holds a character that cannot be kept. Type the text again rather than "
        "pasting it, and send it once more. Nothing was changed.",
    ),
    "uploads_busy": Message(
        "Not saved yet",
        "Many files arrive at this moment, or you sent several in a short time. Please send it "
        "again in a few seconds.",
    ),
}
