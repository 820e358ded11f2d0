"""Whatever a stranger sends is answered with a report: no exception, no endless work."""

import copy
import gzip
import json
import random
import struct
import zlib
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from examengine.credentials.badge.image import draw_seal
from examengine.credentials.vc import canonical, limits, multibase
from examengine.credentials.vc.baking import bake
from examengine.credentials.vc.did import document_url
from examengine.credentials.vc.documents import GivenDocuments
from examengine.credentials.vc.report import Report, StepOutcome, Verdict
from examengine.credentials.vc.verification import verify
from tests.credentials.issuing import DID, LIST_URL, as_bytes, new_board
from tests.credentials.tokens import token_of

BOARD = new_board()
GOOD = BOARD.issue()
QUESTION = BOARD.question()
PUBLISHED = {url: as_bytes(document) for url, document in BOARD.web().items()}
PICTURE = bake(draw_seal("https://exam.example.org/achievements/a", test=True), as_bytes(GOOD))
SVG = (
    b'<svg xmlns="http://www.w3.org/2000/svg" xmlns:o="https://purl.imsglobal.org/ob/v3p0">'
    b"<o:credential><![CDATA[" + as_bytes(GOOD) + b"]]></o:credential></svg>"
)
DID_URL = document_url(DID)
VALUES = [None, True, -1, 1e400, "", "x" * 300, "\ud800", [], [[]], {}, {"id": 1}, "_:b0", "é\x00"]
ACCEPTABLE = settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True
)


def judged(data: bytes, documents: dict[str, bytes] | None = None) -> Report:
    """Return our report, given what the board publishes and `documents` in place of some of it."""
    given_documents = GivenDocuments({**PUBLISHED, **(documents or {})})
    return verify(data, replace(QUESTION, documents=given_documents))


def places(value: object, place: tuple = ()) -> list[tuple]:
    """Return where each part of a JSON value stands."""
    if not isinstance(value, dict | list):
        return [place]
    inside = value.items() if isinstance(value, dict) else enumerate(value)
    return [place, *(deep for name, part in inside for deep in places(part, (*place, name)))]


def altered(document: dict, draw: random.Random) -> dict:
    """Return a copy in which one or two parts were deleted, replaced, doubled or moved."""
    changed = copy.deepcopy(document)
    for _ in range(draw.choice([1, 1, 2])):
        *way, last = draw.choice([place for place in places(changed) if place] or [("id",)])
        owner = changed
        for name in way:
            owner = owner[name]
        what = draw.randrange(4)
        if what == 0:
            del owner[last]
        elif what == 1:
            owner[last] = copy.deepcopy(draw.choice(VALUES))
        elif what == 2:
            owner[last] = [owner[last], copy.deepcopy(owner[last])]
        elif isinstance(owner, dict):
            owner[f"{draw.choice(['@id', 'x:y', 'Type', ''])}{last}"] = owner[last]
    return changed


@ACCEPTABLE
@given(st.randoms(use_true_random=False))
def test_any_altered_credential_gets_a_report(draw):
    """
    Members deleted, doubled, renamed and retyped: a report, and none of them verified unless equal.
    """
    changed = altered(GOOD, draw)

    report = judged(json.dumps(changed).encode())

    assert report.steps
    signed = {**changed, "proof": GOOD["proof"]} == GOOD
    assert report.verdict is not Verdict.VERIFIED or signed or _same_meaning(changed)


def _same_meaning(changed: dict) -> bool:
    """Tell whether only one-element lists, empty lists or proofs beside the good one differ."""

    def plain(value: object) -> object:
        if isinstance(value, dict):
            return {name: plain(part) for name, part in value.items() if part != []}
        if isinstance(value, list):
            parts = [plain(part) for part in value]
            distinct = [part for index, part in enumerate(parts) if part not in parts[:index]]
            return distinct[0] if len(distinct) == 1 else distinct
        return value

    return plain({**changed, "proof": 1}) == plain({**GOOD, "proof": 1})


