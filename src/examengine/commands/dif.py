"""`examengine dif`: do items work alike for matched candidates of different groups?"""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from examengine.commands.files import put, refusals_as_faults
from examengine.commands.psychometric_input import (
    UnusableOption,
    keys_from,
    marked,
    models_by_item,
    responses_from,
    simulated_in,
    warn,
)
from examengine.commands.psychometric_options import Key, Out, ResponsesArgument, SimulatedOption
from examengine.psychometrics.dif import (
    METHODS,
    DifferentialTestFunctioning,
    DifRow,
    compare_groups,
    differential_test_functioning,
)
from examengine.psychometrics.documents import CODE_VERSION, as_json, plain
from examengine.psychometrics.enumeration import some_of
from examengine.psychometrics.multiplicity import ADJUSTMENTS
from examengine.psychometrics.option_categories import by_option, options_to_calibrate
from examengine.psychometrics.response_files import ResponseData


def dif(
    responses: ResponsesArgument,
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
    models: Annotated[
        Path | None,
        typer.Option(
            help="A model an item (CSV), for lr, wald and --test; 2pl and grm unless given."
        ),
    ] = None,
    key: Key = None,
    simulated: SimulatedOption = False,
    out: Out = None,
) -> None:
    """Look for items that work differently for matched candidates of different groups (JSON).

    Negative d_dif, smd_sd and std_p_dif: harder for the focal group. lr and wald calibrate for
    every item, under the model that stands beside it; --test calibrates once, with the items of
    class B and C apart.

    Example: examengine dif responses.csv --group sex --method mh --purify
    """
    with refusals_as_faults(responses):
        if method not in METHODS:
            raise UnusableOption(f"method {method!r} is none of {', '.join(sorted(METHODS))}")
        if models is not None and not (METHODS[method].calibrates or test):
            raise UnusableOption(
                f"--models: no part in --method {method} without --test; leave it out"
            )
        data = responses_from(responses, keys_from(key), group)
        chosen = None if models is None else _models_from(models, data)
        # A model knows an item with a key as right or wrong, however many points it is worth.
        categories = by_option(data, {}).responses
        found = compare_groups(
            categories if METHODS[method].calibrates else data.responses,
            METHODS[method],
            reference=reference,
            purify=purify,
            adjustment=adjust,
            models=chosen,
        )
        tests = differential_test_functioning(categories, found, chosen) if test else None
        for warning in _warnings(found):
            warn(warning)
        made_up = simulated_in(simulated, responses=[responses])
        document = dif_document(found, method, adjust, tests)
        put(as_json(marked(document, simulated=made_up)), out)


def _warnings(rows: Sequence[DifRow]) -> Iterator[str]:
    """What the comparisons have to be read with: one sentence a note, with its items."""
    about: dict[tuple[str, str, str], list[str]] = {}
    sizes: dict[tuple[str, str], int] = {}
    for row in rows:
        groups = row.focal, row.reference
        sizes[groups] = sizes.get(groups, 0) + 1
        for note in row.notes:
            about.setdefault((*groups, note), []).append(row.item_id)
    for (focal, reference, note), item_ids in about.items():
        every = len(item_ids) == sizes[focal, reference]
        where = "all items" if every else some_of(item_ids)
        yield f"{focal} against {reference}, {where}: {note}"


def _models_from(path: Path, data: ResponseData) -> Mapping[str, str]:
    """Return the model of each item.

    Raises:
        Fault: The nominal model is asked for where an item has chosen options.
        UnusableFile: The file does not name a model for every item.
    """
    named = models_by_item(data, path)
    by_option = options_to_calibrate(data, named, ())
    if by_option:
        raise UnusableOption(
            f"{path}: {', '.join(by_option)}: nrm is the model of chosen options, but groups are "
            "compared by scores; 2pl says the same of right and wrong"
        )
    return named


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
