"""Where the delta method's standard errors say little: scores that few persons stand at.

An equipercentile equivalent moves as the persons between two places of a distribution do. The
delta method takes that distribution for straight around the equivalent, which a few persons more
or less at the next score would bend.
"""

from collections.abc import Iterator

import numpy as np

from examengine.psychometrics.arrays import BoolArray, FloatArray

# Cochran's rule of thumb for frequencies that large-sample variances may be trusted with.
FEWEST = 5
# An equivalent is within two standard errors of what other samples give, nineteen times in twenty.
REACH = 2.0


def error_notes(
    equated: FloatArray, errors: FloatArray, new: FloatArray, old: FloatArray
) -> Iterator[str]:
    """What a reader of equipercentile errors has to know, where nothing was smoothed.

    Args:
        equated: Equivalent of each score, shape (n_new_scores,), points of the old form.
        errors: Standard errors by the delta method, same shape; nan where there is none.
        new: Persons at each score of the new form, shape (n_new_scores,).
        old: Persons at each score of the old form, shape (n_old_scores,).

    Yields:
        A sentence for the scores without an error, and one for those whose error rests on few
        persons; see `rests_on_few`.
    """
    absent = np.isnan(errors)
    if absent.any():
        yield (
            f"no standard error at {spans(absent)}: nobody stands at such a score or at its "
            "equivalent; smoothed distributions (--smooth) give one"
        )
    few = rests_on_few(equated, errors, new, old)
    if few.any():
        yield (
            f"rough standard errors at {spans(few)}: fewer than {FEWEST} persons stand at such a "
            f"score or within {REACH:g} standard errors of its equivalent; smooth the "
            "distributions (--smooth) or use the bootstrap (--bootstrap)"
        )


def rests_on_few(
    equated: FloatArray, errors: FloatArray, new: FloatArray, old: FloatArray
) -> BoolArray:
    """Which standard errors rest on few persons.

    n₁ f(x) < 5, or n₂ g(y) < 5 at a whole score y that e(x) ± 2 se(e(x)) reaches

    Args:
        equated: Equivalents, shape (n_new_scores,), points of the old form.
        errors: Their standard errors, same shape; nan where there is none.
        new: Persons at each score of the new form, shape (n_new_scores,).
        old: Persons at each score of the old form, shape (n_old_scores,).

    Returns:
        Shape (n_new_scores,); false where there is no error.

    References:
        Cochran (1954), Biometrics 10, 417–451, for 5.
    """
    reach = np.nan_to_num(REACH * errors)
    low, high = (
        np.clip(np.floor(edge + 0.5), 0, old.size - 1).astype(np.int64)
        for edge in (equated - reach, equated + reach)
    )
    least = np.array([old[a : b + 1].min() for a, b in zip(low, high, strict=True)])
    few: BoolArray = (np.minimum(new, least) < FEWEST) & ~np.isnan(errors)
    return few


def spans(chosen: BoolArray) -> str:
    """The chosen scores in words, runs as ranges: "scores 0, 3, 18–20".

    Args:
        chosen: Which of the scores 0, 1, 2 …, shape (n_scores,), at least one.
    """
    scores = np.flatnonzero(chosen)
    runs = np.split(scores, np.flatnonzero(np.diff(scores) > 1) + 1)
    parts = [str(run[0]) if run.size == 1 else f"{run[0]}–{run[-1]}" for run in runs]
    return f"score{'s' if scores.size > 1 else ''} {', '.join(parts)}"
