"""Requests that schemathesis draws from our own schema, by everybody: no answer is a defect.

`test_hostile_requests` sends what no schema allows; here requests are of the right shape, so that
they get past the reading of parameters and into the use cases.
"""

from collections.abc import Callable, Iterator, Sequence
from random import Random
from typing import Any

import pytest
import schemathesis
from fastapi import FastAPI
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import Case, GenerationMode
from schemathesis.core import NotSet

from examengine.accounts import Role
from examengine.app import pages
from examengine.web.security import COOKIE, csrf_token
from tests.web.fuzzing.known_addresses import Known

EACH = 3
"""Requests for each operation and each visitor."""
ENDS_THE_SESSION = ("/sign-in", "/sign-out")
OURS = 0.7
"""Share of the parameters that name something which exists."""


@pytest.fixture(scope="module")
def drawn() -> list[tuple[str, list[Case]]]:
    """Each operation of the application's own schema: its path, and what every visitor sends."""
    described = FastAPI(routes=pages().routes).openapi()
    schema = schemathesis.openapi.from_dict(described)
    schema.config.generation.update(modes=[GenerationMode.POSITIVE])
    operations = [result.ok() for result in schema.get_all_operations()]
    return [(operation.path, cases_of(operation)) for operation in operations]


def aimed(case: Case, known: Known, draw: Random) -> str:
    """Return the path of a case, most of its parameters naming what is there."""
    path = case.path
    for name, value in (case.path_parameters or {}).items():
        there: Sequence[str] = known.get(name, ())
        chosen = draw.choice(there) if there and draw.random() < OURS else str(value)
        path = path.replace(f"{{{name}}}", chosen)
    return path


def form_of(case: Case) -> dict[str, Any]:
    """Return the fields of a case as a form carries them: texts, or lists of texts."""
    if isinstance(case.body, NotSet) or not isinstance(case.body, dict):
        return {}
    return {
        name: [str(one) for one in value] if isinstance(value, list) else str(value)
        for name, value in case.body.items()
        if value is not None
    }


def send(browser: TestClient, case: Case, path: str) -> int:
    """Send a case as a page of ours would; return the status of the answer."""
    token = csrf_token(browser.cookies.get(COOKIE, "none"))
    fields = form_of(case)
    is_upload = case.media_type == "multipart/form-data"
    answer = browser.request(
        case.method,
        path,
        params={name: str(value) for name, value in (case.query or {}).items()},
        data=None if case.method == "GET" or is_upload else fields,
        files=[(name, ("a.yaml", str(value).encode())) for name, value in fields.items()]
        if is_upload
        else None,
        headers={"x-csrf-token": token},
    )
    return int(answer.status_code)


def cases_of(operation: Any) -> list[Case]:
    """Return some cases of an operation, the same at every run."""
    drawn: list[Case] = []

    @given(operation.as_strategy())
    @settings(
        max_examples=EACH,
        database=None,
        deadline=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    def draw(case: Case) -> None:
        drawn.append(case)

    draw()
    return drawn


def defects(
    browser: TestClient,
    drawn: Sequence[tuple[str, Sequence[Case]]],
    known: Known,
    enter: Callable[[], None],
) -> Iterator[str]:
    """Send some cases of each operation; yield those that were answered as defects."""
    draw = Random(1)
    for operation, cases in drawn:
        for case in cases:
            path = aimed(case, known, draw)
            if send(browser, case, path) >= 500:
                yield f"{case.method} {path} {case.query} {case.body}"
        if operation.startswith(ENDS_THE_SESSION):
            enter()


@pytest.mark.parametrize("role", [None, "Dora", *Role])
def test_no_request_of_the_right_shape_is_a_defect(
    programme,
    known,
    visitors,
    client,
    drawn,
    role,
):
    """
    Every operation, asked by a stranger, a candidate in her exam and each role: below 500.
    """
    somebody = programme.candidates["Dora"].actor if role == "Dora" else None
    if isinstance(role, Role):
        somebody = visitors.add(role, name=f"Only {role}")

    def enter() -> None:
        client.cookies.clear()
        client.get("/sign-in")
        if somebody is not None:
            visitors.enter(somebody)

    enter()

    assert list(defects(client, drawn, known, enter)) == []
