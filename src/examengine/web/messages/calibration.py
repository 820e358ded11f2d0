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
    "elsewhere_unknown": Message(
        "There is no such calibration from elsewhere",
        "Go back to the parameters and statistics of the bank and choose one there.",
    ),
    "no_parameters_yet": Message(
        "This bank has no parameters yet",
        "None have been adopted for {bank_id}, so there are none to take out. A psychometrician "
        "adopts those of a calibration run, or brings some in.",
    ),
    "parameters_unreadable": Message(
        "This table was not brought in", "Nothing was stored. {faults}"
    ),
    "scale_moved": Message(
        "Other parameters are in use by now",
        "“{title}” was held against the parameters that were in use when it was brought in, and "
        "others have been adopted since. Nothing was changed; bring the table in again, and look "
        "at what would become of each item now.",
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
