"""What a newcomer types: the page for people who know mirt, and a stranger's first session."""

import re

import numpy as np
import pytest
from newcomers import PAGE, PAGE_BLOCKS, ROOT, SESSION

from examengine import psychometrics


def typed(text, names):
    """Run text line by line as a console does: what a line is worth is shown."""
    shown = []
    for cell in text.strip().splitlines():
        try:
            value = eval(compile(cell, "cell", "eval"), names)  # noqa: S307 - our own text
        except SyntaxError:
            exec(compile(cell, "cell", "exec"), names)  # noqa: S102 - our own text
        else:
            shown.append(value)
    return shown


def as_a_notebook_shows(value):
    """The richest form a notebook finds: SVG, HTML, else text."""
    for rich in ("_repr_svg_", "_repr_html_"):
        if hasattr(value, rich):
            return getattr(value, rich)()
    return repr(value)


def test_a_strangers_session_runs():
    """
    Every line works in plain Python, and shows a line, a table or a drawing in a notebook.
    """
    shown = typed(SESSION, {})

    assert len(shown) == 10
    for value in shown:
        assert len(repr(value)) < 20_000
        assert as_a_notebook_shows(value)
    assert as_a_notebook_shows(shown[-1]).startswith("<svg")
    assert "<table>" in as_a_notebook_shows(shown[0])


@pytest.fixture(scope="module")
def page():
    """What is left when every block of the page was run in order."""
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(ROOT)
        names = {}
        for block in PAGE_BLOCKS:
            exec(compile(block, "coming-from-mirt-tam-girth.md", "exec"), names)  # noqa: S102
    return names


def test_the_page_runs_and_its_figures_are_ours(page):
    """
    The column of our figures on the page is what its code gives.
    """
    first = page["m"].table()[0]
    said = {
        "log-likelihood": f"{page['m'].parameters.log_likelihood:.4f}",
        "a, b of I01": f"{first['a']:.3f}, {first['b']:.3f}",
        "EAP of the first person": f"{page['abilities'].theta[0]:.3f}",
        "S-X² of I01, degrees of freedom": (
            f"{page['items'][0].s_x2.statistic:.3f}, {page['items'][0].s_x2.df}"
        ),
        "M2, degrees of freedom": f"{page['whole'].statistic:.2f}, {page['whole'].df}",
        "RMSEA, SRMSR, TLI": (
            f"{page['whole'].rmsea:.3f}, {page['whole'].srmsr:.4f}, {page['whole'].tli:.4f}"
        ),
        "likelihood-ratio χ² of I05, degrees of freedom": (
            f"{page['ratios'][4].statistic:.3f}, {page['ratios'][4].df}"
        ),
        "information at θ = 0": f"{page['information'](page['m'], [0.0]).test[0]:.3f}",
        "Mantel–Haenszel χ² of I05": f"{page['groups'][4].statistic:.3f}",
    }

    for name, figure in said.items():
        row = next(line for line in PAGE.splitlines() if line.startswith(f"| {name} |"))
        assert row.rsplit("|", 2)[1].strip() == figure.replace("-", "−")


def test_weights_and_keys_of_the_page_are_read(page):
    """
    The answers on the page are scored by its key.
    """
    scores = page["scored"].responses.scores

    np.testing.assert_array_equal(scores[0], [1, 1, 1])
    np.testing.assert_array_equal(scores[3], [1, 1, -1])


# The rows of the page, call by call: what a row does, and what its last column says.
ROWS = [
    (cells[0].strip(), re.findall(r"`([^`]+)`", cells[-1]))
    for line in PAGE[PAGE.index("| what for |") : PAGE.index("Signs and metrics")].splitlines()[2:]
    if (cells := line.strip("| ").split(" | ")) and len(cells) == 5
]
SEVERAL_POINTS = "tests/reference/simulated_sets/s_grm.csv"


@pytest.fixture(scope="module")
def at_hand(page):
    """What the calls of the page are made with: answers, groups, weights, calibrations."""
    names = {name: getattr(psychometrics, name) for name in psychometrics.__all__}
    x = page["read_responses"](ROOT / "tests/reference/simulated_sets/s_2pl.csv").responses
    old, new = x.with_items(x.item_ids[:14]), x.with_items(x.item_ids[6:])
    m = page["m"]
    return names | {
        "x": x,
        "g": ["a", "b"] * 400,
        "w": np.tile([1.0, 2.0], 400),
        "m": m,
        "m1": names["calibrate"](x, "rasch"),
        "m2": m,
        "theta": [-1.0, 0.0, 1.0],
        "several": names["read_responses"](ROOT / SEVERAL_POINTS).responses,
        "letters": np.where(x.scores[:, :4] == 1, list("ABCD"), "E"),
        "calibrated": (names["calibrate"](new, "2pl"), names["calibrate"](old, "2pl")),
        "forms": (new, old),
    }


def test_every_row_has_a_call():
    """
    The table was read: each row says what it is for, and what to type here.
    """
    assert len(ROWS) == 21
    assert all(calls for _, calls in ROWS)


@pytest.mark.parametrize(("what", "calls"), ROWS, ids=[what for what, _ in ROWS])
def test_every_call_of_the_page_runs(what, calls, at_hand):
    """
    The last column as it stands; an argument that stands alone belongs to the call before it.
    """
    names = dict(at_hand)
    if what == "several points":
        names["x"] = names["several"]
    if what == "options of a key":
        names["x"] = names["letters"]
    names["new"], names["old"] = names["calibrated" if what == "linking" else "forms"]
    call = 'calibrate(x, "3pl")'

    for said in calls:
        if said.endswith(")"):
            call = said
            typed = said
        else:
            typed = f"{call[:-1]}, {said})"
        assert eval(typed, names) is not None  # noqa: S307 - our own page
