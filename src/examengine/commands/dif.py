"""`examengine dif`: do items work alike for matched candidates of different groups?"""

from collections.abc import Sequence
from typing import Annotated, Any

import typer

from examengine.commands.files import put, refusals_as_faults
from examengine.commands.psychometric_input import Fault, keys_from, responses_from
from examengine.commands.psychometric_options import Key, Out, Responses
from examengine.psychometrics.dif import (
    METHODS,
    DifferentialTestFunctioning,
    DifRow,
    compare_groups,
    differential_test_functioning,
)
from examengine.psychometrics.estimation.provenance import CODE_VERSION
from examengine.psychometrics.multiplicity import ADJUSTMENTS
from examengine.psychometrics.parameter_files import as_json
from examengine.psychometrics.results import plain


def dif(
    responses: Responses,
    group: Annotated[str, typer.Option(help="The column that names groups.")],
    method: Annotated[str, typer.Option(help=", ".join(sorted(METHODS)))] = "mh",
    reference: Annotated[
        str | None, typer.Option(help="The reference group; the first to appear unless given.")
    ] = None,
    purify: Annotated[
        bool, typer.Option("--purify", help="Match again without items of class B and C.")
    ] = False,
    adjust: Annotated[
        str, typer.Option(help=f"Control for the number of items: {', '.join(ADJUSTMENTS)}")
    ] = "bh",
    test: Annotated[
        bool, typer.Option("--test", help="Also what the flagged items do to the test score.")
    ] = False,
    key: Key = None,
    out: Out = None,
) -> None:
    """Look for items that work differently for matched candidates of different groups (JSON).

    Negative d_dif, smd_sd and std_p_dif: harder for the focal group. lr and wald calibrate for
    every item; --test calibrates once, with the items of class B and C apart.

    Example: examengine dif responses.csv --group sex --method mh --purify
    """
    with refusals_as_faults():
        if method not in METHODS:
            raise Fault(f"method {method!r} is none of {', '.join(sorted(METHODS))}")
        data = responses_from(responses, keys_from(key), group)
        found = compare_groups(
            data.responses, METHODS[method], reference=reference, purify=purify, adjustment=adjust
        )
        tests = differential_test_functioning(data.responses, found) if test else None
        put(as_json(dif_document(found, method, adjust, tests)), out)


def dif_document(
    rows: Sequence[DifRow],
    method: str,
    adjustment: str,
    tests: Sequence[DifferentialTestFunctioning] | None,
) -> dict[str, Any]:
    """Return a comparison of groups as a document, `examengine/dif/1`."""
    return {
        "schema": "examengine/dif/1",
        "code_version": CODE_VERSION,
        "method": method,
        "adjustment": adjustment,
        "items": plain(rows),
        **({} if tests is None else {"tests": plain(tests)}),
    }
