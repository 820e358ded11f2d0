"""Parameter, prior and model files: what is read, and what is said of faults."""

import json

import numpy as np
import pytest

from examengine.psychometrics.csv_tables import UnusableFile
from examengine.psychometrics.documents import as_json
from examengine.psychometrics.estimation import read_models, read_priors
from examengine.psychometrics.parameters import (
    ItemParameters,
    ParameterSet,
    read_parameters,
    write_parameters,
)


def faults_of(read, *arguments):
    """The sentences with which a reader refuses."""
    with pytest.raises(UnusableFile) as refusal:
        read(*arguments)
    return refusal.value.faults


def test_parameters_come_back_as_they_were_written():
    """
    Writing a parameter set and reading it gives the same items and groups.
    """
    parameters = ParameterSet(
        (
            ItemParameters("Q1", "2pl", {"a": 1.25, "b": -0.5, "c": 0.0, "d": 1.0}),
            ItemParameters("Q2", "grm", {"a": 0.8, "thresholds": (-1.0, 0.25)}),
        )
    )

    found = read_parameters("p.json", write_parameters(parameters).encode())

    assert [item.values for item in found.items] == [item.values for item in parameters.items]
    assert found.groups == parameters.groups


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"{", "p.json: row 1"),
        (b'{"schema": "other/1", "items": []}', "schema is 'other/1'"),
        (b'{"metric": "normal", "items": []}', "multiply every a by D"),
        (b'{"items": [{"item_id": "Q1", "model": "2pl", "a": 1}]}', "'Q1'"),
        (b"[1]", "JSON object"),
        (b"\xff", "not UTF-8"),
        (b"[" * 100_000, "nested deeper"),
        (b'{"items": [{"item_id": "Q1", "a": NaN}]}', "NaN stands for no number"),
        (b'{"items": [3]}', "item 1 is 3; an object is needed"),
        (b'{"items": [{"item_id": 7, "model": "2pl"}]}', "item 1: item_id is 7; a text"),
        (b'{"items": [{"item_id": "Q1", "model": "2pl", "a": "x"}]}', "'Q1': a is 'x'; a number"),
        (b'{"items": [{"item_id": "Q1", "model": "2pl", "a": 1e200}]}', "from -1e+09 to 1e+09"),
        (
            b'{"items": [{"item_id": "Q1", "model": "2pl", "n": 1e999}]}',
            "n is inf; a number from 0",
        ),
        (b'{"items": [{"item_id": "Q1", "model": "grm", "thresholds": 1}]}', "a list of 1 to 121"),
        (b'{"items": [{"item_id": "Q1", "model": "2pl", "se": {"b": []}}]}', "standard error of b"),
        (b'{"items": [], "quadrature": {"points": 1000000}}', "whole number from 5 to 1001"),
        (b'{"items": [], "quadrature": {"range": [6, -6]}}', "the lower first"),
        (b'{"items": [], "groups": [{"group": "a", "sd": "1"}]}', "group 1: sd is '1'"),
    ],
)
def test_broken_parameters_are_refused_in_words(content, words):
    """
    A parameter file that is none, or is in another metric, says so with its name.
    """
    faults = faults_of(read_parameters, "p.json", content)

    assert words in faults[0]
    assert all(fault.startswith("p.json") for fault in faults)


def test_priors_are_read_and_faults_named():
    """
    A prior on c is read; an unknown distribution is refused with the known ones.
    """
    priors = read_priors("p.toml", b'[c]\ndistribution = "beta"\nalpha = 5\nbeta = 17\n')

    faults = faults_of(read_priors, "p.toml", b'[c]\ndistribution = "cauchy"\n')

    assert set(priors.of("any")) == {"c"}
    assert "beta" in faults[0]
    assert faults_of(read_priors, "p.toml", b"[c\n")[0].startswith("p.toml")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"a = 1", "prior on a is 1; a table"),
        (b"items = 3", "items is no table"),
        (b"[items]\nQ1 = 3", "item 'Q1' has no table of priors"),
        (b'[a]\ndistribution = ["x"]', "distribution is ['x']; a text is needed"),
        (b'[a]\ndistribution = "normal"\nmean = true\nsd = 1', "mean is True; a number is needed"),
        (b'[a]\ndistribution = "normal"\nmean = 0\nsd = inf', "sd is inf; a number is needed"),
        (b'[a]\ndistribution = "normal"\nmean = 0\nsd = 1\nfrom = 2020-01-01', "from is"),
        (b"a = " + b"[" * 100_000, "nested deeper"),
        (b"\xff", "not UTF-8"),
    ],
)
def test_broken_priors_are_refused_in_words(content, words):
    """
    A prior file of another shape says which part is none, with the name of the file in front.
    """
    faults = faults_of(read_priors, "p.toml", content)

    assert words in faults[0]
    assert all(fault.startswith("p.toml") for fault in faults)


def test_models_are_read_by_item():
    """
    A model file gives each item its model, and names a model nobody knows.
    """
    found = read_models("m.csv", b"item_id,model\nQ1,2pl\nQ2,grm\n")

    faults = faults_of(read_models, "m.csv", b"item_id,model\nQ1,5pl\nQ1,2pl\n")

    assert found == {"Q1": "2pl", "Q2": "grm"}
    assert "row 2, column 'model': '5pl'" in faults[0]
    assert "stands twice" in faults[1]


def test_documents_are_strict_json_with_matrices_on_lines():
    """
    Lists of numbers go on one line, texts with line breaks survive, and NaN is refused.
    """
    document = {"m": [[1, 2.5], [None, -3e-7]], "t": ["1,\n2", "x"]}

    text = as_json(document)

    assert json.loads(text) == document
    assert "[ 1, 2.5 ]" in text
    with pytest.raises(ValueError, match="not JSON compliant"):
        as_json({"x": np.nan})
