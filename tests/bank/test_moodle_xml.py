"""Moodle XML as courses export it: read, scored as Moodle scores, refused with a reason."""

from base64 import b64encode
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from examengine.bank import FORMATS, ITEM_TYPES, item_version
from examengine.bank.formats import Destination, load_files, load_folder
from examengine.bank.rules import Area, Bank, LoadedBank
from examengine.kernel.digest import digest
from tests.bank.small_bank import FIGURE, item

AREAS = (Area("cells", "Cell biology", "Knows cells."),)
BANK = Bank("quiz", "Quiz", "Own items.", "en", "CC-BY-4.0", "Ours.", AREAS, ())
MOODLE = FORMATS["moodle_xml"]
OFFERED = ["100", "50", "33.33333", "25", "20", "0", "-25", "-33.33333", "-50", "-100"]
"""Percentages of answers as Moodle offers them."""
SVG = b64encode(FIGURE.encode()).decode()


def quiz(*questions: str, head: str = '<?xml version="1.0" encoding="UTF-8"?>\n') -> bytes:
    """The file of some questions."""
    return f"{head}<quiz>{''.join(questions)}</quiz>".encode()


def asked(kind: str, *parts: str, text: str = "<p>What?</p>", name: str = "Q") -> str:
    """One question of a type."""
    words = f'<questiontext format="html"><text><![CDATA[{text}]]></text></questiontext>'
    named = f"<name><text>{name}</text></name>"
    return f'<question type="{kind}">{named}{words}{"".join(parts)}</question>'


def answer(percent: str, text: str, feedback: str = "", more: str = "") -> str:
    """One answer."""
    why = f'<feedback format="html"><text><![CDATA[{feedback}]]></text></feedback>'
    return f'<answer fraction="{percent}"><text><![CDATA[{text}]]></text>{why}{more}</answer>'


def read(data: bytes | str, latest: dict | None = None) -> LoadedBank:
    """What a file says, for a bank that is there."""
    sent = quiz(data) if isinstance(data, str) else data
    return load_files({"q.xml": sent}, Destination(BANK, {}, latest or {}))


def content(question: str) -> dict:
    """The only item of a file."""
    loaded = read(question)
    assert loaded.faults == ()
    return dict(loaded.items[0].content)


def codes(loaded: LoadedBank) -> list[str]:
    """Why questions were refused."""
    return [fault.what.rpartition("[")[2].rstrip("]") for fault in loaded.faults]


def noted(loaded: LoadedBank) -> set[str]:
    """What was read otherwise than it was written."""
    return {note.what.rpartition("[")[2].rstrip("]") for note in loaded.notes}


@given(st.data())
def test_several_answers_score_as_moodle_scores_them(data):
    """
    What is chosen adds up, between nothing and everything; what cannot be so is refused.
    """
    percents = data.draw(st.lists(st.sampled_from(OFFERED), min_size=2, max_size=6))
    answers = [answer(percent, f"Text {place}") for place, percent in enumerate(percents)]
    loaded = read(asked("multichoice", "<single>false</single>", *answers))
    weights = [Fraction(round(float(percent) * 60), 6000) for percent in percents]
    if not loaded.items:
        gained = sum(weight for weight in weights if weight > 0)
        coarse = codes(loaded) == ["too-many-points"]
        assert gained < 1 or min(weights) > 0 or coarse
        return

    found = loaded.items[0].content
    kind, places = ITEM_TYPES["multiple_response"], range(len(percents))
    chosen = data.draw(st.sets(st.sampled_from(list(places)), min_size=1))
    response = kind.read(found, [found["options"][place]["id"] for place in chosen])
    moodle = min(max(sum(weights[place] for place in chosen), Fraction(0)), Fraction(1))
    assert Fraction(kind.points(found, response), kind.most_points(found)) == moodle


