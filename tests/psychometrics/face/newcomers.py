"""What newcomers type: a stranger's first session, and the page for people who know mirt."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs" / "coming-from-mirt-tam-girth.md").read_text(encoding="utf-8")
PAGE_BLOCKS = re.findall(r"```python\n(.*?)```", PAGE, re.S)

# A stranger tried these on a matrix before there was a face; none of them worked.
SESSION = """
from examengine.psychometrics import calibrate, dif, item_fit, plots, reliability, score, simulate
matrix = simulate("2pl", 300, 8, rng=1).responses.scores
fit = calibrate(matrix, "2PL")
fit
fit.table()
score(fit)
score(fit, matrix).table()
reliability(matrix).alpha
item_fit(fit)
item_fit(fit).table()
dif(matrix, ["a", "b"] * 150, method="MH").table()
plots.item_curves(fit)
plots.information(fit)
"""
