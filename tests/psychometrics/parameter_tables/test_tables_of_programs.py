"""Item parameters of other programs: their own formulas, their own figures, and hostile tables."""

import csv
import io
import json
import math
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from examengine.psychometrics.csv_tables import UnusableFile
from examengine.psychometrics.models import MODELS
from examengine.psychometrics.parameter_tables import (
    FORMATS,
    MOST_ITEMS,
    TableConventions,
    read_table,
    recognised,
)
from examengine.psychometrics.parameters import ItemParameters
from examengine.psychometrics.refusals import Refusal

MIRT = json.loads(
    (Path(__file__).parents[2] / "reference" / "simulated_sets" / "figures.json").read_text("utf-8")
)
"""Estimates of mirt 1.47."""
THETA = np.array([-3.0, -1.2, 0.0, 0.4, 2.5])
SLOPES = st.floats(0.05, 4.0)
PLACES = st.floats(-5.0, 5.0).filter(lambda place: place == 0.0 or abs(place) > 1e-6)
"""What was ever estimated is either nothing or not that close to it."""


def r_table(rows):
    """Rows as `write.csv` of R writes a matrix: item names under an empty heading, NA for none."""
    names = list(dict.fromkeys(name for row in rows for name in row if name != "item"))
    lines = [",".join(['""', *(f'"{name}"' for name in names)])]
    for row in rows:
        cells = ["NA" if row.get(name) is None else repr(row[name]) for name in names]
        lines.append(",".join([f'"{row["item"]}"', *cells]))
    return ("\n".join(lines) + "\n").encode()


def read(content, code=None, **said):
    """The items of a table, all of them without a fault."""
    table = read_table("table.csv", content)
    header = tuple(name.casefold() for name in table.header)
    (found,) = recognised(header) if code is None else (FORMATS[code],)
    reading = found.read(table, TableConventions(**said))
    assert [item.faults for item in reading.items] == [()] * len(reading.items)
    return [item.parameters for item in reading.items]


def probabilities(item):
    """Category probabilities of an item at THETA, shape (n_categories, n_points)."""
    return MODELS[item.model].probabilities(THETA, item.coordinates[np.newaxis])[0]


def written(code, items):
    """The file that a format writes."""
    head, rows = FORMATS[code].write(items)
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([head, *rows])
    return text.getvalue().encode()


def right_wrong(slope, intercept, lower=0.0, upper=1.0):
    """Return what mirt says: P = g + (u − g) / (1 + exp(−(a1 θ + d)))."""
    right = lower + (upper - lower) / (1.0 + np.exp(-(slope * THETA + intercept)))
    return np.stack([1.0 - right, right])


def graded(slope, intercepts):
    """Return what mirt says of graded items: P(X ≥ k) = 1 / (1 + exp(−(a1 θ + dk)))."""
    reached = [np.ones_like(THETA)]
    reached += [1.0 / (1.0 + np.exp(-(slope * THETA + one))) for one in intercepts]
    reached.append(np.zeros_like(THETA))
    return -np.diff(np.stack(reached), axis=0)


def adjacent(loadings, constants):
    """Return what mirt (gpcm) and TAM say: P(X = k) ∝ exp(loading k · θ + constant k)."""
    weights = np.exp(np.outer(loadings, THETA) + np.array(constants)[:, np.newaxis])
    return weights / weights.sum(axis=0)


@pytest.mark.parametrize("name", ["s_2pl", "s_3pl", "s_rasch"])
def test_right_wrong_items_of_mirt_have_the_curves_of_its_formula(name):
    """
    The intercepts that mirt 1.47 estimated give the probabilities of its own formula.
    """
    rows = MIRT[name]["slope_intercept"]

    items = read(r_table(rows))

    for row, item in zip(rows, items, strict=True):
        expected = right_wrong(row["a1"], row["d"], row["g"], row["u"])
        assert probabilities(item) == pytest.approx(expected, abs=1e-12)
    assert {item.model for item in items} == {name.removeprefix("s_")}


