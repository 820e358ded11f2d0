"""The psychometrician's pages: what they show equals what the commands say."""

import csv
import io
import json
import re
from uuid import UUID
from xml.etree import ElementTree as ET

import pytest
from sqlalchemy import Engine
from typer.testing import CliRunner

from examengine import (
    accounts,
    bank,
    calibration,
    db,
    delivery,
    importing,
    integrity,
    standard_setting,
)
from examengine.accounts import Role
from examengine.calibration import AnalysisCache, RunSettings
from examengine.cli import app as commands
from examengine.marking import Policy, Scope
from tests.calibration.graded_world import graded_world
from tests.calibration.world import PER_FORM, World, committed, form_of_every_rule
from tests.conftest import PASSWORD
from tests.four_eyes import let_one_be_enough
from tests.importing.small_administration import write_small_administration
from tests.jobs.inline import do_waiting

CONSOLE = accounts.system_actor()


@pytest.fixture
def engine(app) -> Engine:
    """The engine of the application."""
    return app.state.components.engine_of_first


@pytest.fixture
def world(engine, clock) -> World:
    """The small exam with its simulated pilot."""
    return committed(engine, clock)


@pytest.fixture
def run(engine, clock, world) -> calibration.CalibrationRun:
    """A calibration of the pilot."""
    ids = [world.pilot.id]
    return calibration.run_calibration(
        engine, clock, CONSOLE, AnalysisCache(), ids, Policy(), RunSettings()
    )


@pytest.fixture
def browser(client, engine, clock, hasher):
    """A browser in which a psychometrician is signed in."""
    _sign_in(client, engine, clock, hasher, Role.PSYCHOMETRICIAN)
    return client


def _sign_in(client, engine, clock, hasher, role: Role) -> None:
    with db.writing(engine) as session:
        accounts.add_person(
            session,
            clock,
            hasher,
            CONSOLE,
            email="who@example.org",
            name="Who",
            password=PASSWORD,
            roles=[role],
        )
    form = {"csrf": _token(client), "email": "who@example.org", "password": PASSWORD}
    assert client.post("/sign-in", data=form).status_code == 303


def _token(client, address: str = "/sign-in") -> str:
    return re.search(r'name="csrf" value="([0-9a-f]+)"', client.get(address).text)[1]


def _item_cells(text: str) -> dict[str, list[str]]:
    """The item table of a page: the texts of each row's cells, by item."""
    table = re.search(r'<table class="items">.*?</table>', text, re.DOTALL)[0]
    rows = ET.fromstring(table.replace("&nbsp;", " ")).iter("tr")  # noqa: S314  (our own page)
    cells = [["".join(cell.itertext()).strip() for cell in row] for row in rows]
    return {row[0].split()[0]: row[1:] for row in cells[1:]}


def test_nothing_to_analyse_yet(browser):
    """
    Before the first administration the page says what will be here, and how.
    """
    page = browser.get("/analysis")

    assert page.status_code == 200
    assert "No administration yet" in page.text
    assert "examengine administration import" in page.text


def test_the_list_marks_what_is_simulated(browser, world):
    """
    The pilot stands there with its size and alpha, stamped as simulated and as a test.
    """
    page = browser.get("/analysis").text

    assert f'href="/analysis/{world.pilot.id}"' in page
    assert '<strong class="stamp">Simulated</strong>' in page
    assert f'<td class="n">{2 * PER_FORM}</td>' in page


def test_an_administration_before_its_calibration(browser, world):
    """
    Classical figures are there at once; what needs a model says that it is not there yet.
    """
    page = browser.get(f"/analysis/{world.pilot.id}").text

    assert "made by a program" in page
    assert "Not calibrated yet" in page
    assert "No cut has been adopted" in page
    assert len(_item_cells(page)) == 30
    assert all(cells[3] == "–" for cells in _item_cells(page).values())


