"""`examengine cut`: a cut score from a panel's judgements."""

from pathlib import Path
from typing import Annotated, Any

import typer

from examengine.commands.files import content_of, put, refusals_as_faults
from examengine.commands.psychometric_input import UnusableOption, marked, simulated_in
from examengine.commands.psychometric_options import Out
from examengine.psychometrics.csv_tables import read_csv
from examengine.psychometrics.cut_scores import METHODS, Recommendation
from examengine.psychometrics.documents import CODE_VERSION, as_json, plain


def cut(
    method: Annotated[str, typer.Argument(help=", ".join(sorted(METHODS)))],
    ratings: Annotated[Path, typer.Argument(help="Judges' ratings (CSV).")],
    simulated: Annotated[
        bool, typer.Option("--simulated", help="A program gave the ratings: the document says so.")
    ] = False,
    out: Out = None,
) -> None:
    """Recommend a cut score from a panel's judgements (JSON).

    Modified Angoff takes one row a judge (judge_id, optional round, one column an item) or one row
    a rating (judge_id, item_id, rating, optional round and max_score); ratings are 0 to 1.

    Example: examengine cut modified-angoff ratings.csv
    """
    with refusals_as_faults():
        if method not in METHODS:
            raise UnusableOption(f"method {method!r} is none of {', '.join(sorted(METHODS))}")
        table = read_csv(str(ratings), content_of(ratings))
        document = cut_document(METHODS[method].recommend(table))
        made_up = simulated_in(simulated, responses=[ratings])
        put(as_json(marked(document, simulated=made_up)), out)


def cut_document(found: Recommendation) -> dict[str, Any]:
    """Return a recommended cut score as a document, `examengine/cut-score/1`."""
    return {"schema": "examengine/cut-score/1", "code_version": CODE_VERSION, **plain(found)}
