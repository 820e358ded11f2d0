"""The invigilator's pages: the list, a case, a ruling with its reason."""

import re

import pytest

from examengine import accounts, bank, delivery
from examengine.accounts import Role
from tests.conftest import PASSWORD

REASON = "A second screen stood on the table from 9:20 on."


@pytest.fixture
def invigilator(visitors):
    """An invigilator who is signed in."""
    return visitors.enter(visitors.add(Role.INVIGILATOR, name="Ina"))


def case_of(world, name):
    """The address of somebody's case."""
    return f"/invigilation/cases/{world.candidates[name].attempt_id}"


def test_the_list_shows_who_sits_and_what_was_noticed(client, world, invigilator):
    """
    One line for each attempt: where it stands, what was noticed, how it was ruled on.
    """
    world.sit("Ada", right=5, submit=False)
    world.sit("Ben", right=5, away=[45, 45])

    sessions = client.get("/invigilation").text
    page = client.get(f"/invigilation/{world.administration.id}").text

    assert "Open now" in sessions
    assert world.administration.title in sessions
    assert "The exam page was not in front" in page
    assert "running" in page
    assert "submitted" in page


def test_the_list_can_be_searched(client, world, invigilator):
    """
    A name narrows the list; a name nobody has says so.
    """
    world.sit("Ada", right=5)
    world.sit("Ben", right=5)
    address = f"/invigilation/{world.administration.id}"

    found, nobody = client.get(f"{address}?search=be").text, client.get(f"{address}?search=x").text

    assert ("Ben" in found, "Ada" in found) == (True, False)
    assert "Nobody to show" in nobody


def test_an_invigilator_holds_with_a_reason(client, visitors, world, invigilator):
    """
    The hold stands on the page with its reason; clearing and voiding are not offered.
    """
    world.sit("Ada", right=5, submit=False)
    address = case_of(world, "Ada")

    before = client.get(address).text
    answer = visitors.send(address, f"{address}/rulings", verb="hold", seen=0, reason=REASON)
    after = client.get(address).text

    assert 'value="clear"' not in before
    assert (answer.status_code, answer.headers["location"]) == (303, address)
    assert "Held by Ina" in after
    assert REASON in after


def test_a_missing_reason_is_asked_for_and_nothing_typed_is_lost(
    client,
    visitors,
    world,
    invigilator,
):
    """
    A reason that is too short comes back in its field, with what is needed.
    """
    world.sit("Ada", right=5)
    address = case_of(world, "Ada")

    answer = visitors.send(address, f"{address}/rulings", verb="hold", seen=0, reason="odd")

    assert answer.status_code == 422
    assert "A reason is needed" in answer.text
    assert ">odd</textarea>" in answer.text


def test_a_page_out_of_date_rules_on_nothing(client, visitors, world, officer):
    """
    Two officers on the same case: the second one is told to look again.
    """
    world.sit("Ada", right=5)
    address = case_of(world, "Ada")
    visitors.send(address, f"{address}/rulings", verb="hold", seen=0, reason=REASON)

    late = visitors.send(address, f"{address}/rulings", verb="void", seen=0, reason=REASON)

    assert late.status_code == 409
    assert "Somebody else has ruled" in late.text
    assert "Voided" not in client.get(address).text


def test_an_officer_clears_what_the_rule_held(client, visitors, decided, officer):
    """
    What was seen, the rule behind it and the hold stand above the form that ends it.
    """
    address = case_of(decided, "Cleo")
    before = client.get(address).text

    visitors.send(address, f"{address}/rulings", verb="clear", seen=1, reason=REASON)

    after = client.get(address).text
    assert "Held by rule" in before
    assert "asks for a look" in before
    assert "From 60 seconds in all somebody looks" in before
    assert "Cleared by Olive" in after


def test_the_timeline_shows_no_answer_and_no_key(client, world, invigilator):
    """
    An invigilator reads that a question was answered, never how.
    """
    world.sit("Ada", right=12)

    page = client.get(case_of(world, "Ada")).text

    assert "was answered" in page
    for version in world.versions.values():
        key = bank.ITEM_TYPES[version.item_type].key_in_words(version.content)
        assert len(key) <= 8 or key not in page


def test_an_invigilator_cannot_clear_by_sending_the_form_anyway(
    client,
    visitors,
    world,
    invigilator,
):
    """
    A button that is not offered is refused as well.
    """
    world.sit("Ada", right=5)
    address = case_of(world, "Ada")

    answers = [
        visitors.send(address, f"{address}/rulings", verb=verb, seen=0, reason=REASON)
        for verb in ("clear", "void", "delete")
    ]

    assert [answer.status_code for answer in answers] == [403, 403, 422]


@pytest.mark.parametrize("role", [Role.CANDIDATE, Role.AUTHOR, Role.PSYCHOMETRICIAN])
def test_nobody_else_watches(client, visitors, world, role):
    """
    The list, the cases and the rulings are refused to everybody else.
    """
    world.sit("Ada", right=5)
    address = case_of(world, "Ada")
    visitors.enter(visitors.add(role, name="Wanda Wrong"))

    read = [
        client.get(page).status_code
        for page in ("/invigilation", f"/invigilation/{world.administration.id}", address)
    ]
    ruled = visitors.send("/", f"{address}/rulings", verb="hold", seen=0, reason=REASON)

    assert read == [403] * 3
    assert ruled.status_code == 403