def test_graded_items_of_mirt_have_the_curves_of_its_formula():
    """
    Items of the graded response model are known by d1, d2 … without ak.
    """
    rows = MIRT["s_grm"]["slope_intercept"]

    items = read(r_table(rows))

    for row, item in zip(rows, items, strict=True):
        expected = graded(row["a1"], [row["d1"], row["d2"], row["d3"]])
        assert probabilities(item) == pytest.approx(expected, abs=1e-12)
    assert {item.model for item in items} == {"grm"}


@pytest.mark.parametrize(("name", "model"), [("s_gpcm", "gpcm"), ("s_pcm", "pcm")])
def test_partial_credit_items_of_mirt_have_the_curves_of_its_formula(name, model):
    """
    Items of the partial credit models are known by ak0, ak1 …
    """
    rows = MIRT[name]["slope_intercept"]

    items = read(r_table(rows))

    for row, item in zip(rows, items, strict=True):
        last = max(int(part[2:]) for part in row if part.startswith("ak"))
        loadings = [row["a1"] * row[f"ak{k}"] for k in range(last + 1)]
        expected = adjacent(loadings, [row[f"d{k}"] for k in range(last + 1)])
        assert probabilities(item) == pytest.approx(expected, abs=1e-12)
    assert {item.model for item in items} == {model}


@pytest.mark.parametrize("name", ["s_2pl", "s_3pl", "s_grm", "s_gpcm"])
def test_both_tables_of_mirt_say_the_same(name):
    """
    Slopes and intercepts are brought to the traditional parameters that mirt itself computes.
    """
    step_model = name.removeprefix("s_") if name in {"s_grm", "s_gpcm"} else None

    of_slopes = read(r_table(MIRT[name]["slope_intercept"]))
    traditional = read(r_table(MIRT[name]["irt"]), step_model=step_model)

    for one, other in zip(of_slopes, traditional, strict=True):
        assert one.coordinates == pytest.approx(other.coordinates, rel=1e-12)


def test_steps_that_the_table_does_not_name_are_asked_for():
    """
    b1, b2 … of mirt can be thresholds or steps; nobody guesses which.
    """
    table = read_table("mirt.csv", r_table(MIRT["s_grm"]["irt"]))

    reading = FORMATS["mirt"].read(table, TableConventions())

    assert all("graded response model (grm)" in item.faults[0] for item in reading.items)


def test_nominal_items_are_refused_with_the_reason():
    """
    Categories without an order are worth no points, so no score can be computed of them.
    """
    table = read_table("mirt.csv", r_table(MIRT["s_nrm"]["slope_intercept"]))

    reading = FORMATS["mirt_slopes"].read(table, TableConventions())

    assert all("nominal model" in item.faults[0] for item in reading.items)


def test_items_of_tam_have_the_curves_of_its_formula():
    """
    P(X = k) ∝ exp(B_k θ − AXsi_k), of items with one point and with three.
    """
    content = (
        b'"item","N","M","xsi.item","AXsi_.Cat1","AXsi_.Cat2","AXsi_.Cat3","B.Cat1.Dim1",'
        b'"B.Cat2.Dim1","B.Cat3.Dim1"\n"Q1",500,0.5,-0.4,-0.4,NA,NA,0.7,0,0\n'
        b'"Q2",480,1.6,0.2,-0.9,-0.2,0.6,1.3,2.6,3.9\n'
    )

    one, three = read(content)

    assert probabilities(one) == pytest.approx(adjacent([0, 0.7], [0, 0.4]), abs=1e-12)
    expected = adjacent([0, 1.3, 2.6, 3.9], [0, 0.9, 0.2, -0.6])
    assert probabilities(three) == pytest.approx(expected, abs=1e-12)
    assert (one.n, three.n) == (500, 480)


def test_the_traditional_table_of_tam_says_the_same_as_its_table_of_items():
    """
    alpha, beta and tau are those that TAM computes of AXsi_ and B.
    """
    items = read(
        b"item,N,M,xsi.item,AXsi_.Cat1,AXsi_.Cat2,B.Cat1.Dim1,B.Cat2.Dim1\nQ1,9,1,0.2,-0.6,0.4,2,4\n"
    )
    traditional = read(b"item,alpha,beta,tau.Cat1,tau.Cat2\nQ1,2,0.1,-0.4,0.4\n")

    assert items[0].values == traditional[0].values == {"a": 2.0, "steps": (-0.3, 0.5)}


