"""Statements, gaps, scales, pictures and long texts: what is refused, and how answers are read."""

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from examengine.bank import ITEM_TYPES, ResponseMalformed
from examengine.bank.checks import check_bank
from examengine.bank.formats import load_files
from examengine.bank.item_file import item_faults
from examengine.bank.item_types._gaps import gap_names
from examengine.bank.item_types._picture import contains, presented_shape
from examengine.bank.item_types.extended_text import n_words
from tests.bank.small_bank import files, item
from tests.sample_banks import sample_bank

MATRIX, INLINE, GAPS = (ITEM_TYPES[name] for name in ("matrix", "inline_choice", "gap_match"))
SLIDER, HOTSPOT, POINT = (ITEM_TYPES[name] for name in ("slider", "hotspot", "select_point"))
TEXT = ITEM_TYPES["extended_text"]
PICTURE = HOTSPOT.example["picture"]
FIRST, *OTHERS = HOTSPOT.example["regions"]
REGION = {"id": "a", "text": "Here"}


def told(item_type: str, **changes: Any) -> list[str]:
    """What is wrong with the example of a type, changed."""
    found = item_faults(item("T-1", item_type, **changes))
    return [f"{fault.where}: {fault.what}" for fault in found]


def regions(**shape: Any) -> dict[str, Any]:
    """Two regions, the first with a shape."""
    other = {"id": "b", "text": "There", "circle": [10, 10, 5]}
    return {"regions": [{**REGION, **shape}, other], "key": ["a"], "several": False}


