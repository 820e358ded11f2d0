"""Item models: read whole, drawn the same each time, and made into ordinary items."""

import time
from decimal import Decimal

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from examengine import bank
from examengine.accounts import NotAllowed, Role
from examengine.bank import DraftUnusable, InstanceOutcome, ModelMoved, ModelUnknown, ModelUnusable
from examengine.bank.formats import load_files
from examengine.bank.item_models.instances import draw_instances
from examengine.bank.item_models.model_file import read_model
from tests.bank.small_bank import files, item, three_items

ITEM = {
    "type": "numeric_entry",
    "area": "change",
    "level": "apply",
    "seconds": 60,
    "stem": "In {{town}} {{a}} boxes hold {{b:1}} kg each. What do they weigh?",
    "key": {"value": "{{total}}", "tolerance": "0"},
    "errors": [{"value": "{{a}}", "rationale": "Counts the boxes."}],
    "rationale": "{{a}} times {{b}} is {{total}}.",
}
CHOICE = {
    "type": "single_choice",
    "stem": "What is {{a}} + {{b}}?",
    "options": [
        {"id": "a", "text": "{{sum}}", "rationale": "Right."},
        {"id": "b", "text": "{{product}}", "rationale": "Multiplies."},
        {"id": "c", "text": "{{difference}}", "rationale": "Subtracts."},
    ],
    "key": "a",
}


def model_text(**changes):
    """A model as its file says it."""
    content = {
        "schema": "examengine/item-model/1",
        "id": "M",
        "instances": 4,
        "seed": 7,
        "variables": {
            "a": {"from": 2, "to": 9},
            "b": {"from": "0.5", "to": "2.5", "step": "0.5"},
            "town": ["Aldry", "Vell"],
        },
        "derived": {"total": "a * b"},
        "constraints": ["total < 15", 'town != "Vell" or a > 3'],
        "item": ITEM,
        **changes,
    }
    return yaml.safe_dump(content, sort_keys=False)


def drawn(**changes):
    """The instances of a model."""
    reading = read_model(model_text(**changes), "M")
    assert reading.faults == ()
    return draw_instances(reading.model)


def test_instances_are_drawn_the_same_and_differ_from_each_other():
    """
    The same seed gives the same; constraints hold, and what is derived is exact.
    """
    found = drawn()

    assert found.instances == drawn().instances
    assert found.instances != drawn(seed=8).instances
    assert [one.item_id for one in found.instances] == ["M-01", "M-02", "M-03", "M-04"]
    assert all(one.faults == () for one in found.instances)
    stems = {one.content["stem"] for one in found.instances}
    assert len(stems) == 4
    for one in found.instances:
        a, b, total = (Decimal(one.values[name]) for name in ("a", "b", "total"))
        assert a * b == total < 15
        assert one.content["key"]["value"] == one.values["total"]
        assert f"hold {b:.1f} kg" in one.content["stem"]
        assert one.content["model"]["id"] == "M"


def test_a_number_has_the_decimals_that_are_asked():
    """
    `{{a:2}}` rounds, halves away from zero; a number without end is left out, with the reason.
    """
    third = {"a": [1, 2], "b": [3, 8], "town": ["x"]}
    stem = {**ITEM, "stem": "{{total:2}}", "key": {"value": "{{total:2}}", "tolerance": "0.01"}}
    stem |= {"errors": [], "rationale": "x"}
    rounded = drawn(variables=third, derived={"total": "a / b"}, constraints=[], item=stem)
    exact = drawn(variables=third, derived={"total": "a / b"}, constraints=[], item=ITEM)

    assert {one.content["stem"] for one in rounded.instances} == {"0.33", "0.67", "0.13", "0.25"}
    assert {one.values["total"] for one in exact.instances} == {"0.125", "0.25"}
    assert any("total has no end as a decimal" in why for why in exact.left_out)


