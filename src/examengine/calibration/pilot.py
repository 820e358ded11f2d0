"""A simulated pilot: responses for a new exam before anybody has sat it.

They are drawn from a seed that is written down, go down the same chain as real ones, and are
marked as simulated from the administration on, wherever they are shown.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from sqlmodel import Session

from examengine.accounts import Actor, Role, require
from examengine.assembly import Exam, Form, find_exam, forms_of
from examengine.bank import ITEM_TYPES, ItemRef, ItemVersion, item_versions
from examengine.calibration.errors import PilotRefused
from examengine.delivery import (
    Administration,
    CandidateResponses,
    list_administrations,
    record_administration,
)
from examengine.kernel.clock import Clock
from examengine.kernel.digest import digest
from examengine.psychometrics.arrays import FloatArray
from examengine.psychometrics.simulation import (
    TrueItems,
    draw_distractors,
    draw_items,
    draw_levels,
    draw_omitted,
    draw_persons,
    draw_right,
    draw_seconds,
)

SCHEMA = "examengine/simulated-pilot/1"
MOST_PERSONS = 20_000


def simulate_pilot(
    session: Session,
    clock: Clock,
    actor: Actor,
    exam_id: str,
    *,
    persons_per_form: int,
    seed: int,
) -> Administration:
    """Simulate responses to every published form of an exam and store them as an administration.

    Args:
        session: The transaction.
        clock: Tells when.
        actor: A psychometrician.
        exam_id: The exam; its forms must be published.
        persons_per_form: How many simulated candidates answer each form.
        seed: Of the generator; the same seed gives the same responses.

    Raises:
        NotAllowed: The actor is no psychometrician.
        ExamUnknown: There is no such exam.
        PilotRefused: No form is published, the numbers make no sense, or it was done before.
    """
    require(actor, Role.PSYCHOMETRICIAN)
    exam, forms = find_exam(session, exam_id), forms_of(session, exam_id)
    _check(forms, persons_per_form, seed)
    source = digest(pilot_body(exam, forms, persons_per_form, seed))
    if any(one.source_digest == source for one in list_administrations(session)):
        raise PilotRefused("this pilot was simulated before; another seed makes another one")
    refs = sorted({item.ref for form in forms for item in form.items}, key=_name)
    versions = item_versions(session, refs)
    _check_marked_by_key(versions)
    answers = draw_answers(np.random.default_rng(seed), forms, versions, persons_per_form)
    return record_administration(
        session,
        clock,
        actor,
        exam,
        answers,
        title=f"Simulated pilot of {exam.title}"[:200],
        simulated=True,
        test=True,
        source_digest=source,
        at=clock.now(),
    )


def pilot_body(exam: Exam, forms: Sequence[Form], persons: int, seed: int) -> dict[str, Any]:
    """Return what a pilot's digest covers: enough to simulate it again."""
    return {
        "schema": SCHEMA,
        "exam": {"id": exam.id, "digest": exam.digest},
        "forms": [form.digest for form in forms],
        "persons_per_form": persons,
        "seed": seed,
    }


def draw_answers(
    rng: np.random.Generator,
    forms: Sequence[Form],
    versions: dict[ItemRef, ItemVersion],
    persons_per_form: int,
) -> list[CandidateResponses]:
    """Draw what simulated candidates answer, form by form.

    Args:
        rng: The generator.
        forms: The forms; an item that stands in several has the same true parameters in each.
        versions: Their items.
        persons_per_form: Candidates of each form.
    """
    refs = sorted(versions, key=_name)
    truth = draw_items(rng, len(refs))
    return [
        answers
        for form in forms
        for answers in _form_answers(rng, form, versions, truth, refs, persons_per_form)
    ]


def _form_answers(
    rng: np.random.Generator,
    form: Form,
    versions: dict[ItemRef, ItemVersion],
    truth: TrueItems,
    refs: list[ItemRef],
    n_persons: int,
) -> list[CandidateResponses]:
    items = [versions[item.ref] for item in form.items]
    places = [refs.index(item.ref) for item in form.items]
    persons = draw_persons(rng, n_persons)
    right = draw_right(rng, persons.theta, TrueItems(truth.a[places], truth.b[places]))
    omitted = draw_omitted(rng, persons.theta, right)
    expected = np.array([float(item.seconds) for item in items])
    seconds = draw_seconds(rng, persons.speed, expected)
    columns = []
    for place, item in enumerate(items):
        a, b = float(truth.a[places[place]]), float(truth.b[places[place]])
        key, others = _answers(rng, item, persons.theta, a, b)
        columns.append(
            [
                key if right[row, place] else None if omitted[row, place] else others[row]
                for row in range(n_persons)
            ]
        )
    ids = [item.item_id for item in items]
    return [
        CandidateResponses(
            candidate=f"Simulated candidate {form.code}-{row + 1:04d}",
            form=form,
            responses={item_id: columns[at][row] for at, item_id in enumerate(ids)},
            seconds=dict(zip(ids, seconds[row].tolist(), strict=True)),
        )
        for row in range(n_persons)
    ]


def _answers(
    rng: np.random.Generator, item: ItemVersion, theta: FloatArray, a: float, b: float
) -> tuple[Any, list[Any]]:
    """Return the key, and what each person would answer who does not get all points.

    Args:
        rng: The generator.
        item: The item.
        theta: Abilities, shape (n_persons,), logits.
        a: Its true slope, 1/logit.
        b: Its true difficulty, logits.
    """
    item_type = ITEM_TYPES[item.item_type]
    (key,), *partly, wrong = item_type.expected_responses(item.content).values()
    levels = [wrong, *reversed(partly)]
    drawn = [draw_distractors(rng, theta, len(responses)) for responses in levels]
    reached = draw_levels(rng, theta, a, b, len(partly)) if partly else np.zeros_like(drawn[0])
    return key, [levels[level][drawn[level][row]] for row, level in enumerate(reached.tolist())]


def _check(forms: Sequence[Form], persons_per_form: int, seed: int) -> None:
    if not forms:
        raise PilotRefused("the exam has no published form; publish its forms first")
    if not 1 <= persons_per_form <= MOST_PERSONS:
        raise PilotRefused(f"give 1 to {MOST_PERSONS} candidates for each form")
    if not 0 <= seed < 2**53:
        raise PilotRefused("give a whole number that is not negative as the seed")


def _check_marked_by_key(versions: Mapping[ItemRef, ItemVersion]) -> None:
    by_hand = [one.item_id for one in versions.values() if ITEM_TYPES[one.item_type].by_person]
    if by_hand:
        raise PilotRefused(f"a person marks {by_hand[0]}, and no program can stand in for them")


def _name(ref: ItemRef) -> tuple[str, int]:
    return ref.item_id, ref.version
