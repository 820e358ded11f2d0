"""What people complain of when questions move between programs, each kind with an example of ours.

Behind each stands a thread in public; its project and number are named where there is one.
"""

from base64 import b64encode
from fractions import Fraction

import pytest

from examengine.bank import FORMATS, ITEM_TYPES, item_version
from examengine.bank.formats import Destination, load_files
from examengine.bank.rules import Bank, LoadedBank
from tests.bank.qti.packages import read as read_qti
from tests.bank.qti.small_items import MATCH_CORRECT, SCORE, correct, item_xml, response
from tests.bank.small_bank import FIGURE, item
from tests.bank.test_moodle_xml import answer, asked, codes, content, noted, quiz, read

BANK = Bank("quiz", "Quiz", "Own items.", "en", "CC-BY-4.0", "Ours.", (), ())
SVG = b64encode(FIGURE.encode()).decode()
PROCESSED = f'<qti-response-processing template="{MATCH_CORRECT}"/>'


def gift(text: str) -> LoadedBank:
    """What a file of GIFT says."""
    return load_files({"q.gift": text.encode()}, Destination(BANK))


def of_gift(text: str) -> dict:
    """The only item of a file of GIFT."""
    loaded = gift(text)
    assert loaded.faults == ()
    return dict(loaded.items[0].content)


@pytest.mark.parametrize(
    ("text", "stem"),
    [
        ("::Sum:: 2+2:=4 {T}", "2+2:=4"),
        (r"::Sum:: 2+2\=4 \: yes {T}", "2+2=4 : yes"),
        ("::Sum:: Is a[0] = b[1] ~ c # d? {T}", "Is a[0] = b[1] ~ c # d?"),
        (r"First.\nSecond. {T}", "First.\n\nSecond."),
        ("One line\nand the next {T}", "One line\n\nand the next"),
        (r"A \{set\} of \\ signs {T}", "A {set} of \\ signs"),
    ],
)
def test_signs_before_the_braces_are_what_they_are(text, stem):
    """
    GIFT-grammar-PEG.js 53, 58 and 42, gift2qti 7: signs of GIFT count inside the braces alone.
    """
    assert of_gift(text)["stem"] == stem


def test_a_category_may_hold_any_sign():
    """
    GIFT-grammar-PEG.js 36: a colon in the name of a category is no mark.
    """
    found = of_gift("$CATEGORY: $course$/top/Sets: unit 4/a = b\n\nWhat? {T}")

    assert found["area"] == "Sets: unit 4/a = b"


@pytest.mark.parametrize(
    "text", ["Sum? {#\n\t=%100%6:0#Yes.\n\t####2+4 \\= 6\n}", "Sum? {=6#Yes.\n####2+4 \\= 6}"]
)
def test_feedback_to_all_is_no_answer(text):
    """
    GIFT-grammar-PEG.js 6: what follows four hashes is for everybody, in numbers as elsewhere.
    """
    found = of_gift(text)

    assert found["rationale"] in {"2+4 = 6", "Yes."}
    assert "2+4" in str(found)


@pytest.mark.parametrize(
    ("percents", "worth"),
    [
        (["33.33333"] * 3, 3),
        (["33.33"] * 3, 3),
        (["16.667"] * 6, 6),
        (["14.28571"] * 7, 7),
        (["11.1111111"] * 9, 9),
    ],
)
def test_percentages_that_were_rounded_are_the_parts_that_they_mean(percents, worth):
    """
    Moodlexport 6, GIFT-grammar-PEG.js 51: thirds do not make a hundred, and are a whole all the
    same.
    """
    answers = [answer(percent, f"Right {n}") for n, percent in enumerate(percents)]
    found = content(asked("multichoice", "<single>false</single>", *answers, answer("-100", "No")))
    kind = ITEM_TYPES["multiple_response"]

    assert kind.most_points(found) == worth
    assert kind.points(found, kind.key_response(found)) == worth


