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


CLOZE = (
    "<p>Read this.</p><p>The mean is {2:MULTICHOICE:=pulled#Yes.~%50%moved~left alone}, and half "
    "lie below the {1:MULTICHOICE:mean~=median#Half.} of them.</p>"
)


@given(st.data())
def test_a_text_with_lists_scores_as_moodle_scores_it(data):
    """
    Gaps weigh what they say, an answer gives its part, and an open gap gives nothing.
    """
    n_gaps = data.draw(st.integers(1, 4))
    weights = data.draw(st.lists(st.integers(0, 4), min_size=n_gaps, max_size=n_gaps))
    parts = ["", "=", "%50%", "%25%", "%33.33333%", "%0%", "%-50%"]
    gaps = [data.draw(st.lists(st.sampled_from(parts), min_size=2, max_size=4)) for _ in weights]
    text = " ".join(
        f"{{{weight}:MC:{'~'.join(f'{part}word {n}' for n, part in enumerate(listed))}}}"
        for weight, listed in zip(weights, gaps, strict=True)
    )
    loaded = read(asked("cloze", text=f"<p>So: {text}.</p>"))
    if not loaded.items:
        refusals = {"negative-points", "key-below-full", "nothing-wrong", "too-many-points"}
        assert set(codes(loaded)) <= refusals
        return

    found, kind = loaded.items[0].content, ITEM_TYPES["inline_choice"]
    worth = {"": 0, "=": 1, "%50%": Fraction(1, 2), "%25%": Fraction(1, 4), "%0%": 0}
    worth["%33.33333%"] = Fraction(1, 3)
    given, moodle = {}, Fraction(0)
    for gap, listed, weight in zip(found["gaps"], gaps, weights, strict=True):
        chosen = data.draw(st.sampled_from([None, *range(len(listed))]))
        if chosen is not None:
            given[gap["id"]] = gap["options"][chosen]["id"]
            moodle += weight * Fraction(worth[listed[chosen]])
    response = kind.read(found, given)
    points = Fraction(kind.points(found, response), kind.most_points(found))
    assert points == moodle / sum(weights)


def test_a_cloze_text_keeps_its_words_feedback_and_what_stands_before_it():
    """
    The paragraphs before the first gap are the stem; weights become points of the gaps.
    """
    loaded = read(asked("multianswer", text=CLOZE))
    found = loaded.items[0].content

    assert loaded.faults == ()
    assert (found["stem"], found["shuffle"]) == ("Read this.", False)
    assert found["text"] == "The mean is [[g1]], and half lie below the [[g2]] of them."
    first, second = found["gaps"]
    assert [one["text"] for one in first["options"]] == ["pulled", "moved", "left alone"]
    assert first["options"][0]["rationale"] == "Yes."
    assert [one["text"] for one in second["options"]] == ["mean", "median"]
    assert found["key"] == {"g1": "a", "g2": "b"}
    assert found["scoring"]["points"] == {"g1": {"a": 2, "b": 1}, "g2": {"b": 1}}


@pytest.mark.parametrize(
    ("written", "option"),
    [
        (r"a \} b", "a } b"),
        (r"a \~ b", "a ~ b"),
        (r"a \# b", "a # b"),
        ("a &#126; b", "a ~ b"),
        ("a &lt; b", "a < b"),
        ("a &amp; b", "a & b"),
        (r"\(x^{2\}\)", r"\(x^{2}\)"),
        ("<b>a</b>", "*a*"),
    ],
)
def test_signs_in_cloze_answers_are_read_as_what_they_are(written, option):
    """
    A backslash and the name of a character keep a sign from being a mark.
    """
    found = content(asked("cloze", text=f"It is {{1:MULTICHOICE:={written}#Yes.~no}}."))

    assert found["gaps"][0]["options"][0] == {"id": "a", "text": option, "rationale": "Yes."}