def test_figures_equal_the_commands(browser, world, run, tmp_path):
    """
    The downloads of the page, fed to the commands, give the figures of the page.
    """
    here = f"/analysis/{world.pilot.id}"
    for part in ("responses", "raw", "key"):
        answer = browser.get(f"{here}/{part}.csv")
        name = f"simulated-{part}.csv"
        assert answer.headers["content-disposition"] == f'attachment; filename="{name}"'
        (tmp_path / f"{part}.csv").write_bytes(answer.content)
    (tmp_path / "params.json").write_bytes(
        browser.get(f"/analysis/runs/{run.id}/parameters.json").content
    )
    analysis = _command("analyse", tmp_path / "raw.csv", "--key", tmp_path / "key.csv")
    parameters = _command("calibrate", tmp_path / "responses.csv", "--model", "2pl")
    fit = _command("fit", tmp_path / "responses.csv", "--params", tmp_path / "params.json")

    shown = _item_cells(browser.get(here).text)

    classical = {item["item_id"]: item for item in analysis["items"]}
    fitted = {item["item_id"]: item for item in fit["items"]}
    for item in parameters["items"]:
        expected = [
            f"{classical[item['item_id']]['n']:.0f}",
            _number(classical[item["item_id"]]["p"]),
            _number(classical[item["item_id"]]["item_rest_r"]),
            f"{_number(item['a'])} ({_number(item['se']['a'])})",
            f"{_number(item['b'])} ({_number(item['se']['b'])})",
            _number(fitted[item["item_id"]]["s_x2"]["p"], 3),
            _number(fitted[item["item_id"]]["infit"]),
            _number(fitted[item["item_id"]]["outfit"]),
        ]
        assert shown[item["item_id"]][:8] == expected
    assert parameters["input_digest"] == run.body["input_digest"]


def test_the_run_is_what_the_command_finds(browser, run, tmp_path):
    """
    The stored responses of a run, calibrated by the command, give the stored parameters.
    """
    (tmp_path / "responses.csv").write_bytes(
        browser.get(f"/analysis/runs/{run.id}/responses.csv").content
    )

    again = _command("calibrate", tmp_path / "responses.csv", "--model", "2pl", "--simulated")

    stored = json.loads(browser.get(f"/analysis/runs/{run.id}/parameters.json").text)
    assert again.keys() == stored.keys()
    assert again["log_likelihood"] == pytest.approx(stored["log_likelihood"], abs=1e-9)
    for ours, theirs in zip(stored["items"], again["items"], strict=True):
        assert ours["item_id"] == theirs["item_id"]
        assert ours["a"] == pytest.approx(theirs["a"], abs=1e-9)
        assert ours["se"]["b"] == pytest.approx(theirs["se"]["b"], abs=1e-9)


@pytest.mark.parametrize(("order", "first"), [("asc", min), ("desc", max)])
def test_the_table_is_sorted_by_a_link(browser, world, order, first):
    """
    A heading is a plain link that sorts; the column says so to those who cannot see it.
    """
    page = browser.get(f"/analysis/{world.pilot.id}?sort=p&order={order}").text

    values = [float(cells[1]) for cells in _item_cells(page).values()]
    assert values[0] == first(values)
    assert f'aria-sort="{"ascending" if order == "asc" else "descending"}"' in page


def test_sorting_by_htmx_draws_the_table_alone(browser, world):
    """
    HTMX gets the table and nothing around it, with every item in it.
    """
    fragment = browser.get(
        f"/analysis/{world.pilot.id}?sort=p", headers={"hx-request": "true"}
    ).text

    assert "<html" not in fragment
    assert fragment.lstrip().startswith('<div id="items"')
    assert len(_item_cells(fragment)) == 30


