"""Every route, asked by members of another organisation with real ids of this one: nothing there.

The routes are asked of the application, so a new one is tested on the day it is written. Of what
everybody may see without signing in they see just that, whoever they are elsewhere.
"""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from sqlmodel import col, select

import examengine.app
from examengine import accounts, bank, calibration, credentials, db, ledger
from examengine.accounts import Actor, OrganisationChange, Role
from examengine.accounts.tables import OrganisationRow
from examengine.bank.tables import BankViewRow, MediaFileRow
from examengine.calibration.tables import CalibrationRunRow
from examengine.credentials import AwardingBody, create_key
from examengine.delivery.tables import ResponseRecordRow
from examengine.four_eyes.tables import ProposalRow
from examengine.jobs import JobState
from examengine.jobs.tables import JobRow
from examengine.kernel.ids import new_id
from examengine.settings import Settings
from examengine.standard_setting.tables import JudgeRow, PanelRow
from tests.bank.media_files import picture
from tests.calibration.elsewhere_tables import sent
from tests.conftest import PASSWORD
from tests.credentials.programme import issue_due, score_and_decide
from tests.scoring import world as worlds
from tests.web.test_every_route import PUBLIC, ROUTES
from tests.web.visitors import Visitors

NOW = datetime(2026, 11, 21, 9, tzinfo=UTC)
LOCKED = {403, 404}
NAMES = ("Short exam", "Spring session", "Data Literacy", "Adafirst")
SENT = {
    "saves": {"client": "page-of-theirs", "seq": 1, "response": "a", "seen": 0},
    "flags": {"client": "page-of-theirs", "seq": 2, "flagged": True},
    "signals": {"client": "page-of-theirs", "seq": 3, "lost": True},
    "plays": {"client": "page-of-theirs", "place": 0},
}
SENT_FILES = {
    "import": "files",
    "ratings": "ratings",
    "parameters": "file",
    "statistics": "file",
}
"""What the file of a form is called, by the end of the address."""
TURN = {"client": "page-of-theirs", "place": 1, "chosen": 0}
"""What scripts send, by the end of the address."""
FILLED = {
    "dry_run": "false",
    "severity": "warning",
    "confirmed": "true",
    "judge_id": "J1",
    "rating": "50",
    "sure": "yes",
    "reason": "Somebody said that it is right.",
    "on": "true",
    "active": "true",
    "verb": "hold",
    "remedy": "credit",
    "seen": "1",
    "password": "four cold lamps sing",
    "model": "2pl",
    "scope": "all",
    "title": "A title",
    "draft_seen": "1",
    "set_id": "round-1",
    "model_id": "MODEL-1",
    "draft_ids": "R-1",
    "drafts_seen": "1",
    "newest": "1",
    "item_type": "matching",
    "copy_id": "S-COPY",
    "resolved": "true",
    "version": "1",
    "text": "Is that so?",
    "target": "review",
    "vote": "essential",
    "states": "draft: Draft, in work\nlive: Live, usable",
    "moves": "draft -> live: reviewer",
    "present": "draft",
    "consented": "yes",
    "opens_at": "2026-11-21T09:00",
    "closes_at": "2026-11-21T19:00",
}


@pytest.fixture
def shared(database_url, tmp_path, clock, hasher):
    """An application with a programme in its first organisation, on each database."""
    settings = Settings(
        database_url=database_url,
        state=tmp_path,
        public_url="http://testserver",
        host="127.0.0.1",
        port=8000,
        workers=1,
    )
    create_key(settings.signing_keys, clock.now(), development=True)
    app = examengine.app.create_app(settings, clock, hasher)
    world = worlds.build(app.state.components.engine_of_first, clock, hasher)
    world.sit("Adafirst", right=11)
    world.sit("Ben", right=6, submit=False)
    world.adopt_cut()
    score_and_decide(world)
    body = AwardingBody(settings.public_url, settings.signing_keys)
    issued = issue_due(world, body)
    with TestClient(app, follow_redirects=False, headers={"accept": "text/html"}) as client:
        yield client, world, ids_of(world, issued)
    app.close()


