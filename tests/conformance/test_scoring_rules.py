"""Every scoring rule of every item type keeps the promises of the contract."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.bank.shown_items import SECRETS, draw_item, json_values, mappings_in

from examengine.bank import ITEM_TYPES, Content, ItemType, ResponseMalformed, load_folder

BANKS = Path(__file__).parents[2] / "item_banks"
WITH_POINTS = ("measuring-at-work", "reading-maps")
RULES = [(kind.name, rule.name) for kind in ITEM_TYPES.values() for rule in kind.scoring_rules]
KEYED = [(name, rule) for name, rule in RULES if not ITEM_TYPES[name].by_person]
"""The rules by which a key gives points."""


def declaring(name: str, rule: str) -> Content:
    """The example of an item type, with the example of one of its scoring rules."""
    kind = ITEM_TYPES[name]
    example = next(one.example for one in kind.scoring_rules if one.name == rule)
    return {**kind.example, "scoring": example}


@pytest.fixture(params=KEYED, ids="-".join)
def keyed(request: pytest.FixtureRequest) -> tuple[ItemType, Content]:
    """Each item type with each of its rules that goes by a key, and an item that declares it."""
    name, rule = request.param
    return ITEM_TYPES[name], declaring(name, rule)


@pytest.fixture(params=RULES, ids="-".join)
def declared(request: pytest.FixtureRequest) -> tuple[ItemType, Content]:
    """Each item type with each of its rules, and an item that declares it."""
    name, rule = request.param
    return ITEM_TYPES[name], declaring(name, rule)


def strings_in(value: Any) -> Iterator[str]:
    """Every text in a value, at any depth."""
    if isinstance(value, str):
        yield value
    for inner in value.values() if isinstance(value, Mapping) else ():
        yield from strings_in(inner)
    for inner in value if isinstance(value, list | tuple) else ():
        yield from strings_in(inner)


def test_an_item_that_declares_no_rule_is_all_or_nothing():
    """
    Every type may say so as well, and the rules that it has besides have names of their own.
    """
    for kind in ITEM_TYPES.values():
        first = "by_person" if kind.by_person else "all_or_nothing"
        names = [rule.name for rule in kind.scoring_rules]

        assert names[0] == kind.scoring_rule(kind.example).name == first
        assert len(set(names)) == len(names)


def test_the_example_has_no_fault(declared):
    """
    What a rule shows newcomers to write is right, in an item that is right.
    """
    kind, content = declared

    assert [*kind.faults(content), *kind.scoring_faults(content)] == []


def test_the_key_is_worth_the_most_and_no_answer_nothing(keyed):
    """
    However an item is marked, its key gets all there is and an empty answer gets nothing.
    """
    kind, content = keyed

    most = kind.most_points(content)

    assert most >= 1
    assert kind.points(content, kind.key_response(content)) == most
    assert kind.points(content, None) == 0


def test_some_mistakes_are_worth_nothing_and_some_are_worth_a_part(keyed):
    """
    Each rule foresees answers worth nothing, and answers in between unless it is all or nothing.
    """
    kind, content = keyed

    expected = kind.expected_responses(content)
    most = kind.most_points(content)

    assert list(expected) == sorted(expected, reverse=True)
    assert expected[most] == (kind.key_response(content),)
    assert expected[0] == kind.wrong_responses(content)
    assert all(
        kind.points(content, response) == points
        for points, responses in expected.items()
        for response in responses
    )
    assert (len(expected) > 2) == (content["scoring"]["rule"] != "all_or_nothing")


def test_expected_mistakes_are_responses_of_the_item(keyed):
    """
    What is expected besides the key can be stored, shown and said, whatever it is worth.
    """
    kind, content = keyed
    expected = kind.likely_mistakes(content)

    assert [kind.read(content, response) for response in expected] == list(expected)
    assert all(kind.in_words(content, response) for response in expected)
    assert kind.key_response(content) not in expected


@given(data=st.data())
def test_points_stay_within_bounds_whatever_was_stored(data):
    """
    Any JSON value is worth a whole number of points from none to the most, and nothing raises.
    """
    name, rule = data.draw(st.sampled_from(KEYED))
    kind, content = ITEM_TYPES[name], declaring(name, rule)
    ids = st.sampled_from(["a", "b", "c", "d", "p1", "p2", "p3", "nobody"])
    likely = st.lists(ids, max_size=9) | st.dictionaries(ids, ids | st.integers(-1, 9)) | ids

    points = kind.points(content, data.draw(json_values | likely))

    assert type(points) is int
    assert 0 <= points <= kind.most_points(content)


@given(data=st.data())
def test_faults_never_raise_whatever_is_declared(data):
    """
    Any JSON value as the declaration, or as one of its fields, is described or right, never raised.
    """
    name, rule = data.draw(st.sampled_from(RULES))
    kind, content = ITEM_TYPES[name], declaring(name, rule)
    fields = sorted({"rule", *content["scoring"]})
    field = data.draw(st.sampled_from(fields))
    entry = st.fixed_dictionaries(
        {}, optional=dict.fromkeys(("from", "to", "accept", "points", "rationale"), json_values)
    )
    value = data.draw(json_values | st.lists(entry | json_values, max_size=3))

    changed = {**content, "scoring": {**content["scoring"], field: value}}
    faults = list(kind.scoring_faults(changed))

    assert all(fault.where.startswith("scoring") or "errors" in fault.where for fault in faults)
    assert faults or kind.most_points(changed) > 0
    if not (faults or kind.by_person):
        assert kind.points(changed, kind.key_response(changed)) == kind.most_points(changed)
    assert all(
        isinstance(one.what, str) for one in kind.scoring_faults({**content, "scoring": value})
    )


def test_the_sample_banks_use_every_rule():
    """
    Whoever looks for an example of a rule finds an item that is right, not a fragment.
    """
    items = [item.content for bank in WITH_POINTS for item in load_folder(BANKS / bank).items]

    used = {(one["type"], one["scoring"]["rule"]) for one in items if "scoring" in one}
    other = {(name, rule) for name, rule in RULES if rule != "all_or_nothing"}
    assert other <= used
    assert "all_or_nothing" in {rule for _, rule in used}


def test_what_nobody_reads_is_refused(declared):
    """
    An unknown rule and a misspelt field are told with what there is, so that no value is lost.
    """
    kind, content = declared
    misspelt = {**content, "scoring": {**content["scoring"], "deducton": True}}
    unknown = {**content, "scoring": {"rule": "by_luck"}}

    [of_field] = kind.scoring_faults(misspelt)
    [of_rule] = kind.scoring_faults(unknown)

    assert of_field.where == "scoring.deducton"
    assert "rule" in of_field.what
    assert of_rule.where == "scoring.rule"
    assert all(rule.name in of_rule.what for rule in kind.scoring_rules)


def test_the_candidate_is_told_the_points_and_never_the_key(declared):
    """
    The page says how many points there are and for what, in one or two sentences without the key.
    """
    kind, content = declared

    shown = kind.present(content, ())
    said = shown["points"]

    point = "1 point" if kind.most_points(content) == 1 else f"{kind.most_points(content)} points"
    assert point in said
    assert said.endswith(".")
    secret = {**content["scoring"], "key": content["key"], "errors": content.get("errors", ())}
    kept = [one for one in strings_in(secret) if len(one) > 3 and one != secret["rule"]]
    assert not any(one in said for one in kept)
    names = {found for mapping in mappings_in(shown) for found in mapping}
    assert names.isdisjoint({*SECRETS, "scoring"})
    assert said in draw_item(kind, content, None)


def test_an_item_that_declares_nothing_says_nothing_of_points(declared):
    """
    What was shown of an item before points could be declared is what is shown of it now.
    """
    kind, _ = declared

    assert not kind.present(kind.example, ())["points"]
    assert 'id="points"' not in draw_item(kind, kind.example, None)


def test_answers_with_points_of_their_own_are_explained_with_them(declared):
    """
    Where single answers have points, each explanation says its own, and one has the most.
    """
    kind, content = declared

    points = [one.points for one in kind.explanations(content)]

    graded = {"graded_options", "graded_answers", "graded_areas", "bands", "first_match"}
    if content["scoring"]["rule"] in graded:
        assert max(points) == kind.most_points(content)
        assert 0 in points
        assert any(0 < one < max(points) for one in points)
    else:
        assert set(points) == {None}


@given(data=st.data())
def test_what_can_be_read_can_be_marked(data):
    """
    Whatever is taken as a response is worth points within bounds, the same after reading again.
    """
    name, rule = data.draw(st.sampled_from(KEYED))
    kind, content = ITEM_TYPES[name], declaring(name, rule)
    try:
        response = kind.read(content, data.draw(json_values))
    except ResponseMalformed:
        return

    assert kind.points(content, response) == kind.points(content, kind.read(content, response))