def test_what_is_unknown_comes_last(engine, clock, world):
    """
    Before a calibration every item is without a slope, and sorting by it loses none.
    """
    with db.reading(engine) as session:
        found = calibration.review(
            session, CONSOLE, AnalysisCache(), world.pilot.id, Scope.OPERATIONAL
        )
    rows = calibration.item_rows(found.analysis, None)

    for descending in (False, True):
        assert len(calibration.sorted_rows(rows, "a", descending=descending)) == 30
    assert calibration.sorted_rows(rows, "no such column") == rows


def test_an_item_is_shown_as_candidates_saw_it(browser, world, run):
    """
    The page holds the item's own controls, its key, its answers, and a plot of each kind.
    """
    ids = [form_item.ref.item_id for form in world.forms for form_item in form.items]
    for item_id in sorted(set(ids)):
        page = browser.get(f"/analysis/{world.pilot.id}/items/{item_id}")

        assert page.status_code == 200
        assert "As a candidate saw it" in page.text
        assert 'name="response' in page.text
        assert "<strong>Key:</strong>" in page.text
        assert page.text.count('class="plot-box"') == 3
        assert "Characteristic curve over the observed shares" in page.text


def test_an_item_says_why_it_is_flagged(browser, engine, world, run):
    """
    Each flag of the table is explained on the item's page, with its threshold.
    """
    with db.reading(engine) as session:
        found = calibration.review(
            session, CONSOLE, AnalysisCache(), world.pilot.id, Scope.OPERATIONAL
        )
    flagged = next(row for row in calibration.item_rows(found.analysis, found.run) if row.flags)

    page = browser.get(f"/analysis/{world.pilot.id}/items/{flagged.item_id}").text

    assert "Worth a second look" in page
    assert flagged.flags[0].title in page


def test_a_calibration_is_run_and_adopted_from_the_pages(browser, engine, world):
    """
    A form runs it, the run's page tells how far it can be trusted, another form adopts it.
    """
    here = f"/analysis/{world.pilot.id}"
    form = {"csrf": _token(browser, here), "model": "2pl", "scope": "operational"}

    answer = browser.post(f"{here}/runs", data=form)
    do_waiting(browser.app)

    assert answer.status_code == 303
    job_page = browser.get(answer.headers["location"]).text
    run_page = re.search(r'class="button" href="(/analysis/runs/[^"]+)"', job_page)[1]
    page = browser.get(run_page).text
    assert "Converged" in page
    assert "The test of the whole model was not asked for" in page
    reason = {"csrf": _token(browser, run_page), "reason": "Pilot calibration."}
    assert browser.post(f"{run_page}/adopt", data=reason).headers["location"] == run_page
    assert "These parameters are adopted" in browser.get(run_page).text
    assert "adopted</span>" in browser.get(here).text
    with db.reading(engine) as session:
        assert bank.current_parameters(session, world.exam.bank_id).reason == "Pilot calibration."


def test_the_cut_is_drawn_once_it_is_adopted(browser, engine, clock, world, run):
    """
    Information and error stand against the adopted cut, in the plots and in words.
    """
    with db.writing(engine) as session:
        let_one_be_enough(session, clock)
        calibration.adopt_run(session, clock, CONSOLE, run.id, "For the cut.")
        cut = standard_setting.adopt_cut_set_elsewhere(
            session,
            clock,
            CONSOLE,
            world.exam.id,
            world.forms[0].id,
            points="10",
            standard_error="",
            reason="Set in a test.",
            seen_cut=None,
        )

    page = browser.get(f"/analysis/{world.pilot.id}").text

    theta = _number(cut.theta_cut)
    assert page.count(f"The cut lies at θ = {theta}.") >= 2
    assert f">cut {theta}</text>" in page
    assert "On form A an ability at the cut is known to ±" in page
    assert "Form A" in page


