"""QTI 1.2 as Canvas, Blackboard and others write it: scored as there, or refused with a reason."""

from fractions import Fraction
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from examengine.bank import FORMATS, ITEM_TYPES, item_version
from examengine.bank.formats import Destination, format_of, load_files
from examengine.bank.item_file import item_faults
from tests.bank.qti_1_items import (
    BANK,
    MANIFEST,
    blackboard,
    canvas,
    codes,
    content,
    document,
    equal,
    formatted,
    listed,
    material,
    offered,
    package,
    percent,
    pool,
    read,
    right,
    told,
    typed,
    when,
    wrong,
)
from tests.bank.small_bank import FIGURE

ANIMALS = {"101": "Frog", "102": "Cat", "103": "Newt", "104": "Dog"}
EXACTLY_ONE_AND_THREE = (
    f"<and>{equal('101')}<not>{equal('102')}</not>{equal('103')}<not>{equal('104')}</not></and>"
)


def share(found, response) -> Fraction:
    """What part of everything an answer is worth."""
    kind = ITEM_TYPES[found["type"]]
    return Fraction(kind.points(found, kind.read(found, response)), kind.most_points(found))


def test_a_choice_of_canvas_comes_in_with_its_feedback_and_its_original():
    """
    One option is right; the order stays, the words why go to the option, the XML stays beside it.
    """
    item = canvas(
        "multiple_choice",
        listed(ANIMALS),
        when(equal("103"), more=' continue="No"'),
        text="<p>Which is an <em>amphibian</em>?</p>",
        general_fb="Newts live in water and on land.",
        **{"102_fb": "A cat is a mammal."},
    )
    found = content(document(item))

    assert found["id"] == "g1"
    assert found["stem"] == "Which is an *amphibian*?"
    assert (found["type"], found["key"], found["shuffle"]) == ("single_choice", "c", False)
    assert found["options"][1] == {"id": "b", "text": "Cat", "rationale": "A cat is a mammal."}
    assert found["rationale"] == "Newts live in water and on land."
    assert found["tags"] == ["Week 3"]
    assert "question_type" in found["original"]
    assert "differences" not in found


def test_multiple_answers_of_canvas_count_as_canvas_counts_them():
    """
    Its file says all or nothing; Canvas gives a part for each right option.
    """
    item = canvas("multiple_answers", listed(ANIMALS, several=True), when(EXACTLY_ONE_AND_THREE))
    found = content(document(item))

    for size in range(1, 5):
        for chosen in combinations("abcd", size):
            gained = len({"a", "c"} & set(chosen)) - len({"b", "d"} & set(chosen))
            assert share(found, list(chosen)) == max(Fraction(gained, 2), Fraction(0))
    assert told(found) == {"canvas-parts"}


def test_multiple_answers_that_name_only_what_is_right_count_the_same():
    """
    Programs that write for Canvas often leave out what must not be chosen; Canvas does not mind.
    """
    named = f"<and>{equal('101')}{equal('103')}</and>"
    item = canvas("multiple_answers", listed(ANIMALS, several=True), when(named))
    found = content(document(item))

    assert found["key"] == ["a", "c"]
    assert share(found, ["a", "c"]) == 1
    assert share(found, ["a", "b", "c"]) == Fraction(1, 2)


