"""Usage data of QTI: our figures leave with the package, and others' come in as theirs."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from examengine import bank
from examengine.accounts import Role, system_actor
from examengine.bank import FORMATS, ItemUsage
from examengine.bank.formats import Destination, load_files
from examengine.bank.formats._format import ExportedFigures
from examengine.bank.formats._qti_usage import ITEMS_IN_A_FILE, usage_told, with_usage_data
from examengine.bank.importing import load_upload
from examengine.bank.qti.xml_writing import QTI_3
from tests.bank.qti.packages import BANK
from tests.bank.small_bank import files, three_items

SPACES = {
    "qti": "http://www.imsglobal.org/xsd/imsqti_usagedata_v3p0",
    "qti_2_2": "http://www.imsglobal.org/xsd/imsqti_usagedata_v2p2",
}


def usage(*statistics: str) -> bytes:
    """A file of usage data as another program writes it."""
    return (
        '<usageData xmlns="http://www.imsglobal.org/xsd/imsqti_usagedata_v2p2" '
        'glossary="http://www.imsglobal.org/question/qtiv2p1/glossaries/x.xml">'
        + "".join(statistics)
        + "</usageData>"
    ).encode()


def statistic(name: str, value: object, item: str = "S-1", more: str = "") -> str:
    """A statistic of an item."""
    return (
        f'<ordinaryStatistic name="{name}" context="http://elsewhere.test/2019" {more}>'
        f'<targetObject identifier="{item}"/><value>{value}</value></ordinaryStatistic>'
    )


@pytest.fixture
def exported(session, clock, person):
    """The packages of the small bank, whose items have figures and parameters."""
    author, expert = person(Role.AUTHOR), person(Role.PSYCHOMETRICIAN)
    entry = {"item_id": "S-1", "model": "2pl", "a": 1.25, "b": -0.5, "se": {"a": 0.1}}
    body = {"schema": "examengine/item-parameters/1", "model": "2pl", "items": [entry]}
    bank.import_bank(session, clock, author, load_files(files(*three_items())))
    used = [ItemUsage("S-1", n=412.0, p=0.63, item_rest_r=0.31)]
    bank.keep_usage(session, clock, expert, "small", used)
    bank.adopt_parameters(
        session, clock, expert, "small",
        body=body, elsewhere_id=BANK_PARAMETERS, elsewhere_digest="sha256:x", reason="First.",
    )  # fmt: skip
    return {
        name: bank.export_bank(session, author, "small", FORMATS[name]).files for name in SPACES
    }


BANK_PARAMETERS = system_actor().person_id
"""Stands for the calibration elsewhere that the parameters name."""


@pytest.mark.parametrize("name", list(SPACES))
def test_figures_leave_as_usage_data_in_the_words_of_the_glossary(exported, name):
    """
    Each has its name, context, count, error and day; the manifest names the file.
    """
    root = etree.fromstring(exported[name]["usage/usage-data-1.xml"])
    space = {"u": SPACES[name]}
    found = {
        one.get("name"): one
        for one in root.findall("u:ordinaryStatistic", space)
        if one.find("u:targetObject", space).get("identifier") == "S-1"
    }

    assert root.tag == f"{{{SPACES[name]}}}usageData"
    assert {one: float(found[one].findtext("u:value", None, space)) for one in found} == {
        "P-value": 0.63,
        "item-rest-correlation": 0.31,
        "A-Param": 1.25,
        "B-Param": -0.5,
    }
    assert found["P-value"].get("caseCount") == "412"
    assert found["A-Param"].get("stdError") == "0.1"
    assert found["P-value"].get("lastUpdated")
    assert found["item-rest-correlation"].get("glossary") == "urn:examengine:item-statistics"
    assert b'href="usage/usage-data-1.xml"' in exported[name]["imsmanifest.xml"]


@pytest.mark.parametrize("name", list(SPACES))
def test_what_left_comes_in_as_from_elsewhere(exported, name):
    """
    The items are the very same, and the figures are those that left.
    """
    loaded = FORMATS[name].read(exported[name], Destination(BANK))

    assert loaded.faults == ()
    assert loaded.notes == ()
    (told,) = loaded.statistics
    assert (told.item_id, told.n, told.p, told.item_rest_r) == ("S-1", 412.0, 0.63, 0.31)
    assert (told.a, told.b) == (1.25, -0.5)


def test_an_import_keeps_them_with_their_source(exported, session, clock, person):
    """
    Beside an item that comes in they are kept; beside one that was there, ours count.
    """
    author = person(Role.AUTHOR)
    package = {name: data.replace(b"S-1", b"Z-1") for name, data in exported["qti"].items()}

    loaded = load_upload(session, author, "small", package)
    report = bank.import_bank(session, clock, author, loaded, leave_out_refused=True)

    assert report.written, report
    assert [(one.item_id, one.p) for one in loaded.statistics] == [("Z-1", 0.63)]
    assert [
        (one.told.p, one.source.program)
        for one in bank.told_of_item(session, author, "small", "Z-1")
    ] == [(0.63, "Usage data of the package")]
    assert bank.told_of_item(session, author, "small", "S-1") == []


def test_names_of_both_glossaries_are_read():
    """
    A-Parm and A-Param, P-value in per cent and as a share, AIS by the points, PTbis as item-total.
    """
    told = usage_told(
        {
            "usage.xml": usage(
                statistic("P-value", 64.7, more='caseCount="689325" lastUpdated="2019-06-13"'),
                statistic("A-Parm", 0.9),
                statistic("PTbis", 0.4),
                statistic("AIS", 1.5, "M-1"),
                statistic("B-Param", -0.2, "M-1"),
            )
        },
        {"S-1": 1, "M-1": 3},
    ).told

    by_id = {one.item_id: one for one in told}
    one, several = by_id["S-1"], by_id["M-1"]
    assert one.p == pytest.approx(0.647)
    assert (one.n, one.a, one.item_total_r, one.item_rest_r) == (689325, 0.9, 0.4, None)
    assert str(one.last_used) == "2019-06-13"
    assert (several.p, several.b) == (0.5, -0.2)


def test_what_is_not_kept_is_told():
    """
    Other statistics, strangers, words for numbers and what cannot be true have a note each.
    """
    found = usage_told(
        {
            "usage.xml": usage(
                statistic("rbis", 0.5),
                statistic("P-value", 0.5, "X-9"),
                statistic("P-value", "half"),
                statistic("PTbis", 7),
            ),
            "broken.xml": b"<usageData",
        },
        {"S-1": 1},
    )

    said = " ".join(str(note) for note in found.notes)
    assert found.told == []
    assert "has statistics that are not kept: rbis" in said
    assert "is about what does not come in: X-9" in said
    assert "has values that are no numbers: P-value" in said
    assert "a correlation from -1 to 1" in said
    assert "broken.xml" in said


def test_a_large_bank_is_parted_into_files_that_are_read_again():
    """
    Twenty thousand items leave in files that each stay within the limits of one.
    """
    told = [
        ExportedFigures(f"I-{n}", 1, 400.0, 0.5, 0.3, {"a": 1.0, "b": 0.1, "c": 0.2}, {"a": 0.1})
        for n in range(2 * ITEMS_IN_A_FILE + 1)
    ]

    made = with_usage_data({"imsmanifest.xml": b"<r></resources>"}, told, "large", QTI_3)
    again = usage_told(made, {one.item_id: 1 for one in told})

    assert len(made) == 4
    assert again.notes == []
    assert len(again.told) == len(told)


@given(st.binary(max_size=200))
def test_no_usage_data_crashes_an_import(data):
    """
    Whatever stands where usage data should be, there is an answer.
    """
    usage_told({"usage.xml": b"<usageData>" + data}, {"S-1": 1})
