"""QTI, version 3.0: items and packages (zip or folder), in and out; older ones are read too."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import PurePosixPath
from typing import ClassVar

from examengine.bank import media
from examengine.bank.formats._format import (
    Destination,
    ExportedFigures,
    Files,
    Format,
)
from examengine.bank.formats._qti_1_documents import is_qti_1
from examengine.bank.formats._qti_package import opened_packages
from examengine.bank.formats._qti_reading import QtiReading, is_qti, of_version_2
from examengine.bank.formats._qti_usage import usage_told, with_usage_data
from examengine.bank.formats._qti_writing import left_out_of_qti, write_package
from examengine.bank.item_types import ITEM_TYPES
from examengine.bank.qti.xml_writing import QTI_3
from examengine.bank.rules import Bank, FileFault, ItemVersion, LoadedBank, MediaFile

_EXAMPLE = b"""\
<?xml version="1.0" encoding="UTF-8"?>
<qti-assessment-item xmlns="http://www.imsglobal.org/xsd/imsqtiasi_v3p0" identifier="spread"
    title="Spread" adaptive="false" time-dependent="false" xml:lang="en">
  <qti-response-declaration identifier="RESPONSE" cardinality="multiple" base-type="identifier">
    <qti-correct-response><qti-value>R</qti-value><qti-value>V</qti-value></qti-correct-response>
  </qti-response-declaration>
  <qti-outcome-declaration identifier="SCORE" cardinality="single" base-type="float"/>
  <qti-item-body>
    <p>Which of these are measures of <em>spread</em>?</p>
    <qti-choice-interaction response-identifier="RESPONSE" max-choices="0" shuffle="true">
      <qti-simple-choice identifier="M">The median</qti-simple-choice>
      <qti-simple-choice identifier="R">The range</qti-simple-choice>
      <qti-simple-choice identifier="V">The variance</qti-simple-choice>
    </qti-choice-interaction>
  </qti-item-body>
  <qti-response-processing
      template="https://purl.imsglobal.org/spec/qti/v3p0/rptemplates/match_correct.xml"/>
</qti-assessment-item>
"""


class QtiFormat(Format):
    """Items of QTI 3.0, with what they show or play, alone or in packages."""

    name = "qti"
    title = "QTI 3.0"
    endings = (".xml", ".zip", *media.KINDS)
    namespace: ClassVar[str] = QTI_3
    example: ClassVar[Files] = {"spread.xml": _EXAMPLE}

    def takes(self, name: str) -> bool:
        """Take XML, packages, and pictures and recordings wherever they stand."""
        return name.lower().endswith(self.endings)

    def recognises(self, files: Files) -> bool:
        """Tell by the first element of a file, or by what is in a package."""
        return is_qti(files) and not of_version_2(files) and not is_qti_1(files)

    def placed(self, name: str) -> str:
        """Return the bare name: files are found by it where their folder was lost."""
        return PurePosixPath(name.replace("\\", "/")).name

    def read(self, files: Files, into: Destination) -> LoadedBank:
        """Read items for a bank that is there; a package does not say what bank it is."""
        faults: list[FileFault] = []
        reading = QtiReading(
            opened_packages(files, faults), dict(into.media), into.latest, faults=faults
        )
        reading.read_all()
        if into.bank is None:
            what = "names no bank; say which bank the items are for, as with --bank"
            faults.insert(0, FileFault(min(files), None, "", what))
        loaded = LoadedBank(into.bank, tuple(reading.items), reading.known, tuple(faults))
        usage = usage_told(
            reading.files,
            {
                item.id: ITEM_TYPES[item.content["type"]].most_points(item.content)
                for item in reading.items
            },
        )
        return replace(loaded, notes=tuple(usage.notes), statistics=tuple(usage.told))

    def left_out(self, version: ItemVersion) -> str | None:
        """Say that an item is of a type, or scored by a rule, that is not written as QTI."""
        return left_out_of_qti(version)

    def write(
        self,
        bank: Bank,  # noqa: ARG002 - a package does not say what bank it is
        items: Iterable[ItemVersion],
        media: Mapping[str, MediaFile],
    ) -> dict[str, bytes]:
        """Return a manifest, an item each, and what they show or play."""
        return write_package(items, media, self.namespace)

    def with_figures(
        self, files: dict[str, bytes], told: Sequence[ExportedFigures], bank_id: str
    ) -> dict[str, bytes]:
        """Return the package with its usage data."""
        return with_usage_data(files, told, bank_id, self.namespace)


FORMAT: Format = QtiFormat()