@pytest.mark.parametrize(
    ("percent", "code"),
    [("33", "unknown-weight"), ("-15", "negative-points"), ("66.6", "unknown-weight")],
)
def test_percentages_that_mean_no_part_are_refused_and_not_moved(percent, code):
    """
    Vscode-gift 14: a weight that Moodle does not offer is told, never taken for its neighbour.
    """
    question = asked("multichoice", answer("100", "a"), answer(percent, "b"), answer("0", "c"))

    assert codes(read(question)) == [code]


def test_several_answers_stay_several_when_one_alone_is_right():
    """
    Moodlexport 6: a question with boxes is none with buttons, even with one right answer.
    """
    answers = (answer("100", "2"), answer("-100", "3"), answer("-100", "4"))
    found = content(asked("multichoice", "<single>false</single>", *answers))
    kind = ITEM_TYPES["multiple_response"]

    assert found["type"] == "multiple_response"
    assert kind.points(found, ["a", "b"]) == 0
    assert kind.points(found, ["a"]) == kind.most_points(found)


@pytest.mark.parametrize(
    ("source", "stem"),
    [
        ("for (i=0;i<4;i++) x = a<b;", "for (i=0;i<4;i++) x = a<b;"),
        ("<pre>if a < b:\n  c &lt; d</pre>", "```\nif a < b:\n  c < d\n```"),
        (r"\( a < b \)", r"\(a \lt  b\)"),
        ("1 &amp;lt; 2 &amp; 3", "1 &lt; 2 & 3"),
        ("Caf&eacute; &ndash; 5&nbsp;&euro;", "Café – 5 €"),
    ],
)
def test_signs_that_are_marks_of_html_stay_what_they_are(source, stem):
    """
    Amc2moodle 44, qtype_stack 174: less-than signs are no tags, and names of characters are read
    once.
    """
    assert content(asked("shortanswer", answer("100", "a"), text=source))["stem"] == stem


@pytest.mark.parametrize(
    "name", ["a,b.svg", "ünïcode (1).svg", "a%2Bb.svg", "two  blanks.svg", "UPPER.SVG"]
)
def test_a_picture_of_any_name_comes_along(name):
    """
    Qformat_wordtable 20, moodleoverflow 144: commas, brackets, letters with accents, capitals.
    """
    file = f'<file name="{name}" path="/" encoding="base64">{SVG}</file>'
    text = f'<p>Look: <img src="@@PLUGINFILE@@/{name}?time=1" alt="A line."></p>'
    question = asked("shortanswer", answer("100", "a"), text=text)
    loaded = read(question.replace("</questiontext>", f"{file}</questiontext>"))

    assert loaded.faults == ()
    assert loaded.items[0].content["stimulus"][0]["figure"]["alt"] == "A line."


def test_a_picture_inside_the_text_comes_along():
    """
    Qformat_wordtable 4: a picture in base64 in the text itself is a picture, not its letters.
    """
    text = f'<p>Look: <img src="data:image/svg+xml;base64,{SVG}" alt="A line."></p>'
    loaded = read(asked("shortanswer", answer("100", "a"), text=text))

    assert loaded.faults == ()
    assert loaded.items[0].content["stimulus"][0]["figure"]["file"].startswith("figures/picture-")


@pytest.mark.parametrize("kind", ["essayautograde", "gapfill", "kprime", "mtf", "regexp"])
def test_a_plugin_of_moodle_is_refused_and_not_taken_for_its_neighbour(kind):
    """
    Qtype_essayautograde 27: what only a plugin knows would be lost, so the question is named.
    """
    assert codes(read(asked(kind, answer("100", "a")))) == ["question-type"]


def test_no_mark_of_a_gap_is_left_in_a_text():
    """
    Distribution 2113, ILIAS 12078: gaps became signs in the text, and nothing could be chosen.
    """
    found = content(asked("cloze", text="<p>A {1:MC:=b~c} and {2:MCS:=d~e}, {MC} said.</p>"))

    assert found["text"] == "A [[g1]] and [[g2]], {MC} said."
    assert [len(gap["options"]) for gap in found["gaps"]] == [2, 2]


