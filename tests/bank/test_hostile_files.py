"""Files that are meant to harm: each is refused in words, soon, and nothing is thrown."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from examengine.bank import inline
from examengine.bank.formats import load_files
from examengine.bank.formats._yaml import read_yaml
from examengine.bank.formats.examengine_yaml import LARGEST_FILE, MOST_FAULTS
from examengine.bank.formulas import formula_fault
from examengine.pictures.drawings import figure_fault
from tests.bank.small_bank import BANK, files, item
from tests.bank.test_item_text import svg

DOUBLED = "".join(
    f'<g id="a{n}"><use href="#a{n - 1}"/><use href="#a{n - 1}"/></g>' for n in range(1, 40)
)


@pytest.mark.parametrize(
    ("figure", "says"),
    [
        (svg(f'<g id="a0"><path/></g>{DOUBLED}<use href="#a39"/>'), "showing parts again"),
        (svg(f'<use href="#a39"/>{DOUBLED}'), "showing parts again"),
        (svg('<g id="a"><use href="#a"/></g>'), "shows itself"),
        (svg('<g id="a"><use href="#b"/></g><g id="b"><use href="#a"/></g>'), "shows itself"),
        (svg('<pattern id="p"><rect fill="url(#p)"/></pattern>'), "shows itself"),
        (
            svg(
                f'<marker id="m">{"<path/>" * 50}</marker>'
                f'<path marker-mid="url(#m)" d="{"M0 0" * 9000}"/>'
            ),
            "showing parts again",
        ),
        (svg("<g>" * 9000 + "</g>" * 9000), "deep"),
        (f'<?xml version="1.0" encoding="utf-7"?>{svg("")}', "utf-7"),
        (f'<?xml version="1.0" encoding="utf-16"?>{svg("")}', "utf-16"),
        (f'<?xml version="1.0" encoding="shift_jis"?>{svg("")}', "shift_jis"),
        (f'<?xml version="1.0" encoding="nonsense"?>{svg("")}', "nonsense"),
        ("", "well-formed"),
        ("\x00", "well-formed"),
    ],
)
def test_a_figure_that_would_stop_a_browser_is_refused(figure, says):
    """
    Parts that show each other, deep nests, markers at every corner, strange encodings.
    """
    assert says in (figure_fault(figure) or "")


def test_a_figure_that_shows_its_parts_again_is_taken():
    """
    Symbols that are shown a hundred times, nested once, are how charts are drawn.
    """
    dot = '<g id="dot"><circle r="1"/></g><g id="row">' + '<use href="#dot"/>' * 20 + "</g>"

    assert figure_fault(svg(dot + '<use href="#row"/>' * 100)) is None
    assert figure_fault(f'<?xml version="1.0" encoding="UTF-8"?>{svg("")}') is None


@given(st.text(alphabet="<>/gusedfi=#\"'&; ?xml!-[]", max_size=80))
def test_no_text_in_a_figure_throws(text):
    """
    Whatever an SVG holds is taken or refused in words.
    """
    found = figure_fault(svg(text))

    assert found is None or found


@given(st.text(max_size=60) | st.text(alphabet="{}\\^_|'123x frcbalehdgmt[]", max_size=60))
def test_no_formula_throws(tex):
    """
    Whatever stands between the marks is drawn, or refused in words; what is drawn has a name.
    """
    fault = formula_fault(tex)
    if fault is not None:
        return

    drawn = inline(f"\\({tex}\\)")

    assert "<math " in drawn
    assert 'aria-label="' in drawn


@pytest.mark.parametrize(
    "tex",
    ["{" * 200 + "}" * 200, r"\bar" * 90 + " x", r"\sqrt[3]" * 60 + " x", r"\frac" * 90 + "12"],
)
def test_a_formula_that_holds_itself_too_often_is_refused(tex):
    """
    Nobody could follow it, and the converter would run out of its stack.
    """
    assert "inside each other" in (formula_fault(tex) or "")


@pytest.mark.parametrize(
    "data",
    [
        b"a: &a [1]\nb: *a\n",
        b"[" * 200_000,
        b"{a: " * 60_000,
        b"? " * 100_000,
        b"? " + b"k" * 100_000 + b"\n: [1, 2]\n",
        b"a: 1\n" * 50_000,
        b"---\na: 1\n" * 20_000,
        b"a: \x00",
        "a: 1".encode("utf-16"),
        b"!!python/object:os.system {}",
        b"<<: {a: 1}",
        b"- " * 100_000,
        b"x" * (LARGEST_FILE + 1),
        b'"' + b"\\n" * 100_000,
        b"".join(f"a{place}: 1\n".encode() for place in range(20_000)),
    ],
)
def test_a_hostile_item_file_is_refused_in_few_words(data):
    """
    Aliases, nests, long names, tags, other encodings: faults with a place, and not many of them.
    """
    loaded = load_files({**files(), "items/X-1.yaml": data})

    assert loaded.items == ()
    assert 1 <= len(loaded.faults) <= MOST_FAULTS + 1
    assert all(len(str(fault)) < 2_000 for fault in loaded.faults)


@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_no_bytes_in_a_bank_throw(data):
    """
    Any bytes as bank, item or figure are read or refused in words.
    """
    sent = {"bank.yaml": data, "items/X-1.yaml": data, "figures/x.svg": data}

    loaded = load_files(sent)

    assert loaded.faults


@given(st.text(max_size=120))
def test_reading_yaml_never_throws(text):
    """
    A text is a value, or faults that each say what and in which line.
    """
    reading = read_yaml(text)

    assert all(line.what and line.line >= 1 for line in reading.faults)


def test_an_item_without_end_of_mistakes_is_refused():
    """
    Each expected mistake is read and scored, so there is a most.
    """
    endless = [{"value": str(place), "rationale": "Counts."} for place in range(3_000)]

    loaded = load_files(files(item("S-1", "numeric_entry", errors=endless)))

    assert "50 are the most" in str(loaded.faults[0])


@pytest.mark.parametrize("language", ["English", "e", "en_GB", "de-", "a b"])
def test_a_language_that_is_no_tag_is_refused(language):
    """
    A page names the language of an item, and a browser knows tags only.
    """
    bank = {**BANK, "language": language}

    faults = load_files(files(bank=bank)).faults

    assert any(fault.where == "language" for fault in faults)
