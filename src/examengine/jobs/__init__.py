"""Work that runs later: asked for by a page, done by a worker, watched by whoever waits for it."""

from examengine.jobs.errors import (
    JobNotFailed,
    JobOver,
    JobsTooMany,
    JobUnknown,
    NotTheirsAnyMore,
    ResultUnknown,
)
from examengine.jobs.kinds import JobKind, Kinds, kinds_of
from examengine.jobs.queue import JobQueue, Perform
from examengine.jobs.queues import QUEUES, make_queue
from examengine.jobs.rules import Failure, Job, JobState, Progress, Try, is_silent
from examengine.jobs.run import Desk, JobRun, Overtaken, Tell, perform
from examengine.jobs.service import (
    ask,
    ask_once,
    cancel,
    files_of,
    find_job,
    is_unattended,
    jobs_about,
    list_jobs,
    result_of,
    sweep,
    try_again,
)
from examengine.jobs.watching import Start
from examengine.jobs.worker import work

__all__ = [
    "QUEUES",
    "Desk",
    "Failure",
    "Job",
    "JobKind",
    "JobNotFailed",
    "JobOver",
    "JobQueue",
    "JobRun",
    "JobState",
    "JobUnknown",
    "JobsTooMany",
    "Kinds",
    "NotTheirsAnyMore",
    "Overtaken",
    "Perform",
    "Progress",
    "ResultUnknown",
    "Start",
    "Tell",
    "Try",
    "ask",
    "ask_once",
    "cancel",
    "files_of",
    "find_job",
    "is_silent",
    "is_unattended",
    "jobs_about",
    "kinds_of",
    "list_jobs",
    "make_queue",
    "perform",
    "result_of",
    "sweep",
    "try_again",
    "work",
]
