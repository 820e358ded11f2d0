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
from examengine.jobs.rules import Failure, Job, JobProgress, JobState, Try, is_silent
from examengine.jobs.run import JobRun, Tell, TryOvertaken, WorkerComponents, perform
from examengine.jobs.service import (
    ask,
    ask_once,
    cancel,
    delete_old_jobs,
    files_of,
    find_job,
    is_unattended,
    jobs_about,
    list_jobs,
    result_of,
    try_again,
)
from examengine.jobs.watching import StartTry
from examengine.jobs.worker import work

__all__ = [
    "QUEUES",
    "Failure",
    "Job",
    "JobKind",
    "JobNotFailed",
    "JobOver",
    "JobProgress",
    "JobQueue",
    "JobRun",
    "JobState",
    "JobUnknown",
    "JobsTooMany",
    "Kinds",
    "NotTheirsAnyMore",
    "Perform",
    "ResultUnknown",
    "StartTry",
    "Tell",
    "Try",
    "TryOvertaken",
    "WorkerComponents",
    "ask",
    "ask_once",
    "cancel",
    "delete_old_jobs",
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
    "try_again",
    "work",
]
