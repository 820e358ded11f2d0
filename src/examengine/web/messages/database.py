"""Words for what the database refuses."""

from examengine.web.messages._message import Message

WORDS = {
    "database_url_unusable": Message(
        "The system is not set up completely", "Nothing is lost. Tell the operator of the system."
    ),
    "schema_out_of_date": Message(
        "The system is being updated", "Nothing is lost. Please try again in a minute."
    ),
    "setting_unusable": Message(
        "The system is not set up completely", "Nothing is lost. Tell the operator of the system."
    ),
}
