"""What each expression of QTI comes to, NULL included."""

import json
import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from examengine.bank.qti.checking import expression_refusals
from examengine.bank.qti.expressions import EVALUATORS, OPERANDS
from examengine.bank.qti.randomness import SeededDraws
from examengine.bank.qti.refusal import QtiRefused, RefusedBecause
from examengine.bank.qti.values import BaseType, Cardinality, container, single
from examengine.bank.qti.xml_reading import read_xml
from tests.bank.qti.small_items import worked_out

TYPES = {"i": "integer", "f": "float", "s": "string", "b": "boolean", "id": "identifier"}
TYPES |= {"pt": "point", "pr": "pair", "dp": "directedPair", "d": "duration"}

NEAR = 'tolerance-mode="absolute" tolerance="0.5"'


def xml(text: str) -> str:
    """The XML of a short notation: `sum(i:1 null)`, attributes in brackets after the name."""
    found, rest = _read(text.strip())
    assert not rest.strip(), rest
    return found


def _read(text: str) -> tuple[str, str]:
    name = ""
    while text and text[0] not in "(:[ )":
        name, text = name + text[0], text[1:]
    attributes = ""
    if text.startswith(":"):
        value, rest = "", text[1:]
        while rest and rest[0] not in ") ":
            value, rest = value + rest[0], rest[1:]
        said = value.replace("_", " ")
        return f'<qti-base-value base-type="{TYPES[name]}">{said}</qti-base-value>', rest
    if text.startswith("["):
        attributes, text = text[1:].split("]", 1)
    children = ""
    if text.startswith("("):
        text = text[1:].lstrip()
        while not text.startswith(")"):
            child, text = _read(text)
            children, text = children + child, text.lstrip()
        text = text[1:]
    return f"<qti-{name} {attributes}>{children}</qti-{name}>", text


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("and(b:true b:true)", True),
        ("and(b:false null)", False),
        ("and(b:true null)", None),
        ("or(b:true null)", True),
        ("or(b:false null)", None),
        ("not(null)", None),
        ("not(b:false)", True),
        ('any-n[min="1" max="2"](b:true b:false b:false)', True),
        ('any-n[min="2" max="2"](b:true null b:false)', None),
        ('any-n[min="2" max="3"](b:true b:false b:false)', False),
        ("is-null(null)", True),
        ("is-null(b:false)", False),
        ("is-null(i:0)", False),
        ("is-null(multiple())", True),
        ("match(null null)", None),
        ("match(id:a id:b)", False),
        ("match(multiple(id:a id:b) multiple(id:b id:a))", True),
        ("match(ordered(id:a id:b) ordered(id:b id:a))", False),
        ("match(multiple(id:a id:a) multiple(id:a))", False),
        ("match(pr:A_B pr:B_A)", True),
        ("match(dp:A_B dp:B_A)", False),
        ("match(b:true i:1)", False),
        ("equal(i:1 f:1.0)", True),
        ("equal(i:1 null)", None),
        ('equal[tolerance-mode="absolute" tolerance="0.5"](f:2 f:2.5)', True),
        ('equal[tolerance-mode="absolute" tolerance="0.5 0"](f:2 f:2.1)', False),
        (f'equal[{NEAR} include-upper-bound="false"](f:2 f:2.5)', False),
        (f'equal[{NEAR} include-lower-bound="false"](f:2 f:2.5)', True),
        ('equal[tolerance-mode="relative" tolerance="10"](f:100 f:110)', True),
        ('equal[tolerance-mode="relative" tolerance="10"](f:110 f:99.5)', True),
        ('equal[tolerance-mode="relative" tolerance="10"](f:99.5 f:110)', False),
        ('equal[tolerance-mode="relative" tolerance="10"](f:-100 f:-109)', True),
        ('equal-rounded[figures="3"](f:3.175 f:3.183)', True),
        ('equal-rounded[figures="3"](f:3.174 f:3.175)', False),
        ('equal-rounded[rounding-mode="decimalPlaces" figures="2"](f:1.124 f:1.12)', True),
        ("lt(i:1 i:2)", True),
        ("lte(i:2 i:2)", True),
        ("gt(i:1 null)", None),
        ("gte(f:2 i:2)", True),
        ("duration-lt(d:1.5 d:2)", True),
        ("duration-gte(d:1.5 d:2)", False),
        ('inside[shape="rect" coords="0,0,10,10"](pt:10_5)', True),
        ('inside[shape="circle" coords="5,5,2"](multiple(pt:9_9 pt:5_7))', True),
        ('inside[shape="circle" coords="5,5,2"](pt:7_7)', False),
        ('inside[shape="ellipse" coords="5,5,4,2"](pt:8_6)', True),
        ('inside[shape="poly" coords="0,0,10,0,0,10"](pt:2_2)', True),
        ('inside[shape="poly" coords="0,0,10,0,0,10"](pt:5_5)', True),
        ('inside[shape="poly" coords="0,0,10,0,0,10"](pt:6_6)', False),
        ("sum(i:1 i:2 i:3)", 6),
        ("sum(multiple(i:1 i:2) f:0.5)", 3.5),
        ("sum(i:1 null)", None),
        ("product(i:2 f:1.5)", 3.0),
        ("subtract(i:5 i:7)", -2),
        ("divide(i:1 i:4)", 0.25),
        ("divide(i:1 i:0)", None),
        ("power(i:2 i:10)", 1024.0),
        ("power(i:-8 f:0.5)", None),
        ("power(f:1e200 i:2)", "INF"),
        ("integer-divide(i:-7 i:2)", -4),
        ("integer-divide(i:7 i:0)", None),
        ("integer-modulus(i:-7 i:2)", 1),
        ("truncate(f:-6.8)", -6),
        ("round(f:6.5)", 7),
        ("round(f:-6.5)", -6),
        ("round(f:-6.51)", -7),
        ('round-to[rounding-mode="significantFigures" figures="3"](f:12345)', 12300.0),
        ('round-to[rounding-mode="decimalPlaces" figures="2"](f:1.005)', 1.01),
        ("integer-to-float(i:3)", 3.0),
        ("min(i:3 multiple(i:2 i:9))", 2),
        ("max(i:3 f:3.5)", 3.5),
        ("gcd(i:12 i:18)", 6),
        ("lcm(i:4 i:6)", 12),
        ('math-operator[name="log"](f:1000)', pytest.approx(3)),
        ('math-operator[name="ln"](f:0)', None),
        ('math-operator[name="atan2"](f:1 f:1)', pytest.approx(math.pi / 4)),
        ('math-operator[name="floor"](f:-1.5)', -2),
        ('math-operator[name="signum"](f:-1.5)', -1),
        ('math-constant[name="pi"]', pytest.approx(math.pi)),
        ('stats-operator[name="mean"](multiple(i:1 i:2 i:6))', 3.0),
        ('stats-operator[name="sampleVariance"](multiple(i:1))', None),
        ('stats-operator[name="popSD"](multiple(i:2 i:4))', 1.0),
        ("container-size(null)", 0),
        ("container-size(multiple(id:a id:b))", 2),
        ("member(id:a multiple(id:b id:a))", True),
        ("member(null multiple(id:b))", None),
        ("contains(multiple(id:a id:b id:c) multiple(id:c id:a))", True),
        ("contains(ordered(id:a id:b id:c) ordered(id:a id:c))", False),
        ("contains(ordered(id:a id:b id:c) ordered(id:b id:c))", True),
        ("delete(id:a multiple(id:a id:b id:a))", ["b"]),
        ("delete(id:a multiple(id:a))", None),
        ('index[n="2"](ordered(id:a id:b))', "b"),
        ('index[n="3"](ordered(id:a id:b))', None),
        ("multiple(id:a null multiple(id:b))", ["a", "b"]),
        ('repeat[number-repeats="3"](i:1 i:2)', [1, 2, 1, 2, 1, 2]),
        ('repeat[number-repeats="0"](i:1)', None),
        ("string-match(s:Ab s:ab)", False),
        ('string-match[case-sensitive="false"](s:Ab s:ab)', True),
        ('string-match[case-sensitive="true" substring="true"](s:abc s:b)', True),
        ("substring(s:b s:abc)", True),
        ('substring[case-sensitive="false"](s:B s:abc)', True),
        ('pattern-match[pattern="\\d{2}"](s:12)', True),
        ('pattern-match[pattern="\\d{2}"](s:123)', False),
        ('pattern-match[pattern="x"](null)', None),
        ("s:", None),
    ],
)
def test_an_expression_comes_to(expression, expected):
    """
    Each operator gives what the specification says, and keeps NULL apart from false and 0.
    """
    found = worked_out(xml(expression))

    assert found == expected
    assert isinstance(found, bool) == isinstance(expected, bool)


