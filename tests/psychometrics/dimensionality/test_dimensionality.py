"""Polychoric correlations and parallel analysis: truths recovered, gaps and margins respected."""

import itertools

import numpy as np
import pytest
from scipy.optimize import minimize_scalar
from scipy.special import ndtri
from scipy.stats import multivariate_normal

from examengine.psychometrics.dimensionality import (
    CannotCorrelate,
    parallel_analysis,
    polychoric,
)
from examengine.psychometrics.dimensionality.parallel_analysis import (
    drawn,
    permuted,
    written_out,
)
from examengine.psychometrics.dimensionality.polychoric import observed_categories
from examengine.psychometrics.responses import Responses


def cut_normals(correlation, cuts, n_persons=4000, seed=1):
    """Normal variables with a known correlation, cut into categories."""
    rng = np.random.default_rng(seed)
    values = rng.multivariate_normal(np.zeros(len(correlation)), correlation, n_persons)
    scores = [np.searchsorted(cut, values[:, j]) for j, cut in enumerate(cuts)]
    return Responses.from_matrix(np.stack(scores, axis=1))


TRUTH = np.array([[1, 0.6, 0.3], [0.6, 1, -0.4], [0.3, -0.4, 1]])
CUTS = [[0.2], [-0.8, 0.5], [-1.0, 0.0, 1.2]]


def likeliest(first, second):
    """The two-step estimate by scipy's distribution function and a plain search."""
    tables = [
        [((first == a) & (second == b)).sum() for b in range(second.max() + 1)]
        for a in range(first.max() + 1)
    ]
    edges = [
        np.concatenate([[-9.0], ndtri([(x < k).mean() for k in range(1, x.max() + 1)]), [9.0]])
        for x in (first, second)
    ]

    def loss(rho):
        normal = multivariate_normal(cov=[[1, rho], [rho, 1]])
        below = np.array([[normal.cdf([h, k]) for k in edges[1]] for h in edges[0]])
        cells = np.diff(np.diff(below, axis=0), axis=1)
        return -(np.array(tables) * np.log(np.maximum(cells, 1e-12))).sum()

    return minimize_scalar(loss, bounds=(-0.99, 0.99), method="bounded").x


def test_known_correlations_come_back():
    """
    Correlations of the variables behind two, three and four categories are found within error.
    """
    found = polychoric(cut_normals(TRUTH, CUTS, n_persons=20000))

    np.testing.assert_allclose(found, TRUTH, atol=0.03)
    np.testing.assert_allclose(np.diag(found), 1.0)


def test_the_estimate_is_the_likeliest():
    """
    Every correlation equals a plain search over scipy's distribution function.
    """
    data = cut_normals(TRUTH, CUTS, n_persons=300, seed=2)

    found = polychoric(data)

    for one, other in ((0, 1), (0, 2), (1, 2)):
        expected = likeliest(data.scores[:, one], data.scores[:, other])
        assert found[one, other] == pytest.approx(expected, abs=2e-5)


def test_an_empty_cell_draws_the_correlation_to_its_end():
    """
    When nobody fails the easy and passes the hard item the tetrachoric ends at .9999.
    """
    scores = np.repeat([[0, 0], [1, 0], [1, 1]], [30, 30, 30], axis=0)

    found = polychoric(Responses.from_matrix(scores))

    assert found[0, 1] == pytest.approx(0.9999)


def test_weights_count_like_repeated_persons():
    """
    A weight of two is a person written twice, and a score nobody got is no category.
    """
    data = cut_normals(TRUTH, CUTS, n_persons=200, seed=3)
    twice = Responses.from_matrix(np.tile(data.scores, (2, 1)))
    weighted = Responses.from_matrix(data.scores, weight=np.full(200, 2.0))
    gap = Responses.from_matrix(np.where(data.scores == 3, 5, data.scores))

    np.testing.assert_allclose(polychoric(weighted), polychoric(twice), atol=1e-9)
    np.testing.assert_allclose(polychoric(gap), polychoric(data), atol=1e-9)


def test_pairs_rest_on_who_saw_both():
    """
    Items missing by design: a pair is fitted to those presented both; none of them is refused.
    """
    data = cut_normals(TRUTH, CUTS, n_persons=9000, seed=4)
    scores = data.scores.copy()
    scores[:3000, 0] = -1
    scores[6000:, 2] = -1
    apart = scores.copy()
    apart[3000:6000, 2] = -1

    found = polychoric(Responses.from_matrix(scores))

    np.testing.assert_allclose(found, TRUTH, atol=0.05)
    with pytest.raises(CannotCorrelate, match="'item1' and 'item3' were presented to nobody"):
        polychoric(Responses.from_matrix(apart))


