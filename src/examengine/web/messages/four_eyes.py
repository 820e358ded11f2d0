"""Words for what is refused where two people have to agree."""

from examengine.web.messages._message import Message

WORDS = {
    "agreement_reason_missing": Message(
        "A reason is needed",
        "Say in {shortest} to {longest} characters why; it is kept with the decision.",
    ),
    "already_proposed": Message(
        "Something else has been proposed for this already",
        "It waits under Awards, Two people. Confirm or decline that first, then propose again.",
    ),
    "not_your_proposal": Message(
        "This proposal is not yours to decline",
        "It is for people of the role that acts, such as awarding officers.",
    ),
    "own_proposal": Message(
        "This waits for a second person",
        "You have proposed it yourself. Another awarding officer confirms it under Awards, Two "
        "people; an administrator can let one person be enough.",
    ),
    "proposal_over": Message(
        "Somebody has settled this already", "Look at the proposal again to see who, and how."
    ),
    "proposal_unknown": Message(
        "There is no such proposal", "Go back to the list of proposals under Awards, Two people."
    ),
}