def test_every_expression_says_how_many_it_holds():
    """
    The table of operands and the evaluators name the same expressions.
    """
    assert OPERANDS.keys() == EVALUATORS.keys()


@pytest.mark.parametrize(
    ("expression", "because"),
    [
        ('<qti-custom-operator class="x.Y"/>', RefusedBecause.CUSTOM_OPERATOR),
        ("<qti-number-correct/>", RefusedBecause.TEST_EXPRESSION),
        ("<qti-guess/>", RefusedBecause.UNKNOWN_EXPRESSION),
        (xml('math-operator[name="fly"](f:1)'), RefusedBecause.UNKNOWN_EXPRESSION),
        (xml("product(i:999999999999 i:9999999999)"), None),
        (xml("power(i:10 i:99)"), None),
        (xml("round(power(i:10 i:99))"), RefusedBecause.NUMBER_TOO_LARGE),
        (xml("sum(i:999999999999999999 i:999999999999999999)"), RefusedBecause.NUMBER_TOO_LARGE),
        (xml("random(multiple(i:1 i:2))"), RefusedBecause.RANDOM_IN_RESPONSE_PROCESSING),
        (
            '<qti-base-value base-type="integer">many</qti-base-value>',
            RefusedBecause.MALFORMED,
        ),
        (xml('inside[shape="star" coords="1,2"](pt:1_1)'), RefusedBecause.MALFORMED),
        (
            xml('repeat[number-repeats="1000"](repeat[number-repeats="1000"](i:1))'),
            RefusedBecause.TOO_MUCH_WORK,
        ),
    ],
)
def test_what_cannot_be_worked_out_is_refused_by_a_code(expression, because):
    """
    Strange and boundless expressions end in a typed refusal; large ones that can be told, do not.
    """
    if because is None:
        assert isinstance(worked_out(expression), float)
        return

    with pytest.raises(QtiRefused) as refused:
        worked_out(expression)

    assert refused.value.because is because


