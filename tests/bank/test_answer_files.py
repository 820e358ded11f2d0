"""Files of answers: what they are, by what they hold; and what their names may be."""

import io
import struct
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from examengine.bank import (
    FILE_KINDS,
    cleaned_file_name,
    file_name_apart_from,
    file_name_ending_in,
    recognised_kind,
)
from examengine.bank.file_names import LONGEST_NAME, ending_of
from tests.bank import answer_files as made


def kind_of(data: bytes, name: str = "answer") -> str | None:
    """The name of the kind of a file."""
    found = recognised_kind(io.BytesIO(data), name)
    return None if found is None else found.name


@pytest.mark.parametrize(
    ("data", "name", "kind"),
    [
        (made.PDF, "plan.pdf", "pdf"),
        (b"\n\n" + made.PDF, "plan.pdf", "pdf"),
        (made.PNG, "plan.png", "png"),
        (made.JPEG, "plan.jpg", "jpeg"),
        (made.WEBP, "plan.webp", "webp"),
        (made.DOCX, "plan.docx", "docx"),
        (made.XLSX, "costs.xlsx", "xlsx"),
        (made.PPTX, "talk.pptx", "pptx"),
        (made.ODT, "plan.odt", "odt"),
        (made.ODS, "costs.ods", "ods"),
        (made.ODP, "talk.odp", "odp"),
        (made.ZIP, "project.zip", "zip"),
        (made.TEXT, "costs.csv", "csv"),
        (made.TEXT, "costs.TSV", "csv"),
        (made.TEXT, "costs.txt", "txt"),
        (made.TEXT, "README", "txt"),
        (made.TEXT.decode().encode("utf-16"), "costs.csv", "csv"),
        (made.TEXT.decode().encode("latin-1"), "costs.csv", "csv"),
        (made.PROGRAM, "main.py", "code"),
        (b"<script>alert(1)</script>", "page.html", "code"),
    ],
)
def test_a_file_is_known_by_what_it_holds(data, name, kind):
    """
    Signatures and parts say what a file is; of a text its ending says which kind of text.
    """
    assert kind_of(data, name) == kind


@pytest.mark.parametrize(
    "data",
    [
        *(made.EXECUTABLE, made.OLD_DOCUMENT, made.WITH_MACROS, b"GIF89a\x01\x00"),
        *(b"PK\x03\x04", b"PK\x03\x04" + b"x" * 100, made.ZIP[:-30], b"\x00", b"a\x1b[2Jb"),
    ],
)
def test_what_would_run_or_cannot_be_told_is_of_no_kind(data):
    """
    Programs, documents with macros, archives that were cut off: whatever they are called.
    """
    assert kind_of(data, "plan.pdf") is None


@pytest.mark.parametrize("name", ["picture.png", "plan.exe", "table.csv", "x"])
def test_a_name_deceives_nobody(name):
    """
    A PDF is one under any name, and gets an ending that says so.
    """
    kind = recognised_kind(io.BytesIO(made.PDF), name)

    assert kind is FILE_KINDS["pdf"]
    assert file_name_ending_in(name, kind.endings) == f"{name}.pdf"
    assert file_name_ending_in("Plan.PDF", kind.endings) == "Plan.PDF"


def test_a_list_of_parts_that_lies_is_not_followed():
    """
    An archive whose end points elsewhere, or names more than is there, is none that is known.
    """
    whole = bytearray(made.XLSX)
    end = whole.rfind(b"PK\x05\x06")
    for length, start in ((2**31, 0), (100, len(whole)), (2**32 - 1, 2**32 - 1), (1, 0), (0, 0)):
        struct.pack_into("<II", whole, end + 12, length, start)
        assert kind_of(bytes(whole), "costs.xlsx") is None


@given(data=st.binary(max_size=300), name=st.text(max_size=20))
def test_recognising_never_fails(data, name):
    """
    Whatever somebody sends, it is of a kind or of none.
    """
    for start in (b"", b"PK\x03\x04", b"PK\x03\x04PK\x05\x06", b"\xff\xfe"):
        found = recognised_kind(io.BytesIO(start + data), name)

        assert found is None or found in FILE_KINDS.values()


@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        ("plan.pdf", "plan.pdf"),
        ("C:\\Users\\Ada\\plan.pdf", "plan.pdf"),
        ("../../etc/passwd", "passwd"),
        ("plan\u202efdp.exe", "planfdp.exe"),
        ("a\x00b\r\nc.pdf", "ab c.pdf"),
        ("  plan .pdf. ", "plan.pdf"),
        ('what "is" <this>?.pdf', "what _is_ _this__.pdf"),
        ("CON.txt", "_CON.txt"),
        ("...", "file"),
        ("", "file"),
        ("پرونده\u200cها.pdf", "پرونده\u200cها.pdf"),
        ("u\u0308ber.pdf", "über.pdf"),
        ("x" * 500 + ".pdf", "x" * (LONGEST_NAME - 4) + ".pdf"),
    ],
)
def test_a_name_is_shown_without_what_could_deceive(sent, shown):
    """
    Folders, control characters, turned directions and signs of file systems are gone.
    """
    assert cleaned_file_name(sent) == shown


@given(st.text(max_size=300))
def test_a_name_that_was_cleaned_stays_as_it_is(name):
    """
    Cleaning is done once; what is stored can be compared with what is sent back.
    """
    clean = cleaned_file_name(name)

    assert cleaned_file_name(clean) == clean
    assert 1 <= len(clean) <= LONGEST_NAME
    assert not any(unicodedata.category(sign) in {"Cc", "Cs", "Zl", "Zp"} for sign in clean)
    assert not set(clean) & set('/\\<>:"|?*\u202a\u202e\u2066\u2069')


@given(st.text(max_size=300), st.sampled_from(sorted(FILE_KINDS)))
def test_a_name_with_its_ending_is_clean_and_one_of_its_kind(name, kind):
    """
    Whatever a file was called, its name ends as its kind does and may be stored.
    """
    named = file_name_ending_in(cleaned_file_name(name), FILE_KINDS[kind].endings)

    assert cleaned_file_name(named) == named
    assert ending_of(named) in FILE_KINDS[kind].endings


@given(
    st.lists(st.sampled_from(["plan.pdf", "PLAN.pdf", "plan (2).pdf", "x", "y" * 120]), max_size=6)
)
def test_files_of_one_answer_have_names_of_their_own(names):
    """
    A second `plan.pdf` is `plan (2).pdf`, so that whoever marks can tell them apart.
    """
    taken: list[str] = []
    for name in names:
        taken.append(file_name_apart_from(name, taken))

    assert len({name.casefold() for name in taken}) == len(taken)
    assert all(cleaned_file_name(name) == name for name in taken)
