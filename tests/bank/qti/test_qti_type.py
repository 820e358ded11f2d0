"""The item type `qti`: what is shown is safe and holds no key, and answers score as they did."""

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from examengine.bank import ITEM_TYPES, ResponseMalformed, check_bank
from examengine.bank.formats._qti_content import qti_content, refuse_unreadable
from examengine.bank.item_file import item_faults
from examengine.bank.qti.item import read_item
from examengine.bank.qti.refusal import QtiRefused, RefusedBecause
from examengine.bank.rules import Bank, LoadedBank, LoadedItem
from tests.bank.qti.small_items import MATCH_CORRECT, SCORE, correct, item_xml, response
from tests.bank.shown_items import draw_item, json_values

QTI = ITEM_TYPES["qti"]
PROCESSED = f'<qti-response-processing template="{MATCH_CORRECT}"/>'
BANK = Bank("b", "B", "A bank.", "en", "CC0-1.0", "A test.", (), ())


def content_of(inner: str, attributes: str = "", media: Any = ()) -> dict[str, Any]:
    """The content of an item that is imported as it is."""
    xml = item_xml(inner, attributes)
    item = read_item(xml)
    refuse_unreadable(item)
    made = qti_content(item, xml.decode(), media, [])
    return {"schema": "examengine/item/1", "id": "Q", "version": 1, **made}


def asked(body: str, declared: str = "", processing: str = PROCESSED, **more: Any) -> Any:
    """The content of an item with a body and declarations, scored by its correct response."""
    inner = f"{declared}{SCORE}<qti-item-body>{body}</qti-item-body>{processing}"
    return content_of(inner, **more)


def simple_choices(*names: str, tag: str = "simple-choice", more: str = "") -> str:
    """Choices that say their names."""
    return "".join(
        f'<qti-{tag} identifier="{name}" match-max="1" {more}>Says {name}</qti-{tag}>'
        for name in names
    )


def interaction(kind: str, inner: str, more: str = "") -> str:
    """An interaction around choices."""
    return (
        f'<qti-{kind}-interaction response-identifier="RESPONSE" {more}>{inner}'
        f"</qti-{kind}-interaction>"
    )


def drawn(content: Any, answer: Any = None) -> str:
    """The page of an item."""
    return draw_item(QTI, content, answer)


SPOTS = (
    '<object data="map.png" type="image/png" width="100" height="80">A map</object>'
    '<qti-{tag} identifier="S1" shape="circle" coords="20,20,9" match-max="1"/>'
    '<qti-{tag} identifier="S2" shape="rect" coords="40,40,60,60" match-max="1"/>'
    '<qti-{tag} identifier="S3" shape="poly" coords="70,0,90,0,80,20" match-max="1"/>'
)
HOT, PLACES = SPOTS.format(tag="hotspot-choice"), SPOTS.format(tag="associable-hotspot")
SETS = (
    f"<qti-simple-match-set>{simple_choices('A', 'B', tag='simple-associable-choice')}"
    "</qti-simple-match-set><qti-simple-match-set>"
    f"{simple_choices('X', 'Y', tag='simple-associable-choice')}</qti-simple-match-set>"
)
GAPS = (
    simple_choices("W", "V", tag="gap-text")
    + '<p>Here <qti-gap identifier="G1"/> and there <qti-gap identifier="G2"/>.</p>'
)
HOTTEXT = (
    '<p>A <qti-hottext identifier="H1">b</qti-hottext> c '
    '<qti-hottext identifier="H2">d</qti-hottext></p>'
)
PER_INTERACTION = [
    ("choice", simple_choices("A", "B"), "single", "identifier", ["B"], "B"),
    ("choice", simple_choices("A", "B", "C"), "multiple", "identifier", ["A", "C"], ["A", "C"]),
    (
        "inline-choice",
        simple_choices("A", "B", tag="inline-choice"),
        "single",
        "identifier",
        ["A"],
        "A",
    ),
    (
        "order",
        simple_choices("A", "B", "C"),
        "ordered",
        "identifier",
        ["C", "A", "B"],
        ["C", "A", "B"],
    ),
    (
        "associate",
        simple_choices("A", "B", "C", tag="simple-associable-choice"),
        "multiple",
        "pair",
        ["C A"],
        ["A C"],
    ),
    ("match", SETS, "multiple", "directedPair", ["A Y", "B X"], ["A Y", "B X"]),
    ("hottext", HOTTEXT, "single", "identifier", ["H2"], "H2"),
    ("gap-match", GAPS, "multiple", "directedPair", ["V G1", "W G2"], ["V G1", "W G2"]),
    ("hotspot", HOT, "single", "identifier", ["S2"], "S2"),
    ("graphic-order", HOT, "ordered", "identifier", ["S3", "S1", "S2"], ["S3", "S1", "S2"]),
    ("graphic-associate", PLACES, "multiple", "pair", ["S2 S1"], ["S1 S2"]),
    (
        "graphic-gap-match",
        simple_choices("T1", "T2", tag="gap-text") + PLACES,
        "multiple",
        "directedPair",
        ["T2 S1"],
        ["T2 S1"],
    ),
    (
        "select-point",
        '<object data="map.png" type="image/png">A map</object>',
        "single",
        "point",
        ["20 30"],
        "20 30",
    ),
    ("slider", "", "single", "integer", ["40"], "40"),
    ("text-entry", "", "single", "string", ["York"], "York"),
    ("text-entry", "", "single", "float", ["2.5"], "2.5"),
    ("extended-text", "", "single", "string", ["York"], "York"),
]


