"""Score vectors: told same, different or refused, and those of others where they lie."""

import json
import os
import zipfile
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from examengine.bank import FORMATS, ITEM_TYPES
from examengine.bank.formats import Destination, load_files
from examengine.bank.formats._qti_package import opened_packages
from examengine.bank.formats._qti_writing import item_root
from examengine.bank.qti import VectorOutcome, files_below, score_vectors, vector_faults
from examengine.bank.qti.refusal import QtiRefused, RefusedBecause
from examengine.bank.qti.xml_reading import xml_text
from examengine.bank.qti.xml_writing import QTI_2_2, QTI_3, write_xml
from examengine.bank.rules import ItemVersion
from tests.bank.qti.packages import BANK
from tests.bank.qti.small_items import MATCH_CORRECT, SCORE, correct, item_xml, response
from tests.bank.shown_items import draw_item
from tests.shared_folder import shared

EXAMPLES = "EXAMENGINE_QTI_EXAMPLES"
"""Names the folder of the public examples that the paths of the vectors are below."""
CHOICE = item_xml(
    response(inner=correct("B")) + SCORE + f'<qti-response-processing template="{MATCH_CORRECT}"/>'
)


def vector(item: str, said: object, score: object) -> dict[str, object]:
    """A vector of one attempt."""
    return {
        "item": item,
        "kind": "rp",
        "attempts": [{"responses": {"RESPONSE": said}, "expect": {"SCORE": score}}],
    }


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with an item, and one in a package."""
    (tmp_path / "one.xml").write_bytes(CHOICE)
    with zipfile.ZipFile(tmp_path / "two.zip", "w") as package:
        package.writestr("items/two.xml", CHOICE)
    return tmp_path


def test_a_vector_is_same_different_or_refused(folder):
    """
    What differs says what was asked and what came; what is refused says why.
    """
    vectors = [
        vector("one.xml", "B", 1.0),
        vector("two.zip/items/two.xml", "A", None),
        vector("one.xml", "B", 0),
        vector("three.xml", "B", 0),
        vector("two.zip/three.xml", "B", 0),
        vector("../one.xml", "B", 0),
        vector("one.xml", ["A", "B"], 0),
    ]

    found = list(score_vectors(vectors, files_below(folder)))

    told = [(one.outcome.value, one.asked, one.got, one.reason) for one in found]
    assert told == [
        ("same", None, None, None),
        ("same", None, None, None),
        ("differs", {"SCORE": 0}, {"SCORE": 1.0}, None),
        ("refused", None, None, "no-such-item"),
        ("refused", None, None, "no-such-item"),
        ("refused", None, None, "no-such-item"),
        ("refused", None, None, "response-malformed"),
    ]


def test_a_link_out_of_the_folder_is_not_followed(folder, tmp_path_factory):
    """
    An item outside of the folder is not in it, whatever points there.
    """
    outside = tmp_path_factory.mktemp("outside") / "secret.xml"
    outside.write_bytes(CHOICE)
    (folder / "link.xml").symlink_to(outside)

    with pytest.raises(QtiRefused) as refused:
        files_below(folder)("link.xml")

    assert refused.value.because is RefusedBecause.NO_SUCH_ITEM


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers(-3, 3) | st.text("ab", max_size=3),
        lambda inner: (
            st.lists(inner, max_size=2)
            | st.dictionaries(
                st.sampled_from(["vectors", "item", "attempts", "responses", "expect", "meta"]),
                inner,
            )
        ),
        max_leaves=12,
    )
)
def test_any_document_is_scored_or_told_its_faults(document):
    """
    Whatever JSON comes in, its faults are told, or each vector has an outcome.
    """
    faults = list(vector_faults(document))

    if not faults:
        found = list(score_vectors(document["vectors"], lambda _path: CHOICE))
        assert len(found) == len(document["vectors"])
    assert all(isinstance(fault, str) for fault in faults)


@pytest.mark.qti_examples
def test_every_shared_vector_scores_the_same():
    """
    All 1,818 vectors over the public examples come out as they did in other engines.
    """
    examples = examples_folder()
    vectors = json.loads(shared("qti", "vectors.json").read_text("utf-8"))["vectors"]

    found = list(score_vectors(vectors, files_below(examples)))

    assert len(found) == 1_818
    assert [one for one in found if one.outcome is not VectorOutcome.SAME] == []


def examples_folder() -> Path:
    """The folder of the public examples; who has none is told what to set."""
    named = os.environ.get(EXAMPLES, "")
    if not named:
        pytest.skip(f"{EXAMPLES} names no folder of the public examples of QTI")
    return Path(named)


def sameness(files: dict[str, bytes]) -> dict[str, bytes]:
    """The canonical form of each item, by file: copies of an item have one."""
    found: dict[str, bytes] = {}
    for name, data in files.items():
        try:
            root = etree.fromstring(data, etree.XMLParser(resolve_entities=False))
            if etree.QName(root).localname in {"assessmentItem", "qti-assessment-item"}:
                found[name] = etree.tostring(root, method="c14n")
        except (etree.XMLSyntaxError, etree.C14NError):
            continue
    return found


@pytest.mark.qti_examples
def test_nearly_every_public_item_comes_in_and_the_others_say_why():
    """
    Of 378 distinct items seven are refused, each by a code, and all others can be shown.
    """
    folder = examples_folder()
    files = {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.name.endswith(FORMATS["qti"].endings)
    }
    opened = opened_packages(files, [])
    same = sameness({name: data for name, data in opened.items() if name.endswith(".xml")})

    loaded = load_files(files, Destination(BANK))

    refused = {same[fault.file]: str(fault) for fault in loaded.faults if fault.file in same}
    taken = {same[one.file] for one in loaded.items}
    reasons = Counter(words.rpartition("(")[2].rstrip(")") for words in refused.values())
    assert len(set(same.values())) == 378
    assert taken | refused.keys() == set(same.values())
    assert taken.isdisjoint(refused)
    assert reasons == {"portable-custom-interaction": 6, "custom-operator": 1}
    for one in loaded.items:
        kind = ITEM_TYPES[one.content["type"]]
        assert draw_item(kind, one.content, kind.key_response(one.content))


@pytest.mark.qti_examples
@pytest.mark.parametrize("namespace", [QTI_3, QTI_2_2])
def test_what_is_written_scores_as_every_shared_vector_says(namespace):
    """
    Written as QTI 3.0 and as 2.2, every item of the vectors scores as it did.
    """
    read = files_below(examples_folder())
    vectors = json.loads(shared("qti", "vectors.json").read_text("utf-8"))["vectors"]

    def written(path: str) -> bytes:
        content = {"qti": xml_text(read(path))}
        version = ItemVersion("b", "X", 1, "d", "qti", "", "", 60, frozenset(), content)
        return write_xml(item_root(version, namespace)[0], namespace)

    found = list(score_vectors(vectors, written))

    assert [one for one in found if one.outcome is not VectorOutcome.SAME] == []
