"""A programme with something behind every address, and a browser that meets defects."""

from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from examengine.accounts import Role
from examengine.credentials import create_key
from examengine.web import job_streams
from tests.credentials.programme import issue_due
from tests.web.fuzzing.known_addresses import Known, followed


@pytest.fixture(autouse=True)
def short_streams(monkeypatch):
    """No job is at work here, so what tells of one would last for minutes and say nothing."""
    monkeypatch.setattr(job_streams, "LASTS_S", 0.05)
    monkeypatch.setattr(job_streams, "LOOK_EVERY_S", 0.05)


@pytest.fixture
def client(app) -> Iterator[TestClient]:
    """A browser of sorts, to which a defect is an answer with its status."""
    with TestClient(app, follow_redirects=False, raise_server_exceptions=False) as client:
        yield client


@pytest.fixture
def programme(decided, app, tmp_path, clock):
    """A programme with credentials, and Dora in the middle of her exam."""
    create_key(tmp_path / "keys", clock.now(), development=True)
    issue_due(decided, app.state.components.awarding_body)
    decided.sit("Dora", right=3, submit=False)
    return decided


@pytest.fixture
def known(programme, visitors, client) -> Known:
    """What somebody with every role finds, Dora's attempt among it."""
    visitors.enter(visitors.add(*Role, name="Every Role"))
    found = followed(client)
    mine = [str(one.attempt_id) for one in programme.candidates.values()]
    own = [str(one.actor.person_id) for one in programme.candidates.values()]
    return {**found, "attempt_id": mine, "person_id": own}