@pytest.mark.parametrize(
    ("kind", "inner", "cardinality", "base_type", "right", "key"),
    PER_INTERACTION,
    ids=[f"{case[0]}-{case[2]}" for case in PER_INTERACTION],
)
def test_each_interaction_has_native_controls_that_say_what_was_answered(
    kind, inner, cardinality, base_type, right, key
):
    """
    Each control has a name that the form sends, the form says the key, and the key is shown again.
    """
    declared = response("RESPONSE", cardinality, base_type, correct(*right))
    most = 'max-choices="0"' if cardinality != "single" else 'max-choices="1"'
    content = asked(interaction(kind, inner, most), declared)
    page = drawn(content)

    names = set(re.findall(r' name="(response\.[^"]+)"', page))
    assert list(item_faults(content)) == []
    assert names
    assert names <= {"response.RESPONSE", *(f"response.RESPONSE:{n}" for n in range(1, 21))}
    assert QTI.key_response(content) == {"RESPONSE": key}
    assert QTI.points(content, {"RESPONSE": key}) == QTI.most_points(content) == 1
    assert not re.search(r"\b(checked|selected)\b", page)
    for name in re.findall(r"<(?:input|select|textarea)[^>]*>", page):
        assert "aria-label" in name or "<label" in page
    listed = [key] if isinstance(key, str) else key
    fields = (
        {f"response.RESPONSE:{n}": [one] for n, one in enumerate(listed, start=1)}
        if "response.RESPONSE:1" in names
        else {"response.RESPONSE": listed}
    )
    assert QTI.read(content, QTI.read_fields(content, fields)) == {"RESPONSE": key}
    assert drawn(content, {"RESPONSE": key}) != page


HOSTILE = """
<p onclick="steal()" style="background:url(//x)" class="c" id="save">Safe text
<script>alert(1)</script><iframe src="https://x.example/"/><a href="javascript:alert(2)">link</a>
<img src="https://x.example/a.png" onerror="alert(3)" alt="A picture"/>
<object data="x.html" type="text/html">Words</object><form action="/x"><input name="csrf"/></form>
<svg xmlns="http://www.w3.org/2000/svg" onload="alert(4)"><text>drawn</text></svg>
<math xmlns="http://www.w3.org/1998/Math/MathML" href="javascript:alert(5)"><mi>x</mi>
<annotation-xml encoding="text/html"><p>kept out</p></annotation-xml>
<maction>no</maction></math></p>
"""


