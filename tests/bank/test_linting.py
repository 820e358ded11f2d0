"""What the lint finds is kept, judged by the bank's policy, and guards forms; on both databases."""

import pytest
from sqlalchemy import text

from examengine import bank
from examengine.accounts import NotAllowed, Role, staff_acts
from examengine.bank import LINT_RULES, Severity
from examengine.bank.formats import load_files
from examengine.bank.lint_rules import checked_ruling, policy_under
from tests.bank.small_bank import files, item, three_items

REASON = "The two are used in different years."


@pytest.fixture
def twins(session, clock, person):
    """A bank in which S-2 says word for word what S-1 says."""
    author = person(Role.AUTHOR)
    two = [item("S-1", "single_choice"), item("S-2", "single_choice")]
    report = bank.import_bank(session, clock, author, load_files(files(*two)))
    assert report.written
    return report


def test_a_finding_keeps_no_item_out_of_the_bank_and_is_kept_with_it(session, twins, person):
    """
    What the lint calls an error comes in with its finding, told in the report and later.
    """
    found = bank.bank_findings(session, person(Role.PSYCHOMETRICIAN), "small")

    assert "word for word what S-1 says" in twins.held[0]
    assert any("unused_files" in words for words in twins.warnings)
    assert set(found.held) == {"S-2"}
    assert found.held["S-2"][0].rule == "repeated_items"
    assert [each.rule for each in found.of_item("S-2").errors] == ["repeated_items"]


def test_an_item_that_is_held_is_refused_by_name_and_remedy(session, twins):
    """
    Whoever would put it into a form is told which item it is, and why.
    """
    bank.refuse_held(session, "small", ["S-1"])

    with pytest.raises(bank.ItemsHeld) as refusal:
        bank.refuse_held(session, "small", ["S-1", "S-2"])

    assert "S-2: stem: says word for word what S-1 says" in refusal.value.shown


def test_mending_the_item_takes_its_finding_away(session, clock, twins, person):
    """
    A higher version that says something else is ready for candidates.
    """
    mended = item("S-2", "single_choice", stem="Another question?", version=2)

    author, sent = person(Role.AUTHOR), {"S-2.yaml": files(mended)["items/S-2.yaml"]}
    loaded = bank.load_upload(session, author, "small", sent)
    report = bank.import_bank(session, clock, author, loaded)

    assert report.held == ()
    assert bank.findings_in(session, "small").held == {}


def test_a_psychometrician_rules_with_a_reason_and_the_trail_tells(session, clock, twins, person):
    """
    The newest ruling counts, in this bank alone, and nothing has to be linted again.
    """
    judge = person(Role.PSYCHOMETRICIAN)

    bank.rule_severity(
        session, clock, judge, "small", "repeated_items", severity="warning", reason=REASON
    )
    as_warning = bank.findings_in(session, "small")
    clock.forward(minutes=1)
    bank.rule_severity(
        session, clock, judge, "small", "repeated_items", severity="off", reason=REASON
    )

    off = bank.findings_in(session, "small")
    acts = staff_acts(session, person(Role.AWARDING_OFFICER), subject="bank:small")
    ruled = [act for act in acts if act.action == "bank.rule_severity"]
    assert as_warning.held == {}
    assert "repeated_items" in {each.rule for each in as_warning.warnings}
    assert "repeated_items" not in {each.rule for each in off.warnings}
    assert [(act.detail["severity"], act.detail["before"]) for act in ruled] == [
        ("off", "warning"),
        ("warning", None),
    ]
    assert ruled[0].detail["reason"] == REASON


def test_an_author_does_not_rule_on_what_is_good_enough(session, clock, twins, person):
    """
    Whoever writes items reads the findings, and lets somebody else judge them.
    """
    author = person(Role.AUTHOR)

    with pytest.raises(NotAllowed):
        bank.rule_severity(
            session, clock, author, "small", "repeated_items", severity="off", reason=REASON
        )
    with pytest.raises(NotAllowed):
        bank.bank_findings(session, person(Role.CANDIDATE), "small")

    assert len(bank.bank_rules(session, author, "small")) == len(LINT_RULES)


@pytest.mark.parametrize(
    ("rule", "severity", "reason"),
    [
        ("no_such_rule", "off", REASON),
        ("repeated_items", "fatal", REASON),
        ("repeated_items", "off", "no"),
        ("repeated_items", "off", " " * 50),
        ("repeated_items", "off", "x" * 3_000),
    ],
)
def test_a_ruling_that_says_nothing_is_refused(rule, severity, reason):
    """
    A rule, a severity and a reason that others understand are needed.
    """
    with pytest.raises(bank.RulingRefused):
        checked_ruling(rule, severity, reason)


def test_a_bank_from_before_is_linted_when_it_is_asked_for(session, clock, twins, person):
    """
    Findings of a bank that came in before findings were kept are found, and kept on demand.
    """
    session.execute(text("DELETE FROM item_finding"))
    session.execute(text("UPDATE bank SET linted_at = NULL"))

    found = bank.findings_in(session, "small")
    bank.lint_again(session, clock, person(Role.AUTHOR), "small")

    assert set(found.held) == {"S-2"}
    assert set(bank.findings_in(session, "small").held) == {"S-2"}


def test_good_items_are_ready(session, clock, person):
    """
    A bank without findings holds nothing back.
    """
    bank.import_bank(session, clock, person(Role.AUTHOR), load_files(files(*three_items())))

    assert bank.findings_in(session, "small").held == {}


def test_without_rulings_each_rule_is_what_it_is_by_itself():
    """
    A programme that says nothing has the rules as they are documented.
    """
    policy = policy_under([])

    assert policy.severity(LINT_RULES["repeated_items"]) is Severity.ERROR
    assert policy.severity(LINT_RULES["word_clue"]) is Severity.WARNING
    assert all(rule.says.endswith(".") for rule in LINT_RULES.values())
