"""`examengine qti score` as it is typed: documents, exit statuses, words."""

import json
from functools import partial

import pytest
from tests.bank.qti.small_items import MATCH_CORRECT, SCORE, correct, item_xml, response
from typed import typed

run = partial(typed, "qti", "score")


@pytest.fixture
def folder(tmp_path):
    """An item, and vectors that agree with it, all but the last."""
    inner = response(inner=correct("B")) + SCORE
    processing = f'<qti-response-processing template="{MATCH_CORRECT}"/>'
    (tmp_path / "one.xml").write_bytes(item_xml(inner + processing))
    vectors = [
        {
            "item": item,
            "kind": "rp",
            "attempts": [{"responses": {"RESPONSE": "B"}, "expect": {"SCORE": score}}],
        }
        for item, score in (("one.xml", 1), ("none.xml", 1), ("one.xml", 0))
    ]
    meta = {"format": "qti-score-vectors/1"}
    (tmp_path / "all.json").write_text(json.dumps({"meta": meta, "vectors": vectors}), "utf-8")
    (tmp_path / "two.json").write_text(json.dumps({"meta": meta, "vectors": vectors[:2]}), "utf-8")
    return tmp_path


def test_the_document_tells_each_vector_and_the_exit_whether_one_differs(folder):
    """
    A refusal is told by its code and is no difference; a difference is exit status 1.
    """
    agreed = run(folder / "two.json", "--items", folder)
    differed = run(folder / "all.json", "--items", folder, "--out", folder / "out.json")

    told = json.loads(agreed.stdout)
    assert agreed.exit_code == 0
    assert told["schema"] == "examengine/qti-scores/1"
    assert told["counts"] == {"same": 1, "differs": 0, "refused": 1}
    assert told["vectors"][1]["reason"] == "no-such-item"
    assert differed.exit_code == 1
    last = json.loads((folder / "out.json").read_text("utf-8"))["vectors"][2]
    assert (last["outcome"], last["asked"], last["got"]) == ("differs", {"SCORE": 0}, {"SCORE": 1})
    assert "3 vectors: 1 same, 1 differs, 1 refused" in differed.stderr


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"{", "is no JSON"),
        (b"[" * 100_000, "is no JSON"),
        (b"\xff", "UTF-8"),
        (b"{}", "needs vectors"),
        (b'{"vectors": [{"item": 3}]}', "vectors[0].item"),
        (b'{"vectors": [], "meta": {"format": "other/9"}}', "meta.format"),
        (b'{"vectors": [NaN]}', "is no JSON"),
    ],
)
def test_a_file_that_is_none_of_vectors_is_told_so(folder, content, told):
    """
    Exit status 2, the file and what would be right; never a traceback.
    """
    (folder / "bad.json").write_bytes(content)

    result = run(folder / "bad.json", "--items", folder)

    assert result.exit_code == 2
    assert "bad.json" in result.stderr
    assert told in result.stderr


def test_a_folder_that_is_not_there_is_told_so(folder):
    """
    Exit status 2 where the folder of items is none.
    """
    result = run(folder / "two.json", "--items", folder / "nowhere")

    assert result.exit_code == 2
    assert "nowhere: is no folder" in result.stderr