def ids_of(world, issued) -> dict[str, str]:
    """Return a real id of the first organisation for each name that stands in an address."""
    attempt, form = world.candidates["Adafirst"].attempt_id, world.form
    now = world.clock.now()
    with db.writing(world.engine) as session:
        record = session.exec(
            select(ResponseRecordRow.id).where(col(ResponseRecordRow.attempt_id) == attempt)
        ).one()
        run = session.exec(select(CalibrationRunRow.id)).first()
        panel, proposal, job = new_id(now), new_id(now), new_id(now)
        picture = MediaFileRow(
            digest="sha256:" + "a" * 64, media_type="image/svg+xml", data=b"<svg/>"
        )
        rows = (*_panel(panel, world, now), _proposal(proposal, now), _job(job, now), picture)
        for row in rows:
            session.add(row)
            session.flush()
        item_id = form.items[0].ref.item_id
        bank.begin_version(session, world.clock, world.staff, "data-literacy", item_id)
        first = ("round-1", "R-1", "single_choice")
        bank.begin_item_of_set(session, world.clock, world.staff, "data-literacy", *first)
        bank.begin_model(session, world.clock, world.staff, "data-literacy", "MODEL-1")
        said = {"version": form.items[0].ref.version, "field": "stem", "text": "Of Adafirst?"}
        comment = bank.comment_item(
            session, world.clock, world.staff, "data-literacy", item_id, **said
        )
        brought = calibration.bring_in_parameters(
            session, world.clock, world.staff, "data-literacy", sent([(item_id, 1.2, 0.1)])
        )
        view = BankViewRow(
            id=new_id(now),
            bank_id="data-literacy",
            title="Adafirst's view",
            query="q=median",
            shared=True,
            saved_by=world.candidates["Adafirst"].actor.person_id,
            saved_by_name="Adafirst",
            saved_at=now,
        )
        session.add(view)
        session.flush()
    return {
        "administration_id": world.administration.id,
        "attempt_id": attempt,
        "subject_id": attempt,
        "record_id": record,
        "person_id": world.candidates["Adafirst"].actor.person_id,
        "exam_id": form.exam_id,
        "bank_id": "data-literacy",
        "item_id": form.items[0].ref.item_id,
        "set_id": "round-1",
        "model_id": "MODEL-1",
        "version": form.items[0].ref.version,
        "code": form.code,
        "run_id": run,
        "panel_id": panel,
        "proposal_id": proposal,
        "job_id": job,
        "view_id": view.id,
        "comment_id": comment.id,
        "elsewhere_id": brought.id,
        "credential_id": issued[0].id,
        "form_id": form.id,
        "digest": "a" * 64,
        "ending": "svg",
        "rule": "key_alone",
        "part": "raw",
        "kind": "seal",
        "place": "1",
        "section": "1",
        "number": "1",
    }


def _panel(panel_id, world, now):
    yield PanelRow(
        id=panel_id,
        exam_id=world.form.exam_id,
        exam_digest=world.form.exam_digest,
        form_id=world.form.id,
        form_digest=world.form.digest,
        method="modified_angoff",
        definition="Just good enough.",
        rounds=2,
        set_up_at=now,
        set_up_by="Staff of all trades",
        simulated=False,
    )
    yield JudgeRow(panel_id=panel_id, judge_id="J1", place=0, person_id=world.staff.person_id)


def _proposal(proposal_id, now):
    return ProposalRow(
        id=proposal_id,
        act="credentials.revoke_all",
        subject="administration:1",
        role="awarding_officer",
        terms={},
        proposed_by=new_id(now),
        proposed_by_name="Adafirst",
        proposed_at=now,
        state="waiting",
    )


def _job(job_id, now):
    return JobRow(
        id=job_id,
        organisation_id=db.FIRST_ORGANISATION,
        kind="bank.import",
        title="Import into data-literacy",
        subject="bank:data-literacy",
        arguments={"bank_id": "data-literacy"},
        asked_by=new_id(now),
        asked_by_name="Adafirst",
        asked_at=now,
        roles=["author"],
        state=JobState.WAITING.value,
        words="Waiting",
        done=0,
        tries=0,
        losses=0,
        not_before=now,
        cancel_asked=False,
    )


