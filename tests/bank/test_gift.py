"""GIFT and Aiken as people type them: read as Moodle reads them, refused with line and reason."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from examengine.bank import FORMATS, ITEM_TYPES, item_version
from examengine.bank.formats import Destination, load_files
from examengine.bank.formats._gift_text import escaped, lit, shadowed
from examengine.bank.rules import Bank, LoadedBank
from examengine.kernel.digest import digest
from tests.bank.small_bank import item

BANK = Bank("quiz", "Quiz", "Own items.", "de", "CC-BY-4.0", "Ours.", (), ())
GIFT, AIKEN = FORMATS["gift"], FORMATS["aiken"]


def read(text: str | bytes, name: str = "q.gift") -> LoadedBank:
    """What a file says, for a bank that is there."""
    data = text.encode() if isinstance(text, str) else text
    return load_files({name: data}, Destination(BANK))


def content(text: str) -> dict:
    """The only item of a file."""
    loaded = read(text)
    assert loaded.faults == ()
    return dict(loaded.items[0].content)


def codes(loaded: LoadedBank) -> list[str]:
    """Why questions were refused."""
    return [fault.what.rpartition("[")[2].rstrip("]") for fault in loaded.faults]


@pytest.mark.parametrize(
    ("text", "item_type", "rule"),
    [
        ("What? {=a ~b ~c}", "single_choice", None),
        ("What? {=a ~%50%b ~c}", "single_choice", "graded_options"),
        ("What? {=a =b ~c}", "single_choice", "graded_options"),
        ("What? {~%50%a ~%50%b ~%-50%c ~%-50%d}", "multiple_response", "per_right_option"),
        ("What? {~%50%a ~%50%b ~c}", "multiple_response", "weighted_options"),
        ("What? {T}", "single_choice", None),
        ("What? {FALSE#wrong#right}", "single_choice", None),
        ("What? {=a =%50%b}", "short_text", "first_match"),
        ("What? {#3:2}", "numeric_entry", None),
        ("What? {#1..5}", "numeric_entry", None),
        ("What? {#=3:0 =%50%3:1}", "numeric_entry", "bands"),
        ("What? {=a -> 1 =b -> 2 = -> 3}", "matching", "per_right_pair"),
    ],
)
def test_each_kind_of_answer_is_an_item_type(text, item_type, rule):
    """
    What stands in the braces says what is asked, and how it counts.
    """
    found = content(text)

    assert found["type"] == item_type
    assert found.get("scoring", {}).get("rule") == rule


@pytest.mark.parametrize(
    ("text", "typed", "part"),
    [
        ("What? {=Frog =%50%*cat* =%0%*}", "a cat", Fraction(1, 2)),
        ("What? {=Frog =%50%*cat* =%0%*}", "FROG", Fraction(1)),
        ("What? {#1..5}", "5", Fraction(1)),
        ("What? {#1..5}", "5.01", Fraction(0)),
        ("What? {#=3:0 =%50%3:1}", "4", Fraction(1, 2)),
        ("What? {#-3.5:0.5 ~#No.}", "-4", Fraction(1)),
        ("What? {=a\\=b}", "a=b", Fraction(1)),
    ],
)
def test_typed_answers_score_as_moodle_scores_them(text, typed, part):
    """
    Weights, tolerances, ranges and wildcards count as they do there.
    """
    found = content(text)
    kind = ITEM_TYPES[found["type"]]

    assert Fraction(kind.points(found, kind.read(found, typed)), kind.most_points(found)) == part


def test_everything_beside_the_answers_is_kept():
    """
    Name, id, tags, category, formats, escapes, feedback to each answer and to all.
    """
    text = r"""$CATEGORY: $course$/top/Trade

