"""Gaps, matrices, scales, pictures and long texts of QTI: ours where they mean just the same."""

from itertools import product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from examengine.bank import ITEM_TYPES
from examengine.bank.qti.item import read_item
from examengine.bank.qti.randomness import NoDraws
from examengine.bank.qti.sitting import attempt
from examengine.bank.qti.sitting import given as sitting_of
from examengine.bank.qti.values import BaseType, single
from examengine.bank.qti.xml_reading import read_xml
from examengine.bank.qti.xml_writing import QTI_2_2, write_xml
from tests.bank.qti.packages import DRAWING, package, read
from tests.bank.qti.small_items import MATCH_CORRECT, SCORE, correct, item_xml, response

PROCESSED = f'<qti-response-processing template="{MATCH_CORRECT}"/>'
MAPPED = '<qti-response-processing template="map_response"/>'
POINTED = '<qti-response-processing template="map_response_point"/>'
STEM = "<p>Read it, and fill in.</p>"


def content(body: str, declared: str, processing: str = PROCESSED, score: str = SCORE) -> Any:
    """The only item of a package that has a drawing."""
    data = item_xml(f"{declared}{score}<qti-item-body>{body}</qti-item-body>{processing}")
    loaded = read({"p.zip": package({"it.xml": data, "bar.svg": DRAWING})})
    assert loaded.faults == ()
    return loaded.items[0].content


def a_list(name: str, *options: str, more: str = 'shuffle="true"') -> str:
    """A list in a text."""
    inner = "".join(
        f'<qti-inline-choice identifier="{o}">Is {o}</qti-inline-choice>' for o in options
    )
    return (
        f'<qti-inline-choice-interaction response-identifier="{name}" {more}>{inner}'
        "</qti-inline-choice-interaction>"
    )


def mapping(**worths: float) -> str:
    """What values are worth."""
    entries = "".join(
        f'<qti-map-entry map-key="{key}" mapped-value="{worth}"/>' for key, worth in worths.items()
    )
    return f'<qti-mapping default-value="0">{entries}</qti-mapping>'


def total(*names: str) -> str:
    """The rule that adds up what responses are worth."""
    inner = "".join(f'<qti-map-response identifier="{name}"/>' for name in names)
    return (
        '<qti-response-processing><qti-set-outcome-value identifier="SCORE"><qti-sum>'
        f"{inner}</qti-sum></qti-set-outcome-value></qti-response-processing>"
    )


GAPS = (
    f"<div><p>Here {a_list('G1', 'a', 'b')} and <em>there</em></p>"
    f"<p>{a_list('G2', 'a', 'c')}.</p></div>"
)


@given(st.lists(st.sampled_from([0, 0.5, 1, 1.5, 2]), min_size=4, max_size=4))
@settings(max_examples=30)
def test_lists_in_a_text_score_as_their_rules_say(worths):
    """
    Whatever each option is worth: every answer gives the points that the rules of the item give.
    """
    of_1, of_2 = mapping(a=worths[0], b=worths[1]), mapping(a=worths[2], c=worths[3])
    declared = response("G1", inner=of_1) + response("G2", inner=of_2)
    data = item_xml(
        f"{declared}{SCORE}<qti-item-body>{STEM}{GAPS}</qti-item-body>{total('G1', 'G2')}"
    )
    found = read({"it.xml": data}).items[0].content
    if found["type"] == "qti":
        none_wrong = min(worths[:2]) > 0 or min(worths[2:]) > 0
        assert none_wrong or not max(worths[:2]) or not max(worths[2:])
        return

    item, kind = read_item(data), ITEM_TYPES["inline_choice"]
    assert found["text"] == "Here [[G1]] and *there*\n\n[[G2]]."
    noted = found.get("differences", ["a SCORE of 1"])[0].rpartition(" of ")[2]
    numbers = [float(part) for part in noted.split("/")]
    unit = numbers[0] / numbers[1] if len(numbers) > 1 else numbers[0]
    for chosen in product([None, "a", "b"], [None, "a", "c"]):
        answer = {name: one for name, one in zip(("G1", "G2"), chosen, strict=True) if one}
        values = {name: single(BaseType.IDENTIFIER, one) for name, one in answer.items()}
        ended = attempt(item, sitting_of(item, {}, {}), values, NoDraws())
        score = ended.outcomes["SCORE"]
        worth = kind.points(found, kind.read(found, answer)) * unit
        assert worth == pytest.approx(0 if score is None else score.scalar)


