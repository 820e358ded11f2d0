"""Parallel analysis: how many dimensions stand out from what unrelated items would show?"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

import numpy as np

from examengine.psychometrics.arrays import FloatArray
from examengine.psychometrics.classical.moments import pairwise_covariance
from examengine.psychometrics.dimensionality.polychoric import (
    CannotCorrelate,
    Categories,
    observed_categories,
    polychoric_of,
)
from examengine.psychometrics.responses import Responses
from examengine.psychometrics.shown import Result, Table

Draw = Callable[[Categories, np.random.Generator], Categories]


@dataclass(frozen=True, slots=True, repr=False)
class Dimensionality(Result):
    """Eigenvalues of the items' correlations beside those of unrelated items.

    Attributes:
        correlation: "polychoric" or "pearson".
        reference: How unrelated items were made: "permuted" or "drawn".
        replications: How often.
        quantile: Which quantile of the replications an eigenvalue has to exceed.
        eigenvalues: Of the observed correlations, largest first.
        reference_mean: Mean of each eigenvalue over the replications.
        reference_quantile: Quantile of each eigenvalue over the replications.
        n_dimensions: How many eigenvalues in a row exceed their quantile.
        ratio: First eigenvalue over the second; nan when the second is not positive.
        first_share: First eigenvalue over the number of items.
    """

    correlation: str
    reference: str
    replications: int
    quantile: float
    eigenvalues: tuple[float, ...]
    reference_mean: tuple[float, ...]
    reference_quantile: tuple[float, ...]
    n_dimensions: int
    ratio: float
    first_share: float

    def headline(self) -> str:
        """How many dimensions stand out."""
        return (
            f"Parallel analysis ({self.correlation}): {self.n_dimensions} dimensions stand out; "
            f"first over second eigenvalue {self.ratio:.2f}"
        )

    def table(self) -> Table:
        """One row for each eigenvalue, beside what unrelated items show."""
        return Table(
            {"dimension": place, "eigenvalue": found, "mean": mean, "quantile": bar}
            for place, (found, mean, bar) in enumerate(
                zip(self.eigenvalues, self.reference_mean, self.reference_quantile, strict=True),
                start=1,
            )
        )


def written_out(categories: Categories) -> Categories:
    """A row for every person, as weights count them: what chance deals out is persons, not rows.

    Args:
        categories: What was observed.

    Returns:
        Rows repeated by their weights, rounded so that their sum stays that of the weights.
    """
    if (categories.weights == 1).all():
        return categories
    ends = np.rint(np.cumsum(categories.weights)).astype(np.int64)
    rows = np.repeat(np.arange(ends.size), np.diff(ends, prepend=0))
    return replace(categories, codes=categories.codes[rows], weights=np.ones(rows.size))


def permuted(categories: Categories, rng: np.random.Generator) -> Categories:
    """Each item's categories dealt out anew among those who were presented it.

    Args:
        categories: What was observed.
        rng: The generator.

    Returns:
        The same margins and gaps without any relation between items.
    """
    codes = categories.codes.copy()
    for column in codes.T:
        seen = column >= 0
        column[seen] = rng.permutation(column[seen])
    return replace(categories, codes=codes)


def drawn(categories: Categories, rng: np.random.Generator) -> Categories:
    """Each item's categories drawn with replacement from those observed.

    Args:
        categories: What was observed.
        rng: The generator.

    Returns:
        Random data with the same expected margins and the same gaps; categories that were not
        drawn are closed up.
    """
    codes = categories.codes.copy()
    counts = categories.counts.copy()
    for place, column in enumerate(codes.T):
        seen = column >= 0
        levels, code = np.unique(rng.choice(column[seen], seen.sum()), return_inverse=True)
        column[seen] = code.reshape(-1)
        counts[place] = levels.size
    return replace(categories, codes=codes, counts=counts)


def pearson_of(categories: Categories) -> FloatArray:
    """Product-moment correlations of observed categories, shape (n_items, n_items)."""
    return pairwise_covariance(categories.codes, categories.weights).correlation()


REFERENCES: Mapping[str, Draw] = MappingProxyType({"permuted": permuted, "drawn": drawn})
CORRELATIONS: Mapping[str, Callable[[Categories], FloatArray]] = MappingProxyType(
    {"polychoric": polychoric_of, "pearson": pearson_of}
)


def parallel_analysis(
    responses: Responses,
    rng: np.random.Generator,
    *,
    correlation: str = "polychoric",
    reference: str = "permuted",
    replications: int = 20,
    quantile: float = 0.95,
) -> Dimensionality:
    """Compare eigenvalues with those of data whose items are unrelated.

    Args:
        responses: Scored responses; every two items presented to somebody together.
        rng: Draws the replications.
        correlation: "polychoric" or "pearson".
        reference: "permuted" deals each item's scores out anew; "drawn" draws them with
            replacement.
        replications: How many data sets without relations, at least 1.
        quantile: Which quantile of these an eigenvalue has to exceed, in (0, 1].

    Returns:
        Eigenvalues of both, the number of dimensions and the ratio of the first two eigenvalues.

    Raises:
        CannotCorrelate: An item does not vary, two items were presented to nobody together, or an
            option is unknown.

    Notes:
        Correlations with gaps are taken pair by pair, and so are their replications.

    References:
        Horn (1965), Psychometrika 30, 179–185; Buja & Eyuboglu (1992), Multivariate Behavioral
        Research 27, 509–540, for permutations; Reckase (1979), Journal of Educational Statistics 4,
        207–230, for the share of the first eigenvalue.
    """
    if correlation not in CORRELATIONS or reference not in REFERENCES:
        raise CannotCorrelate(
            [
                f"{correlation!r} and {reference!r}: correlations are {' or '.join(CORRELATIONS)}, "
                f"references {' or '.join(REFERENCES)}"
            ]
        )
    categories = observed_categories(responses)
    persons = written_out(categories)
    observed = _eigenvalues(CORRELATIONS[correlation](categories))
    made = np.array(
        [
            _eigenvalues(CORRELATIONS[correlation](REFERENCES[reference](persons, rng)))
            for _ in range(replications)
        ]
    )
    bar = np.quantile(made, quantile, axis=0)
    return Dimensionality(
        correlation=correlation,
        reference=reference,
        replications=replications,
        quantile=quantile,
        eigenvalues=tuple(observed.tolist()),
        reference_mean=tuple(made.mean(axis=0).tolist()),
        reference_quantile=tuple(bar.tolist()),
        n_dimensions=int(np.argmin(np.append(observed > bar, False))),
        ratio=float(observed[0] / observed[1]) if observed[1:2] > 0 else float("nan"),
        first_share=float(observed[0] / observed.size),
    )


def _eigenvalues(correlations: FloatArray) -> FloatArray:
    """Eigenvalues, largest first.

    Raises:
        CannotCorrelate: A correlation is not defined.
    """
    if not np.isfinite(correlations).all():
        raise CannotCorrelate(
            ["some items were presented to nobody together; take the items of one form"]
        )
    return np.asarray(np.linalg.eigvalsh(correlations)[::-1], dtype=np.float64)
