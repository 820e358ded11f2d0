"""Words for what pages and forms refuse."""

from examengine.web.messages._message import Message

WORDS = {
    "body_too_large": Message(
        "That was too large", "Send a smaller file. The largest that is taken is 2 MB."
    ),
    "forged_request": Message(
        "This form is out of date",
        "It was drawn before you signed in, or by another page. Go back, reload the page and "
        "send it again.",
    ),
    "unusable_text": Message(
        "A character cannot be used",
        "What was sent holds a character that cannot be kept. Type the text again rather than "
        "pasting it, and send it once more. Nothing was changed.",
    ),
}