@given(
    SLOPES, PLACES, st.sampled_from([0.0, 0.01, 0.2, 0.385]), st.sampled_from(["1", "1.7", "1.702"])
)
def test_curves_of_a_normal_metric_stay_what_they_were(a, b, c, scaling):
    """
    With D = 1.7 P = c + (1 − c) / (1 + exp(−1.7 a (θ − b))); the slope taken in is D a.
    """
    content = f"Item ID,P,a,b,c\nQ1,0.5,{a!r},{b!r},{c!r}\n".encode()

    (item,) = read(content, scaling=scaling)

    z = float(scaling) * a * (THETA - b)
    right = c + (1.0 - c) / (1.0 + np.exp(-z))
    assert probabilities(item)[1] == pytest.approx(right, abs=1e-12)


def test_standard_errors_follow_the_metric():
    """
    That of a slope is multiplied by D as the slope is; that of a difficulty stays.
    """
    (item,) = read(b"id,a,b,se_a,se_b,n\nQ1,0.5,1,0.1,0.2,300\n", scaling="1.7")

    assert item.values["a"] == 0.85
    assert item.se == pytest.approx({"a": 0.17, "b": 0.2})
    assert item.n == 300


@pytest.mark.parametrize("code", ["generic", "xcalibre"])
def test_the_constant_is_asked_for(code):
    """
    A table that does not say for which D its slopes are is not taken for either.
    """
    table = read_table("table.csv", FORMATS[code].example.encode())

    with pytest.raises(Refusal, match=r"D = 1 .* or D = 1\.7"):
        FORMATS[code].read(table, TableConventions())


def test_a_constant_that_a_program_does_not_have_is_refused():
    """
    The D of mirt is 1; whoever says otherwise has changed the table, or is mistaken.
    """
    table = read_table("mirt.csv", FORMATS["mirt"].example.encode())

    with pytest.raises(Refusal, match="mirt writes slopes for D = 1"):
        FORMATS["mirt"].read(table, TableConventions("1.7", "grm"))


def item_of(model, a, places):
    """An item of a model."""
    if model in {"rasch", "pcm"}:
        a = 1.0
    if model == "grm":
        return ItemParameters("Q1", model, {"a": a, "thresholds": tuple(sorted(set(places)))})
    if model in {"gpcm", "pcm"}:
        return ItemParameters("Q1", model, {"a": a, "steps": tuple(places)})
    c = {"3pl": 0.137, "4pl": 0.02}.get(model, 0.0)
    d = 0.973 if model == "4pl" else 1.0
    return ItemParameters("Q1", model, {"a": a, "b": places[0], "c": c, "d": d})


@given(
    st.sampled_from(["examengine", "generic", "mirt", "mirt_slopes", "tam", "tam_irt"]),
    st.sampled_from(["rasch", "2pl", "3pl", "4pl", "grm", "gpcm", "pcm"]),
    SLOPES,
    st.lists(PLACES, min_size=2, max_size=5, unique=True).filter(
        lambda places: min(np.diff(sorted(places))) > 1e-6
    ),
)
def test_out_and_in_again_is_the_same_to_the_last_digit(code, model, a, places):
    """
    Whatever table parameters are taken out as, they come in as the very same doubles.
    """
    item = item_of(model, a, places)
    if FORMATS[code].cannot_hold(item):
        return

    (again,) = read(
        written(code, [item]),
        code,
        scaling="1",
        step_model="grm" if model == "grm" else "gpcm",
    )

    for name, value in again.values.items():
        assert value == item.values[name], name
    assert probabilities(again) == pytest.approx(probabilities(item), abs=1e-15)


def test_what_a_table_cannot_hold_is_said():
    """
    TAM has no graded items and no upper asymptote; whoever takes parameters out hears of it.
    """
    graded_item = item_of("grm", 1.0, [-1.0, 1.0])
    sloppy = item_of("4pl", 1.0, [0.3])

    assert "graded response model" in FORMATS["tam"].cannot_hold(graded_item)
    assert "upper asymptote" in FORMATS["tam"].cannot_hold(sloppy)
    assert FORMATS["mirt"].cannot_hold(graded_item) is None