@pytest.fixture
def strangers(shared, clock, hasher):
    """Make members of a second organisation, who sign in at the one browser."""
    client, world, _ = shared
    row = OrganisationRow(
        id=new_id(NOW), code="second", language="en", time_zone="UTC", created_at=NOW
    )
    with db.writing(world.engine) as session:
        session.add(row)
    second = db.within(world.engine, row.id)
    visitors = Visitors(client, clock, hasher)

    def enter(*roles: Role) -> Actor:
        name = f"Stranger {len(roles)} {roles[0].value}"
        with db.writing(second) as session:
            found = accounts.add_person(
                *(session, clock, hasher, accounts.system_actor(row.id)),
                email=f"{name.replace(' ', '.')}@example.org",
                name=name,
                password=PASSWORD,
                roles=roles,
            )
        return visitors.enter(Actor(found.id, found.name, found.roles, row.id))

    return enter


def address_of(path: str, ids: dict[str, str]) -> str:
    """Return the address of a thing that exists in the first organisation."""
    return re.sub(r"\{(\w+)\}", lambda found: str(ids[found[1]]), path)


def ask(client, method, path, ids):
    """Ask as a page of ours would, with a form that is filled in."""
    token = re.search(r'name="csrf" value="([0-9a-f]+)"', client.get("/sign-in").text)[1]
    asked = {"headers": {"x-csrf-token": token}}
    script = path.rpartition("/")[2]
    if script in SENT:
        asked["json"] = {**SENT[script], "item_id": ids["item_id"]}
    elif script == "turns":
        asked["json"] = {**TURN, "answer": {**SENT["saves"], "item_id": ids["item_id"]}}
    elif path.endswith("/late"):
        late = {
            "item_id": ids["item_id"],
            "client": "page-of-theirs",
            "seq": 1,
            "fields": {},
            "made": 0,
        }
        asked["json"] = {"answers": [late]}
    elif method == "POST":
        named = {name: str(ids[name]) for name in ("item_id", "credential_id", "form_id")}
        asked["data"] = {"csrf": token, **FILLED, **named}
        file = path.rpartition("/")[2]
        if file in SENT_FILES and "{job_id}" not in path:
            name = SENT_FILES[file]
            asked["files"] = {name: ("one.csv", b"judge,item,round\n", "text/csv")}
    return client.request(method, address_of(path, ids), **asked)


def digest_of_everything(world):
    """Return what the ledger of the first organisation says, and how much it is."""
    with db.reading(world.engine) as session:
        last = list(ledger.entries(session))[-1]
    return last.position, last.link


def test_whoever_may_everything_elsewhere_finds_nothing_here(shared, strangers):
    """
    Somebody with every role in another organisation is told of each thing that it is not there.
    """
    client, world, ids = shared
    before = digest_of_everything(world)
    strangers(*Role)
    asked = [(method, path) for method, path in ROUTES if "{" in path and path not in PUBLIC]

    answers = {route: ask(client, *route, ids) for route in asked}

    found = {route: one.status_code for route, one in answers.items() if one.status_code != 404}
    told = {route for route, one in answers.items() if any(name in one.text for name in NAMES)}
    assert found == {}
    assert told == set()
    assert digest_of_everything(world) == before


@pytest.mark.parametrize("role", Role)
def test_no_role_elsewhere_finds_anything_here(shared, strangers, role):
    """
    Each role of another organisation is refused by what is not its own, and finds nothing else.
    """
    client, world, ids = shared
    before = digest_of_everything(world)
    strangers(role)
    asked = [(method, path) for method, path in ROUTES if path not in PUBLIC]

    answers = {route: ask(client, *route, ids) for route in asked}

    with_ids = {route: one.status_code for route, one in answers.items() if "{" in route[1]}
    assert {route: one for route, one in with_ids.items() if one not in LOCKED} == {}
    assert {r for r, one in answers.items() if any(name in one.text for name in NAMES)} == set()
    assert digest_of_everything(world) == before


PUBLISHED = sorted(
    path for method, path in ROUTES if path in PUBLIC and method == "GET" and path != "/"
)
"""What everybody may ask for; the start page is that of whoever asks."""
PRIVATE = ("Adafirst", "Spring session", "Staff of all trades")
"""What no published page says."""


