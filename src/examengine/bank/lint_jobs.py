"""Linting a bank again as a job: a worker looks at every item, and keeps what it finds."""

from sqlmodel import Session

from examengine import jobs
from examengine.accounts import Actor, require
from examengine.bank import repository
from examengine.bank.linting import lint_again
from examengine.bank.service import READERS, find_bank
from examengine.jobs import JobKind, JobQueue, JobRun
from examengine.kernel.clock import Clock

MOST_AT_ONCE = 300
"""Items of a bank that a page lints itself, in less than half a second."""


def may_be_linted_at_once(session: Session, actor: Actor, bank_id: str) -> bool:
    """Tell whether a bank is so small that a page lints it itself.

    Raises:
        NotAllowed: The actor is neither author nor psychometrician.
    """
    require(actor, *READERS)
    return repository.counts(session).get(bank_id, 0) <= MOST_AT_ONCE


def ask_lint(
    session: Session, clock: Clock, queue: JobQueue, actor: Actor, bank_id: str
) -> jobs.Job:
    """Ask for a bank to be linted as it stands, unless somebody has already.

    Raises:
        NotAllowed: The actor is neither author nor psychometrician.
        BankUnknown: There is no such bank.
        JobsTooMany: So much waits already that no more is taken.
    """
    title = f"Check {find_bank(session, actor, bank_id).title} again"
    return jobs.ask_once(
        session,
        clock,
        queue,
        actor,
        LINT,
        title=title,
        subject=f"lint:{bank_id}",
        arguments={"bank_id": bank_id},
    )


def _run(run: JobRun) -> None:
    run.report("Looking at every item")
    with run.finishing() as ending:
        lint_again(ending.session, run.clock, run.actor, run.job.arguments["bank_id"])
        ending.result = {}


LINT = JobKind("bank.lint", READERS, _run)
"""Lint a bank as it stands."""
