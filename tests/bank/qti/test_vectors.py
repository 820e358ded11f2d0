"""Score vectors: told same, different or refused, and those of others where they lie."""

import json
import os
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from examengine.bank.qti import VectorOutcome, files_below, score_vectors, vector_faults
from examengine.bank.qti.refusal import QtiRefused, RefusedBecause
from tests.bank.qti.small_items import MATCH_CORRECT, SCORE, correct, item_xml, response
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


@pytest.mark.references
def test_every_shared_vector_scores_the_same():
    """
    All 1,818 vectors over the public examples come out as they did in other engines.
    """
    examples = os.environ.get(EXAMPLES, "")
    if not examples:
        pytest.skip(f"{EXAMPLES} names no folder of the public examples of QTI")
    vectors = json.loads(shared("qti", "vectors.json").read_text("utf-8"))["vectors"]

    found = list(score_vectors(vectors, files_below(Path(examples))))

    assert len(found) == 1_818
    assert [one for one in found if one.outcome is not VectorOutcome.SAME] == []
