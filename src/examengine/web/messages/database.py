"""Words for what the database refuses."""

from examengine.web.messages._message import Message

WORDS = {
    "address_unusable": Message(
        "The system is not set up completely", "Nothing is lost. Tell the operator of the system."
    ),
    "database_occupied": Message(
        "The system is not set up completely", "Nothing is lost. Tell the operator of the system."
    ),
    "database_unreachable": Message(
        "The database does not answer", "Please try again in a minute, and tell your centre."
    ),
    "database_url_unusable": Message(
        "The system is not set up completely", "Nothing is lost. Tell the operator of the system."
    ),
    "schema_damaged": Message(
        "The system is not set up completely", "Nothing is lost. Tell the operator of the system."
    ),
    "schema_out_of_date": Message(
        "The system is being updated", "Nothing is lost. Please try again in a minute."
    ),
    "schema_too_new": Message(
        "The system is being updated", "Nothing is lost. Please try again in a minute."
    ),
    "setting_unusable": Message(
        "The system is not set up completely", "Nothing is lost. Tell the operator of the system."
    ),
    "slots_too_few": Message(
        "The system is not set up completely", "Nothing is lost. Tell the operator of the system."
    ),
}
