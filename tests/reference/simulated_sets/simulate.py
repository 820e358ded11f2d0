"""Simulate the sets of this folder, seeded: `python simulate.py FOLDER`. Nobody answered them."""

import csv
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np


def write(path: Path, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Write one set as CSV."""
    with path.open("w", newline="", encoding="utf-8") as file:
        out = csv.writer(file)
        out.writerow(columns)
        out.writerows(rows)


def names(n: int) -> list[str]:
    """Names of items: I01, I02 …"""
    return [f"I{i:02}" for i in range(1, n + 1)]


def logistic(theta: Any, a: Any, b: Any, c: Any = 0.0) -> Any:
    """Chance of a right answer, shape (n_persons, n_items)."""
    return c + (1 - c) / (1 + np.exp(-a * (theta[:, None] - b)))


def dichotomous(
    rng: np.random.Generator, theta: Any, a: Any, b: Any, c: Any = 0.0, d: Any = 1.0
) -> Any:
    """Draw right and wrong; d is the upper asymptote."""
    chance = c + (d - c) * logistic(theta, a, b) if np.ndim(d) else logistic(theta, a, b, c)
    return (rng.random((theta.size, a.size)) < chance).astype(int)


def divided_by_total(rng: np.random.Generator, theta: Any, slopes: Any, intercepts: Any) -> Any:
    """Draw categories whose logits are lines in ability."""
    z = theta[:, None, None] * slopes + intercepts
    p = np.exp(z - z.max(axis=2, keepdims=True))
    p /= p.sum(axis=2, keepdims=True)
    return (rng.random((*p.shape[:2], 1)) > p.cumsum(axis=2)[..., :-1]).sum(axis=2)


def partial_credit(rng: np.random.Generator, theta: Any, a: Any, steps: Any) -> Any:
    """Draw points under the (generalized) partial credit model."""
    k = np.arange(steps.shape[1] + 1)
    starts = np.concatenate([np.zeros((a.size, 1)), -np.cumsum(steps, axis=1)], axis=1)
    return divided_by_total(rng, theta, a[:, None] * k, a[:, None] * starts)


def right_or_wrong(folder: Path) -> None:
    """Sets of the Rasch model, the 2PL, the 3PL and the 4PL."""
    r = np.random.default_rng(11)
    theta = 1.2 * r.standard_normal(500)
    scores = dichotomous(r, theta, np.ones(15), r.normal(0, 1, 15))
    write(folder / "s_rasch.csv", names(15), scores)
    r = np.random.default_rng(12)
    scores = dichotomous(r, r.standard_normal(800), r.lognormal(0.1, 0.3, 20), r.normal(0, 1, 20))
    write(folder / "s_2pl.csv", names(20), scores)
    r = np.random.default_rng(13)
    theta, a, b = r.standard_normal(2000), r.lognormal(0.2, 0.25, 25), r.normal(0, 1, 25)
    write(folder / "s_3pl.csv", names(25), dichotomous(r, theta, a, b, r.beta(8, 32, 25)))
    r = np.random.default_rng(20)
    theta, a, b = r.standard_normal(2500), r.lognormal(0.2, 0.2, 20), r.normal(0, 1, 20)
    scores = dichotomous(r, theta, a, b, r.beta(8, 32, 20), r.beta(36, 4, 20))
    write(folder / "s_4pl.csv", names(20), scores)


def several_points(folder: Path) -> None:
    """Sets of the graded, both partial credit, the nominal and the rating scale model."""
    r = np.random.default_rng(14)
    a, b = r.lognormal(0.2, 0.25, 10), np.sort(r.normal(0, 1, (10, 3)), axis=1)
    theta = r.standard_normal(700)
    u = r.random((700, 10))
    scores = sum((u < logistic(theta, a, b[:, m])).astype(int) for m in range(3))
    write(folder / "s_grm.csv", names(10), scores)
    r = np.random.default_rng(15)
    theta, a = r.standard_normal(700), r.lognormal(0, 0.25, 10)
    write(folder / "s_gpcm.csv", names(10), partial_credit(r, theta, a, r.normal(0, 0.8, (10, 3))))
    r = np.random.default_rng(16)
    scores = partial_credit(r, r.standard_normal(600), np.ones(8), r.normal(0, 0.8, (8, 2)))
    write(folder / "s_pcm.csv", names(8), scores)
    r = np.random.default_rng(17)
    steep = np.sort(r.normal(0.4, 0.7, (8, 3)), axis=1)
    slopes = np.concatenate([np.zeros((8, 1)), steep], axis=1)
    starts = np.concatenate([np.zeros((8, 1)), r.normal(0, 0.6, (8, 3))], axis=1)
    scores = divided_by_total(r, r.standard_normal(1000), slopes, starts)
    write(folder / "s_nrm.csv", names(8), scores)
    r = np.random.default_rng(21)
    theta, places = 1.3 * r.standard_normal(600), r.normal(0, 0.8, 9)
    steps = places[:, None] + np.array([-1.1, 0.2, 0.9])
    write(folder / "s_rsm.csv", names(9), partial_credit(r, theta, np.ones(9), steps))


def groups(folder: Path) -> None:
    """Two groups with items missing by design, and two with an item that works differently."""
    r = np.random.default_rng(18)
    a, b = r.lognormal(0.1, 0.25, 18), r.normal(0, 1, 18)
    theta = np.concatenate([r.standard_normal(600), 0.5 + 1.2 * r.standard_normal(600)])
    x = dichotomous(r, theta, a, b).astype(object)
    x[:600, 12:], x[600:, :6] = "", ""
    rows = [[("G1" if i < 600 else "G2"), *row] for i, row in enumerate(x)]
    write(folder / "s_groups.csv", ["group", *names(18)], rows)
    r = np.random.default_rng(19)
    b = r.normal(0, 1, 16)
    theta = np.concatenate([r.standard_normal(500), -0.3 + r.standard_normal(500)])
    p = logistic(theta, np.ones(16), b)
    p[500:, 4] = logistic(theta[500:], np.ones(1), b[4:5] + 0.9)[:, 0]
    x = (r.random(p.shape) < p).astype(int)
    rows = [[("R" if i < 500 else "F"), *row] for i, row in enumerate(x)]
    write(folder / "s_dif.csv", ["group", *names(16)], rows)


def simulate(folder: Path) -> None:
    """Write all eleven sets into a folder."""
    right_or_wrong(folder)
    several_points(folder)
    groups(folder)


if __name__ == "__main__":
    simulate(Path(sys.argv[1] if len(sys.argv) > 1 else "."))
