"""Words for administrations that come from files."""

from examengine.web.messages._message import Message

WORDS = {
    "administration_file_unusable": Message(
        "These files cannot be imported yet",
        "Nothing was stored. Mend what is listed here and try again: {faults}",
    ),
    "administration_imported_already": Message(
        "These files were imported before",
        "They are there as “{title}”. Nothing was stored a second time.",
    ),
}
