"""The real licensure exam through the service, beside what mirt and psych found.

The references are held on one fixed grid from −6 to 6, so the runs here use the same.
"""

from collections.abc import Callable
from functools import cache

import numpy as np
import pytest
from sqlalchemy import Engine

from examengine import accounts, calibration, db
from examengine.calibration import AnalysisCache, RunSettings
from examengine.importing import import_administration, read_administration
from examengine.kernel.clock import SystemClock
from examengine.marking import Policy, Scope
from tests.importing.licensure import licensure_file
from tests.reference.reference_files import reference

pytestmark = pytest.mark.references
CONSOLE = accounts.system_actor()


@pytest.fixture(scope="module")
def engine(tmp_path_factory, sqlite_template) -> Engine:
    """A database with the licensure exam in it, imported once."""
    folder = tmp_path_factory.mktemp("licensure")
    (folder / "examengine.db").write_bytes(sqlite_template.read_bytes())
    engine = db.within(
        db.make_engine(f"sqlite:///{folder / 'examengine.db'}"), db.FIRST_ORGANISATION
    )
    given = read_administration(licensure_file(folder))
    with db.writing(engine) as session:
        import_administration(session, SystemClock(), CONSOLE, given)
    return engine


@pytest.fixture(scope="module")
def analyses() -> AnalysisCache:
    """One cache for all tests here: the responses are analysed once."""
    return AnalysisCache()


def _ids(engine: Engine) -> list:
    with db.reading(engine) as session:
        return [line.administration.id for line in calibration.overview(session, CONSOLE).lines]


@pytest.fixture(scope="module")
def administration_ids(engine) -> list:
    """The administration."""
    return _ids(engine)


def _analysis(engine, analyses, administration_ids, scope=Scope.OPERATIONAL):
    with db.reading(engine) as session:
        return calibration.analysis_of(
            session, CONSOLE, analyses, administration_ids, Policy(scope)
        )


@pytest.fixture(scope="module")
def run_of(engine, analyses, administration_ids) -> Callable[..., calibration.CalibrationRun]:
    """Calibrate once for each model and scope; the tests look at the same runs."""

    @cache
    def run(model: str, scope: Scope = Scope.OPERATIONAL) -> calibration.CalibrationRun:
        settings = RunSettings(model=model, scale_nodes=False, model_fit=False)
        return calibration.run_calibration(
            engine, SystemClock(), CONSOLE, analyses, administration_ids, Policy(scope), settings
        )

    return run


def test_classical_figures_equal_psych(engine, analyses, administration_ids):
    """
    Alpha .8950, mean, deviation and error of the total, and p and item-rest of all 170 items.
    """
    expected = reference("ctt_credential")

    analysis = _analysis(engine, analyses, administration_ids)

    form = analysis.reliability[0]
    assert (form.total.n, len(form.item_ids)) == (1636, 170)
    assert form.alpha == pytest.approx(expected["alpha"], abs=1e-10)
    assert form.total.mean == pytest.approx(expected["mean"], abs=1e-10)
    assert form.total.sd == pytest.approx(expected["sd"], abs=1e-10)
    assert form.sem == pytest.approx(expected["SEM"], abs=1e-10)
    for row in expected["items"]:
        figures = analysis.item(row["item"]).figures
        assert figures.p == pytest.approx(row["p"], abs=1e-10)
        assert figures.item_rest_r == pytest.approx(row["r_rest"], abs=1e-6)


def test_answers_by_option_equal_the_reference(engine, analyses, administration_ids):
    """
    Share and option-rest correlation of every option, the data's option 1 being our option a.
    """
    analysis = _analysis(engine, analyses, administration_ids)

    for row in reference("ctt_credential")["distractors"]:
        found = {option.option: option for option in analysis.item(row["item"]).options}
        for option in row["options"]:
            letter = "abcd"[option["option"] - 1]
            if option["prop"] == 0:
                assert letter not in found
                continue
            ours = found[letter]
            assert ours.p == pytest.approx(option["prop"], abs=1e-6)
            assert ours.rest_r == pytest.approx(option["pbis_rest"], abs=1e-6)
            assert ours.is_key == (option["option"] == row["key"])


@pytest.mark.parametrize("model", ["rasch", "2pl"])
def test_calibration_equals_mirt(run_of, model):
    """
    Log-likelihood to 1e-5, a and b to 1e-4, on the 170 operational items.

    One item is all but flat: its b is −291, and is held to as many digits as the others.
    """
    expected = reference(f"mirt_credential_{model}170")

    run = run_of(model)

    assert run.converged
    assert run.body["log_likelihood"] == pytest.approx(expected["logLik"], abs=1e-5)
    for row in expected["items"]:
        ours = run.items[row["item"]]
        assert ours["a"] == pytest.approx(row["a"], abs=1e-4)
        assert ours["b"] == pytest.approx(row["b"], abs=1e-4, rel=1e-5)
    assert run.statistics["abilities"]["reliability"] == pytest.approx(
        expected["empirical_rxx"], abs=1e-4
    )


def test_item_fit_equals_mirt(run_of):
    """
    S-X² of all 170 items near mirt's, and the one item it flags at p < .01 is the one we flag.
    """
    expected = {row["item"]: row for row in reference("mirt_credential_2pl170")["itemfit_S_X2"]}

    run = run_of("2pl")

    flagged = {item for item, fit in run.item_fit.items() if fit["p"] < 0.01}
    assert flagged == {item for item, row in expected.items() if row["p.S_X2"] < 0.01}
    for item, row in expected.items():
        assert run.item_fit[item]["s_x2"] == pytest.approx(row["S_X2"], abs=2e-3)


def test_pretest_blocks_are_calibrated_with_the_rest(run_of):
    """
    All 200 items together, three blocks missing by design, give mirt's concurrent estimates.
    """
    expected = reference("mirt_credential_2pl200_mbd")

    run = run_of("2pl", Scope.ALL)

    assert run.body["log_likelihood"] == pytest.approx(expected["logLik"], abs=1e-5)
    ours = np.array([[run.items[row["item"]][name] for name in "ab"] for row in expected["items"]])
    theirs = np.array([[row["a"], row["b"]] for row in expected["items"]])
    np.testing.assert_allclose(ours, theirs, atol=1e-4, rtol=1e-5)


def test_the_two_miskeyed_items_are_found(run_of):
    """
    Exactly the two items of negative slope that mirt found are flagged for it.
    """
    expected = reference("mirt_credential_2pl170")["items"]

    run = run_of("2pl")

    negative = {item for item, found in run.items.items() if found["a"] < 0}
    assert negative == {row["item"] for row in expected if row["a"] < 0}
    assert len(negative) == 2