def test_no_two_options_say_the_same():
    """
    A combination in which a wrong option equals the key is left out; 2 and 2.0 are one number.
    """
    variables = {"a": {"from": 0, "to": 3}, "b": {"from": 0, "to": 3}}
    derived = {"sum": "a + b", "product": "a * b", "difference": "a - b"}

    found = drawn(instances=5, variables=variables, derived=derived, constraints=[], item=CHOICE)

    assert len(found.instances) == 5
    for one in found.instances:
        assert len({option["text"] for option in one.content["options"]}) == 3
    assert found.left_out["two options say the same"] > 0


def test_too_few_combinations_are_told():
    """
    Where there are fewer instances than asked the words say how many, and what to do.
    """
    found = drawn(instances=30, variables={"a": [2, 3], "b": [2], "town": ["Aldry"]})

    assert len(found.instances) == 2
    assert "2 of 30 instances can be drawn: 2 combinations were looked at, all" in found.missing(30)
    assert found.missing(2) == ""


def test_a_large_space_is_drawn_from_and_not_gone_through():
    """
    A model of 10^60 combinations is drawn in a moment, each combination once.
    """
    variables = {f"v{n}": {"from": 1, "to": 1000} for n in range(20)}
    began = time.perf_counter()

    found = drawn(
        instances=30,
        variables=variables,
        derived={},
        constraints=["v0 > 500"],
        item={**ITEM, "stem": "{{v0}} {{v1}}", "key": {"value": "{{v0}}", "tolerance": "0"}}
        | {"errors": [], "rationale": "x"},
    )

    assert len(found.instances) == 30
    assert time.perf_counter() - began < 5


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"schema": "examengine/item/1"}, "schema: must be examengine/item-model/1"),
        ({"id": "N"}, "id: is N, and this model is M"),
        ({"instances": 0}, "instances: must be a whole number from 1 to 30"),
        ({"seed": "x"}, "seed: must be a whole number"),
        ({"colour": 1}, "colour: is no field"),
        ({"variables": {}}, "variables: must name 1 to 20"),
        ({"variables": {"A": [1]}}, "variables.A: must be named with a small letter"),
        ({"variables": {"not": [1]}}, "variables.not: must be named"),
        ({"variables": {"a": {"from": 1, "to": 10**9}}}, "variables.a: must go upwards by a step"),
        ({"variables": {"a": {"from": 1, "to": 9, "step": 0}}}, "must go upwards by a step"),
        ({"variables": {"a": {"from": "x", "to": 2}}}, "variables.a.from: must be a number"),
        ({"variables": {"a": [1, 1]}}, "variables.a: must list 1 to 1000 values, each once"),
        ({"variables": {"a": [1, "x"]}}, "variables.a: lists words and numbers"),
        ({"variables": {"a": 3}}, "variables.a: must be a list, or"),
        ({"derived": {"a": "b"}}, "derived.a: is the name of a variable already"),
        ({"derived": {"t": "a +"}}, "derived.t: ends where a value is missing (sign 4)"),
        ({"derived": {"t": "u", "u": "a"}}, "derived.t: knows no 'u'"),
        ({"constraints": ["a <"]}, "constraints[0]: ends where a value is missing"),
        ({"constraints": "a < b"}, "constraints: must list at most 30"),
        ({"item": {**ITEM, "id": "X"}}, "item.id: is said of each instance"),
        ({"item": {**ITEM, "type": "qti"}}, "item.type: must be one of"),
        ({"item": {**ITEM, "stem": "{{c}}"}}, "item.stem: has {{c}}, and no variable is called"),
        ({"item": {**ITEM, "stem": "{{a + 1}}"}}, "item.stem: has {{a + 1}}"),
        ({"item": 3}, "item: is missing"),
        ({"item": {**ITEM, "stem": "{{a}}" * 301}}, "placeholders; 300 are enough"),
        ({"constraints": ["a < " + "1 + " * 70 + "1"] * 9}, "more than 2000 signs together"),
    ],
)
def test_a_fault_of_a_model_is_named_with_its_place(changes, words):
    """
    What, where, and what would be right; each with its line.
    """
    reading = read_model(model_text(**changes), "M")

    assert reading.model is None
    assert any(words in str(fault) for fault in reading.faults), list(map(str, reading.faults))
    assert all(fault.line for fault in reading.faults)


