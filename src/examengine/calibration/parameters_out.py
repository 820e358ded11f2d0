"""Item parameters taken out of a bank, as the tables that other programs read."""

from dataclasses import dataclass

from sqlmodel import Session

from examengine.accounts import Actor, require
from examengine.bank import bank_of, current_parameters
from examengine.calibration.errors import NoParametersYet
from examengine.calibration.parameters_in import READERS
from examengine.psychometrics.parameter_tables import FORMATS, ParameterTableFormat
from examengine.psychometrics.parameters import ParameterSet

TABLES_OUT = tuple(found for found in FORMATS.values() if found.writes)
"""The tables that parameters can be taken out as."""


@dataclass(frozen=True, slots=True)
class ParametersOut:
    """The parameters in use as a table.

    Attributes:
        head: Headings.
        rows: Cells, in full precision.
        left_out: Why an item is not in it, by its id.
    """

    head: list[str]
    rows: list[list[str]]
    left_out: dict[str, str]


def parameters_out(
    session: Session, actor: Actor, bank_id: str, written_as: ParameterTableFormat
) -> ParametersOut:
    """Return the parameters in use of a bank as a table that another program reads.

    Raises:
        NotAllowed: The actor is neither author, reviewer nor psychometrician.
        BankUnknown: There is no such bank.
        NoParametersYet: None have been adopted.
    """
    require(actor, *READERS)
    adopted = current_parameters(session, bank_of(session, bank_id).id)
    if adopted is None:
        raise NoParametersYet(bank_id)
    items = ParameterSet.from_dict(adopted.body).items
    reasons = {item.item_id: written_as.cannot_hold(item) for item in items}
    head, rows = written_as.write([item for item in items if reasons[item.item_id] is None])
    left_out = {item_id: why for item_id, why in reasons.items() if why is not None}
    return ParametersOut(head, rows, left_out)


def parameter_file_out(session: Session, actor: Actor, bank_id: str) -> dict[str, object]:
    """Return the parameters in use of a bank as their file says them.

    Raises:
        NotAllowed: The actor is neither author, reviewer nor psychometrician.
        BankUnknown: There is no such bank.
        NoParametersYet: None have been adopted.
    """
    require(actor, *READERS)
    adopted = current_parameters(session, bank_of(session, bank_id).id)
    if adopted is None:
        raise NoParametersYet(bank_id)
    return dict(adopted.body)
