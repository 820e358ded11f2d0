"""Every file in `item_types/` keeps the promises of the contract."""

import json
from collections.abc import Mapping
from itertools import groupby
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.bank.shown_items import SECRETS, draw_item, json_values, mappings_in

from examengine.bank import ITEM_TYPES, ItemType, ResponseMalformed, load_folder

BANKS = Path(__file__).parents[2] / "item_banks"


KEYED = {name: kind for name, kind in ITEM_TYPES.items() if not kind.by_person}
"""The types whose answers a key turns into points."""


@pytest.fixture(params=sorted(ITEM_TYPES))
def item_type(request: pytest.FixtureRequest) -> ItemType:
    """Each item type in turn."""
    return ITEM_TYPES[request.param]


@pytest.fixture(params=sorted(KEYED))
def keyed(request: pytest.FixtureRequest) -> ItemType:
    """Each item type that is marked by key, in turn."""
    return KEYED[request.param]


def drawn(item_type: ItemType) -> bool:
    """Whether the order of something in an item of this type is drawn for each candidate."""
    return bool(item_type.drawn_ids(item_type.example))


def draw(item_type: ItemType, response: Any) -> str:
    """The HTML of the type's example."""
    return draw_item(item_type, item_type.example, response)


def rationales_of(content: Mapping[str, Any]) -> list[str]:
    """Every rationale of an item."""
    return [found["rationale"] for found in mappings_in(content) if "rationale" in found]


def test_the_example_has_no_fault(item_type):
    """
    The example shows newcomers what is right, so nothing may be wrong with it.
    """
    faults = list(item_type.faults(item_type.example))

    assert faults == []


def test_an_empty_item_has_faults_and_raises_nothing(item_type):
    """
    A file that lacks every field of the type is described, not crashed upon.
    """
    faults = list(item_type.faults({}))

    assert faults
    assert all(fault.where and fault.what for fault in faults)


@given(data=st.data())
def test_faults_never_raise_whatever_a_field_holds(data):
    """
    Any JSON value in any field gives a list of faults, never an exception.
    """
    item_type = data.draw(st.sampled_from(list(ITEM_TYPES.values())))
    field = data.draw(st.sampled_from(sorted(item_type.fields)))
    content = {**item_type.example, field: data.draw(json_values)}

    faults = list(item_type.faults(content))

    assert all(isinstance(fault.what, str) for fault in faults)


def test_the_key_is_worth_the_most_points_and_mistakes_are_worth_none(keyed):
    """
    The key is worth the most points; no answer and every expected mistake are worth 0.
    """
    example = keyed.example

    most = keyed.most_points(example)
    wrong = keyed.wrong_responses(example)

    assert most >= 1
    assert keyed.points(example, keyed.key_response(example)) == most
    assert keyed.points(example, None) == 0
    assert wrong
    assert [keyed.points(example, response) for response in wrong] == [0] * len(wrong)


@pytest.mark.parametrize("name", sorted(ITEM_TYPES.keys() - KEYED.keys()))
def test_what_a_person_marks_is_worth_nothing_known(name):
    """
    No answer is worth 0; an answer has no points that could be asked for, and no known mistakes.
    """
    kind = ITEM_TYPES[name]
    response = kind.key_response(kind.example)

    assert kind.points(kind.example, None) == 0
    assert kind.expected_responses(kind.example) == {kind.most_points(kind.example): (response,)}
    assert kind.wrong_responses(kind.example) == ()
    with pytest.raises(TypeError, match="by a person"):
        kind.points(kind.example, response)


def test_an_item_that_declares_nothing_is_worth_one_point_or_none(item_type):
    """
    Items written before points could be declared are marked as they always were.
    """
    assert item_type.most_points(item_type.example) == 1


@given(data=st.data())
def test_points_stay_within_bounds_whatever_was_stored(data):
    """
    Any JSON value is worth a whole number of points between none and the most, and nothing raises.
    """
    item_type = data.draw(st.sampled_from(list(KEYED.values())))
    example = item_type.example

    points = item_type.points(example, data.draw(json_values))

    assert type(points) is int
    assert 0 <= points <= item_type.most_points(example)


