"""Our schema of Open Badges 3.0: what it accepts and refuses, and that the published one agrees.

A mutation is one change to a sound badge. The published schema may not be shipped, so the verdicts
that stand here were found with it; where it lies beside the repository, all mutations are compared.
"""

import copy
import json
from collections.abc import Iterator
from typing import Any

import jsonschema
import pytest

from examengine.credentials.vc import open_badge
from examengine.credentials.vc.credential import Credential
from examengine.credentials.vc.open_badge import schema_faults
from tests.credentials.issuing import new_board
from tests.shared_folder import listed, shared

BADGE = new_board().issue()
PUBLISHED = "credentials/schemas/ob_v3p0_achievementcredential_schema.json"
WRONG = (None, True, 0, 3.5, "x", "ext:a", [], ["x"], [1], {}, {"en": "x"}, {"en": 1}, [{}])


def at(document: Any, place: tuple) -> Any:
    """Return what stands at a place."""
    for name in place:
        document = document[name]
    return document


def places(value: Any, place: tuple = ()) -> Iterator[tuple]:
    """Return every place in a document but the whole."""
    if place:
        yield place
    if isinstance(value, dict | list):
        for name in value if isinstance(value, dict) else range(len(value)):
            yield from places(value[name], (*place, name))


def mutations(document: dict) -> Iterator[tuple[str, dict]]:
    """Return copies with one part deleted, replaced, wrapped, unwrapped or given a member more."""
    for place in places(document):
        *way, last = place
        part = at(document, place)
        others = [*WRONG, [part], *(part if isinstance(part, list) and len(part) == 1 else ())]
        others += [{**part, "extra": "x"}] if isinstance(part, dict) else []
        others += [f"{part}x"] if isinstance(part, str) else []
        for other in others:
            changed = copy.deepcopy(document)
            at(changed, tuple(way))[last] = copy.deepcopy(other)
            yield f"{place}={str(other)[:30]}", changed
        changed = copy.deepcopy(document)
        del at(changed, tuple(way))[last]
        yield f"without {place}", changed


def changed_at(place: tuple, value: Any) -> dict:
    """Return the badge with another value at a place."""
    changed = copy.deepcopy(BADGE)
    at(changed, place[:-1])[place[-1]] = value
    return changed


SUBJECT = ("credentialSubject",)
ACHIEVEMENT = (*SUBJECT, "achievement")


@pytest.mark.parametrize(
    ("place", "value"),
    [
        (("name",), {"en": "Data", "de-AT": "Daten"}),
        (("issuer",), "did:web:exam.example.org"),
        (("evidence",), []),
        (("unheard",), [None]),
        ((*ACHIEVEMENT, "tag"), "data"),
        ((*ACHIEVEMENT, "achievementType"), "ext:Cohort.A"),
        ((*ACHIEVEMENT, "inLanguage"), "zh-Hant-TW"),
        ((*ACHIEVEMENT, "image", "type"), {"en": "Image"}),
        ((*SUBJECT, "creditsEarned"), 3.5),
        ((*SUBJECT, "type"), "AchievementSubject"),
        (("@context",), "https://www.w3.org/ns/credentials/v2"),
    ],
)
def test_what_the_specification_allows_fits(place, value):
    """
    One value for a list of one, text in several languages, extensions of vocabularies.
    """
    assert schema_faults(Credential(changed_at(place, value)), "AchievementCredential") == []


@pytest.mark.parametrize(
    ("place", "value", "reason", "where"),
    [
        (("name",), None, "member_not_text", "$.name"),
        (("name",), {"english": "Data"}, "value_unknown", "$.name"),
        (("validFrom",), "2026-02-30T00:00:00Z", "moment_invalid", "$.validFrom"),
        (("type",), ["VerifiableCredential"], "type_missing", "$.type"),
        (("issuer",), {"id": "did:web:a", "name": "A"}, "member_missing", "$.issuer.type"),
        ((*ACHIEVEMENT, "inLanguage"), "English", "value_unknown", "inLanguage"),
        ((*ACHIEVEMENT, "achievementType"), "Program", "value_unknown", "achievementType"),
        (
            (*ACHIEVEMENT, "image", "size"),
            5,
            "member_unknown",
            "$.credentialSubject.achievement.image",
        ),
        ((*SUBJECT, "creditsEarned"), "3", "value_unknown", "creditsEarned"),
        ((*SUBJECT, "result", 1, "status"), "Passed", "value_unknown", "result[1].status"),
        ((*SUBJECT, "identifier", 0, "hashed"), "true", "value_unknown", "identifier[0].hashed"),
        (
            (*ACHIEVEMENT, "alignment"),
            [{"type": ["Alignment"], "targetName": "a", "targetUrl": "b", "targetType": "No"}],
            "value_unknown",
            "alignment[0].targetType",
        ),
        (("endorsementJwt",), "no token", "value_unknown", "$.endorsementJwt"),
        (("credentialStatus",), [], "member_not_object", "$.credentialStatus"),
    ],
)
def test_a_fault_is_named_where_it_stands(place, value, reason, where):
    """
    One reason, one place: no alternative that was tried in vain.
    """
    (fault,) = schema_faults(Credential(changed_at(place, value)), "AchievementCredential")

    assert fault.reason == reason
    assert fault.where.endswith(where)


def test_as_many_mutations_are_refused_as_the_published_schema_refuses():
    """
    One in ten of all single mutations of our badge; the published schema refuses so many of them.
    """
    tenth = [changed for number, (_, changed) in enumerate(mutations(BADGE)) if number % 10 == 0]

    refused = sum(
        bool(schema_faults(Credential(changed), "AchievementCredential")) for changed in tenth
    )

    assert (refused, len(tenth)) == (149, 195)


def test_the_schema_is_one():
    """
    It fits the rules for schemas of draft 2019-09, and no pattern in it can backtrack.
    """
    schema = json.loads(open_badge._FILE.read_text("utf-8"))

    jsonschema.Draft201909Validator.check_schema(schema)

    assert schema["$schema"].endswith("2019-09/schema")


@pytest.mark.references
@pytest.mark.parametrize("example", ["ours", "simple.json", "complete.json"])
def test_every_mutation_gets_the_verdict_of_the_published_schema(example):
    """
    Deleted, retyped, of a wrong value, with a member more: both accept, or both refuse.
    """
    published = jsonschema.Draft201909Validator(json.loads(shared(PUBLISHED).read_text("utf-8")))
    ours = open_badge._validator("AchievementCredential").evolve(format_checker=None)
    folder = "credentials/examples/1edtech-public-validator-ob30"
    badge = BADGE if example == "ours" else json.loads(shared(folder, example).read_text("utf-8"))
    step = {"ours": 3, "complete.json": 40}.get(example, 1)  # each takes up to 30 ms

    differing = [
        name
        for number, (name, changed) in enumerate(mutations(badge))
        if number % step == 0 and published.is_valid(changed) != ours.is_valid(changed)
    ]

    assert differing == []
    assert listed("credentials/schemas", "*.json")
