"""A classical analysis as one page to read and print: no script, nothing to fetch."""

from collections.abc import Mapping
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from examengine.resources import data_folder


def analysis_page(document: Mapping[str, Any], *, title: str) -> str:
    """Return the report of an analysis as HTML.

    Args:
        document: What `analyse` prints.
        title: What the administration is called.
    """
    templates = Environment(
        loader=FileSystemLoader(data_folder("templates")),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    templates.filters["figure"] = figure
    return templates.get_template("reports/analysis.html").render(title=title, found=document)


def figure(value: float | None, digits: int = 2) -> str:
    """Return a number with a fixed number of digits and a true minus; a dash for none."""
    if value is None:
        return "–"
    return f"{value:.{digits}f}".replace("-", "−")