def test_lists_of_which_all_must_be_right_are_one_answer():
    """
    A rule that wants every gap gives its score to the whole, and to nothing else.
    """
    both = (
        "<qti-response-processing><qti-response-condition><qti-response-if><qti-and>"
        '<qti-match><qti-variable identifier="G1"/><qti-correct identifier="G1"/></qti-match>'
        '<qti-match><qti-variable identifier="G2"/><qti-correct identifier="G2"/></qti-match>'
        '</qti-and><qti-set-outcome-value identifier="SCORE"><qti-base-value base-type="float">3'
        "</qti-base-value></qti-set-outcome-value></qti-response-if></qti-response-condition>"
        "</qti-response-processing>"
    )
    declared = response("G1", inner=correct("b")) + response("G2", inner=correct("c"))

    found = content(STEM + GAPS, declared, both)

    assert (found["type"], found["key"]) == ("inline_choice", {"G1": "b", "G2": "c"})
    assert "scoring" not in found
    assert found["differences"] == ["1 point is a SCORE of 3"]
    assert (found["stem"], "shuffle" in found) == ("Read it, and fill in.", False)


def words(*names: str, most: int = 1) -> str:
    """Words that are put into gaps."""
    return "".join(
        f'<qti-gap-text identifier="{name}" match-max="{most}">Is {name}</qti-gap-text>'
        for name in names
    )


def gap_match(inner: str, more: str = 'shuffle="true"') -> str:
    """A text with two gaps below its words."""
    return (
        f'<qti-gap-match-interaction response-identifier="RESPONSE" {more}>'
        f'<qti-prompt>Fill in.</qti-prompt>{inner}<p>Here <qti-gap identifier="G1"/> and '
        'there <qti-gap identifier="G2"/>.</p></qti-gap-match-interaction>'
    )


@pytest.mark.parametrize(
    ("most", "key", "rule", "processing"),
    [
        (1, ("W G1", "V G2"), None, PROCESSED),
        (0, ("W G1", "W G2"), None, PROCESSED),
        (1, ("W G1", "V G2"), "per_right_gap", MAPPED),
    ],
)
def test_words_for_gaps_are_one_list(most, key, rule, processing):
    """
    All or nothing, or a point for each; a word is used once or again, as it says.
    """
    worths = "".join(f'<qti-map-entry map-key="{pair}" mapped-value="1"/>' for pair in key)
    inner = f"{correct(*key)}<qti-mapping default-value='0'>{worths}</qti-mapping>"
    declared = response("RESPONSE", "multiple", "directedPair", inner)

    found = content(gap_match(words("W", "V", "U", most=most)), declared, processing)

    assert found["type"] == "gap_match"
    assert (found["stem"], found["text"]) == ("Fill in.", "Here [[G1]] and there [[G2]].")
    assert found["key"] == {gap: word for word, gap in (pair.split() for pair in key)}
    assert found.get("scoring", {}).get("rule") == rule
    assert found.get("reuse", False) == (most == 0)


def match_sets(*columns: str, fixed: str = "") -> str:
    """Three lines, each with one of the columns."""
    choice = "qti-simple-associable-choice"
    lines = "".join(f'<{choice} identifier="{n}" match-max="1">Line {n}</{choice}>' for n in "PQR")
    others = "".join(
        f'<{choice} identifier="{n}" match-max="0" {fixed}>Is {n}</{choice}>' for n in columns
    )
    one, two = (f"<qti-simple-match-set>{part}</qti-simple-match-set>" for part in (lines, others))
    return one + two