@given(st.text(max_size=200))
def test_any_text_is_read_or_refused(text):
    """
    Whatever is no YAML, or no model, is told and never raised.
    """
    reading = read_model(text, "M")

    assert reading.model is None
    assert reading.faults


def test_a_text_without_end_is_refused():
    """
    More than a model needs is not read at all.
    """
    assert "larger than 64 KB" in str(read_model("x" * 70_000, "M").faults[0])


@pytest.fixture
def author(session, clock, person):
    """An author, the small bank, and a model in it."""
    found = person(Role.AUTHOR)
    assert bank.import_bank(session, clock, found, load_files(files(*three_items()))).written
    bank.begin_model(session, clock, found, "small", "M")
    saved(session, clock, found, model_text())
    return found


def saved(session, clock, author, text, struck=()):
    """Save a model as it is stored now."""
    clock.forward(seconds=1)
    there = bank.find_model(session, author, "small", "M")
    return bank.save_model(
        session, clock, author, "small", "M", text=text, struck=struck, seen=there.revision
    )


def make(session, clock, author, reason="For the spring forms."):
    """Make instances of the model as it is stored now."""
    clock.forward(seconds=1)
    there = bank.find_model(session, author, "small", "M")
    return bank.make_instances(
        session, clock, author, "small", "M", seen=there.revision, reason=reason
    )


def look(session, author):
    """What the stored model would make."""
    there = bank.find_model(session, author, "small", "M")
    return bank.look_at_model(session, author, "small", "M", there.text, there.struck)


def test_a_model_begins_as_one_that_works(session, clock, author):
    """
    The text to change is a model without faults, in an area and a level of its bank.
    """
    bank.begin_model(session, clock, author, "small", "NEW-1")
    text = bank.find_model(session, author, "small", "NEW-1").text

    found = bank.look_at_model(session, author, "small", "NEW-1", text)

    assert found.reading.faults == ()
    assert len(found.coming) == 6
    assert all(not one.findings.errors for one in found.instances)
    for wrong in ("no blanks", "m", "M"):
        with pytest.raises(ModelUnusable):
            bank.begin_model(session, clock, author, "small", wrong)


def test_instances_become_items_once_and_again_only_where_they_changed(session, clock, author):
    """
    What is left out is not made; another rationale makes versions, another comment makes none.
    """
    saved(session, clock, author, model_text(), struck=[2])
    made = make(session, clock, author)
    with pytest.raises(ModelUnusable, match="already"):
        make(session, clock, author)
    saved(session, clock, author, "# Looked at twice.\n" + model_text(), struck=())
    again = make(session, clock, author)
    other = {**ITEM, "rationale": "{{a}} · {{b}} = {{total}}."}
    saved(session, clock, author, model_text(item=other))
    changed = make(session, clock, author)

    assert [one.item_id for one in made] == ["M-01", "M-03", "M-04"]
    assert all((one.version, one.model_id) == (1, "M") for one in made)
    assert [(one.item_id, one.version) for one in again] == [("M-02", 1)]
    assert [one.version for one in changed] == [2, 2, 2, 2]
    assert {one.made.reason for one in changed} == {"For the spring forms."}
    view, _ = bank.read_view([("model", "M")])
    lines = bank.search_items(session, author, "small", view).lines
    assert [line.item_id for line in lines] == ["M-01", "M-02", "M-03", "M-04"]


def test_what_a_model_made_before_and_draws_no_more_is_named(session, clock, author):
    """
    With fewer instances the items that are not drawn now stay, and are told.
    """
    make(session, clock, author)
    saved(session, clock, author, model_text(instances=2))

    found = look(session, author)

    assert found.left_behind == ("M-03", "M-04")
    assert {one.outcome for one in found.instances} == {InstanceOutcome.UNCHANGED}