@given(st.lists(st.sampled_from([-50, -25, 0, 25, 50, 100]), min_size=2, max_size=6))
def test_options_that_add_up_are_worth_what_their_conditions_give(worths):
    """
    Outside Canvas the conditions are carried out: what they give is what the item gives, or none.
    """
    labels = {f"L{place}": f"Text {place}" for place in range(len(worths))}
    conditions = "".join(
        when(equal(label), str(worth), "Add", ' continue="Yes"')
        for label, worth in zip(labels, worths, strict=True)
        if worth
    )
    answered = listed(labels, several=True)
    outcome = '<outcomes><decvar varname="SCORE" minvalue="0" maxvalue="100"/></outcomes>'
    item = (
        f'<item ident="p1" title="T"><presentation>{material("Choose.")}{answered}</presentation>'
        f"<resprocessing>{outcome}{conditions}</resprocessing></item>"
    )
    loaded = read(document(item))
    if not loaded.items:
        known = {"no-key", "key-below-full", "nothing-wrong", "unknown-weight", "too-many-points"}
        assert set(codes(loaded)) <= known
        return

    found = loaded.items[0].content
    best = min(sum(worth for worth in worths if worth > 0), 100)
    ids = [option["id"] for option in found["options"]]
    for size in range(1, len(ids) + 1):
        for chosen in combinations(range(len(ids)), size):
            given_there = min(max(sum(worths[one] for one in chosen), 0), 100)
            assert share(found, [ids[one] for one in chosen]) == Fraction(given_there, best)


@pytest.mark.parametrize(
    ("typing", "part"), [("Frog", 1), (" frog ", 1), ("2*3", 1), ("frog.", 0), ("23", 0), ("x", 0)]
)
def test_a_short_answer_of_canvas_takes_what_canvas_takes(typing, part):
    """
    Capital letters and blanks at the ends do not count, any other sign does; no sign is a joker.
    """
    item = canvas("short_answer", typed(), when(equal("Frog") + equal("2*3")))
    found = content(document(item))

    assert share(found, typing) == part


@pytest.mark.parametrize(
    ("conditions", "right_ones", "wrong_ones"),
    [
        (equal("4.0"), ["4", "4.0", "4,0"], ["4.1", "3.9"]),
        (
            f"<or>{equal('4.0')}<and><vargte respident='response1'>3.9</vargte>"
            "<varlte respident='response1'>4.1</varlte></and></or>",
            ["3.9", "4", "4.1"],
            ["3.89", "4.11", "-4"],
        ),
        (
            "<vargte respident='response1'>-2</vargte><varlte respident='response1'>3</varlte>",
            ["-2", "0", "3"],
            ["-2.1", "3.1"],
        ),
        (
            f"<or>{equal('13.4')}<and><vargt respident='response1'>13.35</vargt>"
            "<varlte respident='response1'>13.45</varlte></and></or>",
            ["13.4", "13.36", "13.45"],
            ["13.35", "13.46"],
        ),
    ],
    ids=["exact", "margin", "range", "precision"],
)
def test_a_number_of_canvas_takes_what_its_conditions_take(conditions, right_ones, wrong_ones):
    """
    Exact ones, margins and ranges become numbers of ours; an end that is left out stays one.
    """
    found = content(document(canvas("numerical", typed(fibtype="Decimal"), when(conditions))))

    given_in = (lambda text: {"R1": text}) if found["type"] == "qti" else (lambda text: text)
    assert [share(found, given_in(text)) for text in right_ones] == [1] * len(right_ones)
    assert [share(found, given_in(text)) for text in wrong_ones] == [0] * len(wrong_ones)


def test_pairs_of_canvas_count_one_by_one():
    """
    Canvas adds a part for each pair, in conditions that do not say that they go on.
    """
    options = {"201": "An amphibian", "202": "A mammal", "203": "A bird"}
    lists = "".join(
        listed(options, ident=f"response_{ident}").replace(
            "<render_choice>", f"{named}<render_choice>"
        )
        for ident, named in (
            ("1", material("Frog")),
            ("2", material("Cat")),
            ("3", material("Dog")),
        )
    )
    scored = "".join(
        when(equal(value, f"response_{ident}"), "33.33", "Add")
        for ident, value in (("1", "201"), ("2", "202"), ("3", "202"))
    )
    found = content(document(canvas("matching", lists, scored)))

    assert found["type"] == "matching"
    assert [prompt["text"] for prompt in found["prompts"]] == ["Frog", "Cat", "Dog"]
    assert len(found["options"]) == 3
    assert share(found, {"p1": "a", "p2": "b", "p3": "b"}) == 1
    assert share(found, {"p1": "a", "p2": "c", "p3": "b"}) == Fraction(2, 3)