def tabular(inner: str, more: str) -> str:
    """A match that is drawn as rows and columns."""
    return (
        '<qti-match-interaction class="qti-match-tabular" response-identifier="RESPONSE" '
        f'max-associations="0" {more}>{inner}</qti-match-interaction>'
    )


@pytest.mark.parametrize(
    ("body", "item_type"),
    [
        (tabular(match_sets("T", "F"), 'shuffle="false"'), "matrix"),
        (tabular(match_sets("T", "F", fixed='fixed="true"'), 'shuffle="true"'), "matrix"),
        (tabular(match_sets("T", "F"), 'shuffle="true"'), "qti"),
        (
            tabular(match_sets("T", "F"), 'shuffle="false"').replace(
                'class="qti-match-tabular"', ""
            ),
            "matching",
        ),
    ],
    ids=["in order", "drawn lines", "drawn columns", "no table"],
)
@pytest.mark.parametrize("older", [False, True])
def test_a_match_that_is_a_table_is_a_matrix(body, item_type, older):
    """
    Lines may change places and columns not: those of ours are a scale.
    """
    declared = response("RESPONSE", "multiple", "directedPair", correct("P T", "Q F", "R T"))
    data = item_xml(f"{declared}{SCORE}<qti-item-body>{STEM}{body}</qti-item-body>{PROCESSED}")
    if older:
        data = write_xml(read_xml(data), QTI_2_2)

    found = read({"it.xml": data}).items[0].content

    assert found["type"] == item_type
    if item_type != "qti":
        assert found["key"] == {"P": "T", "Q": "F", "R": "T"}


def slider(more: str, inner: str = "<qti-prompt>How many?</qti-prompt>") -> str:
    """A scale."""
    return (
        f'<qti-slider-interaction response-identifier="RESPONSE" {more}>{inner}'
        "</qti-slider-interaction>"
    )


@pytest.mark.parametrize(
    ("more", "base_type", "worths", "key", "bands"),
    [
        (
            'lower-bound="0" upper-bound="10" step="1"',
            "integer",
            {"3": 0.5, "4": 1, "5": 1, "6": 0.5},
            {"from": "4", "to": "5"},
            [{"from": "3", "to": "3", "points": 1}, {"from": "6", "to": "6", "points": 1}],
        ),
        ('lower-bound="0" upper-bound="1" step="0.1"', "float", {"0.3": 2}, {"value": "0.3"}, []),
        ('lower-bound="-5" upper-bound="5"', "integer", {"-2": 1}, {"value": "-2"}, []),
    ],
)
def test_a_scale_is_a_slider_with_its_steps(more, base_type, worths, key, bands):
    """
    Every step is tried: one stretch is right, others may be partly right.
    """
    declared = response("RESPONSE", "single", base_type, mapping(**worths))

    found = content(STEM + slider(more), declared, MAPPED)

    assert (found["type"], found["key"]) == ("slider", key)
    assert found["stem"] == "Read it, and fill in.\n\nHow many?"
    assert found.get("scoring", {}).get("bands", []) == bands


PICTURE = '<object type="image/svg+xml" data="bar.svg" width="200" height="100">A bar.</object>'


def spots(*labels: str) -> str:
    """Areas of a picture, each with words or without."""
    shapes = ('shape="circle" coords="20,20,9"', 'shape="rect" coords="60,60,40,40"')
    return "".join(
        f'<qti-hotspot-choice identifier="S{n}" {shape} {label}/>'
        for n, (shape, label) in enumerate(zip(shapes, labels, strict=True))
    )