@given(st.lists(st.sampled_from(OFFERED), min_size=2, max_size=6))
def test_one_answer_scores_as_moodle_scores_it(percents):
    """
    Each answer gives its part of the whole; one that takes points away is refused.
    """
    answers = [answer(percent, f"Text {place}") for place, percent in enumerate(percents)]
    loaded = read(asked("multichoice", "<single>true</single>", *answers))
    if not loaded.items:
        refusals = {"negative-points", "key-below-full", "nothing-wrong", "too-many-points"}
        assert set(codes(loaded)) <= refusals
        return

    found, kind = loaded.items[0].content, ITEM_TYPES["single_choice"]
    worth = [
        Fraction(kind.points(found, option["id"]), kind.most_points(found))
        for option in found["options"]
    ]
    assert worth == [Fraction(round(float(percent) * 60), 6000) for percent in percents]


@pytest.mark.parametrize(
    ("typed", "part"),
    [("Frog", 1), ("frog ", 1), ("frog.", 0), ("a cat", Fraction(1, 2)), ("2*3", 1), ("dog", 0)],
)
def test_a_typed_answer_scores_as_moodle_scores_it(typed, part):
    """
    The first answer that matches counts, with * for any signs; other signs are no matter of taste.
    """
    answers = (answer("100", "Frog"), answer("50", "*cat*"), answer("100", r"2\*3"))
    found = content(asked("shortanswer", "<usecase>0</usecase>", *answers, answer("0", "*", "No.")))

    kind = ITEM_TYPES["short_text"]
    assert Fraction(kind.points(found, kind.read(found, typed)), kind.most_points(found)) == part


def test_case_counts_where_moodle_says_so():
    """
    Moodle calls it usecase.
    """
    found = content(asked("shortanswer", "<usecase>1</usecase>", answer("100", "NaCl")))

    assert ITEM_TYPES["short_text"].points(found, "nacl") == 0
    assert ITEM_TYPES["short_text"].points(found, "NaCl") == 1


@pytest.mark.parametrize(
    ("typed", "part"),
    [("12.5", 1), ("12.54", 1), ("12.9", Fraction(1, 2)), ("99", 1), ("14", 0), ("x", 0)],
)
def test_numbers_score_within_their_tolerances(typed, part):
    """
    Each number has a tolerance and a part of its own, several can be right, and the unit is kept.
    """
    answers = (
        answer("100", "12.5", "", "<tolerance>0.05</tolerance>"),
        answer("50", "12.5", "Rounded.", "<tolerance>0.5</tolerance>"),
        answer("100", "99", "", "<tolerance>0</tolerance>"),
        answer("0", "*", "No."),
    )
    units = "<units><unit><multiplier>1</multiplier><unit_name>%</unit_name></unit></units>"
    loaded = read(asked("numerical", *answers, units))
    found, kind = loaded.items[0].content, ITEM_TYPES["numeric_entry"]

    assert loaded.faults == ()
    assert found["unit"] == "%"
    assert noted(loaded) == {"feedback"}
    assert Fraction(kind.points(found, kind.read(found, typed)), kind.most_points(found)) == part


def test_pairs_count_each_and_distractors_stay():
    """
    Each line with its option counts as much, options repeat, and one may belong to no line.
    """
    lines = "".join(
        f"<subquestion format='html'><text>{prompt}</text><answer><text>{option}</text></answer>"
        "</subquestion>"
        for prompt, option in [("Rome", "Italy"), ("Milan", "Italy"), ("Bern", "Swiss"), ("", "UK")]
    )
    found, kind = content(asked("matching", lines)), ITEM_TYPES["matching"]

    assert [option["text"] for option in found["options"]] == ["Italy", "Swiss", "UK"]
    assert kind.most_points(found) == 3
    assert kind.points(found, {"p1": "a", "p2": "b", "p3": "b"}) == 2


@pytest.mark.parametrize(
    ("grading", "rule"),
    [
        ("ALL_OR_NOTHING", None),
        ("ABSOLUTE_POSITION", "per_right_place"),
        ("RELATIVE_NEXT_EXCLUDE_LAST", "per_right_neighbour"),
        ("", "per_right_neighbour"),
    ],
)
def test_an_order_scores_by_the_same_rule_and_its_ids_tell_nothing(grading, rule):
    """
    Lines are listed by their words, so that neither places nor ids give the order away.
    """
    lines = "".join(f"<answer><text>{word}</text></answer>" for word in ("ash", "birch", "cedar"))
    options = f"<selecttype>ALL</selecttype><gradingtype>{grading}</gradingtype>"
    loaded = read(asked("ordering", options, lines))
    found = loaded.items[0].content

    assert found.get("scoring", {}).get("rule") == rule
    assert found["key"] != sorted(found["key"])
    texts = {option["id"]: option["text"] for option in found["options"]}
    assert [texts[one] for one in found["key"]] == ["ash", "birch", "cedar"]


