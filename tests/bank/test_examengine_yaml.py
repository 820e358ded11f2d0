"""Reading a folder of items: every fault named by file, line and field; nothing ever raised."""

import re
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from examengine.bank import LoadedBank, item_version, load_folder
from examengine.bank.formats import FORMATS, load_files
from examengine.bank.formats._yaml import read_yaml
from examengine.bank.formats.examengine_yaml import LARGEST_FILE
from examengine.kernel.digest import digest
from tests.bank.media_files import subtitles, webm
from tests.bank.small_bank import BANK, FIGURE, as_yaml, figure, files, item, three_items

POINTS_BANK = Path(__file__).parents[2] / "item_banks" / "measuring-at-work"


def faults(loaded: LoadedBank) -> list[str]:
    """The faults as an author reads them."""
    return [str(fault) for fault in loaded.faults]


def test_a_bank_without_faults_is_read_whole(tmp_path):
    """
    A folder gives its bank, its items and its figures, and no fault.
    """
    for name, data in files(*three_items()).items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(data)

    loaded = load_folder(tmp_path)

    assert faults(loaded) == []
    assert loaded.bank is not None
    assert loaded.bank.area_title("change") == "Change"
    assert [one.id for one in loaded.items] == ["S-1", "S-2", "S-3"]


def test_a_figure_is_part_of_what_its_item_says():
    """
    Another drawing under the same name makes another content, and so another digest.
    """
    one = item("S-1", "single_choice", stimulus=[figure()])
    redrawn = {**files(one), "figures/line.svg": FIGURE.replace("L10", "L9").encode()}

    before, after = load_files(files(one)).items[0], load_files(redrawn).items[0]

    assert digest(before.content) != digest(after.content)


def test_dates_and_decimals_stay_text_and_words_stay_words():
    """
    YAML's surprises do not reach an item: only whole numbers, true, false and null have a type.
    """
    text = "a: 2026-11-21\nb: 12.50\nc: no\nd: 7\ne: '7'\nf: true\ng: 0x1F\nh: 1_000\ni:\n"

    value = read_yaml(text).value

    assert value == {
        "a": "2026-11-21",
        "b": "12.50",
        "c": "no",
        "d": 7,
        "e": "7",
        "f": True,
        "g": "0x1F",
        "h": "1_000",
        "i": None,
    }


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ("a: 1\nb: [1\n", 3, "is no YAML"),
        ("a: 1\na: 2\n", 2, "is given twice"),
        ("a: &x 1\nb: *x\n", 1, "anchor or alias"),
        ("a: !!python/object:os.system x\n", 1, "tag"),
        ("a: 1\n---\nb: 2\n", 1, "several documents"),
        ("a:\n  - ? [x]\n    : 1\n", 2, "name is no word"),
        ("a: " + "[" * 40 + "]" * 40, 1, "too deeply"),
        ('a: "\\ud800"\n', 1, "is no YAML"),
        ("a: \x01\n", 1, "is no YAML"),
    ],
)
def test_unreadable_yaml_is_one_fault_with_its_line(text, line, says):
    """
    What cannot be read is told with the line it stands on.
    """
    found = read_yaml(text).faults

    assert [fault.line for fault in found] == [line]
    assert says in found[0].what


@given(st.text(alphabet="ab:-[]{}&*!|>'\"#%@`\n \t?,0", max_size=80))
def test_no_text_makes_the_reader_raise(text):
    """
    Any text gives a value or a fault.
    """
    reading = read_yaml(text)

    assert reading.faults or reading.value is None or reading.lines


texts = st.text(st.characters(exclude_categories=["Cc", "Cs"]), max_size=20)