def test_tables_of_half_of_europe_are_read():
    """
    `write.csv2` parts cells by semicolons and writes a decimal comma.
    """
    (item,) = read(b'"";"a";"b";"g";"u"\n"Q1";1,25;-0,5;0;1\n')

    assert (item.values["a"], item.values["b"]) == (1.25, -0.5)


@pytest.mark.parametrize(
    ("row", "needed"),
    [
        ("Q1,2pl,,0.5", "a is empty"),
        ("Q1,2pl,1.2,", "b is empty"),
        ("Q1,2pl,1e999999999,0.5", "a is '1e999999999'"),
        ("Q1,2pl,1_000,0.5", "a is '1_000'"),
        ("Q1,2pl,nan,0.5", "a is"),
        ("Q1,5pl,1,0.5", "model '5pl' is none of"),
        ("Q1,nrm,1,0.5", "no order of points"),
        ("Q1,grm,1,0.5", "b1 is empty"),
        (",2pl,1,0.5", "names no item"),
    ],
)
def test_a_row_that_cannot_be_used_says_what_would_be_right(row, needed):
    """
    Each fault stands with its item and its line, and the row beside it is read.
    """
    content = f"id,model,a,b\n{row}\nQ2,2pl,1,0\n".encode()

    reading = FORMATS["generic"].read(
        read_table("table.csv", content), TableConventions(scaling="1")
    )

    assert needed in " ".join(reading.items[0].faults)
    assert reading.items[0].line == 2
    assert reading.items[1].faults == ()


def test_an_item_that_stands_twice_is_a_fault_of_the_second_row():
    """
    Two rows of one item are not one of them by chance.
    """
    content = b"id,a,b\nQ1,1,0\nQ1,2,1\n"

    reading = FORMATS["generic"].read(
        read_table("table.csv", content), TableConventions(scaling="1")
    )

    assert reading.items[0].faults == ()
    assert "line 2 already" in reading.items[1].faults[0]


@pytest.mark.parametrize(
    ("content", "needed"),
    [
        (b"", "empty"),
        (b"PK\x03\x04rest", "CSV UTF-8"),
        (b"\xff\xfei\x00d\x00", "CSV UTF-8"),
        (b"id,a,b\nQ1,1\n", "2 cells; the header has 3"),
        (b"id,a,A\nQ1,1,2\n", "capital letters apart"),
        (b"id,a\x00,b\nQ1,1,2\n", "NUL"),
        (b'"id,a,b\nQ1,1,2\n', "row"),
        (b"id,a,b\n\xe9,1,2\n", "UTF-8"),
    ],
)
def test_a_file_that_is_no_table_is_refused_in_words(content, needed):
    """
    Bytes that are no table are told apart, and nothing crashes.
    """
    with pytest.raises(UnusableFile, match=needed):
        read_table("odd.csv", content)


def test_a_table_larger_than_any_bank_is_refused():
    """
    Rows are counted before anything is done with them.
    """
    content = b"id,a,b\n" + b"Q,1,0\n" * (MOST_ITEMS + 1)

    with pytest.raises(UnusableFile, match=f"at most {MOST_ITEMS}"):
        read_table("large.csv", content)


def test_columns_that_say_nothing_of_parameters_are_named():
    """
    What is passed over is told, so that nobody believes it was taken in.
    """
    table = read_table("table.csv", b"id,a,b,author\nQ1,1,0,Ada\n")

    reading = FORMATS["generic"].read(table, TableConventions(scaling="1"))

    assert reading.unread == ("author",)


@given(st.binary(max_size=300))
def test_no_bytes_crash_the_reader(content):
    """
    Whatever is sent, the answer is a table or a refusal in words.
    """
    with suppress(UnusableFile):
        table = read_table("any.csv", content)
        for found in FORMATS.values():
            with suppress(Refusal):
                found.read(table, TableConventions("1", "grm"))


def test_figures_are_written_in_full():
    """
    What is written of an intercept has more digits than a double, so that none is lost.
    """
    item = ItemParameters("Q1", "2pl", {"a": math.e / 3, "b": math.pi / 7})

    _, rows = FORMATS["mirt_slopes"].write([item])

    assert len(rows[0][2].lstrip("-0.")) >= 20