@pytest.mark.parametrize(
    ("gap", "item_type", "typed", "part"),
    [
        ("{1:SHORTANSWER:=Paris~%50%*city*#Which?}", "short_text", "paris", 1),
        ("{1:SHORTANSWER:=Paris~%50%*city*#Which?}", "short_text", "a city", Fraction(1, 2)),
        ("{1:SAC:=NaCl}", "short_text", "nacl", 0),
        ("{1:NUMERICAL:=5:0.5~%50%6:0}", "numeric_entry", "5.5", 1),
        ("{1:NM:=5:0.5~%50%6:0}", "numeric_entry", "6", Fraction(1, 2)),
        ("{3:MULTICHOICE_V:=yes~no}", "single_choice", "a", 1),
        (
            "{1:MULTIRESPONSE:%50%one~%50%two~%-50%three}",
            "multiple_response",
            ["a"],
            Fraction(1, 2),
        ),
    ],
)
def test_a_text_with_one_gap_is_what_that_gap_asks_for(gap, item_type, typed, part):
    """
    A single gap that is typed into, or has buttons, is a question of its own with the text as stem.
    """
    found = content(asked("cloze", text=f"<p>The answer is {gap}, they say.</p>"))
    kind = ITEM_TYPES[item_type]

    assert found["type"] == item_type
    assert found["stem"] == "The answer is _____, they say."
    assert Fraction(kind.points(found, kind.read(found, typed)), kind.most_points(found)) == part


TWO = "{{1:MC:=a~b}} and {}."


@pytest.mark.parametrize(
    ("text", "code", "says"),
    [
        (TWO.format("{1:SHORTANSWER:=x}"), "gap-typed", "gap 2 is of the type SHORTANSWER"),
        (TWO.format("{1:NUMERICAL:=1}"), "gap-typed", "gap 2 is of the type NUMERICAL"),
        (TWO.format("{1:MULTIRESPONSE:=x~y}"), "gap-of-several", "gap 2"),
        (TWO.format("{1:REGEXP:=x}"), "gap-type", "gap 2 is of the type REGEXP"),
        (TWO.format("{1:MC:=x~y"), "braces", "gap 2"),
        (TWO.format("{1:MC:%50%x~y}"), "key-below-full", "gap 2"),
        (TWO.format("{1:MC:=x~%-50%y}"), "negative-points", "gap 2"),
        (TWO.format("{1:MC:=x~=y}"), "nothing-wrong", "gap 2"),
        (TWO.format("{0:MC:=x~y}"), "key-below-full", "gap 2 counts nothing"),
        ("{1:MC:=" + "~".join("abcdefghijklmn") + "}", "too-many-answers", "gap 1"),
        ("{1:MC:=x~y} " * 21, "too-many-gaps", "21 gaps"),
        ("{19:MC:=x~y} {3:MC:=x~y}", "too-many-points", "22 points"),
        (
            "<table><tr><td>a</td><td>{1:MC:=x~y}</td></tr><tr><td>b</td><td>c</td></tr></table>",
            "gap-place",
            "table",
        ),
        (r"So \({1:MC:=x~y}\) and {1:MC:=x~y}.", "not-well-formed", "formula"),
    ],
)
def test_a_text_whose_gaps_no_item_has_names_the_gap(text, code, says):
    """
    Which of them it is and what would be right is said, and nothing of the question comes in.
    """
    loaded = read(asked("cloze", text=f"<p>{text}</p>"))

    assert loaded.items == ()
    assert codes(loaded) == [code]
    assert says in loaded.faults[0].what


def choices(name: str, *listed: tuple[str, str], more: str = "") -> str:
    """Words that can stand in gaps, each with its group."""
    return "".join(
        f"<{name}><text>{text}</text><group>{group}</group>{more}</{name}>"
        for text, group in listed
    )


def test_missing_words_are_lists_whose_places_tell_nothing():
    """
    Each gap lists the words of its group, by the alphabet; a group of no gap is told.
    """
    listed = choices("selectoption", ("sun", "1"), ("hot", "2"), ("moon", "1"), ("cold", "2"))
    more = "<shuffleanswers>1</shuffleanswers>" + listed + choices("selectoption", ("odd", "3"))
    loaded = read(asked("gapselect", more, text="<p>The [[1]] is [[2]], the [[3]] is [[4]].</p>"))
    found, kind = loaded.items[0].content, ITEM_TYPES["inline_choice"]

    assert found["text"] == "The [[g1]] is [[g2]], the [[g3]] is [[g4]]."
    assert found["stem"] == "Complete the text."
    assert [[one["text"] for one in gap["options"]] for gap in found["gaps"]] == [
        *(["moon", "sun"], ["cold", "hot"]) * 2
    ]
    assert found["key"] == {"g1": "b", "g2": "b", "g3": "a", "g4": "a"}
    assert noted(loaded) == {"choice-unused", "stem-added"}
    assert kind.points(found, {"g1": "b", "g2": "a", "g3": "a"}) == 2
    assert kind.most_points(found) == 4


