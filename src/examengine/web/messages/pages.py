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
}
