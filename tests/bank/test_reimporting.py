"""Files that come again, in formats that number no versions: the same, or the next version."""

import pytest

from examengine import bank
from examengine.accounts import Role
from examengine.bank import ImportOutcome, ItemVersion, item_version
from examengine.bank.formats import load_files
from tests.bank.qti.small_items import MATCH_CORRECT, SCORE, item_xml
from tests.bank.small_bank import files, item

QTI = (
    '<qti-response-declaration identifier="RESPONSE" cardinality="single" base-type="identifier">'
    "<qti-correct-response><qti-value>a</qti-value></qti-correct-response>"
    f"</qti-response-declaration>{SCORE}<qti-item-body>"
    '<qti-choice-interaction response-identifier="RESPONSE" max-choices="1">'
    "<qti-prompt>Which pear is ripe?</qti-prompt>"
    '<qti-simple-choice identifier="a">This one</qti-simple-choice>'
    '<qti-simple-choice identifier="b">That one</qti-simple-choice>'
    "</qti-choice-interaction></qti-item-body>"
    f'<qti-response-processing template="{MATCH_CORRECT}"/>'
)
MOODLE = (
    '<quiz><question type="multichoice"><name><text>Pears</text></name>'
    '<questiontext format="html"><text>Which pear is ripe?</text></questiontext>'
    "<idnumber>PEAR-1</idnumber><single>true</single>"
    '<answer fraction="100"><text>This one</text></answer>'
    '<answer fraction="0"><text>That one</text></answer></question></quiz>'
)
GIFT = "// [id:PEAR-1]\n::Pears:: Which pear is ripe? {=This one ~That one}\n"
CSV = "id,type,stem,option_a,option_b,key\nPEAR-1,single_choice,Which pear is ripe?,This,That,a\n"
SENT = {
    "QTI": ("PEAR-1.xml", item_xml(QTI, identifier="PEAR-1").decode()),
    "Moodle XML": ("quiz.xml", MOODLE),
    "GIFT": ("quiz.gift", GIFT),
    "CSV": ("items.csv", CSV),
}


@pytest.fixture
def author(session, clock, person):
    """An author, with a bank of one item."""
    made = person(Role.AUTHOR, name="Ann")
    bank.import_bank(session, clock, made, load_files(files(item("S-1", "numeric_entry"))))
    return made


def sent(session, clock, by, name, text, *, dry_run=False):
    """Send one file for the bank; return what became of its item."""
    loaded = bank.load_upload(session, by, "small", {name: text.encode()})
    report = bank.import_bank(session, clock, by, loaded, dry_run=dry_run)
    assert report.accepted, report
    (found,) = report.items
    return found


def newest(session, by) -> ItemVersion:
    """The newest version of the item that was sent."""
    return bank.item_history(session, by, "small", "PEAR-1")[0]


@pytest.mark.parametrize("format_name", SENT)
def test_the_same_is_unchanged_and_another_is_the_next_version(session, clock, author, format_name):
    """
    A dry run says what differs before anything is written; nothing is refused for its number.
    """
    name, text = SENT[format_name]
    changed = text.replace("Which pear is ripe?", "Which pear is sweet?")

    first = sent(session, clock, author, name, text)
    again = sent(session, clock, author, name, text)
    foreseen = sent(session, clock, author, name, changed, dry_run=True)
    coming = sent(session, clock, author, name, changed)

    assert (first.item_id, first.version, first.outcome) == ("PEAR-1", 1, ImportOutcome.ADDED)
    assert (again.version, again.outcome) == (1, ImportOutcome.UNCHANGED)
    assert foreseen == coming
    assert (coming.version, coming.outcome) == (2, ImportOutcome.NEW_VERSION)
    assert any(
        line.startswith("stem: ") and "ripe" in line and "sweet" in line for line in coming.changes
    )
    assert first.changes == again.changes == ()
    assert sent(session, clock, author, name, changed).outcome is ImportOutcome.UNCHANGED


@pytest.mark.parametrize("format_name", SENT)
def test_what_authors_noted_here_is_not_lost_with_the_next_file(
    session, clock, author, format_name
):
    """
    An area and a level given in the bank stay when the file, which says none, comes again.
    """
    name, text = SENT[format_name]
    sent(session, clock, author, name, text)
    noted = {**newest(session, author).content, "version": 2, "area": "change", "level": "apply"}
    loaded = load_files(files(item("S-1", "numeric_entry"), noted))
    assert bank.import_bank(session, clock, author, loaded).written

    again = sent(session, clock, author, name, text)
    sent(session, clock, author, name, text.replace("ripe", "sweet"))

    assert (again.version, again.outcome) == (2, ImportOutcome.UNCHANGED)
    content = newest(session, author).content
    assert (content["version"], content["area"], content["level"]) == (3, "change", "apply")


def test_aiken_has_no_ids_so_another_text_is_another_item(session, clock, author):
    """
    The same text is the same item; of another one nobody can say which it replaces.
    """
    text = "Which pear is ripe?\nA. This one\nB. That one\nANSWER: A\n"

    first = sent(session, clock, author, "quiz.txt", text)
    again = sent(session, clock, author, "quiz.txt", text)
    other = sent(session, clock, author, "quiz.txt", text.replace("ripe", "sweet"))

    assert again.outcome is ImportOutcome.UNCHANGED
    assert other.outcome is ImportOutcome.ADDED
    assert other.item_id != first.item_id


def test_our_own_packages_say_their_versions(session, clock, author):
    """
    What we wrote as QTI comes back as the version it was, so an old package is refused by number.
    """
    stored = bank.item_history(session, author, "small", "S-1")[0]
    newer = item_version("small", {**stored.content, "version": 2, "stem": "How many?"})
    package = bank.FORMATS["qti"].write(bank.find_bank(session, author, "small"), [newer], {})
    loaded = bank.load_upload(session, author, "small", package)

    report = bank.import_bank(session, clock, author, loaded)

    (found,) = report.items
    assert (found.version, found.outcome) == (2, ImportOutcome.NEW_VERSION)
