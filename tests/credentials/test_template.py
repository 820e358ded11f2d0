"""Canonical forms filled into a template, beside the same worked out in full."""

import json
from dataclasses import replace
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from examengine.credentials.badge.document import BadgeResult, Recipient, build
from examengine.credentials.issuing.canonical_template import Templates
from examengine.credentials.issuing.press import Press
from examengine.credentials.status.status_list import StatusEntry
from examengine.credentials.vc.canonical import canonical_nquads
from examengine.credentials.vc.errors import NotCanonical
from examengine.credentials.vc.report import Verdict
from examengine.credentials.vc.verification import verify
from tests.credentials.issuing import BADGE, LIST_URL, NOW, SCORE, STATUS, new_board

# What JSON-LD, N-Quads and line handling could stumble over, and letters of every script.
HOSTILE = [
    '"', "\\", "\\u0041", "\t", "\n", "\r", "\u2028", "\u2029", "\u0085", "\u202e", "\ufeff",
    "@id", "@type", "_:c14n0", "_:a", "<http://a>", " .", '"^^<x>', "https://purl.example/x", "ob:",
    "urn:uuid:0193f0c2-7a11-7c3e-9a55-3f6f1c0d2e4b", "😀", "e\u0301", "null", "0", " ",
]  # fmt: skip
SIGNABLE = st.characters(exclude_categories=["Cs", "Cc"])
NAMES = st.lists(st.sampled_from(HOSTILE) | st.text(SIGNABLE, max_size=20), max_size=6).map("".join)


@st.composite
def badges(draw):
    """Return a badge as issuing makes them, of a person whose name may be anything."""
    name, salt, score = draw(NAMES), draw(st.text("0123456789abcdef", min_size=1)), draw(NAMES)
    links = tuple(
        replace(link, record_id=draw(st.uuids()), digest=draw(NAMES)) for link in BADGE.links
    )
    return replace(
        BADGE,
        credential_id=draw(st.uuids()),
        recipient=Recipient(draw(NAMES), salt, name or None),
        results=(
            BadgeResult(SCORE, value=score),
            BadgeResult(STATUS, value="Passed", status="Completed"),
        ),
        links=links,
        status=StatusEntry(LIST_URL, draw(st.integers(0, 131_071))),
    )


LEARNT = Templates()


@given(badges())
def test_a_filled_template_is_the_canonical_form(badge):
    """
    Byte for byte what PyLD works out, for every name and every identifier; or no answer.
    """
    document = build(badge)
    form = canonical_nquads(document)
    LEARNT.learn(document, form)

    filled = LEARNT.filled(document)

    assert filled in (form, None)


def test_an_ordinary_badge_is_answered_by_the_template():
    """
    The quick way is taken: no answer would be right as well, and slow.
    """
    templates = Templates()
    first = build(BADGE)
    other = build(replace(BADGE, credential_id=UUID(int=5), recipient=Recipient("b@c.de", "00")))
    named = build(replace(BADGE, recipient=Recipient("b@c.de", "00", "O'\"Neil \\ Ōé")))
    for document in (first, other):
        templates.learn(document, canonical_nquads(document))

    assert templates.filled(other) == canonical_nquads(other)
    assert templates.filled(named) == canonical_nquads(named)


@pytest.mark.parametrize(
    "changes",
    [
        # Two nodes that would be one: a link to the credential itself, or twice to one record.
        {"links": (replace(BADGE.links[0], record_id=BADGE.credential_id), BADGE.links[1])},
        {"links": (BADGE.links[0], replace(BADGE.links[1], record_id=BADGE.links[0].record_id))},
        # An identifier that begins otherwise than the one the template was made of.
        {"status": StatusEntry("https://elsewhere.example/status/1", 4711)},
    ],
)
def test_what_does_not_fit_takes_the_long_way(changes):
    """
    The template gives no answer where identifiers meet, or are of another kind.
    """
    templates = Templates()
    templates.learn(build(BADGE), canonical_nquads(build(BADGE)))
    document = build(replace(BADGE, **changes))

    filled = templates.filled(document)

    assert filled in (canonical_nquads(document), None)
    assert filled is None


def test_a_name_with_a_control_character_is_refused_as_ever():
    """
    The refusal names the place, and is the one that the long way gives.
    """
    templates = Templates()
    templates.learn(build(BADGE), canonical_nquads(build(BADGE)))
    document = build(replace(BADGE, recipient=Recipient("a@b.c", "00", "Ada\x1b")))
    refusals = []
    for work in (templates.filled, canonical_nquads):
        with pytest.raises(NotCanonical) as refused:
            work(document)
        refusals.append((refused.value.reason, refused.value.where))

    assert refusals[0] == refusals[1]


def test_a_template_that_fails_its_own_proof_is_never_used():
    """
    Each template is compared once with a form that was worked out in full.
    """
    templates = Templates()
    templates.learn(build(BADGE), canonical_nquads(build(BADGE)) + "# something else\n")

    assert templates.filled(build(BADGE)) is None


def test_what_a_press_releases_is_verified_by_anybody():
    """
    First and later ones alike, over the bytes that are handed out.
    """
    board = new_board()
    press = Press(board.signer)
    people = [
        replace(BADGE, credential_id=UUID(int=place), recipient=Recipient("ada@example.org", "0f"))
        for place in range(1, 5)
    ]

    released = [press.released(build(badge), NOW) for badge in people]

    reports = [verify(document, board.question()) for document in released]
    assert {report.verdict for report in reports} == {Verdict.VERIFIED}
    assert [json.loads(document)["id"][-1] for document in released] == ["1", "2", "3", "4"]