def test_many_missing_words_are_one_list_that_is_used_again():
    """
    More words than a list in a sentence holds stand above the text, for all gaps.
    """
    listed = choices("selectoption", *((f"word {n:02}", "1") for n in range(15)))
    found = content(asked("gapselect", listed, text="The [[15]] and the [[15]] and the [[1]]."))

    assert (found["type"], found["reuse"]) == ("gap_match", True)
    assert len(found["options"]) == 15
    assert found["key"] == {"g1": "o", "g2": "o", "g3": "a"}


@pytest.mark.parametrize(
    ("boxes", "item_type", "notes"),
    [
        (choices("dragbox", ("b", "1"), ("a", "1"), ("c", "1")), "gap_match", set()),
        (choices("dragbox", ("b", "1"), ("a", "1"), more="<infinite/>"), "gap_match", set()),
        (
            choices("dragbox", ("b", "1")) + choices("dragbox", ("a", "1"), more="<infinite/>"),
            "gap_match",
            {"reuse"},
        ),
        (
            choices("dragbox", ("b", "1"), ("a", "2"), ("c", "1"), ("d", "2")),
            "inline_choice",
            {"gap-layout"},
        ),
    ],
)
def test_words_that_are_dragged_score_each_gap(boxes, item_type, notes):
    """
    Words of one group are one list; of several groups each gap has the words of its own.
    """
    text = "<p>Fill in.</p><p>First [[1]], then [[2]].</p>"
    loaded = read(asked("ddwtos", "<shuffleanswers>1</shuffleanswers>", boxes, text=text))
    found, kind = loaded.items[0].content, ITEM_TYPES[item_type]

    assert (found["type"], noted(loaded)) == (item_type, notes)
    assert found["stem"] == "Fill in."
    assert found.get("reuse", False) == ("infinite" in boxes)
    assert kind.in_words(found, kind.key_response(found)) == "Gap 1: b; gap 2: a"
    assert kind.points(found, {"g1": found["key"]["g1"]}) == 1
    assert kind.most_points(found) == 2


@pytest.mark.parametrize(
    ("text", "code"),
    [("[[3]]", "gap-without-answer"), ("[[0]]", "gap-without-answer"), ("x", "no-answers")],
)
def test_a_gap_that_names_no_word_is_named(text, code):
    """
    A number behind the last word stands for nothing.
    """
    listed = choices("dragbox", ("b", "1"), ("a", "1"))

    assert codes(read(asked("ddwtos", listed, text=text))) == [code]


ESSAY = (
    "<defaultgrade>8</defaultgrade><responseformat>editor</responseformat>"
    "<responserequired>1</responserequired><maxwordlimit>200</maxwordlimit>"
    "<attachments>0</attachments><attachmentsrequired>0</attachmentsrequired>"
    "<graderinfo format='html'><text><![CDATA[<p>Names <b>both</b>.</p>]]></text></graderinfo>"
)


def test_an_essay_keeps_its_marks_its_limit_and_its_word_for_whoever_marks():
    """
    What graders read is the key, whole marks are points, and a limit of words is one.
    """
    loaded = read(asked("essay", ESSAY))
    found = loaded.items[0].content

    assert noted(loaded) == set()
    assert (found["type"], found["key"]) == ("extended_text", "Names *both*.")
    assert found["words"] == {"limit": 200}
    assert found["scoring"] == {"rule": "by_person", "points": 8}


def test_what_an_essay_has_no_place_for_is_told():
    """
    A least number of words, files beside the text, a text to begin from, no word for graders.
    """
    more = (
        "<minwordlimit>50</minwordlimit><attachments>2</attachments><defaultgrade>100</defaultgrade>"
        "<responsetemplate format='html'><text>Dear …</text></responsetemplate>"
    )
    loaded = read(asked("essay", more))
    found = loaded.items[0].content

    assert noted(loaded) == {"word-count", "attachments", "response-template", "no-key", "weight"}
    assert found["words"] == {"recommended": 50}
    assert found["notes"] == "Candidates began from this text: Dear …"
    assert len(found["differences"]) == 1
    assert "scoring" not in found


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ("<attachmentsrequired>1</attachmentsrequired>", "file-as-answer"),
        ("<responseformat>noinline</responseformat>", "file-as-answer"),
        ("<maxwordlimit>5000</maxwordlimit>", "too-many-words"),
    ],
)
def test_an_essay_that_no_text_answers_is_refused(more, code):
    """
    A file is no text, and a book is none either.
    """
    assert codes(read(asked("essay", more))) == [code]


