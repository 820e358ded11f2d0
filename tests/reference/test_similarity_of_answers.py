"""Similarity on the real licensure exam, whose vendor named the candidates it suspected."""

import numpy as np
import pytest
from reference_files import mirt_parameters, table

from examengine.psychometrics.item_keys import ItemKey
from examengine.psychometrics.response_files import ResponseData
from examengine.psychometrics.responses import Responses
from examengine.psychometrics.similarity import METHODS, compare_answers, evidence_of


def licensure_exam():
    """Chosen options of the operational items, the test centres, and whom the vendor flagged."""
    header, rows = table("data/credential_raw.csv")
    about, persons = table("data/credential_persons.csv")
    columns, items = table("data/credential_items.csv")
    key = {
        row[columns.index("item")]: row[columns.index("key")]
        for row in items
        if row[columns.index("role")] == "operational"
    }
    chosen = {name: tuple(row[header.index(name)] for row in rows) for name in key}
    scores = np.stack([np.array(chosen[name]) == key[name] for name in key], axis=1)
    shown = np.stack([np.array(chosen[name]) != "" for name in key], axis=1)
    names, centres, flagged = (
        [row[about.index(column)] for row in persons] for column in ("EID", "Cent_id", "Flagged")
    )
    data = ResponseData(
        source="credential",
        responses=Responses.from_matrix(
            np.where(shown, scores, -1).astype(np.int8), item_ids=list(key), person_ids=names
        ),
        keys={name: ItemKey(name, (right,)) for name, right in key.items()},
        chosen=chosen,
    )
    suspects = {name for name, flag in zip(names, flagged, strict=True) if flag == "1"}
    return data, centres, suspects


@pytest.mark.parametrize("code", ["gbt", "omega", "k2"])
def test_the_most_similar_pairs_of_a_centre_are_those_the_vendor_suspected(code):
    """
    Of 5,560 pairs within a test centre the most similar are of suspects, most of all pairs are not.
    """
    data, centres, suspects = licensure_exam()
    parameters = mirt_parameters("credential_2pl170")

    found = compare_answers(evidence_of(data, parameters), METHODS[code], rooms=centres, level=0.01)

    strongest = [{row.first, row.second} for row in found.pairs[:3]]
    assert len(strongest) == 3
    assert all(pair <= suspects for pair in strongest)
    pairs = found.n_compared + found.n_undefined
    assert pairs == 5560 * (2 if METHODS[code].directed else 1)
    assert found.tails[0].share < 0.07
