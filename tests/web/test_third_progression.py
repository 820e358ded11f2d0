"""A progression that is one file more: an exam names it, and its forms are given by it."""

import re

import pytest

from examengine import accounts, assembly, bank, db, delivery, integrity
from examengine.accounts import Role
from examengine.assembly import ExamSpecUnusable
from examengine.delivery import ProgressionUnknown, progression
from examengine.kernel import plugins
from examengine.web.security import csrf_token
from tests.delivery import third_progression
from tests.delivery.examples import ITEMS, SAMPLE, SECTIONS, SINGLE, candidates, loaded, opened

CONSOLE = accounts.system_actor()


@pytest.fixture
def last_first(monkeypatch):
    """The folder of progressions has one file more."""
    folders = [*progression.__path__, *third_progression.__path__]
    monkeypatch.setattr(progression, "__path__", folders)
    found = plugins.load(progression, attribute="PROGRESSION")
    monkeypatch.setattr(progression, "PROGRESSIONS", found)
    assert sorted(found) == ["fixed_order", "last_first", "sections"]


def spec(**more):
    """What describes the sample exam, and what is said besides."""
    return {**assembly.read_exam(SAMPLE / "exam.toml"), **more}


def saved(session, clock, **more):
    """Store the sample exam as an author's command does."""
    if not bank.list_banks(session, CONSOLE):
        bank.import_bank(session, clock, CONSOLE, loaded())
    offered = delivery.progressions_offered()
    return assembly.save_exam(session, clock, CONSOLE, spec(**more), offered)


def published(session, clock, **more):
    """A published form of the six items, of an exam that says more than the sample."""
    exam = saved(session, clock, **more)
    refs = {item.item_id: item.ref for item in bank.latest_versions(session, exam.bank_id)}
    items = [assembly.FormItem(refs[item_id], scored=True) for item_id in ITEMS]
    return assembly.publish_given_form(session, clock, CONSOLE, exam.id, "A", items)


def test_an_exam_is_given_by_what_it_names(last_first, app, client, clock, visitors):
    """
    Item by item, backwards: no list leads ahead, answers count, and the log tells the order.
    """
    with db.writing(app.state.components.engine_of_first) as session:
        form = published(session, clock, progression="last_first")
        administration = opened(session, clock, form)
        (ada,) = candidates(session, clock, administration)
    client.cookies.set("examengine", ada.cookie)
    here, met = f"/attempts/{ada.attempt_id}", list[str]()

    def press(path, **fields):
        sent = {"csrf": csrf_token(ada.cookie), **fields}
        return client.post(f"{here}/{path}", data=sent, follow_redirects=True)

    page = press("start", consent="yes")
    for place, item_id in enumerate(reversed(ITEMS), start=1):
        assert f'data-item="{item_id}"' in page.text
        assert f'data-place="{place + 2}"' not in page.text
        clock.forward(seconds=30)
        met.append(item_id)
        answer = {"response": "a"} if item_id == SINGLE else {}
        seen = re.search(r'name="seen" value="(\d+)"', page.text)[1]
        page = press(f"items/{place}", item_id=item_id, seen=seen, go="next", **answer)
    beyond = client.get(f"{here}/items/{len(ITEMS) + 1}")
    press("submit")

    with db.reading(app.state.components.engine_of_first) as session:
        log = delivery.attempt_log(session, ada.attempt_id)
        (record,) = delivery.response_records(session, administration.id)
    assert [item for row in log if row.type == "chosen" for item in row.body["items"]] == met
    assert beyond.status_code == 404
    assert integrity.verify_log(log).intact
    assert set(record.responses) == set(ITEMS)
    assert record.responses[SINGLE] == "a"
    client.cookies.clear()
    visitors.enter(visitors.add(Role.AUTHOR))
    assert "from the last to the first" in client.get(f"/exams/{form.exam_id}").text


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"progression": "adaptive"}, 'there is none of this name; give "fixed_order" or nothing'),
        ({"progression": "sections"}, "goes by sections, and the exam has none"),
        (
            {"progression": "fixed_order", "sections": SECTIONS},
            'the exam has some; give "sections"',
        ),
        ({"progression": "Fixed order"}, "give the name of one"),
        ({"progression": 3}, "give the name of one"),
    ],
)
def test_a_name_that_fits_no_progression_is_refused(session, clock, said, words):
    """
    Whoever saves the exam reads which name would do; nothing is stored.
    """
    with pytest.raises(ExamSpecUnusable) as refused:
        saved(session, clock, **said)

    (fault,) = refused.value.faults
    assert "progression: is " in fault
    assert words in fault
    assert assembly.list_exams(session) == []


def test_an_exam_that_names_the_usual_progression_may_be_saved(session, clock):
    """
    To say what would be so anyway changes how nobody sits, and the digest of the exam alone.
    """
    named = saved(session, clock, progression="fixed_order", id="named")
    silent = saved(session, clock, id="silent")

    assert named.progression == "fixed_order"
    assert silent.progression is None


def test_a_progression_that_is_gone_is_refused_before_anybody_is_enrolled(
    last_first, session, clock, monkeypatch
):
    """
    Where another version has published an exam, this one says so instead of giving it otherwise.
    """
    form = published(session, clock, progression="last_first")
    monkeypatch.setattr(
        progression,
        "PROGRESSIONS",
        {name: one for name, one in progression.PROGRESSIONS.items() if name != "last_first"},
    )

    with pytest.raises(ProgressionUnknown, match="last_first"):
        opened(session, clock, form)