@pytest.mark.parametrize(
    ("question", "code"),
    [
        (asked("calculated"), "drawn-numbers"),
        (asked("calculatedmulti"), "drawn-numbers"),
        (asked("stack"), "question-type"),
        (asked("coderunner"), "question-type"),
        (asked("description"), "not-a-question"),
        (asked("essay"), "needs-extended-text"),
        (asked("cloze"), "needs-inline-choice"),
        (asked("gapselect"), "needs-inline-choice"),
        (asked("ddwtos"), "needs-gap-match"),
        (asked("ddmarker"), "needs-select-point"),
        ('<question type="multichoice"></question>', "no-text"),
        (asked("multichoice", answer("90", "a"), answer("0", "b")), "key-below-full"),
        (asked("multichoice", answer("100", "a"), answer("-50", "b")), "negative-points"),
        (asked("multichoice", answer("100", "a"), answer("37", "b")), "unknown-weight"),
        (asked("multichoice", answer("x", "a"), answer("0", "b")), "no-number"),
        (asked("multichoice", *[answer("100", "a")] + [answer("0", "b")] * 30), "too-many-answers"),
        (
            asked(
                "numerical", answer("50", "5", "", "<tolerance>9</tolerance>"), answer("100", "5")
            ),
            "shadowed-answer",
        ),
        (asked("numerical", answer("100", "5"), answer("50", "*")), "catch-all-points"),
        (
            asked("numerical", "<unitgradingtype>1</unitgradingtype>", answer("100", "5")),
            "unit-graded",
        ),
        (asked("ordering", "<selectcount>2</selectcount>", "<answer/>" * 4), "drawn-lines"),
        (
            asked("ordering", "<selecttype>ALL</selecttype><gradingtype>LONGEST</gradingtype>"),
            "order-points",
        ),
        (asked("truefalse", answer("100", "true"), answer("100", "false")), "key-below-full"),
        (asked("truefalse", answer("100", "true")), "no-answers"),
        (
            asked("shortanswer", answer("100", "a"), text="<iframe src='x'></iframe>"),
            "embedded-page",
        ),
        (asked("shortanswer", answer("100", "a"), text="<math><mi>x</mi></math>"), "mathml"),
        (
            asked("shortanswer", answer("100", "a"), text="<img src='https://x/y.png'>"),
            "file-elsewhere",
        ),
        (
            asked("shortanswer", answer("100", "a"), text="<img src='@@PLUGINFILE@@/y.png'>"),
            "file-elsewhere",
        ),
        (
            asked(
                "multichoice", answer("100", "<img src='@@PLUGINFILE@@/y.png'>"), answer("0", "b")
            ),
            "file-in-answer",
        ),
        (
            asked(
                "shortanswer",
                answer("100", "a"),
                text="<table><tr><td colspan='2'>a</td></tr><tr><td>b</td><td>c</td></tr></table>",
            ),
            "table-shape",
        ),
        (asked("shortanswer", answer("100", "a"), text=r"Solve \(\foo{x}\)"), "not-well-formed"),
    ],
)
def test_what_no_item_can_be_is_refused_with_its_own_reason(question, code):
    """
    Each refusal has a code, a line and the name of its question; the rest of the file comes in.
    """
    other = asked("shortanswer", answer("100", "yes"), text="Is this there?", name="Other")
    loaded = read(quiz(question, "\n", other))

    assert codes(loaded) == [code]
    assert loaded.faults[0].line == 2
    assert loaded.faults[0].item_id
    assert [one.content["title"] for one in loaded.items] == ["Other"]


RICH = """<h3>Lists</h3><p>Say <b>two</b> of<br>these&nbsp;in C<sub>2</sub>H<sub>5</sub>OH:</p>
<ul><li>one <code>x*y*z</code></li><li>two</li></ul><pre>for x in y:
    print(x)</pre><p>It costs 2 * 3 * 4, <a href="https://example.org/">see</a>,
$$\\frac{1}{2} &lt; x$$ and *this* is vector<int>.</p>"""


