"""Texts, formulas and figures: what becomes markup, and what never does."""

import xml.etree.ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from examengine.bank import inline, plain
from examengine.bank.formulas import formula_fault, mathml
from examengine.bank.inline_text import paragraphs, text_faults
from examengine.pictures.drawings import LARGEST_FIGURE, figure_fault

NAMESPACE = 'xmlns="http://www.w3.org/2000/svg"'
MATHML = {"math", "mrow", "mi", "mo", "mn", "msub", "msup", "msubsup", "mspace", "mtext"}


def svg(inside: str, attributes: str = 'viewBox="0 0 9 9"') -> str:
    """A figure that holds `inside`."""
    return f"<svg {NAMESPACE} {attributes}>{inside}</svg>"


def test_marks_become_markup_and_all_else_is_escaped():
    """
    Emphasis, code and formulas are drawn; a tag in a text is shown as the text it is.
    """
    html = paragraphs("A *steep* rise of `x < 1`\n\nand <script>alert(1)</script>")

    assert html == (
        "<p>A <em>steep</em> rise of <code>x &lt; 1</code></p>\n"
        "<p>and &lt;script&gt;alert(1)&lt;/script&gt;</p>"
    )


@pytest.mark.parametrize("text", ["2 * 3 * 4", "a*b*c", "5*", "**", "* x *"])
def test_a_lone_asterisk_stays_an_asterisk(text):
    """
    A product is no emphasis.
    """
    assert inline(text) == text


def test_plain_text_keeps_the_words_and_drops_the_marks():
    """
    Titles and records get the words without their marks.
    """
    assert plain("The *mean* of `n`\nis \\( \\bar{x} \\)") == "The mean of n is \\bar{x}"


@given(st.text(alphabet="ab *`\\()<>&\"'{}^_\n", max_size=60))
def test_no_text_becomes_markup_of_its_own(text):
    """
    Whatever signs a text combines, the result is well-formed and holds only our own elements.
    """
    if any(text_faults(text)):
        return

    tree = ET.fromstring(f"<div>{paragraphs(text)}</div>")  # noqa: S314

    names = {element.tag.rpartition("}")[2] for element in tree.iter()}
    assert names <= {"div", "p", "em", "code"} | MATHML


@pytest.mark.parametrize(
    "tex",
    [
        r"\hat{y} = 40 + 2.5 x",
        r"\sqrt{\frac{p (1 − p)}{n}}",
        r"50\%",
        r"x \le 3",
        r"\text{per day}",
    ],
)
def test_a_formula_becomes_well_formed_mathml_with_its_tex(tex):
    """
    The TeX stands in the alternative text, for whoever cannot see or parse the formula.
    """
    tree = ET.fromstring(mathml(tex))  # noqa: S314

    assert tree.tag.endswith("math")
    assert tree.get("alttext") == tex


@pytest.mark.parametrize(
    ("tex", "says"),
    [
        (r"\href{javascript:alert(1)}{x}", r"\href"),
        (r"\style{color:red}{x}", r"\style"),
        (r"\text{<script>}", "'<'"),
        (r"\frac{1}", "lacks its argument"),
        (r"x}{", "braces"),
        ("", "1 to 500"),
        ("x" * 600, "1 to 500"),
    ],
)
def test_a_formula_outside_the_subset_is_refused(tex, says):
    """
    What could leave the formula, or cannot be converted, is named.
    """
    assert says in (formula_fault(tex) or "")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("an \\( open formula", "begun or ended alone"),
        ("a \x07 bell", "control character"),
        (r"\( \foo \)", r"\foo"),
    ],
)
def test_faults_of_a_text_are_told(text, says):
    """
    A text that cannot be drawn as it was meant is refused with the reason.
    """
    assert any(says in fault for fault in text_faults(text))


def test_a_drawing_of_shapes_is_taken():
    """
    Shapes, texts, gradients and references to parts of the same file are what figures are made of.
    """
    inside = '<defs><marker id="a"/></defs><path d="M0 0" marker-end="url(#a)"/><use href="#a"/>'

    assert figure_fault(svg(inside)) is None


@pytest.mark.parametrize(
    ("figure", "says"),
    [
        (svg("<script>alert(1)</script>"), "script"),
        (svg('<rect onclick="x()"/>'), "onclick"),
        (svg("<foreignObject/>"), "foreignObject"),
        (svg('<image href="https://example.org/x.png"/>'), "image"),
        (svg('<use href="https://example.org/x.svg#a"/>'), "refers to"),
        (svg('<rect fill="url(https://example.org/#a)"/>'), "refers to"),
        (svg(r'<rect fill="\75rl(https://example.org/#a)"/>'), "as fill"),
        (svg("""<rect mask="image-set('https://example.org/x.png' 1x)"/>"""), "as mask"),
        (svg('<set attributeName="href" to="https://example.org/x"/>'), "element set"),
        (svg("<style>rect { fill: url(//example.org/x) }</style>"), "element style"),
        (svg("<metadata>Ada</metadata>"), "element metadata"),
        (svg('<rect style="fill: red"/>'), "style"),
        (svg('<a xlink:href="x" xmlns:xlink="http://www.w3.org/1999/xlink"/>'), "element a"),
        (svg("", attributes=""), "viewBox"),
        ("<html/>", "begins with html"),
        (f"<!DOCTYPE svg [<!ENTITY a 'b'>]>{svg('')}", "document type"),
        (svg("<g>"), "well-formed"),
        (svg("<desc>" + "x" * LARGEST_FIGURE + "</desc>"), "larger than"),
    ],
)
def test_a_figure_that_is_more_than_a_drawing_is_refused(figure, says):
    """
    Scripts, handlers, foreign content, outside references and entities never enter the bank.
    """
    assert says in (figure_fault(figure) or "")
