"""Words for what the database refuses."""

from examengine.web.messages._message import Message

WORDS = {
    "schema_out_of_date": Message(
        "The system is being updated", "Nothing is lost. Please try again in a minute."
    ),
}