@ACCEPTABLE
@given(st.sampled_from([PICTURE, SVG, as_bytes(GOOD), token_of(BOARD)]), st.randoms())
def test_any_damaged_file_gets_a_report(data, draw):
    """
    Pictures, JSON and tokens with bytes changed, cut out and repeated.
    """
    place = draw.randrange(len(data))
    piece = bytes(draw.randrange(256) for _ in range(draw.randrange(4)))
    damaged = data[:place] + piece + data[place + draw.randrange(4) :]

    assert judged(damaged).steps


@ACCEPTABLE
@given(st.randoms(use_true_random=False), st.sampled_from(["did", "list"]))
def test_any_altered_published_document_gets_a_report(draw, which):
    """
    DID documents and status lists of any form leave signature or status open, or refuse it.
    """
    url = LIST_URL if which == "list" else DID_URL
    changed = json.dumps(altered(json.loads(PUBLISHED[url]), draw)).encode()

    report = judged(as_bytes(GOOD), {url: changed})

    assert {step.name for step in report.steps} >= {"signature", "issuer_key", "status"}


def listed(**changes: object) -> bytes:
    """Return a status list with changes, signed by the board."""
    from_board = BOARD.status_list()
    subject = {**from_board["credentialSubject"], **changes}
    return as_bytes({**from_board, "credentialSubject": subject})


BOMB = "u" + multibase.encode_base64url(gzip.compress(b"\0" * 64 * 1024 * 1024))


@pytest.mark.parametrize(
    ("status_list", "reason"),
    [
        (as_bytes({**BOARD.status_list(), "proof": ["urn:x"]}), "status_list_malformed"),
        (as_bytes({**BOARD.status_list(), "proof": "z"}), "status_list_malformed"),
        (as_bytes({**BOARD.status_list(), "credentialSubject": []}), "status_list_malformed"),
        (listed(encodedList=BOMB), "status_list_forged"),
        (listed(encodedList=5), "status_list_malformed"),
        (b"[]", "status_list_malformed"),
        (b"\xff", "status_list_malformed"),
        (b"{" * 100, "too_deep"),
    ],
)
def test_a_malformed_status_list_is_a_verdict_with_a_reason(status_list, reason):
    """
    The step `status` says what is wrong with it.
    """
    report = judged(as_bytes(GOOD), {LIST_URL: status_list})

    status = next(step for step in report.steps if step.name == "status")
    assert status.reason == reason
    assert report.verdict is not Verdict.VERIFIED


def signed_list(**changes: object) -> bytes:
    """Return a status list whose subject has changes, signed as it then is."""
    unsigned = {name: part for name, part in BOARD.status_list().items() if name != "proof"}
    subject = {**unsigned["credentialSubject"], **changes}
    subject = {name: part for name, part in subject.items() if part is not None}
    return as_bytes(BOARD.sign({**unsigned, "credentialSubject": subject}))


@pytest.mark.parametrize(
    "changes",
    [{"encodedList": None}, {"encodedList": BOMB}, {"encodedList": "u"}, {"encodedList": "zz"}],
)
def test_a_signed_list_without_a_usable_bitstring_is_refused(changes):
    """
    The issuer's own signature does not make a list readable.
    """
    report = judged(as_bytes(GOOD), {LIST_URL: signed_list(**changes)})

    assert report.reasons() == ("status_list_malformed",)


