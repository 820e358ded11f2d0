"""Items scored: mappings, templates of response processing, rules, adaptive and drawn items."""

import pytest
from hypothesis import given as for_all
from hypothesis import strategies as st

from examengine.bank.qti.checking import item_refusals, undeclared
from examengine.bank.qti.item import read_item
from examengine.bank.qti.randomness import NoDraws, SeededDraws
from examengine.bank.qti.refusal import QtiRefused, RefusedBecause
from examengine.bank.qti.sitting import attempt, begin, given
from examengine.bank.qti.values import as_json
from tests.bank.qti.small_items import (
    MATCH_CORRECT,
    QTI_2,
    SCORE,
    answered,
    correct,
    item,
    item_xml,
    outcome,
    response,
)


def mapped(entries: str, bounds: str = "", base_type: str = "string", cardinality: str = "single"):
    """An item scored by a mapping alone."""
    mapping = f"<qti-mapping {bounds}>{entries}</qti-mapping>"
    declared = response(base_type=base_type, cardinality=cardinality, inner=mapping)
    return item(declared + SCORE + '<qti-response-processing template="rp/map_response"/>')


@pytest.mark.parametrize(
    "address",
    [
        MATCH_CORRECT,
        "http://www.imsglobal.org/question/qti_v2p1/rptemplates/match_correct",
        "https://purl.imsglobal.org/spec/qti/v3p0/rptemplates/match_correct",
        "../rptemplates/match_correct.xml",
    ],
)
def test_a_template_is_known_by_the_end_of_its_address(address):
    """
    Eight spellings of one template are one template.
    """
    choice = item(
        response(inner=correct("B")) + SCORE + f'<qti-response-processing template="{address}"/>'
    )

    assert [outcome(choice, {"RESPONSE": said}) for said in ("B", "A", None)] == [1, 0, 0]


def test_an_empty_template_scores_nothing():
    """
    An item whose template has no name has no response processing, and its score stays 0.
    """
    silent = item(response(inner=correct("B")) + SCORE + '<qti-response-processing template=""/>')

    assert silent.response_processing is None
    assert outcome(silent, {"RESPONSE": "B"}) == 0


@pytest.mark.parametrize(
    ("said", "worth"), [("York", 1), ("york", 0.5), ("YORK", 1), ("Leeds", 0.25), (None, 0)]
)
def test_a_mapping_takes_the_exact_value_before_the_folded_one(said, worth):
    """
    Without `case-sensitive` case does not count, unless another entry is right letter for letter.
    """
    towns = mapped(
        '<qti-map-entry map-key="York" mapped-value="1"/>'
        '<qti-map-entry map-key="york" mapped-value="0.5"/>',
        'default-value="0.25"',
    )

    assert outcome(towns, {"RESPONSE": said}) == worth


def test_each_key_counts_once_and_the_bounds_hold_the_sum():
    """
    Unmapped values take the default, a pair counts in either order, the bounds come last.
    """
    pairs = mapped(
        '<qti-map-entry map-key="A B" mapped-value="2"/>'
        '<qti-map-entry map-key="C D" mapped-value="2"/>',
        'lower-bound="0" upper-bound="3" default-value="-1"',
        "pair",
        "multiple",
    )

    scores = [
        outcome(pairs, {"RESPONSE": said})
        for said in (["B A"], ["A B", "B A"], ["A B", "C D"], ["A B", "A C"], ["A C"])
    ]
    assert scores == [2, 2, 3, 1, 0]


def test_points_count_by_the_areas_they_lie_in():
    """
    Each area counts once; a point outside takes the default.
    """
    areas = (
        '<qti-area-mapping default-value="-1">'
        '<qti-area-map-entry shape="circle" coords="10,10,5" mapped-value="1"/>'
        '<qti-area-map-entry shape="rect" coords="50,50,60,60" mapped-value="2"/>'
        "</qti-area-mapping>"
    )
    points = item(
        response(base_type="point", cardinality="multiple", inner=areas)
        + SCORE
        + '<qti-response-processing template="x/map_response_point.xml"/>'
    )

    said = (["12 12"], ["12 12", "9 9"], ["12 12", "55 55"], ["12 12", "0 0"])
    assert [outcome(points, {"RESPONSE": one}) for one in said] == [1, 1, 3, 0]


