"""Words for what accounts refuse."""

from examengine.web.messages._message import Message

WORDS = {
    "email_malformed": Message(
        "This is not an e-mail address", "Write it as name@example.org and send the form again."
    ),
    "email_taken": Message(
        "This address is taken", "{email} belongs to somebody else already. Use another address."
    ),
    "last_administrator": Message(
        "Somebody has to stay administrator",
        "This is the last open account that can give roles. "
        "Make somebody else administrator first.",
    ),
    "not_allowed": Message(
        "This page is not yours to open",
        "You are signed in, but this needs another role. If you think it should be yours, "
        "ask an administrator.",
    ),
    "not_signed_in": Message("Please sign in", "Sign in, and you can go on where you were."),
    "password_too_weak": Message(
        "This password cannot protect an account",
        "Choose one with {shortest} to {longest} characters. A few unrelated words do well.",
    ),
    "person_unknown": Message(
        "There is no such person", "The account may have been removed. Go back to the list."
    ),
    "sign_in_refused": Message(
        "The e-mail address and the password do not belong together",
        "Check both and try again. If you are a candidate, your address is the one in your "
        "invitation.",
    ),
    "too_many_sign_ins": Message(
        "Too many wrong passwords",
        "To protect the account, signing in rests for a few minutes. Try again in {retry_after} "
        "seconds, or ask the invigilator for help.",
    ),
}
