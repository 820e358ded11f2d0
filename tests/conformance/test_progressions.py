"""Every progression, found in its folder, is held to the same rules on its own example."""

import dataclasses

import pytest
from tests.delivery.situations import form, started

from examengine.assembly.sections import section_of
from examengine.delivery.attempt import Attempt, Head
from examengine.delivery.progression import PROGRESSIONS, progression_of


@pytest.fixture(params=sorted(PROGRESSIONS), ids=str)
def progression(request):
    """One progression after another."""
    return PROGRESSIONS[request.param]


def example_of(progression):
    """The form of its example."""
    return form(tuple(section_of(body) for body in progression.example))


def test_the_example_goes_by_it_once_its_exam_names_it(progression):
    """
    A form goes by what its exam names, and the example has sections where it is to have some.
    """
    its = example_of(progression)
    name = next(name for name, one in PROGRESSIONS.items() if one is progression)
    naming = dataclasses.replace(its, exam=dataclasses.replace(its.exam, progression=name))

    assert progression_of(naming) is progression
    assert progression.by_sections == bool(progression.example)


def test_every_item_is_chosen_once(progression):
    """
    In the end all items of the form were chosen, and none twice; then there are no more.
    """
    its, head = example_of(progression), started()[0]
    chosen: list[str] = []
    for section in range(len(its.form.sections) + 1):
        head = dataclasses.replace(head, section=section)
        items = progression.choose(its, head)
        chosen += items
        head = dataclasses.replace(head, chosen=len(chosen))

    assert sorted(chosen) == sorted(item.item_id for item in its.items)
    assert progression.choose(its, head) == ()


def test_the_item_at_a_place_is_the_one_that_was_chosen_for_it(progression):
    """
    What a progression says stands at a place is what the log says was chosen there.
    """
    its, head = example_of(progression), started()[0]
    chosen: list[str] = []
    for section in range(len(its.form.sections) + 1):
        head = dataclasses.replace(head, section=section)
        chosen += progression.choose(its, head)
        head = dataclasses.replace(head, chosen=len(chosen))
    attempt = Attempt(head, chosen=tuple(chosen))
    places = range(1, len(chosen) + 1)

    assert [progression.item_at(its, head, one, lambda: attempt) for one in places] == chosen


def test_the_same_question_has_the_same_answer(progression):
    """
    A choice depends on the form and on where the log stands, and on nothing else.
    """
    its, head = example_of(progression), dataclasses.replace(started()[0], section=1)

    assert progression.choose(its, head) == progression.choose(its, head)


def test_it_says_how_candidates_go_through_the_exam(progression):
    """
    Whoever publishes a form reads it in a sentence.
    """
    assert progression.words[0].isupper()
    assert progression.words.endswith(".")


def test_nothing_is_chosen_that_the_form_does_not_hold(progression):
    """
    Before the start as well: asking early draws nothing that is not there.
    """
    its = example_of(progression)

    assert set(progression.choose(its, Head(started()[0].attempt_id))) <= set(its.by_id)