def test_dropdowns_of_canvas_become_a_text_with_lists():
    """
    Each `[name]` in the text is a gap with its own list, and counts by itself.
    """
    lists = listed({"1": "water", "2": "sand"}, ident="response_a") + listed(
        {"3": "four", "4": "six"}, ident="response_b"
    )
    scored = when(equal("1", "response_a"), "50.00", "Add") + when(
        equal("3", "response_b"), "50.00", "Add"
    )
    text = "<p>On frogs.</p><p>They live in [a] and have [b] legs.</p>"
    found = content(document(canvas("multiple_dropdowns", lists, scored, text=text)))

    assert found["type"] == "inline_choice"
    assert found["stem"] == "On frogs."
    assert found["text"] == "They live in [[g1]] and have [[g2]] legs."
    assert share(found, {"g1": "a", "g2": "a"}) == 1
    assert share(found, {"g1": "a", "g2": "b"}) == Fraction(1, 2)


def test_typed_blanks_of_canvas_take_every_listed_answer():
    """
    Its file names the first answer of a blank alone; Canvas takes all that are listed.
    """
    lists = listed({"1": "water", "2": "Ponds"}, ident="response_a") + listed(
        {"3": "four"}, ident="response_b"
    )
    scored = when(equal("1", "response_a"), "50.00", "Add") + when(
        equal("3", "response_b"), "50.00", "Add"
    )
    text = "<p>They live in [a] and have [b] legs &amp; a tongue.</p>"
    found = content(document(canvas("fill_in_multiple_blanks", lists, scored, text=text)))

    assert found["type"] == "qti"
    assert share(found, {"R1": "ponds", "R2": "FOUR"}) == 1
    assert share(found, {"R1": "Water", "R2": "six"}) == Fraction(1, 2)
    assert share(found, {"R1": "sand", "R2": ""}) == 0
    assert "words-above" in told(found)


def test_an_essay_waits_for_a_person():
    """
    What its feedback says of a good answer is what whoever marks goes by.
    """
    item = canvas(
        "essay", typed(), when("<other/>"), points="5.0", general_fb="Names water and land."
    )
    found = content(document(item))

    assert (found["type"], found["key"]) == ("extended_text", "Names water and land.")
    assert found["scoring"] == {"rule": "by_person", "points": 5}


@pytest.mark.parametrize(
    ("kind", "answered", "code"),
    [
        ("text_only", "", "not-a-question"),
        ("calculated", typed(fibtype="Decimal"), "drawn-numbers"),
        ("file_upload", "", "file-upload"),
        ("telepathy", "", "question-type"),
        ("multiple_choice", listed(ANIMALS), "no-key"),
        ("multiple_choice", listed(ANIMALS) * 2, "several-answers"),
        ("numerical", typed(), "no-key"),
    ],
)
def test_what_no_item_can_be_is_refused_by_name(kind, answered, code):
    """
    Whoever sends it hears which question it is, and what would be right.
    """
    loaded = read(
        document(
            canvas(kind, answered, "", ident="lost"),
            canvas("short_answer", typed(), when(equal("x")), ident="kept"),
        )
    )

    assert codes(loaded) == [code]
    assert loaded.faults[0].item_id == "lost (What?)"
    assert [one.id for one in loaded.items] == ["kept"]


@pytest.mark.parametrize(
    ("scored", "code"),
    [
        (when(equal("101"), "50") + when(equal("102"), "-20") + when(equal("103")), ""),
        (when(f"<not>{equal('101')}</not>"), "points-for-nothing"),
        (when("<varinside respident='response1'>1,1</varinside>"), "condition"),
        (when(equal("101"), "100", "Square"), "score-action"),
        (when(equal("101"), "many"), "no-number"),
        (when(equal("101"), "37") + when(equal("102")), "unknown-weight"),
        (when("<not>" * 30 + equal("101") + "</not>" * 30), "too-deep"),
        (when(equal("101")) * 600, "too-long"),
        (when(f"<or>{equal('101') * 1600}</or>"), "too-long"),
    ],
)
def test_scoring_that_no_item_has_is_refused_by_name(scored, code):
    """
    An item comes in when it scores as it did, and only then.
    """
    loaded = read(document(canvas("multiple_choice", listed(ANIMALS), scored)))

    assert codes(loaded) == ([code] if code else [])


