"""Commands for psychometricians: files in, tables of results out, no database."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Annotated

import typer

from examengine.commands.analysis_page import analysis_page
from examengine.commands.files import content_of, put, refusals_as_faults
from examengine.commands.psychometric_input import (
    Fault,
    abilities_from,
    keys_from,
    models_for,
    parameters_from,
    priors_from,
    responses_from,
)
from examengine.commands.psychometric_output import (
    analysis_document,
    cut_document,
    decisions_document,
    dif_document,
    fit_document,
    link_document,
    scores_csv,
)
from examengine.psychometrics.ability import METHODS as ABILITY_METHODS
from examengine.psychometrics.ability import estimate_abilities
from examengine.psychometrics.csv_tables import read_csv
from examengine.psychometrics.cut_scores import METHODS as CUT_METHODS
from examengine.psychometrics.dif import METHODS as DIF_METHODS
from examengine.psychometrics.dif import compare_groups
from examengine.psychometrics.estimation import ESTIMATORS, calibrate
from examengine.psychometrics.linking import METHODS as LINKING_METHODS
from examengine.psychometrics.linking import CurveWeights, alternatives, link
from examengine.psychometrics.parameter_files import as_json, write_parameters
from examengine.psychometrics.results import Evidence, analyse, decisions_at, model_agreement

Responses = Annotated[Path, typer.Argument(help="Responses (CSV): one row a person.")]
Key = Annotated[Path | None, typer.Option(help="Key (CSV): item_id,key; for chosen options.")]
Out = Annotated[Path | None, typer.Option(help="Write here instead of stdout.")]
Group = Annotated[str | None, typer.Option(help="The column that names groups.")]
Params = Annotated[Path, typer.Option("--params", help="Item parameters (JSON).")]


def register(app: typer.Typer) -> None:
    """Add these commands to the command line."""
    app.command("analyse")(analyse_responses)
    app.command("calibrate")(calibrate_responses)
    app.command("score")(score)
    app.command("fit")(fit)
    app.command("classify")(classify)
    app.command("dif")(dif)
    app.command("link")(link_parameters)
    app.command("cut")(cut)


def analyse_responses(
    responses: Responses,
    key: Key = None,
    omit: Annotated[
        list[str] | None, typer.Option(help="Option id that means left out; may be repeated.")
    ] = None,
    html: Annotated[Path | None, typer.Option(help="Also write a report to read.")] = None,
    out: Out = None,
) -> None:
    """Analyse an administration classically: items, options, totals, reliability (JSON).

    Example: examengine analyse responses.csv --key key.csv --html report.html
    """
    with refusals_as_faults():
        data = responses_from(responses, keys_from(key))
        found = analyse(data, omitted=omit or ())
        document = analysis_document(found, data)
        put(as_json(document), out)
        if html is not None:
            put(analysis_page(document, title=responses.name), html)


def calibrate_responses(
    responses: Responses,
    model: Annotated[str | None, typer.Option(help="Model of all items, such as 2pl.")] = None,
    models: Annotated[Path | None, typer.Option(help="A model an item (CSV).")] = None,
    key: Key = None,
    anchors: Annotated[Path | None, typer.Option(help="Items held fixed (JSON).")] = None,
    priors: Annotated[Path | None, typer.Option(help="Prior distributions (TOML).")] = None,
    group: Group = None,
    reference: Annotated[str | None, typer.Option(help="The reference group.")] = None,
    estimator: Annotated[str, typer.Option(help=" or ".join(ESTIMATORS))] = "mml-em",
    tolerance: Annotated[float, typer.Option(min=1e-12, help="Largest change at the end.")] = 1e-4,
    max_cycles: Annotated[int, typer.Option(min=1, help="Most passes over the data.")] = 500,
    points: Annotated[int, typer.Option(min=5, max=1001, help="Quadrature points.")] = 61,
    limits: Annotated[
        tuple[float, float], typer.Option("--range", help="Lowest and highest point.")
    ] = (-6.0, 6.0),
    fixed_grid: Annotated[
        bool, typer.Option("--fixed-grid", help="Points do not move with the deviation.")
    ] = False,
    threads: Annotated[int, typer.Option(min=1, max=64, help="Threads to work on.")] = 1,
    out: Out = None,
) -> None:
    """Estimate item parameters by marginal maximum likelihood (JSON).

    A run that does not converge says so on stderr and in the file, and ends with status 0.

    Example: examengine calibrate responses.csv --model 2pl --out params.json
    """
    with refusals_as_faults(), ThreadPoolExecutor(threads) as pool:
        keys = keys_from(key)
        data = responses_from(responses, keys, group)
        found = calibrate(
            data.responses,
            models_for(data, model, models),
            points=points,
            limits=limits,
            tolerance=tolerance,
            max_cycles=max_cycles,
            priors=priors_from(priors),
            anchors=() if anchors is None else parameters_from(anchors).items,
            by_group=group is not None,
            reference=reference,
            scale_nodes=not fixed_grid,
            estimator=estimator,
            executor=pool if threads > 1 else None,
        ).parameters
        for warning in found.warnings:
            typer.echo(f"warning: {warning}", err=True)
        if not found.converged:
            typer.echo("warning: the calibration did not converge", err=True)
        put(write_parameters(found), out)


def score(
    responses: Responses,
    params: Params,
    method: Annotated[str, typer.Option(help=", ".join(sorted(ABILITY_METHODS)))] = "eap",
    key: Key = None,
    group: Group = None,
    out: Out = None,
) -> None:
    """Estimate the ability of every person (CSV: person_id, theta, se, n_answered, raw_score).

    Example: examengine score responses.csv --params params.json --method eap --out scores.csv
    """
    with refusals_as_faults():
        data = responses_from(responses, keys_from(key), group)
        found = estimate_abilities(data.responses, parameters_from(params), method)
        at_bound = int(found.at_bound.sum())
        if at_bound:
            typer.echo(f"warning: {at_bound} estimates lie at a bound of the scale", err=True)
        put(scores_csv(found), out)


def fit(
    responses: Responses, params: Params, key: Key = None, group: Group = None, out: Out = None
) -> None:
    """Test the fit of items, persons, pairs of items and the whole model (JSON).

    Residuals are taken at expected a posteriori abilities.

    Example: examengine fit responses.csv --params params.json --out fit.json
    """
    with refusals_as_faults():
        data = responses_from(responses, keys_from(key), group)
        found = model_agreement(data.responses, parameters_from(params))
        if found.model_note:
            typer.echo(f"no model fit: {found.model_note}", err=True)
        put(as_json(fit_document(found)), out)


def classify(
    cut: Annotated[float, typer.Option("--cut", help="The cut score.")],
    responses: Annotated[Path | None, typer.Argument(help="Responses (CSV).")] = None,
    params: Annotated[Path | None, typer.Option(help="Item parameters (JSON).")] = None,
    scores: Annotated[
        Path | None, typer.Option(help="Abilities (CSV: theta, se), as `score` prints them.")
    ] = None,
    theta: Annotated[
        bool, typer.Option("--theta", help="The cut is in logits, not in points.")
    ] = False,
    reliability: Annotated[
        float | None, typer.Option(help="Of the total score; alpha unless given.")
    ] = None,
    key: Key = None,
    out: Out = None,
) -> None:
    """Judge pass/fail decisions: accuracy, consistency, kappa, error at the cut (JSON).

    A cut in points: Livingston-Lewis and Hanson-Brennan from responses, Lee from parameters. A cut
    in logits: Rudner from scores, or from responses and parameters; Lee from parameters.

    Example: examengine classify responses.csv --params params.json --cut 104
    """
    with refusals_as_faults():
        estimates = None if scores is None else abilities_from(scores)
        evidence = Evidence(
            responses=None
            if responses is None
            else responses_from(responses, keys_from(key)).responses,
            parameters=None if params is None else parameters_from(params),
            theta=None if estimates is None else estimates[0],
            se=None if estimates is None else estimates[1],
            reliability=reliability,
        )
        found = decisions_at(evidence, cut, "theta" if theta else "raw")
        put(as_json(decisions_document(found)), out)


def dif(
    responses: Responses,
    group: Annotated[str, typer.Option(help="The column that names groups.")],
    method: Annotated[str, typer.Option(help=", ".join(sorted(DIF_METHODS)))] = "mh",
    reference: Annotated[
        str | None, typer.Option(help="The reference group; the first to appear unless given.")
    ] = None,
    purify: Annotated[
        bool, typer.Option("--purify", help="Match again without items of class B and C.")
    ] = False,
    key: Key = None,
    out: Out = None,
) -> None:
    """Look for items that work differently for matched candidates of different groups (JSON).

    Negative d_dif and smd_sd: harder for the focal group. lr and wald calibrate for every item.

    Example: examengine dif responses.csv --group sex --method mh --purify
    """
    with refusals_as_faults():
        if method not in DIF_METHODS:
            raise Fault(f"method {method!r} is none of {', '.join(sorted(DIF_METHODS))}")
        data = responses_from(responses, keys_from(key), group)
        found = compare_groups(
            data.responses, DIF_METHODS[method], reference=reference, purify=purify
        )
        put(as_json(dif_document(found, method)), out)


def link_parameters(
    source: Annotated[Path, typer.Option("--from", help="Parameters to transform (JSON).")],
    target: Annotated[Path, typer.Option("--to", help="Parameters in the metric wanted (JSON).")],
    method: Annotated[str, typer.Option(help=", ".join(LINKING_METHODS))] = "stocking-lord",
    uniform: Annotated[
        bool, typer.Option("--uniform", help="Abilities count alike, not by N(0, 1).")
    ] = False,
    out: Out = None,
) -> None:
    """Bring a calibration into the metric of another by their common items (JSON).

    Prints A and B of theta_to = A theta_from + B by the method asked for and by all others, how far
    each common item has moved, and the transformed parameters.

    Example: examengine link --from new.json --to bank.json --method haebara
    """
    with refusals_as_faults():
        if method not in LINKING_METHODS:
            raise Fault(f"method {method!r} is none of {', '.join(sorted(LINKING_METHODS))}")
        new, bank = parameters_from(source), parameters_from(target)
        weights = CurveWeights.uniform() if uniform else CurveWeights.normal()
        found = link(new, bank, LINKING_METHODS[method], weights)
        put(as_json(link_document(found, alternatives(new, bank, weights))), out)


def cut(
    method: Annotated[str, typer.Argument(help=", ".join(sorted(CUT_METHODS)))],
    ratings: Annotated[Path, typer.Argument(help="Judges' ratings (CSV).")],
    out: Out = None,
) -> None:
    """Recommend a cut score from a panel's judgements (JSON).

    Modified Angoff takes one row a judge (judge_id, optional round, one column an item) or one row
    a rating (judge_id, item_id, rating, optional round and max_score); ratings are 0 to 1.

    Example: examengine cut modified-angoff ratings.csv
    """
    with refusals_as_faults():
        if method not in CUT_METHODS:
            raise Fault(f"method {method!r} is none of {', '.join(sorted(CUT_METHODS))}")
        table = read_csv(str(ratings), content_of(ratings))
        put(as_json(cut_document(CUT_METHODS[method].recommend(table))), out)