def test_an_item_that_does_not_vary_is_refused_by_name():
    """
    Everybody right on an item is refused with its name.
    """
    with pytest.raises(CannotCorrelate, match="'item2': everybody had the same score"):
        polychoric(Responses.from_matrix([[0, 1], [1, 1], [0, 1]]))


def two_dimensions(seed=5):
    """Twelve items of which six go with one ability and six with another, hardly related."""
    loadings = np.zeros((12, 2))
    loadings[:6, 0] = loadings[6:, 1] = 0.75
    correlation = loadings @ [[1, 0.1], [0.1, 1]] @ loadings.T
    np.fill_diagonal(correlation, 1.0)
    return cut_normals(correlation, [[0.0]] * 12, n_persons=600, seed=seed)


@pytest.mark.parametrize("correlation", ["polychoric", "pearson"])
@pytest.mark.parametrize("reference", ["permuted", "drawn"])
def test_parallel_analysis_counts_the_dimensions(correlation, reference):
    """
    Two abilities are two dimensions, one is one, and items without any relation have none.
    """
    rng = np.random.default_rng(6)
    one = cut_normals(np.where(np.eye(8) == 1, 1.0, 0.5), [[0.2]] * 8, n_persons=600)
    none = Responses.from_matrix(np.tile(list(itertools.product([0, 1], repeat=6)), (9, 1)))

    found = [
        parallel_analysis(data, rng, correlation=correlation, reference=reference)
        for data in (two_dimensions(), one, none)
    ]

    assert [result.n_dimensions for result in found] == [2, 1, 0]
    assert found[1].ratio > 3 > found[0].ratio
    assert sum(found[0].eigenvalues) == pytest.approx(12)
    assert found[1].first_share == pytest.approx(found[1].eigenvalues[0] / 8)


def test_a_seed_is_a_result():
    """
    The same generator gives the same reference, another seed another one.
    """
    first, again, other = (
        parallel_analysis(two_dimensions(), np.random.default_rng(seed), replications=3)
        for seed in (1, 1, 2)
    )

    assert first == again
    assert first.reference_mean != other.reference_mean
    assert first.eigenvalues == other.eigenvalues


def test_replications_keep_margins_and_gaps():
    """
    Dealt out anew, every item keeps its counts and its gaps; drawn, it keeps its gaps.
    """
    data = cut_normals(TRUTH, CUTS, n_persons=200, seed=7)
    scores = data.scores.copy()
    scores[:50, 1] = -1
    categories = observed_categories(Responses.from_matrix(scores))
    rng = np.random.default_rng(8)

    dealt, random = permuted(categories, rng), drawn(categories, rng)

    np.testing.assert_array_equal(np.sort(dealt.codes, axis=0), np.sort(categories.codes, axis=0))
    assert (dealt.codes != categories.codes).any()
    for made in (dealt, random):
        np.testing.assert_array_equal(made.codes < 0, categories.codes < 0)


def test_unknown_choices_are_refused():
    """
    Another correlation or reference is refused with the ones there are.
    """
    with pytest.raises(CannotCorrelate, match="polychoric or pearson"):
        parallel_analysis(two_dimensions(), np.random.default_rng(1), correlation="kendall")


def test_weights_are_persons_in_a_parallel_analysis():
    """
    Patterns with frequencies have the eigenvalues, the reference and the dimensions of the same
    persons written out.
    """
    rng = np.random.default_rng(11)
    theta = rng.normal(size=(1000, 1))
    scores = (rng.normal(size=(1000, 6)) < theta).astype(np.int8)
    patterns, counts = np.unique(scores, axis=0, return_counts=True)

    weighted = parallel_analysis(
        Responses.from_matrix(patterns, weight=counts), np.random.default_rng(1)
    )

    written = parallel_analysis(
        Responses.from_matrix(np.repeat(patterns, counts, axis=0)), np.random.default_rng(1)
    )
    assert weighted.n_dimensions == written.n_dimensions == 1
    np.testing.assert_allclose(weighted.eigenvalues, written.eigenvalues, atol=1e-6)
    np.testing.assert_allclose(weighted.reference_quantile, written.reference_quantile, atol=1e-6)


def test_weights_that_are_no_whole_numbers_keep_their_sum():
    """
    Rows are repeated so that there are as many persons as the weights add up to.
    """
    categories = observed_categories(
        Responses.from_matrix([[0, 1], [1, 0], [1, 1], [0, 0]], weight=[2.4, 0.3, 1.7, 0.6])
    )

    found = written_out(categories)

    assert found.codes.tolist() == [[0, 1], [0, 1], [1, 0], [1, 1], [0, 0]]
    assert found.weights.tolist() == [1.0] * 5