def test_what_a_candidate_is_shown_never_holds_the_key(item_type):
    """
    Neither the fields that hold the key nor any rationale is among what a template gets.
    """
    shown = item_type.present(item_type.example, item_type.drawn_ids(item_type.example)[::-1])

    names = {name for found in mappings_in(shown) for name in found}
    assert names.isdisjoint(SECRETS)
    assert not any(rationale in str(shown) for rationale in rationales_of(item_type.example))


def test_the_page_never_holds_a_rationale(item_type):
    """
    The HTML of an unanswered item says nothing that only staff may read.
    """
    html = draw(item_type, None)

    assert 'data-response-kind="' + item_type.kind in html
    assert not any(rationale in html for rationale in rationales_of(item_type.example))
    assert " checked" not in html
    assert " selected" not in html


def test_the_page_shows_a_saved_answer_again(item_type):
    """
    A candidate who comes back finds the answer in the control it was given in.
    """
    answered = draw(item_type, item_type.key_response(item_type.example))

    assert answered != draw(item_type, None)


def test_a_canonical_response_reads_as_itself(item_type):
    """
    Reading what is stored gives what is stored, for the key and for every mistake.
    """
    example = item_type.example
    responses = [item_type.key_response(example), *item_type.wrong_responses(example)]

    again = [item_type.read(example, response) for response in responses]

    assert again == responses


def test_a_plain_form_says_the_same_as_the_script(item_type):
    """
    The fields of an HTML form and the JSON value of the script give one canonical response.
    """
    example = item_type.example
    key = item_type.key_response(example)

    read = item_type.read(example, item_type.read_fields(example, form_fields(key)))

    assert read == key
    assert item_type.read(example, item_type.read_fields(example, {})) is None


def form_fields(response: Any) -> dict[str, list[str]]:
    """The fields a browser sends for a response."""
    if isinstance(response, Mapping):
        return {f"response.{part}": [chosen] for part, chosen in response.items()}
    if isinstance(response, list) and isinstance(response[0], Mapping):
        return {f"response.{place}": [json.dumps(part)] for place, part in enumerate(response)}
    if isinstance(response, list):
        places = {f"response.{option}": [str(place + 1)] for place, option in enumerate(response)}
        return {"response": response, **places}
    return {"response": [response]}


@pytest.mark.parametrize("raw", [17, True, {"nobody": "a"}, ["nobody"], "\x00", "x" * 20_000, [[]]])
def test_a_malformed_response_is_refused(item_type, raw):
    """
    What can be no response is refused with a reason, whatever its type.
    """
    with pytest.raises(ResponseMalformed) as refusal:
        item_type.read(item_type.example, raw)

    assert refusal.value.reason


@given(data=st.data())
def test_reading_and_marking_never_fail_otherwise(data):
    """
    Any JSON value is read to a response that can be marked and said, or refused as malformed.
    """
    item_type = data.draw(st.sampled_from(list(ITEM_TYPES.values())))
    example = item_type.example
    try:
        response = item_type.read(example, data.draw(json_values))
    except ResponseMalformed:
        return

    again = item_type.read(example, response)

    assert again == response
    if not item_type.by_person:
        assert 0 <= item_type.points(example, response) <= item_type.most_points(example)
    assert item_type.in_words(example, response)
    assert (item_type.category(example, response) == "") == (response is None)


def test_a_whole_answer_is_not_called_unfinished(item_type):
    """
    The key and the mistakes that are expected are whole answers; no answer is none of this.
    """
    example = item_type.example
    responses = [None, item_type.key_response(example), *item_type.wrong_responses(example)]

    found = [item_type.unfinished(example, response) for response in responses]

    assert found == [None] * len(responses)