@pytest.mark.parametrize(
    "address",
    [
        "$IMS-CC-FILEBASE$/Uploaded%20Media/a%20line.svg?canvas_download=1&amp;canvas_qs_wrap=1",
        "%24IMS-CC-FILEBASE%24/Uploaded%20Media/a%20line.svg",
        "../Uploaded%20Media/a%20line.svg",
    ],
)
@pytest.mark.parametrize("folder", ["", "web_resources/"])
def test_pictures_of_canvas_are_found_however_they_are_named(address, folder):
    """
    Canvas names files from the root of the package, in percents, with questions behind them.
    """
    item = canvas(
        "short_answer",
        typed(),
        when(equal("x")),
        text=f'<p>What is this?</p><p><img src="{address}" alt="A line" width="20"></p>',
    )
    name = f"{folder}Uploaded Media/a line.svg"
    packed = {"imsmanifest.xml": MANIFEST, "g1/g1.xml": document(item), name: FIGURE}
    loaded = read(package(packed), "canvas.zip")

    assert loaded.faults == ()
    figure = loaded.items[0].content["stimulus"][0]["figure"]
    assert figure["alt"] == "A line"
    assert loaded.media[figure["file"]].data == FIGURE.encode()


def test_a_picture_that_did_not_come_along_refuses_its_question_alone():
    """
    A question without its picture asks something else.
    """
    lost = canvas(
        "short_answer", typed(), when(equal("x")), text='<img src="$IMS-CC-FILEBASE$/x.png">?'
    )
    loaded = read(document(lost))

    assert codes(loaded) == ["file-elsewhere"]


def test_a_formula_that_canvas_drew_is_a_formula_again():
    """
    Canvas keeps the TeX of a formula in the picture that it makes of it.
    """
    drawn = (
        '<p>Solve <img class="equation_image" title="x^2" src="/equation_images/x%5E2" '
        'alt="LaTeX: x^2=4" data-equation-content="x^2=4">.</p>'
    )
    found = content(document(canvas("short_answer", typed(), when(equal("2")), text=drawn)))

    assert found["stem"] == r"Solve \(x^2=4\)."


def test_a_cartridge_that_holds_a_quiz_twice_brings_each_question_once():
    """
    Canvas writes a quiz for any program and for itself; its own says more, and is read.
    """
    shown = listed(ANIMALS, several=True)
    full = canvas("multiple_answers", shown, when(EXACTLY_ONE_AND_THREE), ident="i1")
    plain = full.replace("question_type", "cc_profile").replace(
        "multiple_answers_question", "cc.multiple_response.v0p1"
    )
    packed = {
        "imsmanifest.xml": MANIFEST,
        "i0/assessment_qti.xml": document(plain),
        "i0/assessment_meta.xml": "<quiz><shuffle_answers>true</shuffle_answers></quiz>",
        "non_cc_assessments/i0.xml.qti": document(full),
    }
    loaded = read(package(packed), "course.imscc")

    assert loaded.faults == ()
    found = loaded.items[0].content
    assert len(loaded.items) == 1
    assert found["scoring"]["rule"] == "per_right_option"
    assert "shuffle" not in found
    notes = " ".join(map(str, loaded.notes))
    assert "same-question" in notes
    assert "settings" in notes