@pytest.mark.parametrize(
    ("item_type", "changes", "fault"),
    [
        ("matrix", {"statements": []}, "statements: has 0 entries; 1 to 20 are allowed"),
        ("matrix", {"key": {"s1": "t"}}, "key.s2: is missing; choose one of t, f"),
        ("matrix", {"key": ["t"]}, "key: must give each its option"),
        ("matrix", {"options": [{"id": "t", "text": "True"}]}, "options: has 1 entries; 2 to 7"),
        ("inline_choice", {"text": "No gap."}, "text: has 0 gaps; 1 to 20 are allowed"),
        ("inline_choice", {"text": "[[g1]] [[g1]]"}, "text: has the gap [[g1]] 2 times"),
        ("inline_choice", {"text": "[[g1]] [[ g2 ]]"}, "text: has double brackets that are no gap"),
        ("inline_choice", {"text": r"\( x [[g1]] \)"}, "text: has a gap in a formula"),
        ("inline_choice", {"text": "[[g1]] [[G1]]"}, "differ by capital letters alone"),
        ("inline_choice", {"text": "[[g1]]"}, "gaps: must list each gap of the text once: g1"),
        ("inline_choice", {"gaps": {}}, "gaps: is missing; list the gaps of the text"),
        ("inline_choice", {"gaps": ["g1"]}, "gaps[0]: is no mapping; give it id and options"),
        ("inline_choice", {"gaps": [{"id": "g1", "options": []}]}, "gaps[0].options: has 0"),
        ("gap_match", {"key": {"g1": "a", "g2": "a", "g3": "b"}}, "say reuse: true"),
        ("gap_match", {"reuse": "yes"}, "reuse: is neither true nor false"),
        ("gap_match", {"text": ["x"]}, "text: is missing; write the text"),
        ("slider", {"scale": [0, 100]}, "scale: must give its ends and its step"),
        ("slider", {"scale": {"from": "0", "to": "100", "step": "0"}}, "scale.step: must be"),
        ("slider", {"scale": {"from": "0", "to": "99", "step": "5"}}, "scale.to: must be 2 to"),
        ("slider", {"scale": {"from": "0", "to": "9", "step": "0.001"}}, "scale.to: must be 2 to"),
        ("slider", {"key": {"value": "72"}}, "key.value: is 72, which the scale does not offer"),
        ("slider", {"key": {"from": "80", "to": "70"}}, "key.from: is greater than to, 70"),
        ("slider", {"key": {"from": "0", "to": "100"}}, "key: makes the whole scale right"),
        ("slider", {"key": "75"}, "key: must give what is right"),
        ("slider", {"errors": [{"value": "31"}]}, "errors[0].value: '31' is no number that the"),
        ("slider", {"errors": [{"value": "75"}]}, "errors[0].value: '75' would be marked as right"),
        ("hotspot", {"picture": "x.svg"}, "picture: is missing; give file, alt, width and height"),
        ("hotspot", {"picture": {**PICTURE, "width": "400"}}, "picture.width: must be a whole"),
        ("hotspot", {"picture": {**PICTURE, "file": "x.pdf"}}, "picture.file: is x.pdf; it can be"),
        ("hotspot", regions(), "regions[0]: must have one shape"),
        ("hotspot", regions(circle=[1, 1, 1], polygon=[]), "regions[0]: must have one shape"),
        ("hotspot", regions(circle=[1, 1, "2"]), "regions[0].circle: must list whole numbers"),
        ("hotspot", regions(circle=[1, 1, 0]), "regions[0].circle: must be x, y, radius"),
        ("hotspot", regions(circle=[401, 1, 9]), "regions[0].circle: lies outside the picture"),
        ("hotspot", regions(rectangle=[390, 1, 20, 9]), "rectangle: lies outside the picture"),
        ("hotspot", regions(polygon=[1, 1, 2, 2]), "regions[0].polygon: must list x, y of 3 to 60"),
        ("hotspot", regions(polygon=[1, 1, 2, 2, 3]), "regions[0].polygon: must list x, y of"),
        ("hotspot", {"several": False}, "key: names 2 regions, and one may be chosen"),
        ("hotspot", {"key": ["x"]}, "key: names x, which is no region; a, b, c, d are"),
        ("select_point", {"key": []}, "key: must list 1 to 20 areas"),
        ("select_point", {"key": ["x"]}, "key[0]: is no mapping"),
        ("select_point", {"key": [{"circle": [1, 1, 1]}]}, "key[0].text: is missing"),
        ("select_point", {"key": [{"text": "x", "circle": [0, 0, 2]}]}, "middle of no field"),
        (
            "select_point",
            {"key": [{"text": "x", "rectangle": [0, 0, 400, 300]}]},
            "key: makes every field of the grid right",
        ),
        ("select_point", {"grid": {"columns": 27}}, "grid.columns: must be a whole number from 1"),
        ("select_point", {"grid": 8}, "grid: must say how many fields"),
        ("select_point", {"wrong_areas": "x"}, "wrong_areas: must list 1 to 20 areas"),
    ],
)  # fmt: skip
def test_what_cannot_be_used_says_where_and_what_would_be_right(item_type, changes, fault):
    """
    Each fault names its field, and what to write instead.
    """
    assert any(fault in found for found in told(item_type, **changes)), told(item_type, **changes)


EVERYWHERE = {"text": "Anywhere", "points": 1, "rectangle": [0, 0, 400, 300], "rationale": "x"}
ALL = {"from": "0", "to": "100", "points": 1, "rationale": "x"}


@pytest.mark.parametrize(
    ("item_type", "scoring", "fault"),
    [
        ("matrix", {"rule": "by_mistakes", "points": [3, 2, 1]}, "has 2, so list at most 2"),
        ("slider", {"rule": "bands", "points": 2, "bands": [ALL]}, "leave something wrong"),
        ("select_point", {"rule": "graded_areas", "points": 2, "areas": [EVERYWHERE]}, "smaller"),
        ("select_point", {"rule": "graded_areas", "points": 2}, "must list 1 to 20 areas"),
        ("hotspot", {"rule": "per_right_option"}, None),
    ],
)
def test_points_that_show_nothing_are_refused(item_type, scoring, fault):
    """
    Something is worth nothing, and an answer that shows nothing is.
    """
    unforeseen = {"errors": []} if item_type == "slider" else {}

    found = told(item_type, scoring=scoring, **unforeseen)

    assert (found == []) if fault is None else any(fault in one for one in found)


