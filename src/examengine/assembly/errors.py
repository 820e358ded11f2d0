"""What can be refused when an exam is set up and its forms are assembled."""

from collections.abc import Sequence

from examengine.kernel.errors import ExamError, Kind


class ExamUnknown(ExamError):
    """There is no such exam."""

    code = "exam_unknown"
    kind = Kind.NOT_FOUND

    def __init__(self, exam_id: str) -> None:
        self.exam_id = exam_id[:80]
        super().__init__(f"no exam {self.exam_id}")


class FormUnknown(ExamError):
    """There is no such form."""

    code = "form_unknown"
    kind = Kind.NOT_FOUND


class ExamSpecUnusable(ExamError):
    """The file that describes an exam has faults; each is named with its place."""

    code = "exam_spec_unusable"
    kind = Kind.INVALID

    def __init__(self, faults: Sequence[str]) -> None:
        self.faults = tuple(faults)
        super().__init__("; ".join(faults))


class AssemblyInfeasible(ExamError):
    """No form can meet the blueprint; the smallest set of requirements that clash is named."""

    code = "assembly_infeasible"
    kind = Kind.CONFLICT

    def __init__(self, clash: Sequence[str]) -> None:
        self.clash = tuple(clash)
        super().__init__("these requirements cannot be met together: " + "; ".join(clash))


class AssemblyUnfinished(ExamError):
    """The solver ran out of time before it found any form."""

    code = "assembly_unfinished"
    kind = Kind.UNAVAILABLE

    def __init__(self, seconds: float) -> None:
        self.seconds = round(seconds)
        super().__init__(f"no form was found within {self.seconds} s, and none was ruled out")


class FormsPublishedAlready(ExamError):
    """An exam's forms do not change once they are published."""

    code = "forms_published_already"
    kind = Kind.CONFLICT

    def __init__(self, exam_id: str) -> None:
        self.exam_id = exam_id
        super().__init__(f"the forms of {exam_id} are published; make a new exam to change them")