def test_areas_with_words_are_a_hotspot_and_without_words_stay():
    """
    Ours can be chosen by words alone, so an area that has none is none of ours.
    """
    named = spots('hotspot-label="Left"', 'hotspot-label="Right"')
    around = (
        '<qti-hotspot-interaction response-identifier="RESPONSE" max-choices="1">{}{}'
        "</qti-hotspot-interaction>"
    )
    declared = response(inner=correct("S1"))

    found = content(STEM + around.format(PICTURE, named), declared)
    bare = content(STEM + around.format(PICTURE, spots("", "")), declared)

    assert (found["type"], found["key"]) == ("hotspot", ["S1"])
    assert found["regions"] == [
        {"id": "S0", "text": "Left", "circle": [20, 20, 9]},
        {"id": "S1", "text": "Right", "rectangle": [40, 40, 20, 20]},
    ]
    assert found["picture"]["alt"] == "A bar."
    assert (found["picture"]["width"], found["picture"]["height"]) == (200, 100)
    assert found["picture"]["digest"].startswith("sha256:")
    assert bare["type"] == "qti"


def areas(*entries: str) -> str:
    """What places are worth."""
    listed = "".join(f"<qti-area-map-entry {entry}/>" for entry in entries)
    return f'<qti-area-mapping default-value="0">{listed}</qti-area-mapping>'


@pytest.mark.parametrize(
    ("entries", "item_type"),
    [
        (['shape="rect" coords="0,0,60,60" mapped-value="1"'], "select_point"),
        (
            [
                'shape="circle" coords="50,50,30" mapped-value="2"',
                'shape="rect" coords="0,0,90,90" mapped-value="1"',
            ],
            "select_point",
        ),
        (
            [
                'shape="rect" coords="0,0,90,90" mapped-value="1"',
                'shape="circle" coords="50,50,30" mapped-value="2"',
            ],
            "qti",
        ),
        (['shape="ellipse" coords="50,50,30,20" mapped-value="1"'], "qti"),
        (['shape="circle" coords="51,49,1" mapped-value="1"'], "qti"),
    ],
    ids=["one", "graded", "worse first", "ellipse", "no field of the grid"],
)
def test_a_place_in_a_picture_is_ours_where_areas_say_the_same(entries, item_type):
    """
    The best area that holds a point counts here, the first one there: they must be the same.
    """
    body = f"{STEM}{SELECT}"
    found = content(body, response("RESPONSE", "single", "point", areas(*entries)), POINTED)

    assert found["type"] == item_type


SELECT = (
    '<qti-select-point-interaction response-identifier="RESPONSE" max-choices="1">'
    f"{PICTURE}</qti-select-point-interaction>"
)


def test_a_place_scores_only_what_its_rules_give():
    """
    Areas that nothing reads are worth nothing, so the item is none of ours.
    """
    declared = response(
        "RESPONSE",
        "single",
        "point",
        correct("30 30") + areas('shape="rect" coords="0,0,60,60" mapped-value="1"'),
    )

    assert content(STEM + SELECT, declared, PROCESSED)["type"] == "qti"


LONG = (
    '<qti-extended-text-interaction response-identifier="RESPONSE" {}>{}'
    "</qti-extended-text-interaction>"
)
REQUIRED = 'required="true"'
TEXT = response("RESPONSE", "single", "string")


@pytest.mark.parametrize(
    ("body", "declared", "key"),
    [
        (STEM + LONG.format('expected-lines="5"', ""), TEXT, None),
        (
            f'<qti-rubric-block view="scorer"><p>Names <em>both</em>.</p></qti-rubric-block>{STEM}'
            + LONG.format('class="qti-height-lines-6"', "<qti-prompt>Write.</qti-prompt>"),
            TEXT,
            "Names *both*.",
        ),
        (
            '<qti-rubric-block view="scorer" use="scoring"><qti-content-body><p>Names one.</p>'
            f"<p>Names two.</p></qti-content-body></qti-rubric-block>{STEM}" + LONG.format("", ""),
            TEXT,
            "Names one.\n\nNames two.",
        ),
        (
            STEM + LONG.format("", ""),
            response("RESPONSE", "single", "string", correct("Like this.")),
            "Like this.",
        ),
    ],
)
def test_a_long_text_is_for_a_person_to_mark(body, declared, key):
    """
    What scorers are told is what whoever marks goes by; where nothing is told the item says so.
    """
    score = SCORE.replace("/>", ' normal-maximum="6" external-scored="human"/>')

    found = content(body, declared, "", score)

    assert found["type"] == "extended_text"
    assert found["scoring"] == {"rule": "by_person", "points": 6}
    assert ("differences" in found) == (key is None)
    assert key is None or found["key"] == key