def test_two_questions_of_one_identifier_both_come_in():
    """
    Files of several courses name their questions alike; none takes the place of another.
    """
    first = canvas("short_answer", typed(), when(equal("x")), ident="Q1", text="One?")
    other = canvas("short_answer", typed(), when(equal("y")), ident="Q1", text="Two?")
    loaded = read(document(first, other))

    assert [one.content["stem"] for one in loaded.items] == ["One?", "Two?"]
    assert len({one.id for one in loaded.items}) == 2
    assert told(loaded.items[1].content) == {"same-ident"}


def test_a_choice_of_blackboard_comes_in_from_its_pool():
    """
    Its type stands in an element of its own, its document ends on .dat, its title is an area.
    """
    scored = right('<varequal respident="response" case="No">B2</varequal>')
    text = '<span style="font-size:12pt">Between orange and green&amp;#58; which?</span>'
    item = blackboard("Multiple Choice", offered({"A1": "red", "B2": "yellow"}), scored, text=text)
    packed = {
        "imsmanifest.xml": b"<manifest><resources/></manifest>",
        "res00001.dat": pool(item),
        ".bb-package-info": b"x",
    }
    loaded = read(package(packed), "Pool_ExportFile.zip")

    assert loaded.faults == ()
    found = loaded.items[0].content
    assert (found["id"], found["area"], found["key"]) == ("_77_1", "cells", "b")
    assert found["stem"] == "Between orange and green: which?"
    assert told(found) == {"escaped-twice"}
    assert [option["text"] for option in found["options"]] == ["red", "yellow"]


def test_true_and_false_of_blackboard_are_words_of_the_bank():
    """
    Blackboard writes true and false for what it shows in everybody's language.
    """
    scored = right(equal("false", "response"))
    item = blackboard("True/False", offered({"true": "true", "false": "false"}), scored)
    found = content(pool(item))

    assert [option["text"] for option in found["options"]] == ["True", "False"]
    assert found["key"] == "b"


@pytest.mark.parametrize(
    ("parts", "shares", "expected"),
    [
        ("", ("0", "0", "0"), [0, 0, 1]),
        ("true", ("75", "25", "0"), [Fraction(3, 4), Fraction(1, 4), 1]),
        ("true", ("60", "30", "0"), "parts-unknown"),
    ],
)
def test_multiple_answers_of_blackboard_count_as_it_says(parts, shares, expected):
    """
    All or nothing, or each option the percentage that stands behind the conditions.
    """
    labels = {"A": "one", "B": "two", "C": "three"}
    both = "".join(equal(one, "response") for one in "AB")
    neither = f"<not>{equal('C', 'response')}</not>"
    scored = right(f"<and>{both}{neither}</and>") + "".join(map(percent, labels, shares))
    item = blackboard("Multiple Answer", offered(labels, "Multiple"), scored, parts=parts)
    loaded = read(pool(item))

    if isinstance(expected, str):
        assert codes(loaded) == [expected]
        return
    found = loaded.items[0].content
    assert [share(found, chosen) for chosen in (["a"], ["b"], ["a", "b"])] == expected


@pytest.mark.parametrize(
    ("parts", "rule"), [("true", "per_right_pair"), ("false", "all_or_nothing")]
)
def test_pairs_of_blackboard_are_found_by_their_places(parts, rule):
    """
    Every list of Blackboard has identifiers of its own for the options on the right.
    """
    rows = "".join(
        f'<flow class="Block">{formatted(prompt)}<response_lid ident="P{n}" rcardinality="Single">'
        '<render_choice shuffle="Yes"><flow_label class="Block">'
        + "".join(f'<response_label ident="P{n}O{m}" shuffle="Yes"/>' for m in range(3))
        + "</flow_label></render_choice></response_lid></flow>"
        for n, prompt in enumerate(("cat", "frog"))
    )
    options = "".join(
        f'<flow class="Block">{formatted(one)}</flow>' for one in ("insect", "mammal", "amphibian")
    )
    answered = f'{rows}</flow><flow class="RIGHT_MATCH_BLOCK">{options}'
    scored = "".join(
        f"<respcondition><conditionvar>{equal(value, ident)}</conditionvar><displayfeedback "
        'linkrefid="correct" feedbacktype="Response"/></respcondition>'
        for ident, value in (("P0", "P0O1"), ("P1", "P1O2"))
    )
    item = blackboard("Matching", answered, scored + wrong(), text="Classify.", parts=parts)
    found = content(pool(item))

    assert found["stem"] == "Classify."
    texts = {option["id"]: option["text"] for option in found["options"]}
    assert [texts[found["key"][prompt]] for prompt in ("p1", "p2")] == ["mammal", "amphibian"]
    assert found["scoring"]["rule"] == rule


