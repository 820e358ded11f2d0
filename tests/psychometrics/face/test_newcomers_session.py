"""What a newcomer types: the page for people who know mirt, and a stranger's first session."""

import numpy as np
import pytest
from newcomers import PAGE, PAGE_BLOCKS, ROOT, SESSION


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