def with_alignments(number: int) -> dict:
    """Return the badge with so many alignments."""
    changed = copy.deepcopy(GOOD)
    changed["credentialSubject"]["achievement"]["alignment"] = [
        {"type": ["Alignment"], "targetName": f"{index}", "targetUrl": f"https://a.example/{index}"}
        for index in range(number)
    ]
    return changed


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        ({**GOOD, "@context": GOOD["@context"] * 2}, "context_repeated"),
        ({**GOOD, "@context": [f"https://a.example/{n}" for n in range(9)]}, "too_many_contexts"),
        ({**GOOD, "proof": GOOD["proof"] * 6}, "too_many_proofs"),
        ({**GOOD, "endorsement": [GOOD] * 11}, "too_many_endorsements"),
        (with_alignments(501), "too_many_values"),
        ({**GOOD, **{f"m{number}": 1 for number in range(limits.MOST_VALUES)}}, "too_many_values"),
        ({**GOOD, "name": "x" * limits.LARGEST_DOCUMENT}, "too_large"),
    ],
)
def test_what_exceeds_a_limit_could_not_be_told_before_any_json_ld(document, reason, monkeypatch):
    """
    It is not called wrong, and no context is processed for it.
    """
    monkeypatch.setattr(
        "examengine.credentials.vc.canonical.expand", lambda _: pytest.fail("was expanded")
    )

    report = judged(as_bytes(document))

    assert report.reasons()[0] == reason
    assert report.verdict is Verdict.COULD_NOT_TELL


@pytest.mark.parametrize(
    "picture",
    [
        b"<!---->" * 60 + b"x",
        b'<?xml version="1.0" encoding="utf-7"?><svg xmlns="http://www.w3.org/2000/svg"/>',
        b'<?xml version="1.0" encoding="nonsense"?><svg/>',
        b"<svg>" * 100_000,
        b"<svg>" + b"<a/>" * 100_000,
        b'<!DOCTYPE svg [<!ATTLIST a b CDATA "x">]><svg><a/></svg>',
        b'<!DOCTYPE svg [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><svg>&b;</svg>',
        b'<!DOCTYPE svg SYSTEM "file:///etc/passwd"><svg/>',
        b"<html/>",
        "<svg>é</svg>".encode("utf-16"),
        b"\x89PNG\r\n\x1a\n" + (struct.pack(">I4sI", 0, b"tEXt", zlib.crc32(b"tEXt"))) * 20_000,
    ],
)
def test_a_hostile_picture_is_a_verdict(picture):
    """
    Comments without end, unknown encodings, entities, default attributes, depth and number.
    """
    report = judged(picture)

    assert report.steps[0].name == "readable"
    assert report.steps[0].answer is not StepOutcome.TRUE


def test_an_svg_whose_credential_comes_in_pieces_is_read_once():
    """
    Character references arrive one by one; what they carry is put together at the end.
    """
    escaped = as_bytes(GOOD).replace(b"&", b"&amp;").replace(b"<", b"&lt;").replace(b'"', b"&quot;")
    svg = SVG[: SVG.index(b"<![CDATA[")] + escaped + b"</o:credential></svg>"

    assert judged(svg).verdict is Verdict.VERIFIED


def test_a_document_of_open_badges_2_is_not_called_wrong():
    """
    It is another standard, which its issuer's site answers for.
    """
    assertion = (
        b'{"@context": "https://w3id.org/openbadges/v2", "type": "Assertion", "id": "urn:x"}'
    )

    assert judged(assertion).reasons()[0] == "open_badges_2"
    assert judged(assertion).verdict is Verdict.COULD_NOT_TELL


def test_a_document_is_canonicalised_once_for_all_its_proofs(monkeypatch):
    """
    Each further proof costs its own options, and not the credential again.
    """
    seen = []
    digest = canonical.digest
    monkeypatch.setattr(
        canonical, "digest", lambda part: seen.append("issuer" in part) or digest(part)
    )

    judged(as_bytes({**GOOD, "proof": GOOD["proof"] * 5}))

    # The credential and its status list.
    assert seen.count(True) == 2


def test_published_documents_are_looked_up_once_each():
    """
    Ten endorsements that name one list read it once.
    """
    looked_up = []

    class Counted:
        def get(self, url: str) -> bytes | None:
            looked_up.append(url)
            return PUBLISHED.get(url)

    verify(as_bytes({**GOOD, "proof": GOOD["proof"] * 5}), replace(QUESTION, documents=Counted()))

    assert sorted(looked_up) == sorted(PUBLISHED)