def test_drawn_values_are_of_those_that_may_be_drawn():
    """
    Random integers keep to their steps, floats to their range, and one of one needs no draw.
    """
    integers = {
        worked_out(xml('random-integer[min="2" max="11" step="3"]'), SeededDraws(str(n)))
        for n in range(60)
    }
    reals = [
        worked_out(xml('random-float[min="-1" max="0.5"]'), SeededDraws(str(n))) for n in range(60)
    ]

    assert integers == {2, 5, 8, 11}
    assert all(-1 <= real < 0.5 for real in reals)
    assert worked_out(xml("random(multiple(id:a))")) == "a"


def test_attributes_may_name_variables():
    """
    A number of an attribute is taken from a variable where it names one; an unknown one is NULL.
    """
    n, t = single(BaseType.INTEGER, 2), single(BaseType.FLOAT, 0.25)

    assert worked_out(xml('index[n="n"](ordered(id:a id:b))'), n=n) == "b"
    assert worked_out(xml('index[n="m"](ordered(id:a id:b))'), n=n) is None
    near = 'equal[tolerance-mode="absolute" tolerance="t"](f:1 f:1.2)'
    assert worked_out(xml(near), t=t) is True


@given(
    st.lists(st.sampled_from("abcd"), min_size=1, max_size=6),
    st.randoms(use_true_random=False),
)
def test_a_multiple_container_has_no_order(letters, random):
    """
    A container matches itself in any order when it is multiple, and only in its own when ordered.
    """
    mixed = list(letters)
    random.shuffle(mixed)
    identifiers = BaseType.IDENTIFIER
    matched = {
        cardinality: worked_out(
            '<qti-match><qti-variable identifier="a"/><qti-variable identifier="b"/></qti-match>',
            a=container(cardinality, identifiers, letters),
            b=container(cardinality, identifiers, mixed),
        )
        for cardinality in (Cardinality.MULTIPLE, Cardinality.ORDERED)
    }

    assert matched[Cardinality.MULTIPLE] is True
    assert matched[Cardinality.ORDERED] is (letters == mixed)