def test_html_becomes_marked_text_without_loss():
    """
    Paragraphs, lists, emphasis, code with its lines, formulas, low signs, links, stray signs.
    """
    found = content(asked("shortanswer", answer("100", "a"), text=RICH))

    assert found["stem"].split("\n\n") == [
        "*Lists*",
        "Say *two* of",
        "these in C₂H₅OH:",
        "- one `x*y*z`\n- two",
        "```\nfor x in y:\n    print(x)\n```",
        "It costs 2 ∗ 3 ∗ 4, see (https://example.org/), \\(\\frac{1}{2} \\lt  x\\) and ∗this∗ "
        "is vector<int>.",
    ]


def test_a_table_and_a_picture_become_parts_of_the_item():
    """
    A picture is kept by what it holds, whatever signs its name has, with its alternative text.
    """
    text = (
        "<p>Look.</p><table><caption>Sales</caption><tr><th>Day</th><th>n</th></tr>"
        "<tr><td>Monday</td><td>20</td></tr></table>"
        "<img src='@@PLUGINFILE@@/my%20line%2C%20new.svg' alt='A rising line.'>"
    )
    file = f'<file name="my line, new.svg" path="/" encoding="base64">{SVG}</file>'
    question = asked("shortanswer", answer("100", "a"), text=text).replace(
        "</questiontext>", f"{file}</questiontext>"
    )
    loaded = read(question)
    table, figure = loaded.items[0].content["stimulus"]

    assert loaded.faults == ()
    assert table["table"]["rows"] == [["Monday", "20"]]
    assert table["table"]["row_headers"] is False
    assert figure["figure"]["alt"] == "A rising line."
    assert figure["figure"]["file"].startswith("figures/my-line--new-")
    assert figure["figure"]["digest"] == loaded.media[figure["figure"]["file"]].digest


def test_what_has_no_place_is_told():
    """
    Hints, weights, hidden, penalties, files and feedback nobody shows: noted, never dropped.
    """
    more = (
        "<hidden>1</hidden><defaultgrade>3</defaultgrade><penalty>0.5</penalty><hint><text>H</text>"
        "</hint><correctfeedback format='html'><text>Bravo!</text></correctfeedback>"
    )
    question = asked("shortanswer", more, answer("100", "a")).replace(
        "</questiontext>", f'<file name="x.svg" encoding="base64">{SVG}</file></questiontext>'
    )

    assert noted(read(question)) == {
        *("hidden", "weight", "penalty", "hints", "feedback", "file-unused")
    }


def test_a_question_keeps_its_number_tags_name_feedback_and_place():
    """
    The idnumber is the id, the category an area by its title, general feedback the rationale.
    """
    category = (
        '<question type="category"><category><text>$course$/top/Biology/Cell biology</text>'
        "</category></question>"
    )
    more = (
        "<idnumber>BIO-7</idnumber><tags><tag><text>week 3</text></tag>"
        "<tag><text>Week 3</text></tag></tags><generalfeedback>"
        "<text>&lt;p&gt;So it is.&lt;/p&gt;</text></generalfeedback>"
        "<shuffleanswers>0</shuffleanswers>"
    )
    options = (answer("100", "Yes", "Right."), answer("0", "No", "Wrong."))
    loaded = read(quiz(category, asked("multichoice", more, *options, name="Cell 7")))
    found = loaded.items[0].content

    assert (found["id"], found["area"], found["title"]) == ("BIO-7", "cells", "Cell 7")
    assert (found["tags"], found["rationale"], found["shuffle"]) == (["week 3"], "So it is.", False)
    assert [option["rationale"] for option in found["options"]] == ["Right.", "Wrong."]


def test_a_category_that_the_bank_does_not_have_is_kept_for_its_policy():
    """
    The names below the top, as one area; the lint says that the bank does not name it.
    """
    category = (
        '<question type="category"><category><text>$course$/top/Physics/Heat</text></category>'
        "</question>"
    )
    loaded = read(quiz(category, asked("shortanswer", answer("100", "a"))))

    assert loaded.items[0].content["area"] == "Physics/Heat"