@pytest.mark.parametrize("gap", [r"{1:MC:=\(u^{1}\)~two~three}", r"{1:MC:two~=\(u^{1}\)~three}"])
def test_a_brace_of_a_formula_does_not_end_a_gap(gap):
    """
    LaTeX package moodle, on TeX StackExchange: half of the choices became words of the text.
    """
    loaded = read(asked("cloze", text=f"<p>It is {gap}.</p>"))
    kept = content(asked("cloze", text=f"<p>It is {gap.replace('1}', '1' + chr(92) + '}')}.</p>"))

    assert codes(loaded) == ["braces"]
    assert r"\(u^{1}\)" in [option["text"] for option in kept["gaps"][0]["options"]]


def test_gaps_keep_their_own_answers_on_the_way_out():
    """
    QtiConverter 10: all right answers stood in the first gap.
    """
    version = item_version("quiz", item("S-1", "inline_choice"))
    files = FORMATS["qti"].write(BANK, [version], {})
    del files["imsmanifest.xml"]

    assert read_qti(files).items[0].content["key"] == {"g1": "g1-b", "g2": "g2-a", "g3": "g3-c"}


def test_an_order_of_mixed_files_is_no_matter():
    """
    Chamilo-lms 3104: every second question lost its answers.
    """
    questions = [
        asked(
            "multichoice", answer("100", f"<b>yes</b> {n}"), answer("0", "no"), text=f"<p>{n}</p>"
        )
        for n in range(20)
    ]
    loaded = read(quiz(*questions))

    assert loaded.faults == ()
    assert [one.content["options"][0]["text"] for one in loaded.items] == [
        f"*yes* {n}" for n in range(20)
    ]


CHOICES = (
    '<qti-simple-choice identifier="A">Yes</qti-simple-choice>'
    '<qti-simple-choice identifier="B">No</qti-simple-choice>'
)
CHOICE = (
    '<p>Which?</p><qti-choice-interaction response-identifier="RESPONSE" max-choices="1">'
    f"{CHOICES}</qti-choice-interaction>"
)


@pytest.mark.parametrize("right", ["", correct("opt0")])
def test_a_key_that_is_missing_or_names_nothing_is_told(right):
    """
    PrairieLearn 14686, klicker-uzh 4163: a question whose key fits no choice scored everybody 0.
    """
    body = f"<qti-item-body>{CHOICE}</qti-item-body>{PROCESSED}"
    data = item_xml(f"{response(inner=right)}{SCORE}{body}")

    told = read_qti({"it.xml": data}).items[0].content["differences"]

    assert any(note.startswith("key-unknown") for note in told)


def test_what_a_rubric_tells_candidates_is_shown():
    """
    Canvas-lms 1168: instructions in a rubric block were dropped without a word.
    """
    rubric = '<qti-rubric-block view="candidate"><p>Use a ruler.</p></qti-rubric-block>'
    body = f"<qti-item-body>{rubric}{CHOICE}</qti-item-body>{PROCESSED}"
    data = item_xml(f"{response(inner=correct('A'))}{SCORE}{body}")

    found = read_qti({"it.xml": data}).items[0].content

    assert "Use a ruler." in str(ITEM_TYPES["qti"].present(found, ()))


@pytest.mark.parametrize(
    ("number", "typed", "part"),
    [("4,5", "4.5", 1), ("4.5", "4,5", 1), ("-0,25", "−0.25", 1), ("1e3", "1000", 1)],
)
def test_numbers_are_read_with_comma_and_with_point(number, typed, part):
    """
    A decimal comma in the file or in an answer is no other number (Moodle's own docs warn of it).
    """
    found = content(asked("numerical", answer("100", number, "", "<tolerance>0,01</tolerance>")))
    kind = ITEM_TYPES["numeric_entry"]

    points = Fraction(kind.points(found, kind.read(found, typed)), kind.most_points(found))
    assert points == part


def test_a_tolerance_that_is_no_distance_is_told():
    """
    Programs write relative tolerances, which Moodle reads as distances; so do we, and say so.
    """
    more = "<tolerance>0.1</tolerance><tolerancetype>1</tolerancetype>"
    loaded = read(asked("numerical", answer("100", "50", "", more)))

    assert noted(loaded) == {"tolerance-kind"}
    assert loaded.items[0].content["key"] == {"value": "50", "tolerance": "0.1"}
