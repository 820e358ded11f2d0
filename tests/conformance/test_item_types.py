"""Every file in `item_types/` keeps the promises of the contract."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from examengine.bank import ITEM_TYPES, ItemType, ResponseMalformed, load_folder
from examengine.web.page import make_templates

SAMPLE_BANK = Path(__file__).parents[2] / "item_banks" / "data-literacy"
SECRETS = ("key", "rationale", "errors", "accept", "tolerance")

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=50),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=10,
)


@pytest.fixture(params=sorted(ITEM_TYPES))
def item_type(request: pytest.FixtureRequest) -> ItemType:
    """Each item type in turn."""
    return ITEM_TYPES[request.param]


def draw(item_type: ItemType, response: Any) -> str:
    """The HTML of the type's example."""
    item = item_type.present(item_type.example, ())
    page = '{% from "item_types/_item.html" import question %}{{ question(item, response) }}'
    return make_templates().from_string(page).render(item=item, response=response)


def mappings_in(value: Any) -> Iterator[Mapping[str, Any]]:
    """Every mapping in a value, at any depth."""
    if isinstance(value, Mapping):
        yield value
        for inner in value.values():
            yield from mappings_in(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from mappings_in(inner)


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


def test_the_key_scores_one_and_mistakes_score_nothing(item_type):
    """
    The key is worth 1; no answer and every expected mistake are worth 0.
    """
    example = item_type.example

    wrong = item_type.wrong_responses(example)

    assert item_type.score(example, item_type.key_response(example)) == 1
    assert item_type.score(example, None) == 0
    assert wrong
    assert [item_type.score(example, response) for response in wrong] == [0] * len(wrong)


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
    if isinstance(response, list):
        places = {f"response.{option}": [str(place + 1)] for place, option in enumerate(response)}
        return {"response": response, **places}
    return {"response": [response]}


@pytest.mark.parametrize("raw", [17, True, {"nobody": "a"}, ["nobody"], "\x00", "x" * 1000, [[]]])
def test_a_malformed_response_is_refused(item_type, raw):
    """
    What can be no response is refused with a reason, whatever its type.
    """
    with pytest.raises(ResponseMalformed) as refusal:
        item_type.read(item_type.example, raw)

    assert refusal.value.reason


@given(data=st.data())
def test_reading_and_scoring_never_fail_otherwise(data):
    """
    Any JSON value is read to a response that can be scored and said, or refused as malformed.
    """
    item_type = data.draw(st.sampled_from(list(ITEM_TYPES.values())))
    example = item_type.example
    try:
        response = item_type.read(example, data.draw(json_values))
    except ResponseMalformed:
        return

    again = item_type.read(example, response)

    assert again == response
    assert item_type.score(example, response) in {0, 1}
    assert item_type.in_words(example, response)
    assert (item_type.category(example, response) == "") == (response is None)


def test_a_drawn_order_shows_all_options_in_that_order(item_type):
    """
    The candidate sees the options in the order that was drawn, none lost, none twice.
    """
    drawn = item_type.drawn_ids(item_type.example)[::-1]

    shown = item_type.present(item_type.example, drawn)

    assert tuple(option["id"] for option in shown.get("options", ())) == drawn


def test_a_fixed_order_draws_nothing(item_type):
    """
    With `shuffle: false` there is nothing to draw.
    """
    fixed = {**item_type.example, "shuffle": False}

    assert item_type.drawn_ids(fixed) == ()


def test_an_order_of_other_options_is_a_defect(item_type):
    """
    An order that does not belong to the item stops the page instead of hiding an option.
    """
    if not item_type.drawn_ids(item_type.example):
        pytest.skip("nothing is drawn for this type")

    with pytest.raises(ValueError, match="is not one of the options"):
        item_type.present(item_type.example, ("a", "x"))


def test_the_key_is_among_the_explanations(item_type):
    """
    Staff find a rationale for every answer the item foresees.
    """
    explanations = item_type.explanations(item_type.example)

    assert len(explanations) >= 2
    assert all(explanation.rationale for explanation in explanations)
    assert item_type.key_in_words(item_type.example)


@pytest.mark.skipif(not SAMPLE_BANK.is_dir(), reason="the sample bank is not here")
def test_every_sample_item_scores_its_key_and_keeps_it_secret():
    """
    Each item of the sample bank scores its key, refuses its mistakes, and shows neither.
    """
    items = load_folder(SAMPLE_BANK).items

    for item in items:
        kind, content = ITEM_TYPES[item.content["type"]], item.content
        shown = kind.present(content, ())
        names = {name for found in mappings_in(shown) for name in found}
        assert kind.score(content, kind.key_response(content)) == 1, item.id
        assert not any(kind.score(content, wrong) for wrong in kind.wrong_responses(content))
        assert names.isdisjoint(SECRETS), item.id
        assert not any(rationale in str(shown) for rationale in rationales_of(content)), item.id
    assert len(items) >= 120