def test_voided_responses_are_in_no_figure(browser, engine, clock, world):
    """
    Somebody whose responses were voided counts neither in the table nor in the files.
    """
    with db.writing(engine) as session:
        let_one_be_enough(session, clock)
        integrity.add_rulings(session, integrity.rulings_due(session, clock, world.pilot.id))
        record = delivery.response_records(session, world.pilot.id)[0]
        version = integrity.clearance_of(session, record.id).version
        integrity.void(session, clock, CONSOLE, record.id, "Copied from a neighbour.", seen=version)

    page = browser.get(f"/analysis/{world.pilot.id}").text
    rows = browser.get(f"/analysis/{world.pilot.id}/responses.csv").text.splitlines()

    assert "1 voided set of responses is in no figure" in page
    assert len(rows) == 1 + 2 * PER_FORM - 1
    assert not any(row.startswith(str(record.id)) for row in rows)


def test_pretest_items_are_a_click_away(browser, engine, clock, tmp_path):
    """
    Operational items come first; with pretest items the others are marked as such.
    """
    given = importing.read_administration(write_small_administration(tmp_path))
    with db.writing(engine) as session:
        stored = importing.import_administration(session, clock, CONSOLE, given).administration

    operational = browser.get(f"/analysis/{stored.id}").text
    everything = browser.get(f"/analysis/{stored.id}?scope=all").text

    assert 'href="?scope=all"' in operational
    assert list(_item_cells(operational)) == ["Q1", "Q2"]
    assert list(_item_cells(everything)) == ["Q1", "Q2", "Q3", "Q4"]
    assert everything.count('<span class="tag">pretest</span>') == 2


def test_adopting_needs_a_reason(browser, run):
    """
    Without a reason nothing is adopted, and the page says what is missing.
    """
    here = f"/analysis/runs/{run.id}"

    answer = browser.post(f"{here}/adopt", data={"csrf": _token(browser, here), "reason": "  "})

    assert answer.status_code == 422
    assert "reason" in answer.text
    assert "Adopt these parameters" in browser.get(here).text


@pytest.mark.parametrize("model", ["4pl", "nonsense"])
def test_an_unknown_model_is_refused_in_words(browser, world, model):
    """
    A model nobody offers stores nothing and is answered in words.
    """
    here = f"/analysis/{world.pilot.id}"
    form = {"csrf": _token(browser, here), "model": model, "scope": "operational"}

    answer = browser.post(f"{here}/runs", data=form)

    assert answer.status_code == 409
    assert "do not determine the parameters" in answer.text
    assert "Not calibrated yet" in browser.get(here).text


def test_a_run_needs_the_token_of_the_page(browser, world):
    """
    A form from another site starts no calibration.
    """
    form = {"model": "2pl", "scope": "operational"}

    assert browser.post(f"/analysis/{world.pilot.id}/runs", data=form).status_code == 403


def test_addresses_that_lead_nowhere(browser, world):
    """
    Unknown administrations, items, runs and files are answered in words, never with a defect.
    """
    nobody = "01a1ffc7-0000-7000-8000-000000000000"
    addresses = [
        f"/analysis/{nobody}",
        f"/analysis/{world.pilot.id}/items/NO-SUCH-ITEM",
        f"/analysis/runs/{nobody}",
        f"/analysis/runs/{nobody}/parameters.json",
    ]

    assert [browser.get(address).status_code for address in addresses] == [404] * 4
    assert browser.get("/analysis/not-an-id").status_code == 422
    assert browser.get(f"/analysis/{world.pilot.id}/secrets.csv").status_code in {404, 422}


@pytest.mark.parametrize("role", [Role.CANDIDATE, Role.AUTHOR, Role.PANELIST])
def test_responses_are_closed_to_others(client, engine, clock, hasher, world, run, role):
    """
    Keys and answers are for psychometricians, whatever the address.
    """
    _sign_in(client, engine, clock, hasher, role)
    item_id = world.forms[0].items[0].ref.item_id

    for address in (
        "/analysis",
        f"/analysis/{world.pilot.id}",
        f"/analysis/{world.pilot.id}/items/{item_id}",
        f"/analysis/{world.pilot.id}/key.csv",
        f"/analysis/runs/{run.id}",
        f"/analysis/runs/{run.id}/key.csv",
    ):
        assert client.get(address).status_code == 403


