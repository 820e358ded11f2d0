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

    def __init__(self, clash: Sequence[str], *, n_held: int = 0) -> None:
        self.clash = tuple(clash)
        self.held = _held(n_held)
        super().__init__(
            "these requirements cannot be met together: " + "; ".join(clash) + self.held
        )


def _held(n_held: int) -> str:
    """Say how many items could not be chosen from."""
    if not n_held:
        return ""
    items = "1 item of the bank is" if n_held == 1 else f"{n_held} items of the bank are"
    return f" ({items} left out because of findings; see the bank's findings)"


class AssemblyUnfinished(ExamError):
    """The work allowed was done before any form was found, or all were ruled out."""

    code = "assembly_unfinished"
    kind = Kind.UNAVAILABLE

    def __init__(self) -> None:
        super().__init__(
            "no form was found within the work allowed, and none was ruled out; "
            "widen the ranges of the blueprint a little"
        )


class SectionsUnmet(ExamError):
    """The items of a form do not fall into the sections of its exam."""

    code = "sections_unmet"
    kind = Kind.INVALID

    def __init__(self, faults: Sequence[str]) -> None:
        self.faults = tuple(faults)
        super().__init__("; ".join(faults))


class ScoringPolicyRefused(ExamError):
    """The scoring of an exam cannot be said like this; every fault is named."""

    code = "scoring_policy_refused"
    kind = Kind.INVALID

    def __init__(self, faults: Sequence[str]) -> None:
        self.faults = tuple(faults)
        super().__init__("; ".join(faults))


class ScoringPolicyMoved(ExamError):
    """Somebody said anew how the exam is scored at the same moment."""

    code = "scoring_policy_moved"
    kind = Kind.CONFLICT


class FormsPublishedAlready(ExamError):
    """An exam's forms do not change once they are published."""

    code = "forms_published_already"
    kind = Kind.CONFLICT

    def __init__(self, exam_id: str) -> None:
        self.exam_id = exam_id
        super().__init__(f"the forms of {exam_id} are published; make a new exam to change them")