@pytest.mark.parametrize(
    ("item_type", "changes", "rule", "where"),
    [
        ("matrix", {"key": dict.fromkeys(("s1", "s2", "s3", "s4"), "t")}, "one_column_pays", "key"),
        ("gap_match", {"options": GAPS.example["options"][:3]}, "no_spare_words", "options"),
        ("slider", {"key": {"value": "50"}, "errors": []}, "untouched_is_right", "scale"),
        ("hotspot", {"stem": "Which days?"}, "unsaid_number", "stem"),
        ("hotspot", {"stem": "Choose three days."}, "other_number", "stem"),
        ("hotspot", {"key": ["a", "b", "c", "d"]}, "key_takes_all", "key"),
        (
            "hotspot",
            {
                "key": ["right", "b"],
                "regions": [{**FIRST, "id": "right"}, *OTHERS],
            },
            "telling_ids",
            "regions",
        ),
        ("hotspot", {"picture": {**PICTURE, "alt": None}}, "missing_alternative", "picture"),
    ],
)
def test_what_gives_the_key_away_is_found(item_type, changes, rule, where):
    """
    The lint looks at the new types as at the others, and at what is their own.
    """
    content = item("T-1", item_type, **changes)
    if content.get("picture", {}).get("alt", "") is None:
        content["picture"] = {name: one for name, one in PICTURE.items() if name != "alt"}
    loaded = load_files(files(content))

    found = [(one.rule, one.fault.where) for one in check_bank(loaded).findings]

    assert loaded.faults == ()
    assert (rule, where) in found


def test_the_examples_have_no_finding():
    """
    What newcomers copy from gives nothing away.
    """
    items = [item(f"T-{name}", name, seconds=60) for name in ITEM_TYPES]

    report = check_bank(load_files(files(*items)))

    assert report.errors == ()
    assert {one.rule for one in report.warnings} <= {"unused_files", "nearly_repeated_items"}


def test_the_bank_that_shows_them_has_no_finding():
    """
    The sample bank of these types has one item of each at least, and nothing to mend.
    """
    loaded = sample_bank("reading-maps")

    report = check_bank(loaded)

    assert loaded.faults == ()
    assert report.findings == ()
    named = {one.content["type"] for one in loaded.items}
    written = ITEM_TYPES.keys() - {"qti"}  # which nobody writes: it comes from elsewhere
    assert named | {one.content["type"] for one in sample_bank("data-literacy").items} == written


def test_a_gap_is_named_by_its_paragraph():
    """
    The name counts through the text, and takes no words from another paragraph.
    """
    text = "One [[a]] two.\n\n*Three* [[b]][[c]] four \\(x^2\\)"

    assert gap_names(text) == {
        "a": "Gap 1: One … two.",
        "b": "Gap 2: Three …… four x squared",
        "c": "Gap 3: Three …… four x squared",
    }


def test_lists_of_gaps_are_drawn_apart():
    """
    Each gap keeps its own options, in the order drawn for it.
    """
    drawn = INLINE.drawn_ids(INLINE.example)

    shown = INLINE.present(INLINE.example, drawn[::-1])

    assert drawn[:3] == ("g1/a", "g1/b", "g1/c")
    orders = [[option["id"] for option in listed] for listed in shown["choices"].values()]
    assert orders == [["c", "b", "a"]] * 3


@given(text=st.text(alphabet="[]g12 -*`\\()\n", max_size=60))
def test_no_text_with_gaps_breaks_the_page(text):
    """
    What is taken as a text with gaps is drawn with each of them once, whatever stands around.
    """
    content = {**GAPS.example, "text": text}
    if any(fault.where == "text" for fault in GAPS.faults(content)):
        return

    pieces = GAPS.controls({**content, "key": {}}, ())["text"]

    gaps = [piece["gap"] for piece in pieces if piece["gap"]]
    assert gaps
    assert len(set(gaps)) == len(gaps)
    assert "[[" not in "".join(piece["html"] for piece in pieces)