def test_an_order_of_blackboard_is_that_of_its_condition():
    """
    Lines are listed in the order in which its page shows them first; the condition says the right.
    """
    scored = right(f"<and>{''.join(equal(one, 'response') for one in 'BCA')}</and>")
    answered = offered({"A": "third", "B": "first", "C": "second"}, "Ordered")
    found = content(pool(blackboard("Ordering", answered, scored)))

    texts = {option["id"]: option["text"] for option in found["options"]}
    assert [texts[one] for one in found["key"]] == ["first", "second", "third"]


def test_a_blank_of_blackboard_needs_no_score_in_its_condition():
    """
    A condition that shows the feedback of a right answer gives everything.
    """
    scored = (
        f"<respcondition title='x'><conditionvar>{equal('frog', 'response')}</conditionvar>"
        f'<displayfeedback linkrefid="correct" feedbacktype="Response"/></respcondition>{wrong()}'
    )
    found = content(pool(blackboard("Fill in the Blank", typed("response"), scored)))

    assert (share(found, "Frog"), share(found, "toad")) == (1, 0)


def test_a_number_of_blackboard_lies_between_its_bounds():
    """
    It writes both bounds and the number itself side by side.
    """
    bounds = '<vargte respident="response">3.9</vargte><varlte respident="response">4.1</varlte>'
    answered = '<response_num ident="response" rcardinality="Single"><render_fib/></response_num>'
    scored = right(bounds + equal("4", "response"))
    found = content(pool(blackboard("Numeric", answered, scored)))

    assert found["key"] == {"value": "4", "tolerance": "0.1"}


def test_blanks_of_blackboard_count_together_unless_it_says_otherwise():
    """
    Its condition asks for all of them, each with what it takes.
    """
    every = "".join(f"<or>{equal(one, one)}{equal(one * 2, one)}</or>" for one in ("x", "y"))
    item = blackboard(
        "Fill in the Blank Plus",
        typed("x") + typed("y"),
        right(f"<and>{every}</and>"),
        text="First [x], then [y].",
    )
    found = content(pool(item))

    assert share(found, {"R1": "xx", "R2": "Y"}) == 1
    assert share(found, {"R1": "xx", "R2": "z"}) == 0


@pytest.mark.parametrize(
    ("address", "path"),
    [
        (
            "@X@EmbeddedFile.requestUrlStub@X@bbcswebdav/xid-123_1",
            "csfiles/home_dir/my line__xid-123_1.svg",
        ),
        ("@X@EmbeddedFile.location@X@a%20line.svg", "res00001/a line.svg"),
        ("embedded/line.svg", "res00001/embedded/line.svg"),
    ],
)
def test_pictures_of_blackboard_are_found_in_its_collection(address, path):
    """
    A file of the collection is named by its number, and others from the folder of the document.
    """
    scored = right(equal("B", "response"))
    text = f'<p>What is this?</p><img src="{address}" alt="A line">'
    item = blackboard("Multiple Choice", offered({"A": "a", "B": "b"}), scored, text=text)
    loaded = read(package({"res00001.dat": pool(item), path: FIGURE}), "pool.zip")

    assert loaded.faults == ()
    assert loaded.items[0].content["stimulus"][0]["figure"]["alt"] == "A line"