def test_nobody_signed_in_is_sent_to_the_door(client, world):
    """
    Whoever is not signed in is asked to.
    """
    assert client.get("/analysis").headers["location"].startswith("/sign-in")


def _command(*arguments) -> dict:
    result = CliRunner().invoke(commands, [str(argument) for argument in arguments])
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def _number(value: float | None, decimals: int = 2) -> str:
    return "–" if value is None else f"{value:.{decimals}f}".replace("-", "−")


def test_the_raw_file_holds_no_name(browser, world):
    """
    Files for analysis carry the ids of response records, never who the candidates are.
    """
    text = browser.get(f"/analysis/{world.pilot.id}/raw.csv").text

    rows = list(csv.DictReader(io.StringIO(text)))
    assert len(rows) == 2 * PER_FORM
    assert "candidate" not in text.lower()


def test_items_of_several_points_are_calibrated_from_the_pages(browser, engine, clock):
    """
    Models of steps are offered in words; the pages then show steps with errors, category curves,
    and the observed shares of each score.
    """
    world = graded_world(engine, clock, n_persons=600)
    here = f"/analysis/{world.administration.id}"
    offered = browser.get(here).text
    form = {
        "csrf": _token(browser, here),
        "model": "gpcm",
        "scope": "operational",
        "second_opinion": "true",
    }

    answer = browser.post(f"{here}/runs", data=form)
    do_waiting(browser.app)

    job_page = browser.get(answer.headers["location"]).text
    run_page = re.search(r'class="button" href="(/analysis/runs/[^"]+)"', job_page)[1]
    page = browser.get(run_page).text
    graded, plain = (browser.get(f"{here}/items/{item_id}").text for item_id in ("G-1", "R-1"))
    assert 'value="gpcm" checked' in offered
    assert "6 of these items are worth several points: G-1, G-2" in offered
    assert "Calibration: Generalized partial credit model (GPCM)" in page
    assert "generalized partial credit model for 6 items" in page
    assert "girth gave none: it takes one model for all items" in page
    assert browser.get(f"{run_page}/models.csv").text.splitlines()[:3] == [
        "item_id,model",
        "G-1,gpcm",
        "G-2,gpcm",
    ]
    with db.reading(engine) as session:
        run = calibration.find_run(session, CONSOLE, UUID(run_page.rsplit("/", 1)[1]))
    first, second = run.items["G-1"]["steps"]
    errors = run.items["G-1"]["se"]["steps"]
    steps = f"{_number(first)} ({_number(errors[0])}); {_number(second)} ({_number(errors[1])})"
    assert _item_cells(browser.get(here).text)["G-1"][4] == steps
    assert "<dt>step 2</dt>" in graded
    assert "Category curves" in graded
    assert "Observed shares of each score" in graded
    assert "Share of the points" in graded
    assert "Category curves" not in plain
    assert "Share right" in plain


def test_an_item_with_partial_credit_shows_the_points_of_each_answer(browser, engine, clock):
    """
    The answers of a numeric item with bands: what each is worth, and p as a share of the points.
    """
    with db.writing(engine) as session:
        form = form_of_every_rule(session, clock)
        pilot = calibration.simulate_pilot(
            session, clock, CONSOLE, form.exam_id, persons_per_form=200, seed=3
        )

    graded = browser.get(f"/analysis/{pilot.id}/items/MW-003").text
    whole = browser.get(f"/analysis/{pilot.id}/items/MW-013").text

    shown = re.findall(
        r'<th scope="row" class="words">([\d.]+).*?<td class="n">(\d)</td>', graded, re.S
    )
    assert {"18": "2", "17.5": "1", "1.8": "1", "1800": "0"}.items() <= dict(shown).items()
    assert "p, mean share of the points" in graded
    assert ">Points</th>" not in whole
    assert "p, share right" in whole