@given(steps=st.integers(0, 100), written=st.sampled_from(["{}", "{} %", " {}", "{} percent"]))
def test_every_step_of_a_scale_is_read_as_itself(steps, written):
    """
    A number on the scale is whole however it is written, and right where the key has it.
    """
    content = {**SLIDER.example, "scale": {"from": "-2.5", "to": "7.5", "step": "0.1"}}
    content |= {"key": {"from": "0.1", "to": "0.3"}}
    number = Fraction("-2.5") + steps * Fraction("0.1")

    response = SLIDER.read(content, written.format(float(number)))

    assert SLIDER.unfinished(content, response) is None
    right = Fraction("0.1") <= number <= Fraction("0.3")
    assert SLIDER.points(content, response) == right


@pytest.mark.parametrize("answer", ["72", "105", "-5", "a lot", "7,5", "1e9", "75 km"])
def test_what_a_scale_does_not_offer_is_kept_and_worth_nothing(answer):
    """
    It is no step of the scale: the candidate is told what is.
    """
    response = SLIDER.read(SLIDER.example, answer)

    assert response == answer
    assert "from 0 to 100, in steps of 5" in SLIDER.unfinished(SLIDER.example, response)
    assert SLIDER.points(SLIDER.example, response) == 0


def test_a_key_of_a_hundred_signs_is_exact():
    """
    Nothing is rounded: the key of the finest scale that files can say is on it.
    """
    tiny = f"0.{'0' * 19}1"
    scale = {"from": "9" * 20, "to": f"{'9' * 20}.{'0' * 19}3", "step": tiny}
    content = {**SLIDER.example, "scale": scale, "key": {"value": f"{'9' * 20}.{'0' * 19}2"}}
    content["errors"] = []

    assert list(SLIDER.faults(content)) == []
    assert SLIDER.points(content, SLIDER.key_response(content)) == 1


def test_one_region_is_an_answer_by_radio_button():
    """
    Where one may be chosen a list of two is refused, and every region alone is taken.
    """
    content = {**HOTSPOT.example, "several": False, "key": ["b"]}

    assert list(HOTSPOT.faults(content)) == []
    assert HOTSPOT.points(content, ["b"]) == 1
    assert HOTSPOT.likely_mistakes(content) == (["a"], ["c"], ["d"])
    with pytest.raises(ResponseMalformed, match="one region"):
        HOTSPOT.read(content, ["a", "b"])


WHOLE = st.integers(0, 40)


@given(
    corners=st.lists(st.tuples(WHOLE, WHOLE), min_size=3, max_size=6, unique=True), x=WHOLE, y=WHOLE
)
def test_a_polygon_holds_its_border_and_agrees_with_turns(corners, x, y):
    """
    A point is inside where the polygon winds around it an odd number of times, counted otherwise.
    """
    shape = {"polygon": [number for corner in corners for number in corner]}
    crossings, on_border = 0, False
    for (x1, y1), (x2, y2) in zip(corners, [*corners[1:], corners[0]], strict=True):
        within = min(x1, x2) <= x <= max(x1, x2) and min(y1, y2) <= y <= max(y1, y2)
        on_border |= within and (x2 - x1) * (y - y1) == (y2 - y1) * (x - x1)
        if (y1 > y) != (y2 > y):
            crossings += x < x1 + Fraction((y - y1) * (x2 - x1), y2 - y1)

    assert contains(shape, x, y) == (on_border or crossings % 2 == 1)
    assert all(contains(shape, *corner) for corner in corners)


@given(
    shape=st.one_of(
        st.builds(lambda x, y, r: {"circle": [x, y, r]}, WHOLE, WHOLE, st.integers(1, 9)),
        st.builds(
            lambda x, y, w, h: {"rectangle": [x, y, w, h]},
            *(WHOLE, WHOLE, st.integers(1, 9), st.integers(1, 9)),
        ),
    )
)
def test_the_letter_of_a_region_stands_in_it(shape):
    """
    Whoever presses on the letter presses on the region.
    """
    assert contains(shape, *presented_shape(shape)["middle"])