@given(st.dictionaries(texts, texts | st.lists(texts), min_size=1))
def test_what_is_written_as_text_is_read_as_that_text(content):
    """
    A text that a YAML writer quoted comes back as it was.
    """
    reading = read_yaml(yaml.safe_dump(content, allow_unicode=True))

    assert reading.value == content


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"key": "z"}, "key: is z, which is no option; the options are a, b, c, d"),
        ({"version": "1"}, "version: must be a whole number"),
        ({"type": "essay"}, "type: must be one of extended_text"),
        ({"schema": "x"}, "schema: must be examengine/item/1"),
        ({"stem": "An \\( open formula"}, "stem: a formula is begun or ended alone"),
        ({"stem": 12}, "stem: is the number 12; put it in quotes"),
        ({"enemies": ["S-1"]}, "enemies: names the item itself"),
        ({"provenance": ["x"]}, "provenance: is no mapping"),
        ({"keys": "c"}, "keys: is no field that is read here"),
        ({"id": "S-9"}, "id: is S-9, but the file is named S-1"),
    ],
)
def test_a_fault_names_file_line_field_and_what_would_be_right(changes, says):
    """
    An author finds the place and the remedy in one line.
    """
    broken = as_yaml(item("S-1", "single_choice", **changes))
    field = re.escape(says.partition(":")[0].partition(".")[0].encode())
    line = 1 + broken[: re.search(rb"^%b:" % field, broken, re.MULTILINE).start()].count(b"\n")

    found = faults(load_files({**files(), "items/S-1.yaml": broken}))

    assert f"items/S-1.yaml:{line}: {says}" in "\n".join(found)


@pytest.mark.parametrize(
    ("stimulus", "says"),
    [
        ([{"figure": {"file": "figures/line.tiff", "alt": "A."}}], "it can be .svg, .png"),
        ([{"figure": {"alt": "A line."}}], "figure.file: is missing"),
        ([{"audio": {"file": "figures/line.svg"}}], "it can be .mp3"),
        ([figure("figures/other.svg")], "names figures/other.svg"),
        ([{"table": {"caption": "T", "columns": ["A", "B"], "rows": [["1"]]}}], "have 2 cells"),
        ([{"table": {"caption": "T", "columns": ["A"], "rows": [[1]]}}], "each in quotes"),
        ([{"formula": {"tex": "\\foo", "spoken": "foo"}}], "not in the subset"),
        ([{"film": {}}], "must be one of passage, figure, table, formula, audio or video"),
        (["x"], "must be one of passage, figure, table, formula, audio or video"),
        ([], "must list 1 to 6"),
    ],
)
def test_a_stimulus_with_a_fault_is_refused(stimulus, says):
    """
    A figure without its text alternative, a ragged table, an unknown part: each is named.
    """
    found = faults(load_files(files(item("S-1", "single_choice", stimulus=stimulus))))

    assert any(says in fault for fault in found)


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "holds no fields"),
        (b"- a\n- b\n", "holds no fields"),
        (b"schema: \xff\n", "is not UTF-8"),
        (b"a: [", "is no YAML"),
    ],
)
def test_a_file_that_is_no_item_keeps_the_others(data, says):
    """
    One broken file is told; the rest of the bank is read.
    """
    loaded = load_files({**files(*three_items()), "items/S-4.yaml": data})

    assert len(loaded.items) == 3
    assert [fault.file for fault in loaded.faults] == ["items/S-4.yaml"]
    assert says in loaded.faults[0].what


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"schema": "x"}, "schema: must be examengine/bank/1"),
        ({"title": ""}, "title: is missing"),
        ({"content_areas": "x"}, "content_areas: must list them"),
        ({"content_areas": [{"id": "../x", "title": "X", "statement": "Y"}]}, "letters, digits"),
        (
            {"cognitive_levels": [{"id": "recall", "title": title} for title in "AB"]},
            "repeats recall",
        ),
    ],
)
def test_a_bank_file_with_a_fault_is_refused(change, says):
    """
    A bank that cannot be named, or whose areas are unclear, is told why.
    """
    loaded = load_files(files(bank={**BANK, **change}))

    assert loaded.bank is None
    assert any(says in fault for fault in faults(loaded))


def test_a_folder_that_is_none_is_told(tmp_path):
    """
    A wrong path is a fault, not a traceback.
    """
    (tmp_path / "items").mkdir()
    nothing = faults(load_folder(tmp_path))
    (tmp_path / "items" / "S-1.yaml").write_bytes(as_yaml(item("S-1", "single_choice")))

    assert "is not there" in faults(load_folder(tmp_path / "nowhere"))[0]
    assert "holds no items in a format that is read here: " in nothing[0]
    assert "bank.yaml: is missing" in faults(load_folder(tmp_path))[0]