def test_an_unfinished_answer_is_kept_and_said_to_be_unfinished(item_type):
    """
    What is not whole is read like any answer, so that it can be kept, and is worth nothing.
    """
    example = item_type.example
    response = item_type.read(example, item_type.unfinished_example)

    said = item_type.unfinished(example, response)

    assert (said is None) is (response is None)
    assert said is None or said.endswith(".")
    assert item_type.by_person or item_type.points(example, response) == 0
    assert draw(item_type, response) != ""


@given(data=st.data())
def test_what_a_candidate_is_told_rests_on_the_answer_and_never_on_the_key(data):
    """
    Without key, mistakes and rationale the same is said of every answer.
    """
    item_type = data.draw(st.sampled_from(list(ITEM_TYPES.values())))
    example = item_type.example
    try:
        response = item_type.read(
            example, data.draw(json_values | st.text("01.,e%-/ ", max_size=9))
        )
    except ResponseMalformed:
        return
    hidden = {name: value for name, value in example.items() if name not in SECRETS}

    assert item_type.echo(hidden, response) == item_type.echo(example, response)
    assert item_type.unfinished(hidden, response) == item_type.unfinished(example, response)
    assert response is not None or item_type.unfinished(example, response) is None


def test_a_drawn_order_shows_all_options_in_that_order(item_type):
    """
    The candidate sees the options in the order that was drawn, none lost, none twice.
    """
    fixed = ids_in(item_type.present(item_type.example, ()))
    order = item_type.drawn_ids(item_type.example)[::-1]

    shown = ids_in(item_type.present(item_type.example, order))

    assert sorted(shown) == sorted(fixed)
    for _, of_one_list in groupby(order, key=lambda each: each.rpartition("/")[0]):
        ids = [each.rpartition("/")[2] for each in of_one_list]
        assert ids in [shown[at : at + len(ids)] for at in range(len(shown))]


def ids_in(shown: Mapping[str, Any]) -> list[str]:
    """The ids of everything that a template gets, in its order."""
    return [found["id"] for found in mappings_in(shown) if "id" in found]


def test_a_fixed_order_draws_nothing(item_type):
    """
    With `shuffle: false` there is nothing to draw.
    """
    fixed = {**item_type.example, "shuffle": False}

    assert item_type.drawn_ids(fixed) == ()


@pytest.mark.parametrize("name", [name for name, kind in ITEM_TYPES.items() if drawn(kind)])
def test_an_order_of_other_options_is_a_defect(name):
    """
    An order that does not belong to the item stops the page instead of hiding an option.
    """
    item_type = ITEM_TYPES[name]

    with pytest.raises(ValueError, match="is not one of the options"):
        item_type.present(item_type.example, ("a", "x"))


def test_the_key_is_among_the_explanations(item_type):
    """
    Staff find a rationale for every answer the item foresees.
    """
    explanations = item_type.explanations(item_type.example)

    assert len(explanations) >= (1 if item_type.by_person else 2)
    assert all(explanation.rationale for explanation in explanations)
    assert item_type.key_in_words(item_type.example)


@pytest.mark.parametrize(
    ("bank", "least"), [("data-literacy", 120), ("measuring-at-work", 14), ("reading-maps", 14)]
)
def test_every_sample_item_marks_its_key_as_right_and_keeps_it_secret(bank, least):
    """
    Each sample item gives its key the most points and its mistakes none, and shows neither.
    """
    items = load_folder(BANKS / bank).items

    for item in items:
        kind, content = ITEM_TYPES[item.content["type"]], item.content
        shown = kind.present(content, ())
        names = {name for found in mappings_in(shown) for name in found}
        if not kind.by_person:
            worth = kind.points(content, kind.key_response(content))
            assert worth == kind.most_points(content), item.id
        assert not any(kind.points(content, wrong) for wrong in kind.wrong_responses(content))
        assert names.isdisjoint(SECRETS), item.id
        assert not any(rationale in str(shown) for rationale in rationales_of(content)), item.id
    assert len(items) >= least
