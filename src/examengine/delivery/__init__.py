"""Administrations and attempts: from enrolment to the response record."""

from examengine.delivery.administration import Administration
from examengine.delivery.errors import AdministrationUnknown, ResponseRecordUnknown
from examengine.delivery.response_record import ResponseRecord

__all__ = [
    "Administration",
    "AdministrationUnknown",
    "ResponseRecord",
    "ResponseRecordUnknown",
]
