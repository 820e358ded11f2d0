"""Item parameters as values and as documents."""

import json

import pytest

from examengine.psychometrics.models import MODELS
from examengine.psychometrics.parameters import (
    GroupParameters,
    ItemParameters,
    ParameterSet,
    Quadrature,
)
from examengine.psychometrics.refusals import UnusableParameters

EXAMPLES = tuple(
    ItemParameters(code, code, model.example, n=10) for code, model in sorted(MODELS.items())
)


def test_a_set_survives_its_document():
    """
    Everything a set holds is in its JSON and comes back from it.
    """
    whole = ParameterSet(
        items=EXAMPLES,
        groups=(GroupParameters("x"), GroupParameters("y", 0.5, 1.2, False, {"mean": 0.1})),
        model="mixed",
        quadrature=Quadrature(41, -5.0, 5.0),
        n_persons=500,
        n_parameters=30,
        log_likelihood=-1000.5,
        log_posterior=-1003.5,
        priors={"c": {"distribution": "beta", "alpha": 5, "beta": 17}},
        iterations=12,
        converged=True,
        gradient_max=1e-5,
        seconds=0.5,
        estimator="mml-em",
        code_version="1",
        input_digest="sha256:00",
        warnings=("one",),
    )

    again = ParameterSet.from_dict(json.loads(json.dumps(whole.to_dict(), allow_nan=False)))

    assert again == whole


def test_a_document_says_what_the_format_says():
    """
    The fields of a right/wrong item and of the set are those of the file format.
    """
    item = ItemParameters(
        "i", "2pl", MODELS["2pl"].unpack(MODELS["2pl"].pack({"a": 2.0, "b": 0.5}))
    )

    document = ParameterSet(items=(item,), n_persons=100.0, n_parameters=2, log_likelihood=-50.0)

    written = document.to_dict()
    assert written["schema"] == "examengine/item-parameters/1"
    assert (written["metric"], written["D"], written["n_items"]) == ("logistic", 1.0, 1)
    assert written["aic"] == 104.0
    assert written["bic"] == pytest.approx(109.2103404)
    assert list(written["items"][0]) == [
        "item_id",
        "model",
        "a",
        "b",
        "c",
        "d",
        "slope",
        "intercept",
        "se",
        "anchored",
        "n",
    ]
    assert written["items"][0]["intercept"] == -1.0


def test_a_bare_document_is_enough():
    """
    A file with nothing but items is read with the defaults of the format.
    """
    read = ParameterSet.from_dict({"items": [{"item_id": "i", "model": "rasch", "b": 0.3}]})

    assert read.groups == (GroupParameters(),)
    assert read.item("i").coordinates.tolist() == [-0.3]
    assert read.aic is None


@pytest.mark.parametrize(
    ("document", "fault"),
    [
        ([], "a parameter file is a JSON object"),
        ({"schema": "other", "items": []}, "schema is 'other'"),
        ({"D": 1.702, "items": []}, "multiply every a by D"),
        ({"items": None}, "items is missing"),
        ({"items": []}, "there are no items"),
    ],
)
def test_other_documents_are_refused(document, fault):
    """
    A document that is no parameter file in our metric is refused with what is needed.
    """
    with pytest.raises(UnusableParameters, match=fault):
        ParameterSet.from_dict(document)


@pytest.mark.parametrize(
    ("entry", "fault"),
    [
        ({"model": "2pl"}, "two texts are needed"),
        ({"item_id": "i", "model": "5pl"}, "model '5pl' is none of"),
        ({"item_id": "i", "model": "2pl", "b": 0.1}, "a is missing"),
        ({"item_id": "i", "model": "2pl", "a": 1.0, "b": "x"}, "'x'"),
        ({"item_id": "i", "model": "2pl", "a": 1, "b": 0, "slope": 2}, "slope is 2"),
        ({"item_id": "i", "model": "3pl", "a": 1, "b": 0, "c": 1.2}, "0 ≤ c < d ≤ 1"),
        ({"item_id": "i", "model": "2pl", "a": 1, "b": 0, "c": 0.2}, "has 0"),
        ({"item_id": "i", "model": "grm", "a": 1, "thresholds": [1, 0]}, "must exceed the last"),
        ({"item_id": "i", "model": "nrm", "slopes": [0, 1], "intercepts": [0]}, "one of each"),
        ({"item_id": "i", "model": "pcm", "a": 2, "steps": [0, 1]}, "has 1"),
    ],
)
def test_items_that_are_no_items_are_refused(entry, fault):
    """
    An item with a missing, wrong or contradictory value is refused by name.
    """
    with pytest.raises(UnusableParameters, match=fault):
        ParameterSet.from_dict({"items": [entry]})


def test_every_fault_is_reported_at_once():
    """
    A file with several wrong items names them all.
    """
    entries = [{"item_id": f"i{n}", "model": "2pl"} for n in range(3)]

    with pytest.raises(UnusableParameters) as refusal:
        ParameterSet.from_dict({"items": entries})

    assert len(refusal.value.faults) == 3


def test_an_item_stands_once():
    """
    Two entries for one item are a contradiction.
    """
    with pytest.raises(UnusableParameters, match="more than once"):
        ParameterSet(items=(EXAMPLES[0], EXAMPLES[0]))