def test_too_few_and_too_many_operands_are_found_before_anything_runs():
    """
    An expression with another number of operands is a malformed one, with its line.
    """
    found = list(expression_refusals(read_xml(xml("match(id:a)").encode())))

    assert [refused.because for refused in found] == [RefusedBecause.MALFORMED]
    assert found[0].line == 1


def _element(name: str, attributes: dict[str, str], inner: list[str]) -> str:
    """The XML of an element."""
    told = "".join(f' {key}="{value}"' for key, value in attributes.items())
    return f"<{name}{told}>{''.join(inner)}</{name}>"


def _trees() -> st.SearchStrategy[str]:
    """Expressions of any kind in any place, with values of any kind and attributes of any sense."""
    words = st.sampled_from(
        ["0", "1", "-1", "2.5", "1e308", "INF", "a", "a b", "true", "", "v", "x*"]
    )
    names = [
        *("name", "n", "min", "max", "step", "figures", "tolerance", "tolerance-mode", "shape"),
        *("coords", "identifier", "number-repeats", "rounding-mode", "pattern", "field-identifier"),
    ]
    useful = st.sampled_from(
        [
            "sin",
            "atan2",
            "ceil",
            "pi",
            "popSD",
            "circle",
            "poly",
            "1,1,1",
            "0,0,9,0,0,9",
            "absolute",
        ]
    )
    attributes = st.dictionaries(st.sampled_from(names), words | useful, max_size=4)
    leaves = st.tuples(st.sampled_from([*BaseType]), words).map(
        lambda two: f'<qti-base-value base-type="{two[0]}">{two[1]}</qti-base-value>'
    )

    def around(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
        kinds = st.sampled_from(sorted(EVALUATORS))
        return st.builds(_element, kinds, attributes, st.lists(inner, max_size=3))

    return st.recursive(leaves, around, max_leaves=6)


@given(_trees())
@settings(max_examples=400)
def test_no_expression_ends_otherwise_than_in_a_value_or_a_refusal(expression):
    """
    Whatever stands in whatever, with the right number of operands: a value, NULL or a refusal.
    """
    root = read_xml(expression.encode())
    found: object = None
    if not list(expression_refusals(root)):
        v = single(BaseType.FLOAT, 3.0)
        try:
            found = worked_out(expression, SeededDraws("s"), v=v)
        except QtiRefused as refused:
            found = refused.because.value

    json.dumps(found, allow_nan=False)


def test_long_work_in_few_expressions_counts_as_long():
    """
    A pattern of many states over a long text is more work than a comparison.
    """
    text = "<qti-base-value base-type='string'>" + "a" * 900 + "</qti-base-value>"
    one = f'<qti-pattern-match pattern="(a?){{90}}b">{text}</qti-pattern-match>'
    many = f"<qti-or>{one * 20}</qti-or>"

    with pytest.raises(QtiRefused) as refused:
        worked_out(many)

    assert refused.value.because is RefusedBecause.TOO_MUCH_WORK