@pytest.mark.parametrize(
    ("question", "code"),
    [
        (asked("calculated"), "drawn-numbers"),
        (asked("calculatedmulti"), "drawn-numbers"),
        (asked("stack"), "question-type"),
        (asked("coderunner"), "question-type"),
        (asked("description"), "not-a-question"),
        (asked("cloze"), "no-answers"),
        (asked("gapselect"), "no-answers"),
        (asked("ddwtos"), "no-answers"),
        (asked("ddmarker"), "markers-on-picture"),
        (asked("ddimageortext"), "words-on-picture"),
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


GRADED = {"rule": "graded_gaps", "points": {"g1": {"b": 4, "a": 2}, "g2": {"a": 2}, "g3": {"c": 6}}}
ONE_GAP = "One\ngap: `x` [[x:1]].\n\n```\na\n\nb\n```\n\nEnd."
SIGNS = [
    {
        "id": "x:1",
        "options": [
            {"id": "w", "text": "=%50% a#b~c}d{e\\f", "rationale": "#~}& &#126;\n\n1 < 2"},
            {"id": "r", "text": r"\(\frac{1}{2}\) & x", "rationale": "~"},
        ],
    }
]


@pytest.mark.parametrize(
    ("question", "code"),
    [
        (asked("cloze", text="{1:MC:=a~b} " * 30_000), "too-many-gaps"),
        (asked("cloze", text="{1:SA:=" + "~a" * 60_000 + "}"), "too-many-answers"),
        (asked("cloze", text="{1:MC:" * 60_000), "braces"),
        (
            asked("gapselect", choices("selectoption", *[("a", "1")] * 5_000), text="[[1]]"),
            "too-many-answers",
        ),
        (
            asked("ddwtos", choices("dragbox", ("a", "1"), ("b", "1")), text="[[1]]" * 60_000),
            "gap-without-answer",
        ),
    ],
    ids=["gaps", "answers", "braces", "words", "places"],
)
def test_endless_gaps_and_answers_are_refused_soon(question, code):
    """
    They are counted before any of them is read.
    """
    assert codes(read(question)) == [code]


@given(st.data())
def test_no_text_with_gaps_makes_the_reader_throw(data):
    """
    Whatever stands around gaps and in them is read or refused in words, and can be shown.
    """
    pieces = ["{1:MC:", "{:SA:", "{2:NM:", "=a", "~b", "#c", "}", "%50%", "\\", "&#", "&amp;"]
    pieces += [
        "[[1]]",
        "[[2]]",
        "[[g1]]",
        "<p>",
        "<table><tr><td>",
        "\\(",
        "*",
        "\n\n",
        "```",
        " x ",
    ]
    text = "".join(data.draw(st.lists(st.sampled_from(pieces), max_size=14)))
    kind = data.draw(st.sampled_from(["cloze", "ddwtos", "gapselect"]))
    more = choices("selectoption", ("a", "1"), ("b", "1"), ("c", "2"))
    loaded = read(asked(kind, more, more.replace("selectoption", "dragbox"), text=text))

    assert loaded.items or loaded.faults
    for one in loaded.items:
        assert ITEM_TYPES[one.content["type"]].present(one.content, ())
        is_mark = "{" in str(one.content)
        assert is_mark or MOODLE.left_out(item_version("quiz", one.content)) is None


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (item("S-1", "inline_choice"), "all_or_nothing"),
        (item("S-1", "gap_match"), "all_or_nothing"),
        (item("S-1", "hotspot"), "hotspot"),
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
        item("S-1", "inline_choice", scoring={"rule": "per_right_gap"}),
        item("S-1", "inline_choice", scoring=GRADED, shuffle=False, notes="Ours.\nStill."),
        item("S-1", "inline_choice", text=ONE_GAP, gaps=SIGNS, key={"x:1": "r"}),
        item("S-1", "gap_match", scoring={"rule": "per_right_gap"}),
        item("S-1", "gap_match", scoring={"rule": "per_right_gap"}, reuse=True, shuffle=False),
        item("S-1", "extended_text"),
        item(
            "S-1", "extended_text", words={"limit": 9}, scoring={"rule": "by_person", "points": 1}
        ),
        item("S-1", "extended_text", scoring={"rule": "by_person", "points": 12}, notes="N"),
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
    stack = asked("stack", "<idnumber>E-1</idnumber>")

    faults = read(quiz(stack, "\n", stack)).faults

    assert [fault.item_id for fault in faults] == ["E-1", "E-1 (line 3)"]
