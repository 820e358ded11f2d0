"""The forms in a response matrix: a form is a set of items that persons were presented together."""

from collections.abc import Iterator

import numpy as np

from examengine.psychometrics.responses import Responses

FEWEST_PERSONS = 30


def frequent_forms(responses: Responses, fewest: float = FEWEST_PERSONS) -> Iterator[Responses]:
    """Every form given to enough persons, with just its items and persons.

    Args:
        responses: Persons by items, missing by design allowed.
        fewest: Forms given to fewer persons (by weight) are left out, and so is whoever was
            presented nothing.

    Yields:
        Responses without missing cells, the most frequent form first, ties in order of appearance.
    """
    sets, first, inverse = np.unique(
        responses.presented, axis=0, return_index=True, return_inverse=True
    )
    set_of = inverse.reshape(-1)
    counts = np.bincount(set_of, weights=responses.weights, minlength=sets.shape[0])
    for number in np.lexsort((first, -counts)):
        if counts[number] >= fewest and sets[number].any():
            ids = (one for one, kept in zip(responses.item_ids, sets[number], strict=True) if kept)
            yield responses.with_persons(set_of == number).with_items(ids)
