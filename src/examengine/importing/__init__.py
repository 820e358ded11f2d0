"""Administrations that took place elsewhere: read from files, checked whole, and stored."""

from examengine.importing.administration_files import ImportedAdministration, read_administration
from examengine.importing.administration_spec import AdministrationFileUnusable
from examengine.importing.service import (
    AdministrationImportedAlready,
    ImportSummary,
    import_administration,
)

__all__ = [
    "AdministrationFileUnusable",
    "AdministrationImportedAlready",
    "ImportSummary",
    "ImportedAdministration",
    "import_administration",
    "read_administration",
]
