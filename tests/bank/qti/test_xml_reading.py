"""XML that strangers wrote: read into values, or refused by a code."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from examengine.bank.qti.item import read_item
from examengine.bank.qti.names import qti2_name, qti3_attribute, qti3_element
from examengine.bank.qti.refusal import QtiRefused, RefusedBecause
from examengine.bank.qti.xml_reading import LARGEST_XML, read_xml
from tests.bank.qti.small_items import QTI_2, item_xml

BOMB = (
    '<!DOCTYPE a [<!ENTITY x "ha"><!ENTITY y "&x;&x;&x;&x;&x;&x;&x;&x;">]>'
    "<qti-assessment-item>&y;</qti-assessment-item>"
)


@pytest.mark.parametrize(
    ("data", "because"),
    [
        (b"", RefusedBecause.NOT_XML),
        (b"no xml", RefusedBecause.NOT_XML),
        (b"<a><b></a>", RefusedBecause.NOT_XML),
        (b"\xff\xfe\x00", RefusedBecause.NOT_XML),
        (BOMB.encode(), RefusedBecause.DOCTYPE),
        (b'<!DOCTYPE a SYSTEM "http://127.0.0.1:9/x.dtd"><a/>', RefusedBecause.DOCTYPE),
        (
            b'<!DOCTYPE a [<!ENTITY f SYSTEM "file:///etc/passwd">]><a>&f;</a>',
            RefusedBecause.DOCTYPE,
        ),
        ("<!DOCTYPE a><a/>".encode("utf-16"), RefusedBecause.DOCTYPE),
        (b"<a>" * 100 + b"</a>" * 100, RefusedBecause.TOO_DEEP),
        (b"<a>" + b"<b/>" * 70_000 + b"</a>", RefusedBecause.TOO_LARGE),
        (b"<a>" + b" " * LARGEST_XML + b"</a>", RefusedBecause.TOO_LARGE),
        (b"<qti-assessment-test/>", RefusedBecause.NOT_AN_ITEM),
        (
            item_xml('<qti-response-declaration identifier="R" cardinality="many"/>'),
            RefusedBecause.MALFORMED,
        ),
        (
            item_xml('<qti-outcome-declaration identifier="S" base-type="number"/>'),
            RefusedBecause.MALFORMED,
        ),
        (
            item_xml('<qti-response-processing template="x/unheard_of"/>'),
            RefusedBecause.UNKNOWN_TEMPLATE,
        ),
    ],
)
def test_hostile_and_broken_files_are_refused_by_a_code(data, because):
    """
    No entity is expanded, nothing is fetched, and each fault has a code of its own.
    """
    with pytest.raises(QtiRefused) as refused:
        read_item(data)

    assert refused.value.because is because


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(data):
    """
    Whatever comes in, there is no other end than an element or a refusal.
    """
    try:
        found = read_xml(data).name
    except QtiRefused as refused:
        found = refused.because

    assert found


def test_both_versions_become_one():
    """
    An item of QTI 2.2 is read into the very names of QTI 3.0; comments and schemas are gone.
    """
    told = (
        f'<assessmentItem xmlns="{QTI_2}" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
        'xsi:schemaLocation="a b" identifier="I" timeDependent="false"><!-- aside -->'
        '<responseDeclaration identifier="R" baseType="directedPair"/>'
        '<itemBody><p>Say <textEntryInteraction responseIdentifier="R" expectedLength="3"/>'
        '<math xmlns="http://www.w3.org/1998/Math/MathML"><mi mathvariant="bold">x</mi></math></p>'
        "</itemBody></assessmentItem>"
    )

    root = read_xml(told.encode())

    names = [node.name for node in root.all()]
    assert names == [
        "qti-assessment-item",
        "qti-response-declaration",
        "qti-item-body",
        "p",
        "qti-text-entry-interaction",
        "m:math",
        "m:mi",
    ]
    assert dict(root.attributes) == {"identifier": "I", "time-dependent": "false"}
    assert root.elements[0].get("base-type") == "directedPair"


@given(st.from_regex(r"[a-z]{1,6}(-[a-z]{1,6}){0,4}", fullmatch=True))
def test_names_go_there_and_back(name):
    """
    A name of QTI 3.0 written for QTI 2.2 is read as itself again.
    """
    if name.startswith(("data-", "aria-", "qti-")):
        return

    assert qti3_attribute(qti2_name(name)) == name
    assert qti3_element(qti2_name(f"qti-{name}")) in {f"qti-{name}", name}


def test_data_and_unknown_vocabularies_are_kept_apart():
    """
    What is of no known vocabulary has a prefix, so that nobody takes it for QTI.
    """
    root = read_xml(b'<qti-item-body xmlns:o="urn:o" data-x="1"><o:correct/></qti-item-body>')

    assert root.elements[0].name == "other:correct"
    assert root.get("data-x") == "1"