def test_a_changed_question_is_the_next_version_and_the_same_one_is_not():
    """
    Moodle numbers no versions, so the bank says which is next.
    """
    number = "<idnumber>Q-1</idnumber>"
    first = item_version("quiz", content(asked("shortanswer", number, answer("100", "a"))))
    again = read(asked("shortanswer", number, answer("100", "a")), {"Q-1": first})
    changed = read(asked("shortanswer", number, answer("100", "b")), {"Q-1": first})

    assert digest(again.items[0].content) == first.digest
    assert changed.items[0].content["version"] == 2


def test_a_question_without_a_number_has_an_id_that_tells_nothing():
    """
    The id is made of what the page shows; a corrected key keeps it, the same twice is told.
    """
    one = asked("multichoice", answer("100", "Yes"), answer("0", "No"), name="Key is Yes")
    other = asked("multichoice", answer("0", "Yes"), answer("100", "No"), name="Key is No")
    loaded = read(quiz(one, other, one))

    first, second = (loaded_item.id for loaded_item in loaded.items)
    assert second == f"{first}-2"
    assert "yes" not in first.lower()
    assert codes(loaded) == ["same-question"]
    assert read(other).items[0].id == first


@pytest.mark.parametrize(
    "data",
    [
        quiz(asked("shortanswer", answer("100", "café"))),
        b"\xef\xbb\xbf" + quiz(asked("shortanswer", answer("100", "café"))),
        quiz(asked("shortanswer", answer("100", "café"))).replace(b"\n", b"\r\n"),
        quiz(asked("shortanswer", answer("100", "café")), head="").decode().encode("utf-16"),
        quiz(asked("shortanswer", answer("100", "café"))).decode().encode("cp1252"),
        quiz(
            asked("shortanswer", answer("100", "café")),
            head='<?xml version="1.0" encoding="ISO-8859-1"?>',
        )
        .decode()
        .encode("latin-1"),
    ],
)
def test_a_file_in_any_usual_encoding_is_the_same(data):
    """
    UTF-8 with and without mark, UTF-16, Windows-1252 declared or not, both line ends.
    """
    loaded = read(data)

    assert loaded.faults == ()
    assert loaded.items[0].content["key"]["accept"] == ["café"]


BOMB = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 12))


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (quiz(head=f'<!DOCTYPE quiz [<!ENTITY a0 "x">{BOMB}]>'), "doctype"),
        (quiz(head='<!DOCTYPE quiz SYSTEM "file:///etc/passwd">'), "doctype"),
        (quiz(asked("shortanswer", answer("100", "&a0;"), text="x]]>&a0;<![CDATA[")), "xml"),
        (b"<quiz><question></quiz>", "xml"),
        (b"<quiz>" + b"<a>" * 5_000 + b"</a>" * 5_000 + b"</quiz>", "xml"),
        (b"<?xml version='1.0'?><!-- <quiz> --><notquiz/>", "no-quiz"),
        (b"<quiz><thing/></quiz>", "no-question"),
        (b"<quiz></quiz>", "no-questions"),
        (quiz(asked("shortanswer", answer("100", "a"), text="<b>" * 3_000)), "too-deep"),
        (quiz(asked("shortanswer", answer("100", "a"), text="x" * 600_000)), "too-long"),
        (
            quiz(
                asked("shortanswer", answer("100", "a")).replace(
                    "</questiontext>", '<file name="x.svg">%%%</file></questiontext>'
                )
            ),
            "file-coding",
        ),
    ],
)
def test_a_hostile_or_broken_file_is_refused_in_words(data, code):
    """
    Declared types, entities, depth, length, broken base64: a code, and nothing comes in.
    """
    loaded = read(data)

    assert loaded.items == ()
    assert code in codes(loaded)
    assert all(len(str(fault)) < 1_000 for fault in loaded.faults)


