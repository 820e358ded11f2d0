"""Words for what calibration refuses."""

from examengine.web.messages._message import Message

WORDS = {
    "calibration_refused": Message(
        "These responses do not determine the parameters",
        "Nothing was stored. {faults}",
    ),
    "figures_to_come": Message(
        "The figures of this administration are not computed yet",
        "So many have handed in that this takes longer than a page may. Open the administration "
        "under Analysis and press “Compute the figures”.",
    ),
    "pilot_refused": Message("No pilot was simulated", "Nothing was stored: {reason}."),
    "run_not_adoptable": Message(
        "This run cannot be adopted",
        "It did not converge, so its numbers are not the ones the responses ask for. Look at its "
        "warnings, and run the calibration again with other items or another model.",
    ),
    "run_unknown": Message(
        "There is no such calibration run", "Go back to the administration and choose one there."
    ),
    "snapshot_unknown": Message(
        "These responses were not kept", "Only responses that a run was made of are kept as files."
    ),
}
