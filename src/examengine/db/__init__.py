"""The database: one engine and one way to open a transaction, on SQLite and on PostgreSQL."""

from examengine.db.address import DatabaseUrlUnusable, may_be_there, place_of
from examengine.db.availability import is_taken, is_unavailable, watch_availability
from examengine.db.bulk import BulkRead, BulkWrite
from examengine.db.engine import POOL, DatabaseUnreachable, make_engine
from examengine.db.migrate import (
    SchemaOutOfDate,
    SchemaTooNew,
    check_schema,
    downgrade,
    is_up_to_date,
    upgrade,
)
from examengine.db.occupancy import DatabaseOccupied, Occupancy, occupy, occupying
from examengine.db.organisations import (
    FIRST_ORGANISATION,
    OfOrganisation,
    OrganisationMissing,
    organisation_field,
    organisation_of,
    organisation_on,
    within,
)
from examengine.db.repeating import Repeating
from examengine.db.session import (
    reading,
    snapshot,
    writing,
    writing_first,
    writing_late,
    writing_unsynced,
)
from examengine.db.shared_reads import SharedReads
from examengine.db.slots import SlotsTooFew, check_slots
from examengine.db.turns import alone, take_turn
from examengine.db.types import Document, UtcDateTime

__all__ = [
    "FIRST_ORGANISATION",
    "POOL",
    "BulkRead",
    "BulkWrite",
    "DatabaseOccupied",
    "DatabaseUnreachable",
    "DatabaseUrlUnusable",
    "Document",
    "Occupancy",
    "OfOrganisation",
    "OrganisationMissing",
    "Repeating",
    "SchemaOutOfDate",
    "SchemaTooNew",
    "SharedReads",
    "SlotsTooFew",
    "UtcDateTime",
    "alone",
    "check_schema",
    "check_slots",
    "downgrade",
    "is_taken",
    "is_unavailable",
    "is_up_to_date",
    "make_engine",
    "may_be_there",
    "occupy",
    "occupying",
    "organisation_field",
    "organisation_of",
    "organisation_on",
    "place_of",
    "reading",
    "snapshot",
    "take_turn",
    "upgrade",
    "watch_availability",
    "within",
    "writing",
    "writing_first",
    "writing_late",
    "writing_unsynced",
]