def test_a_plain_file_with_a_doctype_that_names_a_file_is_read():
    """
    ExamView and Respondus write such a line; nothing of the file it names is ever read.
    """
    head = '<?xml version="1.0"?>\n<!DOCTYPE questestinterop SYSTEM "ims_qtiasiv1p2.dtd">\n'
    item = (
        f'<item ident="MC 1" title="Frogs"><presentation><flow>{material("Which?")}'
        f"{listed(ANIMALS)}</flow></presentation><resprocessing><outcomes>"
        "<decvar varname='que_score' vartype='Integer' maxvalue='2'/></outcomes>"
        "<respcondition><conditionvar>"
        f"{equal('103')}</conditionvar><setvar varname='que_score' action='Set'>2</setvar>"
        "</respcondition></resprocessing></item>"
    )
    found = content(document(item, head=head))

    assert found["key"] == "c"
    assert found["id"].startswith("q-")


def test_a_text_that_was_escaped_twice_is_read_as_what_it_was():
    """
    Some programs escape what is escaped already, and candidates would see signs of HTML.
    """
    twice = "&lt;p&gt;Is 3 &amp;lt; 4?&lt;/p&gt;"
    found = content(document(canvas("short_answer", typed(), when(equal("yes")), text=twice)))

    assert found["stem"] == "Is 3 < 4?"
    assert told(found) == {"escaped-twice"}


HOSTILE_HEADS = [
    '<!DOCTYPE questestinterop [<!ENTITY a "aaaaaaaaaa">]>',
    '<!DOCTYPE questestinterop SYSTEM "x" [<!ENTITY % p SYSTEM "file:///etc/passwd">%p;]>',
    '<!DOCTYPE other SYSTEM "file:///etc/passwd">',
]


@pytest.mark.parametrize("head", HOSTILE_HEADS)
def test_a_document_that_declares_entities_is_refused(head):
    """
    Only a line that names a file is overlooked; what defines anything is refused.
    """
    item = canvas("short_answer", typed(), when(equal("x")), text="What? &a;")
    loaded = read(document(item, head=f'<?xml version="1.0"?>{head}').replace(b"&amp;a;", b"&a;"))

    assert codes(loaded) == ["doctype"]
    assert loaded.items == ()


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("../../etc/x.xml", "leads out"),
        ("a" * 400 + ".xml", "signs"),
        ("bomb.xml", "times its size"),
    ],
)
def test_a_package_that_means_harm_is_refused_whole(name, says):
    """
    Ways out of the package, endless names, bombs: the report says which, and nothing comes in.
    """
    good = document(canvas("short_answer", typed(), when(equal("x"))))
    packed = package({"g1.xml": good, name: b" " * 9_000_000 if name == "bomb.xml" else b"x"})
    loaded = read(packed, "evil.zip")

    assert loaded.items == ()
    assert says in str(loaded.faults[0])


@pytest.mark.parametrize("coding", ["utf-16", "utf-8-sig", "cp1252"])
def test_other_encodings_are_read_and_told(coding):
    """
    What is not UTF-8 is read as what its signs are, and the report says so.
    """
    item = canvas("short_answer", typed(), when(equal("naïve")), text="Größe?")
    said = "windows-1252" if coding == "cp1252" else "UTF-16" if coding == "utf-16" else "UTF-8"
    head = f'<?xml version="1.0" encoding="{said}"?>\n'
    loaded = read(document(item, head=head).decode().encode(coding))

    assert loaded.items[0].content["stem"] == "Größe?"
    assert bool(loaded.notes) == (coding == "cp1252")


