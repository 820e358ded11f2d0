"""Twelve items, six of them worth two points, answered by people of known ability. Simulated."""

from dataclasses import dataclass

import numpy as np
from sqlalchemy import Engine

from examengine import accounts, assembly, bank, db, delivery
from examengine.bank.formats import load_files
from examengine.kernel.clock import Clock
from examengine.psychometrics.batches import category_probabilities
from examengine.psychometrics.parameters import ItemParameters
from tests.bank.small_bank import files, item
from tests.calibration.world import SAMPLE

N_PERSONS = 1500
SEED = 20261129
PLACES = (-1.0, -0.6, -0.2, 0.2, 0.6, 1.0)
SLOPES = (0.8, 1.0, 1.2, 1.4, 1.1, 0.9)
STEP = 0.6
"""The two steps of an item lie so far below and above its place, logits."""


@dataclass(frozen=True, slots=True)
class GradedWorld:
    """What was stored, and the parameters behind it."""

    form: assembly.Form
    administration: delivery.Administration
    truth: dict[str, ItemParameters]


def true_parameters() -> dict[str, ItemParameters]:
    """G-1 to G-6 follow the GPCM with two steps, R-1 to R-6 the 2PL."""
    found = []
    for place, (a, b) in enumerate(zip(SLOPES, PLACES, strict=True), start=1):
        steps = (b - STEP, b + STEP)
        found.append(ItemParameters(f"G-{place}", "gpcm", {"a": a, "steps": steps}))
        found.append(ItemParameters(f"R-{place}", "2pl", {"a": a, "b": b}))
    return {one.item_id: one for one in found}


def draw_scores(truth: dict[str, ItemParameters], n_persons: int, seed: int) -> np.ndarray:
    """Scores of people from N(0, 1), shape (n_persons, n_items)."""
    rng = np.random.default_rng(seed)
    shares = category_probabilities(list(truth.values()), rng.normal(size=n_persons))
    above = rng.random((n_persons, len(truth), 1)) > np.cumsum(shares, axis=2)[:, :, :-1]
    return above.sum(axis=2)


def graded_items() -> list[dict]:
    """The items: numeric ones with a band, and right/wrong ones of one choice."""
    numeric = bank.ITEM_TYPES["numeric_entry"]
    bands = next(rule for rule in numeric.scoring_rules if rule.name == "bands").example
    return [
        item(
            item_id,
            "numeric_entry" if one.model == "gpcm" else "single_choice",
            stem=f"Question {item_id} of a test.",
            **({"scoring": bands} if one.model == "gpcm" else {}),
        )
        for item_id, one in true_parameters().items()
    ]


def published(session, clock: Clock) -> assembly.Form:
    """A published form of the twelve items."""
    console = accounts.system_actor()
    items = graded_items()
    report = bank.import_bank(session, clock, console, load_files(files(*items)))
    assert report.accepted, report
    spec = assembly.read_exam(SAMPLE / "exam.toml")
    blueprint = {"forms": 1, "length": len(items), "common": 0, "areas": {"change": len(items)}}
    exam = assembly.save_exam(
        session, clock, console, {**spec, "bank": "small", "blueprint": blueprint}
    )
    versions = bank.latest_versions(session, "small")
    chosen = [assembly.FormItem(one.ref, scored=True) for one in versions]
    return assembly.publish_given_form(session, clock, console, exam.id, "A", chosen)


def graded_world(engine: Engine, clock: Clock, *, n_persons: int = N_PERSONS) -> GradedWorld:
    """The form, and an administration with the drawn answers, committed."""
    truth = true_parameters()
    scores = draw_scores(truth, n_persons, SEED)
    with db.writing(engine) as session:
        form = published(session, clock)
        versions = bank.item_versions(session, [one.ref for one in form.items])
        answers = {ref.item_id: _answers(version) for ref, version in versions.items()}
        administration = delivery.record_administration(
            session,
            clock,
            accounts.system_actor(),
            assembly.find_exam(session, form.exam_id),
            [
                delivery.CandidateResponses(
                    candidate=f"Simulated candidate {row + 1:04d}",
                    form=form,
                    responses={
                        item_id: answers[item_id][score]
                        for item_id, score in zip(truth, scores[row].tolist(), strict=True)
                    },
                    seconds={},
                )
                for row in range(n_persons)
            ],
            title="Simulated answers worth points",
            simulated=True,
            test=True,
            source_digest="sha256:" + "7" * 64,
            at=clock.now(),
        )
    return GradedWorld(form, administration, truth)


def _answers(version: bank.ItemVersion) -> dict[int, object]:
    """An answer for each number of points."""
    item_type = bank.ITEM_TYPES[version.item_type]
    expected = item_type.expected_responses(version.content)
    return {points: responses[0] for points, responses in expected.items()}