def test_a_file_that_is_too_large_or_misnamed_is_told(tmp_path):
    """
    An item is never left out silently.
    """
    for name, data in files().items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(data)
    (tmp_path / "items").mkdir()
    (tmp_path / "items" / "L.yaml").write_bytes(b"x" * (LARGEST_FILE + 1))
    (tmp_path / "items" / "M.yml").write_bytes(b"a: 1\n")

    found = faults(load_folder(tmp_path))

    assert len(found) == 2
    assert "items/L.yaml: is larger than" in found[0]
    assert "items/M.yml: ends in .yml" in found[1]


@pytest.mark.parametrize(
    ("name", "place"),
    [
        ("S-1.yaml", "items/S-1.yaml"),
        ("line.svg", "figures/line.svg"),
        ("bank.yaml", "bank.yaml"),
        ("../../etc/S-1.yaml", "items/S-1.yaml"),
        ("C:\\bank\\figures\\line.svg", "figures/line.svg"),
    ],
)
def test_an_uploaded_file_goes_to_its_place(name, place):
    """
    Browsers send bare names or paths of their own; only the last part counts.
    """
    assert FORMATS["examengine_yaml"].placed(name) == place


def test_what_items_declare_of_points_is_exported_and_read_again():
    """
    The bank that uses every scoring rule is written and read with the digests it had.
    """
    loaded = load_folder(POINTS_BANK)
    before = {one.item_id: one for one in (item_version("m", i.content) for i in loaded.items)}

    written = FORMATS["examengine_yaml"].write(loaded.bank, before.values(), {})
    again = load_files(written)

    assert again.faults == ()
    after = {one.id: item_version("m", one.content).digest for one in again.items}
    assert after == {item_id: one.digest for item_id, one in before.items()}
    order = written["items/MW-003.yaml"].decode()
    assert order.index("key:") < order.index("scoring:") < order.index("errors:")


STREET = {
    "video": {
        "file": "videos/street.webm",
        "subtitles": {"file": "subtitles/street.vtt"},
        "poster": {"file": "figures/line.svg"},
        "transcript": "A street.",
        "plays": 2,
    }
}
DESCRIBED = {"figure": {"file": "figures/line.svg", "alt": "A line.", "description": "- a\n- b"}}
FILMED = {"videos/street.webm": webm(), "subtitles/street.vtt": subtitles()}


def test_a_video_travels_with_its_subtitles_and_its_poster():
    """
    What was imported is exported, and comes in again as the same item.
    """
    loaded = load_files(
        {**files(item("S-1", "single_choice", stimulus=[STREET, DESCRIBED])), **FILMED}
    )
    [one] = loaded.items
    media = {file.digest: file for file in loaded.media.values()}

    written = FORMATS["examengine_yaml"].write(
        loaded.bank, [item_version("small", one.content)], media
    )

    assert loaded.faults == ()
    assert set(FILMED) < set(written)
    assert b"digest" not in written["items/S-1.yaml"]
    assert load_files(written).items[0].content == one.content


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"subtitles": "street.vtt"}, "must name its file below it"),
        ({"subtitles": {"file": "figures/line.svg"}}, "it can be .vtt"),
        ({"subtitles": {"file": "subtitles/none.vtt"}}, "there is no such usable file"),
        ({"subtitles": {}}, "name it, such as subtitles/street.vtt"),
        ({"poster": {"file": "figures/line.svg", "alt": "x"}}, "alt"),
        ({"file": "recordings/a.mp3"}, "it can be .mp4, .webm"),
        ({"plays": 0}, "a whole number from 1 to 20"),
        ({"plays": 21}, "a whole number from 1 to 20"),
        ({"plays": True}, "a whole number from 1 to 20"),
        ({"plays": "2"}, "a whole number from 1 to 20"),
    ],
)
def test_what_is_wrong_with_a_video_is_told_in_words(change, says):
    """
    Where it stands, and what would be right.
    """
    part = {"video": {**STREET["video"], **change}}

    loaded = load_files({**files(item("S-1", "single_choice", stimulus=[part])), **FILMED})

    assert any(says in str(fault) for fault in loaded.faults)
