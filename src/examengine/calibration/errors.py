"""What can be refused around snapshots and calibration runs."""

from collections.abc import Iterable
from uuid import UUID

from examengine.kernel.errors import ExamError, Kind


class SnapshotUnknown(ExamError):
    """No snapshot has this digest."""

    code = "snapshot_unknown"
    kind = Kind.NOT_FOUND


class CalibrationRefused(ExamError):
    """The responses do not determine the parameters that were asked for."""

    code = "calibration_refused"
    kind = Kind.CONFLICT

    def __init__(self, faults: Iterable[str]) -> None:
        self.faults = tuple(faults)
        super().__init__("; ".join(self.faults))


class FiguresToCome(ExamError):
    """So many have handed in that a job computes the figures, and none has yet."""

    code = "figures_to_come"
    kind = Kind.CONFLICT


class RunUnknown(ExamError):
    """There is no such calibration run."""

    code = "run_unknown"
    kind = Kind.NOT_FOUND

    def __init__(self, run_id: UUID) -> None:
        super().__init__(f"no calibration run {run_id}")


class RunNotAdoptable(ExamError):
    """A run that did not converge cannot become the bank's parameters."""

    code = "run_not_adoptable"
    kind = Kind.CONFLICT


class PilotRefused(ExamError):
    """A pilot cannot be simulated for this exam as it stands."""

    code = "pilot_refused"
    kind = Kind.CONFLICT

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)