@pytest.mark.parametrize(
    ("body", "declared", "processing"),
    [
        (GAPS, response("G1", inner=correct("a")) + response("G2", inner=correct("a")), PROCESSED),
        (
            f"{STEM}<p>{a_list('RESPONSE', 'a', 'b', more=REQUIRED)}</p>",
            response(inner=correct("a")),
            PROCESSED,
        ),
        (
            f"{STEM}<p>a <strong>b</strong> {a_list('RESPONSE', 'a', 'b')}</p>",
            response(inner=correct("a")),
            PROCESSED,
        ),
        (
            f"{STEM}<p>[[x]] {a_list('RESPONSE', 'a', 'b')}</p>",
            response(inner=correct("a")),
            PROCESSED,
        ),
        (
            gap_match(words("W", "V"), 'max-associations="1"'),
            response("RESPONSE", "multiple", "directedPair", correct("W G1")),
            PROCESSED,
        ),
        (
            gap_match(words("W") + words("V", most=2)),
            response("RESPONSE", "multiple", "directedPair", correct("W G1", "V G2")),
            PROCESSED,
        ),
        (
            STEM + slider('lower-bound="0" upper-bound="9" reverse="true"'),
            response("RESPONSE", "single", "integer", correct("5")),
            PROCESSED,
        ),
        (
            STEM + slider('lower-bound="0" upper-bound="9" step="2"'),
            response("RESPONSE", "single", "integer", correct("5")),
            PROCESSED,
        ),
        (STEM + LONG.format('placeholder-text="Dear"', ""), TEXT, ""),
        (STEM + LONG.format('format="xhtml"', ""), TEXT, ""),
    ],
    ids=[
        *("no stem", "required", "strong", "brackets", "most", "once and twice", "reverse"),
        *("uneven", "placeholder", "markup"),
    ],
)
def test_what_none_of_these_types_says_stays_as_it_came(body, declared, processing):
    """
    A limit, words that a text of ours cannot hold, a scale that does not end on a step.
    """
    assert content(body, declared, processing)["type"] == "qti"


NUMBERS = ["", "0", "1", "-1", "0.5", "1e999999999", "inf", "nan", "9" * 50, "x", "5%"]


@given(st.data())
@settings(max_examples=60)
def test_no_number_makes_reading_throw(data):
    """
    Bounds, steps, coordinates and sizes of any kind: the item comes in as one type or another.
    """
    drawn = st.sampled_from(NUMBERS)
    bounds = " ".join(
        f'{name}="{data.draw(drawn)}"' for name in ("lower-bound", "upper-bound", "step")
    )
    coordinates = ",".join(data.draw(st.lists(drawn, min_size=4, max_size=4)))
    picture = PICTURE.replace('"200"', f'"{data.draw(drawn)}"')
    shape = f'shape="rect" coords="{coordinates}" mapped-value="{data.draw(drawn)}"'
    bodies = [
        (slider(bounds), response("RESPONSE", "single", "float", mapping(**{"1": 1})), MAPPED),
        (
            SELECT.replace(PICTURE, picture),
            response("RESPONSE", "single", "point", areas(shape)),
            POINTED,
        ),
    ]
    body, declared, processing = data.draw(st.sampled_from(bodies))
    xml = item_xml(f"{declared}{SCORE}<qti-item-body>{STEM}{body}</qti-item-body>{processing}")

    loaded = read({"p.zip": package({"it.xml": xml, "bar.svg": DRAWING})})

    assert loaded.items or loaded.faults