def test_the_letter_of_a_bent_region_stands_in_it():
    """
    The middle of an L lies outside of it; its letter does not.
    """
    bent = {"polygon": [0, 0, 120, 0, 120, 12, 12, 12, 12, 120, 0, 120]}

    assert not contains(bent, 60, 60)
    assert contains(bent, *presented_shape(bent)["middle"])


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("G5", "325,225"),
        (" g 5 ", "325,225"),
        ("Ｇ５", "325,225"),
        ("325,225", "325,225"),
        ("0, 300", "0,300"),
        ("", None),
        (None, None),
    ],
)
def test_a_place_is_read_as_a_field_or_as_a_point(typed, read):
    """
    Blanks, small letters and wide ones do not count.
    """
    assert POINT.read(POINT.example, typed) == read


@pytest.mark.parametrize("typed", ["I1", "A7", "A0", "5G", "401,3", "3,301", "-1,5", "1,2,3", "x"])
def test_a_place_outside_the_picture_is_refused_with_what_there_is(typed):
    """
    The candidate is told which fields the grid has.
    """
    with pytest.raises(ResponseMalformed, match="from A1 to H6"):
        POINT.read(POINT.example, typed)


def test_a_point_is_counted_by_the_area_it_lies_in():
    """
    Tables of answers have a row for each area that is foreseen, and one for each field besides.
    """
    rule = next(rule for rule in POINT.scoring_rules if rule.name == "graded_areas")
    content = {**POINT.example, "scoring": rule.example}

    counted = {at: POINT.category(content, at) for at in ("300,200", "250,100", "90,200", "10,10")}
    points = {at: POINT.points(content, at) for at in counted}

    assert counted == {
        "300,200": "area 1", "250,100": "part 1", "90,200": "wrong 1", "10,10": "A1",
    }  # fmt: skip
    assert points == {"300,200": 2, "250,100": 1, "90,200": 0, "10,10": 0}


@pytest.mark.parametrize(
    ("text", "n"),
    [
        ("", 0),
        ("  \n ", 0),
        ("one", 1),
        ("It's well-known – isn't it?", 4),
        ("3.5 kg, 20 %", 3),
        ("統計学", 3),
        ("統計 is statistics", 4),
        ("كلمتان هنا", 2),
        ("e\u0301tude", 1),
    ],
)
def test_words_are_what_blanks_part_and_signs_that_are_words(text, n):
    """
    Dashes and signs alone are no words; each Chinese or Japanese sign is one.
    """
    assert n_words(text) == n


def test_lines_of_a_text_are_kept_and_what_nobody_sees_is_not():
    """
    Every kind of line end is one; blanks at the ends of lines and of the text go.
    """
    written = "  First  \r\nsecond\tline\x07\rthird\n\n\nlast  \n"

    assert TEXT.read(TEXT.example, written) == "First\nsecond line\nthird\n\n\nlast"
    assert TEXT.read(TEXT.example, " \r\n\t ") is None


@given(text=st.text(max_size=200))
def test_a_text_that_was_read_reads_as_itself(text):
    """
    What is stored is what would be read again.
    """
    try:
        read = TEXT.read(TEXT.example, text)
    except ResponseMalformed:
        return

    assert TEXT.read(TEXT.example, read) == read


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"key": ""}, "key: is missing; say what a full answer holds"),
        ({"words": [150]}, "words: must say how many"),
        ({"words": {"most": 3}}, "words.most: is no field that is read here"),
        ({"words": {"limit": 0}}, "words.limit: must be a whole number from 1 to 1500"),
        ({"words": {"recommended": 9, "limit": 8}}, "words.recommended: is more than the limit"),
        ({"scoring": {"rule": "by_person", "points": 21}}, "scoring.points: must be whole points"),
        ({"scoring": {"rule": "all_or_nothing"}}, "scoring.rule: must name one of by_person"),
    ],
)
def test_what_cannot_be_asked_of_a_text_is_refused(changes, fault):
    """
    Each fault names its field, and what to write instead.
    """
    assert any(fault in found for found in told("extended_text", **changes))