@given(st.text(alphabet="<>/&;\"'= abiuprtdlo$\\()[]{}*`_^123\n", max_size=80))
def test_no_html_makes_the_reader_throw(text):
    """
    Whatever stands in a question is read or refused in words, and what is read can be shown.
    """
    if "]]>" in text:
        return
    loaded = read(asked("multichoice", answer("100", text), answer("0", "b"), text=f"Q {text}"))

    assert loaded.items or loaded.faults
    for one in loaded.items:
        assert ITEM_TYPES["single_choice"].present(one.content, ())


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (item("S-1", "matching"), "all_or_nothing"),
        (
            item("S-1", "single_choice", stimulus=[{"formula": {"tex": "x", "spoken": "x"}}]),
            "formula",
        ),
        (
            item("S-1", "multiple_response", scoring={"rule": "by_mistakes", "points": [2, 1]}),
            "by_mistakes",
        ),
        (item("S-1", "short_text", key={"accept": ["a*b"]}, errors=[]), "holds *"),
    ],
)
def test_an_item_that_moodle_would_score_otherwise_is_not_written(content, says):
    """
    It is named with the reason, and never written as another question.
    """
    assert says in (MOODLE.left_out(item_version("quiz", content)) or "")


@pytest.mark.parametrize(
    "content",
    [
        item("S-1", "single_choice", stem="One\ntwo.\n\n- a\n- *b*\n", tags=["x"], title="T"),
        item("S-1", "single_choice", shuffle=False, area="a/b"),
        item("S-1", "multiple_response"),
        item("S-1", "multiple_response", scoring={"rule": "per_right_option", "deduction": True}),
        item("S-1", "short_text"),
        item("S-1", "numeric_entry"),
        item("S-1", "matching", scoring={"rule": "per_right_pair"}),
        item("S-1", "ordering"),
        item("S-1", "ordering", scoring={"rule": "per_right_place"}),
        item("S-1", "ordering", stem="A -- b ---- c", version=7, enemies=["S-2"]),
    ],
)
def test_what_is_written_is_read_as_the_same_item(content):
    """
    Texts as their author wrote them, ids, versions, rationales and points come back.
    """
    version = item_version("quiz", content)

    assert MOODLE.left_out(version) is None
    again = load_files(MOODLE.write(BANK, [version], {}), Destination(BANK))
    assert [digest(one.content) for one in again.items] == [version.digest]


def test_a_text_that_was_changed_after_the_export_is_read_as_it_is_now():
    """
    What our own export noted beside a question counts only where the two still agree.
    """
    version = item_version("quiz", item("S-1", "single_choice", stem="Old\nwords."))
    [(name, data)] = MOODLE.write(BANK, [version], {}).items()

    again = load_files({name: data.replace(b"Old words.", b"New words.")}, Destination(BANK))

    assert again.items[0].content["stem"] == "New words."


def test_a_name_of_any_length_is_a_title_or_nothing():
    """
    A title is cut where Moodle cuts it, and one that only repeats the question is left out.
    """
    long = content(asked("shortanswer", answer("100", "a"), name="ab " * 200))
    same = content(asked("shortanswer", answer("100", "a"), name="What?"))

    assert len(long["title"]) <= 255
    assert MOODLE.left_out(item_version("quiz", long)) is None
    assert "title" not in same


def test_an_old_file_with_its_weights_and_answers_beside_the_text_is_read():
    """
    Before there was a text element, answers stood alone and fractions were elements.
    """
    old = asked(
        "numerical",
        "<answer>5<fraction>100</fraction><tolerance>1</tolerance></answer>",
    )

    assert content(old)["key"] == {"value": "5", "tolerance": "1"}


def test_a_folder_of_questions_is_read_by_the_command(tmp_path):
    """
    Files of several formats beside each other: the format that recognises its own takes them.
    """
    (tmp_path / "quiz.xml").write_bytes(quiz(asked("shortanswer", answer("100", "a"))))
    (tmp_path / "imsmanifest.xml").write_bytes(b"<manifest/>")

    loaded = load_folder(tmp_path, Destination(BANK))

    assert loaded.faults == ()
    assert len(loaded.items) == 1


def test_two_refused_questions_of_one_number_are_two():
    """
    Copies keep the number of what they were copied from; each is named.
    """
    essay = asked("essay", "<idnumber>E-1</idnumber>")

    faults = read(quiz(essay, "\n", essay)).faults

    assert [fault.item_id for fault in faults] == ["E-1", "E-1 (line 3)"]