ELSE = """
<qti-response-processing><qti-response-condition>
 <qti-response-if>
  <qti-match><qti-variable identifier="RESPONSE"/>
   <qti-base-value base-type="identifier">A</qti-base-value></qti-match>
  <qti-set-outcome-value identifier="SCORE"><qti-sum><qti-variable identifier="SCORE"/>
   <qti-base-value base-type="float">1</qti-base-value></qti-sum></qti-set-outcome-value>
 </qti-response-if>
 <qti-response-else-if>
  <qti-is-null><qti-variable identifier="RESPONSE"/></qti-is-null>
  <qti-exit-response/>
 </qti-response-else-if>
 <qti-response-else>
  <qti-set-outcome-value identifier="SCORE">
   <qti-base-value base-type="float">-1</qti-base-value></qti-set-outcome-value>
 </qti-response-else>
</qti-response-condition>
<qti-set-outcome-value identifier="DONE">
 <qti-base-value base-type="boolean">true</qti-base-value></qti-set-outcome-value>
</qti-response-processing>
"""
DONE = '<qti-outcome-declaration identifier="DONE" cardinality="single" base-type="boolean"/>'


def test_the_first_true_branch_runs_and_an_exit_ends_it_all():
    """
    NULL is no true condition; what stands after an exit is not run.
    """
    rules = item(response() + SCORE + DONE + ELSE)

    ended = [answered(rules, {"RESPONSE": said}).outcomes for said in ("A", "B", None)]

    assert [as_json(one["SCORE"]) for one in ended] == [1, -1, 0]
    assert [as_json(one["DONE"]) for one in ended] == [True, True, None]


@pytest.mark.parametrize(("adaptive", "second"), [("true", 2), ("false", 1)])
def test_outcomes_are_kept_only_in_an_adaptive_item(adaptive, second):
    """
    SCORE = SCORE + 1 grows from attempt to attempt in an adaptive item alone.
    """
    rules = item(response() + SCORE + DONE + ELSE, f'adaptive="{adaptive}"')

    once = answered(rules, {"RESPONSE": "A"})
    twice = answered(rules, {"RESPONSE": "A"}, once)

    assert as_json(once.outcomes["SCORE"]) == 1
    assert as_json(twice.outcomes["SCORE"]) == second
    assert twice.attempts == 2
    status = as_json(once.outcomes["completionStatus"])
    assert status == ("unknown" if adaptive == "true" else "not_attempted")


def test_a_variable_nobody_declared_is_told_and_taken_as_null():
    """
    A misspelt name crashes nothing, is found by the check, and is noted while scoring.
    """
    rules = item(
        response() + SCORE + '<qti-response-processing><qti-set-outcome-value identifier="SCORE">'
        '<qti-variable identifier="REPONSE"/></qti-set-outcome-value></qti-response-processing>'
    )

    sitting = answered(rules, {"RESPONSE": "A"})

    assert as_json(sitting.outcomes["SCORE"]) is None
    assert [name for name, _ in undeclared(rules)] == ["REPONSE"]
    assert "REPONSE is not declared" in sitting.notes[0]


TABLES = """
<qti-outcome-declaration identifier="RAW" cardinality="single" base-type="float"/>
<qti-outcome-declaration identifier="GRADE" cardinality="single" base-type="identifier">
 <qti-interpolation-table default-value="none">
  <qti-interpolation-table-entry source-value="8" target-value="high"/>
  <qti-interpolation-table-entry source-value="4" include-boundary="false" target-value="fair"/>
 </qti-interpolation-table></qti-outcome-declaration>
<qti-outcome-declaration identifier="EXACT" cardinality="single" base-type="float">
 <qti-match-table default-value="-1">
  <qti-match-table-entry source-value="4" target-value="10"/></qti-match-table>
</qti-outcome-declaration>
<qti-response-processing>
 <qti-lookup-outcome-value identifier="GRADE"><qti-variable identifier="RESPONSE"/>
 </qti-lookup-outcome-value>
 <qti-lookup-outcome-value identifier="EXACT"><qti-variable identifier="RESPONSE"/>
 </qti-lookup-outcome-value>
</qti-response-processing>
"""


@pytest.mark.parametrize(
    ("said", "grade", "exact"),
    [(9, "high", -1), (8, "high", -1), (4.5, "fair", -1), (4, "none", 10), (None, "none", -1)],
)
def test_outcomes_are_looked_up_in_tables(said, grade, exact):
    """
    Steps are taken from the highest, with or without their own value; a match must be exact.
    """
    tables = item(response(base_type="float") + TABLES)

    sitting = answered(tables, {"RESPONSE": said})

    assert as_json(sitting.outcomes["GRADE"]) == grade
    assert as_json(sitting.outcomes["EXACT"]) == exact


