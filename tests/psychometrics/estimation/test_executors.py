"""Where the work is done must not show in what comes out."""

from concurrent.futures import Future, ThreadPoolExecutor

import numpy as np
import pytest
from simulated import mixed, right_wrong

from examengine.psychometrics.estimation import calibrate
from examengine.psychometrics.estimation.design import PersonBlock
from examengine.psychometrics.parameters import ParameterSet


@pytest.fixture(scope="module")
def cluster():
    """A Dask client of two worker processes on this machine."""
    distributed = pytest.importorskip("distributed")
    with (
        distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None
        ) as workers,
        distributed.Client(workers) as client,
    ):
        yield client


class Elsewhere:
    """An executor that is sent data beforehand, and notes what it is sent and when."""

    def __init__(self):
        self.sent = []
        self.arguments = []

    def scatter(self, pieces):
        """Take the data and give out numbers that stand for it."""
        self.sent.append(pieces)
        return list(range(len(pieces)))

    def submit(self, work, piece, *arguments):
        """Do the work on a piece that was sent before."""
        self.arguments.append((piece, *arguments))
        future = Future()
        future.set_result(work(self.sent[0][piece], *arguments))
        return future


def same(one: ParameterSet, two: ParameterSet) -> None:
    """Estimates and standard errors agree to 1e-8."""
    assert one.log_likelihood == pytest.approx(two.log_likelihood, abs=1e-8)
    for mine, other in zip(one.items, two.items, strict=True):
        for name, value in mine.values.items():
            np.testing.assert_allclose(other.values[name], value, atol=1e-8)
        for name, value in mine.se.items():
            np.testing.assert_allclose(other.se[name], value, atol=1e-8)
    for mine, other in zip(one.groups, two.groups, strict=True):
        np.testing.assert_allclose(
            [other.mean, other.sd, *other.weights], [mine.mean, mine.sd, *mine.weights], atol=1e-8
        )


@pytest.mark.parametrize("latent", ["normal", "histogram"])
def test_a_cluster_of_two_processes_gives_the_same_estimates(cluster, latent):
    """
    A calibration over a Dask client is that of one process, standard errors included.
    """
    responses = right_wrong(9000, 20)

    here = calibrate(responses, "2pl", latent=latent).parameters
    there = calibrate(responses, "2pl", latent=latent, executor=cluster).parameters

    assert here.converged
    assert there.iterations == here.iterations
    same(here, there)


def test_a_mixed_test_crosses_process_borders(cluster):
    """
    Items of every kind, missing cells and two groups reach the workers and come back.
    """
    responses, models = mixed(3000)

    here = calibrate(responses, models).parameters
    there = calibrate(responses, models, executor=cluster).parameters

    same(here, there)


def test_persons_are_sent_once():
    """
    What has to be sent beforehand is sent beforehand, and no answers travel with the work.
    """
    elsewhere = Elsewhere()

    found = calibrate(right_wrong(9000, 20), "2pl", executor=elsewhere).parameters

    assert len(elsewhere.sent) == 1
    assert len(elsewhere.arguments) > 5 * len(elsewhere.sent[0])
    for piece, *arguments in elsewhere.arguments:
        assert isinstance(piece, int)
        assert not any(isinstance(argument, PersonBlock) for argument in arguments)
    same(found, calibrate(right_wrong(9000, 20), "2pl").parameters)


@pytest.mark.parametrize("threads", [1, 2, 5])
def test_any_number_of_threads_gives_the_same_bits(threads):
    """
    Sums are taken in the order of the shards, so even the last digit stays.
    """
    responses = right_wrong(20000, 18)

    plain = calibrate(responses, "2pl").parameters
    with ThreadPoolExecutor(threads) as pool:
        threaded = calibrate(responses, "2pl", executor=pool).parameters

    assert threaded.log_likelihood == plain.log_likelihood
    for one, two in zip(plain.items, threaded.items, strict=True):
        assert one.values == two.values