def ask_published(client, ids, organisation):
    """Ask for everything that is published; return status, and what stands below the head."""
    published = {**ids, "kind": "badge", "number": "0", "organisation": organisation}
    answers = {path: client.get(address_of(path, published)) for path in PUBLISHED}
    return {path: (one.status_code, below_the_head(one)) for path, one in answers.items()}


def below_the_head(answer):
    """Return what an answer says, without the head of a page and its token."""
    if not answer.headers.get("content-type", "").startswith("text/html"):
        return answer.content
    main = answer.text[answer.text.index("<main") :]
    return re.sub(r'name="csrf" value="[0-9a-f]+"', "", main)


def show_to_everybody(world, ids):
    """Let the holder show the credential."""
    body = AwardingBody("http://testserver", keys=Path())  # nothing is signed: no key is read
    credentials.show(
        *(world.engine, world.clock, body, world.candidates["Adafirst"].actor),
        ids["credential_id"],
        public=True,
        name_shown=False,
    )


@pytest.mark.parametrize("shown", [False, True])
@pytest.mark.parametrize("organisation", ["main", "second"])
def test_a_session_of_another_organisation_sees_what_anybody_sees(
    shared, strangers, shown, organisation
):
    """
    Every published page is the same below its head, with every role elsewhere or with no session.
    """
    client, world, ids = shared
    if shown:
        show_to_everybody(world, ids)
    anybody = ask_published(client, ids, organisation)
    strangers(*Role)

    theirs = ask_published(client, ids, organisation)

    assert {path for path, one in theirs.items() if one != anybody[path]} == set()
    said = {path: str(one[1]) for path, one in theirs.items()}
    assert {path for path, text in said.items() if any(name in text for name in PRIVATE)} == set()
    credential = theirs["/credentials/{credential_id}"]
    assert credential[0] == (200 if shown else 404)
    assert "What you show" not in str(credential[1])


def name_first(world):
    """Give the first organisation a name and a logo."""
    change = OrganisationChange(name="First Board", logo=picture("PNG"))
    with db.writing(world.engine) as session:
        accounts.change_organisation(
            session, world.clock, accounts.system_actor(), change, first_named=""
        )


def test_the_head_says_where_they_are_and_the_page_whose_it_is(shared, strangers):
    """
    On a page of the first organisation somebody of the second reads both names, each in its place.
    """
    client, world, ids = shared
    name_first(world)
    address = f"/achievements/{ids['exam_id']}"
    anybody = client.get(address).text
    strangers(*Role)

    theirs = client.get(address).text

    head, main = theirs.split("</header>", 1)
    assert "<bdi>second</bdi>" in head
    assert "First Board" not in head
    assert "Awarded by <bdi>First Board</bdi>" in main
    assert "<bdi>First Board</bdi>" in anybody.split("</header>", 1)[0]


def test_verifying_says_the_same_to_whoever_asks(shared, strangers):
    """
    A badge of the first organisation is verified as its own, with a session of the second, too.
    """
    client, world, ids = shared
    name_first(world)
    with db.reading(world.engine) as session:
        found = credentials.find_credential(session, world.staff, ids["credential_id"])

    def verdict():
        token = re.search(r'name="csrf" value="([0-9a-f]+)"', client.get("/verify").text)[1]
        sent = {"csrf": token, "pasted": found.document.decode()}
        return below_the_head(client.post("/verify", data=sent))

    anybody = verdict()
    strangers(*Role)

    theirs = verdict()

    assert theirs == anybody
    assert "Verified" in theirs
    assert "First Board, which awards here" in theirs
    assert 'src="/logo?' in theirs
    assert "Adafirst" not in theirs


def test_the_start_page_is_that_of_their_own_organisation(shared, strangers):
    """
    It names where they are, and nothing of the first.
    """
    client, _, _ = shared
    strangers(*Role)

    page = client.get("/").text

    assert "<bdi>second</bdi>" in page
    assert not any(name in page for name in NAMES)


def test_what_is_published_names_what_it_is_of(shared):
    """
    The first organisation itself still finds its things: the ids above are real.
    """
    client, world, ids = shared
    with db.reading(world.engine) as session:
        found = credentials.find_credential(session, world.staff, ids["credential_id"])

    assert str(found.id) == str(ids["credential_id"])
    assert client.get(f"/achievements/{ids['exam_id']}").status_code == 200
