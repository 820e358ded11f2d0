"""Remembered contexts: the same answers as without memory, and nothing of a stranger's kept."""

import itertools
from concurrent.futures import ThreadPoolExecutor

import pytest
from pyld import jsonld

from examengine.credentials.vc import context_memory
from examengine.credentials.vc.canonical import canonical_nquads, compact, expand
from examengine.credentials.vc.context_loader import CREDENTIALS_V2, known_contexts, load_context
from examengine.credentials.vc.context_memory import MOST, RememberingProcessor
from examengine.credentials.vc.errors import NotCanonical
from tests.credentials.issuing import new_board

OPTIONS = {"documentLoader": load_context, "processingMode": "json-ld-1.1"}


@pytest.fixture
def memory(monkeypatch):
    """An empty memory."""
    fresh = context_memory._Memory()
    monkeypatch.setattr(context_memory, "_memory", fresh)
    return fresh


@pytest.fixture
def documents():
    """A signed badge, the list that keeps its status, and the badge under older contexts."""
    board = new_board()
    badge = board.issue()
    older = {**badge, "@context": [*badge["@context"][:-1], *sorted(known_contexts())[-1:]]}
    return [badge, board.status_list(), older, badge]


def test_memory_changes_no_answer(memory, documents):
    """
    Expanded, compacted and as RDF, each document is what PyLD alone makes of it, asked again too.
    """
    alone = [jsonld.expand(document, OPTIONS) for document in documents]
    back = [
        jsonld.compact(found, document["@context"], {**OPTIONS, "skipExpansion": True})
        for found, document in zip(alone, documents, strict=True)
    ]
    for _ in range(2):
        found = [RememberingProcessor().expand(document, OPTIONS) for document in documents]
        again = [
            compact(one, document["@context"])
            for one, document in zip(found, documents, strict=True)
        ]

        assert found == alone
        assert again == back
    assert memory.processed


def test_contexts_of_one_document_leave_no_trace_in_the_next(memory):
    """
    A term that one document defines for itself is undefined in every other one.
    """
    own = {"@context": {"@vocab": "https://example.org/", "x": {"@id": "https://example.org/x"}}}
    pinned = {"@context": [CREDENTIALS_V2], "type": "VerifiableCredential"}
    subject = {"id": "urn:x:1", "x": "1"}
    expand({**own, "x": "1"})
    expand({**pinned, "credentialSubject": {**own, **subject}})

    with pytest.raises(NotCanonical):
        expand({**pinned, "credentialSubject": subject})

    assert memory.processed
    assert own["@context"] not in [local for _, _, local in memory.processed.values()]


def test_memory_has_an_end(memory):
    """
    Whoever sends ever new lists of contexts fills nothing; answers stay right.
    """
    lists = itertools.islice(itertools.product(sorted(known_contexts())[:6], repeat=4), MOST + 20)
    for contexts in lists:
        try:
            canonical_nquads({"@context": list(contexts), "id": "urn:x:1", "type": "urn:x:2"})
        except NotCanonical:
            continue  # some contexts protect their terms from others

    assert 0 < len(memory.processed) <= MOST
    assert len(memory.made) <= MOST


def test_threads_remember_apart_and_agree(documents):
    """
    Four threads at once give the one canonical form.
    """
    unsigned = {name: value for name, value in documents[0].items() if name != "proof"}

    with ThreadPoolExecutor(4) as pool:
        found = set(pool.map(canonical_nquads, [unsigned] * 12))

    assert len(found) == 1