def test_each_package_is_read_by_the_format_that_it_is_in():
    """
    All are zip files with a manifest: what stands in them says which QTI they are.
    """
    older = document(canvas("short_answer", typed(), when(equal("x"))))
    later = (
        b'<assessmentItem xmlns="http://www.imsglobal.org/xsd/imsqti_v2p1" identifier="i" title="t"'
        b' adaptive="false" timeDependent="false"/>'
    )
    manifest = {"imsmanifest.xml": MANIFEST}

    assert format_of({"c.zip": package({**manifest, "g/g.xml": older})}) is FORMATS["qti_1_2"]
    assert format_of({"b.zip": package({**manifest, "res1.dat": older})}) is FORMATS["qti_1_2"]
    assert format_of({"n.zip": package({**manifest, "i.xml": later})}) is FORMATS["qti"]
    assert format_of({"imsmanifest.xml": MANIFEST, "g.xml": older}) is FORMATS["qti_1_2"]
    both = load_files({"x.zip": package({"a.xml": older, "b.xml": later})}, Destination(BANK))
    assert codes(both) == ["later-version"]


def test_nothing_is_written_in_a_format_that_is_only_read():
    """
    Whoever asks for it hears of every item what to use instead.
    """
    found = content(document(canvas("short_answer", typed(), when(equal("x")))))
    version = item_version("quiz", found)

    assert "export it as qti" in str(FORMATS["qti_1_2"].left_out(version))
    assert FORMATS["qti_1_2"].write(BANK, [], {}) == {}
    assert list(item_faults(found)) == []


def test_a_jumbled_sentence_of_blackboard_becomes_a_text_with_lists():
    """
    Its gaps share one list of words, and one of them together with all others gives the point.
    """
    lists = "".join(
        listed({f"{name}1": "cat", f"{name}2": "dog"}, ident=name) for name in ("x", "y")
    )
    scored = right(f"<and>{equal('x1', 'x')}{equal('y2', 'y')}</and>")
    item = blackboard("Jumbled Sentence", lists, scored, text="A [x] is no [y].")
    found = content(pool(item))

    assert found["type"] == "inline_choice"
    assert share(found, {"g1": "a", "g2": "b"}) == 1
    assert share(found, {"g1": "a", "g2": "a"}) == 0


def test_packages_of_canvas_and_blackboard_in_a_later_version_are_read_as_such():
    """
    New Quizzes and Blackboard export QTI 2.1: a manifest, a test, and an item in each file.
    """
    item = (
        '<assessmentItem xmlns="http://www.imsglobal.org/xsd/imsqti_v2p1" identifier="QUE_7"'
        ' title="Newts" adaptive="false" timeDependent="false"><responseDeclaration '
        'identifier="RESPONSE" cardinality="single" baseType="identifier"><correctResponse><value>'
        'answer_2</value></correctResponse></responseDeclaration><outcomeDeclaration identifier="'
        'SCORE" cardinality="single" baseType="float"/><itemBody><div><p>Which swims?</p></div>'
        '<choiceInteraction responseIdentifier="RESPONSE" maxChoices="1" shuffle="false">'
        '<simpleChoice identifier="answer_1"><p>A cat</p></simpleChoice><simpleChoice '
        'identifier="answer_2"><p>A newt</p></simpleChoice></choiceInteraction></itemBody>'
        '<responseProcessing template="http://www.imsglobal.org/question/qti_v2p1/rptemplates/'
        'match_correct"/></assessmentItem>'
    )
    test = (
        '<assessmentTest xmlns="http://www.imsglobal.org/xsd/imsqti_v2p1" identifier="t" title="T">'
        '<testPart identifier="p" navigationMode="linear" submissionMode="simultaneous">'
        '<assessmentSection identifier="s" title="S" visible="true"><assessmentItemRef '
        'identifier="r" href="qti21/assessmentItem00001.xml"/></assessmentSection></testPart>'
        "</assessmentTest>"
    )
    packed = {
        "imsmanifest.xml": MANIFEST,
        "qti21/assessment00001.xml": test.replace("qti21/", ""),
        "qti21/assessmentItem00001.xml": item,
    }
    loaded = read(package(packed), "qti21.zip")

    assert loaded.faults == ()
    found = loaded.items[0].content
    assert found["id"] == "QUE_7"
    right_one = "b" if found["type"] == "single_choice" else {"RESPONSE": "answer_2"}
    assert share(found, right_one if found["key"] != "answer_2" else "answer_2") == 1