def drawn(constraint: str):
    """An item that asks for the double of a number that is drawn."""
    return item(
        response(base_type="integer")
        + SCORE
        + '<qti-template-declaration identifier="N" cardinality="single" base-type="integer"/>'
        "<qti-template-processing>"
        '<qti-set-template-value identifier="N"><qti-random-integer min="1" max="20"/>'
        f"</qti-set-template-value>{constraint}"
        '<qti-set-correct-response identifier="RESPONSE"><qti-product>'
        '<qti-variable identifier="N"/><qti-base-value base-type="integer">2</qti-base-value>'
        "</qti-product></qti-set-correct-response></qti-template-processing>"
        f'<qti-response-processing template="{MATCH_CORRECT}"/>'
    )


def constraint(operator: str, number: int) -> str:
    """A constraint on the number drawn."""
    return (
        f'<qti-template-constraint><qti-{operator}><qti-variable identifier="N"/>'
        f'<qti-base-value base-type="integer">{number}</qti-base-value></qti-{operator}>'
        "</qti-template-constraint>"
    )


@for_all(st.text(max_size=10))
def test_what_is_drawn_decides_what_is_right(seed):
    """
    The same seed draws the same, constraints hold, and the key follows what was drawn.
    """
    double = drawn(constraint("gt", 10))

    sitting = begin(double, SeededDraws(seed))
    n = as_json(sitting.templates["N"])

    assert begin(double, SeededDraws(seed)) == sitting
    assert 10 < n <= 20
    assert as_json(sitting.corrects["RESPONSE"]) == 2 * n
    scored = answered(double, {"RESPONSE": 2 * n}, sitting)
    assert as_json(scored.outcomes["SCORE"]) == 1


def test_a_constraint_that_nothing_meets_ends_in_a_refusal():
    """
    Drawing is tried so often and no more.
    """
    with pytest.raises(QtiRefused) as refused:
        begin(drawn(constraint("gt", 20)), SeededDraws("any"))

    assert refused.value.because is RefusedBecause.TEMPLATE_CONSTRAINT_UNMET


def test_what_was_drawn_before_is_taken_as_given():
    """
    With template values and a correct response from a record nothing is drawn again.
    """
    double = drawn("")
    before = begin(double, SeededDraws("x"))

    again = given(double, before.templates, before.corrects)
    scored = attempt(double, again, {"RESPONSE": before.corrects["RESPONSE"]}, NoDraws())

    assert as_json(scored.outcomes["SCORE"]) == 1


def test_every_construct_that_is_not_read_is_named_with_its_line():
    """
    Interactions of other programs, unknown rules and expressions each have a code and a line.
    """
    strange = item(
        response()
        + "<qti-item-body>\n<qti-portable-custom-interaction response-identifier='RESPONSE'/>"
        "<qti-custom-interaction response-identifier='RESPONSE'/><qti-fly-interaction/>"
        "</qti-item-body>"
        "<qti-response-processing>\n<qti-jump/><qti-response-condition><qti-response-if/>"
        "</qti-response-condition><qti-set-outcome-value identifier='SCORE'>"
        "<qti-custom-operator/></qti-set-outcome-value></qti-response-processing>"
    )

    found = [(refused.because.value, refused.line) for refused in item_refusals(strange)]

    assert found == [
        ("portable-custom-interaction", 2),
        ("custom-interaction", 2),
        ("unknown-interaction", 2),
        ("unknown-rule", 3),
        ("malformed", 3),
        ("custom-operator", 3),
    ]


def test_both_versions_score_the_same():
    """
    An item in the words of QTI 2.2 and of QTI 3.0 gives the same outcomes.
    """
    new = item_xml(response(inner=correct("A")) + SCORE + DONE + ELSE)
    old = new.decode()
    for name in ("match", "variable", "is-null", "sum", "value", "exit-response"):
        old = old.replace(f"qti-{name}", name.replace("is-null", "isNull"))
    for name, told in (
        ("qti-assessment-item", "assessmentItem"),
        ("qti-response-declaration", "responseDeclaration"),
        ("qti-outcome-declaration", "outcomeDeclaration"),
        ("qti-correct-response", "correctResponse"),
        ("qti-response-processing", "responseProcessing"),
        ("qti-response-condition", "responseCondition"),
        ("qti-response-else-if", "responseElseIf"),
        ("qti-response-if", "responseIf"),
        ("qti-response-else", "responseElse"),
        ("qti-set-outcome-value", "setOutcomeValue"),
        ("qti-base-value", "baseValue"),
        ("exit-response", "exitResponse"),
        ("base-type", "baseType"),
    ):
        old = old.replace(name, told)
    old = old.replace(item_xml("").decode().split('"')[1], QTI_2)
    assert "qti-" not in old.replace("imsqti", "")

    both = read_item(new), read_item(old.encode())

    for said in ("A", "B", None):
        first, second = (answered(one, {"RESPONSE": said}).outcomes for one in both)
        assert first == second
