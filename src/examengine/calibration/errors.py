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


class ParametersUnreadable(ExamError):
    """A table of item parameters cannot be read, or something has to be said of it first."""

    code = "parameters_unreadable"
    kind = Kind.INVALID

    def __init__(self, faults: Iterable[str]) -> None:
        self.faults = tuple(faults)
        super().__init__("; ".join(self.faults))


class ElsewhereUnknown(ExamError):
    """There is no such calibration from elsewhere."""

    code = "elsewhere_unknown"
    kind = Kind.NOT_FOUND

    def __init__(self, elsewhere_id: UUID) -> None:
        super().__init__(f"no calibration from elsewhere {elsewhere_id}")


class ScaleMoved(ExamError):
    """Other parameters are in use than those that parameters from elsewhere were joined with."""

    code = "scale_moved"
    kind = Kind.CONFLICT

    def __init__(self, title: str) -> None:
        self.title = title
        super().__init__(f"other parameters are in use since {title!r} was brought in")


class NoParametersYet(ExamError):
    """A bank has no parameters that could be taken out."""

    code = "no_parameters_yet"
    kind = Kind.NOT_FOUND

    def __init__(self, bank_id: str) -> None:
        self.bank_id = bank_id
        super().__init__(f"no parameters have been adopted for {bank_id}")
