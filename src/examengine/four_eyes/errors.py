"""What can be refused when two people have to agree."""

from uuid import UUID

from examengine.kernel.errors import ExamError, Kind
from examengine.kernel.reasons import ReasonMissing


class ProposalUnknown(ExamError):
    """There is no such proposal."""

    code = "proposal_unknown"
    kind = Kind.NOT_FOUND


class OwnProposal(ExamError):
    """Whoever proposed it asks for it again: the second person has to be another one."""

    code = "own_proposal"
    kind = Kind.CONFLICT

    def __init__(self, proposal_id: UUID) -> None:
        self.proposal_id = proposal_id
        super().__init__(f"proposal {proposal_id} waits for a second person")


class AlreadyProposed(ExamError):
    """Something else has been proposed for the same thing, and waits."""

    code = "already_proposed"
    kind = Kind.CONFLICT

    def __init__(self, proposal_id: UUID) -> None:
        self.proposal_id = proposal_id
        super().__init__(f"proposal {proposal_id} about the same thing has to be settled first")


class ProposalOver(ExamError):
    """It was confirmed or declined by somebody before."""

    code = "proposal_over"
    kind = Kind.CONFLICT

    def __init__(self, proposal_id: UUID) -> None:
        self.proposal_id = proposal_id
        super().__init__(f"proposal {proposal_id} does not wait any more")


class NotYourProposal(ExamError):
    """It is for people of another role to decline."""

    code = "not_your_proposal"
    kind = Kind.FORBIDDEN


class AgreementReasonMissing(ReasonMissing):
    """Why something is declined, or one person is enough from now on, has to be said."""

    code = "agreement_reason_missing"
    lengths = (10, 1000)