def test_a_model_that_cannot_be_made_is_refused_whole(session, clock, author):
    """
    A fault, too few instances, a key that is none, or no word why: nothing is made.
    """
    with pytest.raises(DraftUnusable, match="why"):
        make(session, clock, author, reason=" ")
    for text, words in (
        ("id: M", "mend it first"),
        (model_text(instances=30, variables={"a": [2], "b": [2], "town": ["x"]}), "1 of 30"),
        (model_text(item={**ITEM, "key": {"value": "x", "tolerance": "0"}}), "M-01: key"),
        (
            model_text(item={**ITEM, "stimulus": [{"figure": {"file": "figures/none.svg"}}]}),
            "import it first",
        ),
    ):
        saved(session, clock, author, text)
        with pytest.raises(ModelUnusable, match=words):
            make(session, clock, author)
    assert len(bank.list_items(session, author, "small")) == 3


def test_a_figure_of_the_bank_stands_in_an_instance(session, clock, author):
    """
    A file that some item of the bank shows is named by what it holds, as in any item.
    """
    shown = [{"figure": {"file": "figures/line.svg", "alt": "A line."}}]
    saved(session, clock, author, model_text(item={**ITEM, "stimulus": shown}))

    made = make(session, clock, author)

    assert made[0].content["stimulus"][0]["figure"]["digest"].startswith("sha256:")


def test_an_item_that_no_model_made_is_not_overwritten(session, clock, author):
    """
    An id that is taken by another item refuses its instance, with the reason.
    """
    stranger = files(item("M-02", "single_choice"))
    bank.import_bank(session, clock, author, load_files(stranger))

    [refused] = look(session, author).refused

    assert refused.instance.item_id == "M-02"
    with pytest.raises(ModelUnusable, match="M-02: its id is that of an item that no model made"):
        make(session, clock, author)


def test_a_model_is_saved_over_what_was_seen(session, clock, author):
    """
    A page that saw an older text is refused and overwrites nothing; so is making, and discarding.
    """
    there = bank.find_model(session, author, "small", "M")
    saved(session, clock, author, model_text(seed=9))

    said = {"text": "x", "struck": (), "seen": there.revision}
    with pytest.raises(ModelMoved):
        bank.save_model(session, clock, author, "small", "M", **said)
    with pytest.raises(ModelMoved):
        bank.make_instances(
            session, clock, author, "small", "M", seen=there.revision, reason="Now."
        )
    with pytest.raises(ModelMoved):
        bank.discard_model(session, clock, author, "small", "M", there.revision)
    now = bank.find_model(session, author, "small", "M").revision
    bank.discard_model(session, clock, author, "small", "M", now)
    with pytest.raises(ModelUnknown):
        bank.find_model(session, author, "small", "M")


def test_strangers_see_no_model_and_reviewers_change_none(session, clock, author, person):
    """
    Candidates may not read models; whoever is no author writes none.
    """
    candidate, reviewer = person(Role.CANDIDATE), person(Role.REVIEWER)

    assert look(session, reviewer).coming
    for refused in (
        lambda: bank.list_models(session, candidate, "small"),
        lambda: bank.find_model(session, candidate, "small", "M"),
        lambda: bank.look_at_model(session, candidate, "small", "M", ""),
        lambda: bank.begin_model(session, clock, reviewer, "small", "N"),
        lambda: saved(session, clock, reviewer, "x"),
        lambda: make(session, clock, reviewer),
        lambda: bank.discard_model(session, clock, reviewer, "small", "M", 1),
    ):
        with pytest.raises(NotAllowed):
            refused()


def test_a_copy_of_an_instance_is_no_instance(session, clock, author):
    """
    No model made the copy, so that it may stand beside instances.
    """
    make(session, clock, author)

    bank.begin_copy(session, clock, author, "small", "M-01", None, "COPY")

    assert "model" not in bank.find_draft(session, author, "small", "COPY").content
