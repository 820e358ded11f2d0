"""What every format must keep, checked for each file of the folder with its own example."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.bank.small_bank import files, item

from examengine.bank import FORMATS, ITEM_TYPES, Format, item_version
from examengine.bank.formats import Destination, load_files, load_folder
from examengine.bank.rules import Area, Bank, Level
from examengine.kernel.digest import digest

BANK = Bank(
    id="given",
    title="A bank that is there",
    description="For items that come alone.",
    language="en",
    licence="CC-BY-4.0",
    provenance="Written for a test.",
    areas=(Area("change", "Change", "Works out change."),),
    levels=(Level("apply", "Apply"),),
)
MOST_FAULTS = 60
"""More than this nobody reads of one file."""


@pytest.fixture(params=FORMATS.values(), ids=FORMATS.keys())
def each(request: pytest.FixtureRequest) -> Format:
    """Each format in turn."""
    return request.param


def test_a_format_says_what_it_is(each):
    """
    Commands, pages and refusals name a format and the files it reads.
    """
    assert FORMATS[each.name] is each
    assert each.title
    assert all(ending.startswith(".") for ending in each.endings)
    assert all(each.takes(name) for name in each.example)
    assert all(name.endswith(each.endings) for name in each.example)


def test_an_example_is_recognised_by_its_own_format_alone(each):
    """
    Files are read by the format they are in, and by no other.
    """
    assert [other.name for other in FORMATS.values() if other.recognises(each.example)] == [
        each.name
    ]
    assert not each.recognises({})
    assert not each.recognises({"notes.docx": b"PK\x03\x04"})


def test_an_example_is_read_without_a_fault(each):
    """
    Its items are well-formed: they can be shown, answered, scored and given a digest.
    """
    loaded = each.read(each.example, Destination(BANK))

    assert loaded.faults == ()
    assert loaded.items
    assert all(digest(one.content).startswith("sha256:") for one in loaded.items)
    assert all(one.file in each.example for one in loaded.items)


def test_uploaded_files_find_their_place_by_their_bare_names(each):
    """
    A browser sends names without folders, or with those of another machine.
    """
    bare = {name.rpartition("/")[2]: name for name in each.example}

    assert {each.placed(name) for name in bare} == set(each.example)
    assert {each.placed(f"C:\\Users\\me\\{name}") for name in bare} == set(each.example)


def test_a_folder_that_holds_the_example_is_read_as_the_example(each, tmp_path):
    """
    A folder may hold other files too; they are nobody's, and change nothing.
    """
    for name, data in {**each.example, "exam.toml": b"[x]", ".git/config": b"x"}.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(data)

    assert load_folder(tmp_path, Destination(BANK)) == each.read(each.example, Destination(BANK))


def test_what_is_written_is_read_with_the_same_digests(each):
    """
    Nothing is lost and nothing is added on the way out and in again.
    """
    loaded = each.read(each.example, Destination(BANK))
    items = [item_version(loaded.bank.id, one.content) for one in loaded.items]
    held = [version for version in items if each.left_out(version) is None]
    media = {file.digest: file for file in loaded.media.values()}

    files = each.write(loaded.bank, held, media)
    again = load_files(files, Destination(loaded.bank))

    assert again.faults == ()
    assert {one.id: digest(one.content) for one in again.items} == {
        version.item_id: version.digest for version in held
    }


@pytest.mark.parametrize("item_type", sorted(ITEM_TYPES))
def test_an_item_is_written_whole_or_named(each, item_type):
    """
    What a format cannot hold of an item it says; it never writes another item instead.
    """
    loaded = load_files(files(item("S-1", item_type)), Destination(BANK))
    version = item_version("given", loaded.items[0].content)
    media = {file.digest: file for file in loaded.media.values()}

    if each.left_out(version) is not None:
        return
    again = load_files(each.write(BANK, [version], media), Destination(BANK))

    assert again.faults == ()
    assert [digest(one.content) for one in again.items] == [version.digest]


@pytest.mark.parametrize(
    "data",
    [b"", b"\x00" * 100, b"\xff\xfe" * 50, b"\xef\xbb\xbf", b"," * 200_000, b"\n" * 100_000],
)
def test_a_file_of_nonsense_is_a_fault_in_few_words(each, data):
    """
    Whatever stands in a file, it is told which, soon, and nothing is thrown.
    """
    files = dict.fromkeys(each.example, data)

    loaded = each.read(files, Destination(BANK))

    assert loaded.items == ()
    assert 1 <= len(loaded.faults) <= MOST_FAULTS * len(files)
    assert all(len(str(fault)) < 2_000 for fault in loaded.faults)


@given(data=st.data())
def test_no_bytes_make_a_reader_throw(data):
    """
    Any bytes in the place of a file are read or refused in words.
    """
    each = data.draw(st.sampled_from(list(FORMATS.values())))
    files = dict(each.example)
    name = data.draw(st.sampled_from(sorted(files)))
    whole = files[name]
    place = data.draw(st.integers(0, len(whole)))
    files[name] = whole[:place] + data.draw(st.binary(max_size=40)) + whole[place:]

    loaded = each.read(files, Destination(BANK))

    assert loaded.faults or loaded.items


def test_files_in_no_format_are_named_with_what_is_read():
    """
    Whoever sends a word processor's file hears what would be right.
    """
    loaded = load_files({"items.docx": b"PK\x03\x04"})

    assert loaded.bank is None
    assert "items.docx: is in no format that is read here" in str(loaded.faults[0])
    assert all(each.title in str(loaded.faults[0]) for each in FORMATS.values())
