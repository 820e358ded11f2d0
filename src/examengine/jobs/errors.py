"""What can be refused about jobs."""

from uuid import UUID

from examengine.kernel.errors import ExamError, Kind


class JobUnknown(ExamError):
    """There is no such job, or it is none of theirs; or it is over and has been swept."""

    code = "job_unknown"
    kind = Kind.NOT_FOUND


class JobsTooMany(ExamError):
    """So much waits already that no more is taken."""

    code = "jobs_too_many"
    kind = Kind.TOO_MANY
    retry_after = 30

    def __init__(self, waiting: int) -> None:
        super().__init__(f"{waiting} jobs wait already; let some of them end first")
        self.waiting = waiting


class JobOver(ExamError):
    """It has ended, so that it can be stopped no more."""

    code = "job_over"
    kind = Kind.CONFLICT

    def __init__(self, job_id: UUID) -> None:
        super().__init__(f"job {job_id} is over")


class JobNotFailed(ExamError):
    """It waits, runs or is done, so that there is nothing to try again."""

    code = "job_not_failed"
    kind = Kind.CONFLICT

    def __init__(self, job_id: UUID) -> None:
        super().__init__(f"job {job_id} did not fail")


class ResultUnknown(ExamError):
    """The job has no result: it is not done."""

    code = "job_result_unknown"
    kind = Kind.NOT_FOUND


class NotTheirsAnyMore(ExamError):
    """Whoever asked for a job may not do so any more: their account or their role is gone."""

    code = "job_not_theirs_any_more"
    kind = Kind.FORBIDDEN