def test_what_could_run_or_fetch_is_left_out_and_its_words_are_kept():
    """
    No script, address, handler, style, form or id of a file reaches a page.
    """
    content = asked(
        HOSTILE + interaction("choice", simple_choices("A", "B"), 'max-choices="1"'),
        response(inner=correct("A")),
    )
    page = drawn(content)

    for sign in (
        "script",
        "onclick",
        "onerror",
        "onload",
        "style",
        "iframe",
        "javascript",
        "<form",
    ):
        assert sign not in page
    assert "x.example" not in page.replace("[A picture]", "")
    assert 'id="save"' not in page
    assert "csrf" not in page
    assert "kept out" not in page
    assert "alert" not in page
    for kept in ("Safe text", "link", "[A picture]", "[Words]", "drawn", "<mi>x</mi>"):
        assert kept in page
    told = " ".join((*content["differences"], *content["missing"]))
    assert "javascript:alert(2)" in told
    assert "https://x.example/a.png" in told


def test_nothing_that_scores_is_on_the_page():
    """
    Correct responses, mappings, rules, feedback and what scorers read stay away from candidates.
    """
    mapping = '<qti-mapping><qti-map-entry map-key="Sesame" mapped-value="7"/></qti-mapping>'
    content = asked(
        interaction("text-entry", "")
        + '<qti-feedback-block outcome-identifier="SCORE" identifier="1" show-hide="show">'
        "<p>Open at last</p></qti-feedback-block>"
        '<qti-rubric-block view="scorer"><p>Give 7 for it</p></qti-rubric-block>'
        '<qti-rubric-block view="candidate"><p>Read well</p></qti-rubric-block>',
        response(base_type="string", inner=correct("Sesame") + mapping),
        '<qti-response-processing template="map_response"/>'
        '<qti-modal-feedback outcome-identifier="SCORE" identifier="1"><p>Closed</p>'
        "</qti-modal-feedback>",
    )
    page = drawn(content)

    for secret in ("Sesame", "Open at last", "Closed", "Give 7", "map-key", "mapped"):
        assert secret not in page
        assert secret not in str(QTI.present(content, ()))
    assert "Read well" in page
    assert QTI.points(content, {"RESPONSE": "sesame"}) == QTI.most_points(content)


def test_fenced_formulas_are_rows_with_brackets():
    """
    `mfenced`, which browsers draw no more, becomes a row with its signs.
    """
    page = drawn(
        asked(
            '<math xmlns="http://www.w3.org/1998/Math/MathML"><mfenced open="[" separators=";">'
            "<mi>a</mi><mi>b</mi></mfenced></math>" + interaction("text-entry", ""),
            response(base_type="string", inner=correct("x")),
        )
    )

    assert "mfenced" not in page
    row = re.sub(r' (?:fence|separator)="true"', "", page)
    assert "<mrow><mo>[</mo><mi>a</mi><mo>;</mo><mi>b</mi><mo>)</mo></mrow>" in row


def test_a_shuffle_moves_all_but_what_is_fixed():
    """
    The drawn order is that of the free choices; a fixed one keeps its place.
    """
    listed = simple_choices("A", "B", "C") + simple_choices("D", more='fixed="true"')
    content = asked(
        interaction("choice", listed, 'max-choices="1" shuffle="true"'),
        response(inner=correct("A")),
    )

    ids = QTI.drawn_ids(content)
    shown = QTI.present(content, ids[::-1])
    boxes = next(piece for piece in shown["pieces"] if isinstance(piece, dict))

    assert ids == ("RESPONSE A", "RESPONSE B", "RESPONSE C")
    assert [option["value"] for option in boxes["options"]] == ["C", "B", "A", "D"]
    with pytest.raises(ValueError, match="is not one of the options"):
        QTI.present(content, ("RESPONSE A", "RESPONSE A", "RESPONSE C"))


def mapped(*worth: str, bounds: str = "") -> Any:
    """The content of a multiple response whose options score so much each."""
    entries = "".join(
        f'<qti-map-entry map-key="{name}" mapped-value="{one}"/>'
        for name, one in zip("ABCDEFG", worth, strict=False)
    )
    declared = response(
        "RESPONSE", "multiple", "identifier", f"<qti-mapping {bounds}>{entries}</qti-mapping>"
    )
    body = interaction("choice", simple_choices(*"ABCDEFG"[: len(worth)]), 'max-choices="0"')
    return asked(body, declared, '<qti-response-processing template="map_response"/>')