// [id:G-7] [tag:week 3] [tag:Week 3]
::Price\: two::[html]What costs <b>2 \{or 3\}</b>\n?{
  // a comment inside
  =A [plain] bread # Good\: yes.

  ~[plain]2 * 3 * <b> # [markdown]No, **not**.
  ####Because.
}
"""
    found = content(text)

    assert (found["id"], found["title"], found["area"]) == ("G-7", "Price: two", "Trade")
    assert found["tags"] == ["week 3"]
    assert found["stem"] == "What costs *2 {or 3}* ?"
    assert [option["text"] for option in found["options"]] == ["A [plain] bread", "2 * 3 * <b>"]
    assert [one["rationale"] for one in found["options"]] == ["Good: yes.", "No, *not*."]
    assert found["rationale"] == "Because."


def test_empty_braces_ask_for_a_text():
    """
    Nothing is said for whoever marks, and that is noted with the item and in the report.
    """
    loaded = read("::Essay:: Write about \\{sets\\}. {\n####Think of both.\n}")
    found = loaded.items[0].content

    assert (found["type"], found["stem"]) == ("extended_text", "Write about {sets}.")
    assert found["rationale"] == "Think of both."
    assert [note.what.rpartition("[")[2] for note in loaded.notes] == ["no-key]"]
    assert len(found["differences"]) == 1


def test_gaps_as_cloze_writes_them_are_read_here_too():
    """
    People write them into GIFT; without that they came in as an option called 1:MC:.
    """
    text = r"::Dogs:: Read.\n\nA dog {1:MC:~=barks#Yes.~sings \~} and {2:MC:=runs~flies\}}."
    loaded = read(text)
    found = loaded.items[0].content

    assert (found["type"], found["stem"]) == ("inline_choice", "Read.")
    assert found["text"] == "A dog [[g1]] and [[g2]]."
    assert found["gaps"][0]["options"] == [
        {"id": "a", "text": "barks", "rationale": "Yes."},
        {"id": "b", "text": "sings ~"},
    ]
    assert found["scoring"]["points"] == {"g1": {"a": 1}, "g2": {"a": 2}}
    assert [note.what.rpartition("[")[2] for note in loaded.notes] == ["cloze]"]
    assert content("It {1:SA:=rains~=snows} today.")["key"]["accept"] == ["rains", "snows"]


def test_a_missing_word_leaves_a_gap():
    """
    Words behind the braces belong to the question.
    """
    assert content("The {=sun ~moon} shines.")["stem"] == "The _____ shines."


def test_true_and_false_are_said_in_the_language_of_the_bank():
    """
    A file says T; a candidate reads a word.
    """
    found = content("Es regnet. {F#Doch#Eben}")

    assert [one["text"] for one in found["options"]] == ["Wahr", "Falsch"]
    assert (found["key"], found["shuffle"]) == ("b", False)
    assert [one["rationale"] for one in found["options"]] == ["Doch", "Eben"]


@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        ("Just words.", "not-a-question", 1),
        ("Open {=a", "braces", 1),
        ("Closed =a}", "braces", 1),
        ("A {=a} and {=b} here.", "several-gaps", 1),
        ("A {1:SA:=a} and {1:SA:=b} here.", "gap-typed", 1),
        ("What? {~%-50%a =b}", "negative-points", 1),
        ("What? {~%70%a ~b}", "key-below-full", 1),
        ("What? {#x}", "no-number", 1),
        ("What? {#}", "no-answers", 1),
        ("What? {=a -> 1 =b}", "pairs", 1),
        ("What? {=%37%a}", "unknown-weight", 1),
        ('[html]<img src\\="https\\://x/y.png"> What? {T}', "file-elsewhere", 1),
        ("$CATEGORY: only\n", "no-questions", None),
    ],
)
def test_what_cannot_be_is_refused_with_its_line(text, code, line):
    """
    Each refusal names a code and the line on which the question begins.
    """
    loaded = read(text)

    assert codes(loaded) == [code]
    assert loaded.faults[0].line == line


@pytest.mark.parametrize("coding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_a_file_in_any_usual_encoding_is_the_same(coding):
    """
    Old editors write Windows-1252, new ones a mark; either kind of line end.
    """
    loaded = read("Was heißt “Café”?\r\n{=Kaffee ~Tee}\r\n".encode(coding))

    assert loaded.faults == ()
    assert loaded.items[0].content["stem"] == "Was heißt “Café”?"
    assert bool(loaded.notes) == (coding == "cp1252")


@given(st.text(alphabet="\\:#={}~n\na b-", max_size=60))
def test_an_escaped_text_is_read_as_itself(text):
    """
    Whatever signs a text holds, written and read again it is the same.
    """
    assert lit(shadowed(escaped(text))) == text


@given(st.text(alphabet="{}=~#%:->\\[]htmlTF$/ \n1a*", max_size=80))
def test_no_text_makes_the_reader_throw(text):
    """
    Any text is read, or refused in words.
    """
    for name in ("q.gift", "q.txt"):
        loaded = load_files({name: f"{text}\nANSWER: A".encode()}, Destination(BANK))

        assert loaded.items or loaded.faults


@pytest.mark.parametrize(
    "text", ["{" * 100_000, "\\" * 100_000, "a\n\n" * 30_000, "{=\n" * 30_000, "::" * 100_000]
)
def test_a_hostile_file_is_read_soon(text):
    """
    Endless braces, escapes and blocks: nothing comes in, nothing throws.
    """
    assert read(text).items == ()


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"key": {"accept": ["a"], "case_sensitive": True}, "errors": []}, "case"),
        ({"tags": ["a]b"], "errors": []}, "tag"),
        ({"stimulus": [{"figure": {"file": "figures/x.svg", "digest": "sha256:1"}}]}, "file"),
    ],
)
def test_what_gift_has_no_place_for_is_named(changes, says):
    """
    An item is written whole or not at all.
    """
    assert says in (GIFT.left_out(item_version("quiz", item("S-1", "short_text", **changes))) or "")


@pytest.mark.parametrize(
    "changed",
    [
        item("S-1", "single_choice", stem="1 {2} = 3 # 4 ~ 5 : 6 \\ 7\n\n```\na\n  b\n```"),
        item("S-1", "single_choice", tags=["x y"], title="::T::", rationale="Why: so."),
        item("S-1", "short_text", errors=[]),
        item("S-1", "matching", scoring={"rule": "per_right_pair"}),
        item("S-1", "extended_text"),
        item("S-1", "extended_text", stem="a\nb {c}", scoring={"rule": "by_person", "points": 4}),
        item(
            "S-1",
            "multiple_response",
            scoring={"rule": "weighted_options", "points": {"a": 2, "d": 1, "b": -1}},
        ),
    ],
)
def test_what_is_written_is_read_as_the_same_item(changed):
    """
    Marks of GIFT in texts, lines of code, tags and points come back.
    """
    version = item_version("quiz", changed)

    assert GIFT.left_out(version) is None
    again = load_files(GIFT.write(BANK, [version], {}), Destination(BANK))
    assert [digest(one.content) for one in again.items] == [version.digest]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("What?\nA. x\nC. y\nANSWER: A\n", "letters"),
        ("What?\nA. x\nB. y\nANSWER: C\n", "no-answers"),
        ("What?\nA. x\nB. y\n\nNext?\nA. x\nB. y\nANSWER: B\n", "no-answers"),
        ("What?\nA. x\nB.\nANSWER: A\n", "not-well-formed"),
    ],
)
def test_a_broken_aiken_question_is_named_and_the_rest_is_read(text, code):
    """
    A gap in the letters, an answer that is no option, one that is missing.
    """
    loaded = read(text, "q.txt")

    assert codes(loaded) == [code]
    assert len(loaded.items) == text.count("Next?")


def test_aiken_takes_what_people_type():
    """
    Brackets for dots, small letters, lines of a question, blanks between.
    """
    loaded = read(
        "What is\n2 * 2?\n\na) 3\n b) 4\nanswer : b\n\nX?\nA. *\nB. _\nANSWER: A", "q.txt"
    )
    first, second = (one.content for one in loaded.items)

    assert loaded.faults == ()
    assert (first["stem"], first["key"]) == ("What is\n\n2 * 2?", "b")
    assert [option["text"] for option in second["options"]] == ["*", "_"]


def test_aiken_holds_little_and_says_so():
    """
    What has an area, a level or an id of its own has no place in it.
    """
    assert "cannot be written" in (
        AIKEN.left_out(item_version("quiz", item("S-1", "single_choice"))) or ""
    )
    assert "Aiken" in (AIKEN.left_out(item_version("quiz", item("S-1", "multiple_response"))) or "")
