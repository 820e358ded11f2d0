"""What a verification found: a list of steps, each true, false or could not tell, with a reason.

The reasons are codes, so that a program can act on them; the words for people are elsewhere.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from examengine.credentials.vc.limits import EXCEEDED


class StepOutcome(Enum):
    """What is known about one step."""

    TRUE = "true"
    FALSE = "false"
    COULD_NOT_TELL = "could_not_tell"


class Verdict(Enum):
    """What follows from all steps together."""

    VERIFIED = "verified"
    REJECTED = "rejected"
    COULD_NOT_TELL = "could_not_tell"


@dataclass(frozen=True, slots=True)
class VerificationStep:
    """One question and its answer.

    Attributes:
        name: The question, such as `signature`.
        answer: What is known.
        reason: A code for why, such as `signature_wrong`.
        detail: The fact behind it, for a log or an expert.
        decisive: Whether the verdict hangs on it.
    """

    name: str
    answer: StepOutcome
    reason: str
    detail: str = ""
    decisive: bool = True


@dataclass(frozen=True, slots=True)
class Statement:
    """What a badge says of itself; whether it is so, the steps say.

    Attributes:
        issuer: The issuer's identifier.
        issuer_name: What the issuer calls itself.
        achievement: The identifier of what was achieved.
        achievement_name: Its name.
        creator: Who created the achievement, when the badge names them.
        holder: The holder's name, when the badge bears one.
        awarded: When it was awarded.
        until: Until when it holds, or None.
    """

    issuer: str | None
    issuer_name: str | None
    achievement: str | None
    achievement_name: str | None
    creator: str | None
    holder: str | None
    awarded: datetime | None
    until: datetime | None


@dataclass(frozen=True, slots=True)
class Report:
    """All steps of one verification.

    Attributes:
        steps: In the order in which they were taken.
        credential_id: What the credential calls itself, or None when it could not be read.
        issuer: The issuer's id, as far as the key behind the signature was found to be theirs.
        test: Whether the credential says of itself that it is a TEST.
        stated: What the badge says of itself, or None when it could not be read.
        cautions: Codes of what to be careful about, from whoever knows more than the credential.
        proofs: The name of the key and the value of each proof, believed or not.
    """

    steps: tuple[VerificationStep, ...]
    credential_id: str | None = None
    issuer: str | None = None
    test: bool = False
    stated: Statement | None = None
    proofs: tuple[tuple[str, str], ...] = ()
    cautions: tuple[str, ...] = ()

    @property
    def verdict(self) -> Verdict:
        """Verified when every decisive step is true; rejected as soon as one is false."""
        answers = {step.answer for step in self.steps if step.decisive}
        if StepOutcome.FALSE in answers:
            return Verdict.REJECTED
        return Verdict.COULD_NOT_TELL if StepOutcome.COULD_NOT_TELL in answers else Verdict.VERIFIED

    def reasons(self) -> tuple[str, ...]:
        """Return the codes of all decisive steps that are not true."""
        return tuple(
            step.reason
            for step in self.steps
            if step.decisive and step.answer is not StepOutcome.TRUE
        )


def passed(name: str, reason: str, detail: str = "") -> VerificationStep:
    """Return a step that is true."""
    return VerificationStep(name, StepOutcome.TRUE, reason, detail)


def failed(name: str, reason: str, detail: str = "") -> VerificationStep:
    """Return a step that is false."""
    return VerificationStep(name, StepOutcome.FALSE, reason, detail)


def untold(name: str, reason: str, detail: str = "", *, decisive: bool = True) -> VerificationStep:
    """Return a step that could not be answered."""
    return VerificationStep(name, StepOutcome.COULD_NOT_TELL, reason, detail, decisive)


def refused(name: str, cause: str, reason: str, detail: str = "") -> VerificationStep:
    """Return the step for a refusal to read on: untold where a limit of ours is the cause."""
    return untold(name, cause, detail) if cause in EXCEEDED else failed(name, reason, detail)