def test_one_point_is_the_largest_number_that_every_score_is_a_multiple_of():
    """
    Halves become points, hundreds become points, and what is below 0 gives none.
    """
    halves, hundreds = mapped("0.5", "1", "-1"), mapped("100", "200", "0")

    assert halves["points"] == {"most": 3, "unit": "1/2"}
    assert QTI.points(halves, {"RESPONSE": ["A"]}) == 1
    assert QTI.points(halves, {"RESPONSE": ["A", "C"]}) == 0
    assert hundreds["points"] == {"most": 3, "unit": "100"}
    assert "1 point is a SCORE of 1/2" in halves["differences"]
    assert "a SCORE below 0 gives 0 points" in halves["differences"]


def findings_of(content: Any) -> list[tuple[str, str]]:
    """What the lint finds in an item, by rule and words, of the rules about QTI."""
    loaded = LoadedBank(BANK, (LoadedItem("q.xml", content, {}),), {}, ())
    report = check_bank(loaded)
    return [
        (found.rule, found.fault.what)
        for found in (*report.errors, *report.warnings)
        if found.rule.startswith("qti_")
    ]


def test_scores_without_a_unit_and_items_without_a_key_are_kept_out_of_forms():
    """
    No whole points, no score at all: each is a finding of its own and an error by itself.
    """
    odd = mapped("1", "0.07", "0.003")
    essay = asked(interaction("extended-text", ""), response(base_type="string"), processing="")

    assert odd["points"]["whole"] is False
    assert QTI.points(odd, odd["key"]) == 1
    assert ("qti_unscored", "are not whole: parts of the score are lost") in findings_of(odd)
    assert any(note.startswith("no-whole-points") for note in odd["differences"])
    assert "key" not in essay
    assert QTI.points(essay, {"RESPONSE": "Much thought"}) == 0
    assert [rule for rule, _ in findings_of(essay)].count("qti_unscored") == 1
    assert list(item_faults(essay)) == []


def test_what_was_drawn_stays_with_the_item():
    """
    The numbers drawn at the import are shown, and the key follows them.
    """
    declared = (
        response(base_type="integer")
        + '<qti-template-declaration identifier="N" cardinality="single" base-type="integer" '
        'math-variable="true"/>'
    )
    processing = (
        '<qti-template-processing><qti-set-template-value identifier="N">'
        '<qti-random-integer min="100" max="900"/></qti-set-template-value>'
        '<qti-set-correct-response identifier="RESPONSE"><qti-sum><qti-variable identifier="N"/>'
        '<qti-base-value base-type="integer">1</qti-base-value></qti-sum>'
        "</qti-set-correct-response></qti-template-processing>"
    )
    body = (
        '<p>After <qti-printed-variable identifier="N"/> comes '
        f"{interaction('text-entry', '')}</p>"
        '<math xmlns="http://www.w3.org/1998/Math/MathML"><mi>N</mi></math>'
    )
    content = asked(body, declared, processing + PROCESSED)
    n = int(content["instance"]["templates"]["N"][0])

    assert f"After {n} comes" in drawn(content)
    assert f"<mn>{n}</mn>" in drawn(content)
    assert content["key"] == {"RESPONSE": str(n + 1)}
    assert QTI.points(content, {"RESPONSE": str(n + 1)}) == 1
    assert QTI.points(content, {"RESPONSE": str(n)}) == 0


def test_what_cannot_be_read_as_asked_is_kept_and_told():
    """
    A number with a letter, a thing in two places, an open part: each is unfinished, in words.
    """
    number = asked(interaction("text-entry", ""), response(base_type="float", inner=correct("2")))
    order = asked(
        interaction("order", simple_choices("A", "B", "C")),
        response("RESPONSE", "ordered", "identifier", correct("C", "B", "A")),
    )

    assert "cannot be read as a number" in str(QTI.unfinished(number, {"RESPONSE": "2x"}))
    assert "two places" in str(QTI.unfinished(order, {"RESPONSE": ["A", "A", "B"]}))
    assert QTI.unfinished(order, {"RESPONSE": ["A", "B", "C"]}) is None