def test_a_forged_ruling_is_refused(client, world, officer):
    """
    A ruling that does not come from our own page rules on nothing.
    """
    world.sit("Ada", right=5)

    answer = client.post(
        f"{case_of(world, 'Ada')}/rulings", data={"verb": "void", "seen": 0, "reason": REASON}
    )

    assert answer.status_code == 403
    assert "out of date" in answer.text


def test_an_invigilator_ends_a_running_attempt(client, visitors, world, invigilator):
    """
    What was saved is handed in, the reason stands with the name in the staff's trail.
    """
    world.sit("Ada", right=5, submit=False)
    address = case_of(world, "Ada")
    offered = "End this attempt" in client.get(address).text

    answer = visitors.send(address, f"{address}/end", reason="Fire <alarm>.", sure="yes")

    page = client.get(address).text
    with visitors.writing() as session:
        attempt_id = world.candidates["Ada"].attempt_id
        record = delivery.response_record_of(session, attempt_id)
        acts = accounts.staff_acts(session, world.staff, subject=f"attempt:{attempt_id}")
    assert offered
    assert (answer.status_code, answer.headers["location"]) == (303, address)
    assert "A member of staff ended the attempt" in page
    assert "End this attempt" not in page
    assert (record.reason, len(record.responses)) == ("staff", 12)
    assert [(act.action, act.detail["reason"]) for act in acts] == [
        ("delivery.end_attempt", "Fire <alarm>.")
    ]


def test_an_attempt_is_not_ended_without_reason_or_by_a_slip(client, visitors, world, invigilator):
    """
    A blank or endless reason comes back in its field; a form that confirms nothing is refused.
    """
    world.sit("Ada", right=5, submit=False)
    address = case_of(world, "Ada")

    blank = visitors.send(address, f"{address}/end", reason="  ", sure="yes")
    endless = visitors.send(address, f"{address}/end", reason="<b>" + "x" * 500, sure="yes")
    slip = visitors.send(address, f"{address}/end", reason="Fire alarm.")

    assert [blank.status_code, endless.status_code, slip.status_code] == [422, 422, 422]
    assert "why the exam has to end now" in blank.text
    assert "&lt;b&gt;xxx" in endless.text
    assert "sure" in slip.text
    assert ">running<" in client.get(f"/invigilation/{world.administration.id}").text


def test_ending_twice_or_too_early_ends_nothing(client, visitors, world, invigilator):
    """
    A second press is harmless; an attempt that was never started cannot be ended.
    """
    world.sit("Ada", right=5)
    world.enrol("Ben")
    ended, waiting = case_of(world, "Ada"), case_of(world, "Ben")

    again = visitors.send(ended, f"{ended}/end", reason="Fire alarm.", sure="yes")
    early = visitors.send(waiting, f"{waiting}/end", reason="Fire alarm.", sure="yes")

    assert (again.status_code, early.status_code) == (303, 409)
    assert "A member of staff ended" not in client.get(ended).text


def test_a_candidate_ends_nobodys_attempt(client, visitors, world):
    """
    Not even one's own: that is what handing in is for.
    """
    world.sit("Ada", right=5, submit=False)
    visitors.enter(visitors.add(Role.CANDIDATE, name="Cora"))

    answer = visitors.send("/", f"{case_of(world, 'Ada')}/end", reason="Stop.", sure="yes")

    assert answer.status_code == 403


def test_an_invigilator_lets_a_candidate_in(client, visitors, world, invigilator):
    """
    The code is shown once; the candidate, who may not guess any more, gets in with it.
    """
    world.enrol("Ada")
    for _ in range(6):
        refused = visitors.send("/sign-in", "/sign-in", email="ada@example.org", password="wrong")
    address = case_of(world, "Ada")

    without_looking = visitors.send(address, f"{address}/let-in")
    page = visitors.send(address, f"{address}/let-in", sure="yes").text

    code = re.search(r"<h1>([A-Z2-9]{4}-[A-Z2-9]{4})</h1>", page)[1]
    fields = {"email": "ada@example.org", "password": PASSWORD}
    assert refused.status_code == 429
    assert without_looking.status_code == 422
    assert visitors.send("/sign-in", "/sign-in", **fields).status_code == 429
    assert visitors.send("/sign-in", "/sign-in", **fields, code=code).status_code == 303


def test_an_invigilator_lets_the_room_in(client, visitors, world, invigilator):
    """
    One code for everybody who has not handed in, and for nobody else.
    """
    world.sit("Ada", right=5)
    world.sit("Ben", right=5, submit=False)
    world.enrol("Cleo")
    address = f"/invigilation/{world.administration.id}"

    page = visitors.send(address, f"{address}/let-in", sure="yes").text

    assert ("Ada" in page, "Ben" in page, "Cleo" in page) == (False, True, True)
