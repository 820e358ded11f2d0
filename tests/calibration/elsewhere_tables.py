"""Tables of item parameters as they come from elsewhere, for the tests of what becomes of them."""

from dataclasses import replace

from examengine.calibration import SentParameters

SENT = SentParameters(
    file="items.csv",
    content=b"",
    relation="own",
    program="mirt",
    version="1.47",
    n_persons=1200,
    population="Candidates of spring 2025",
    title="Spring 2025",
    scale_name="Literacy 2025",
    mean=0.0,
    sd=1.0,
    note="Fitted by the psychometric group.",
)
"""All that has to be said of a table, but the table."""


def sent(rows, **said):
    """A generic table of items with a and b, as whoever brings it says what it is."""
    lines = [f"{item_id},2pl,{a},{b}" for item_id, a, b in rows]
    content = "\n".join(["id,model,a,b", *lines]) + "\n"
    return replace(SENT, content=content.encode(), **{"scaling": "1", **said})