@pytest.mark.parametrize(
    "raw",
    [
        {"RESPONSE": "Z"},
        {"RESPONSE": ["A", "B"]},
        {"OTHER": "A"},
        {"RESPONSE": 3},
        {"RESPONSE": [["A"]]},
        {"RESPONSE": ["A"] * 1_000},
        "A",
        ["A"],
    ],
)
def test_answers_that_the_page_does_not_offer_are_refused(raw):
    """
    What no control of the page can send is malformed, and is worth nothing if it was stored.
    """
    content = asked(
        interaction("choice", simple_choices("A", "B"), 'max-choices="1"'),
        response(inner=correct("A")),
    )

    with pytest.raises(ResponseMalformed):
        QTI.read(content, raw)
    assert QTI.points(content, raw) == 0


@given(json_values)
def test_any_value_is_worth_whole_points(value):
    """
    Whatever was stored for any part, scoring it gives points within bounds and raises nothing.
    """
    content = mapped("0.5", "1", "-1")

    assert 0 <= QTI.points(content, {"RESPONSE": value}) <= 3


@given(st.sets(st.sampled_from("ABC")))
def test_points_are_the_score_in_units(chosen):
    """
    Each set of options gives what the mapping says, in halves, and never less than nothing.
    """
    content = mapped("0.5", "1", "-1")
    score = sum({"A": 0.5, "B": 1, "C": -1}[one] for one in chosen)

    points = QTI.points(content, {"RESPONSE": sorted(chosen)} if chosen else None)

    assert points == max(0, int(score * 2))


def test_an_item_that_draws_while_scoring_scores_the_same_again():
    """
    What is drawn while scoring is drawn from the item and the answer, so a score can be replayed.
    """
    processing = (
        '<qti-response-processing><qti-set-outcome-value identifier="SCORE">'
        '<qti-random-float min="0" max="100"/></qti-set-outcome-value></qti-response-processing>'
    )
    content = asked(
        interaction("text-entry", ""), response(base_type="string", inner=correct("a")), processing
    )

    scores = {QTI.points(content, {"RESPONSE": "same"}) for _ in range(5)}

    assert len(scores) == 1


def test_interactions_of_other_programs_are_refused():
    """
    An item with a portable custom interaction does not come in.
    """
    with pytest.raises(QtiRefused) as refused:
        asked(interaction("portable-custom", ""), response())

    assert refused.value.because is RefusedBecause.PORTABLE_CUSTOM_INTERACTION


def test_a_picture_to_be_placed_has_the_name_that_lists_call_it_by():
    """
    Somebody who chooses from a list sees, beside a picture without words, what it is called there.
    """
    listed = (
        '<qti-gap-img identifier="I1"><object data="a.svg" type="image/svg+xml"/></qti-gap-img>'
        '<qti-gap-img identifier="I2"><object data="b.svg" type="image/svg+xml">A bus</object>'
        "</qti-gap-img>"
    )
    page = drawn(
        asked(
            interaction("graphic-gap-match", listed + PLACES),
            response("RESPONSE", "multiple", "directedPair", correct("I1 S1")),
        )
    )

    assert "<strong>Choice 1</strong>" in page
    assert "<strong>Choice 2</strong>" not in page
    assert ">Choice 1</option>" in page
    assert ">A bus</option>" in page


def test_an_identifier_that_tells_the_key_keeps_its_item_out_of_forms():
    """
    Identifiers stand in the source of the page; one that says what is right is an error.
    """
    telling = asked(
        interaction("choice", simple_choices("correct", "wrong1"), 'max-choices="1"'),
        response(inner=correct("correct")),
    )

    assert "qti_telling_ids" in [rule for rule, _ in findings_of(telling)]
    assert "qti_telling_ids" not in [rule for rule, _ in findings_of(mapped("1", "0"))]


def test_an_item_speaks_its_own_language_and_its_title_is_not_shown():
    """
    Language and direction of the item are those of its page; a title might give the answer away.
    """
    content = asked(
        interaction("text-entry", ""),
        response(base_type="string", inner=correct("x")),
        attributes='xml:lang="he"',
    )
    content["qti"] = content["qti"].replace("<qti-item-body>", '<qti-item-body dir="rtl">')
    page = drawn(content)

    assert 'lang="he"' in page
    assert 'dir="rtl"' in page
    assert "Small" not in page
