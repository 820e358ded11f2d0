"""Response, key, parameter, prior and model files: what is read, and what is said of faults."""

import json

import numpy as np
import pytest

from examengine.psychometrics.csv_tables import UnusableFile, read_csv
from examengine.psychometrics.item_keys import read_keys
from examengine.psychometrics.parameter_files import (
    as_json,
    read_models,
    read_parameters,
    read_priors,
    write_parameters,
)
from examengine.psychometrics.parameters import ItemParameters, ParameterSet
from examengine.psychometrics.response_files import read_responses


def faults_of(read, *arguments, **options):
    """The sentences with which a reader refuses."""
    with pytest.raises(UnusableFile) as refusal:
        read(*arguments, **options)
    return refusal.value.faults


def test_scores_weights_and_absent_cells_are_read():
    """
    Ids, weights, scores of several points and cells not presented come through as they stand.
    """
    found = read_responses(
        "r.csv", b"person_id,weight,Q1,Q2\nAda,2,1,3\nBo,0.5,NA,0\nCy,1,,2.0\n"
    ).responses

    assert found.person_ids == ("Ada", "Bo", "Cy")
    assert found.scores.tolist() == [[1, 3], [-1, 0], [-1, 2]]
    assert found.max_scores.tolist() == [1, 3]
    assert found.weights.tolist() == [2.0, 0.5, 1.0]
    assert found.group is None


def test_groups_play_a_part_only_when_named():
    """
    The column group is never an item; another column is a group when it is asked for.
    """
    content = b"group,sex,Q1\nA,f,1\nB,m,0\n"

    by_sex = read_responses("r.csv", content, group="sex").responses
    plain = faults_of(read_responses, "r.csv", content)

    assert by_sex.group == ("f", "m")
    assert by_sex.item_ids == ("Q1",)
    assert plain[0].startswith("r.csv: row 2, column 'sex': 'f'")


def test_options_are_scored_with_the_key():
    """
    Accepted options score the item's points, others nothing; a column without a key holds scores.
    """
    keys = read_keys("k.csv", b"item_id,key,max_score\nQ1,B|C,\nQ2,4,2\nQ3,,5\n")

    found = read_responses("r.csv", b"Q1,Q2,Q3\nB,4,5\nC,1,0\nA,,NA\n", keys=keys)

    assert found.responses.scores.tolist() == [[1, 2, 5], [1, 0, 0], [0, -1, -1]]
    assert found.responses.max_scores.tolist() == [1, 2, 5]
    assert found.chosen == {"Q1": ("B", "C", "A"), "Q2": ("4", "1", "")}


def test_a_person_who_was_presented_nothing_keeps_the_row():
    """
    A row of empty cells is a person, not a blank line; a blank line is nobody.
    """
    found = read_responses("r.csv", b"Q1,Q2\n1,0\n,\n\n0,1\n").responses

    assert found.scores.tolist() == [[1, 0], [-1, -1], [0, 1]]


def test_every_fault_names_row_and_column():
    """
    A bad score, a repeated person, a bad weight and a missing group are four sentences.
    """
    content = b"person_id,weight,g,Q1\nAda,1,x,1\nAda,0,x,0\nBo,1,,yes\n"

    faults = faults_of(read_responses, "r.csv", content, group="g")

    assert sorted(fault.split(";")[0] for fault in faults) == [
        "r.csv: row 3, column 'person_id': 'Ada'",
        "r.csv: row 3, column 'weight': '0'",
        "r.csv: row 4, column 'Q1': 'yes'",
        "r.csv: row 4, column 'g': ''",
    ]


def test_a_column_the_key_does_not_know_is_named():
    """
    A column that is no item of the key is refused with what can be done about it.
    """
    keys = read_keys("k.csv", b"item_id,key\nQ1,A\n")

    faults = faults_of(read_responses, "r.csv", b"Q1,age\nA,31\n", keys=keys)

    assert "column 'age' is no item of the key" in faults[0]


def test_a_hundred_faults_are_enough():
    """
    Of 250 bad cells a hundred are listed and the rest counted.
    """
    content = b"Q1\n" + b"x\n" * 250

    faults = faults_of(read_responses, "r.csv", content)

    assert len(faults) == 101
    assert faults[-1] == "… and 150 more faults"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "the file is empty"),
        (b"Q1,Q2\n", "no rows below the header"),
        (b"Q1,Q1\n1,0\n", "stands twice"),
        (b"Q1,\n1,0\n", "has no name"),
        (b"Q1,Q2\n1\n", "row 2: 1 cells; the header has 2"),
        (b"Q1\n\xff\n", "row 2 is not UTF-8"),
        (b'Q1\n"1\n', "unexpected end of data"),
        (b"person_id\nAda\n", "no item column"),
    ],
)
def test_broken_tables_are_refused_in_words(content, words):
    """
    An empty, cut-off or misencoded table says what is wrong with it and where.
    """
    assert words in faults_of(read_responses, "r.csv", content)[0]


def test_a_table_from_a_spreadsheet_is_read():
    """
    A byte order mark, Windows line ends, quotes, padding and blank lines do no harm.
    """
    table = read_csv("t.csv", '\ufeffa, b\r\n"1,5",2 \r\n\r\n3,4\r\n'.encode())

    assert table.header == ("a", "b")
    assert table.rows == (("1,5", "2"), ("3", "4"))
    assert table.lines == (2, 4)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"item,key\nQ1,A\n", "no column 'item_id'"),
        (b"item_id,key\nQ1,A\nQ1,B\n", "appears twice"),
        (b"item_id,key\nQ1,A||B\n", "separated by one |"),
        (b"item_id,key,max_score\nQ1,A,0\n", "from 1 to"),
    ],
)
def test_broken_keys_are_refused_in_words(content, words):
    """
    A key file says which column, row and cell cannot be used.
    """
    assert words in faults_of(read_keys, "k.csv", content)[0]


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
