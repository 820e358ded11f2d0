"""Times assembly: five forms of 60 that share ten, from simulated pools of growing size.

Example:
    python -m benchmarks.assembly
"""

import argparse

import numpy as np

from examengine.assembly import Between, Blueprint, PoolItem, assemble

SIZES = (500, 2_000, 8_000)
AREAS = tuple(f"area-{number}" for number in range(1, 9))
TYPES = {
    "single_choice": 0.55,
    "multiple_response": 0.13,
    "numeric_entry": 0.13,
    "matching": 0.07,
    "ordering": 0.06,
    "short_text": 0.06,
}
LEVELS = ("recall", "apply", "analyse")
THETAS = np.array([-1.0, 0.0, 1.0])
BLUEPRINT = Blueprint(
    forms=5,
    length=60,
    common=10,
    areas={area: Between(6, 9) for area in AREAS},
    types={"single_choice": Between(30, 36), "numeric_entry": Between(5, 9)},
    levels={"recall": Between(12, 25), "apply": Between(15, 30)},
    seconds=Between(4_500, 5_600),
)


def simulated_pool(size: int, seed: int = 1) -> list[PoolItem]:
    """Items with 2PL information at three abilities; one in twenty has an enemy."""
    rng = np.random.default_rng(seed)
    enemies = {int(i): int(j) for i, j in rng.integers(0, size, (size // 20, 2)) if i != j}
    return [_item(i, enemies.get(i), rng) for i in range(size)]


def _item(number: int, enemy: int | None, rng: np.random.Generator) -> PoolItem:
    a, b = float(np.exp(rng.normal(0, 0.3))), float(rng.normal())
    right = 1 / (1 + np.exp(-a * (THETAS - b)))
    return PoolItem(
        item_id=f"I{number:05}",
        area=str(rng.choice(AREAS)),
        item_type=str(rng.choice(list(TYPES), p=list(TYPES.values()))),
        level=str(rng.choice(LEVELS)),
        seconds=int(rng.integers(6, 30)) * 5,
        enemies=frozenset() if enemy is None else frozenset({f"I{enemy:05}"}),
        information=tuple(float(value) for value in a * a * right * (1 - right)),
    )


def main() -> None:
    """Print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    seed = parser.parse_args().seed
    print("| items | CPU s | largest difference between two forms |")
    print("| --- | --- | --- |")
    for size in SIZES:
        made = assemble(simulated_pool(size, seed), BLUEPRINT, seed=seed)
        print(f"| {size:,} | {made.cpu_seconds:.1f} | {100 * made.difference:.3f} % |")


if __name__ == "__main__":
    main()
