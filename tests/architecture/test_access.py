"""Who may is asked where something is done, never by a page: each use case knows its actor."""

import ast
import importlib
import inspect
import re
from pathlib import Path

import pytest

import examengine

ROOT = Path(examengine.__file__).parent
WEB = sorted((ROOT / "web").rglob("*.py"))
CONTEXTS = (
    *("accounts", "jobs", "four_eyes", "bank", "assembly", "delivery", "integrity", "marking"),
    *("importing", "calibration", "standard_setting", "scoring", "credentials"),
)
ROWS = re.compile(r"\b(Session|Engine|AttemptWriter)\b")
"""What a function needs to read or write rows."""
SAID = "does not ask who is asking: the use case that calls it does"

FOR_CONTEXTS = {
    "accounts": (
        *("each_organisation", "find_person", "hold_attempts", "people_among"),
        *("people_in_roles", "release_attempts"),
    ),
    "bank": (
        *("bank_of", "current_parameters", "find_parameters", "findings_in", "item_versions"),
        *("latest_versions", "media_seconds", "refuse_held", "refuse_unapproved"),
        *("sets_of_items", "usable_versions"),
    ),
    "assembly": (
        *("exams_with_corrections", "find_exam", "find_form", "form_counts", "forms_of"),
        *("list_exams", "record_scoring_policy", "refuse_unapproved_form", "scoring_policies"),
        "scoring_then",
    ),
    "delivery": (
        *("attempt_heads", "attempt_ids_of", "attempt_log", "attempt_logs", "blocks_of_records"),
        *("coded_responses", "find_administration", "find_answer_file"),
        *("find_response_record", "forms_handed_in"),
        *("list_administrations", "record_counts", "response_record_of", "response_records"),
        *("response_records_of", "submissions", "title_of_source"),
        *("enrolled_counts", "figures_of", "find_administrations", "handed_in_by_form"),
    ),
    "integrity": (
        *("add_rulings", "clearance_of", "clearances", "find_clearance", "known_heads"),
        *("listed_rulings", "ruling_counts", "ruling_digests", "rulings_due"),
        *("voided_subjects", "voided_subjects_of_each", "with_genuine_ruling"),
    ),
    "marking": ("counting", "response_matrix", "states_of_responses"),
    "calibration": ("elsewhere_behind", "run_behind", "sources_of_run"),
    "standard_setting": (
        *("current_cut", "cut_for_form", "find_cut", "is_simulated", "panel_digest_now"),
    ),
    "scoring": (
        *("decision_stands", "decisions_in_force", "find_decisions", "overturned_by"),
        *("score_ranges", "simulated_behind", "simulated_now", "standing_decisions"),
        "states_of_decisions",
    ),
    "credentials": ("awards_of",),
}
"""Reads and writes of one context that use cases of others need, once they have asked who asks."""

WITHOUT_ACTOR = {
    "whoever asks is about to be known, by a password, a token or a cookie": {
        "accounts": (
            *("actor_now", "actor_of", "add_first_administrator", "admit", "enter"),
            *("is_administered", "people_signed_in", "renew", "sign_in", "sign_out"),
            *("visit", "withdraw"),
        ),
        "delivery": ("time_left",),
    },
    "work of the installation, which nobody in particular asks for": {
        "accounts": ("sweep_counts",),
        "jobs": ("delete_old_jobs", "make_queue"),
        "delivery": ("code_handed_in", "sweep"),
        "credentials": ("check_every_key", "check_keys"),
    },
    "for everybody to read: whoever has a credential may ask how it stands, and what it means": {
        "credentials": (
            *("exam_behind_achievement", "own_documents", "status_list_document", "status_of"),
            *("status_of_file", "statuses_of", "verify_among", "verify_here"),
        ),
    },
    "a file named by its digest: its page asks who may, and so does a playing of an exam": {
        "bank": ("media_outline", "media_piece"),
    },
    "says which organisations there are, and by which keys and logos: all may read that": {
        "accounts": (
            *("find_organisation", "list_organisations", "logo_of", "organisation_called_alike"),
            "organisation_coded",
        ),
        "credentials": (*("awarding_body_at", "awarding_body_of", "issuer_of_credential"),),
    },
    "asked of a job that has been shown to whoever asks": {
        "jobs": ("is_unattended",),
    },
    "tells how the installation is set, and nothing of anybody": {
        "four_eyes": ("two_people_needed",),
    },
}
"""Why a public function that reads or writes rows takes no actor, where it takes none."""


def _public(context):
    """Return the public functions of a context that read or write rows, by name."""
    face = importlib.import_module(f"examengine.{context}")
    found = {name: getattr(face, name) for name in face.__all__}
    return {
        name: function
        for name, function in found.items()
        if inspect.isfunction(function)
        and any(
            ROWS.search(str(parameter.annotation))
            for parameter in inspect.signature(function).parameters.values()
        )
    }


def _listed(context):
    """Return what is listed of a context, and not: each name as often as it is listed."""
    reasons = (FOR_CONTEXTS, *WITHOUT_ACTOR.values())
    return [name for by_context in reasons for name in by_context.get(context, ())]


@pytest.mark.parametrize("path", WEB, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_page_asks_who_may(path):
    """
    Authorisation has one home: a page calls a use case, and what that refuses is refused.
    """
    calls = [
        node
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call)
        and "require" in {getattr(node.func, "id", None), getattr(node.func, "attr", None)}
    ]

    assert calls == []


@pytest.mark.parametrize("path", WEB, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_page_goes_past_the_question(path):
    """
    What is for other contexts only, because it does not ask who is asking, no page calls.
    """
    tree = ast.parse(path.read_text("utf-8"))
    imported = {
        (node.module or "", alias.name)
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    called = {
        (f"examengine.{node.value.id}", node.attr)
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name)
    }
    private = {
        (f"examengine.{context}", name) for context, names in FOR_CONTEXTS.items() for name in names
    }

    assert (imported | called) & private == set()


@pytest.mark.parametrize("context", CONTEXTS)
def test_every_use_case_knows_its_actor_or_says_why_not(context):
    """
    A public function that reads or writes rows takes an actor, or is listed with its reason.
    """
    without = {
        name
        for name, function in _public(context).items()
        if "actor" not in inspect.signature(function).parameters
    }

    assert sorted(without) == sorted(_listed(context))


@pytest.mark.parametrize("context", FOR_CONTEXTS)
def test_what_is_for_contexts_only_says_so(context):
    """
    Whoever reads such a function learns that the question is theirs to ask.
    """
    public = _public(context)

    silent = {
        name
        for name in FOR_CONTEXTS[context]
        if SAID not in " ".join((public[name].__doc__ or "").split())
    }

    assert silent == set()


def test_nobody_pretends_to_be_the_installation():
    """
    A use case acts for whoever asks; only what nobody asks for is done by the system.
    """
    pretending = {
        str(path.relative_to(ROOT))
        for path in ROOT.rglob("*.py")
        if "system_actor(" in path.read_text("utf-8")
    }

    assert pretending == {
        "accounts/operators.py",  # asks whether it is the console that asks
        "accounts/first_administrator.py",
        "accounts/service.py",
        "commands/console.py",
        "commands/demo.py",
        "commands/organisations.py",
        "commands/rehearse.py",
        "delivery/steps/end_by_staff.py",
    }
