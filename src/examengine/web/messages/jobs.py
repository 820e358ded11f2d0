"""Words for what is refused about jobs."""

from examengine.web.messages._message import Message

WORDS = {
    "job_not_failed": Message(
        "There is nothing to try again", "This waits, runs or is done. Look at its page again."
    ),
    "job_not_theirs_any_more": Message(
        "You may not do this any more",
        "Since you asked for it your role has changed, so nothing was done. "
        "An administrator can tell you why.",
    ),
    "job_over": Message(
        "It is over already", "It ended before it could be stopped. Look at its page again."
    ),
    "job_result_unknown": Message(
        "There is no report yet", "It is there as soon as the job is done. Look at its page."
    ),
    "job_unknown": Message(
        "There is nothing of yours here",
        "What was over a month ago is kept no more, and what others asked for is theirs to see.",
    ),
    "jobs_too_many": Message(
        "Too much is waiting",
        "{waiting} jobs wait or run already. Nothing was added; wait until some of them have "
        "ended, or stop those that nobody needs.",
    ),
    "streams_too_many": Message(
        "This page is open too often",
        "It shows how far a job is at most three times for each person. Close one of the pages.",
    ),
}
